"""A photograph as a phone takes one: a landscape, drawn here, with where it was taken and by what in the file."""

import struct
from io import BytesIO

import av
import numpy as np

PLACE = b"59 deg 54' 40.80\" N"
"""Stands in the file where phones write GPS data."""
MAKER = b"Telefonmakaren AB"
GRASS, SKY = (62, 122, 58), (142, 190, 226)


def landscape(width: int = 2400, height: int = 1500) -> np.ndarray:
    """A lake between hills on a summer's evening, with a red cottage."""
    x, y = np.linspace(0, 1, width)[None, :], np.linspace(0, 1, height)[:, None]
    picture = np.zeros((height, width, 3))
    dusk = np.clip(y / 0.62, 0, 1)[..., None]
    picture[:] = np.array(SKY) * (1 - dusk) + np.array([250, 214, 165]) * dusk
    sun = np.hypot((x - 0.72) * width / height, y - 0.40) < 0.075
    picture[sun] = (255, 238, 196)
    for level, roll, shade in (
        (0.50, 0.05, (110, 138, 150)),
        (0.56, 0.035, (78, 112, 104)),
        (0.61, 0.02, (54, 88, 70)),
    ):
        ridge = level + roll * np.sin(x * 9 + level * 40) + roll * 0.5 * np.sin(x * 23 + level * 11)
        picture[(y > ridge) & (y < 0.66)] = shade
    lake = (y >= 0.64) & (y < 0.82) & (x >= 0)
    glitter = ((np.sin(y * 420) + np.sin(y * 95 + x * 14)) > 1.1) & (np.abs(x - 0.72) < 0.03 + (y - 0.62) * 0.9)
    picture[lake] = (150, 178, 190)
    picture[lake & glitter] = (255, 236, 200)
    shore = 0.80 + 0.03 * np.sin(x * 5 + 1)
    picture[y > shore] = GRASS
    meadow = (y > shore + 0.03) & ((np.sin(x * 260) * np.sin(y * 190 + x * 40)) > 0.93)
    picture[meadow] = (250, 240, 180)
    _cottage(picture, width, height)
    return picture.clip(0, 255).astype(np.uint8)


def _cottage(picture: np.ndarray, width: int, height: int) -> None:
    def box(left: float, top: float, right: float, bottom: float, colour: tuple[int, int, int]) -> None:
        picture[int(top * height) : int(bottom * height), int(left * width) : int(right * width)] = colour

    for row in range(int(0.60 * height), int(0.68 * height)):  # the roof narrows to its ridge
        half = 0.02 + 0.10 * (row / height - 0.60) / 0.08
        picture[row, int((0.24 - half) * width) : int((0.24 + half) * width)] = (74, 60, 56)
    box(0.15, 0.68, 0.33, 0.82, (168, 50, 40))
    box(0.225, 0.73, 0.255, 0.82, (250, 246, 238))
    for left in (0.175, 0.28):
        box(left, 0.715, left + 0.03, 0.765, (250, 246, 238))
        box(left + 0.004, 0.721, left + 0.026, 0.759, (255, 214, 120))


def photograph(width: int = 2400, height: int = 1500) -> bytes:
    """JPEG, with an EXIF segment that says where and when."""
    return _with_exif(_jpeg(landscape(width, height)))


def _jpeg(picture: np.ndarray) -> bytes:
    written = BytesIO()
    with av.open(written, "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.height, stream.width = picture.shape[:2]
        stream.pix_fmt = "yuvj444p"
        stream.options = {"qscale": "2"}
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return written.getvalue()


def _with_exif(jpeg: bytes) -> bytes:
    """One directory with the maker's name and, as its description, the place."""
    entries, data, at = b"", b"", 8 + 2 + 2 * 12 + 4
    for tag, text in ((0x010E, PLACE + b"\0"), (0x010F, MAKER + b"\0")):
        entries += struct.pack(">HHII", tag, 2, len(text), at + len(data))
        data += text
    tiff = b"MM\0*" + struct.pack(">IH", 8, 2) + entries + bytes(4) + data
    segment = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]
