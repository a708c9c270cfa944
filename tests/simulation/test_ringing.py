"""Whose call goes on: crossing invites, several endpoints, and words that come too late."""

import asyncio

import pytest

from signalling.protocol import messages as msg
from signalling.protocol.codec import raw_box
from signalling.protocol.errors import CloseCode
from signalling.vocabulary import CallState, EndReason
from tests.simulation.coordinator import minted_a_moment_later
from tests.simulation.ends import End, new_ref
from tests.simulation.house import House
from tests.simulation.people import EVERYBODY, GRANDCHILD, GRANDMOTHER, KOMP, name

CALLER, LAPTOP, PHONE, TABLET, DEVICE = EVERYBODY
CALL, SMALLER, GREATER = name("m-the-call"), name("a-call"), name("z-call")


async def unread(end: End) -> list[msg.Message]:
    """What it has heard and not yet taken in."""
    assert end.socket is not None
    heard, end.socket.unread = end.socket.unread, []
    return heard


def live(house: House) -> dict[str, CallState]:
    return {str(record.call): record.state for record in house.coordinator.book.live()}


@pytest.mark.parametrize("first", ["the smaller first", "the greater first"])
async def test_when_two_call_each_other_the_smaller_call_goes_on(house: House, first: str) -> None:
    invites = [
        house.ends[CALLER].say(house.coordinator, house.ends[CALLER].invites(SMALLER, GRANDMOTHER)),
        house.ends[TABLET].say(house.coordinator, house.ends[TABLET].invites(GREATER, GRANDCHILD)),
    ]
    await asyncio.gather(*(invites if first == "the smaller first" else invites[::-1]))
    assert list(live(house)) == [SMALLER]
    heard = await unread(house.ends[TABLET])
    named = [one.winner for one in heard if isinstance(one, msg.Error | msg.CallEnded)]
    assert named == [SMALLER]
    assert any(isinstance(one, msg.CallRing) and one.call == SMALLER for one in heard)


async def test_a_crossing_call_after_the_accept_is_busy(house: House) -> None:
    await house.call(CALL, CALLER, TABLET)
    await house.ends[PHONE].say(house.coordinator, house.ends[PHONE].invites(SMALLER, GRANDCHILD))
    assert [one.code for one in await unread(house.ends[PHONE]) if isinstance(one, msg.Error)] == ["busy"]
    assert live(house) == {CALL: CallState.ACTIVE}


async def test_calling_again_replaces_ones_own_earlier_call(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    await house.call(GREATER, CALLER, DEVICE, up_to=1)
    assert live(house) == {GREATER: CallState.INVITED}
    assert house.coordinator.book.stories[CALL][-1].record.reason is EndReason.REPLACED


async def test_a_komp_in_a_call_is_busy_for_everybody_else(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE, up_to=1)
    await house.ends[PHONE].say(house.coordinator, house.ends[PHONE].invites(SMALLER, KOMP))
    assert [one.code for one in await unread(house.ends[PHONE]) if isinstance(one, msg.Error)] == ["busy"]


async def test_a_device_never_calls(house: House) -> None:
    await house.ends[DEVICE].say(house.coordinator, house.ends[DEVICE].invites(CALL, GRANDCHILD))
    assert [one.code for one in await unread(house.ends[DEVICE]) if isinstance(one, msg.Error)] == ["not_allowed"]
    assert live(house) == {}


async def test_of_two_joins_at_once_one_wins_and_the_other_hears_taken(house: House) -> None:
    await house.call(CALL, CALLER, TABLET, up_to=2)
    ends = [house.ends[TABLET], house.ends[PHONE]]
    await asyncio.gather(*(end.say(house.coordinator, end.joins(CALL)) for end in ends))
    heard = [await unread(end) for end in ends]
    assert any(isinstance(one, msg.Ok) for one in heard[0])
    assert [one.code for one in heard[1] if isinstance(one, msg.Error)] == ["taken"]
    joined = [one for one in await unread(house.ends[CALLER]) if isinstance(one, msg.CallJoined)]
    assert [one.endpoint for one in joined] == [TABLET]


async def test_after_the_join_an_invite_rings_nowhere_and_nobody_is_wanted(house: House) -> None:
    await house.call(CALL, CALLER, TABLET, up_to=3)
    invite = house.ends[CALLER].calls[CALL].invite
    assert invite is not None
    before = house.coordinator.book.stories[CALL][-1].heard.copy()
    await house.say(CALLER, invite)
    await house.connect(PHONE, TABLET)
    assert house.coordinator.book.faults == []
    since = house.coordinator.book.stories[CALL][-1].heard - before
    assert not {msg.CallRing, msg.CallWanted} & {kind for _, kind in since}


async def test_boxes_go_to_the_other_end_as_they_came_and_to_nobody_else(house: House) -> None:
    await house.call(CALL, CALLER, TABLET)
    box = msg.SealedBox(call=CALL, handshake=0, ack=3, seq=7, box=raw_box("c2VhbGVk"))
    await house.ends[CALLER].say(house.coordinator, box)
    assert [one for one in await unread(house.ends[TABLET]) if isinstance(one, msg.ForwardedBox)] == [
        msg.ForwardedBox(call=CALL, handshake=0, ack=3, seq=7, box=raw_box("c2VhbGVk"))
    ]
    for other in (LAPTOP, PHONE, DEVICE):
        assert await unread(house.ends[other]) == []


@pytest.mark.parametrize(("by", "code"), [(PHONE, "wrong_state"), (DEVICE, "unknown_call")])
async def test_a_box_of_one_who_is_not_an_end_is_refused(house: House, by: str, code: str) -> None:
    await house.call(CALL, CALLER, TABLET)
    await house.ends[by].say(house.coordinator, msg.SealedBox(call=CALL, handshake=0, ack=0))
    assert [one.code for one in await unread(house.ends[by]) if isinstance(one, msg.Error)] == [code]
    assert await unread(house.ends[CALLER]) == []


@pytest.mark.parametrize("how", ["it ends", "it is taken"])
async def test_a_ring_still_being_prepared_is_not_sent_when_it_is_too_late(house: House, how: str) -> None:
    """ICE servers may come a moment later; meanwhile the call has gone on."""
    house.restart(minted_a_moment_later)
    await house.connect()
    caller, tablet = house.ends[CALLER], house.ends[TABLET]
    said: msg.ClientMessage = tablet.joins(CALL)
    if how == "it ends":
        said = msg.CallDecline(call=CALL, everywhere=True, id=new_ref())

    async def as_soon_as_there_is_a_call() -> None:
        for _ in range(100):
            await asyncio.sleep(0)
            if live(house):
                break
        await tablet.say(house.coordinator, said)

    await asyncio.gather(caller.say(house.coordinator, caller.invites(CALL, GRANDMOTHER)), as_soon_as_there_is_a_call())
    assert house.coordinator.book.faults == []


async def test_a_superseded_session_hears_nothing_and_changes_nothing(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    zombie, socket = house.ends[CALLER].session, house.ends[CALLER].socket
    await house.connect(CALLER)
    assert zombie is not None
    assert socket is not None
    assert (socket.is_open, socket.close_code) == (False, CloseCode.SUPERSEDED)
    await house.coordinator.hear(zombie, msg.CallHangup(call=CALL, id=new_ref()))
    assert live(house) == {CALL: CallState.ACTIVE}
