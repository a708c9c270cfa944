"""Reads a QR off a screen, as a phone's camera does after it has found the corners: written from ISO/IEC 18004.

It corrects no errors: a screen shows every cell as it is. It knows bytes only, which is what a pairing code is.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from segno import consts

_ALIGNMENT: Any = consts.ALIGNMENT_POS
_BLOCKS: Any = consts.ECC

Cells = Sequence[Sequence[bool]]

_MASKS: list[Callable[[int, int], bool]] = [
    lambda row, column: (row + column) % 2 == 0,
    lambda row, _: row % 2 == 0,
    lambda _, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
]
_FORMAT_MASK = 0b101010000010010
_LEVELS = (consts.ERROR_LEVEL_M, consts.ERROR_LEVEL_L, consts.ERROR_LEVEL_H, consts.ERROR_LEVEL_Q)
_BYTES = 0b0100


def read_square(bordered: Cells) -> str:
    """The text of a symbol, `True` for dark, with whatever light border it has."""
    cells = _inside(bordered)
    version = (len(cells) - 17) // 4
    format_bits = _number(cells[8][column] for column in (0, 1, 2, 3, 4, 5, 7, 8)) >> 3 ^ _FORMAT_MASK >> 10
    level, mask = _LEVELS[format_bits >> 3], _MASKS[format_bits & 7]
    stream = [cells[row][column] != mask(row, column) for row, column in _path(version)]
    codewords = [_number(stream[at : at + 8]) for at in range(0, len(stream) - 7, 8)]
    return _text(_in_order(codewords, version, level), version)


def _inside(bordered: Cells) -> Cells:
    rows = [at for at, row in enumerate(bordered) if any(row)]
    first, last = rows[0], rows[-1]
    return [row[first : last + 1] for row in bordered[first : last + 1]]


def _number(bits: Iterator[bool] | Sequence[bool]) -> int:
    number = 0
    for bit in bits:
        number = number << 1 | bit
    return number


def _path(version: int) -> Iterator[tuple[int, int]]:
    """Where the data lies: two columns at a time from the right, up and down, past whatever has a fixed shape."""
    size = 17 + 4 * version
    upwards = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in reversed(range(size)) if upwards else range(size):
            for column in (right, right - 1):
                if not _is_fixed(row, column, version):
                    yield row, column
        upwards = not upwards


def _is_fixed(row: int, column: int, version: int) -> bool:
    size = 17 + 4 * version
    in_corner = (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9)
    in_version = version >= 7 and ((row < 6 and column >= size - 11) or (column < 6 and row >= size - 11))
    return in_corner or in_version or 6 in (row, column) or _is_alignment(row, column, version)


def _is_alignment(row: int, column: int, version: int) -> bool:
    places: Any = _ALIGNMENT[version - 2] if version > 1 else ()
    for down in places:
        for across in places:
            on_finder = (down, across) in {(6, 6), (6, places[-1]), (places[-1], 6)}
            if not on_finder and abs(row - down) <= 2 and abs(column - across) <= 2:
                return True
    return False


def _in_order(codewords: Sequence[int], version: int, level: int) -> list[int]:
    """The data codewords of the blocks, one block after the other, without those that correct errors."""
    lengths = [info.num_data for info in _BLOCKS[version][level] for _ in range(info.num_blocks)]
    blocks: list[list[int]] = [[] for _ in lengths]
    coming = iter(codewords)
    for turn in zip_longest(*(range(length) for length in lengths)):
        for block, is_there in zip(blocks, turn, strict=True):
            if is_there is not None:
                block.append(next(coming))
    return [codeword for block in blocks for codeword in block]


def _text(codewords: Sequence[int], version: int) -> str:
    bits = [bool(codeword >> shift & 1) for codeword in codewords for shift in range(7, -1, -1)]
    assert _number(bits[:4]) == _BYTES
    starts = 4 + (8 if version < 10 else 16)
    length = _number(bits[4:starts])
    return bytes(_number(bits[at : at + 8]) for at in range(starts, starts + 8 * length, 8)).decode()
