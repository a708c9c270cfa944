"""Real calls between headless ends, sealed and relayed by coturn, and every way in which they end.

Each way is a story in two halves, as in `scripted`. What the ends alone know is looked for too, and may be nowhere.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from client_sim.audit.killable import killable
from client_sim.audit.media import quiet_ends
from client_sim.audit.promises import Kind, Planted
from client_sim.audit.scripted import Pace
from client_sim.audit.traces import Tell, tell_boxes, tell_connection
from client_sim.endpoint import Endpoint
from client_sim.family import FamilyApp
from client_sim.komp import Komp
from client_sim.live_call import LiveCall
from client_sim.manner import Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.timeline import Step
from signalling.protocol import EndReason
from signalling.protocol.proof import from_base64url

SHORT_SECONDS: Final = 0.3
LONG_SECONDS: Final = 60.0
STEP_SECONDS: Final = 45.0


@dataclass(repr=False)
class SealedCall:
    """A relative and a Komp, and what both know of their call."""

    way: str
    caller_keeps: Keeping
    komp_keeps: Keeping
    around: Surroundings
    planted: Planted
    pace: Pace = field(default_factory=Pace)
    call: LiveCall | None = None
    _online: list[Endpoint] = field(default_factory=list)

    @property
    def tell(self) -> Tell:
        """Plants what it is told of this call."""
        return lambda kind, label, text: self.planted.add(self.way, kind, label, text)

    async def komp(self, countdown_seconds: float = SHORT_SECONDS) -> Komp:
        """The Komp, online in this process."""
        komp = Komp(self.komp_keeps, self.around, quiet_ends(), countdown_seconds=countdown_seconds)
        await self._come(komp.endpoint)
        return komp

    async def app(self) -> FamilyApp:
        """The relative's app, online in this process."""
        app = FamilyApp(self.caller_keeps, self.around, quiet_ends())
        await self._come(app.endpoint)
        return app

    async def talk(
        self, countdown_seconds: float = SHORT_SECONDS, *, lifetime_ms: int = 30_000
    ) -> tuple[Komp, LiveCall]:
        """Both online, one calls, and the call comes as far as the countdown lets it: connected or with pictures."""
        komp, app = await self.komp(countdown_seconds), await self.app()
        call = app.call(app.endpoint.book.links[0], lifetime_ms=lifetime_ms)
        self.knows(call.id)
        rings = countdown_seconds == LONG_SECONDS
        await reaches(call, Step.DTLS if rings else Step.FIRST_FRAME)
        rung = komp.call
        if rung is None:
            raise ConnectionError("a call between two headless ends has ended by itself")
        await reaches(rung, Step.DTLS if rings else Step.FIRST_FRAME)
        for end in (call, rung):
            tell_connection(end, self.tell)
        self.call = call
        return komp, call

    def knows(self, call: str) -> None:
        """This is the call's id."""
        self.planted.add(self.way, Kind.CALL, "id", call)
        self.planted.add(self.way, Kind.CALL, "id, raw", from_base64url(call))

    async def go(self) -> None:
        """Turn everything off."""
        await asyncio.gather(*(one.stop() for one in self._online))

    async def _come(self, endpoint: Endpoint) -> None:
        tell_boxes(endpoint, self.tell)
        self._online.append(endpoint)
        await endpoint.start()


Story = Callable[[SealedCall], AsyncIterator[None]]


async def reaches(call: LiveCall, *steps: Step) -> None:
    """Wait for one of these steps. Raises TimeoutError."""
    async with asyncio.timeout(STEP_SECONDS):
        await call.reached(*steps)


@asynccontextmanager
async def sealed_call(
    way: str, caller: Keeping, komp: Keeping, *, around: Surroundings, planted: Planted, pace: Pace
) -> AsyncIterator[SealedCall]:
    """A stage for one story; whoever comes online in it goes with it."""
    call = SealedCall(way, caller, komp, around, planted, pace)
    try:
        yield call
    finally:
        await call.go()


# ---------------------------------------------------------------------------------------------------------- the ways


async def hung_up(stage: SealedCall) -> AsyncIterator[None]:
    """The caller hangs up."""
    _, call = await stage.talk()
    yield
    call.stop()
    await reaches(call, Step.ENDED)


async def knob_off(stage: SealedCall) -> AsyncIterator[None]:
    """Somebody turns the Komp's knob off in the call."""
    komp, call = await stage.talk()
    yield
    komp.turn_knob(on=False)
    await reaches(call, Step.ENDED)


async def cancelled(stage: SealedCall) -> AsyncIterator[None]:
    """The caller gives up while it rings; ICE and DTLS are through by then."""
    _, call = await stage.talk(LONG_SECONDS)
    yield
    call.stop()
    await reaches(call, Step.ENDED)


async def declined(stage: SealedCall) -> AsyncIterator[None]:
    """The callee declines while it rings."""
    komp, call = await stage.talk(LONG_SECONDS)
    yield
    assert komp.call is not None
    komp.call.stop(EndReason.DECLINED)
    await reaches(call, Step.ENDED)


async def not_answered(stage: SealedCall) -> AsyncIterator[None]:
    """It rings until its time is over."""
    _, call = await stage.talk(LONG_SECONDS, lifetime_ms=stage.pace.ring_ms)
    yield
    await reaches(call, Step.ENDED)


async def superseded(stage: SealedCall) -> AsyncIterator[None]:
    """The caller's app is opened anew elsewhere: its newer session takes over and doesn't name the call."""
    komp, _ = await stage.talk()
    rung = komp.call
    assert rung is not None
    yield
    await stage.app()
    await reaches(rung, Step.ENDED)


async def caller_killed(stage: SealedCall) -> AsyncIterator[None]:
    """kill -9 of the caller's process in the call; its app is opened anew and knows nothing of it."""
    komp = await stage.komp()
    async with killable(stage.caller_keeps, stage.around.origin, stage.tell, calls=True) as caller:
        stage.knows(await caller.says("in call"))
        rung = komp.call
        assert rung is not None
        await reaches(rung, Step.FIRST_FRAME)
        tell_connection(rung, stage.tell)
        yield
        await caller.kill()
        await stage.app()
        await reaches(rung, Step.ENDED)


async def callee_killed(stage: SealedCall) -> AsyncIterator[None]:
    """kill -9 of the Komp's process in the call; the caller hangs up."""
    async with killable(stage.komp_keeps, stage.around.origin, stage.tell, calls=False) as komp:
        app = await stage.app()
        call = app.call(app.endpoint.book.links[0])
        stage.knows(call.id)
        await reaches(call, Step.FIRST_FRAME)
        await komp.says("in call")
        tell_connection(call, stage.tell)
        yield
        await komp.kill()
        await reaches(call, Step.PEER_GONE)
        call.stop()
        await reaches(call, Step.ENDED)


SEALED: Final[Mapping[str, Story]] = {
    "hang-up": hung_up,
    "knob off": knob_off,
    "cancel": cancelled,
    "decline": declined,
    "session superseded": superseded,
    "kill -9 of the caller": caller_killed,
    "kill -9 of the callee": callee_killed,
    "no answer": not_answered,
}
"""By their names in the report."""
ENDS_BY_ITSELF: Final = not_answered
"""Begun last, when the others live already."""
