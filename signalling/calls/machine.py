"""The machine of a call: a record and an event give the next record and what to do. No I/O, no clock, no randomness.

`step` looks the pair up in `table`, asks the one function of that event, and refuses whatever the table doesn't hold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from signalling.calls import events as ev
from signalling.calls.deadlines import MEANING, REMADE_SECONDS, deadline
from signalling.calls.effects import (
    BlockRobot,
    Effect,
    Erase,
    ForwardJoin,
    ForwardResume,
    ForwardRing,
    Refusal,
    ReleaseLeases,
    TellEnded,
    TellProgress,
    TellTaken,
)
from signalling.calls.record import CallRecord, Ring, Standing
from signalling.calls.table import LIVE, TRANSITIONS
from signalling.vocabulary import CallId, CallState, EndpointId, EndReason, Media, PartyId, Role


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """The record after an event (None: erased), and what the hands must do, in this order."""

    record: CallRecord | None
    effects: tuple[Effect, ...] = ()


def begin(
    call: CallId,
    *,
    caller: EndpointId,
    caller_party: PartyId,
    callee_party: PartyId,
    media: Media,
    rings: Sequence[Ring],
    lifetime_seconds: float,
    now: float,
) -> Step:
    """A new call, INVITED: rings go to every endpoint whose standing is RUNG."""
    until = now + lifetime_seconds
    record = CallRecord(
        call=call,
        caller=caller,
        caller_party=caller_party,
        callee_party=callee_party,
        media=media,
        rings=tuple(rings),
        state=CallState.INVITED,
        deadline=deadline(CallState.INVITED, now=now, rings_until=until),
        rings_until=until,
    )
    return Step(record, tuple(ForwardRing(ring.endpoint) for ring in rings if ring.standing is Standing.RUNG))


def remake(
    call: CallId,
    *,
    caller: EndpointId,
    caller_party: PartyId,
    callee: EndpointId,
    callee_party: PartyId,
    media: Media,
    accepted: bool,
    now: float,
) -> Step:
    """A call that both ends' live sessions name, after a restart: JOINED or RECONNECTING, thirty seconds."""
    until = now + REMADE_SECONDS
    state = CallState.RECONNECTING if accepted else CallState.JOINED
    record = CallRecord(
        call=call,
        caller=caller,
        caller_party=caller_party,
        callee_party=callee_party,
        media=media,
        rings=(),
        state=state,
        deadline=deadline(state, now=now, rings_until=until),
        rings_until=until,
        callee=callee,
        accepted=accepted,
    )
    return Step(record)


def step(record: CallRecord, event: ev.Event, *, now: float) -> Step | Refusal:
    """What `event` does to `record` at `now` (Unix seconds). A refusal changes nothing.

    A deadline that was moved while somebody fired it is refused: exactly one fires, and only when it is due.
    """
    if isinstance(event, ev.ByAnEnd):
        refused = _may_say(record, event)
        if refused is not None:
            return refused
    targets = TRANSITIONS.get((record.state, type(event)))
    if targets is None:
        return Refusal.ENDED if record.state is CallState.ENDED else Refusal.WRONG_STATE
    if isinstance(event, ev.DeadlinePassed) and now < record.deadline:
        return Refusal.WRONG_STATE
    if record.state is CallState.ENDED:
        return Step(None, (Erase(),)) if isinstance(event, ev.DeadlinePassed) else Step(record)
    outcome = _RULES[type(event)](record, event, now)
    if isinstance(outcome, Step):
        after = outcome.record
        if after is None or after.state not in targets:
            raise AssertionError(f"{record.state} --{type(event).__name__}--> is not in the table")
    return outcome


def _may_say(record: CallRecord, event: ev.ByAnEnd) -> Refusal | None:
    """Whether this endpoint may say that of this call: outsiders hear that there is no such call."""
    role = record.role_of(event.by)
    rung = record.ring_at(event.by) is not None
    if role is None and not rung:
        return Refusal.UNKNOWN_CALL
    match event:
        case ev.Invited() | ev.Cancelled():
            return None if role is Role.CALLER else Refusal.NOT_ALLOWED
        case ev.Joined() | ev.Rang() | ev.Declined() | ev.Accepted():
            if role is Role.CALLER:
                return Refusal.NOT_ALLOWED
            elsewhere = record.callee is not None and role is None and record.state in LIVE
            return Refusal.TAKEN if elsewhere else None
        case _:
            return None if role is not None else Refusal.WRONG_STATE


def _enter(record: CallRecord, state: CallState, now: float, **changes: Any) -> CallRecord:
    """The record in `state`; the deadline moves only where the state does."""
    if state is record.state:
        return replace(record, **changes) if changes else record
    return replace(record, state=state, deadline=deadline(state, now=now, rings_until=record.rings_until), **changes)


def _end(
    record: CallRecord, reason: EndReason, now: float, *, winner: CallId | None = None, expired: bool = False
) -> Step:
    """The end: everybody who takes part hears of it once, both parties are free.

    A call that expired had nobody there to be told: it is erased at once, so that no end that comes back finds it
    ended, and loses a call whose media may run.
    """
    told = tuple(TellEnded(endpoint, reason, winner) for endpoint in record.audience())
    ended = _enter(record, CallState.ENDED, now, reason=reason, winner=winner, expired=expired)
    if expired:
        ended = replace(ended, deadline=now)
    return Step(ended, (*told, ReleaseLeases()))


def _standing(record: CallRecord, endpoint: EndpointId, standing: Standing) -> tuple[Ring, ...]:
    return tuple(replace(ring, standing=standing) if ring.endpoint == endpoint else ring for ring in record.rings)


def _invited(record: CallRecord, event: ev.Invited, now: float) -> Step | Refusal:
    if record.rings and {ring.endpoint: ring.digest for ring in record.rings} != dict(event.digests):
        return Refusal.CONFLICT
    if record.callee is not None:
        return Step(record)
    back = {ring.endpoint for ring in record.rings if ring.standing is Standing.AWAY} & event.online
    rings = tuple(replace(ring, standing=Standing.RUNG) if ring.endpoint in back else ring for ring in record.rings)
    again = tuple(ForwardRing(ring.endpoint) for ring in rings if ring.standing is not Standing.DECLINED)
    return Step(_enter(record, record.state, now, rings=rings) if back else record, again)


def _rang(record: CallRecord, event: ev.Rang, now: float) -> Step:
    told = TellProgress(record.caller, event.by, Standing.RINGING, event.answers_in_ms)
    if record.state not in (CallState.INVITED, CallState.RINGING):
        return Step(record, (told,) if record.state is CallState.JOINED else ())
    rings = _standing(record, event.by, Standing.RINGING)
    return Step(_enter(record, CallState.RINGING, now, rings=rings), (told,))


def _joined(record: CallRecord, event: ev.Joined, now: float) -> Step | Refusal:
    forward = ForwardJoin(record.caller, event.by)
    if record.callee is None:
        taken = tuple(TellTaken(to) for to in record.audience() if to not in (record.caller, event.by))
        after = _enter(record, CallState.JOINED, now, callee=event.by, join_digest=event.digest)
        return Step(after, (forward, *taken))
    if record.join_digest not in (None, event.digest):
        return Refusal.CONFLICT
    return Step(record, (forward,))


def _accepted(record: CallRecord, event: ev.Accepted, now: float) -> Step:
    if record.state is not CallState.JOINED:
        return Step(record)
    both = record.connected == frozenset(Role)
    return Step(_enter(record, CallState.ACTIVE if both else CallState.ACCEPTED, now, accepted=True))


def _declined(record: CallRecord, event: ev.Declined, now: float) -> Step:
    if record.callee is not None or event.everywhere:
        return _end(record, event.reason, now)
    rings = _standing(record, event.by, Standing.DECLINED)
    if any(ring.standing in (Standing.RUNG, Standing.RINGING) for ring in rings):
        told = TellProgress(record.caller, event.by, Standing.DECLINED)
        return Step(_enter(record, record.state, now, rings=rings), (told,))
    return _end(record, event.reason, now)


def _cancelled(record: CallRecord, event: ev.Cancelled, now: float) -> Step:
    return _end(record, EndReason.CANCELLED, now)


def _hung_up(record: CallRecord, event: ev.HungUp, now: float) -> Step:
    ended = _end(record, event.reason, now)
    if event.reason is EndReason.RECORDING and record.media is Media.TELEPRESENCE:
        return replace(ended, effects=(*ended.effects, BlockRobot(record.callee_party)))
    return ended


def _connected(record: CallRecord, event: ev.Connected, now: float) -> Step:
    flags = record.connected | {_role(record, event.by)}
    both = flags == frozenset(Role) and record.state in (CallState.ACCEPTED, CallState.RECONNECTING)
    return Step(_enter(record, CallState.ACTIVE if both else record.state, now, connected=flags))


def _lost(record: CallRecord, event: ev.Lost, now: float) -> Step:
    flags = record.connected - {_role(record, event.by)}
    state = CallState.RECONNECTING if record.state is CallState.ACTIVE else record.state
    return Step(_enter(record, state, now, connected=flags))


def _resumed(record: CallRecord, event: ev.Resumed, now: float) -> Step | Refusal:
    role = _role(record, event.by)
    forward = ForwardResume(_peer(record, event.by))
    if event.handshake == record.handshake and role is record.resumer:
        return Step(record, (forward,)) if event.digest == record.resume_digest else Refusal.CONFLICT
    crossing = event.handshake == record.handshake and role is Role.CALLER and record.resumer is Role.CALLEE
    if event.handshake <= record.handshake and not crossing:
        return Refusal.CONFLICT
    state = CallState.RECONNECTING if record.state is CallState.ACTIVE else record.state
    after = _enter(
        record,
        state,
        now,
        handshake=event.handshake,
        resumer=role,
        resume_digest=event.digest,
        connected=frozenset(),
    )
    return Step(after, (forward,))


def _resume_answered(record: CallRecord, event: ev.ResumeAnswered, now: float) -> Step | Refusal:
    if event.handshake != record.handshake or record.resumer is not _role(record, event.by).other:
        return Refusal.CONFLICT
    return Step(record, (ForwardResume(_peer(record, event.by)),))


def _forgotten(record: CallRecord, event: ev.Forgotten, now: float) -> Step:
    return _end(record, EndReason.LOST_NETWORK, now)


def _sessions_seen(record: CallRecord, event: ev.SessionsSeen, now: float) -> Step:
    return Step(replace(record, deadline=deadline(record.state, now=now, rings_until=record.rings_until)))


def _deadline_passed(record: CallRecord, event: ev.DeadlinePassed, now: float) -> Step:
    expired = event.unseen and record.state in (CallState.ACTIVE, CallState.RECONNECTING)
    return _end(record, MEANING[record.state], now, expired=expired)


def _stopped(record: CallRecord, event: ev.Stopped, now: float) -> Step:
    return _end(record, event.reason, now, winner=event.winner)


def _role(record: CallRecord, endpoint: EndpointId) -> Role:
    role = record.role_of(endpoint)
    if role is None:
        raise AssertionError("an end without a role passed the door")
    return role


def _peer(record: CallRecord, endpoint: EndpointId) -> EndpointId:
    peer = record.peer_of(endpoint)
    if peer is None:
        raise AssertionError("a joined call has two ends")
    return peer


_RULES: Final[dict[type[Any], Callable[[CallRecord, Any, float], Step | Refusal]]] = {
    ev.Invited: _invited,
    ev.Rang: _rang,
    ev.Joined: _joined,
    ev.Accepted: _accepted,
    ev.Declined: _declined,
    ev.Cancelled: _cancelled,
    ev.HungUp: _hung_up,
    ev.Connected: _connected,
    ev.Lost: _lost,
    ev.Resumed: _resumed,
    ev.ResumeAnswered: _resume_answered,
    ev.Forgotten: _forgotten,
    ev.SessionsSeen: _sessions_seen,
    ev.DeadlinePassed: _deadline_passed,
    ev.Stopped: _stopped,
}
