"""Where attacks are tried: the real coordinator behind a middle, honest endpoints around it, and what they show.

Everything that an end would show a person is noted here, in the words of the table of attacks. At the end the stage
compares it with what the attack's row says, and makes sure that nobody saw or heard whom they had not called.
"""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from client_sim.endpoint import Endpoint
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.household import Household
from client_sim.komp import Komp
from client_sim.live_call import LiveCall
from client_sim.mailbox import Counts
from client_sim.manner import Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.timeline import Mark, Step
from signalling.app import Coordinator
from signalling.observe.clock import SystemClock
from signalling.observe.log import Log
from signalling.protocol import EndReason
from signalling.settings import Settings
from tests.hostile.ears import Ears
from tests.hostile.ledger import Attack, Outcome, Proof
from tests.hostile.middle import Middle, running_middle
from tests.integration.client_sim.neighbourhood import reaches, sends

KOMP, AV1, APP, COUSIN = "Grandmother's Komp", "AV1 of class 4B", "Grandchild", "Cousin"
SHORT = {KOMP: "Komp", APP: "app", COUSIN: "cousin"}
"""How the table calls them."""


class TurnedClock:
    """Unix time that a test turns forward by hand."""

    def __init__(self) -> None:
        self.ahead_seconds = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_seconds


@dataclass(repr=False)
class Stage:
    """The household, whoever of it is online, and the wire between them."""

    middle: Middle
    ears: Ears
    household: Household
    around: Surroundings
    wall: TurnedClock
    coordinator: Coordinator
    shown: set[str] = field(default_factory=set)
    calls: dict[str, list[LiveCall]] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    """Endpoints of the attacker: nobody may ever send to one unasked."""
    seen_by_pages: set[str] = field(default_factory=set)
    """Roles of the ends in a browser that saw the other's picture; they are no calls of this process."""
    komps: list[Komp] = field(default_factory=list)
    apps: list[FamilyApp] = field(default_factory=list)
    _online: list[Endpoint] = field(default_factory=list)

    # ------------------------------------------------------------- who is there

    async def komp(self, keeping: Keeping | None = None, *, countdown_seconds: float = 0.2) -> Komp:
        """The Komp, online."""
        komp = Komp(
            keeping or self.household.links[KOMP],
            self.around,
            live_ends("KOMP"),
            countdown_seconds=countdown_seconds,
            observe=self._observe(SHORT[KOMP]),
        )
        await self.bring_online(komp.endpoint)
        self.komps.append(komp)
        return komp

    async def family(self, name: str = APP, keeping: Keeping | None = None) -> FamilyApp:
        """A relative's app, online."""
        observe = self._observe(SHORT.get(name, name))
        app = FamilyApp(keeping or self.household.links[name], self.around, live_ends("FAMILY"), observe=observe)
        await self.bring_online(app.endpoint)
        self.apps.append(app)
        return app

    async def bring_online(self, endpoint: Endpoint) -> None:
        """Start an endpoint that stops with the stage."""
        self._online.append(endpoint)
        await endpoint.start()

    def id_of(self, name: str) -> str:
        """The endpoint of somebody's first installation."""
        records = (one for kept in self.household.links.values() for one in kept.links)
        return next(one.endpoint for one in records if one.name == name)

    def party_of(self, name: str) -> str:
        """Somebody's party."""
        return self.household.links[name].party

    # ---------------------------------------------------------- what was to be seen

    async def ended(self, call: LiveCall, who: str, *, seconds: float = 15.0) -> EndReason | None:
        """Wait for its end, and note why it ended there."""
        mark = await reaches(call, Step.ENDED, seconds=seconds)
        self.shown.add(f"{who} ends: {mark.reason}" if mark.reason else f"{who} stops ringing")
        return mark.reason

    async def both_see(self, *calls: LiveCall) -> None:
        """Wait for the first picture at these ends of a call."""
        for call in calls:
            mark = await reaches(call, Step.FIRST_FRAME, Step.ENDED)
            assert mark.step is Step.FIRST_FRAME, f"it ended: {mark.reason}"

    async def rings(self, call: LiveCall) -> Mark:
        """Wait until it rings, as this end was told."""
        mark = await reaches(call, Step.RINGING, Step.ENDED)
        assert mark.step is Step.RINGING, f"it ended: {mark.reason}"
        return mark

    async def stays(self, holds: Callable[[], object], *, seconds: float = 0.5) -> None:
        """It holds now and goes on holding: longer than any countdown here, and than a message takes."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert holds()
            await asyncio.sleep(0.01)

    async def call_at(self, who: str, number: int = 0) -> LiveCall:
        """The call of that number that this end has had anything to do with."""
        await self.until(lambda: len(self.calls.get(who, [])) > number)
        return self.calls[who][number]

    def counts(self, call: LiveCall) -> Counts:
        """What went past this end's mailbox."""
        assert call._rules.talk is not None
        return call._rules.talk.mailbox.counts

    def notes(self, what: str, holds: object) -> None:
        """Something that an end shows; the test fails where it doesn't."""
        assert holds, what
        self.shown.add(what)

    async def until(self, holds: Callable[[], object], *, seconds: float = 10.0) -> None:
        """Return when it holds."""
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110 - what is waited for is another object's plain state
                await asyncio.sleep(0.005)

    # ------------------------------------------------------------------ at the end

    async def judge(self, row: Attack) -> None:
        """Whether it came as the row says. Raises AssertionError."""
        if row.proof is Proof.WITHHELD:
            assert self.middle.withheld, "nothing was kept back"
        elif row.proof is Proof.ARRIVED:
            await self.until(lambda: self.ears.arrived(self.middle.altered), seconds=2)
        calls = [call for theirs in self.calls.values() for call in theirs]
        for call in calls:
            assert not (call.peer_endpoint in self.strangers and sends(call)), "somebody sends to the attacker"
            assert not (call.peer_endpoint in self.strangers and call.accepted), "the attacker's call was taken"
        seen = [call for call in calls if call.timeline.has(Step.FIRST_FRAME)]
        taken = [call for call in calls if call.timeline.has(Step.ACCEPTED)]
        if row.outcome not in (Outcome.UNHARMED, Outcome.STOPPED):
            assert not self.seen_by_pages
        match row.outcome:
            case Outcome.NO_CALL:
                assert seen == [call for call in taken if call.timeline.has(Step.DTLS)] == []
            case Outcome.NOTHING | Outcome.ASKS:
                assert seen == taken == []
            case Outcome.UNHARMED:
                assert {call.role for call in seen} | self.seen_by_pages == {"caller", "callee"}
            case Outcome.STOPPED:
                assert any(call.over for call in calls)
        assert self.shown == set(row.shown)

    async def close(self) -> None:
        """Everybody goes offline."""
        self.middle.tamper = lambda passing: (passing.frame,)
        await asyncio.gather(*(one.stop() for one in self._online))

    def _observe(self, who: str) -> Callable[[LiveCall, Mark], None]:
        theirs = self.calls.setdefault(who, [])

        def observe(call: LiveCall, _: Mark) -> None:
            if call not in theirs:
                theirs.append(call)

        return observe


@asynccontextmanager
async def hostile(household: Household, folder: Path, ears: Ears, **settings: Any) -> AsyncIterator[Stage]:
    """The real coordinator, dialled only through the middle."""
    seed = folder / "seed.json"
    seed.write_bytes(household.seed)
    wall = TurnedClock()
    async with running_middle() as (middle, origin), aiohttp.ClientSession() as http:
        chosen = Settings(port=0, metrics_port=0, seed_file=seed, origin=origin, drain_seconds=2, **settings)
        coordinator = Coordinator(chosen, log=Log(SystemClock(), stream=io.StringIO()))
        middle.upstream = f"http://127.0.0.1:{coordinator.port}"
        await coordinator.start()
        stage = Stage(middle, ears, household, Surroundings(origin, http, wall=wall), wall, coordinator)
        try:
            yield stage
        finally:
            await stage.close()
            await coordinator.stop()
