"""Frames: what is sent, and which rule a client's stream breaks first, however the network cuts it."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.protocol.errors import CloseCode
from signalling.web.frames import FRAGMENTS, FrameGuard, Opcode, close_frame, frame

LIMIT = 32 * 1024


def client_frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, reserved: int = 0
) -> bytes:
    """A frame as a client sends it; the mask is zero, so that payloads stay readable."""
    length = len(payload)
    short, extended = (
        (length, b"")
        if length < 126
        else (126, struct.pack("!H", length))
        if length < 65536
        else (127, struct.pack("!Q", length))
    )
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode, (0x80 if masked else 0) | short]) + extended
    return head + (bytes(4) if masked else b"") + payload


def fault_of(stream: bytes, cuts: list[int] | None = None) -> CloseCode | None:
    guard = FrameGuard()
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts or [])})
    for start, end in pairwise(edges):
        _, fault = guard.feed(stream[start:end])
        if fault is not None:
            return fault
    return None


TEXT, BINARY, CONTINUATION = Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION

RIGHT = {
    "text": client_frame(TEXT, b"{}"),
    "the longest text": client_frame(TEXT, b"x" * LIMIT),
    "an empty text": client_frame(TEXT),
    "fragments": client_frame(TEXT, b"a", fin=False) + client_frame(CONTINUATION, b"b"),
    "a ping between fragments": client_frame(TEXT, b"a", fin=False)
    + client_frame(Opcode.PING, b"?")
    + client_frame(CONTINUATION, b"b"),
    "pong": client_frame(Opcode.PONG, b"x" * 125),
    "two longest after another": client_frame(TEXT, b"x" * LIMIT) * 2,
}

WRONG = {
    "unmasked": (client_frame(TEXT, b"{}", masked=False), CloseCode.PROTOCOL_ERROR),
    "unmasked close": (client_frame(Opcode.CLOSE, masked=False), CloseCode.PROTOCOL_ERROR),
    "binary": (client_frame(BINARY, b"x"), CloseCode.UNSUPPORTED_DATA),
    "unmasked binary": (client_frame(BINARY, b"x", masked=False), CloseCode.PROTOCOL_ERROR),
    "reserved bit": (client_frame(TEXT, b"x", reserved=4), CloseCode.PROTOCOL_ERROR),
    "unknown opcode": (client_frame(0x3, b"x"), CloseCode.PROTOCOL_ERROR),
    "unknown control opcode": (client_frame(0xB, b"x"), CloseCode.PROTOCOL_ERROR),
    "too long": (client_frame(TEXT, b"x" * (LIMIT + 1)), CloseCode.MESSAGE_TOO_BIG),
    "very much too long": (b"\x81\xff" + b"\xff" * 8, CloseCode.MESSAGE_TOO_BIG),
    "too long in parts": (
        client_frame(TEXT, b"x" * LIMIT, fin=False) + client_frame(CONTINUATION, b"x"),
        CloseCode.MESSAGE_TOO_BIG,
    ),
    "a continuation of nothing": (client_frame(CONTINUATION, b"x"), CloseCode.PROTOCOL_ERROR),
    "a text within a text": (
        client_frame(TEXT, b"x", fin=False) + client_frame(TEXT, b"x"),
        CloseCode.PROTOCOL_ERROR,
    ),
    "a fragmented ping": (client_frame(Opcode.PING, fin=False), CloseCode.PROTOCOL_ERROR),
    "a long ping": (client_frame(Opcode.PING, b"x" * 126), CloseCode.PROTOCOL_ERROR),
    "endless fragments": (
        client_frame(TEXT, fin=False) + client_frame(CONTINUATION, fin=False) * FRAGMENTS,
        CloseCode.FLOODING,
    ),
}


@pytest.mark.parametrize("stream", RIGHT.values(), ids=RIGHT)
@given(cuts=st.lists(st.integers(0, 2**17), max_size=8))
def test_what_the_standard_allows_passes_however_it_is_cut(stream: bytes, cuts: list[int]) -> None:
    assert fault_of(stream, cuts) is None


@pytest.mark.parametrize(("stream", "code"), WRONG.values(), ids=WRONG)
@given(cuts=st.lists(st.integers(0, 2**17), max_size=8))
def test_a_broken_rule_is_found_however_it_is_cut(stream: bytes, code: CloseCode, cuts: list[int]) -> None:
    assert fault_of(stream, cuts) is code


@pytest.mark.parametrize(("stream", "code"), WRONG.values(), ids=WRONG)
@given(cuts=st.lists(st.integers(0, 2**17), max_size=4))
def test_it_is_found_behind_good_messages_too(stream: bytes, code: CloseCode, cuts: list[int]) -> None:
    good = client_frame(TEXT, b"{}") + client_frame(Opcode.PONG)
    assert fault_of(good + stream, cuts) is code


def test_messages_before_a_broken_rule_are_still_good() -> None:
    good = client_frame(TEXT, b"{}") * 2
    assert FrameGuard().feed(good + client_frame(BINARY)) == (len(good), CloseCode.UNSUPPORTED_DATA)


def test_too_large_a_frame_is_refused_by_its_header_before_its_payload_comes() -> None:
    assert fault_of(client_frame(TEXT, b"x" * (LIMIT + 1))[:4]) is CloseCode.MESSAGE_TOO_BIG


def test_a_close_frame_is_seen_once_it_is_whole_and_nothing_after_it_counts() -> None:
    guard = FrameGuard()
    closing = client_frame(Opcode.CLOSE, b"\x03\xe8")
    guard.feed(closing[:-1])
    seen_too_early = guard.has_closed
    assert guard.feed(closing[-1:] + client_frame(TEXT, b"late", masked=False)) == (1, None)
    assert (seen_too_early, guard.has_closed) == (False, True)
    assert guard.feed(b"anything") == (0, None)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
def test_what_is_sent_has_the_shortest_header_and_no_mask(length: int) -> None:
    payload = b"x" * length
    sent = frame(Opcode.TEXT, payload)
    masked = client_frame(TEXT, payload)
    head = len(masked) - length - 4
    assert sent == bytes([masked[0], masked[1] & 0x7F]) + masked[2:head] + payload


def test_a_close_frame_says_its_code_and_nothing_else() -> None:
    assert close_frame(CloseCode.SLOW_READER) == b"\x88\x02" + (4006).to_bytes(2, "big")
