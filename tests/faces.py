"""Real pictures for profiles, made by real encoders: JPEG, PNG and WebP, with and without words beside the pixels."""

import struct
import zlib
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any, Final, cast

import av
import numpy as np

from signalling.service.pictures import bare

SECRET: Final = b"59.9139N 10.7522E, Astrid's phone"
EXIF: Final = b"MM\0*\0\0\0\x08\0\0\0\0\0\0" + SECRET
TYPES: Final = ("image/jpeg", "image/png", "image/webp")
_CODECS: Final = {"image/jpeg": "mjpeg", "image/png": "png", "image/webp": "libwebp"}


@cache
def face(content_type: str = "image/png", shade: int = 90) -> bytes:
    """A picture of 64 by 48 pixels, as an encoder writes it."""
    rows = np.linspace(shade, 255, 48, dtype=np.uint8)
    pixels = np.broadcast_to(rows[:, None, None], (48, 64, 3)).copy()
    encoder = cast("Any", av.CodecContext.create(_CODECS[content_type], "w"))
    encoder.width, encoder.height, encoder.time_base = 64, 48, Fraction(1, 1)
    encoder.pix_fmt = {"image/jpeg": "yuvj420p", "image/png": "rgb24", "image/webp": "yuv420p"}[content_type]
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=encoder.pix_fmt)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


@cache
def bare_face(content_type: str = "image/png") -> bytes:
    """The same as it is kept: nothing beside the pixels."""
    return bare(face(content_type))


def pixels_of(picture: bytes) -> Any:
    """What it shows."""
    with av.open(BytesIO(picture), "r") as container:
        return next(cast("Any", container).decode(video=0)).to_ndarray(format="rgb24")


def told(content_type: str) -> bytes:
    """The same picture, and beside it where it was taken and by whom."""
    picture = face(content_type)
    match content_type:
        case "image/jpeg":
            segments = [(0xE1, b"Exif\0\0" + EXIF), (0xFE, SECRET), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)]
            segments += [(0xED, b"Photoshop 3.0\0" + SECRET), (0xE2, b"MPF\0" + SECRET)]
            beside = b"".join(bytes([0xFF, kind]) + struct.pack(">H", len(text) + 2) + text for kind, text in segments)
            return picture[:2] + beside + picture[2:] + SECRET
        case "image/png":
            after_head = 8 + 25
            chunks = [(b"eXIf", EXIF), (b"tEXt", b"Author\0" + SECRET), (b"tIME", b"\x07\xe3\x01\x02\x03\x04\x05")]
            beside = b"".join(_png_chunk(kind, text) for kind, text in chunks)
            return picture[:after_head] + beside + picture[after_head:] + SECRET
        case _:
            head = b"VP8X" + struct.pack("<I", 10) + bytes([0b1100, 0, 0, 0]) + (63).to_bytes(3, "little")
            head += (47).to_bytes(3, "little")
            body = head + picture[12:] + _webp_chunk(b"EXIF", EXIF) + _webp_chunk(b"XMP ", SECRET)
            return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body + SECRET


def _png_chunk(kind: bytes, text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + kind + text + struct.pack(">I", zlib.crc32(kind + text))


def _webp_chunk(kind: bytes, text: bytes) -> bytes:
    return kind + struct.pack("<I", len(text)) + text + bytes(len(text) % 2)
