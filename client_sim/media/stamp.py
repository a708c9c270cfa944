"""The machine-readable mark at the top of every test picture: which frame this is and when it was sent.

The layout is written down in docs/reference/media-stamps.md, and `signalling/pages/sdk/stamp.js` speaks it too; the
golden files in tests/golden/stamps hold both to it. A stamp names its source by a number that the sender chose; it
must never carry anything about a person or a call.
"""

import binascii
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
"""The brightness of a picture, rows by columns."""

VERSION = 1
COLUMNS, ROWS, ROWS_PER_FRAME = 40, 3, 30
"""A cell is a fortieth of the frame's width and a thirtieth of its height: 16 × 16 pixels at 640 × 480."""

BLACK, WHITE = 16, 235
"""As written: the ends of the range that video codecs use for brightness."""

SMALLEST_WIDTH, SMALLEST_HEIGHT = 80, 60
LEAST_CONTRAST = 40

_LEFT = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.uint8)
_RIGHT = np.array([[0, 1], [1, 0], [0, 1]], dtype=np.uint8)
_CALIBRATION = np.hstack([_LEFT, _RIGHT])
_MARGIN = 2
_DATA_BITS = ROWS * (COLUMNS - 2 * _MARGIN)


@dataclass(frozen=True)
class Stamp:
    """What one frame says of itself. Numbers beyond their bits are a ValueError."""

    frame: int
    """Counted by the sender from 0, one for each frame drawn; 32 bits."""
    sent_at_ms: int
    """When it was drawn and handed to the encoder, milliseconds since 1970; 48 bits."""
    source: int = 0
    """Which sender; 8 bits."""

    def __post_init__(self) -> None:
        if not (0 <= self.frame < 1 << 32 and 0 <= self.sent_at_ms < 1 << 48 and 0 <= self.source < 1 << 8):
            raise ValueError("a stamp holds a 32-bit frame number, a 48-bit time and an 8-bit source")


def stamp_height(frame_height: int) -> int:
    """How many rows of pixels at the top of a frame of this height the stamp takes."""
    return _edge(ROWS, frame_height, ROWS_PER_FRAME)


def stamp_cells(stamp: Stamp) -> Luma:
    """The stamp as 3 rows of 40 cells, 1 for white."""
    said = (VERSION << 88) | (stamp.source << 80) | (stamp.frame << 48) | stamp.sent_at_ms
    word = (said << 16) | _checksum(said)
    bits = np.frombuffer(f"{word:0{_DATA_BITS}b}".encode(), dtype=np.uint8) - ord("0")
    return np.hstack([_LEFT, bits.reshape(ROWS, -1), _RIGHT])


def write_stamp(luma: Luma, stamp: Stamp) -> None:
    """Draw the stamp over the top of the picture; colour, where there is any, must be neutral there."""
    grid = _grid(*_size(luma))
    levels = np.where(stamp_cells(stamp), np.uint8(WHITE), np.uint8(BLACK))
    for (top, bottom), row in zip(grid.rows, levels, strict=True):
        luma[top:bottom] = row[grid.column_of_pixel]


def read_stamp(luma: Luma) -> Stamp | None:
    """What the picture's stamp says, or None where there is none that can be trusted."""
    height, width = _size(luma)
    if width < SMALLEST_WIDTH or height < SMALLEST_HEIGHT:
        return None
    grid = _grid(height, width)
    means = np.stack([_cell_means(luma[top:bottom], grid.inner_columns) for top, bottom in grid.inner_rows])
    calibration = np.hstack([means[:, :_MARGIN], means[:, -_MARGIN:]])
    white = float(calibration[_CALIBRATION == 1].mean())
    black = float(calibration[_CALIBRATION == 0].mean())
    if white - black < LEAST_CONTRAST:
        return None
    middle = (white + black) / 2
    if ((calibration > middle) != _CALIBRATION).any():
        return None
    return _parse(means[:, _MARGIN:-_MARGIN] > middle)


def _parse(data: npt.NDArray[np.bool_]) -> Stamp | None:
    word = int.from_bytes(np.packbits(data).tobytes()) >> (-_DATA_BITS % 8)
    said, checksum = word >> 16, word & 0xFFFF
    if said >> 88 != VERSION or _checksum(said) != checksum:
        return None
    return Stamp(frame=said >> 48 & 0xFFFFFFFF, sent_at_ms=said & 0xFFFFFFFFFFFF, source=said >> 80 & 0xFF)


def _checksum(said: int) -> int:
    """CRC-16/IBM-3740 (also called CCITT-FALSE) over version, source, frame and time as twelve bytes."""
    return binascii.crc_hqx(said.to_bytes(12), 0xFFFF)


@dataclass(frozen=True)
class _Grid:
    """Where the cells lie in frames of one size; of each, reading takes the middle half both ways."""

    rows: tuple[tuple[int, int], ...]
    inner_rows: tuple[tuple[int, int], ...]
    column_of_pixel: npt.NDArray[np.intp]
    inner_columns: npt.NDArray[np.intp]


@lru_cache(maxsize=16)
def _grid(height: int, width: int) -> _Grid:
    rows = tuple((_edge(r, height, ROWS_PER_FRAME), _edge(r + 1, height, ROWS_PER_FRAME)) for r in range(ROWS))
    columns = tuple((_edge(c, width, COLUMNS), _edge(c + 1, width, COLUMNS)) for c in range(COLUMNS))
    return _Grid(
        rows=rows,
        inner_rows=tuple(_inner(*row) for row in rows),
        column_of_pixel=np.repeat(np.arange(COLUMNS), [end - start for start, end in columns]),
        inner_columns=np.array([_inner(*column) for column in columns], dtype=np.intp),
    )


def _edge(index: int, pixels: int, parts: int) -> int:
    """`index × pixels ÷ parts` to the nearest pixel, halves up, in integers so that both languages agree."""
    return (2 * index * pixels + parts) // (2 * parts)


def _inner(start: int, end: int) -> tuple[int, int]:
    inset = (end - start) // 4
    return start + inset, end - inset


def _cell_means(band: Luma, inner_columns: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    across = np.append(band.mean(axis=0), 0.0)
    sums = np.add.reduceat(across, inner_columns.ravel())[::2]
    means: npt.NDArray[np.float64] = sums / (inner_columns[:, 1] - inner_columns[:, 0])
    return means


def _size(luma: Luma) -> tuple[int, int]:
    height, width = luma.shape
    return height, width
