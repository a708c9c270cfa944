"""The hands of a call: asks the machine, keeps the record by compare-and-set, and does what the machine names.

What a message carries goes straight from its author to the other end; nothing here keeps it.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from signalling.calls import effects as fx
from signalling.calls.deadlines import ENDED_SECONDS, TOMBSTONE_SECONDS
from signalling.calls.events import DeadlinePassed, Event, SessionsSeen
from signalling.calls.machine import Step, step
from signalling.calls.record import CallRecord
from signalling.calls.table import BEFORE_THE_JOIN
from signalling.observe.clock import Clock
from signalling.observe.figures import Figures
from signalling.protocol.codec import encode
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.messages import (
    CallEnded,
    CallErased,
    CallInvite,
    CallJoin,
    CallJoined,
    CallProgress,
    CallResume,
    CallResumed,
    CallRing,
    CallTaken,
    ClientMessage,
    ForwardedResume,
    ForwardedResumed,
    Message,
    Profile,
)
from signalling.service.deadlines import Deadlines
from signalling.service.receipts import Issue
from signalling.service.refresh import Refresh
from signalling.service.relayed import Relayed
from signalling.service.robot_log import RobotLog
from signalling.state.port import State, Tombstone, Versioned
from signalling.vocabulary import CallId, CallState, EndpointId, EndReason, PartyId


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """The message that made an event, for the effects that pass its content on."""

    message: ClientMessage
    profile: Profile | None = None


class Calls:
    """Every change of a call goes through here."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        ice: Refresh,
        relayed: Relayed,
        figures: Figures,
        *,
        robots: RobotLog,
        recorded: Callable[[PartyId], Awaitable[None]],
        receipt: Issue | None = None,
    ) -> None:
        """`recorded` blocks a robot through which somebody tried to record."""
        self._state = state
        self._clock = clock
        self._ice = ice
        self._relayed = relayed
        self._figures = figures
        self._robots = robots
        self._recorded = recorded
        self._receipt = receipt
        self.deadlines = Deadlines(clock, self.deadline)

    async def get(self, call: str) -> CallRecord | None:
        """The record of a live call."""
        kept = await self._state.calls.get(call)
        return kept.record if kept is not None else None

    async def known(self, call: str) -> CallRecord:
        """The record of a call. Raises ProtocolError `ended` or `unknown_call`."""
        record = await self.get(call)
        if record is None:
            raise await self._absent(call)
        return record

    async def apply(self, call: str, event: Event, said: Said | None = None) -> CallRecord | None:
        """Let `event` happen, and give the record after it (None: erased). Raises ProtocolError with the refusal."""
        while True:
            kept = await self._state.calls.get(call)
            if kept is None:
                raise await self._absent(call)
            outcome = step(kept.record, event, now=self._clock.now())
            if isinstance(outcome, fx.Refusal):
                raise ProtocolError(ErrorCode(outcome))
            if await self._keep(kept, outcome):
                break
        await self.perform(outcome.record or kept.record, outcome.effects, said)
        return outcome.record

    async def deadline(self, call: CallId) -> None:
        """The deadline of that call may be over: let it happen, or wait for the one that took its place."""
        record = await self.get(call)
        if record is None:
            return
        if record.deadline > self._clock.now():
            self.deadlines.schedule(call, record.deadline)
            return
        seen = await self._any_session(record)
        renewed = seen and record.state is CallState.ACTIVE
        with suppress(ProtocolError):  # something else happened in between
            await self.apply(call, SessionsSeen() if renewed else DeadlinePassed(unseen=not seen))
            return
        moved = await self.get(call)
        if moved is not None:
            self.deadlines.schedule(call, moved.deadline)

    async def perform(self, record: CallRecord, effects: tuple[fx.Effect, ...], said: Said | None) -> None:
        """Do what the machine named, in its order."""
        for effect in effects:
            match effect:
                case fx.ForwardRing(to):
                    await self._forward_ring(record, to, said)
                case fx.TellProgress(to, endpoint, state, answers_in_ms):
                    await self.tell(
                        to,
                        CallProgress(call=record.call, endpoint=endpoint, state=state, answers_in_ms=answers_in_ms),
                    )
                case fx.ForwardJoin(to, endpoint):
                    if said is not None and isinstance(said.message, CallJoin):
                        await self.tell(to, CallJoined(call=record.call, endpoint=endpoint, box=said.message.box))
                case fx.TellTaken(to):
                    await self.tell(to, CallTaken(call=record.call))
                case fx.ForwardResume(to):
                    await self._forward_resume(record, to, said)
                case fx.TellEnded(to, reason, winner):
                    await self.tell(to, CallEnded(call=record.call, reason=reason, winner=winner))
                case fx.ReleaseLeases():
                    await self._release(record)
                case fx.BlockRobot(party):
                    await self._recorded(party)
                case fx.Erase():
                    await self._erased(record)

    async def tell(self, endpoint: EndpointId, message: Message) -> bool:
        """A message for an endpoint wherever it is; False if it is offline."""
        return await self._state.sessions.deliver(endpoint, encode(message))

    async def _keep(self, kept: Versioned, outcome: Step) -> bool:
        record = outcome.record
        if record is kept.record:
            return True
        if record is None:
            return await self._bury(kept)
        if not await self._state.calls.update(record, kept.version):
            return False
        if record.deadline != kept.record.deadline:
            self.deadlines.schedule(record.call, record.deadline)
        return True

    async def _bury(self, kept: Versioned) -> bool:
        now = self._clock.now()
        record = kept.record
        tombstone = Tombstone(record.reason or EndReason.ERASED, record.expired, int(now // 60))
        return await self._state.calls.bury(record, kept.version, tombstone, until=now + TOMBSTONE_SECONDS)

    async def _erased(self, record: CallRecord) -> None:
        """What this node still held of the call goes too; only then it is receipted, and both ends hear of it."""
        self.deadlines.forget(record.call)
        self._forget_media(record.call)
        audience = tuple(record.audience())
        for endpoint in audience:
            await self._state.sessions.forget(endpoint, record.call)
        receipt = None
        if self._receipt is not None:
            receipt = self._receipt(record.call, record.reason or EndReason.ERASED)
            await self._state.calls.receipted(record.call, receipt, now=self._clock.now())
        for endpoint in audience:
            await self.tell(endpoint, CallErased(call=record.call, receipt=receipt))
        ended_at = record.deadline - (0.0 if record.expired else ENDED_SECONDS)
        self._figures.erased(self._clock.now() - ended_at)

    def _forget_media(self, call: CallId) -> None:
        self._ice.forget(call)
        self._relayed.forget(call, self._clock.now())
        self._robots.over(call, self._clock.now())

    async def _release(self, record: CallRecord) -> None:
        self._forget_media(record.call)
        for party in sorted((record.caller_party, record.callee_party)):
            await self._state.leases.release(party, record.call)
        if record.reason is not None:
            self._figures.ended(record.reason)

    async def _forward_ring(self, record: CallRecord, to: EndpointId, said: Said | None) -> None:
        if said is None or not isinstance(said.message, CallInvite):
            return
        invite = said.message
        ring = next(ring for ring in invite.rings if ring.endpoint == to)
        ice_servers = await self._ice.give(record.call)
        latest = await self.get(record.call)
        if latest is None or latest.state not in BEFORE_THE_JOIN:
            return  # while the ICE servers were minted it was taken, or it ended
        await self.tell(
            to,
            CallRing(
                call=record.call,
                from_=record.caller,
                from_key=invite.from_key,
                key=ring.key,
                box=ring.box,
                media=record.media,
                remaining_ms=max(0, int((record.rings_until - self._clock.now()) * 1000)),
                profile=said.profile,
                ice_servers=ice_servers,
            ),
        )

    async def _forward_resume(self, record: CallRecord, to: EndpointId, said: Said | None) -> None:
        """A resumer knows no ICE servers any more, and both ends make a new connection: each gets fresh ones."""
        match said.message if said is not None else None:
            case CallResume(call=call, handshake=handshake, from_key=from_key, key=key, box=box):
                forwarded: Message = ForwardedResume(
                    call=call, handshake=handshake, from_key=from_key, key=key, box=box
                )
            case CallResumed(call=call, handshake=handshake, box=box):
                forwarded = ForwardedResumed(call=call, handshake=handshake, box=box)
            case _:
                return
        if isinstance(forwarded, ForwardedResume):
            await self._ice.renew(record, *(end for end in (record.caller, record.callee) if end is not None))
        await self.tell(to, forwarded)

    async def _any_session(self, record: CallRecord) -> bool:
        for end in (record.caller, record.callee):
            if end is not None and await self._state.sessions.facts(end) is not None:
                return True
        return False

    async def _absent(self, call: str) -> ProtocolError:
        """A call that went only for want of sessions is pending, not ended: the media of its ends may run."""
        tombstone = await self._state.calls.tombstone(call, now=self._clock.now())
        over = tombstone is not None and not tombstone.expired
        return ProtocolError(ErrorCode.ENDED if over else ErrorCode.UNKNOWN_CALL)
