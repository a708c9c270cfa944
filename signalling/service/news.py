"""What a change in the circle does to live sockets and calls: nobody stays in, sees or speaks to whom it no longer may.

A change may come from this process, from another node or from an operator's command: all are read from the circle,
each second. It names parties only; what they may now is asked anew.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from signalling.calls.events import Stopped
from signalling.calls.record import CallRecord
from signalling.people.circle import ChangeKind, Circle
from signalling.protocol.errors import CloseCode, ProtocolError
from signalling.protocol.messages import CircleChanged, DeviceCommand
from signalling.service.blocks import Blocks
from signalling.service.calls import Calls
from signalling.service.session import Session
from signalling.state.port import ABSENT, State
from signalling.vocabulary import CallState, EndpointId, EndReason, PartyId

LOOK_SECONDS = 1.0

_REASONS = {
    ChangeKind.LINKED: EndReason.ADMIN_FORCED,
    ChangeKind.RESTARTED: EndReason.ADMIN_FORCED,
    ChangeKind.UNLINKED: EndReason.ADMIN_FORCED,
    ChangeKind.REVOKED: EndReason.ADMIN_FORCED,
    ChangeKind.SUSPENDED: EndReason.SUSPENDED,
    ChangeKind.ERASED: EndReason.ERASED,
    ChangeKind.RESET: EndReason.RESET,
}
"""What both ends of a call hear that may not go on, the gravest last: a reset erases people, too."""
_GRAVITY = list(_REASONS)


class News:
    """Keeps this node's sessions in step with the circle."""

    def __init__(
        self,
        *,
        state: State,
        circle: Circle,
        calls: Calls,
        sessions: Mapping[EndpointId, Session],
        blocks: Blocks,
    ) -> None:
        self._state = state
        self._circle = circle
        self._calls = calls
        self._sessions = sessions
        self._blocks = blocks
        self._last: int | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Once: everything that changed since the last look."""
        await self._blocks.settle()
        changes = await self._circle.changes(self._last or 0)
        first, self._last = self._last is None, changes.last
        if first:
            return  # whoever comes in is asked about then
        for party, kind in changes.parties.items():
            await self._end_call(party, changes.parties)
            await self._look_again(party, kind)

    async def watch(self, session: Session) -> None:
        """Tell the session of those whose presence it asked for and may see; the others seem to be nobody."""
        visible = {one for one in session.watches if await self._circle.may_see(session.who, one)}
        await self._state.presence.watch(
            session.endpoint, [one for one in session.watches if one in visible], session.noticed
        )
        for endpoint in session.watches:
            present = await self._state.presence.get(endpoint) if endpoint in visible else ABSENT
            session.noticed(endpoint, present)

    async def _look_again(self, party: PartyId, kind: ChangeKind) -> None:
        endpoints = set(await self._circle.endpoints_of(party))
        for session in list(self._sessions.values()):
            if session.who.party == party:
                await self._look_at(session, kind)
            elif not endpoints.isdisjoint(session.watches):
                session.send(CircleChanged())
                await self.watch(session)

    async def _look_at(self, session: Session, kind: ChangeKind) -> None:
        who = await self._circle.endpoint(session.endpoint)
        if who is None or who.identity != session.who.identity:
            if kind is ChangeKind.RESET and session.who.kind.is_device:
                session.send(DeviceCommand("reset"))
            session.connection.close(CloseCode.REVOKED)
            return
        session.who = who
        if kind is ChangeKind.RESTARTED and who.kind.is_device:
            session.send(DeviceCommand("restart"))
        await self._blocks.changed(session)
        session.send(CircleChanged())
        await self.watch(session)

    async def _end_call(self, party: PartyId, changed: Mapping[PartyId, ChangeKind]) -> None:
        """The party's call, if it could not begin now. It hears the gravest of what happened to its two parties."""
        lease = await self._state.leases.get(party)
        record = await self._calls.get(lease.call) if lease is not None else None
        if record is None or record.state is CallState.ENDED or await self._may_go_on(record):
            return
        with suppress(ProtocolError):  # it ended in between
            both = [changed[one] for one in (record.caller_party, record.callee_party) if one in changed]
            await self._calls.apply(record.call, Stopped(_REASONS[max(both, key=_GRAVITY.index)]))

    async def _may_go_on(self, record: CallRecord) -> bool:
        caller = await self._circle.endpoint(record.caller)
        if caller is None or await self._circle.refuses(record.callee_party):
            return False
        if record.callee is not None and await self._circle.endpoint(record.callee) is None:
            return False
        return await self._circle.may_ring(caller, record.callee_party)
