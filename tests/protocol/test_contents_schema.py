"""The schema of what two ends say to each other is what the code makes, and takes and refuses what the ends do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from client_sim import schema
from client_sim.control import words
from client_sim.household import make_household
from client_sim.sealed import contents, greetings, missed_call, vouching
from client_sim.sealed.contents import ContentError
from client_sim.sealed.greetings import GreetingError
from client_sim.sealed.missed_call import MissedCallError
from client_sim.sealed.post import PostPurpose
from client_sim.sealed.vouching import VouchingError
from tests.golden.vectors.make import written

WRITTEN = Path(__file__).parents[2] / "docs" / "reference" / schema.NAME
RING = {"t": "ring", "sent_at": 1, "media": "video", "rung": 1}
MESSAGE = {"t": "message", "show_seconds": 5, "until": 1, "text": "Hej"}
VECTORS = json.loads(written())
INTRODUCTION = json.loads(VECTORS["pairing"]["first"]["content"])
VOUCH = {"t": "vouch", "party": "p" * 22, "name": "Astrid", "keys": INTRODUCTION}


DOCUMENT = schema.document()


def validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": DOCUMENT["$defs"]})


def greeting(text: bytes) -> object:
    return greetings.decode(len(text).to_bytes(2, "big") + text, PostPurpose.MESSAGE)


READERS: dict[str, Callable[[bytes], object]] = {
    "content": contents.decode,
    "word": words.decode,
    "greeting": greeting,
    "missed-call": missed_call.decode,
    "vouching": vouching.decode,
}
SAID: list[tuple[str, dict[str, Any]]] = [
    ("content", RING),
    ("content", RING | {"more": 1}),
    ("content", RING | {"rung": 17}),
    ("content", RING | {"media": "smell"}),
    ("content", RING | {"profile": "A" * 64}),
    ("content", {"t": "here"}),
    ("content", {"t": "offer", "generation": 256, "sdp": "v=0"}),
    ("content", {"t": "offer", "generation": 0, "sdp": "v" * 12_289}),
    ("content", {"t": "candidates", "generation": 0, "candidates": []}),
    ("content", {"t": "candidates", "generation": 0, "candidates": [{"candidate": "", "sdpMLineIndex": 3}]}),
    ("content", {"t": "candidates", "generation": 0, "candidates": [{"candidate": "", "sdpMid": "0"}]}),
    ("content", {"t": "bye", "reason": "hangup"}),
    ("content", {"t": "bye", "reason": "bored"}),
    ("content", {"t": "safety_nonce", "nonce": "n" * 42}),
    ("word", {"t": "set", "seq": 1, "volume": 101}),
    ("word", {"t": "sends", "camera": True}),
    ("word", {"t": "sends", "camera": True, "microphone": False}),
    ("greeting", MESSAGE),
    ("greeting", MESSAGE | {"show_seconds": 61}),
    ("greeting", MESSAGE | {"text": ""}),
    ("greeting", {"t": "removal", "removes": "p" * 22}),
    ("missed-call", {"minute": 30_000_000}),
    ("missed-call", {"minute": -1}),
    ("vouching", VOUCH),
    ("vouching", VOUCH | {"name": ""}),
    ("vouching", VOUCH | {"keys": {}}),
    ("vouching", {"t": "expect", "secret": "s" * 22, "name": "Astrid", "until": 1}),
    ("vouching", {"t": "expect", "secret": "s" * 21, "name": "Astrid", "until": 1}),
]


def test_the_written_schema_is_what_the_code_makes() -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENT)
    assert WRITTEN.read_text(encoding="utf-8") == schema.written(), "write it anew: make docs"


@pytest.mark.parametrize(("kind", "said"), SAID, ids=lambda one: json.dumps(one)[:60])
def test_the_schema_takes_what_an_end_takes(kind: str, said: dict[str, Any]) -> None:
    try:
        taken = READERS[kind](json.dumps(said).encode()) is not None
    except (ContentError, GreetingError, MissedCallError, VouchingError):
        taken = False
    assert validator(kind).is_valid(said) is taken


def test_the_schema_takes_everything_of_the_test_vectors() -> None:
    told = VECTORS
    content = validator("content")
    for one in (told["call"]["first"], told["call"]["second"], *told["call"]["boxes"]):
        content.validate(json.loads(one["content"]))
    for letter in told["vouching"].values():
        validator("vouching").validate(json.loads(letter))
    validator("introduction").validate(INTRODUCTION)
    validator("pairing-code").validate(told["pairing"]["code"])
    validator("statement").validate(told["signatures"]["agreement-key"]["statement"])
    validator("device-list").validate(told["signatures"]["device-list"]["list"])


def test_the_schema_takes_a_link_file() -> None:
    for kept in make_household().links.values():
        validator("link-file").validate(json.loads(msgspec.json.encode(kept)))
