"""The ways to end, and who hears of it. The record decides every race."""

from dataclasses import replace

import pytest

from signalling.calls import events as ev
from signalling.calls.effects import BlockRobot, Refusal, ReleaseLeases, TellEnded
from signalling.calls.machine import step
from signalling.vocabulary import CallState, EndpointId, EndReason, Media
from tests.unit.calls.scene import (
    CALLER,
    GRANDMOTHER,
    LATER_CALL,
    PHONE,
    START,
    TABLET,
    after,
    call_in,
    record_of,
    taken,
    told_of_the_end,
)

FROM_THE_JOIN_ON = [CallState.JOINED, CallState.ACCEPTED, CallState.ACTIVE, CallState.RECONNECTING]
LIVING = [CallState.INVITED, CallState.RINGING, *FROM_THE_JOIN_ON]


@pytest.mark.parametrize("by", [CALLER, TABLET], ids=["caller", "callee"])
@pytest.mark.parametrize("reason", [EndReason.HANGUP, EndReason.KNOB_OFF, EndReason.POWER_OFF])
@pytest.mark.parametrize("state", FROM_THE_JOIN_ON)
def test_both_ends_may_hang_up_from_the_join_on(state: CallState, reason: EndReason, by: EndpointId) -> None:
    ended = taken(call_in(state), ev.HungUp(by, reason))
    assert told_of_the_end(ended) == {CALLER: reason, TABLET: reason}


@pytest.mark.parametrize("by", [CALLER, TABLET], ids=["app", "robot"])
@pytest.mark.parametrize("state", FROM_THE_JOIN_ON)
def test_a_recording_ends_the_call_and_blocks_the_robot_and_no_other_reason_or_call_does(
    state: CallState, by: EndpointId
) -> None:
    family = call_in(state)
    visit = replace(family, media=Media.TELEPRESENCE)
    ended = taken(visit, ev.HungUp(by, EndReason.RECORDING))
    assert told_of_the_end(ended) == {CALLER: EndReason.RECORDING, TABLET: EndReason.RECORDING}
    assert ended.effects[-2:] == (ReleaseLeases(), BlockRobot(GRANDMOTHER))
    for call, reason in ((family, EndReason.RECORDING), (visit, EndReason.HANGUP)):
        assert not [one for one in taken(call, ev.HungUp(by, reason)).effects if isinstance(one, BlockRobot)]


@pytest.mark.parametrize("state", LIVING)
def test_a_cancel_ends_the_call_whenever_it_comes(state: CallState) -> None:
    ended = taken(call_in(state), ev.Cancelled(CALLER))
    assert record_of(ended).reason is EndReason.CANCELLED
    assert set(told_of_the_end(ended)) == ({CALLER, TABLET, PHONE} if state in LIVING[:2] else {CALLER, TABLET})


def test_an_accept_after_the_cancel_is_told_that_it_ended() -> None:
    ended = after(call_in(CallState.JOINED), ev.Cancelled(CALLER))
    assert step(ended, ev.Accepted(TABLET), now=START) is Refusal.ENDED


def test_a_join_after_the_end_is_told_that_it_ended() -> None:
    ended = after(call_in(CallState.RINGING), ev.Cancelled(CALLER))
    assert step(ended, ev.Joined(TABLET, b"join"), now=START) is Refusal.ENDED


@pytest.mark.parametrize(
    "event",
    [
        ev.Cancelled(CALLER),
        ev.HungUp(CALLER, EndReason.HANGUP),
        ev.HungUp(TABLET, EndReason.KNOB_OFF),
        ev.Declined(TABLET, EndReason.DECLINED),
    ],
    ids=["cancel", "caller hangs up", "callee hangs up", "decline"],
)
def test_to_stop_what_has_stopped_is_no_error_and_keeps_the_first_reason(event: ev.Event) -> None:
    ended = after(call_in(CallState.ACTIVE), ev.HungUp(TABLET, EndReason.POWER_OFF))
    assert after(ended, event) == ended


@pytest.mark.parametrize("state", FROM_THE_JOIN_ON)
def test_a_call_that_an_end_no_longer_names_is_lost(state: CallState) -> None:
    assert record_of(taken(call_in(state), ev.Forgotten(TABLET))).reason is EndReason.LOST_NETWORK


@pytest.mark.parametrize("state", LIVING[:2])
def test_a_ring_outlives_a_hello_that_does_not_name_it(state: CallState) -> None:
    assert step(call_in(state), ev.Forgotten(CALLER), now=START) is Refusal.WRONG_STATE


@pytest.mark.parametrize(
    "reason",
    [
        EndReason.DRAINED,
        EndReason.REPLACED,
        EndReason.SUSPENDED,
        EndReason.ADMIN_FORCED,
        EndReason.RESET,
        EndReason.ERASED,
    ],
)
@pytest.mark.parametrize("state", LIVING)
def test_the_server_may_stop_a_call_in_every_state(state: CallState, reason: EndReason) -> None:
    assert set(told_of_the_end(taken(call_in(state), ev.Stopped(reason))).values()) == {reason}


def test_who_lost_the_glare_hears_which_call_goes_on() -> None:
    ended = taken(call_in(CallState.RINGING), ev.Stopped(EndReason.GLARE, winner=LATER_CALL))
    assert record_of(ended).winner == LATER_CALL
    assert TellEnded(CALLER, EndReason.GLARE, LATER_CALL) in ended.effects


def test_who_declined_hears_no_more_of_the_call() -> None:
    record = after(call_in(CallState.RINGING), ev.Declined(PHONE, EndReason.DECLINED))
    assert set(told_of_the_end(taken(record, ev.Cancelled(CALLER)))) == {CALLER, TABLET}


@pytest.mark.parametrize("state", LIVING)
def test_both_parties_are_free_when_everybody_has_been_told(state: CallState) -> None:
    *told, last = taken(call_in(state), ev.Stopped(EndReason.RESET)).effects
    assert last == ReleaseLeases()
    assert told
    assert all(isinstance(effect, TellEnded) for effect in told)
