"""What happens to calls when an endpoint's socket comes and goes. A lost socket ends no call; an unnamed call ends."""

from contextlib import suppress

from signalling.calls.events import Forgotten
from signalling.calls.leases import Lease
from signalling.calls.machine import remake
from signalling.calls.record import CallRecord, Standing
from signalling.calls.table import BEFORE_THE_JOIN
from signalling.observe.clock import Clock
from signalling.people.circle import Circle
from signalling.protocol.errors import ProtocolError
from signalling.protocol.messages import CallEnded, CallPeer, CallWanted, KnownCall
from signalling.service.calls import Calls
from signalling.service.invites import in_order
from signalling.service.refresh import Refresh
from signalling.service.session import Session
from signalling.state.port import Named, State
from signalling.vocabulary import CallId, CallState, EndReason, Media, PartyKind, Phase, Role


class Returns:
    """Compares what an endpoint's hello names with the records, and makes again what both ends still name."""

    def __init__(self, state: State, circle: Circle, calls: Calls, clock: Clock, ice: Refresh) -> None:
        self._state = state
        self._circle = circle
        self._calls = calls
        self._clock = clock
        self._ice = ice

    async def came(self, session: Session, named: tuple[Named, ...]) -> list[KnownCall]:
        """The endpoint is back: end what it doesn't name, make again what only the server forgot. For `ready`."""
        names = {one.call for one in named}
        held = await self._held(session)
        if held is not None and held.state is not CallState.ENDED:
            takes_part = held.role_of(session.endpoint) is not None
            if takes_part and held.state not in BEFORE_THE_JOIN and held.call not in names:
                await self._forgotten(session, held)
        for one in named:
            reason = await self._over(one.call)
            if reason is not None:
                await self._state.sessions.forget(session.endpoint, one.call)
                await self._calls.tell(session.endpoint, CallEnded(call=one.call, reason=reason))
            elif await self._calls.get(one.call) is None:
                await self._remake(session, one)
        held = await self._held(session)
        if held is None or held.state is CallState.ENDED:
            return []
        role = held.role_of(session.endpoint)
        if role is None:
            return []
        return [KnownCall(call=held.call, state=held.state, role=role, peer=held.peer_of(session.endpoint))]

    async def welcomed(self, session: Session) -> None:
        """After `ready`: tell the other end, and have an endpoint rung that wasn't there."""
        held = await self._held(session)
        if held is None:
            return
        await self._tell_peer(session, held, present=True)
        if held.role_of(session.endpoint) is not None and held.state not in {*BEFORE_THE_JOIN, CallState.ENDED}:
            await self._ice.renew(held, session.endpoint)  # what was sent while it was away did not come
        ring = held.ring_at(session.endpoint)
        if held.state in BEFORE_THE_JOIN and ring is not None and ring.standing is not Standing.DECLINED:
            await self._calls.tell(held.caller, CallWanted(call=held.call, endpoint=session.endpoint))

    async def went(self, session: Session) -> None:
        """The socket is gone. The call goes on; the other end hears of it."""
        held = await self._held(session)
        if held is not None:
            await self._tell_peer(session, held, present=False)

    async def _over(self, call: CallId) -> EndReason | None:
        """Why a call ended, if it is known to have: whoever was away for its end hears of it now."""
        record = await self._calls.get(call)
        if record is not None:
            return record.reason
        tombstone = await self._state.calls.tombstone(call, now=self._clock.now())
        return tombstone.reason if tombstone is not None and not tombstone.expired else None

    async def _held(self, session: Session) -> CallRecord | None:
        lease = await self._state.leases.get(session.who.party)
        return await self._calls.get(lease.call) if lease is not None else None

    async def _tell_peer(self, session: Session, record: CallRecord, *, present: bool) -> None:
        peer = record.peer_of(session.endpoint)
        if peer is not None and record.state is not CallState.ENDED:
            await self._calls.tell(peer, CallPeer(call=record.call, present=present))

    async def _forgotten(self, session: Session, record: CallRecord) -> None:
        with suppress(ProtocolError):  # it ended in between
            await self._calls.apply(record.call, Forgotten(session.endpoint))

    async def _remake(self, session: Session, named: Named) -> None:
        """Both ends' live sessions name the call to each other, and they may still call each other: it lives again."""
        peer = await self._state.sessions.facts(named.peer)
        theirs = next((one for one in peer.named if one.call == named.call), None) if peer is not None else None
        entry = await self._circle.endpoint(named.peer)
        if theirs is None or entry is None:
            return
        if theirs.peer != session.endpoint or theirs.role is not named.role.other:
            return
        caller, callee = (session.who, entry) if named.role is Role.CALLER else (entry, session.who)
        if not await self._circle.may_ring(caller, callee.party):
            return
        made = remake(
            named.call,
            caller=caller.endpoint,
            caller_party=caller.party,
            callee=callee.endpoint,
            callee_party=callee.party,
            media=Media.TELEPRESENCE if callee.kind is PartyKind.AV1 else Media.VIDEO,
            accepted=named.phase is Phase.ACCEPTED and theirs.phase is Phase.ACCEPTED,
            now=self._clock.now(),
        ).record
        if made is not None and await self._hold(made) and await self._state.calls.create(made):
            self._calls.deadlines.schedule(made.call, made.deadline)
            await self._ice.renew(made, named.peer)  # this end gets its own after `ready`

    async def _hold(self, record: CallRecord) -> bool:
        """Take both leases, unless another call has one of them."""
        leases = in_order(
            (record.caller_party, Lease(record.call, record.callee_party, Role.CALLER)),
            (record.callee_party, Lease(record.call, record.caller_party, Role.CALLEE)),
        )
        for number, (party, lease) in enumerate(leases):
            if not await self._state.leases.take(party, lease, instead_of=None):
                for earlier, _ in leases[:number]:
                    await self._state.leases.release(earlier, record.call)
                return False
        return True
