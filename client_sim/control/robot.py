"""The body of an AV1 as its watchdogs keep it: head, hand, eyes, and who may move them. Pure; `now` is an argument.

Nobody watches unseen: the eyes are dark unless an app is there, and a robot whose eyes are dark moves for nobody. What
an app said belongs to its visit and is gone with it.
"""

import math
from dataclasses import dataclass, field
from typing import Final

from client_sim.control.words import Done, Eyes, Look, Robot, Set

PAN_DEGREES: Final = 170.0
TILT_DEGREES: Final = 35.0
REST_TILT_DEGREES: Final = -35.0
"""The head hangs while nobody is there."""
SPEED_DEGREES: Final = 120.0
"""A second, at the most."""
GLANCE_SECONDS: Final = 0.3
"""A look that is older than this when it comes is dropped."""
STEERED_SECONDS: Final = 0.5
"""A velocity that isn't repeated stops after this."""
LOOKS_A_SECOND: Final = 20
SILENT_SECONDS: Final = 3.0
"""Nothing of the app for this long shows as reconnecting."""
DARK_SECONDS: Final = 5.0
"""Nothing of the app for this long darkens the eyes."""


@dataclass(slots=True)
class _Axis:
    limit: float
    at: float = 0.0
    target: float | None = None
    speed: float = 0.0

    def aim(self, target: float | None, speed: float | None) -> None:
        if target is not None and math.isfinite(target):
            self.target, self.speed = _clamped(target, self.limit), 0.0
        elif speed is not None and math.isfinite(speed):
            self.target, self.speed = None, _clamped(speed, SPEED_DEGREES)

    def move(self, seconds: float) -> None:
        if self.target is not None:
            way = _clamped(self.target - self.at, SPEED_DEGREES * seconds)
            self.at += way
            if self.at == self.target:
                self.target = None
        else:
            self.at = _clamped(self.at + self.speed * seconds, self.limit)


@dataclass(slots=True)
class Body:
    """One robot. Call `tick` at least ten times a second while the eyes are lit."""

    lit: bool = False
    shown: Set = field(default_factory=lambda: Set(0))
    dropped: int = 0
    """Looks that came too late, too often, or out of their turn in this visit."""
    _pan: _Axis = field(default_factory=lambda: _Axis(PAN_DEGREES))
    _tilt: _Axis = field(default_factory=lambda: _Axis(TILT_DEGREES, REST_TILT_DEGREES))
    _moved_at: float | None = None
    _heard_at: float | None = None
    _steered_at: float | None = None
    _last_look: int = -1
    _delay: float | None = None
    """The least difference between the two clocks so far: a look's age is what it takes beyond that."""
    _looks: list[float] = field(default_factory=list)

    @property
    def pan(self) -> float:
        """Degrees to the right of straight ahead."""
        return self._pan.at

    @property
    def tilt(self) -> float:
        """Degrees above the horizon."""
        return self._tilt.at

    def light(self, *, now: float) -> None:
        """An app is there: raise the head, then the eyes are lit. Its visit begins with nothing chosen."""
        self.lit = True
        self._heard_at = self._moved_at = now
        self._tilt.aim(0.0, None)

    def darken(self) -> None:
        """The app has left or is lost: eyes off, head down, hand and mood as if nobody had been there."""
        self.lit = False
        self.shown = Set(0)
        self._pan.target, self._pan.speed = 0.0, 0.0
        self._tilt.target, self._tilt.speed = REST_TILT_DEGREES, 0.0
        self._heard_at = self._steered_at = self._delay = None
        self._last_look, self.dropped = -1, 0
        self._looks.clear()

    def heard(self, *, now: float) -> None:
        """Anything of the app's: it is there."""
        self._heard_at = now

    def look(self, said: Look, *, now: float) -> bool:
        """Look where the app looks; False where that came too late, too often or out of its turn."""
        self.heard(now=now)
        if not self.lit or not self._is_fresh(said, now) or not self._has_room(now):
            self.dropped += 1
            return False
        self._last_look = said.seq
        self._pan.aim(said.pan, said.pan_speed)
        self._tilt.aim(said.tilt, said.tilt_speed)
        self._steered_at = now if self._pan.speed or self._tilt.speed else None
        return True

    def set(self, said: Set, *, now: float) -> Done:
        """Show what the app chose, unless something newer is shown. Either way it is acknowledged."""
        self.heard(now=now)
        if self.lit and said.seq >= self.shown.seq:
            self.shown = said
        return Done(said.seq)

    def tick(self, *, now: float) -> None:
        """Move, and let the watchdogs bite."""
        if self._steered_at is not None and now - self._steered_at >= STEERED_SECONDS:
            self._stop_at(self._steered_at + STEERED_SECONDS)
        self._move_until(now)
        if self.lit and self.silent_seconds(now=now) >= DARK_SECONDS:
            self.darken()

    def silent_seconds(self, *, now: float) -> float:
        """How long nothing has come of the app."""
        return now - self._heard_at if self._heard_at is not None else 0.0

    def told(self, *, battery_percent: int | None = None, signal_dbm: int | None = None) -> Robot:
        """How it really stands, and what its hardware says of itself."""
        chosen = self.shown
        return Robot(
            lit=self.lit,
            pan=round(self.pan, 1),
            tilt=round(self.tilt, 1),
            hand=chosen.hand,
            passive=chosen.passive,
            whisper=chosen.whisper,
            mute=chosen.mute,
            eyes=chosen.eyes if self.lit else Eyes.NEUTRAL,
            volume=chosen.volume,
            battery_percent=battery_percent,
            signal_dbm=signal_dbm,
        )

    def _stop_at(self, moment: float) -> None:
        self._move_until(moment)
        self._pan.speed = self._tilt.speed = 0.0
        self._steered_at = None

    def _move_until(self, moment: float) -> None:
        seconds = moment - self._moved_at if self._moved_at is not None else 0.0
        if seconds <= 0 and self._moved_at is not None:
            return
        self._moved_at = moment
        for axis in (self._pan, self._tilt):
            axis.move(seconds)

    def _is_fresh(self, said: Look, now: float) -> bool:
        delay = now - said.at / 1000
        self._delay = delay if self._delay is None else min(self._delay, delay)
        return said.seq > self._last_look and delay - self._delay <= GLANCE_SECONDS

    def _has_room(self, now: float) -> bool:
        self._looks = [at for at in self._looks if now - at < 1.0]
        if len(self._looks) >= LOOKS_A_SECOND:
            return False
        self._looks.append(now)
        return True


def _clamped(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))
