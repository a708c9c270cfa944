"""Time: Unix seconds that never run backwards while the program lives. Rules are given a moment, never a clock."""

import time
from typing import Protocol


class Clock(Protocol):
    """Where moments come from: the system in earnest, a hand-turned clock in tests."""

    def now(self) -> float:
        """Unix time in seconds. A later call never gives an earlier time."""


class SystemClock:
    """Unix time at the start, carried on by the monotonic clock: a step of the system's clock moves nothing."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return self._offset + time.monotonic()
