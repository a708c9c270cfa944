"""Pictures and messages for a screen: what is taken, what is refused, and that none of it prints."""

import json
from pathlib import Path
from typing import Any

import pytest

from client_sim.sealed.greetings import Greeting, GreetingError, Message, Picture, PictureHead, Removal, decode, encode
from client_sim.sealed.post import PostPurpose
from tests.golden.greetings.make import JPEG, UNTIL, greetings, told

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "greetings" / "greetings.json").read_text(encoding="utf-8")
)


def test_the_golden_greetings_are_written_and_taken_as_recorded() -> None:
    assert greetings() == GOLDEN
    for one in GOLDEN["written"]:
        greeting = decode(bytes.fromhex(one["content"]), PostPurpose(one["purpose"]))
        assert told(greeting) == one["says"]
        assert encode(greeting).hex() == one["content"]


@pytest.mark.parametrize("number", range(len(GOLDEN["refused"])))
def test_what_is_for_no_screen_is_refused_and_not_repeated(number: int) -> None:
    one = GOLDEN["refused"][number]
    with pytest.raises(GreetingError) as refused:
        decode(bytes.fromhex(one["content"]), PostPurpose(one["purpose"]))
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


@pytest.mark.parametrize(
    "greeting",
    [
        Message(10, UNTIL, "x" * 501),
        Message(61, UNTIL, "long"),
        Message(10, UNTIL, "\u202ebackwards"),
        Picture(PictureHead(10, UNTIL, "image/webp"), JPEG),
        Removal("short"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_nothing_is_written_that_could_not_be_read(greeting: Greeting) -> None:
    with pytest.raises(GreetingError):
        encode(greeting)


def test_words_and_pictures_never_print() -> None:
    picture = Picture(PictureHead(10, UNTIL, "image/jpeg", "Midsommar"), JPEG)
    assert [repr(one) for one in (picture, picture.head, Message(10, 0, "Kram"))] == [
        "Picture(…)",
        "PictureHead(…)",
        "Message(…)",
    ]
