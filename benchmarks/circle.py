"""What an answer of the circle costs: 200 members on ten Komps, means of 500 calls one after the other.

`python -m benchmarks.circle [DATABASE_URL]`; without a URL on an SQLite file that is made for it. CPU is this process's
own, of all its threads; on a machine that does nothing else the time that passes is close to it.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Final

from tests.town import Town, town

KOMPS: Final = 10
MEMBERS: Final = 20
CALLS: Final = 500


async def mean_ms(answer: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Milliseconds of one answer: CPU, and time that passed."""
    await answer()
    cpu, passed = time.process_time(), time.perf_counter()
    for _ in range(CALLS):
        await answer()
    return (time.process_time() - cpu) / CALLS * 1000, (time.perf_counter() - passed) / CALLS * 1000


async def measured(people: Town) -> dict[str, tuple[float, float]]:
    """Each answer's cost, of a circle that is full."""
    komps = [await people.komp(f"Komp {number}") for number in range(KOMPS)]
    members = [[await people.member(f"Member {number}", komp) for number in range(MEMBERS)] for komp in komps]
    circle, (one, other), komp = people.circle, members[0][:2], komps[0]
    return {
        "endpoint": await mean_ms(lambda: circle.endpoint(one.endpoint)),
        "endpoints_of": await mean_ms(lambda: circle.endpoints_of(one.party)),
        "may_ring, a Komp": await mean_ms(lambda: circle.may_ring(one, komp.party)),
        "may_ring, a member": await mean_ms(lambda: circle.may_ring(one, other.party)),
        "may_ring, a stranger": await mean_ms(lambda: circle.may_ring(one, members[1][0].party)),
        "may_see": await mean_ms(lambda: circle.may_see(one, other.endpoint)),
        "shown_to": await mean_ms(lambda: circle.shown_to(one, komp.party)),
        "changes": await mean_ms(lambda: circle.changes(10**9)),
        "contacts": await mean_ms(lambda: people.store.contacts.of(one.party)),
    }


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite+aiosqlite:///{folder}/narvaro.db"
        async with town(url) as people:
            print(f"{'':22} {'CPU':>9} {'passed':>9}")
            for name, (cpu, passed) in (await measured(people)).items():
                print(f"{name:22} {cpu:6.2f} ms {passed:6.2f} ms")


if __name__ == "__main__":
    asyncio.run(main())
