"""One call at a time: who is free, who is busy, and which of two that ring each other goes on."""

from dataclasses import replace

import pytest

from signalling.calls.leases import Busy, Free, GlareLost, GlareWon, Lease, Replaces, Verdict, judge
from signalling.calls.record import CallRecord
from signalling.vocabulary import CallId, CallState, EndpointId, PartyId, Role
from tests.unit.calls.scene import CALL, CALLER, GRANDCHILD, GRANDMOTHER, LATER_CALL, PHONE, STRANGER, TABLET, call_in

UNCLE = PartyId("person-uncle----------")
EARLIER_CALL = CallId("---an-earlier-call----")
NOT_ACCEPTED = [CallState.INVITED, CallState.RINGING, CallState.JOINED]
ACCEPTED = [CallState.ACCEPTED, CallState.ACTIVE, CallState.RECONNECTING]


def grandmother_calls_back(*held: CallRecord, call: CallId = LATER_CALL, by: EndpointId = PHONE) -> Verdict:
    return judge(call, caller=by, caller_party=GRANDMOTHER, callee_party=GRANDCHILD, held=held)


def grandchild_calls_again(*held: CallRecord, call: CallId = LATER_CALL, by: EndpointId = CALLER) -> Verdict:
    return judge(call, caller=by, caller_party=GRANDCHILD, callee_party=GRANDMOTHER, held=held)


def test_who_is_in_no_call_is_free() -> None:
    assert grandchild_calls_again() == Free()


def test_a_call_that_has_ended_holds_nobody() -> None:
    assert grandchild_calls_again(call_in(CallState.ENDED)) == Free()


def test_a_call_is_not_in_its_own_way() -> None:
    assert grandchild_calls_again(call_in(CallState.RINGING), call=CALL) == Free()


@pytest.mark.parametrize("state", NOT_ACCEPTED)
def test_when_two_ring_each_other_the_smaller_call_goes_on(state: CallState) -> None:
    held = call_in(state)
    assert grandmother_calls_back(held, call=LATER_CALL) == GlareLost(CALL)
    assert grandmother_calls_back(held, call=EARLIER_CALL) == GlareWon(CALL)


@pytest.mark.parametrize("by", [PHONE, TABLET])
def test_glare_is_between_people_whichever_endpoint_they_use(by: EndpointId) -> None:
    assert grandmother_calls_back(call_in(CallState.RINGING), by=by) == GlareLost(CALL)


@pytest.mark.parametrize("state", ACCEPTED)
def test_a_call_that_was_accepted_is_no_glare(state: CallState) -> None:
    assert grandmother_calls_back(call_in(state), call=EARLIER_CALL) == Busy()


@pytest.mark.parametrize("state", [*NOT_ACCEPTED, *ACCEPTED])
def test_the_same_endpoint_calling_the_same_person_again_replaces_its_earlier_call(state: CallState) -> None:
    assert grandchild_calls_again(call_in(state)) == Replaces(CALL)


@pytest.mark.parametrize("state", [*NOT_ACCEPTED, *ACCEPTED])
def test_another_endpoint_of_the_same_caller_is_busy(state: CallState) -> None:
    assert grandchild_calls_again(call_in(state), by=STRANGER) == Busy()


@pytest.mark.parametrize("state", [*NOT_ACCEPTED, *ACCEPTED])
def test_calling_somebody_else_while_in_a_call_is_busy(state: CallState) -> None:
    verdict = judge(EARLIER_CALL, caller=CALLER, caller_party=GRANDCHILD, callee_party=UNCLE, held=[call_in(state)])
    assert verdict == Busy()


@pytest.mark.parametrize("state", [*NOT_ACCEPTED, *ACCEPTED])
def test_calling_somebody_who_is_in_a_call_is_busy(state: CallState) -> None:
    for called in (GRANDCHILD, GRANDMOTHER):
        verdict = judge(EARLIER_CALL, caller=STRANGER, caller_party=UNCLE, callee_party=called, held=[call_in(state)])
        assert verdict == Busy()


def test_one_busy_party_is_enough() -> None:
    elsewhere = replace(call_in(CallState.ACTIVE), call=EARLIER_CALL, callee_party=UNCLE)
    assert grandmother_calls_back(call_in(CallState.RINGING), elsewhere) == Busy()
    assert grandmother_calls_back(elsewhere, call_in(CallState.RINGING)) == Busy()


def test_both_sides_of_a_glare_name_the_same_winner() -> None:
    """Whichever invite comes first, the same call goes on."""
    hers = call_in(CallState.INVITED)
    other_way = replace(
        hers, call=LATER_CALL, caller=PHONE, caller_party=GRANDMOTHER, callee_party=GRANDCHILD, rings=()
    )
    assert grandmother_calls_back(hers, call=LATER_CALL) == GlareLost(CALL)
    assert grandchild_calls_again(other_way, call=CALL) == GlareWon(LATER_CALL)


def test_a_lease_names_call_peer_and_role_and_prints_none() -> None:
    lease = Lease(CALL, GRANDMOTHER, Role.CALLER)
    assert CALL not in repr(lease)
    assert GRANDMOTHER not in repr(lease)
