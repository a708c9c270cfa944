"""The second eraser: finds what the first one missed. It trusts the records, not the timers."""

import asyncio
from random import uniform

from signalling.observe.clock import Clock
from signalling.service.calls import Calls
from signalling.state.port import State
from signalling.vocabulary import CallId, PartyId

SWEEP_SECONDS = 5.0


class Sweeper:
    """Every few seconds: deadlines nobody fired, leases without a call, tombstones and rendezvous that are over."""

    def __init__(self, state: State, calls: Calls, clock: Clock) -> None:
        self._state = state
        self._calls = calls
        self._clock = clock
        self._orphans: frozenset[tuple[PartyId, CallId]] = frozenset()

    async def sweep(self) -> None:
        """Once over everything."""
        now = self._clock.now()
        for record in await self._state.calls.every():
            if record.deadline <= now:
                await self._calls.deadline(record.call)
        await self._free_orphans()
        await self._state.calls.sweep(now=now)
        await self._state.rendezvous.sweep(now=now)

    async def _free_orphans(self) -> None:
        """A lease is taken just before its record is made: only one found without it twice is an orphan."""
        found = set()
        for party, lease in await self._state.leases.every():
            if await self._calls.get(lease.call) is None:
                found.add((party, lease.call))
        for party, call in self._orphans & found:
            await self._state.leases.release(party, call)
        self._orphans = frozenset(found - self._orphans)

    async def run(self) -> None:
        """Until cancelled; with jitter, so that nodes don't sweep together."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS * uniform(0.8, 1.2))
            await self.sweep()
