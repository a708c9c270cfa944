"""What holds in every call that any sequence of events can lead to. The space is small enough to be walked whole."""

from dataclasses import fields

import pytest

from signalling.calls import events as ev
from signalling.calls.deadlines import ACTIVE_SECONDS
from signalling.calls.effects import (
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
from signalling.calls.machine import Step, step
from signalling.calls.record import CallRecord, Standing
from signalling.calls.table import LIVE, NOT_ACCEPTED, TRANSITIONS
from signalling.vocabulary import CallState, EndpointId, Role
from tests.unit.calls.everywhere import Taken, every_step, everything_said
from tests.unit.calls.scene import CALLER, START

BEFORE_THE_JOIN = {CallState.INVITED, CallState.RINGING}
OF_THE_RINGING = {"rings", "state", "deadline"}


def steps_into_the_end() -> list[Taken]:
    return [one for one in every_step() if one.step.record and one.step.record.state is CallState.ENDED]


def steps_within_life() -> list[tuple[Taken, CallRecord]]:
    return [(one, one.step.record) for one in every_step() if one.step.record and one.step.record.state in LIVE]


def told(effects: tuple[object, ...], *kinds: type) -> list[EndpointId]:
    return [effect.to for effect in effects if isinstance(effect, kinds)]  # type: ignore[attr-defined]


def still_rung(record: CallRecord) -> set[EndpointId]:
    return {ring.endpoint for ring in record.rings if ring.standing is not Standing.DECLINED}


def test_the_space_is_walked_whole() -> None:
    assert {one.before.state for one in every_step()} == LIVE
    assert {type(one.event) for one in every_step()} == set(ev.Event.__args__)


def test_the_table_promises_what_the_machine_does_and_no_more() -> None:
    made = {(one.before.state, type(one.event), one.step.record.state) for one in every_step() if one.step.record}
    promised = {(state, event, to) for (state, event), targets in TRANSITIONS.items() for to in targets}
    assert made == {row for row in promised if row[0] in LIVE}


def test_there_is_one_winner_and_it_stays() -> None:
    for one, after in steps_within_life():
        assert (after.callee is None) == (after.state in BEFORE_THE_JOIN)
        if one.before.callee is not None:
            assert after.callee == one.before.callee
        elif after.callee is not None:
            assert isinstance(one.event, ev.Joined)
            assert after.callee == one.event.by


def test_a_call_is_accepted_from_the_accept_on() -> None:
    for one, after in steps_within_life():
        assert after.accepted == (after.state not in NOT_ACCEPTED)
        if after.accepted and not one.before.accepted:
            assert isinstance(one.event, ev.Accepted)
            assert one.event.by == after.callee


def test_a_call_becomes_active_when_both_ends_are_connected_and_only_then() -> None:
    for one, after in steps_within_life():
        if after.state is CallState.ACTIVE:
            assert after.connected == frozenset(Role)
        elif after.accepted:
            assert after.connected != frozenset(Role)
        if after.state is CallState.RECONNECTING and one.before.state is CallState.ACTIVE:
            assert isinstance(one.event, ev.Lost | ev.Resumed)


def test_nobody_connects_before_the_join() -> None:
    for _, after in steps_within_life():
        if after.state in BEFORE_THE_JOIN:
            assert after.connected == frozenset()
            assert after.handshake == 0


def test_what_a_call_is_stays_what_it_was() -> None:
    kept = {"call", "caller", "caller_party", "callee_party", "media", "rings_until"}
    for one in every_step():
        if one.step.record is not None:
            assert all(getattr(one.before, name) == getattr(one.step.record, name) for name in kept)


def test_a_handshake_number_never_falls() -> None:
    for one, after in steps_within_life():
        assert after.handshake >= one.before.handshake


def test_a_deadline_moves_with_the_state_alone_or_because_a_session_was_seen() -> None:
    for one, after in steps_within_life():
        if after.state is one.before.state and not isinstance(one.event, ev.SessionsSeen):
            assert after.deadline == one.before.deadline
        if isinstance(one.event, ev.SessionsSeen):
            assert (after.state, after.deadline) == (CallState.ACTIVE, START + ACTIVE_SECONDS)


def test_every_ring_ends_by_itself() -> None:
    """Before the accept nothing moves the end further than the ring's lifetime."""
    for _, after in steps_within_life():
        if after.state in NOT_ACCEPTED:
            assert after.deadline <= after.rings_until


def test_every_call_ends_when_its_deadline_comes() -> None:
    for record in {one.before for one in every_step()}:
        outcome = step(record, ev.DeadlinePassed(), now=record.deadline)
        assert isinstance(outcome, Step)
        assert outcome.record is not None
        assert outcome.record.state is CallState.ENDED


def test_each_who_takes_part_hears_of_the_end_once() -> None:
    for one in steps_into_the_end():
        heard = told(one.step.effects, TellEnded)
        ends = {one.before.callee} if one.before.callee is not None else still_rung(one.before)
        assert sorted(heard) == sorted({one.before.caller, *ends})
        assert [type(effect) for effect in one.step.effects] == [TellEnded] * len(heard) + [ReleaseLeases]


def test_an_end_has_a_reason_and_everybody_hears_the_same() -> None:
    for one in steps_into_the_end():
        assert one.step.record is not None
        assert one.step.record.reason is not None
        said = {effect.reason for effect in one.step.effects if isinstance(effect, TellEnded)}
        assert said == {one.step.record.reason}


def test_nobody_hears_of_an_end_before_it() -> None:
    for one, _ in steps_within_life():
        assert not any(isinstance(effect, TellEnded | ReleaseLeases | Erase) for effect in one.step.effects)


def test_an_ended_call_says_nothing_and_is_erased_once() -> None:
    for record in {one.step.record for one in steps_into_the_end() if one.step.record}:
        for event in everything_said():
            outcome = step(record, event, now=START)
            assert isinstance(outcome, Refusal) or (outcome.record == record and outcome.effects == ())
        assert step(record, ev.DeadlinePassed(), now=record.deadline) == Step(None, (Erase(),))


def test_the_others_hear_that_it_is_taken_once_at_the_join() -> None:
    for one in every_step():
        taken = told(one.step.effects, TellTaken)
        joins = isinstance(one.event, ev.Joined) and one.before.callee is None
        others = still_rung(one.before) - {one.event.by} if joins and isinstance(one.event, ev.Joined) else set()
        assert sorted(taken) == sorted(others)


def test_rings_go_only_to_endpoints_that_have_not_declined_and_never_after_the_join() -> None:
    for one in every_step():
        rung = told(one.step.effects, ForwardRing)
        if rung:
            assert isinstance(one.event, ev.Invited)
            assert one.before.callee is None
            assert set(rung) == still_rung(one.before)


def test_joins_and_progress_go_to_the_caller_and_resumes_to_the_other_end() -> None:
    for one in every_step():
        assert set(told(one.step.effects, ForwardJoin, TellProgress)) <= {CALLER}
        for to in told(one.step.effects, ForwardResume):
            assert isinstance(one.event, ev.Resumed | ev.ResumeAnswered)
            assert to == one.before.peer_of(one.event.by)


def test_what_is_said_twice_changes_nothing_more() -> None:
    """Requests are idempotent by content: an endpoint may repeat whatever it isn't sure of."""
    for one in every_step():
        after = one.step.record
        if after is not None and isinstance(one.event, ev.ByAnEnd):
            again = step(after, one.event, now=START)
            assert again is Refusal.ENDED or (isinstance(again, Step) and again.record == after)


@pytest.mark.parametrize("event", [ev.Rang, ev.Declined])
def test_ringing_and_declining_touch_only_the_ring(event: type) -> None:
    for one, after in steps_within_life():
        if isinstance(one.event, event):
            changed = {f.name for f in fields(after) if getattr(after, f.name) != getattr(one.before, f.name)}
            assert changed <= OF_THE_RINGING
