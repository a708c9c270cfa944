"""A household moves in: everybody comes in as they would in life, and they come to know each other by real ceremonies.

The operator registers two devices; the devices enrol; a grandchild registers by SMS and scans the Komp's screen, where
somebody turns the knob; a cousin far away gets a secret link; a student gets a keyword and shows a QR to the robot.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from client_sim import ceremonies
from client_sim.account import Account
from client_sim.asking import Asking
from client_sim.av1 import Av1
from client_sim.coordinator import Coordinator
from client_sim.endpoint import Endpoint
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.household import Household
from client_sim.identity import Identity
from client_sim.komp import Komp
from client_sim.letters import Letters
from client_sim.manner import Surroundings
from client_sim.post_box import PostBox
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.keyring import new_ring
from client_sim.sealed.links import How, Who
from client_sim.student import StudentApp
from client_sim.welcome import Welcome
from signalling.protocol import PartyKind, api
from signalling.protocol.proof import base64url

CEREMONY_SECONDS: Final = 40.0
PHONES: Final = ("+46701740605", "+46701740606")
"""Set aside for fiction by the Swedish regulator; nothing is sent there."""


@dataclass(frozen=True, slots=True)
class Names:
    """What they are called."""

    komp: str
    av1: str
    grandchild: str
    cousin: str
    student: str


@dataclass(repr=False)
class Settled:
    """Both devices, online; what each app keeps, whose endpoints are off again."""

    komp: Komp
    av1: Av1
    welcome: Welcome
    household: Household


@dataclass(frozen=True, repr=False)
class Newcomer:
    """Somebody with a key who isn't let in yet."""

    identity: Identity
    asking: Asking

    @property
    def account(self) -> Account:
        """To come in by."""
        return Account(self.asking)

    def keeping(self, party: str, name: str) -> Keeping:
        """What it keeps once it is in."""
        return Keeping(base64url(self.identity.seed), party, name, new_ring(now=time.time()))

    def letters(self, endpoint: Endpoint) -> Letters:
        """Its posts."""
        return Letters(endpoint.book, PostBox(self.asking), learn_keys=endpoint.learn_keys)


async def settle(
    coordinator: Coordinator,
    around: Surroundings,
    names: Names,
    *,
    make_komp: Callable[[Keeping], Komp],
    make_av1: Callable[[Keeping], Av1],
) -> Settled:
    """Everybody moves in, or nobody stays. Raises CoordinatorError, AskingError, MeetingError, ConnectionError."""
    moving = _Moving(coordinator, around)
    try:
        async with asyncio.timeout(CEREMONY_SECONDS):
            await moving.begin()
            (komp, welcome), av1 = await asyncio.gather(
                moving.komp(names.komp, make_komp), moving.av1(names.av1, make_av1)
            )
            settled = await asyncio.gather(
                moving.family(names, komp, welcome), moving.student(names.student, names.av1, av1)
            )
            await welcome.close()
    except BaseException:
        await moving.leave()
        raise
    return Settled(komp, av1, welcome, Household({**settled[0], names.student: settled[1]}, b""))


class _Moving:
    def __init__(self, coordinator: Coordinator, around: Surroundings) -> None:
        self._coordinator = coordinator
        self._around = around
        self._customer = ""
        self._came: list[Endpoint] = []

    async def begin(self) -> None:
        """Make the customer whose devices they are."""
        self._customer = await self._coordinator.operate("customers", "add", "--name", "The household")

    async def leave(self) -> None:
        """Turn off every endpoint that came online, whatever becomes of the others."""
        await asyncio.gather(*(one.stop() for one in self._came), return_exceptions=True)

    async def _online(self, endpoint: Endpoint) -> None:
        self._came.append(endpoint)
        await endpoint.start()

    async def komp(self, name: str, make: Callable[[Keeping], Komp]) -> tuple[Komp, Welcome]:
        newcomer, party = await self._enrolled(PartyKind.KOMP, name)
        komp = make(newcomer.keeping(party, name))
        await self._online(komp.endpoint)
        letters = newcomer.letters(komp.endpoint)
        return komp, Welcome(komp.endpoint, newcomer.account, letters, knob=komp.knob_turned)

    async def av1(self, name: str, make: Callable[[Keeping], Av1]) -> Av1:
        newcomer, party = await self._enrolled(PartyKind.AV1, name)
        av1 = make(newcomer.keeping(party, name))
        await self._online(av1.endpoint)
        return av1

    async def family(self, names: Names, komp: Komp, welcome: Welcome) -> dict[str, Keeping]:
        """The grandchild scans the screen; then a cousin comes by the grandchild's secret link."""
        newcomer, party = await self._registered(PHONES[0], names.grandchild)
        grandchild = FamilyApp(newcomer.keeping(party, names.grandchild), self._around, live_ends("FAMILY"))
        await self._online(grandchild.endpoint)
        code = welcome.show()
        await _together(welcome.meet(code), ceremonies.read_code(grandchild.endpoint, code), _turn_when_asked(komp))
        screen = grandchild.endpoint.book.links[0]
        asked = api.InvitationRequest(role="user", side="family")
        invitation = (await newcomer.account.invite(screen.party, asked)).code
        secret = await ceremonies.expect(newcomer.letters(grandchild.endpoint), screen, names.cousin, now=time.time())
        await welcome.read_letters()
        second, cousins_party = await self._registered(PHONES[1], names.cousin, invitation=invitation)
        cousin = FamilyApp(second.keeping(cousins_party, names.cousin), self._around, live_ends("FAMILY"))
        await self._online(cousin.endpoint)
        await ceremonies.read_code(cousin.endpoint, secret, how=How.SECRET_LINK)
        await welcome.all_met()
        await asyncio.gather(grandchild.endpoint.stop(), cousin.endpoint.stop())
        return {names.grandchild: grandchild.endpoint.book.keeping, names.cousin: cousin.endpoint.book.keeping}

    async def student(self, name: str, robots_name: str, av1: Av1) -> Keeping:
        """A keyword lets the app in; the QR that it shows to the robot proves both ends' keys."""
        robot = Who(av1.endpoint.book.keeping.party, robots_name, PartyKind.AV1)
        said = await self._coordinator.operate("keywords", "new", "--device", robot.party)
        newcomer = self._newcomer()
        came = await newcomer.account.use_keyword(said.removeprefix("keyword "))
        app = StudentApp(newcomer.keeping(came.party, name), self._around, live_ends("STUDENT"))
        await self._online(app.endpoint)
        code = ceremonies.code_to_show(app.endpoint, PartyKind.PERSON)
        await _together(ceremonies.show_code(app.endpoint, code, robot), av1.see(code))
        await app.endpoint.stop()
        return app.endpoint.book.keeping

    def _newcomer(self) -> Newcomer:
        return _newcomer(self._around)

    async def _enrolled(self, kind: PartyKind, name: str) -> tuple[Newcomer, str]:
        return await enrolled(self._coordinator, self._around, self._customer, kind, name)

    async def _registered(self, phone: str, name: str, *, invitation: str | None = None) -> tuple[Newcomer, str]:
        newcomer = self._newcomer()
        await newcomer.account.ask_code(phone)
        number, code = await self._coordinator.texts.get()
        came = await newcomer.account.register(number, code, name=name, invitation=invitation)
        return newcomer, came.party


async def enrolled(
    coordinator: Coordinator, around: Surroundings, customer: str, kind: PartyKind, name: str
) -> tuple[Newcomer, str]:
    """A device that the operator registered and that came in by its token, and its party."""
    said = await coordinator.operate("devices", "add", "--kind", kind.value, "--customer", customer, "--name", name)
    newcomer = _newcomer(around)
    came = await newcomer.account.enrol(said.rpartition(" ")[2])
    return newcomer, came.party


def _newcomer(around: Surroundings) -> Newcomer:
    identity = Identity()
    return Newcomer(identity, Asking(identity, origin=around.origin, http=around.http))


async def _turn_when_asked(komp: Komp) -> None:
    """Somebody stands before the screen."""
    await komp.knob_wanted.wait()
    komp.turn_knob_a_step()


async def _together(*parts: Coroutine[Any, Any, object]) -> None:
    """All of them, or none: the first to fail stops the others, and its error is the one that is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
