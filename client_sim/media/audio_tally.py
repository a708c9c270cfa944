"""Counting sound: how much of the tone sequence was heard, how much is missing, and how late. No I/O, no clock.

Loss and delay can be told only of our own tones; of any other sound there is its level. No sound is kept.
"""

import math
from dataclasses import dataclass

import numpy as np

from client_sim.media.latency import Latency, LatencyRecord
from client_sim.media.tone import PIECE_MS, EdgeFinder, Sound, Sounding, delay_ms, hear

STALL_MS = 500
"""Sound that has not come for this long is missing, not merely late."""

LEVEL_MEMORY_PIECES = 10


@dataclass(frozen=True)
class AudioFigures:
    """What a listener heard until now. Counting of loss begins with the first tone heard."""

    heard_ms: float
    """Our tones."""
    missing_ms: float
    """Never came: gaps in the time stamps, or nothing at all for a while."""
    silent_ms: float
    other_ms: float
    """Sound, but not ours."""
    loss_percent: float | None
    """What was not heard, of all that should have been; None if no tone was ever heard."""
    delay: Latency | None
    first_sound_at_ms: float | None
    """When something louder than silence was first heard."""
    level_dbfs: float | None
    """Loudness of the last fifth of a second."""


class AudioTally:
    """Judges one incoming sound; told of every frame as it comes."""

    def __init__(self) -> None:
        self._counted_ms = dict.fromkeys(Sounding, 0.0)
        self._missing_ms = 0.0
        self._edges = EdgeFinder()
        self._delay = LatencyRecord()
        self._rest = np.empty(0, dtype=np.float32)
        self._rest_rate = 0
        self._next_sample: int | None = None
        self._last_at_ms: float | None = None
        self._first_sound_at_ms: float | None = None
        self._powers: list[float] = []

    def add(self, first_sample: int, sound: Sound, sample_rate: int, at_ms: float) -> None:
        """One frame of one channel. `first_sample` is its time stamp in samples, `at_ms` when it came."""
        if self._next_sample is None or sample_rate != self._rest_rate:
            self._start_over()
        elif first_sample != self._next_sample:
            self._missing(max(0, first_sample - self._next_sample) * 1000 / sample_rate)
            self._start_over()
        self._next_sample = first_sample + len(sound)
        waiting_ms = len(self._rest) * 1000 / sample_rate
        sound = np.concatenate([self._rest, sound])
        samples = sample_rate * PIECE_MS // 1000
        pieces = len(sound) // samples
        for number in range(pieces):
            piece = sound[number * samples : (number + 1) * samples]
            self._piece(piece, sample_rate, at_ms - waiting_ms + number * PIECE_MS)
        self._rest, self._rest_rate = sound[pieces * samples :], sample_rate
        self._last_at_ms = at_ms

    def figures(self, now_ms: float) -> AudioFigures:
        """Everything until now."""
        heard_ms = self._counted_ms[Sounding.TONE]
        missing_ms = self._missing_ms + self._stalled_ms(now_ms)
        silent_ms, other_ms = self._counted_ms[Sounding.SILENCE], self._counted_ms[Sounding.OTHER]
        lost_ms = missing_ms + silent_ms + other_ms
        return AudioFigures(
            heard_ms=heard_ms,
            missing_ms=missing_ms,
            silent_ms=silent_ms,
            other_ms=other_ms,
            loss_percent=100 * lost_ms / (heard_ms + lost_ms) if heard_ms else None,
            delay=self._delay.figures(),
            first_sound_at_ms=self._first_sound_at_ms,
            level_dbfs=self._level_dbfs(),
        )

    def _piece(self, piece: Sound, sample_rate: int, at_ms: float) -> None:
        heard = hear(piece, sample_rate)
        self._powers = [*self._powers[1 - LEVEL_MEMORY_PIECES :], 10 ** (heard.level_dbfs / 10)]
        if self._first_sound_at_ms is None and heard.sounding is not Sounding.SILENCE:
            self._first_sound_at_ms = at_ms
        if self._counting() or heard.sounding is Sounding.TONE:
            self._counted_ms[heard.sounding] += PIECE_MS
        edge = self._edges.next_piece(heard, at_ms)
        if edge is not None:
            self._delay.add(delay_ms(*edge))

    def _counting(self) -> bool:
        return self._counted_ms[Sounding.TONE] > 0

    def _missing(self, missing_ms: float) -> None:
        if self._counting():
            self._missing_ms += missing_ms

    def _stalled_ms(self, now_ms: float) -> float:
        if self._last_at_ms is None or not self._counting():
            return 0.0
        waited_ms = now_ms - self._last_at_ms
        return waited_ms if waited_ms >= STALL_MS else 0.0

    def _start_over(self) -> None:
        self._rest = np.empty(0, dtype=np.float32)
        self._edges.forget()

    def _level_dbfs(self) -> float | None:
        if not self._powers:
            return None
        return 10 * math.log10(sum(self._powers) / len(self._powers))
