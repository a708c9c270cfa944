"""The test card: what a simulated camera sees. Drawn live, stamped, with a clock that people can read.

It says what sends it (KOMP, FAMILY, AV1, STUDENT), never who. It is drawn with numpy straight into the planes of the
frame that the encoder gets: everything that stands still is painted once.
"""

import math
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache

import av
import numpy as np
import numpy.typing as npt

from client_sim.media.lettering import draw_glyph, draw_text
from client_sim.media.picture import plane_of
from client_sim.media.stamp import Luma, Stamp, stamp_height, write_stamp

SMALLEST_WIDTH, SMALLEST_HEIGHT = 160, 120
ORBIT_MS = 4000
"""The ball goes once round the card in this time."""

_Canvas = npt.NDArray[np.float32]
_Colour = tuple[int, int, int]

_NIGHT: _Colour = (16, 28, 44)
_GRID: _Colour = (38, 56, 78)
_INK: _Colour = (236, 240, 244)
_BARS: tuple[_Colour, ...] = (
    (191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191),
)  # fmt: skip
"""The 75 % bars of EBU Tech 3325."""
_SUN = (188, 58, 162)
"""The ball's brightness and two colour differences (ITU-R BT.601), for it is drawn into the planes themselves."""


class Card:
    """A test card of one size for one sender; draws a frame in some tenths of a millisecond.

    The first of its label and size is painted, which takes some hundredths of a second; later ones are there at once.
    """

    def __init__(self, label: str, width: int, height: int, *, zone: tzinfo | None = None) -> None:
        """`zone` is that of the clock on the card, the machine's own when not given."""
        if width < SMALLEST_WIDTH or height < SMALLEST_HEIGHT or width % 2 or height % 2:
            raise ValueError("a test card is at least 160 × 120, and even both ways")
        self.width, self.height = width, height
        self._zone = zone
        self._layout = _Layout.of(width, height)
        self._planes = _painted(label, width, height)
        for character in "0123456789:.":
            _bright_glyph(character, self._layout.clock_height)
        self._ball = _Ball.of(self._layout)

    def draw(self, stamp: Stamp, *, shown_ms: int | None = None) -> av.VideoFrame:
        """The card as yuv420p, at the moment that the stamp names or at another; its pts is the caller's to set."""
        at_ms = stamp.sent_at_ms if shown_ms is None else shown_ms
        frame = av.VideoFrame(self.width, self.height, "yuv420p")
        planes = [plane_of(frame, index) for index in range(3)]
        for plane, still in zip(planes, self._planes, strict=True):
            plane[:] = still
        self._draw_clock(planes[0], at_ms)
        self._ball.draw(planes, self._layout, at_ms)
        write_stamp(planes[0], stamp)
        return frame

    def _draw_clock(self, luma: Luma, at_ms: int) -> None:
        layout = self._layout
        seconds, milliseconds = divmod(at_ms, 1000)
        reading = f"{datetime.fromtimestamp(seconds, self._zone):%H:%M:%S}.{milliseconds:03}"
        figures = np.hstack([_bright_glyph(character, layout.clock_height) for character in reading])
        top, left = layout.clock_middle - figures.shape[0] // 2, layout.centre_x - figures.shape[1] // 2
        luma[top : top + figures.shape[0], left : left + figures.shape[1]] = figures
        start, end = layout.second_bar
        luma[layout.second_bar_rows, start : start + (end - start) * milliseconds // 1000] = 200


@dataclass(frozen=True)
class _Layout:
    """Where things stand, in pixels; everything follows from the size."""

    width: int
    height: int
    top: int
    centre_x: int
    centre_y: int
    radius: int
    clock_height: float
    clock_middle: int
    second_bar: tuple[int, int]
    second_bar_rows: slice

    @classmethod
    def of(cls, width: int, height: int) -> "_Layout":
        top = stamp_height(height)
        radius = int(min(height - top, width) * 0.44)
        centre_x, centre_y = width // 2, (top + height) // 2
        clock_middle = centre_y + round(radius * 0.30)
        bar_top = centre_y + round(radius * 0.475)
        return cls(
            width=width, height=height, top=top, centre_x=centre_x, centre_y=centre_y, radius=radius,
            clock_height=round(radius * 0.155, 1), clock_middle=clock_middle,
            second_bar=(centre_x - round(radius * 0.7), centre_x + round(radius * 0.7)),
            second_bar_rows=slice(bar_top, bar_top + max(2, radius // 50)),
        )  # fmt: skip


@lru_cache(maxsize=16)
def _painted(label: str, width: int, height: int) -> list[Luma]:
    """The planes of everything that does not move; not to be written to."""
    frame = _paint(label, _Layout.of(width, height)).reformat(format="yuv420p")
    planes = [plane_of(frame, index).copy() for index in range(3)]
    for plane in planes:
        plane.setflags(write=False)
    return planes


def _paint(label: str, layout: _Layout) -> av.VideoFrame:
    canvas = np.empty((layout.height, layout.width, 3), dtype=np.float32)
    canvas[:] = _NIGHT
    _paint_grid(canvas, layout)
    inside = _disc(layout, layout.radius)
    face = canvas.copy()
    _paint_face(face, label, layout)
    canvas += (face - canvas) * inside[..., None]
    ring = _disc(layout, layout.radius + layout.radius // 60 + 1) - inside
    canvas += (np.array(_INK, dtype=np.float32) - canvas) * np.clip(ring, 0, 1)[..., None]
    canvas[: layout.top] = 128
    return av.VideoFrame.from_ndarray(canvas.round().astype(np.uint8), format="rgb24")


def _paint_grid(canvas: _Canvas, layout: _Layout) -> None:
    pitch = layout.height // 12
    for x in range(layout.centre_x % pitch, layout.width, pitch):
        canvas[:, x] = _GRID
    for y in range(layout.top + (layout.centre_y - layout.top) % pitch, layout.height, pitch):
        canvas[y] = _GRID


def _paint_face(face: _Canvas, label: str, layout: _Layout) -> None:
    radius, centre_x, centre_y = layout.radius, layout.centre_x, layout.centre_y

    def row(share: float) -> int:
        return centre_y + round(radius * share)

    left, right = centre_x - radius, centre_x + radius
    face[:] = _NIGHT
    edges = np.linspace(left, right, len(_BARS) + 1).round().astype(int)
    for start, end, colour in zip(edges, edges[1:], _BARS, strict=False):
        face[row(-0.36) : row(0.08), start:end] = colour
    face[row(0.08) : row(0.53)] = 0
    face[row(0.53) : row(0.72), left:right] = np.linspace(0, 255, right - left)[None, :, None]
    _write(face, label, height=radius * 0.27, middle_x=centre_x, middle_y=row(-0.62), widest=radius * 1.2)
    _write(
        face, f"{layout.width}×{layout.height}", height=radius * 0.085, middle_x=centre_x, middle_y=row(0.82),
        widest=radius,
    )  # fmt: skip


def _write(face: _Canvas, text: str, *, height: float, middle_x: int, middle_y: int, widest: float) -> None:
    ink = draw_text(text, height=height)
    if ink.shape[1] > widest:
        ink = draw_text(text, height=height * widest / ink.shape[1])
    top, left = middle_y - ink.shape[0] // 2, middle_x - ink.shape[1] // 2
    spot = face[top : top + ink.shape[0], left : left + ink.shape[1]]
    spot += (np.array(_INK, dtype=np.float32) - spot) * ink[..., None]


def _disc(layout: _Layout, radius: float) -> _Canvas:
    """A filled circle about the card's middle, with a soft edge."""
    y, x = np.ogrid[: layout.height, : layout.width]
    distance = np.hypot(x + 0.5 - layout.centre_x, y + 0.5 - layout.centre_y)
    return np.clip(radius - distance + 0.5, 0, 1).astype(np.float32)


@lru_cache(maxsize=256)
def _bright_glyph(character: str, height: float) -> Luma:
    """A figure of the clock as brightness on black; not to be written to."""
    return (16 + draw_glyph(character, height=height) * 215).astype(np.uint8)


@dataclass(frozen=True)
class _Ball:
    """What moves: a ball on an orbit about the face, one patch for each plane."""

    orbit: float
    half: int
    inks: tuple[_Canvas, ...]

    @classmethod
    def of(cls, layout: _Layout) -> "_Ball":
        radius = max(4.0, layout.radius * 0.075)
        half = 2 * math.ceil((radius + 1) / 2)
        y, x = np.ogrid[-half:half, -half:half]
        ink = np.clip(radius - np.hypot(x + 0.5, y + 0.5) + 0.5, 0, 1).astype(np.float32)
        small = ink.reshape(half, 2, half, 2).mean(axis=(1, 3))
        return cls(orbit=layout.radius - radius * 1.6, half=half, inks=(ink, small, small))

    def draw(self, planes: list[Luma], layout: _Layout, at_ms: int) -> None:
        """Even positions only, so that the patch lies on whole samples of colour."""
        angle = 2 * math.pi * (at_ms % ORBIT_MS) / ORBIT_MS
        x = 2 * round((layout.centre_x + self.orbit * math.sin(angle)) / 2) - self.half
        y = 2 * round((layout.centre_y - self.orbit * math.cos(angle)) / 2) - self.half
        for plane, ink, level, finer in zip(planes, self.inks, _SUN, (1, 2, 2), strict=True):
            size = 2 * self.half // finer
            spot = plane[y // finer : y // finer + size, x // finer : x // finer + size]
            spot[:] = spot + (level - spot.astype(np.float32)) * ink
