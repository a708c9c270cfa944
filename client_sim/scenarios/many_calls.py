"""Many calls side by side: real ones, with media that were encoded once, between pairs of a simulated app and a Komp.

Every fifth end decodes what it gets; the others count packets. Each call has its own keys, certificates, connections
and record at the coordinator, as any other.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import aiohttp

from client_sim.coordinator import running_coordinator
from client_sim.ends import ClipEnds, Ends
from client_sim.family import FamilyApp
from client_sim.household import Household, Member, make_household
from client_sim.komp import Komp
from client_sim.manner import Surroundings
from client_sim.media.send_log import SendLog
from client_sim.report import CallReport, LoadReport, Quantiles
from client_sim.scenarios.one_call import live_through
from signalling.protocol import Media, PartyKind, Role

COUNTDOWN_SECONDS: Final = 1.0
"""Long enough for ICE and DTLS to be through, as they are in ten."""
ONE_IN: Final = 5
LAG_LOOK_SECONDS: Final = 0.02


@dataclass(repr=False)
class Lane:
    """An app and a Komp that call each other's turn by turn."""

    number: int
    next_end: "count[int]"
    logs: dict[Role, SendLog] = field(default_factory=dict)

    def renew(self) -> None:
        """The next call: sender's logs of its own."""
        self.logs = {role: SendLog() for role in Role}

    def make_ends(self, media: Media, role: Role, first_frame: Callable[[], None]) -> Ends:  # noqa: ARG002 - video
        """This lane's media; every fifth end of the run decodes."""
        return ClipEnds(
            first_frame,
            own_log=self.logs[role],
            their_log=self.logs[role.other],
            decodes=next(self.next_end) % ONE_IN == 0,
        )


@dataclass(repr=False)
class Street:
    """The lanes, with everybody in them online."""

    apps: Sequence[FamilyApp]
    komps: Sequence[Komp]
    lanes: Sequence[Lane]


def household_of(lanes: int) -> Household:
    """A Komp and one relative for each lane."""
    members = [Member(f"Komp {n}", PartyKind.KOMP) for n in range(lanes)]
    members += [Member(f"Relative {n}", PartyKind.PERSON, (f"Komp {n}",)) for n in range(lanes)]
    return make_household(members)


@asynccontextmanager
async def open_street(lanes: int, household: Household, around: Surroundings) -> AsyncIterator[Street]:
    """Everybody of that household online with the coordinator of `around`."""
    ClipEnds.prepare()
    next_end = count()
    rows = [Lane(n, next_end) for n in range(lanes)]
    apps = [FamilyApp(household.links[f"Relative {n}"], around, rows[n].make_ends) for n in range(lanes)]
    komps = [
        Komp(household.links[f"Komp {n}"], around, rows[n].make_ends, countdown_seconds=COUNTDOWN_SECONDS)
        for n in range(lanes)
    ]
    everybody = [*(komp.endpoint for komp in komps), *(app.endpoint for app in apps)]
    try:
        await asyncio.gather(*(one.start() for one in everybody))
        yield Street(apps, komps, rows)
    finally:
        await asyncio.gather(*(one.stop() for one in everybody))


@asynccontextmanager
async def own_street(lanes: int, *, always_relay: bool = False) -> AsyncIterator[Street]:
    """The same, with a coordinator of its own."""
    household = household_of(lanes)
    async with running_coordinator(household.seed) as coordinator, aiohttp.ClientSession() as http:
        around = Surroundings(coordinator.origin, http, always_relay=always_relay)
        async with open_street(lanes, household, around) as street:
            yield street


async def place_many(
    street: Street, calls: int, *, seconds: float, done: Callable[[CallReport], None] = lambda _: None
) -> LoadReport:
    """Place `calls` calls, as many at once as there are lanes. `done` hears of each as it ends."""
    reports: list[CallReport] = []
    remaining = iter(range(calls))

    async def use(lane: Lane, app: FamilyApp) -> None:
        for _ in remaining:
            lane.renew()
            call = app.call(app.endpoint.book.links[0])
            report = await live_through(call, to="komp", seconds=seconds)
            reports.append(report)
            done(report)

    lags: list[float] = []
    watching = asyncio.create_task(_watch_lag(lags), name="lag")
    begun, worked = time.monotonic(), time.process_time()
    try:
        await asyncio.gather(*(use(lane, app) for lane, app in zip(street.lanes, street.apps, strict=True)))
    finally:
        watching.cancel()
    took = time.monotonic() - begun
    return LoadReport(
        calls=reports,
        at_once=len(street.lanes),
        seconds=took,
        cpu_percent=100 * (time.process_time() - worked) / took,
        lag=Quantiles.of(lags),
    )


async def _watch_lag(lags: list[float]) -> None:
    while True:
        asked = time.monotonic()
        await asyncio.sleep(LAG_LOOK_SECONDS)
        lags.append(max(0.0, time.monotonic() - asked - LAG_LOOK_SECONDS) * 1000)
