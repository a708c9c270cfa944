"""What is sealed: one content, deflated alone and padded to one of eight sizes, so that a length tells little.

    type (1 byte: 1) ‖ length of the next part (2 bytes, big endian) ‖ raw deflate (RFC 1951) of the content ‖ random

There are 128, 256, 512 … 16384 bytes in all, at least four of them random. Each content has a window of its own: what
one box says must never show in another's size. Inflating stops at the limit, whatever the box claims.
"""

import secrets
import zlib
from collections.abc import Callable
from typing import Final

from client_sim.sealed.contents import CONTENT_BYTES

SIZES: Final = tuple(128 << step for step in range(8))
RANDOM_BYTES: Final = 4
"""The least that is random in every padded content."""

CONTENT: Final = 1
"""The one type there is: a content's JSON text, deflated."""

_HEAD_BYTES: Final = 3
_RAW: Final = -15
"""zlib's word for deflate without a head or a checksum, window of 32 KiB."""


class PaddingError(ValueError):
    """Not what `pad` makes, or more than a box may hold."""


def pad(content: bytes, *, random: Callable[[int], bytes] = secrets.token_bytes) -> bytes:
    """`content` in the smallest size that holds it. Raises PaddingError where none does."""
    if len(content) > CONTENT_BYTES:
        raise PaddingError("one box holds at most 16 KiB")
    squeezer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, _RAW)
    deflated = squeezer.compress(content) + squeezer.flush()
    used = _HEAD_BYTES + len(deflated)
    size = next((size for size in SIZES if size >= used + RANDOM_BYTES), None)
    if size is None:
        raise PaddingError("the content does not deflate enough for one box")
    return bytes([CONTENT]) + len(deflated).to_bytes(2, "big") + deflated + random(size - used)


def unpad(padded: bytes) -> bytes:
    """The content of what `pad` made. Raises PaddingError."""
    if len(padded) not in SIZES:
        raise PaddingError("a padded content has one of eight sizes")
    if padded[0] != CONTENT:
        raise PaddingError("the type is not known")
    end = _HEAD_BYTES + int.from_bytes(padded[1:_HEAD_BYTES], "big")
    if end > len(padded) - RANDOM_BYTES:
        raise PaddingError("the length leaves no room for the random bytes")
    return _inflated(padded[_HEAD_BYTES:end])


def _inflated(deflated: bytes) -> bytes:
    inflater = zlib.decompressobj(_RAW)
    try:
        content = inflater.decompress(deflated, CONTENT_BYTES + 1)
    except zlib.error:
        content, whole = b"", False
    else:
        whole = inflater.eof and not inflater.unused_data and len(content) <= CONTENT_BYTES
    if not whole:
        raise PaddingError("that is not one content of at most 16 KiB, deflated")
    return content
