"""What has had its time goes from the store: posts, invitations and their numbers, lonely profiles, old changes.

Beside the erasers that act at once; every answer already leaves out what is over. A fault is told and tried again.
"""

import asyncio
from collections.abc import Callable
from random import uniform
from typing import Final

from signalling.observe.clock import Clock
from signalling.store.faults import StoreError
from signalling.store.store import Store

HOUSEKEEPING_SECONDS: Final = 60.0


class Housekeeping:
    """Sweeps the store once a minute."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        told: Callable[[BaseException], object],
        overdue: Callable[[int], object] | None = None,
    ) -> None:
        """`told` hears of a sweep that failed; `overdue` of how many subject requests are past their day."""
        self._store = store
        self._clock = clock
        self._told = told
        self._overdue = overdue

    async def sweep(self) -> None:
        """Once over everything."""
        try:
            await self._store.sweep(now=self._clock.now())
            if self._overdue is not None:
                self._overdue(await self._store.requests.overdue(now=self._clock.now()))
        except StoreError as problem:
            self._told(problem)

    async def run(self) -> None:
        """Until cancelled; with jitter, so that nodes don't sweep together."""
        while True:
            await self.sweep()
            await asyncio.sleep(HOUSEKEEPING_SECONDS * uniform(0.8, 1.2))
