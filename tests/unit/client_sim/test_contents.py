"""What stands in boxes: every content survives the trip; what breaks the limits is refused, and not repeated."""

import json

import pytest

from client_sim.sealed import contents
from client_sim.sealed.contents import (
    Accepted,
    Answer,
    Bye,
    Candidate,
    Candidates,
    Content,
    ContentError,
    EndOfCandidates,
    Here,
    Join,
    Offer,
    Ring,
    SafetyCommit,
    SafetyNonce,
    SafetyReason,
    SafetyStop,
)
from client_sim.sealed.seal import Binding, BoxError
from signalling.protocol import CallId, EndpointId, EndReason, Media, Role
from tests.unit.client_sim.plain import PlainSeal

CANDIDATE = Candidate(candidate="candidate:1 1 udp 1 192.0.2.1 1 typ host", sdp_mid="0", sdp_mline_index=0)
EVERY: list[Content] = [
    Ring(sent_at=1, media=Media.VIDEO, rung=1),
    Join(),
    Here(),
    Offer(generation=0, sdp="v=0"),
    Answer(generation=3, sdp="v=0"),
    Candidates(generation=0, candidates=[CANDIDATE]),
    EndOfCandidates(generation=0),
    Accepted(),
    Bye(reason=EndReason.HANGUP),
    SafetyCommit(commitment="c" * 43),
    SafetyNonce(nonce="n" * 43),
    SafetyStop(reason=SafetyReason.ATTEMPTS),
]


@pytest.mark.parametrize("content", EVERY, ids=lambda content: type(content).__name__)
def test_a_content_survives_the_trip(content: Content) -> None:
    assert contents.decode(contents.encode(content)) == content


def test_the_names_on_the_wire_are_those_of_the_reference() -> None:
    said = json.loads(contents.encode(EVERY[5]))
    assert said == {
        "t": "candidates",
        "generation": 0,
        "candidates": [{"candidate": CANDIDATE.candidate, "sdpMid": "0", "sdpMLineIndex": 0}],
    }
    assert {json.loads(contents.encode(one))["t"] for one in EVERY} == set(contents.TYPES)


def test_a_type_of_a_later_version_is_no_error() -> None:
    assert contents.decode(b'{"t":"hologram","x":1}') is None


def test_a_field_of_a_later_version_is_ignored() -> None:
    assert contents.decode(b'{"t":"bye","reason":"hangup","mood":"sad"}') == Bye(reason=EndReason.HANGUP)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"nonsense-zebra",
        b"\xff\xfe",
        b'{"t":"bye"}',
        b'{"t":"bye","reason":"zebra"}',
        b'{"t":"offer","generation":-1,"sdp":"zebra"}',
        b'{"t":"safety_commit","commitment":"zebra"}',
        b'{"t":"safety_nonce","nonce":"' + b"z" * 44 + b'"}',
        b'{"t":"safety_nonce"}',
        b'{"t":"safety_stop","reason":"zebra"}',
        b'{"t":"offer","generation":0,"sdp":""}',
        json.dumps({"t": "offer", "generation": 0, "sdp": "z" * (contents.SDP_CHARACTERS + 1)}).encode(),
        json.dumps({"t": "candidates", "generation": 0, "candidates": []}).encode(),
        json.dumps({"t": "candidates", "generation": 0, "candidates": [{"candidate": "z"}] * 41}).encode(),
        b'{"t":"here","x":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b"{" + b" " * contents.CONTENT_BYTES + b"}",
    ],
)
def test_what_breaks_the_shape_is_refused_and_not_repeated(text: bytes) -> None:
    with pytest.raises(ContentError) as refusal:
        contents.decode(text)
    assert "zebra" not in str(refusal.value)


def test_a_content_never_prints_itself() -> None:
    assert all("192.0.2" not in repr(one) and "v=0" not in repr(one) for one in EVERY)


def pair() -> tuple[PlainSeal, PlainSeal]:
    binding = Binding(CallId("c"), EndpointId("a"), EndpointId("b"), 1, 1, 0)
    return PlainSeal(binding, Role.CALLER), PlainSeal(binding, Role.CALLEE)


def test_nothing_is_sealed_or_opened_before_the_handshake_is_through() -> None:
    caller, callee = pair()
    with pytest.raises(AssertionError):
        caller.seal(0, b"{}")
    with pytest.raises(BoxError):
        callee.open(0, "e30")


def test_a_number_is_sealed_once() -> None:
    caller, callee = pair()
    callee.read_first(caller.write_first(b"{}"))
    caller.read_second(callee.write_second(b"{}"))
    assert callee.open(0, caller.seal(0, b'{"t":"here"}')) == b'{"t":"here"}'
    with pytest.raises(AssertionError):
        caller.seal(0, b"{}")


@pytest.mark.parametrize("box", ["", "!", "e", "AAAA", "\N{SNOWMAN}"])
def test_a_box_that_does_not_open_says_so(box: str) -> None:
    _, callee = pair()
    with pytest.raises(BoxError):
        callee.read_first(box)
