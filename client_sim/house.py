"""A house of one's own for a run: coordinator, a Komp and an AV1 online, and apps that may call them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from client_sim.av1 import Av1
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.endpoint import Endpoint
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.household import Household
from client_sim.komp import COUNTDOWN_SECONDS, Komp
from client_sim.manner import Observer, Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.settling import Names, settle
from client_sim.student import StudentApp

KOMP: Final = "Grandmother's Komp"
AV1: Final = "AV1 of class 4B"
BROWSER: Final = "Grandchild"
TERMINAL: Final = "Cousin"
STUDENT: Final = "Student"


def _unobserved(*_: object) -> None:
    """Nobody watches."""


@dataclass(repr=False)
class House:
    """What runs. Both devices are online when it opens."""

    coordinator: Coordinator
    household: Household
    around: Surroundings
    komp: Komp
    av1: Av1
    _online: list[Endpoint] = field(default_factory=list)

    async def family_app(self, name: str = TERMINAL, *, observe: Observer = _unobserved) -> FamilyApp:
        """A relative's app, online."""
        app = FamilyApp(self.household.links[name], self.around, live_ends("FAMILY"), observe=observe)
        await self.bring_online(app.endpoint)
        return app

    async def student_app(self, *, observe: Observer = _unobserved) -> StudentApp:
        """The student's app, online."""
        app = StudentApp(self.household.links[STUDENT], self.around, live_ends("STUDENT"), observe=observe)
        await self.bring_online(app.endpoint)
        return app

    async def bring_online(self, *endpoints: Endpoint) -> None:
        """Start endpoints that stop with the house."""
        self._online += endpoints
        await asyncio.gather(*(one.start() for one in endpoints))

    async def close(self) -> None:
        """Turn every endpoint off; calls that are on end first."""
        await asyncio.gather(*(one.stop() for one in self._online))


@asynccontextmanager
async def open_house(
    *,
    port: int = 0,
    countdown_seconds: float = COUNTDOWN_SECONDS,
    observe_komp: Observer = _unobserved,
    observe_av1: Observer = _unobserved,
    always_relay: bool = False,
) -> AsyncIterator[House]:
    """A house whose people met by the real ceremonies, and whose every trace is gone when it closes.

    Raises CoordinatorError, AskingError, MeetingError, ConnectionError.
    """
    async with running_coordinator(port=port) as coordinator, aiohttp.ClientSession() as http:
        around = Surroundings(coordinator.origin, http, always_relay=always_relay)

        def make_komp(kept: Keeping) -> Komp:
            ends = live_ends("KOMP")
            return Komp(kept, around, ends, countdown_seconds=countdown_seconds, observe=observe_komp)

        def make_av1(kept: Keeping) -> Av1:
            return Av1(kept, around, live_ends("AV1"), observe=observe_av1)

        names = Names(KOMP, AV1, BROWSER, TERMINAL, STUDENT)
        settled = await settle(coordinator, around, names, make_komp=make_komp, make_av1=make_av1)
        online = [settled.komp.endpoint, settled.av1.endpoint]
        house = House(coordinator, settled.household, around, settled.komp, settled.av1, online)
        try:
            yield house
        finally:
            await house.close()
