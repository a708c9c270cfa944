"""What is sealed says little by its length, reads one way only, and never inflates past its limit."""

import contextlib
import secrets
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.contents import CONTENT_BYTES
from client_sim.sealed.padding import RANDOM_BYTES, SIZES, PaddingError, pad, unpad
from tests.unit.sealed.scene import counted_bytes


def deflated(content: bytes) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(content) + squeezer.flush()


def framed(part: bytes, *, kind: int = 1, length: int | None = None, size: int | None = None) -> bytes:
    """A padded content made by hand, so that it can be made wrong."""
    head = bytes([kind]) + (len(part) if length is None else length).to_bytes(2, "big")
    used = len(head) + len(part)
    return head + part + bytes((size or next(size for size in SIZES if size >= used + 4)) - used)


@given(st.binary(max_size=12_000))
def test_what_is_padded_comes_back(content: bytes) -> None:
    padded = pad(content)
    assert unpad(padded) == content
    assert len(padded) in SIZES


@given(st.text(alphabet="abcdef {}:,", max_size=CONTENT_BYTES))
def test_it_is_the_smallest_size_that_leaves_four_random_bytes(text: str) -> None:
    padded = pad(text.encode())
    used = 3 + len(deflated(text.encode()))
    assert len(padded) == min(size for size in SIZES if size >= used + RANDOM_BYTES)


def test_sizes_are_the_documented_ones() -> None:
    assert SIZES == (128, 256, 512, 1024, 2048, 4096, 8192, 16384)


def test_a_content_of_sixteen_kibibytes_fits_and_one_byte_more_does_not() -> None:
    assert unpad(pad(b"x" * CONTENT_BYTES)) == b"x" * CONTENT_BYTES
    with pytest.raises(PaddingError):
        pad(b"x" * (CONTENT_BYTES + 1))
    with pytest.raises(PaddingError):
        pad(secrets.token_bytes(CONTENT_BYTES))


def test_the_same_content_is_never_padded_to_the_same_bytes() -> None:
    assert len({pad(b"{}") for _ in range(8)}) == 8


def test_each_content_is_deflated_alone() -> None:
    """A content doesn't get shorter because an earlier one said the same."""
    said = secrets.token_urlsafe(600).encode()
    assert [len(pad(said)) for _ in range(2)] == [len(pad(said))] * 2
    assert pad(said, random=counted_bytes()) == pad(said, random=counted_bytes())


def test_a_bomb_is_refused_while_it_inflates() -> None:
    bomb = framed(deflated(bytes(12 * 1024 * 1024)), size=16384)
    tracemalloc.start()
    with pytest.raises(PaddingError):
        unpad(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 256 * 1024


def test_one_byte_too_much_is_refused() -> None:
    assert unpad(framed(deflated(bytes(CONTENT_BYTES)))) == bytes(CONTENT_BYTES)
    with pytest.raises(PaddingError):
        unpad(framed(deflated(bytes(CONTENT_BYTES + 1))))


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        framed(deflated(b"{}"))[:-1],
        framed(deflated(b"{}")) + b"\0",
        framed(deflated(b"{}"), kind=0),
        framed(deflated(b"{}"), kind=2),
        framed(b"\1\x75\0\x8a\xff" + b" " * 117, size=128),
        framed(deflated(b"{}"), length=0xFFFF),
        framed(deflated(b"{}"), length=0),
        framed(deflated(b"{}")[:-1]),
        framed(deflated(b"{}") + b"\0"),
        framed(deflated(b"{}") + deflated(b"{}")),
        framed(b"\xff" * 8),
        framed(zlib.compress(b"{}")),
        bytes(128),
    ],
    ids=range(14),
)
def test_what_is_not_padded_as_documented_is_refused(padded: bytes) -> None:
    with pytest.raises(PaddingError):
        unpad(padded)


@given(st.binary(min_size=126, max_size=126))
def test_any_bytes_are_a_content_or_refused_and_nothing_else(rest: bytes) -> None:
    with contextlib.suppress(PaddingError):
        assert len(unpad(b"\1\0" + rest)) <= CONTENT_BYTES


def test_an_error_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(PaddingError) as refused:
        unpad(framed(b"secret words"))
    assert "secret" not in str(refused.value)
    assert refused.value.__context__ is None
