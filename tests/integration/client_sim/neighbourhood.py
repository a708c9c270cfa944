"""The real coordinator with headless endpoints around it, and what tests do to them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from client_sim.aiortc_settings import dtls_transport
from client_sim.av1 import Av1
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.endpoint import Endpoint
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.household import FAMILY, Household, Member, make_household
from client_sim.komp import Komp
from client_sim.live_call import LiveCall
from client_sim.manner import Surroundings
from client_sim.student import StudentApp
from client_sim.timeline import Mark, Step
from signalling.protocol import EndReason

KOMP, AV1 = "Grandmother's Komp", "AV1 of class 4B"


@dataclass
class Neighbourhood:
    """Whoever is online, by the names of the household."""

    household: Household
    around: Surroundings
    coordinator: Coordinator
    _online: list[Endpoint] = field(default_factory=list)

    async def komp(self, *, countdown_seconds: float = 0.3) -> Komp:
        link = self.household.links[KOMP]
        komp = Komp(link, self.around, live_ends("KOMP"), countdown_seconds=countdown_seconds)
        await self.start(komp.endpoint)
        return komp

    async def av1(self) -> Av1:
        av1 = Av1(self.household.links[AV1], self.around, live_ends("AV1"))
        await self.start(av1.endpoint)
        return av1

    async def family(self, name: str = "Grandchild") -> FamilyApp:
        app = FamilyApp(self.household.links[name], self.around, live_ends("FAMILY"))
        await self.start(app.endpoint)
        return app

    async def student(self) -> StudentApp:
        app = StudentApp(self.household.links["Student"], self.around, live_ends("STUDENT"))
        await self.start(app.endpoint)
        return app

    async def start(self, endpoint: Endpoint) -> None:
        await endpoint.start()
        self._online.append(endpoint)

    async def close(self) -> None:
        await asyncio.gather(*(one.stop() for one in self._online))


@asynccontextmanager
async def neighbourhood(
    members: Sequence[Member] = FAMILY,
    *,
    port: int = 0,
    household: Household | None = None,
    log: Path | None = None,
    **settings: str,
) -> AsyncIterator[Neighbourhood]:
    """A coordinator that knows these members."""
    household = household or make_household(members)
    settings = {"WIPE_MEMORY": "0"} | settings  # it would start twice; what is left in memory is other tests' subject
    async with (
        running_coordinator(household.seed, port=port, settings=settings, log=log) as coordinator,
        aiohttp.ClientSession() as http,
    ):
        place = Neighbourhood(household, Surroundings(coordinator.origin, http), coordinator)
        try:
            yield place
        finally:
            await place.close()


async def reaches(call: LiveCall, *steps: Step, seconds: float = 15.0) -> Mark:
    """The first mark of these steps; a call that does not come so far fails the test by its deadline."""
    async with asyncio.timeout(seconds):
        return await call.reached(*steps)


async def ends(call: LiveCall, *, seconds: float = 15.0) -> EndReason | None:
    """Why it ended, once it has."""
    return (await reaches(call, Step.ENDED, seconds=seconds)).reason


async def until(holds: Callable[[], object], *, seconds: float = 5.0) -> None:
    """Return when it holds; the test fails where it never does."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for is another object's plain state
            await asyncio.sleep(0.01)


async def call_of(endpoint: Endpoint) -> LiveCall:
    """The call that comes to an endpoint."""
    await until(lambda: endpoint.calls)
    return next(iter(endpoint.calls.values()))


def cut_media(call: LiveCall) -> None:
    """Take the network from under a call's media: nothing goes out, nothing comes in, nobody is told."""
    connection = call._peer._connection
    assert connection is not None
    transport = dtls_transport(connection._pc)
    assert transport is not None
    for protocol in transport.transport._connection._protocols:
        cut: Any = protocol
        cut.send_stun = cut.datagram_received = lambda *_: None
        cut.send_data = _swallow


def sends(call: LiveCall) -> bool:
    """Whether anything of its camera or microphone leaves this end."""
    connection = call._peer._connection
    return connection is not None and any(sender._enabled for sender in connection._pc.getSenders())


async def _swallow(*_: object) -> None:
    """What a network does that is not there."""
