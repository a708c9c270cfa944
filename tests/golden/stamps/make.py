"""Draws the golden pictures anew: `python -m tests.golden.stamps.make`. Needed only when the layout gets a new version.

Each picture is a PGM (P5): a line "P5", a line "WIDTH HEIGHT", a line "255", then one byte of brightness a pixel.
"""

import json
from pathlib import Path

import av
import numpy as np

from client_sim.media.card import Card
from client_sim.media.picture import luma_of
from client_sim.media.stamp import Luma, Stamp, stamp_cells
from tests.unit.media.scene import through_codec

HERE = Path(__file__).parent
ORDINARY = Stamp(frame=4711, sent_at_ms=1_795_385_260_442, source=7)
LEAST = Stamp(frame=0, sent_at_ms=0, source=0)
MOST = Stamp(frame=2**32 - 1, sent_at_ms=2**48 - 1, source=255)
HALF = Stamp(frame=0x80000000, sent_at_ms=0x8000_0000_0000, source=128)


def card(stamp: Stamp, width: int, height: int) -> av.VideoFrame:
    """A test card at noon on the first day of 1970."""
    return Card("GOLDEN", width, height).draw(stamp, shown_ms=12 * 3_600_000)


def scaled(frame: av.VideoFrame, width: int, height: int) -> av.VideoFrame:
    """As a page does that draws a video on a smaller canvas."""
    return frame.reformat(width=width, height=height, interpolation="BILINEAR")


def encoded(codec: str) -> av.VideoFrame:
    """The sixteenth picture of a stream that has too few bits."""
    drawn = Card("GOLDEN", 320, 240)
    stamps = [
        Stamp(ORDINARY.frame - 15 + number, ORDINARY.sent_at_ms - 67 * (15 - number), ORDINARY.source)
        for number in range(16)
    ]
    frames = (drawn.draw(stamp, shown_ms=67 * number) for number, stamp in enumerate(stamps))
    return through_codec(codec, frames, bits_per_second=60_000)[-1]


def noisy(luma: Luma) -> Luma:
    """A pale picture with much noise."""
    noise = np.random.default_rng(1).normal(0, 22, luma.shape)
    return np.clip(60 + luma * 0.4 + noise, 0, 255).astype(np.uint8)


def damaged(luma: Luma) -> Luma:
    """One cell of the data has turned."""
    luma = luma.copy()
    luma[8:16, 80:88] = 251 - luma[8:16, 80:88]
    return luma


def pictures() -> dict[str, tuple[Luma, Stamp | None]]:
    """Every picture and what is to be read from it."""
    small = luma_of(card(ORDINARY, 320, 240))
    unstamped = small.copy()
    unstamped[:24] = unstamped[24:48]
    return {
        "plain": (small, ORDINARY),
        "least": (luma_of(card(LEAST, 160, 120)), LEAST),
        "most": (luma_of(card(MOST, 160, 120)), MOST),
        "half": (luma_of(card(HALF, 160, 120)), HALF),
        "uneven": (luma_of(card(ORDINARY, 322, 182)), ORDINARY),
        "scaled-320x180": (luma_of(scaled(card(ORDINARY, 640, 480), 320, 180)), ORDINARY),
        "scaled-200x150": (luma_of(scaled(card(ORDINARY, 640, 480), 200, 150)), ORDINARY),
        "vp8-60kbit": (luma_of(encoded("vp8")), ORDINARY),
        "h264-60kbit": (luma_of(encoded("h264")), ORDINARY),
        "noisy": (noisy(small), ORDINARY),
        "damaged": (damaged(small), None),
        "unstamped": (unstamped, None),
        "faint": ((110 + small * 0.12).astype(np.uint8), None),
        "black": (np.full((120, 160), 16, dtype=np.uint8), None),
        "too-small": (luma_of(scaled(card(ORDINARY, 640, 480), 64, 48)), None),
    }


def plain(stamp: Stamp | None) -> dict[str, int] | None:
    """A stamp in the words of the JavaScript side."""
    return stamp if stamp is None else {"frame": stamp.frame, "sentAt": stamp.sent_at_ms, "source": stamp.source}


def main() -> None:
    """Write the pictures and what they say."""
    read = []
    for name, (luma, stamp) in pictures().items():
        height, width = luma.shape
        (HERE / f"{name}.pgm").write_bytes(b"P5\n%d %d\n255\n" % (width, height) + np.ascontiguousarray(luma).tobytes())
        read.append({"picture": f"{name}.pgm", "stamp": plain(stamp)})
    written = [
        {"stamp": plain(stamp), "cells": ["".join(map(str, row)) for row in stamp_cells(stamp)]}
        for stamp in (ORDINARY, LEAST, MOST, HALF)
    ]
    (HERE / "stamps.json").write_text(json.dumps({"written": written, "read": read}, indent=1) + "\n")


if __name__ == "__main__":
    main()
