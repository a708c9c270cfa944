"""Sending at a steady rate: ticks that do not drift, and tracks that are driven by them.

It must never hurry to make up for lost time: what is late in live media is left out.
"""

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from client_sim.media.clock import MediaClock


class Pacer:
    """Ticks at `start + n × interval_ms` that do not drift, however long the work between them takes.

    Ticks that were missed by more than `patience_ms` are skipped, not made up in a burst: live media let go of what
    is late. `aligned` puts the ticks on multiples of the interval since 1970 instead of on the first call.
    """

    def __init__(self, interval_ms: float, clock: MediaClock, *, patience_ms: float, aligned: bool = False) -> None:
        self.interval_ms = interval_ms
        self._clock = clock
        self._patience_ms = patience_ms
        self._aligned = aligned
        self._start_ms: float | None = None
        self._next_tick = 0

    def tick_ms(self, tick: int) -> float:
        """When that tick is due, in epoch milliseconds. Known after the first `next_tick`."""
        assert self._start_ms is not None, "the first tick sets the start"
        return self._start_ms + tick * self.interval_ms

    async def next_tick(self) -> int:
        """Wait for the next tick and return its number, counted from 0 at the start."""
        now = self._clock.epoch_ms()
        if self._start_ms is None:
            steps = -(-now // self.interval_ms)
            self._start_ms = steps * self.interval_ms if self._aligned else now
        elif now > self.tick_ms(self._next_tick) + self._patience_ms:
            self._next_tick = int((now - self._start_ms) // self.interval_ms)
        tick = self._next_tick
        self._next_tick += 1
        await self._clock.sleep_until(self.tick_ms(tick))
        return tick


class PacedTrack(MediaStreamTrack):
    """A track whose frames fall due by a pacer. Stopping it ends it at its next frame."""

    def __init__(self, pacer: Pacer) -> None:
        super().__init__()
        self.pacer = pacer

    async def next_tick(self) -> int:
        """Wait until the next frame is due. Raises MediaStreamError once the track is stopped."""
        if self.readyState == "live":
            tick = await self.pacer.next_tick()
            if self.readyState == "live":
                return tick
        raise MediaStreamError
