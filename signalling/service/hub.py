"""The hub: an authenticated message becomes an event, and its author gets `ok` or `error`. It holds no call itself."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import uniform
from typing import Any

from signalling.access.identity import Identity
from signalling.calls import events as ev
from signalling.calls.record import CallRecord
from signalling.calls.table import NOT_ACCEPTED
from signalling.observe.clock import Clock
from signalling.observe.events import Event
from signalling.observe.figures import Figures
from signalling.observe.log import Log, Place
from signalling.people.circle import Circle
from signalling.protocol import messages as msg
from signalling.protocol.codec import encode
from signalling.protocol.errors import CloseCode, ErrorCode, ProtocolError
from signalling.service.blocks import Blocks
from signalling.service.budgets import Budgets
from signalling.service.calls import Calls, Said
from signalling.service.connection import Connection
from signalling.service.invites import Invites
from signalling.service.links import Links
from signalling.service.news import News
from signalling.service.receipts import Issue
from signalling.service.refresh import EndRelays, MintIce, Refresh, nothing_to_end
from signalling.service.relayed import Relayed, TellRelayed, nobody_counts
from signalling.service.returns import Returns
from signalling.service.robot_log import RobotLog
from signalling.service.session import Session
from signalling.service.sweeper import Sweeper
from signalling.service.words import EVENTS
from signalling.state.port import ABSENT, Facts, Named, Present, State
from signalling.vocabulary import CallId, CallState, EndpointId, EndReason, Media, PresenceState

HEARTBEAT_SECONDS = 20
GRACE_SECONDS = 60.0
"""How long a live session outlasts its token."""
GOAWAY_MS = (200, 3000)
"""Between these a client is told to reconnect, so that they don't all come at once."""

VerifyToken = Callable[[str], Identity]
"""The identity in a token. Raises ProtocolError."""


class Hub:
    """Everything between a socket's message and a call's rules."""

    def __init__(
        self,
        *,
        state: State,
        circle: Circle,
        clock: Clock,
        mint_ice: MintIce,
        tokens: VerifyToken,
        figures: Figures,
        log: Log,
        end_relays: EndRelays = nothing_to_end,
        count_relayed: TellRelayed = nobody_counts,
        relay_cap_seconds: float = float("inf"),
        heartbeat_seconds: int = HEARTBEAT_SECONDS,
        receipt: Issue | None = None,
        robots: RobotLog | None = None,
    ) -> None:
        """`receipt` signs that nothing of a call is left; without it ends are told so without one.

        `robots` hears what AV1s tell of themselves; without it nothing of that is kept.
        """
        self._state = state
        self._circle = circle
        self._clock = clock
        self._tokens = tokens
        self._figures = figures
        self._log = log
        self._heartbeat_seconds = heartbeat_seconds
        self.ice = Refresh(state, clock, mint_ice, end_relays, cap_seconds=relay_cap_seconds)
        self.relayed = Relayed(count_relayed)
        self._robots = robots or RobotLog(None)
        self._blocks = Blocks(state=state, circle=circle, clock=clock, log=log)
        self._calls = Calls(
            state,
            clock,
            self.ice,
            self.relayed,
            figures,
            robots=self._robots,
            recorded=self._blocks.recorded,
            receipt=receipt,
        )
        self._invites = Invites(
            state=state, circle=circle, calls=self._calls, clock=clock, ice=self.ice, figures=figures
        )
        self._returns = Returns(state, circle, self._calls, clock, self.ice)
        self.links = Links(state, circle, clock)
        self._sessions: dict[EndpointId, Session] = {}
        self._news = News(state=state, circle=circle, calls=self._calls, sessions=self._sessions, blocks=self._blocks)
        self._sweeper = Sweeper(state, self._calls, clock)
        self._special: dict[type[Any], Callable[[Session, Any], Awaitable[bool]]] = {
            msg.CallInvite: self._invite,
            msg.CallSync: self._sync,
            msg.CallQuality: self._quality,
            msg.PresenceWatch: self._watch,
            msg.DeviceState: self._blocks.state,
            msg.DeviceReport: self._device_report,
            msg.TokenRefresh: self._refresh,
            msg.KeysPublish: self.links.publish,
            msg.KeysGet: self.links.get,
            msg.PairOpen: self.links.open,
            msg.PairBox: self.links.box,
            msg.DeviceAdmit: self.links.admit,
            msg.Bye: self._at_the_door,
            msg.Pong: self._at_the_door,
        }
        self._tasks: list[asyncio.Task[None]] = []
        self._draining = False
        self._opened = 0

    # ------------------------------------------------------------- life

    async def start(self) -> None:
        """Begin to keep deadlines and to sweep."""
        self._tasks = [
            asyncio.create_task(self._rooted(self._calls.deadlines.run), name="deadlines"),
            asyncio.create_task(self._rooted(self.ice.deadlines.run), name="ice servers"),
            asyncio.create_task(self._rooted(self._sweeper.run), name="sweeper"),
            asyncio.create_task(self._rooted(self._watch_tokens), name="tokens"),
            asyncio.create_task(self._rooted(self._news.run), name="news"),
        ]

    async def tick(self) -> None:
        """Do now whatever is due: deadlines, then a sweep. What the tasks of `start` do by themselves."""
        await self._calls.deadlines.fire_due()
        await self.ice.deadlines.fire_due()
        await self._sweeper.sweep()
        await self._news.look()
        self._close_expired()

    async def drain(self) -> None:
        """No new calls; end those without media (`drained`); ask clients to go elsewhere. Calls with media go on."""
        self._draining = True
        for record in await self._state.calls.every():
            if record.state in NOT_ACCEPTED:
                with suppress(ProtocolError):  # it ended in between
                    await self._calls.apply(record.call, ev.Stopped(EndReason.DRAINED))
        for session in list(self._sessions.values()):
            session.send(msg.GoAway(reconnect_after_ms=int(uniform(*GOAWAY_MS))))

    async def stop(self) -> None:
        """End the tasks of `start`."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def ready(self) -> bool:
        """Whether new sessions are welcome here."""
        return not self._draining

    # --------------------------------------------------------- sessions

    async def open(self, identity: Identity, hello: msg.Hello, connection: Connection) -> Session:
        """A verified hello: a session, answered by `ready`. Raises ProtocolError `not_authenticated` or `draining`."""
        if self._draining:
            raise ProtocolError(ErrorCode.DRAINING, retry_after_ms=GOAWAY_MS[1], close=CloseCode.GOING_AWAY)
        who = await self._circle.endpoint(identity.endpoint)
        if who is None or who.identity != identity.identity_key:
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED, close=CloseCode.NOT_AUTHENTICATED)
        self._opened += 1
        session = Session(f"s{self._opened}", identity, who, connection, Budgets())
        named = tuple(Named(CallId(c.call), EndpointId(c.peer), c.role, c.phase) for c in hello.calls)
        session.epoch = await self._state.sessions.open(Facts(who.endpoint, who.party, named), session)
        self._sessions[who.endpoint] = session
        self._figures.session_opened()
        try:
            await self._welcome(session, named)
        except BaseException:
            await self.closed(session, said_bye=False)
            raise
        return session

    async def _welcome(self, session: Session, named: tuple[Named, ...]) -> None:
        known = await self._returns.came(session, named)
        blocked = await self._blocks.came(session)
        session.begin(
            msg.Ready(
                session=session.name,
                epoch=session.epoch,
                heartbeat_seconds=self._heartbeat_seconds,
                calls=known,
                blocked=blocked,
            )
        )
        await self._state.presence.put(session.endpoint, Present(session.presence, self._clock.now()))
        await self._returns.welcomed(session)

    async def closed(self, session: Session, *, said_bye: bool) -> None:
        """The socket is gone, cleanly or not. Ends no call."""
        self._figures.session_closed()
        await self._state.presence.unwatch(session.endpoint, session.noticed)
        if self._sessions.get(session.endpoint) is session:
            del self._sessions[session.endpoint]
        if await self._state.sessions.close(session.endpoint, session.epoch):
            await self._state.presence.put(session.endpoint, self._gone(session, said_bye=said_bye))
            await self._returns.went(session)

    def _gone(self, session: Session, *, said_bye: bool) -> Present:
        """Of a device is told why and since when it is away; of a person's app only that it is."""
        if not session.who.kind.is_device:
            return ABSENT
        state = PresenceState.TURNED_OFF if said_bye else PresenceState.DISCONNECTED
        return Present(state, self._clock.now())

    async def handle(self, session: Session, message: msg.ClientMessage) -> None:
        """Do what a client asks, and answer it. Bad requests are answered, never raised."""
        if session.is_superseded:
            return  # only the newest session of an endpoint may speak
        try:
            session.budgets.spend(message, now=self._clock.now())
            if isinstance(message, msg.SealedBox):
                await self._forward(session, message)
                return
            await self._do(session, message)
        except ProtocolError as refusal:
            self._figures.refused(refusal.code)
            session.refuse(refusal, ref=getattr(message, "id", None))

    def refuse(self, session: Session, error: ProtocolError) -> None:
        """Answer something that was no message."""
        self._figures.refused(error.code)
        session.refuse(error)

    # --------------------------------------------------------- messages

    async def _forward(self, session: Session, box: msg.SealedBox) -> None:
        """Copy a box to the other end. It is dropped if that end is away: its author keeps it and sends it again."""
        record = await self._calls.known(box.call)
        peer = record.peer_of(session.endpoint)
        if peer is None:
            member = session.endpoint == record.caller or record.ring_at(session.endpoint) is not None
            raise ProtocolError(ErrorCode.WRONG_STATE if member else ErrorCode.UNKNOWN_CALL)
        if record.state is CallState.ENDED:
            raise ProtocolError(ErrorCode.ENDED)
        await self._state.sessions.deliver(peer, encode(box))
        self._figures.forwarded(len(bytes(box.box)))

    async def _do(self, session: Session, message: msg.ClientMessage) -> None:
        happens = EVENTS.get(type(message))
        if happens is not None:
            await self._happen(session, message, happens(message, session.endpoint))
        else:
            special = self._special.get(type(message))
            if special is None:
                raise ProtocolError(ErrorCode.WRONG_STATE, "A session says hello once.")
            if await special(session, message):
                return  # its `ok` says more
        ref: str | None = getattr(message, "id", None)
        if ref is not None:
            session.send(msg.Ok(ref=ref))

    async def _happen(self, session: Session, message: Any, event: ev.Event) -> None:
        if isinstance(event, ev.HungUp | ev.Cancelled | ev.Declined):
            # Whatever the record says: from now on this session doesn't name the call.
            await self._state.sessions.forget(session.endpoint, CallId(message.call))
        record = await self._calls.apply(message.call, event, Said(message))
        if isinstance(message, msg.CallLost):
            self.relayed.lost(session.endpoint, message.call, self._clock.now())
            self._robots.lost(session.who, message.call, self._clock.now())
        if record is None or not isinstance(message, msg.CallConnected) or not _may_tell(session, record):
            return
        self.relayed.connected(session.endpoint, message, self._clock.now())
        self._robots.connected(session.who, message.call, self._clock.now())
        if message.phases_ms is not None:
            self._figures.connected(message.phases_ms)

    async def _invite(self, session: Session, message: msg.CallInvite) -> bool:
        if self._draining:
            raise ProtocolError(ErrorCode.DRAINING, retry_after_ms=GOAWAY_MS[1])
        await self._invites.invite(session, message)
        return True

    async def _quality(self, session: Session, message: msg.CallQuality) -> bool:
        record = await self._calls.known(message.call)
        if record.role_of(session.endpoint) is None:
            raise ProtocolError(ErrorCode.UNKNOWN_CALL)
        if _may_tell(session, record):
            self._figures.quality(message)
            self.relayed.quality(session.endpoint, message, self._clock.now())
            self._robots.quality(session.who, message, self._clock.now())
        return False

    async def _sync(self, session: Session, message: msg.CallSync) -> bool:
        """How a call stands, for those who take part; of one that has ended, its reason."""
        ref = message.id
        record = await self._calls.get(message.call)
        if record is not None:
            by = session.endpoint
            if record.role_of(by) is None and record.ring_at(by) is None:
                raise ProtocolError(ErrorCode.UNKNOWN_CALL)
            answer = msg.Ok(ref=ref or "", state=record.state, reason=record.reason)
        else:
            tombstone = await self._state.calls.tombstone(message.call, now=self._clock.now())
            if tombstone is None or tombstone.expired:
                raise ProtocolError(ErrorCode.UNKNOWN_CALL)
            answer = msg.Ok(ref=ref or "", reason=tombstone.reason, receipt=tombstone.receipt)
        if ref is not None:
            session.send(answer)
        return True

    async def _watch(self, session: Session, message: msg.PresenceWatch) -> bool:
        session.watches = tuple(EndpointId(one) for one in message.endpoints)
        await self._news.watch(session)
        return False

    async def _device_report(self, session: Session, message: msg.DeviceReport) -> bool:
        if not session.who.kind.is_device:
            raise ProtocolError(ErrorCode.NOT_ALLOWED)
        self._robots.report(session.who, message, self._clock.now())
        return False

    async def _refresh(self, session: Session, message: msg.TokenRefresh) -> bool:
        identity = self._tokens(message.token)
        if identity.endpoint != session.endpoint or identity.identity_key != session.identity.identity_key:
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED)
        session.identity = identity
        return False

    async def _at_the_door(self, _session: Session, _message: msg.Bye | msg.Pong) -> bool:
        return False

    # ------------------------------------------------------------ tasks

    def _close_expired(self) -> None:
        """Close the sessions whose token has been over for a minute."""
        late = self._clock.now() - GRACE_SECONDS
        for session in list(self._sessions.values()):
            if session.identity.expires_at < late:
                session.connection.close(CloseCode.REVOKED)
        self._figures.calls_live(self._calls.deadlines.live)

    async def _watch_tokens(self) -> None:
        while True:
            await asyncio.sleep(2)
            self._close_expired()

    async def _rooted(self, work: Callable[[], Awaitable[Any]]) -> None:
        """The root of a task: a fault is told by its place alone, and the work goes on."""
        while True:
            try:
                await work()
            except Exception as problem:  # noqa: BLE001 - the root of a task
                self._log.write(Event.TASK_FAILED, place=Place(problem))
                await asyncio.sleep(0.1)


def _may_tell(session: Session, record: CallRecord) -> bool:
    """Figures of an AV1 call come from the robot alone: nothing about the child's network."""
    return record.media is not Media.TELEPRESENCE or session.who.kind.is_device
