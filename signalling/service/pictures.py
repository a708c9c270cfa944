"""A profile's picture without what was written beside it: where and when it was taken, by which device (P-10).

Pure: bytes in, bytes out. Pixels, colour profile and transparency stay as they are; a turned picture must be turned
by the app before, for the note of its turning goes too. Takes what isn't a picture as it is: others refuse that.

Sources: JPEG ISO 10918-1 annex B, PNG (W3C, third edition) §5 and §11, WebP RFC 9649 §2.
"""

from collections.abc import Iterator
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP", b"pHYs"}
)
_JPEG: Final = b"\xff\xd8"
_JPEG_SCAN: Final = 0xDA
_JPEG_END: Final = 0xD9
_JPEG_APPLICATION: Final = range(0xE0, 0xF0)
_JPEG_KEPT: Final = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""What an application segment must begin with to be kept; the others tell of the taking."""
_JFIF_BYTES: Final = 14
"""Of its content without a thumbnail, whose size stands in the last two."""
_JPEG_COMMENT: Final = 0xFE
_WEBP_KEPT: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_FLAGS: Final = 0b0000_1100
"""In `VP8X`: there is Exif, there is XMP."""


class PictureError(ValueError):
    """The picture is cut short or not of its format. Names the rule."""


def bare(picture: bytes) -> bytes:
    """The picture alone. Raises PictureError."""
    if picture.startswith(_PNG):
        return _PNG + b"".join(_png_chunks(picture))
    if picture.startswith(_JPEG):
        return _JPEG + b"".join(_jpeg_segments(picture))
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        chunks = b"".join(_webp_chunks(picture))
        return b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WEBP" + chunks
    return picture


def _png_chunks(picture: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while True:
        length, kind = int.from_bytes(picture[at : at + 4], "big"), picture[at + 4 : at + 8]
        after = at + 12 + length
        if len(kind) < 4 or after > len(picture):
            raise PictureError("the picture is cut short")
        if kind in _PNG_KEPT:
            yield picture[at:after]
        elif kind[:1].isupper():
            raise PictureError("the picture has a critical chunk that is not of its format")
        if kind == b"IEND":
            return
        at = after


def _jpeg_segments(picture: bytes) -> Iterator[bytes]:
    at = len(_JPEG)
    while True:
        while picture[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        marker = picture[at + 1] if picture[at : at + 1] == b"\xff" and at + 1 < len(picture) else None
        after = at + 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
        if marker is None or (marker != _JPEG_END and not at + 4 <= after <= len(picture)):
            raise PictureError("the picture is cut short")
        if marker == _JPEG_END:
            yield picture[at : at + 2]
            return
        yield _kept(marker, picture[at + 4 : after])
        at = after
        if marker == _JPEG_SCAN:
            at = _end_of_scan(picture, after)
            yield picture[after:at]


def _kept(marker: int, content: bytes) -> bytes:
    """The segment, without a thumbnail; nothing, if it is beside the picture."""
    beginning = _JPEG_KEPT.get(marker)
    is_foreign = marker in _JPEG_APPLICATION and (beginning is None or not content.startswith(beginning))
    if is_foreign or marker == _JPEG_COMMENT:
        return b""
    if marker == 0xE0:
        content = content[: _JFIF_BYTES - 2].ljust(_JFIF_BYTES, b"\0")
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def _end_of_scan(picture: bytes, at: int) -> int:
    """Where the next marker stands: in a scan `ff` is followed by `00`, or by a restart marker."""
    while (at := picture.find(b"\xff", at)) >= 0:
        following = picture[at + 1 : at + 2]
        if following and following != b"\0" and not 0xD0 <= following[0] <= 0xD7 and following != b"\xff":
            return at
        at += 1
    raise PictureError("the picture is cut short")


def _webp_chunks(picture: bytes) -> Iterator[bytes]:
    at, end = 12, 8 + int.from_bytes(picture[4:8], "little")
    if end > len(picture):
        raise PictureError("the picture is cut short")
    while at < end:
        kind, length = picture[at : at + 4], int.from_bytes(picture[at + 4 : at + 8], "little")
        after = at + 8 + length + length % 2
        if after > end or length == 0:
            raise PictureError("the picture is cut short")
        if kind == b"VP8X":
            flags = picture[at + 8] & ~_WEBP_FLAGS
            yield picture[at : at + 8] + bytes([flags]) + picture[at + 9 : after]
        elif kind in _WEBP_KEPT:
            yield picture[at:after]
        at = after
