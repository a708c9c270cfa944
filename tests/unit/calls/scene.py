"""The people of these tests, and calls brought to where a test begins by the rules themselves."""

from collections.abc import Iterable
from dataclasses import replace

from signalling.calls import events as ev
from signalling.calls.effects import Refusal, TellEnded
from signalling.calls.machine import Step, begin, step
from signalling.calls.record import CallRecord, Ring, Standing
from signalling.vocabulary import CallId, CallState, EndpointId, EndReason, Media, PartyId

CALL = CallId("AAAAAAAAAAAAAAAAAAAAAA")
LATER_CALL = CallId("BBBBBBBBBBBBBBBBBBBBBB")
GRANDCHILD, GRANDMOTHER = PartyId("person-grandchild-0000"), PartyId("person-grandmother-000")
CALLER = EndpointId("endpoint-of-grandchild")
TABLET = EndpointId("tablet-of-grandmother-")
PHONE = EndpointId("phone-of-grandmother--")
STRANGER = EndpointId("endpoint-of-a-stranger")
EVERYBODY = (CALLER, TABLET, PHONE, STRANGER)

START = 1_700_000_000.0
LIFETIME = 45.0
RINGS = (Ring(TABLET, b"ring for tablet", Standing.RUNG), Ring(PHONE, b"ring for phone", Standing.RUNG))
DIGESTS = tuple((ring.endpoint, ring.digest) for ring in RINGS)
JOIN = b"the tablet's join"

ROAD: dict[CallState, tuple[ev.Event, ...]] = {
    CallState.INVITED: (),
    CallState.RINGING: (ev.Rang(TABLET),),
    CallState.JOINED: (ev.Joined(TABLET, JOIN),),
    CallState.ACCEPTED: (ev.Accepted(TABLET),),
    CallState.ACTIVE: (ev.Connected(CALLER), ev.Connected(TABLET)),
    CallState.RECONNECTING: (ev.Lost(CALLER),),
    CallState.ENDED: (ev.HungUp(CALLER, EndReason.HANGUP),),
}
"""What happens on the way from one state to the next."""


def invite(rings: tuple[Ring, ...] = RINGS, *, now: float = START, lifetime: float = LIFETIME) -> Step:
    """The grandchild calls her grandmother."""
    return begin(
        CALL,
        caller=CALLER,
        caller_party=GRANDCHILD,
        callee_party=GRANDMOTHER,
        media=Media.VIDEO,
        rings=rings,
        lifetime_seconds=lifetime,
        now=now,
    )


def record_of(outcome: Step | Refusal) -> CallRecord:
    """The record after a step that was taken and left one."""
    assert isinstance(outcome, Step), outcome
    assert outcome.record is not None, "erased"
    return outcome.record


def taken(record: CallRecord, event: ev.Event, *, now: float = START) -> Step:
    """A step that must not be refused."""
    outcome = step(record, event, now=now)
    assert isinstance(outcome, Step), outcome
    return outcome


def after(record: CallRecord, *events: ev.Event, now: float = START) -> CallRecord:
    """The record after these events, none of which may be refused."""
    for event in events:
        record = record_of(step(record, event, now=now))
    return record


def call_in(state: CallState, rings: tuple[Ring, ...] = RINGS, *, now: float = START) -> CallRecord:
    """A call that came to `state` by the ordinary road; the tablet is the one that joins."""
    record = record_of(invite(rings, now=now))
    for stop, events in ROAD.items():
        record = after(record, *events, now=now)
        if stop is state:
            break
    assert record.state is state
    return record


def overdue(record: CallRecord, *, unseen: bool = False) -> Step:
    """The record's own deadline fires, at its moment; `unseen`: when no session of either end is alive."""
    return taken(record, ev.DeadlinePassed(unseen), now=record.deadline)


def told_of_the_end(outcome: Step) -> dict[EndpointId, EndReason]:
    """Who hears of the end, and why; each once."""
    told = [(effect.to, effect.reason) for effect in outcome.effects if isinstance(effect, TellEnded)]
    assert len(dict(told)) == len(told), "somebody hears of the end twice"
    return dict(told)


def standing(rings: Iterable[Ring], **by_name: Standing) -> tuple[Ring, ...]:
    """The rings with another standing: `tablet=Standing.AWAY`."""
    names = {TABLET: "tablet", PHONE: "phone"}
    return tuple(replace(ring, standing=by_name.get(names[ring.endpoint], ring.standing)) for ring in rings)
