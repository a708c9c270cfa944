"""What a call asks of the circle costs little, in CPU of this process: others on the machine do not change that."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.town import town

CALLS = 100
AT_MOST_MS = 5.0


async def cpu_ms(answer: Callable[[], Awaitable[object]]) -> float:
    await answer()
    began = time.process_time()
    for _ in range(CALLS):
        await answer()
    return (time.process_time() - began) / CALLS * 1000


@pytest.mark.slow
async def test_an_answer_for_a_call_takes_well_under_five_milliseconds(tmp_path: Path) -> None:
    async with town(f"sqlite+aiosqlite:///{tmp_path}/narvaro.db") as people:
        komp = await people.komp()
        members = [await people.member(f"Member {number}", komp) for number in range(20)]
        one, other = members[:2]
        circle = people.circle
        costs = {
            "endpoint": await cpu_ms(lambda: circle.endpoint(one.endpoint)),
            "may_ring": await cpu_ms(lambda: circle.may_ring(one, komp.party)),
            "may_see": await cpu_ms(lambda: circle.may_see(one, other.endpoint)),
            "shown_to": await cpu_ms(lambda: circle.shown_to(one, komp.party)),
        }
    assert max(costs.values()) < AT_MOST_MS, costs
