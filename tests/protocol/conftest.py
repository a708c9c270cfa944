"""Every abuse in this folder ends with an ordinary call beside it, in under a second, and a log that names nobody."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.protocol.house import EVERYBODY, OTHER_KOMP, UNCLE, House, Somebody, running

STEP_SECONDS = 0.01


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A coordinator that must still work after the test."""
    async with running(tmp_path) as one:
        yield one
        assert await call_within_a_second(one)
    names_nobody(one)


async def call_within_a_second(house: House, caller: Somebody = UNCLE, callee: Somebody = OTHER_KOMP) -> bool:
    """Whether an ordinary call goes through in a second of the machine's time."""
    stalled: list[float] = []
    watching = asyncio.create_task(_watch_for_stalls(stalled))
    seconds = await house.ordinary_call(caller, callee)
    watching.cancel()
    return seconds - sum(stalled) < 1


async def _watch_for_stalls(stalled: list[float]) -> None:
    """Gaps of the loop that this process spent on no CPU: the machine stood still. A busy server has none."""
    while True:
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(STEP_SECONDS)
        gap = time.perf_counter() - wall - STEP_SECONDS - (time.process_time() - cpu)
        stalled.append(max(0.0, gap))


def names_nobody(house: House) -> None:
    """No address, name, id, token or text of a client is in the log."""
    log = house.log.getvalue()
    assert '"event": "socket.closed"' in log
    for one in EVERYBODY:
        for word in (one.name, one.party, one.endpoint):
            assert word not in log
    for word in ("127.0.0.1", "localhost", "eyJ", "secret-words"):
        assert word not in log
