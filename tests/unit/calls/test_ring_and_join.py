"""Ringing, joining, declining: one endpoint wins, the others stop, and the same bytes may come again."""

import pytest

from signalling.calls import events as ev
from signalling.calls.effects import ForwardJoin, ForwardRing, Refusal, TellProgress, TellTaken
from signalling.calls.machine import step
from signalling.calls.record import Standing
from signalling.vocabulary import CallState, EndReason, Role
from tests.unit.calls.everywhere import remade
from tests.unit.calls.scene import (
    CALLER,
    DIGESTS,
    JOIN,
    PHONE,
    RINGS,
    START,
    TABLET,
    after,
    call_in,
    invite,
    record_of,
    standing,
    taken,
    told_of_the_end,
)


def test_an_invite_rings_every_endpoint_that_is_online() -> None:
    assert invite().effects == (ForwardRing(TABLET), ForwardRing(PHONE))


def test_an_endpoint_that_is_away_is_not_rung_and_the_call_waits_for_it() -> None:
    begun = invite(standing(RINGS, phone=Standing.AWAY))
    assert begun.effects == (ForwardRing(TABLET),)
    nobody = invite(standing(RINGS, phone=Standing.AWAY, tablet=Standing.AWAY))
    assert nobody.effects == ()
    assert record_of(nobody).state is CallState.INVITED


def test_the_same_invite_again_rings_all_who_have_not_declined() -> None:
    record = after(call_in(CallState.RINGING), ev.Declined(PHONE, EndReason.DECLINED))
    assert taken(record, ev.Invited(CALLER, DIGESTS)).effects == (ForwardRing(TABLET),)


def test_an_endpoint_that_came_back_and_was_rung_keeps_the_call_alive_when_another_declines() -> None:
    record = after(record_of(invite(standing(RINGS, phone=Standing.AWAY))), ev.Rang(TABLET))
    rung = after(record, ev.Invited(CALLER, DIGESTS, frozenset({TABLET, PHONE})))
    assert after(rung, ev.Declined(TABLET, EndReason.DECLINED)).state is CallState.RINGING
    still_away = after(record, ev.Invited(CALLER, DIGESTS, frozenset({TABLET})))
    assert after(still_away, ev.Declined(TABLET, EndReason.DECLINED)).state is CallState.ENDED


def test_the_same_invite_again_rings_those_who_were_away_too() -> None:
    record = record_of(invite(standing(RINGS, phone=Standing.AWAY)))
    assert taken(record, ev.Invited(CALLER, DIGESTS)).effects == (ForwardRing(TABLET), ForwardRing(PHONE))


def test_after_the_join_an_invite_rings_nowhere() -> None:
    assert taken(call_in(CallState.JOINED), ev.Invited(CALLER, DIGESTS)).effects == ()


@pytest.mark.parametrize(
    "digests",
    [DIGESTS[:1], (*DIGESTS[:1], (PHONE, b"other bytes")), (*DIGESTS, (CALLER, b"one more"))],
    ids=["one ring less", "other bytes", "one ring more"],
)
@pytest.mark.parametrize("state", [CallState.INVITED, CallState.RINGING, CallState.JOINED, CallState.ACTIVE])
def test_another_invite_under_the_same_call_is_a_conflict(
    state: CallState, digests: tuple[tuple[object, bytes], ...]
) -> None:
    assert step(call_in(state), ev.Invited(CALLER, digests), now=START) is Refusal.CONFLICT  # type: ignore[arg-type]


def test_the_order_of_the_rings_in_a_repeated_invite_does_not_matter() -> None:
    assert taken(call_in(CallState.RINGING), ev.Invited(CALLER, DIGESTS[::-1])).record == call_in(CallState.RINGING)


def test_a_call_made_again_after_a_restart_takes_its_callers_invite_and_join_as_they_come() -> None:
    """The server forgot the hashes with everything else."""
    record = remade(accepted=False)
    assert taken(record, ev.Invited(CALLER, DIGESTS)).effects == ()
    assert taken(record, ev.Joined(TABLET, JOIN)).effects == (ForwardJoin(CALLER, TABLET),)


def test_ringing_is_told_to_the_caller_with_the_countdown() -> None:
    rang = taken(call_in(CallState.INVITED), ev.Rang(TABLET, answers_in_ms=30_000))
    assert rang.effects == (TellProgress(CALLER, TABLET, "ringing", 30_000),)
    assert record_of(rang).ring_at(TABLET) == standing(RINGS, tablet=Standing.RINGING)[0]


def test_a_device_that_joined_first_still_tells_that_it_rings() -> None:
    joined = call_in(CallState.JOINED)
    assert taken(joined, ev.Rang(TABLET, answers_in_ms=30_000)).effects == (
        TellProgress(CALLER, TABLET, "ringing", 30_000),
    )


def test_a_ringing_that_comes_late_tells_nothing() -> None:
    assert taken(call_in(CallState.ACTIVE), ev.Rang(TABLET)).effects == ()


def test_the_join_goes_to_the_caller_and_the_others_stop() -> None:
    joined = taken(call_in(CallState.RINGING), ev.Joined(TABLET, JOIN))
    assert joined.effects == (ForwardJoin(CALLER, TABLET), TellTaken(PHONE))


def test_of_two_joins_the_first_wins() -> None:
    joined = call_in(CallState.JOINED)
    assert joined.callee == TABLET
    assert step(joined, ev.Joined(PHONE, b"the phone's join"), now=START) is Refusal.TAKEN


def test_who_declined_before_hears_nothing_of_the_join() -> None:
    record = after(call_in(CallState.RINGING), ev.Declined(PHONE, EndReason.DECLINED))
    assert taken(record, ev.Joined(TABLET, JOIN)).effects == (ForwardJoin(CALLER, TABLET),)


@pytest.mark.parametrize("state", [CallState.JOINED, CallState.ACCEPTED, CallState.ACTIVE, CallState.RECONNECTING])
def test_the_same_join_again_is_forwarded_again_and_other_bytes_are_not(state: CallState) -> None:
    record = call_in(state)
    again = taken(record, ev.Joined(TABLET, JOIN))
    assert (again.record, again.effects) == (record, (ForwardJoin(CALLER, TABLET),))
    assert step(record, ev.Joined(TABLET, b"other bytes"), now=START) is Refusal.CONFLICT


def test_join_and_accept_may_come_together() -> None:
    record = after(call_in(CallState.RINGING), ev.Joined(PHONE, JOIN), ev.Accepted(PHONE))
    assert (record.state, record.callee) == (CallState.ACCEPTED, PHONE)


def test_an_accept_with_both_ends_connected_is_active_at_once() -> None:
    record = after(call_in(CallState.JOINED), ev.Connected(TABLET), ev.Connected(CALLER))
    assert (record.state, record.connected) == (CallState.JOINED, frozenset(Role))
    assert after(record, ev.Accepted(TABLET)).state is CallState.ACTIVE


def test_an_end_that_lost_its_path_before_the_accept_must_connect_again() -> None:
    record = after(call_in(CallState.JOINED), ev.Connected(TABLET), ev.Connected(CALLER), ev.Lost(CALLER))
    accepted = after(record, ev.Accepted(TABLET))
    assert accepted.state is CallState.ACCEPTED
    assert after(accepted, ev.Connected(CALLER)).state is CallState.ACTIVE


def test_declining_on_one_endpoint_goes_on_ringing_the_others() -> None:
    declined = taken(call_in(CallState.RINGING), ev.Declined(TABLET, EndReason.DECLINED))
    assert record_of(declined).state is CallState.RINGING
    assert declined.effects == (TellProgress(CALLER, TABLET, "declined"),)


def test_the_last_to_decline_ends_the_call_with_its_reason() -> None:
    record = after(call_in(CallState.RINGING), ev.Declined(TABLET, EndReason.DECLINED))
    ended = taken(record, ev.Declined(PHONE, EndReason.BUSY))
    assert record_of(ended).reason is EndReason.BUSY
    assert told_of_the_end(ended) == {CALLER: EndReason.BUSY, PHONE: EndReason.BUSY}


def test_declining_everywhere_ends_the_call_at_once() -> None:
    ended = taken(call_in(CallState.INVITED), ev.Declined(TABLET, EndReason.DECLINED, everywhere=True))
    assert set(told_of_the_end(ended)) == {CALLER, TABLET, PHONE}


def test_one_endpoint_away_and_the_other_declining_is_the_end() -> None:
    record = record_of(invite(standing(RINGS, phone=Standing.AWAY)))
    assert record_of(taken(record, ev.Declined(TABLET, EndReason.DECLINED))).state is CallState.ENDED


@pytest.mark.parametrize("reason", [EndReason.UNREACHABLE, EndReason.STALE_KEY, EndReason.BUSY, EndReason.KNOB_OFF])
def test_the_endpoint_that_joined_may_still_decline_before_it_accepts(reason: EndReason) -> None:
    ended = taken(call_in(CallState.JOINED), ev.Declined(TABLET, reason))
    assert told_of_the_end(ended) == {CALLER: reason, TABLET: reason}
