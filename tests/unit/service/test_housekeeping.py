"""The store is swept once a minute, and a sweep that fails is told and tried again."""

import asyncio
from typing import Any, cast

import pytest

from signalling.service import housekeeping
from signalling.service.housekeeping import Housekeeping
from signalling.store.faults import StoreError
from tests.clock import ManualClock


class Swept:
    """A store that counts its sweeps, and fails when it is told to."""

    def __init__(self) -> None:
        self.moments: list[float] = []
        self.fails = False
        self.again = asyncio.Event()

    async def sweep(self, *, now: float) -> int:
        self.moments.append(now)
        if len(self.moments) >= 3:
            self.again.set()
        if self.fails:
            raise StoreError("the database is away")
        return 0


async def test_a_sweep_is_of_this_moment() -> None:
    store, clock = Swept(), ManualClock()
    keeping = Housekeeping(cast("Any", store), clock, told=lambda _: None)
    await keeping.sweep()
    clock.advance(60)
    await keeping.sweep()
    assert store.moments == [clock.now() - 60, clock.now()]


async def test_one_that_fails_is_told_and_the_next_one_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "HOUSEKEEPING_SECONDS", 0.001)
    store, told = Swept(), list[BaseException]()
    store.fails = True
    running = asyncio.create_task(Housekeeping(cast("Any", store), ManualClock(), told=told.append).run())
    async with asyncio.timeout(3):
        await store.again.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(told) >= 2
    assert {type(one) for one in told} == {StoreError}
