"""Writes the golden words of the control channel: `python -m tests.golden.control.make`. Needed only when one changes.

Python and JavaScript must take, write and pass over the same texts, and two hands that are moved alike must say the
same at the same moments. Times are seconds.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from client_sim.control.hand import Hand
from client_sim.control.words import MESSAGE_BYTES, Away, Beat, Done, Eyes, Look, Robot, Said, Set, decode, encode
from client_sim.sealed.contents import Bye
from signalling.protocol import EndReason

HERE = Path(__file__).parent
WORDS: tuple[Said, ...] = (
    Look(1, 2, pan=1.5, tilt=-0.25),
    Look(3, 4, pan_speed=-2.5, tilt_speed=0.125),
    Look(2**53 - 1, 2**53 - 1),
    Set(0),
    Set(1, hand=True, eyes=Eyes.CONFUSED, volume=0),
    Set(2, passive=True, whisper=True, mute=True, eyes=Eyes.HAPPY, volume=100),
    Done(7),
    Robot(True, 1.5, -2.5, False, True, False, True, Eyes.SAD, 30, 80, -60),
    Robot(False, 0.5, -34.5, False, False, False, False, Eyes.NEUTRAL, 50),
    Beat(),
    *(Bye(reason=reason) for reason in EndReason),
    Away(),
)
FOREIGN = (
    ' { "seq" : 4, "t" : "done", "colour" : "blue" } ',
    '{"t":"look","seq":1,"at":1,"pan":null,"tilt":3}',
    '{"t":"set","seq":5,"eyes":"sad","volume":50,"hand":false}',
)
"""What another program may say in its own way."""
REFUSED = (
    "",
    "nothing",
    "null",
    "7",
    "[1]",
    "{}",
    '{"t":7}',
    '{"t":"sing"}',
    '{"t":"toString"}',
    '{"t":"look","seq":-1,"at":0}',
    '{"t":"look","at":0}',
    '{"t":"look","seq":9007199254740992,"at":0}',
    '{"t":"look","seq":0,"at":0,"pan":"left"}',
    '{"t":"look","seq":0,"at":0,"pan":NaN}',
    '{"t":"look","seq":0,"at":0,"pan":1e400}',
    '{"t":"set"}',
    '{"t":"set","seq":0.5}',
    '{"t":"set","seq":0,"volume":101}',
    '{"t":"set","seq":0,"volume":49.5}',
    '{"t":"set","seq":0,"hand":null}',
    '{"t":"set","seq":0,"hand":1}',
    '{"t":"set","seq":0,"eyes":"wicked"}',
    '{"t":"done","seq":"1"}',
    '{"t":"robot","lit":true}',
    encode(WORDS[7]).replace(":80", ":101"),
    encode(WORDS[7]).replace("true", "1"),
    '{"t":"bye"}',
    '{"t":"bye","reason":"tired"}',
    "[" * 500,
    json.dumps({"t": "beat", "more": "x" * MESSAGE_BYTES}),
)
STORY: tuple[tuple[float, str, Any], ...] = (
    (0.5, "due", None),
    (1.0, "choose", {"hand": True}),
    (1.0, "due", None),
    (1.25, "tap", [40.5, 10.25]),
    (1.25, "due", None),
    (1.26, "swipe", [30.5, 0.0]),
    (1.27, "due", None),
    (1.375, "due", None),
    (1.5, "hear", {"t": "done", "seq": 0}),
    (1.625, "due", None),
    (1.75, "swipe", [0.0, 0.0]),
    (1.75, "due", None),
    (2.0, "due", None),
    (2.125, "hear", {"t": "done", "seq": 1}),
    (2.25, "choose", {"eyes": "happy", "volume": 70}),
    (2.25, "choose", {"whisper": True}),
    (2.5, "due", None),
    (2.625, "hear", {"t": "done", "seq": 3}),
    (3.0, "hear", msgspec.to_builtins(WORDS[7])),
    (5.75, "due", None),
    (6.0, "due", None),
)


def plain(word: Said | None) -> Any:
    """A word as JSON has it, with every field."""
    if word is None:
        return None
    fields = {name: getattr(word, name) for name in word.__struct_fields__}
    return {"t": word.__struct_config__.tag, **msgspec.to_builtins(fields)}


def words() -> dict[str, Any]:
    """Texts, and what comes of them."""
    return {
        "taken": [{"text": encode(word), "word": plain(word)} for word in WORDS],
        "foreign": [{"text": text, "word": plain(decode(text))} for text in FOREIGN],
        "refused": list(REFUSED),
    }


def move(hand: Hand, now: float, what: str, told: Any) -> list[Any]:
    """One step of the story; what goes out."""
    match what:
        case "tap":
            hand.tap(*told, now=now)
        case "swipe":
            hand.swipe(*told, now=now)
        case "choose":
            hand.choose(now=now, **{name: Eyes(one) if name == "eyes" else one for name, one in told.items()})
        case "hear":
            word = decode(json.dumps(told))
            assert isinstance(word, Done | Robot)
            hand.hear(word, now=now)
        case _:
            return [plain(word) for word in hand.due(now=now)]
    return []


def hand() -> list[dict[str, Any]]:
    """A hand that is moved, and what it says and knows after each step."""
    one, story = Hand(), []
    for now, what, told in STORY:
        said = move(one, now, what, told)
        known = {"next_due": one.next_due(), "acknowledged": one.is_acknowledged, "lost": one.is_lost(now=now)}
        story.append({"now": now, "do": what, "told": told, "says": said, **known})
    return story


def write(name: str, content: Any) -> None:
    """One file."""
    (HERE / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write("words.json", words())
    write("hand.json", hand())
