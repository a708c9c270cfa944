"""How long ends are on a relay, as they tell it; of an AV1 call nothing about the child."""

import pytest

from signalling.protocol import messages as msg
from signalling.service.refresh import Refresh
from tests.simulation.ends import new_ref
from tests.simulation.house import House
from tests.simulation.people import EVERYBODY, name

CALLER, LAPTOP, PHONE, TABLET, DEVICE = EVERYBODY
CALL = name("m-the-call")
BY_TLS = msg.Path("relay", "srflx", "tls")


@pytest.fixture
def told(house: House) -> list[tuple[str, float, float]]:
    """What was counted: transport, seconds, bytes."""
    counted: list[tuple[str, float, float]] = []
    house.coordinator.hub.relayed._tell = lambda *what: counted.append(what)
    return counted


async def connected(house: House, end: str, path: msg.Path | None = BY_TLS) -> None:
    await house.say(end, msg.CallConnected(call=CALL, path=path, id=new_ref()))


def seconds(told: list[tuple[str, float, float]]) -> float:
    return sum(one for _, one, _ in told)


async def hang_up(house: House) -> None:
    await house.say(CALLER, msg.CallHangup(call=CALL, reason="hangup", id=new_ref()))  # type: ignore[arg-type]


async def test_an_end_on_a_relay_is_counted_until_the_end_of_the_call(
    house: House, told: list[tuple[str, float, float]]
) -> None:
    await house.call(CALL, CALLER, TABLET)
    await connected(house, CALLER)
    await house.pass_time(40)
    await hang_up(house)

    assert [transport for transport, *_ in told] == ["tls"]
    assert seconds(told) == pytest.approx(40)
    assert house.coordinator.hub.relayed.live == 0


async def test_a_direct_path_costs_nothing(house: House, told: list[tuple[str, float, float]]) -> None:
    await house.call(CALL, CALLER, TABLET)
    await connected(house, CALLER, msg.Path("host", "relay"))
    await connected(house, TABLET, None)
    await hang_up(house)

    assert told == []


async def test_a_path_that_is_lost_or_that_changes_is_counted_for_as_long_as_it_was(
    house: House, told: list[tuple[str, float, float]]
) -> None:
    await house.call(CALL, CALLER, TABLET)
    await connected(house, CALLER)
    await house.pass_time(10)
    await house.say(CALLER, msg.CallLost(call=CALL, id=new_ref()))
    await house.pass_time(5)
    await connected(house, CALLER, msg.Path("relay", "relay", "udp"))
    await house.pass_time(7)
    await connected(house, CALLER, msg.Path("srflx", "host"))
    await house.pass_time(20)
    await hang_up(house)

    assert [(transport, round(one)) for transport, one, _ in told] == [("tls", 10), ("udp", 7)]


async def test_bytes_come_from_the_ends_own_rates(house: House, told: list[tuple[str, float, float]]) -> None:
    await house.call(CALL, CALLER, TABLET)
    await connected(house, CALLER)
    for _ in range(3):
        await house.pass_time(10)
        await house.say(CALLER, msg.CallQuality(call=CALL, received_kbps=500, sent_kbps=300, id=new_ref()))
    await house.say(TABLET, msg.CallQuality(call=CALL, received_kbps=9999, id=new_ref()))
    await hang_up(house)

    assert sum(carried for *_, carried in told) == 3 * 10 * 800 * 125
    assert seconds(told) == pytest.approx(30)


async def test_after_its_cap_a_call_gets_no_more_and_its_relays_are_ended(house: House) -> None:
    ice: Refresh = house.coordinator.hub.ice
    ice._cap_seconds = 600
    await house.call(CALL, CALLER, TABLET)
    await house.pass_time(590)
    assert house.coordinator.ended_relays == []
    given = list(next(iter(ice._names.values())))

    await house.pass_time(120)

    assert set(house.coordinator.ended_relays) >= set(given)
    assert await ice.give(next(iter(ice._first_at))) == []
    assert house.coordinator.book.live(), "the call itself goes on"
    await hang_up(house)
    assert ice._first_at == {}
