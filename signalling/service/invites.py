"""How a call begins: may they, are they free, who is rung. Who wins a glare stands in `calls.leases`."""

from signalling.calls.events import Invited, Stopped
from signalling.calls.leases import Busy, Free, GlareLost, GlareWon, Lease, Replaces, judge
from signalling.calls.machine import begin
from signalling.calls.record import CallRecord, Ring, Standing
from signalling.observe.clock import Clock
from signalling.observe.figures import Figures
from signalling.people.circle import Circle
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.messages import CallInvite, InviteRing, Ok, Profile
from signalling.service.calls import Calls, Said
from signalling.service.refresh import Refresh
from signalling.service.session import Session
from signalling.service.words import ring_digest
from signalling.state.port import State
from signalling.vocabulary import CallId, EndpointId, EndReason, PartyId, Role

ATTEMPTS = 4
"""How often an invite looks again when somebody else takes one of its leases in between."""


class Invites:
    """Begins calls, and rings again for those that repeat."""

    def __init__(
        self, *, state: State, circle: Circle, calls: Calls, clock: Clock, ice: Refresh, figures: Figures
    ) -> None:
        self._state = state
        self._circle = circle
        self._calls = calls
        self._clock = clock
        self._ice = ice
        self._figures = figures

    async def invite(self, session: Session, message: CallInvite) -> None:
        """A caller's invite: a new call, or the same bytes again. Raises ProtocolError with the refusal."""
        who = session.who
        if who.kind.is_device:
            raise ProtocolError(ErrorCode.NOT_ALLOWED)
        if not await self._circle.may_ring(who, message.to):
            raise ProtocolError(ErrorCode.NOT_FOUND)
        if await self._circle.refuses(message.to):
            raise ProtocolError(ErrorCode.DEVICE_SUSPENDED)
        callee = PartyId(message.to)
        theirs = set(await self._circle.endpoints_of(callee))
        wanted = [ring for ring in message.rings if ring.endpoint in theirs]
        if not wanted:
            raise ProtocolError(ErrorCode.NOT_FOUND)
        shown = await self._circle.shown_to(who, callee)
        said = Said(message, Profile(shown.name, shown.picture) if shown is not None else None)
        if await self._state.calls.get(message.call) is not None:
            record = await self._again(session, message, wanted, said)
        else:
            record = await self._begin(session, message, callee, wanted, said)
        if message.id is not None:
            session.send(await self._answer(message.id, record))

    async def _again(self, session: Session, message: CallInvite, wanted: list[InviteRing], said: Said) -> CallRecord:
        digests = tuple((EndpointId(ring.endpoint), ring_digest(message, ring)) for ring in wanted)
        online = frozenset([endpoint for endpoint, _ in digests if await self._is_online(endpoint)])
        record = await self._calls.apply(message.call, Invited(session.endpoint, digests, online), said)
        if record is None:
            raise ProtocolError(ErrorCode.ENDED)
        return record

    async def _begin(
        self, session: Session, message: CallInvite, callee: PartyId, wanted: list[InviteRing], said: Said
    ) -> CallRecord:
        if await self._state.calls.tombstone(message.call, now=self._clock.now()) is not None:
            raise ProtocolError(ErrorCode.ENDED)
        call = CallId(message.call)
        await self._take_leases(session, call, callee)
        first = begin(
            call,
            caller=session.endpoint,
            caller_party=session.who.party,
            callee_party=callee,
            media=message.media,
            rings=[await self._ring(message, ring) for ring in wanted],
            lifetime_seconds=message.lifetime_ms / 1000,
            now=self._clock.now(),
        )
        if first.record is None or not await self._state.calls.create(first.record):
            raise ProtocolError(ErrorCode.CONFLICT)
        self._calls.deadlines.schedule(call, first.record.deadline)
        self._figures.invited()
        await self._calls.perform(first.record, first.effects, said)
        return first.record

    async def _take_leases(self, session: Session, call: CallId, callee: PartyId) -> None:
        """Hold both parties for this call, in the order of their ids, or refuse as `judge` says."""
        caller = session.who.party
        wanted = in_order((caller, Lease(call, callee, Role.CALLER)), (callee, Lease(call, caller, Role.CALLEE)))
        for _ in range(ATTEMPTS):
            found = {party: await self._state.leases.get(party) for party, _ in wanted}
            await self._make_room(session, call, callee, {lease.call for lease in found.values() if lease})
            found = {party: await self._state.leases.get(party) for party, _ in wanted}
            for number, (party, lease) in enumerate(wanted):
                if not await self._state.leases.take(party, lease, instead_of=found[party]):
                    for earlier, _ in wanted[:number]:
                        await self._state.leases.release(earlier, call)
                    break
            else:
                return
        raise ProtocolError(ErrorCode.BUSY)

    async def _make_room(self, session: Session, call: CallId, callee: PartyId, holding: set[CallId]) -> None:
        """End the calls that this one may push aside. Raises ProtocolError `busy` or `glare`."""
        records = [record for one in holding if (record := await self._calls.get(one)) is not None]
        verdict = judge(
            call,
            caller=session.endpoint,
            caller_party=session.who.party,
            callee_party=callee,
            held=records,
        )
        match verdict:
            case Free():
                return
            case Busy():
                raise ProtocolError(ErrorCode.BUSY)
            case GlareLost(winner):
                raise ProtocolError(ErrorCode.GLARE, winner=winner)
            case GlareWon(over):
                await self._calls.apply(over, Stopped(EndReason.GLARE, winner=call))
            case Replaces(earlier):
                await self._calls.apply(earlier, Stopped(EndReason.REPLACED))

    async def _ring(self, message: CallInvite, ring: InviteRing) -> Ring:
        endpoint = EndpointId(ring.endpoint)
        standing = Standing.RUNG if await self._is_online(endpoint) else Standing.AWAY
        return Ring(endpoint, ring_digest(message, ring), standing)

    async def _is_online(self, endpoint: EndpointId) -> bool:
        return await self._state.sessions.facts(endpoint) is not None

    async def _answer(self, ref: str, record: CallRecord) -> Ok:
        away = [ring.endpoint for ring in record.rings if not await self._is_online(ring.endpoint)]
        return Ok(
            ref=ref,
            remaining_ms=max(0, int((record.rings_until - self._clock.now()) * 1000)),
            ice_servers=await self._ice.give(record.call),
            away=[str(endpoint) for endpoint in away],
        )


def in_order(*wanted: tuple[PartyId, Lease]) -> list[tuple[PartyId, Lease]]:
    """The order in which leases are taken everywhere, so that two that want the same never wait for each other."""
    return sorted(wanted, key=lambda one: one[0])
