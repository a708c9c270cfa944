"""Restart and return: the ends remember, the server forgets, and a call outlives every socket and the server itself."""

import pytest

from signalling.protocol import messages as msg
from signalling.vocabulary import CallState, EndReason
from tests.simulation.ends import new_ref
from tests.simulation.house import House
from tests.simulation.people import EVERYBODY, KOMP, name

CALLER, LAPTOP, PHONE, TABLET, DEVICE = EVERYBODY
CALL = name("m-the-call")
JOINED, ACCEPTED, ACTIVE = 3, 5, 6


def state_of(house: House, call: str = CALL) -> CallState | None:
    """Where the record stands; None if there is none."""
    told = house.coordinator.book.stories.get(call, [])
    return told[-1].record.state if told and not told[-1].is_buried else None


def made_again_as(house: House) -> CallState | None:
    """In which state the call's newest record began, if the call lives."""
    return house.coordinator.book.stories[CALL][-1].began_as if state_of(house) else None


def reason_of(house: House, call: str = CALL) -> EndReason | None:
    """Why it ended."""
    return house.coordinator.book.stories[call][-1].record.reason


async def knows(house: House, endpoint: str, call: str = CALL) -> bool:
    """Whether the session of that endpoint still names the call."""
    facts = await house.coordinator.state.sessions.facts(endpoint)
    return facts is not None and call in [one.call for one in facts.named]


# ------------------------------------------------------------- lost sockets


@pytest.mark.parametrize("steps", [JOINED, ACCEPTED, ACTIVE])
async def test_a_call_outlives_both_sockets(house: House, steps: int) -> None:
    await house.call(CALL, CALLER, DEVICE, up_to=steps)
    before = state_of(house)
    await house.lose(CALLER, DEVICE)
    await house.pass_time(5)
    await house.connect(DEVICE, CALLER)
    assert state_of(house) is before


async def test_the_other_end_hears_that_a_socket_went_and_came(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    heard = house.coordinator.book.stories[CALL][-1].heard
    await house.lose(DEVICE)
    assert heard[CALLER, msg.CallPeer] == 1
    await house.connect(DEVICE)
    assert heard[CALLER, msg.CallPeer] == 2


async def test_an_active_call_lives_while_one_end_is_there(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    await house.lose(DEVICE)
    await house.pass_time(600)
    assert state_of(house) is CallState.ACTIVE


async def test_the_server_forgets_an_active_call_when_no_end_was_there_for_forty_five_seconds(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    await house.lose(CALLER, DEVICE)
    await house.pass_time(44)
    assert state_of(house) is CallState.ACTIVE
    await house.pass_time(2)
    assert state_of(house) is None


@pytest.mark.parametrize("endpoint", [CALLER, DEVICE])
async def test_a_reload_before_the_accept_ends_the_call(house: House, endpoint: str) -> None:
    await house.call(CALL, CALLER, DEVICE, up_to=JOINED)
    house.ends[endpoint].calls.clear()
    await house.connect(endpoint)
    assert (state_of(house), reason_of(house)) == (CallState.ENDED, EndReason.LOST_NETWORK)


@pytest.mark.parametrize("steps", [1, 2])
async def test_a_ring_outlives_its_callers_new_socket(house: House, steps: int) -> None:
    await house.call(CALL, CALLER, TABLET, up_to=steps)
    before = state_of(house)
    await house.connect(CALLER)
    assert state_of(house) is before


async def test_a_call_of_one_endpoint_is_not_ended_by_another_of_the_same_person(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    await house.connect(LAPTOP)
    assert state_of(house) is CallState.ACTIVE


async def test_an_endpoint_that_comes_while_it_rings_is_rung(house: House) -> None:
    await house.lose(TABLET)
    await house.call(CALL, CALLER, PHONE, up_to=2)
    await house.connect(TABLET)
    heard = house.coordinator.book.stories[CALL][-1].heard
    assert heard[CALLER, msg.CallWanted] == 1
    assert heard[TABLET, msg.CallRing] == 1


# ----------------------------------------------------------------- restarts


@pytest.mark.parametrize("order", [(CALLER, DEVICE), (DEVICE, CALLER)], ids=["caller first", "callee first"])
@pytest.mark.parametrize(
    ("steps", "lesser"), [(JOINED, CallState.JOINED), (ACTIVE, CallState.RECONNECTING)], ids=["joined", "accepted"]
)
async def test_a_restarted_server_makes_a_call_again_that_both_ends_name(
    house: House, order: tuple[str, str], steps: int, lesser: CallState
) -> None:
    await house.call(CALL, CALLER, DEVICE, up_to=steps)
    house.restart()
    await house.connect(order[0])
    assert state_of(house) is None
    await house.pass_time(3600)
    await house.connect(order[1])
    assert made_again_as(house) is lesser


@pytest.mark.parametrize("order", [(CALLER, DEVICE), (DEVICE, CALLER)], ids=["caller first", "callee first"])
async def test_a_call_made_again_is_active_as_soon_as_both_ends_are_there(house: House, order: tuple[str, str]) -> None:
    """The first to come tells it to a server that knows of no call, and again when the other's socket comes."""
    await house.call(CALL, CALLER, DEVICE)
    house.restart()
    await house.connect(*order)
    assert state_of(house) is CallState.ACTIVE


async def test_a_call_that_only_one_end_accepted_is_made_again_as_joined_and_accepted_anew(house: House) -> None:
    """The callee's accept was on its way when the server died; it says it again after `ready`."""
    await house.call(CALL, CALLER, DEVICE, up_to=JOINED)
    await house.say(DEVICE, msg.CallAccept(call=CALL, id=new_ref()))  # and the box inside was lost
    house.restart()
    await house.connect(CALLER, DEVICE)
    states = [state for call, state in house.coordinator.book.history if call == CALL]
    assert states == [CallState.JOINED, CallState.ACCEPTED]


async def test_a_ring_goes_on_after_a_restart_because_its_caller_repeats_it(house: House) -> None:
    await house.call(CALL, CALLER, TABLET, up_to=2)
    house.restart()
    await house.connect()
    assert state_of(house) is CallState.INVITED
    assert house.coordinator.book.stories[CALL][-1].rung == {PHONE, TABLET}


async def test_a_call_is_not_made_again_between_ends_that_name_others(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    house.ends[DEVICE].calls[CALL].peer = LAPTOP
    house.restart()
    await house.connect(CALLER, DEVICE)
    assert state_of(house) is None


async def test_a_call_is_not_made_again_if_both_claim_the_same_role(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    house.ends[DEVICE].calls[CALL].role = house.ends[CALLER].calls[CALL].role
    house.restart()
    await house.connect(CALLER, DEVICE)
    assert state_of(house) is None


async def test_a_call_is_not_made_again_if_the_link_is_gone(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    house.restart()
    house.coordinator.family.unlink(KOMP)
    await house.connect(CALLER, DEVICE)
    assert state_of(house) is None


async def test_a_call_the_server_forgot_for_want_of_sessions_is_made_again(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    await house.lose(CALLER, DEVICE)
    await house.pass_time(60)
    await house.connect(CALLER, DEVICE)
    assert made_again_as(house) is CallState.RECONNECTING


async def test_ends_that_come_back_in_the_moment_the_server_forgets_go_on(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    await house.lose(CALLER, DEVICE)
    await house.pass_time(45)
    await house.connect(CALLER, DEVICE)
    assert house.ends[CALLER].calls.keys() == house.ends[DEVICE].calls.keys() == {CALL}
    await house.pass_time(1)
    assert made_again_as(house) is CallState.RECONNECTING


async def test_an_end_that_missed_the_end_hears_of_it_when_it_comes_back(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    await house.lose(DEVICE)
    await house.say(CALLER, msg.CallHangup(call=CALL, id=new_ref()))
    await house.connect(DEVICE)
    assert house.ends[DEVICE].calls == {}


async def test_a_call_that_ended_is_not_made_again_by_ends_that_missed_it(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE, up_to=ACCEPTED)
    await house.lose(CALLER, DEVICE)
    await house.pass_time(22)  # ice_failed
    await house.connect(CALLER, DEVICE)
    assert state_of(house) is None


async def test_an_end_that_comes_back_alone_is_not_told_that_its_call_ended(house: House) -> None:
    """The call is pending, its media go on: only an end without media for thirty seconds ends it."""
    await house.call(CALL, CALLER, DEVICE)
    await house.lose(CALLER, DEVICE)
    await house.pass_time(60)
    end = house.ends[CALLER]
    await end.connect(house.coordinator)
    await end.say(house.coordinator, msg.CallConnected(call=CALL, id="again"))
    assert end.socket is not None
    answers = [heard for heard in end.socket.unread if isinstance(heard, msg.Error)]
    assert [answer.code for answer in answers] == ["unknown_call"]


async def test_an_end_that_hung_up_while_the_call_was_pending_is_not_called_back_into_it(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    house.restart()
    await house.connect(CALLER)
    await house.say(CALLER, msg.CallHangup(call=CALL, id=new_ref()))
    await house.connect(DEVICE)
    assert state_of(house) is None


async def test_what_an_end_hung_up_while_pending_is_forgotten_by_its_session(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    house.restart()
    await house.connect(CALLER)
    assert await knows(house, CALLER)
    await house.say(CALLER, msg.CallHangup(call=CALL, id=new_ref()))
    assert not await knows(house, CALLER)


async def test_a_hello_that_names_a_call_that_is_over_leaves_no_name_behind(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE, up_to=ACCEPTED)
    await house.lose(CALLER, DEVICE)
    await house.pass_time(22)
    await house.connect(CALLER)
    assert not await knows(house, CALLER)


# ------------------------------------------------------------------- drains


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
async def test_a_stopping_server_ends_calls_without_media(house: House, steps: int) -> None:
    await house.call(CALL, CALLER, DEVICE, up_to=steps)
    await house.happen(house.coordinator.hub.drain())
    assert (state_of(house), reason_of(house)) == (CallState.ENDED, EndReason.DRAINED)


@pytest.mark.parametrize("steps", [ACCEPTED, ACTIVE])
async def test_a_stopping_server_leaves_calls_with_media_to_their_ends(house: House, steps: int) -> None:
    await house.call(CALL, CALLER, DEVICE, up_to=steps)
    await house.happen(house.coordinator.hub.drain())
    house.restart()
    await house.connect(CALLER, DEVICE)
    assert made_again_as(house) is CallState.RECONNECTING


async def test_a_stopping_server_takes_no_new_calls_and_says_where_to_go(house: House) -> None:
    end = house.ends[CALLER]
    await house.coordinator.hub.drain()
    assert end.socket is not None
    assert [type(heard) for heard in end.socket.unread] == [msg.GoAway]
    await house.say(CALLER, end.invites(CALL, KOMP))
    assert CALL not in end.calls or state_of(house) is None


async def test_who_resumes_and_its_peer_get_fresh_ice_servers_before_the_resume_is_told() -> None:
    house = House()
    await house.connect()
    await house.call(CALL, CALLER, DEVICE)
    session = house.ends[CALLER].session
    assert session is not None
    await house.coordinator.hear(session, msg.CallResume(CALL, handshake=1, from_key=1, key=1, box="cmluZw", id="r"))
    sockets = [house.ends[endpoint].socket for endpoint in (CALLER, DEVICE)]
    kinds = [[type(one) for one in socket.unread] for socket in sockets if socket is not None]
    assert kinds == [[msg.IceRefresh, msg.Ok], [msg.IceRefresh, msg.ForwardedResume]]
