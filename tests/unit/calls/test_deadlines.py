"""How long each state lasts, and what its end means."""

import pytest

from signalling.calls import events as ev
from signalling.calls.effects import Refusal
from signalling.calls.machine import step
from signalling.vocabulary import CallState, EndReason
from tests.unit.calls.everywhere import remade
from tests.unit.calls.scene import (
    CALLER,
    LIFETIME,
    START,
    TABLET,
    after,
    call_in,
    invite,
    overdue,
    record_of,
    taken,
    told_of_the_end,
)

LASTS = [
    (CallState.INVITED, 8.0, EndReason.UNREACHABLE),
    (CallState.RINGING, LIFETIME, EndReason.NO_ANSWER),
    (CallState.JOINED, LIFETIME, EndReason.NO_ANSWER),
    (CallState.ACCEPTED, 20.0, EndReason.ICE_FAILED),
    (CallState.ACTIVE, 45.0, EndReason.LOST_NETWORK),
    (CallState.RECONNECTING, 30.0, EndReason.LOST_NETWORK),
]


@pytest.mark.parametrize(("state", "seconds", "reason"), LASTS)
def test_a_state_lasts_so_long_and_ends_with_its_reason(state: CallState, seconds: float, reason: EndReason) -> None:
    record = call_in(state)
    assert record.deadline == START + seconds
    ended = overdue(record)
    assert record_of(ended).reason is reason
    assert set(told_of_the_end(ended).values()) == {reason}


@pytest.mark.parametrize("state", CallState)
def test_a_deadline_that_is_not_due_changes_nothing(state: CallState) -> None:
    record = call_in(state)
    assert step(record, ev.DeadlinePassed(), now=record.deadline - 0.001) is Refusal.WRONG_STATE


def test_a_deadline_fired_for_the_state_before_does_not_end_the_next() -> None:
    """Its author read the record, somebody was faster, and it tries again with the newer one."""
    active = call_in(CallState.ACTIVE)
    fired_at = active.deadline
    reconnecting = after(active, ev.Lost(CALLER), now=fired_at - 1)
    assert step(reconnecting, ev.DeadlinePassed(), now=fired_at) is Refusal.WRONG_STATE


def test_a_ring_shorter_than_eight_seconds_ends_with_its_lifetime() -> None:
    record = record_of(invite(lifetime=3.0))
    assert record.deadline == START + 3


def test_the_lifetime_counts_from_the_invite_and_not_from_the_ring() -> None:
    ringing = after(record_of(invite()), ev.Rang(TABLET), now=START + 7)
    assert ringing.deadline == START + LIFETIME
    joined = after(ringing, ev.Joined(TABLET, b"join"), now=START + 30)
    assert joined.deadline == START + LIFETIME


def test_a_repeated_ringing_does_not_prolong_the_ring() -> None:
    ringing = after(call_in(CallState.RINGING), ev.Rang(TABLET, answers_in_ms=60_000), now=START + 40)
    assert ringing.deadline == START + LIFETIME


def test_a_live_session_renews_an_active_call_by_forty_five_seconds() -> None:
    active = call_in(CallState.ACTIVE)
    renewed = after(active, ev.SessionsSeen(), now=active.deadline)
    assert renewed.deadline == active.deadline + 45


def test_losing_the_path_again_does_not_prolong_the_reconnecting() -> None:
    reconnecting = call_in(CallState.RECONNECTING)
    again = after(reconnecting, ev.Lost(TABLET), ev.Lost(CALLER), ev.Connected(TABLET), now=START + 29)
    assert again.deadline == START + 30


def test_a_call_that_came_back_has_a_whole_time_again() -> None:
    active = after(call_in(CallState.RECONNECTING), ev.Connected(CALLER), now=START + 29)
    assert (active.state, active.deadline) == (CallState.ACTIVE, START + 29 + 45)


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.ENDED])
def test_an_ended_call_is_erased_within_a_second(state: CallState) -> None:
    ended = record_of(taken(call_in(state), ev.Stopped(EndReason.DRAINED)))
    assert ended.deadline - START < 1
    assert overdue(ended).record is None


@pytest.mark.parametrize("state", [state for state, _, _ in LASTS])
@pytest.mark.parametrize("unseen", [True, False])
def test_only_a_call_with_media_and_without_sessions_may_be_made_again(state: CallState, *, unseen: bool) -> None:
    with_media = state in (CallState.ACTIVE, CallState.RECONNECTING)
    assert record_of(overdue(call_in(state), unseen=unseen)).expired == (with_media and unseen)


def test_a_call_that_expired_is_erased_at_once() -> None:
    """Nobody is there to be told, and an end that comes back a moment later must find it pending and not ended."""
    expired = record_of(overdue(call_in(CallState.ACTIVE), unseen=True))
    assert expired.deadline == call_in(CallState.ACTIVE).deadline
    assert overdue(expired).record is None


@pytest.mark.parametrize(
    ("accepted", "reason"), [(False, EndReason.NO_ANSWER), (True, EndReason.LOST_NETWORK)], ids=["joined", "accepted"]
)
def test_a_call_made_again_has_thirty_seconds(*, accepted: bool, reason: EndReason) -> None:
    record = remade(accepted=accepted)
    assert record.deadline == START + 30
    assert record_of(overdue(record)).reason is reason
