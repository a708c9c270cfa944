"""The student's hand on the robot: what to send when, and what the robot is known to show. Pure; `now` is an argument.

It sends no faster than the robot takes, repeats a velocity as long as the finger rests, says every choice whole until
it is acknowledged, and knows from the robot's silence when to show that it is lost.
"""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from client_sim.control.robot import SILENT_SECONDS
from client_sim.control.words import Beat, Done, Look, Robot, Set

REPEAT_SECONDS: Final = 0.2
"""A velocity is said again this often, while it lasts."""
LEAST_SECONDS: Final = 0.05
"""Between two looks: twenty a second."""
BEAT_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 1.0
"""A choice that isn't acknowledged is said again; the channel is reliable, the robot may have been loaded anew."""


@dataclass(slots=True)
class Hand:
    """One app's, for one call."""

    chosen: Set = field(default_factory=lambda: Set(0))
    robot: Robot | None = None
    """As it last told of itself."""
    _seq: int = 0
    _aim: tuple[float, float] | None = None
    """A tap that hasn't gone out yet, in degrees."""
    _steers: tuple[float, float] | None = None
    """A swipe, in degrees a second, while it lasts; the stop of one until it has gone out."""
    _looked_at: float = float("-inf")
    _look_at: float | None = None
    _say_at: float | None = None
    _beat_at: float = float("-inf")
    _heard_at: float | None = None

    def tap(self, pan: float, tilt: float, *, now: float) -> None:
        """Look there, in degrees."""
        self._aim, self._steers = (pan, tilt), None
        self._look_at = max(now, self._looked_at + LEAST_SECONDS)

    def swipe(self, pan_speed: float, tilt_speed: float, *, now: float) -> None:
        """Turn at that speed, in degrees a second, until another word; zero stops."""
        self._aim, self._steers = None, (pan_speed, tilt_speed)
        self._look_at = max(now, self._looked_at + LEAST_SECONDS)

    def choose(self, *, now: float, **choices: object) -> None:
        """Raise the hand, show a mood, whisper: any field of `Set`."""
        self.chosen = msgspec.structs.replace(self.chosen, seq=self.chosen.seq + 1, **choices)
        self._say_at = now

    def hear(self, word: Done | Robot, *, now: float) -> None:
        """What the robot says."""
        self._heard_at = now
        if isinstance(word, Robot):
            self.robot = word
        elif word.seq >= self.chosen.seq:
            self._say_at = None

    @property
    def is_acknowledged(self) -> bool:
        """Whether the robot shows what was chosen."""
        return self._say_at is None

    def is_lost(self, *, now: float) -> bool:
        """Whether nothing has come of the robot for three seconds."""
        return self._heard_at is not None and now - self._heard_at >= SILENT_SECONDS

    def due(self, *, now: float) -> list[Look | Set | Beat]:
        """What goes out now."""
        words: list[Look | Set | Beat] = []
        if self._look_at is not None and now >= self._look_at:
            words.append(self._look(now))
        if self._say_at is not None and now >= self._say_at:
            self._say_at = now + AGAIN_SECONDS
            words.append(self.chosen)
        if now - self._beat_at >= BEAT_SECONDS:
            self._beat_at = now
            words.append(Beat())
        return words

    def next_due(self) -> float:
        """When `due` has something to say next."""
        times = [self._beat_at + BEAT_SECONDS]
        times += [at for at in (self._look_at, self._say_at) if at is not None]
        return min(times)

    def _look(self, now: float) -> Look:
        self._seq += 1
        self._looked_at = now
        pan, tilt = self._aim if self._aim is not None else (None, None)
        pan_speed, tilt_speed = self._steers if self._steers is not None else (None, None)
        goes_on = self._steers is not None and any(self._steers)
        self._look_at = now + REPEAT_SECONDS if goes_on else None
        self._aim = None
        return Look(self._seq, max(0, int(now * 1000)), pan, tilt, pan_speed, tilt_speed)
