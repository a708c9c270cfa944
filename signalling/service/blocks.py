"""Robots through which somebody tried to record: they take no calls until somebody authorised unblocks them.

A robot hears of an attempt inside its call, the coordinator from the end that hung up; whichever comes first counts,
and either is enough. Whether a robot is blocked stands in the circle alone; a live robot is told when that changes.
"""

from signalling.observe.clock import Clock
from signalling.observe.events import Event
from signalling.observe.log import Log
from signalling.people.circle import Circle
from signalling.protocol import messages as msg
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.service.session import Session
from signalling.state.port import Present, State
from signalling.store.faults import StoreError
from signalling.vocabulary import PartyId, PartyKind, PresenceState

_SAID = {
    "available": PresenceState.ONLINE,
    "off": PresenceState.OFF,
    "blocked": PresenceState.BLOCKED,
}


class Blocks:
    """Keeps the circle, presence and live devices of one mind."""

    def __init__(self, *, state: State, circle: Circle, clock: Clock, log: Log) -> None:
        self._state = state
        self._circle = circle
        self._clock = clock
        self._log = log
        self._owed: set[PartyId] = set()
        """Blocks that the circle couldn't keep yet."""

    async def recorded(self, robot: PartyId) -> None:
        """A call with that robot ended for a recording. What can't be kept now is kept as soon as it can be."""
        self._owed.add(robot)
        await self.settle()

    async def settle(self) -> None:
        """Keep what couldn't be kept before."""
        for robot in list(self._owed):
            try:
                blocked = await self._circle.block(robot)
            except StoreError:
                return
            if robot in self._owed and blocked:  # not told by another settling meanwhile
                self._log.write(Event.ROBOT_BLOCKED)
            self._owed.discard(robot)

    async def came(self, session: Session) -> bool:
        """Whether that device is blocked as its session begins."""
        if session.who.kind.is_device:
            session.blocked = await self._circle.is_blocked(session.who.party)
        return session.blocked

    async def changed(self, session: Session) -> None:
        """Something happened to that session's party: if it was blocked or unblocked, it hears so, and so do others."""
        if not session.who.kind.is_device:
            return
        blocked = await self._circle.is_blocked(session.who.party)
        if blocked is session.blocked:
            return
        session.blocked = blocked
        if not blocked:
            self._log.write(Event.ROBOT_UNBLOCKED)
            if session.said is PresenceState.BLOCKED:
                session.said = PresenceState.ONLINE
        session.send(msg.DeviceCommand("block" if blocked else "unblock"))
        await self._show(session)

    async def state(self, session: Session, message: msg.DeviceState) -> bool:
        """A device says whether it takes calls. A robot's own block is kept; what it says meanwhile lifts none."""
        if not session.who.kind.is_device:
            raise ProtocolError(ErrorCode.NOT_ALLOWED)
        session.said = _SAID[message.state]
        if session.said is PresenceState.BLOCKED and session.who.kind is PartyKind.AV1 and not session.blocked:
            if not await self._circle.block(session.who.party):
                raise ProtocolError(ErrorCode.DEVICE_SUSPENDED)
            session.blocked = True
            self._log.write(Event.ROBOT_BLOCKED)
        await self._show(session)
        return False

    async def _show(self, session: Session) -> None:
        await self._state.presence.put(session.endpoint, Present(session.presence, self._clock.now()))
