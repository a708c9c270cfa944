"""A change in the circle reaches whoever is connected: sockets close, calls end, nobody is seen who may not be."""

from dataclasses import dataclass, field

import pytest

from signalling.people.circle import ChangeKind, Changes, Endpoint
from signalling.protocol import messages as msg
from signalling.protocol.errors import CloseCode
from signalling.vocabulary import CallState, EndReason, PartyId, PresenceState
from tests.simulation.house import House
from tests.simulation.people import HOMES, KOMP, Family

GRANDCHILD = next(party for party in HOMES if party != KOMP)
APP, SCREEN = HOMES[GRANDCHILD][0], HOMES[KOMP][0]


@dataclass
class Moving:
    """What a family's circle answers from now on."""

    family: Family
    log: list[tuple[PartyId, ChangeKind]] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)
    suspended: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._endpoint, self._may_see = self.family.endpoint, self.family.may_see
        for name in ("endpoint", "may_see", "refuses", "changes"):
            setattr(self.family, name, getattr(self, name))

    async def endpoint(self, endpoint: str) -> Endpoint | None:
        return None if endpoint in self.revoked else await self._endpoint(endpoint)

    async def may_see(self, watcher: Endpoint, endpoint: str) -> bool:
        return endpoint not in self.hidden and await self._may_see(watcher, endpoint)

    async def refuses(self, party: str) -> bool:
        return party in self.suspended

    async def changes(self, after: int) -> Changes:
        return Changes(len(self.log), dict(self.log[after:]))

    def happened(self, party: str, kind: ChangeKind) -> None:
        self.log.append((PartyId(party), kind))


@pytest.fixture
async def house() -> House:
    one = House()
    await one.connect()
    return one


@pytest.fixture
async def circle(house: House) -> Moving:
    moving = Moving(house.coordinator.family)
    await house.pass_time(1)  # the first look only learns where to begin
    return moving


async def test_a_revoked_endpoint_loses_its_socket(house: House, circle: Moving) -> None:
    circle.revoked.add(APP)
    circle.happened(GRANDCHILD, ChangeKind.REVOKED)
    await house.pass_time(1)
    socket = house.ends[APP].socket
    assert socket is not None
    assert socket.close_code is CloseCode.REVOKED


async def test_an_endpoint_that_nothing_happened_to_stays(house: House, circle: Moving) -> None:
    circle.happened(GRANDCHILD, ChangeKind.LINKED)
    await house.pass_time(1)
    assert all(end.socket is not None and end.socket.close_code is None for end in house.ends.values())


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (ChangeKind.UNLINKED, EndReason.ADMIN_FORCED),
        (ChangeKind.RESET, EndReason.RESET),
        (ChangeKind.ERASED, EndReason.ERASED),
    ],
)
async def test_a_call_that_may_not_be_any_more_ends_at_once(
    house: House, circle: Moving, kind: ChangeKind, reason: EndReason
) -> None:
    await house.call("call-1".ljust(22, "-"), APP, SCREEN)
    circle.family.unlink(KOMP)
    circle.happened(KOMP, kind)
    await house.coordinator.hub.tick()
    record = (await house.coordinator.state.calls.every())[0]
    assert (record.state, record.reason) == (CallState.ENDED, reason)


async def test_a_suspended_device_ends_its_call(house: House, circle: Moving) -> None:
    await house.call("call-1".ljust(22, "-"), APP, SCREEN)
    circle.suspended.add(KOMP)
    circle.happened(KOMP, ChangeKind.SUSPENDED)
    await house.coordinator.hub.tick()
    assert (await house.coordinator.state.calls.every())[0].reason is EndReason.SUSPENDED


async def test_a_call_that_still_may_be_goes_on(house: House, circle: Moving) -> None:
    await house.call("call-1".ljust(22, "-"), APP, SCREEN)
    circle.happened(KOMP, ChangeKind.LINKED)
    await house.coordinator.hub.tick()
    assert (await house.coordinator.state.calls.every())[0].state is CallState.ACTIVE


async def test_presence_of_somebody_who_may_not_be_seen_any_more_is_nothing(house: House, circle: Moving) -> None:
    await house.say(APP, msg.PresenceWatch([SCREEN], id="w"))
    socket = house.ends[APP].socket
    assert socket is not None
    circle.hidden.add(SCREEN)
    circle.happened(KOMP, ChangeKind.UNLINKED)
    await house.coordinator.hub.tick()
    told = [message for message in socket.unread if isinstance(message, msg.CircleChanged | msg.Presence)]
    assert [type(message) for message in told] == [msg.CircleChanged, msg.Presence]
    assert told[1] == msg.Presence(SCREEN, PresenceState.DISCONNECTED)
