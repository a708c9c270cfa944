"""The words of the control channel: what is taken, what is passed over, and that nothing of it prints."""

import json

import pytest

from client_sim.control.words import MESSAGE_BYTES, Beat, Done, Eyes, Look, Robot, Sends, Set, decode, encode
from client_sim.sealed.contents import Bye
from signalling.protocol import EndReason

WORDS = [
    Look(1, 2, pan=1.5),
    Look(3, 4, pan_speed=-2.0, tilt_speed=0.0),
    Set(1, hand=True, eyes=Eyes.CONFUSED, volume=0),
    Done(7),
    Robot(True, 1.0, -2.0, False, True, False, True, Eyes.SAD, 30, 80, -60),
    Beat(),
    Bye(reason=EndReason.HANGUP),
    Sends(camera=False, microphone=True),
]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: type(word).__name__)
def test_a_word_arrives_as_it_was_said_and_never_prints(word: Look | Set | Done | Robot | Beat | Bye | Sends) -> None:
    assert decode(encode(word)) == word
    assert repr(word) == f"{type(word).__name__}(…)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "[1]",
        '{"t":"sing"}',
        '{"t":"look","seq":-1,"at":0}',
        '{"t":"look","seq":0,"at":0,"pan":"left"}',
        '{"t":"look","seq":0,"at":0,"pan":NaN}',
        '{"t":"set","seq":0,"volume":101}',
        '{"t":"set","seq":0,"eyes":"wicked"}',
        '{"t":"sends","camera":true}',
        '{"t":"sends","camera":1,"microphone":true}',
        "[" * 500,
        json.dumps({"t": "beat", "more": "x" * MESSAGE_BYTES}),
    ],
)
def test_what_is_no_word_comes_to_nothing(text: str) -> None:
    assert decode(text) is None
    assert decode(text.encode()) is None


def test_bytes_that_are_no_text_come_to_nothing() -> None:
    assert decode(b'{"t":"beat","x":"\xff"}') is None


def test_a_later_version_may_say_more() -> None:
    assert decode('{"t":"done","seq":1,"colour":"blue"}') == Done(1)
