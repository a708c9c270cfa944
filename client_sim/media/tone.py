"""The tone sequence: sound that says when it was made, and how a listener reads that.

Each 20 ms piece is two tones, one of eight for the step in a melody and one of eight for the turn of the melody, so a
piece names its place in 12.8 s by itself. The sequence is locked to the clock: at epoch time t the place t mod 12.8 s
sounds, and hearing a step begin gives the delay. Tones are multiples of 100 Hz and whole in a piece, so nothing
clicks; all lie under 3 kHz, so they survive Opus and G.711 alike. No voice is ever imitated or stored.
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 48_000
PIECE_MS = 20
STEP_MS = 200
MELODY_HZ = (500, 800, 1100, 700, 1000, 600, 900, 1200)
"""Neighbours in time are at least 300 Hz apart, so that the moment of change can be measured."""
TURN_HZ = (1500, 1700, 1900, 2100, 2300, 2500, 2700, 2900)
TURN_MS = STEP_MS * len(MELODY_HZ)
SEQUENCE_MS = TURN_MS * len(TURN_HZ)

SILENCE_DBFS = -50.0
LEAST_SHARE = 0.35
"""A piece is ours when this share of its power lies in its two tones; at a step's edge it falls to about a half."""

_MELODY_LEVEL, _TURN_LEVEL = 0.25, 0.12

Sound = npt.NDArray[np.float32]
"""Samples of one channel, full scale 1."""


@dataclass(frozen=True)
class Place:
    """Where in the sequence a step stands."""

    turn: int
    step: int

    @property
    def begins_ms(self) -> int:
        """Its first moment, counted from the beginning of the sequence."""
        return self.turn * TURN_MS + self.step * STEP_MS

    @property
    def next(self) -> "Place":
        """The step that follows."""
        return place_at(self.begins_ms + STEP_MS)


def place_at(epoch_ms: float) -> Place:
    """The step that sounds at that time."""
    within = int(epoch_ms % SEQUENCE_MS)
    return Place(turn=within // TURN_MS, step=within % TURN_MS // STEP_MS)


@lru_cache(maxsize=len(MELODY_HZ) * len(TURN_HZ))
def tone_piece(place: Place) -> npt.NDArray[np.int16]:
    """The 20 ms of sound that make up that step, over and over: 960 samples, not to be written to."""
    time = np.arange(SAMPLE_RATE * PIECE_MS // 1000) * 2 * np.pi / SAMPLE_RATE
    melody = _MELODY_LEVEL * np.sin(time * MELODY_HZ[place.step])
    turn = _TURN_LEVEL * np.sin(time * TURN_HZ[place.turn])
    piece = np.round((melody + turn) * 32767).astype(np.int16)
    piece.setflags(write=False)
    return piece


class Sounding(Enum):
    """What a listener makes of one piece."""

    TONE = "tone"
    SILENCE = "silence"
    OTHER = "other"


@dataclass(frozen=True)
class Heard:
    """One piece of sound, judged by itself."""

    sounding: Sounding
    level_dbfs: float
    place: Place | None
    """The strongest step in it, where it is of the sequence."""
    strengths: Sound
    """The amplitude of each melody tone."""


def hear(piece: Sound, sample_rate: int) -> Heard:
    """Judge 20 ms of one channel."""
    power = float(np.mean(np.square(piece)))
    level = 10 * float(np.log10(max(power, 1e-12)))
    strengths = _strengths(piece, sample_rate)
    melody, turn = strengths[: len(MELODY_HZ)], strengths[len(MELODY_HZ) :]
    if level < SILENCE_DBFS:
        return Heard(Sounding.SILENCE, level, None, melody)
    loudest, highest = int(melody.argmax()), int(turn.argmax())
    share = (float(melody[loudest]) ** 2 + float(turn[highest]) ** 2) / 2 / power
    if share < LEAST_SHARE:
        return Heard(Sounding.OTHER, level, None, melody)
    return Heard(Sounding.TONE, level, Place(turn=highest, step=loudest), melody)


def _strengths(piece: Sound, sample_rate: int) -> Sound:
    waves = _waves(len(piece), sample_rate) @ piece
    amplitudes: Sound = np.hypot(waves[0::2], waves[1::2])
    return amplitudes


@lru_cache(maxsize=8)
def _waves(samples: int, sample_rate: int) -> npt.NDArray[np.float32]:
    """Cosine and sine of every tone, scaled so that a full-scale tone measures 1."""
    time = np.arange(samples) * 2 * np.pi / sample_rate
    rows = [wave(time * hz) for hz in MELODY_HZ + TURN_HZ for wave in (np.cos, np.sin)]
    return (np.stack(rows) * 2 / samples).astype(np.float32)


class EdgeFinder:
    """Finds when steps begin, from pieces heard one after the other without a gap.

    While a step gives way to the next the amplitude of the old one tells how much of a piece it still had; two pieces
    around the change place it to a few milliseconds.
    """

    def __init__(self) -> None:
        self._before: list[tuple[Heard, float]] = []

    def forget(self) -> None:
        """After a gap: what was heard before no longer adjoins what comes."""
        self._before.clear()

    def next_piece(self, heard: Heard, heard_at_ms: float) -> tuple[Place, float] | None:
        """The step that began, and when its first sample was heard, if this piece completes a change of step.

        `heard_at_ms` is when the first sample of the piece would sound if played on arrival.
        """
        edge = self._edge(heard)
        self._before = [*self._before[-1:], (heard, heard_at_ms)]
        return edge

    def _edge(self, heard: Heard) -> tuple[Place, float] | None:
        if len(self._before) < 2 or heard.place is None:
            return None
        (earlier, _), (last, last_at_ms) = self._before
        old = last.place
        if old is None or earlier.place != old or heard.place != old.next:
            return None
        whole = float(earlier.strengths[old.step])
        in_last, in_this = (float(one.strengths[old.step]) / whole for one in (last, heard))
        return heard.place, last_at_ms + (min(1.0, in_last) + in_this) * PIECE_MS


def delay_ms(began: Place, heard_at_ms: float) -> float:
    """How long ago the step was made that is heard beginning at `heard_at_ms`; up to the sequence's 12.8 s.

    A little less than nothing is possible where two clocks disagree.
    """
    late = (heard_at_ms - began.begins_ms) % SEQUENCE_MS
    return late - SEQUENCE_MS if late > SEQUENCE_MS - 1000 else late
