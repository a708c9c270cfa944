"""ICE servers of live calls: fresh at half life, only for those who are in the call, and gone with it."""

import pytest

from signalling.protocol import messages as msg
from signalling.service.refresh import Given
from tests.simulation.coordinator import MINTED_SECONDS
from tests.simulation.ends import End, new_ref
from tests.simulation.house import House
from tests.simulation.people import EVERYBODY, name

CALLER, LAPTOP, PHONE, TABLET, DEVICE = EVERYBODY
CALL = name("m-the-call")
JOINED = 3


def refreshed(end: End) -> list[str]:
    """The user names of the ICE servers that came for its call, not counting those of invite and ring."""
    assert end.socket is not None
    heard, end.socket.unread = end.socket.unread, []
    return [str(one.ice_servers[0].username) for one in heard if isinstance(one, msg.IceRefresh) and one.call == CALL]


async def live_for(house: House, seconds: float) -> None:
    """Time passes, and nobody takes in what comes."""
    await house.coordinator.pass_time(seconds)


@pytest.mark.parametrize("up_to", [JOINED, 6])
async def test_both_ends_get_fresh_ones_of_their_own_at_half_life(house: House, up_to: int) -> None:
    await house.call(CALL, CALLER, TABLET, up_to=up_to)
    await live_for(house, MINTED_SECONDS / 2 - 35)
    assert refreshed(house.ends[CALLER]) == []
    if up_to == JOINED:
        await house.say(TABLET, *house.ends[TABLET].accepts(CALL))
        await house.say(CALLER, msg.CallConnected(call=CALL, id=new_ref()))
        await house.say(TABLET, msg.CallConnected(call=CALL, id=new_ref()))

    await live_for(house, 36)

    caller, callee = refreshed(house.ends[CALLER]), refreshed(house.ends[TABLET])
    assert len(caller) == len(callee) == 1
    assert caller != callee
    for other in (LAPTOP, PHONE, DEVICE):
        assert refreshed(house.ends[other]) == []


async def test_a_long_call_never_holds_a_dead_credential(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    names: list[str] = []
    for _ in range(20):
        await live_for(house, MINTED_SECONDS / 2)
        for end in (CALLER, DEVICE):
            fresh = refreshed(house.ends[end])
            assert fresh, "at half life"
            names += fresh
            until = float(fresh[-1].partition(":")[0])
            assert house.clock.now() < until + MINTED_SECONDS / 2
    assert len(set(names)) == len(names) >= 40


async def test_an_end_that_was_away_gets_fresh_ones_when_it_is_back(house: House) -> None:
    await house.call(CALL, CALLER, TABLET)
    await house.lose(TABLET)
    await house.ends[TABLET].connect(house.coordinator)

    assert len(refreshed(house.ends[TABLET])) == 1


async def test_both_ends_of_a_call_that_is_made_again_get_fresh_ones(house: House) -> None:
    await house.call(CALL, CALLER, DEVICE)
    house.restart()
    for end in (CALLER, DEVICE):
        await house.ends[end].connect(house.coordinator)

    assert len(refreshed(house.ends[CALLER])) == len(refreshed(house.ends[DEVICE])) == 1
    for end in (CALLER, DEVICE):
        await house.say(end, msg.CallConnected(call=CALL, id=new_ref()))
    await live_for(house, MINTED_SECONDS / 2)
    assert len(refreshed(house.ends[CALLER])) == len(refreshed(house.ends[DEVICE])) == 1


async def test_when_a_provider_falls_every_call_gets_fresh_ones_within_a_second(house: House) -> None:
    await house.call(CALL, CALLER, TABLET)

    house.coordinator.hub.ice.renew_all()
    await live_for(house, 1)

    assert len(refreshed(house.ends[CALLER])) == len(refreshed(house.ends[TABLET])) == 1


@pytest.mark.parametrize("up_to", [1, 2, 3, 6])
async def test_at_the_end_every_name_that_was_given_is_ended_and_forgotten(house: House, up_to: int) -> None:
    await house.call(CALL, CALLER, TABLET, up_to=up_to)
    ice = house.coordinator.hub.ice
    given = list(ice._names[CALL])  # type: ignore[index]
    assert len(set(given)) == len(given) >= 2

    ending: msg.ClientMessage = msg.CallHangup(call=CALL, reason="hangup", id=new_ref())  # type: ignore[arg-type]
    if up_to < JOINED:
        ending = msg.CallCancel(call=CALL, id=new_ref())
    await house.say(CALLER, ending)

    assert sorted(house.coordinator.ended_relays) == sorted(given)
    assert (ice.live, ice._names) == (0, {})
    await live_for(house, 200)
    assert refreshed(house.ends[CALLER]) == []


async def test_a_call_that_another_node_ended_is_found_out_when_its_next_are_due(house: House) -> None:
    await house.call(CALL, CALLER, TABLET)
    kept = await house.coordinator.state.calls.get(CALL)
    assert kept is not None
    del house.coordinator._records._records[kept.record.call]  # type: ignore[attr-defined]

    await house.coordinator.hub.ice.deadlines.fire_due()
    house.clock.moment += MINTED_SECONDS
    await house.coordinator.hub.ice.deadlines.fire_due()

    assert house.coordinator.hub.ice.live == 0
    assert len(house.coordinator.ended_relays) >= 2


async def test_what_never_expires_is_not_sent_again_and_nothing_is_held_of_it(house: House) -> None:
    async def fixed(_: float) -> Given:
        return Given([msg.IceServer(urls=["stun:stun.example"])], float("inf"))

    house.restart(fixed)
    await house.connect()
    await house.call(CALL, CALLER, TABLET)

    assert house.coordinator.hub.ice.live == 0
    await live_for(house, 3000)
    assert refreshed(house.ends[CALLER]) == []
