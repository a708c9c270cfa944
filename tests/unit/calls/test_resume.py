"""A page reload: a new handshake between the same two ends, and the caller's wins where two cross."""

import pytest

from signalling.calls import events as ev
from signalling.calls.effects import ForwardResume, Refusal
from signalling.calls.machine import step
from signalling.vocabulary import CallState, EndpointId, Role
from tests.unit.calls.everywhere import remade
from tests.unit.calls.scene import CALLER, PHONE, START, TABLET, after, call_in, record_of, taken

ACTIVE = call_in(CallState.ACTIVE)
BY_CALLER, BY_CALLEE = ev.Resumed(CALLER, 1, b"caller's"), ev.Resumed(TABLET, 1, b"callee's")


@pytest.mark.parametrize(("by", "to"), [(CALLER, TABLET), (TABLET, CALLER)], ids=["caller", "callee"])
@pytest.mark.parametrize("state", [CallState.ACCEPTED, CallState.ACTIVE, CallState.RECONNECTING])
def test_a_resume_and_its_answer_go_to_the_other_end(state: CallState, by: EndpointId, to: EndpointId) -> None:
    resumed = taken(call_in(state), ev.Resumed(by, 1, b"new"))
    assert resumed.effects == (ForwardResume(to),)
    assert taken(record_of(resumed), ev.ResumeAnswered(to, 1)).effects == (ForwardResume(by),)


def test_a_resumed_call_is_connected_again_when_both_ends_say_so() -> None:
    resumed = after(ACTIVE, BY_CALLEE)
    assert (resumed.state, resumed.connected) == (CallState.RECONNECTING, frozenset())
    assert after(resumed, ev.Connected(TABLET)).state is CallState.RECONNECTING
    assert after(resumed, ev.Connected(TABLET), ev.Connected(CALLER)).state is CallState.ACTIVE


def test_an_accepted_call_stays_accepted_and_is_not_accepted_again() -> None:
    resumed = after(call_in(CallState.ACCEPTED), ev.Connected(CALLER), BY_CALLEE)
    assert (resumed.state, resumed.connected, resumed.accepted) == (CallState.ACCEPTED, frozenset(), True)
    assert resumed.deadline == START + 20


@pytest.mark.parametrize("state", [CallState.INVITED, CallState.RINGING, CallState.JOINED])
def test_there_is_nothing_to_resume_before_the_accept(state: CallState) -> None:
    assert step(call_in(state), BY_CALLER, now=START) is Refusal.WRONG_STATE


def test_only_the_two_ends_may_resume() -> None:
    assert step(ACTIVE, ev.Resumed(PHONE, 1, b"phone's"), now=START) is Refusal.WRONG_STATE


@pytest.mark.parametrize("handshake", [1, 2, 3])
def test_a_handshake_is_higher_than_any_that_this_call_has_seen(handshake: int) -> None:
    record = after(ACTIVE, ev.Resumed(TABLET, 3, b"third"))
    assert step(record, ev.Resumed(TABLET, handshake, b"another"), now=START) is Refusal.CONFLICT
    assert after(record, ev.Resumed(TABLET, 4, b"fourth")).handshake == 4


def test_the_same_resume_again_is_forwarded_again() -> None:
    record = after(ACTIVE, BY_CALLEE)
    again = taken(record, BY_CALLEE)
    assert (again.record, again.effects) == (record, (ForwardResume(CALLER),))


def test_a_resume_repeated_after_both_connected_again_breaks_nothing() -> None:
    record = after(ACTIVE, BY_CALLEE, ev.Connected(CALLER), ev.Connected(TABLET))
    again = taken(record, BY_CALLEE)
    assert (record_of(again).state, again.effects) == (CallState.ACTIVE, (ForwardResume(CALLER),))


def test_of_two_crossing_resumes_the_callers_wins_when_it_comes_second() -> None:
    record = after(ACTIVE, BY_CALLEE)
    won = taken(record, BY_CALLER)
    assert won.effects == (ForwardResume(TABLET),)
    assert record_of(won).resumer is Role.CALLER
    assert step(record_of(won), BY_CALLEE, now=START) is Refusal.CONFLICT


def test_of_two_crossing_resumes_the_callers_wins_when_it_comes_first() -> None:
    record = after(ACTIVE, BY_CALLER)
    assert step(record, BY_CALLEE, now=START) is Refusal.CONFLICT
    assert after(record, BY_CALLER) == record


def test_the_answer_to_a_resume_that_lost_is_not_forwarded() -> None:
    won = after(ACTIVE, BY_CALLEE, BY_CALLER)
    assert step(won, ev.ResumeAnswered(CALLER, 1), now=START) is Refusal.CONFLICT
    assert taken(won, ev.ResumeAnswered(TABLET, 1)).effects == (ForwardResume(CALLER),)


@pytest.mark.parametrize("handshake", [0, 1, 3])
def test_an_answer_to_another_handshake_is_not_forwarded(handshake: int) -> None:
    record = after(ACTIVE, ev.Resumed(TABLET, 2, b"second"))
    assert step(record, ev.ResumeAnswered(CALLER, handshake), now=START) is Refusal.CONFLICT


def test_nobody_answers_a_resume_of_their_own() -> None:
    assert step(after(ACTIVE, BY_CALLEE), ev.ResumeAnswered(TABLET, 1), now=START) is Refusal.CONFLICT


def test_after_a_restart_the_ends_may_resume_with_whatever_number_they_had() -> None:
    record = after(remade(accepted=True), ev.Resumed(TABLET, 7, b"seventh"))
    assert record.handshake == 7
