"""The time that media are stamped, paced and judged by.

Epoch milliseconds, so that two processes agree, read from the monotonic clock, so that pacing and freezes never see a
step. It must never be used for deadlines of a call: those belong to the coordinator.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable


class MediaClock:
    """Epoch milliseconds that never step; anchored to the wall clock once, when made.

    Sender and receiver make their own: on one machine they agree to well under a millisecond, between machines as
    well as those machines' clocks do.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._epoch_of_zero_ms = (wall() - monotonic()) * 1000

    def epoch_ms(self) -> float:
        """Now, in milliseconds since 1970."""
        return self._epoch_of_zero_ms + self._monotonic() * 1000

    async def sleep_until(self, epoch_ms: float) -> None:
        """Return at `epoch_ms`, or at once (after giving way to others) when that has passed."""
        await self._sleep(max(0.0, (epoch_ms - self.epoch_ms()) / 1000))
