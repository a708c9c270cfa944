"""Letters and figures for the test card, drawn as round strokes with numpy alone.

A glyph is strokes on a grid whose capitals are 6 high; it is rendered once for each size and kept. It is only as
rich as the card needs: capitals, figures, and the punctuation of a clock.
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Alpha = npt.NDArray[np.float32]
"""How much ink each pixel takes, 0 to 1."""

_CAPITAL_HEIGHT = 6.0
_ABOVE, _BELOW = 1.9, 0.6
"""Room above a capital for a ring or dots, and below the baseline, in grid units."""

_FIGURE_WIDTH = 4.0
"""All figures advance alike, so that a running clock does not wobble."""

# A point is "x,y"; an arc is "centre x,centre y,radius x,radius y,from,to" in degrees, clockwise from the right.
_STROKES: dict[str, str] = {
    "0": "2,3,1.9,3,0,360",
    "1": "0.9,1.3 2.3,0 2.3,6",
    "2": "2,1.9,1.85,1.9,190,395 0.1,6 4,6",
    "3": "1.9,1.5,1.6,1.5,205,450 1.9,4.5,1.9,1.5,270,515",
    "4": "3,6 3,0 0,4.3 4,4.3",
    "5": "3.6,0 0.6,0 0.35,2.75 1.9,4.05,1.95,1.95,222,500",
    "6": "2,4.1,1.9,1.9,0,360 | 0.3,3.2 2.8,0",
    "7": "0,0 4,0 1.4,6",
    "8": "2,1.5,1.55,1.5,0,360 | 2,4.5,1.9,1.5,0,360",
    "9": "2,1.9,1.9,1.9,0,360 | 3.7,2.8 1.2,6",
    "A": "0,6 2.1,0 4.2,6 | 0.75,4.1 3.45,4.1",
    "B": "0.2,2.9 0.2,0 2.2,0 2.2,1.45,1.4,1.45,270,450 0.2,2.9 0.2,6 2.3,6 2.3,4.45,1.6,1.55,90,-90",
    "C": "2.3,3,2.2,3,318,42",
    "D": "0.2,0 0.2,6 1.5,6 1.5,3,2.5,3,90,-90 0.2,0",
    "E": "3.5,0 0.2,0 0.2,6 3.5,6 | 0.2,2.9 3,2.9",
    "F": "3.5,0 0.2,0 0.2,6 | 0.2,2.9 3,2.9",
    "G": "2.3,3,2.2,3,318,12 4.45,3.4 2.7,3.4",
    "H": "0.2,0 0.2,6 | 3.9,0 3.9,6 | 0.2,2.9 3.9,2.9",
    "I": "0.3,0 0.3,6",
    "J": "2.9,0 2.9,4.4 1.5,4.4,1.4,1.6,0,165",
    "K": "0.2,0 0.2,6 | 3.8,0 0.2,3.7 | 1.5,2.4 4,6",
    "L": "0.2,0 0.2,6 3.4,6",
    "M": "0.1,6 0.3,0 2.5,4.3 4.7,0 4.9,6",
    "N": "0.2,6 0.2,0 3.9,6 3.9,0",
    "O": "2.4,3,2.3,3,0,360",
    "P": "0.2,6 0.2,0 2.2,0 2.2,1.65,1.6,1.65,270,450 0.2,3.3",
    "Q": "2.4,3,2.3,3,0,360 | 2.9,4.5 4.6,6.3",
    "R": "0.2,6 0.2,0 2.2,0 2.2,1.65,1.6,1.65,270,450 0.2,3.3 | 2,3.3 3.9,6",
    "S": "2,1.55,1.75,1.55,325,90 2,4.55,1.9,1.45,270,515",
    "T": "0,0 4.2,0 | 2.1,0 2.1,6",
    "U": "0.2,0 0.2,4.1 2.1,4.1,1.9,1.9,180,0 4,0",
    "V": "0,0 2.1,6 4.2,0",
    "W": "0,0 1.5,6 3,0.7 4.5,6 6,0",
    "X": "0.1,0 4,6 | 4,0 0.1,6",
    "Y": "0,0 2.1,3.2 4.2,0 | 2.1,3.2 2.1,6",
    "Z": "0.2,0 3.9,0 0.1,6 4,6",
    "Å": "0,6 2.1,0.4 4.2,6 | 0.75,4.1 3.45,4.1 | 2.1,-0.75,0.6,0.6,0,360",
    "Ä": "0,6 2.1,0 4.2,6 | 0.75,4.1 3.45,4.1 | 1,-1.1 1,-1.1 | 3.2,-1.1 3.2,-1.1",
    "Ö": "2.4,3,2.3,3,0,360 | 1.5,-1.1 1.5,-1.1 | 3.3,-1.1 3.3,-1.1",
    ":": "0.3,1.9 0.3,1.9 | 0.3,4.9 0.3,4.9",
    ".": "0.3,6 0.3,6",
    "-": "0.3,3.2 2.6,3.2",
    "/": "0.2,6.4 2.4,-0.4",
    "×": "0.3,2.3 3.1,5.1 | 3.1,2.3 0.3,5.1",
}
_SPACE_WIDTH = 2.2

LETTERS = frozenset(_STROKES) | {" "}
"""What can be written."""


def draw_text(text: str, *, height: float, weight: float = 0.9) -> Alpha:
    """`text` in one line, its capitals `height` pixels high and its strokes `weight` grid units thick.

    Small letters are drawn as capitals; a character without a glyph is a ValueError. The result has room above and
    below for rings and dots.
    """
    return np.hstack([draw_glyph(character, height=height, weight=weight) for character in text.upper()])


@lru_cache(maxsize=512)
def draw_glyph(character: str, *, height: float, weight: float = 0.9) -> Alpha:
    """One character with half its spacing on either side; the same array each time, so not to be written to."""
    scale = height / _CAPITAL_HEIGHT
    segments = _segments(character)
    width = _advance(character, segments)
    spacing = weight + 0.55
    rows, columns = round((_ABOVE + _CAPITAL_HEIGHT + _BELOW) * scale), round((width + spacing) * scale)
    x = (np.arange(columns, dtype=np.float32) + 0.5) / scale - spacing / 2
    y = (np.arange(rows, dtype=np.float32) + 0.5) / scale - _ABOVE
    nearest = np.full((rows, columns), np.inf, dtype=np.float32)
    for start, end in segments:
        nearest = np.minimum(nearest, _distance(x[None, :], y[:, None], start, end))
    ink: Alpha = np.clip((weight / 2 - nearest) * scale + 0.5, 0.0, 1.0)
    ink.setflags(write=False)
    return ink


_Point = tuple[float, float]


def _segments(character: str) -> list[tuple[_Point, _Point]]:
    if character not in LETTERS:
        raise ValueError("the test card's lettering has capitals, figures and : . - / × only")
    segments: list[tuple[_Point, _Point]] = []
    for stroke in _STROKES.get(character, "").split("|"):
        points = [point for step in stroke.split() for point in _points(step)]
        segments += pairwise(points)
    return segments


def _points(step: str) -> list[_Point]:
    numbers = [float(number) for number in step.split(",")]
    if len(numbers) == 2:
        return [(numbers[0], numbers[1])]
    x, y, radius_x, radius_y, start, end = numbers
    angles = np.radians(np.linspace(start, end, max(2, int(abs(end - start) // 12))))
    return [(x + radius_x * float(np.cos(a)), y + radius_y * float(np.sin(a))) for a in angles]


def _advance(character: str, segments: list[tuple[_Point, _Point]]) -> float:
    if character.isdigit():
        return _FIGURE_WIDTH
    if not segments:
        return _SPACE_WIDTH
    return max(point[0] for segment in segments for point in segment)


def _distance(x: Alpha, y: Alpha, start: _Point, end: _Point) -> Alpha:
    """From every pixel to the nearest point of the segment, in grid units."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    length = along_x**2 + along_y**2
    share = np.clip(((x - start[0]) * along_x + (y - start[1]) * along_y) / length, 0, 1) if length else 0.0
    distance: Alpha = np.hypot(x - start[0] - share * along_x, y - start[1] - share * along_y)
    return distance.astype(np.float32)
