"""Every record that any sequence of events can reach, with the steps between: the whole space of the rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from signalling.calls import events as ev
from signalling.calls.effects import Refusal
from signalling.calls.machine import Step, remake, step
from signalling.calls.record import CallRecord, Standing
from signalling.vocabulary import CallState, EndReason, Media
from tests.unit.calls.scene import (
    CALL,
    CALLER,
    DIGESTS,
    EVERYBODY,
    GRANDCHILD,
    GRANDMOTHER,
    JOIN,
    RINGS,
    START,
    TABLET,
    invite,
    record_of,
    standing,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken."""

    before: CallRecord
    event: ev.Event
    step: Step


def remade(*, accepted: bool) -> CallRecord:
    """A call that both ends named after a restart."""
    return record_of(
        remake(
            CALL,
            caller=CALLER,
            caller_party=GRANDCHILD,
            callee=TABLET,
            callee_party=GRANDMOTHER,
            media=Media.VIDEO,
            accepted=accepted,
            now=START,
        )
    )


def beginnings() -> Iterator[CallRecord]:
    """Every way for a record to come to be."""
    yield record_of(invite())
    yield record_of(invite(RINGS[:1]))
    yield record_of(invite(standing(RINGS, phone=Standing.AWAY)))
    yield remade(accepted=False)
    yield remade(accepted=True)


def everything_said() -> Iterator[ev.Event]:
    """Every event by everybody, in the variants that the rules tell apart."""
    for by in EVERYBODY:
        yield from (ev.Invited(by, DIGESTS), ev.Invited(by, DIGESTS[:1]), ev.Rang(by))
        yield from (ev.Joined(by, JOIN), ev.Joined(by, b"another join"), ev.Accepted(by), ev.Cancelled(by))
        yield from (ev.Declined(by, EndReason.BUSY), ev.Declined(by, EndReason.DECLINED, everywhere=True))
        yield from (ev.HungUp(by, EndReason.KNOB_OFF), ev.Connected(by), ev.Lost(by), ev.Forgotten(by))
        for handshake in (1, 2):
            yield from (ev.Resumed(by, handshake, by.encode()), ev.ResumeAnswered(by, handshake))
    yield from (ev.SessionsSeen(), ev.DeadlinePassed(), ev.Stopped(EndReason.DRAINED))


@cache
def every_step() -> tuple[Taken, ...]:
    """Every step that can ever be taken. Time stands still, but that a deadline comes when its turn is."""
    said = tuple(everything_said())
    seen = set(beginnings())
    ahead = list(seen)
    steps = []
    while ahead:
        record = ahead.pop()
        for event in said:
            now = record.deadline if isinstance(event, ev.DeadlinePassed) else START
            outcome = step(record, event, now=now)
            if isinstance(outcome, Refusal):
                continue
            steps.append(Taken(record, event, outcome))
            after = outcome.record
            if after is not None and after not in seen and after.state is not CallState.ENDED:
                seen.add(after)
                ahead.append(after)
    return tuple(steps)
