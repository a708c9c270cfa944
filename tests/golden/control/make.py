"""Writes the golden words of the control channel: `python -m tests.golden.control.make`. Needed only when one changes.

Python and JavaScript must take, write and pass over the same texts, and two hands that are moved alike must say the
same at the same moments. Two robots that are told alike must stand alike, watchdogs and all. Times are seconds.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from client_sim.control.hand import Hand
from client_sim.control.robot import Body
from client_sim.control.words import (
    MESSAGE_BYTES,
    Away,
    Beat,
    Done,
    Eyes,
    Look,
    Robot,
    Said,
    Sends,
    Set,
    decode,
    encode,
)
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
    Sends(camera=False, microphone=True),
    Sends(camera=True, microphone=False),
)
FOREIGN = (
    ' { "seq" : 4, "t" : "done", "colour" : "blue" } ',
    '{"t":"look","seq":1,"at":1,"pan":null,"tilt":3}',
    '{"t":"set","seq":5,"eyes":"sad","volume":50,"hand":false}',
    '{"microphone":false,"t":"sends","camera":false,"because":"asleep"}',
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
    '{"t":"sends"}',
    '{"t":"sends","camera":true}',
    '{"t":"sends","microphone":true}',
    '{"t":"sends","camera":0,"microphone":true}',
    '{"t":"sends","camera":true,"microphone":null}',
    '{"t":"sends","camera":"off","microphone":true}',
    json.dumps({"t": "sends", "camera": True, "microphone": True, "more": "x" * MESSAGE_BYTES}),
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
VISIT: tuple[tuple[float, str, Any], ...] = (
    (0.5, "look", {"seq": 1, "at": 0, "pan": 40.0}),  # nobody is there yet: it moves for nobody
    (1.0, "light", None),
    (1.25, "tick", None),
    (1.5, "set", {"seq": 1, "hand": True, "eyes": "happy", "volume": 70}),
    (1.5, "set", {"seq": 0, "passive": True}),  # older: acknowledged, and not shown
    (1.5, "look", {"seq": 2, "at": 1000, "pan": 60.0, "tilt": -90.0}),  # beyond its range: clamped
    (1.75, "tick", None),
    (2.0, "tick", None),
    (2.25, "look", {"seq": 1, "at": 1750, "pan": -10.0}),  # an older one
    (2.25, "look", {"seq": 3, "at": 1250, "pan": -10.0}),  # half a second under way
    (2.5, "tick", None),
    (2.5, "look", {"seq": 4, "at": 2000, "pan_speed": -500.0, "tilt_speed": 32.0}),  # too fast: clamped
    (2.75, "tick", None),
    (3.5, "tick", None),  # it stopped at 3.0, whenever it is looked at
    *((4.0, "look", {"seq": 5 + one, "at": 3500, "tilt": 0.5 * one}) for one in range(22)),  # twenty a second
    (4.25, "tick", None),
    (5.5, "beat", None),
    (10.25, "tick", None),
    (10.5, "tick", None),  # five seconds of silence
    (10.75, "tick", None),
    (11.0, "beat", None),  # who is there again is heard, and moves nothing
    (11.0, "set", {"seq": 9, "hand": True}),
    (12.0, "light", None),
    (12.5, "tick", None),
    (12.5, "set", {"seq": 2, "passive": True, "whisper": True, "mute": True, "eyes": "sad"}),
    (13.0, "darken", None),
    (13.25, "tick", None),
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


def told(body: Body, now: float, what: str, said: Any) -> Any:
    """One step of the visit; what the robot answers."""
    match what:
        case "look":
            return body.look(msgspec.convert({"t": "look", **said}, Look), now=now)
        case "set":
            return plain(body.set(msgspec.convert({"t": "set", **said}, Set), now=now))
        case "beat":
            body.heard(now=now)
        case "light":
            body.light(now=now)
        case "darken":
            body.darken()
        case _:
            body.tick(now=now)
    return None


def robot() -> list[dict[str, Any]]:
    """A robot that is visited, and how it stands after each step."""
    body, story = Body(), []
    for now, what, said in VISIT:
        answer = told(body, now, what, said)
        word = {"look": Look, "set": Set}.get(what)
        whole = plain(msgspec.convert({"t": what, **said}, word)) if word is not None else None
        after = {"stands": plain(body.told(battery_percent=80, signal_dbm=-55)), "dropped": body.dropped}
        story.append({"now": now, "do": what, "told": whole, "answers": answer, **after})
    return story


def write(name: str, content: Any) -> None:
    """One file."""
    (HERE / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write("words.json", words())
    write("hand.json", hand())
    write("robot.json", robot())
