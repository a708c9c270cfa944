"""Blocks of robots: kept as soon as the circle can keep them, and told to a device when they change."""

import io
import json
from typing import Any, cast

import pytest

from signalling.observe.log import Log
from signalling.people.circle import Circle, Endpoint
from signalling.protocol import messages as msg
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.service.blocks import Blocks
from signalling.service.session import Session
from signalling.state.local import local_state
from signalling.store.faults import StoreError
from signalling.vocabulary import EndpointId, PartyId, PartyKind, PresenceState
from tests.clock import ManualClock

ROBOT = PartyId("robot".ljust(22, "-"))
AT = EndpointId("at-the-robot".ljust(22, "-"))


class Kept:
    """The few answers of a circle that matter here; its database may be away."""

    def __init__(self) -> None:
        self.blocked: set[str] = set()
        self.is_away = False
        self.takes = True

    async def is_blocked(self, party: str) -> bool:
        return party in self.blocked

    async def block(self, robot: PartyId) -> bool:
        if self.is_away:
            raise StoreError("away")
        if self.takes:
            self.blocked.add(robot)
        return self.takes


class Scene:
    def __init__(self, kind: PartyKind = PartyKind.AV1) -> None:
        self.circle, self.log, self.sent = Kept(), io.StringIO(), list[dict[str, Any]]()
        self.state, clock = local_state(), ManualClock()
        self.blocks = Blocks(
            state=self.state,
            circle=cast("Circle", self.circle),
            clock=clock,
            log=Log(clock, stream=self.log),
        )
        who = Endpoint(AT, b"", ROBOT, kind)
        self.session = Session("s1", cast("Any", None), who, cast("Any", self), cast("Any", None))

    def send(self, frame: bytes) -> None:
        self.sent.append(json.loads(frame))

    @property
    def logged(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.log.getvalue().splitlines()]

    async def seen_as(self) -> PresenceState:
        return (await self.state.presence.get(AT)).state


async def test_a_block_that_the_database_could_not_keep_is_kept_as_soon_as_it_is_back() -> None:
    scene = Scene()
    scene.circle.is_away = True
    await scene.blocks.recorded(ROBOT)
    await scene.blocks.settle()
    assert scene.logged == []
    scene.circle.is_away = False
    await scene.blocks.settle()
    await scene.blocks.settle()
    assert scene.circle.blocked == {ROBOT}
    assert scene.logged == ["robot.blocked"]


async def test_what_is_no_robot_in_use_is_asked_about_once() -> None:
    scene = Scene()
    scene.circle.takes = False
    await scene.blocks.recorded(ROBOT)
    scene.circle.takes = True
    await scene.blocks.settle()
    assert scene.circle.blocked == set()
    assert scene.logged == []


async def test_a_live_robot_hears_of_each_change_once_and_is_seen_so() -> None:
    scene = Scene()
    assert await scene.blocks.came(scene.session) is False
    await scene.blocks.changed(scene.session)
    assert scene.sent == []
    scene.circle.blocked.add(ROBOT)
    for _ in range(2):
        await scene.blocks.changed(scene.session)
    assert await scene.seen_as() is PresenceState.BLOCKED
    await scene.blocks.state(scene.session, msg.DeviceState("off"))
    assert await scene.seen_as() is PresenceState.BLOCKED
    scene.circle.blocked.clear()
    await scene.blocks.changed(scene.session)
    assert await scene.seen_as() is PresenceState.OFF
    assert [one["command"] for one in scene.sent] == ["block", "unblock"]
    assert scene.logged == ["robot.unblocked"]


async def test_a_robot_that_says_it_is_blocked_is_so_from_then_on_and_online_again_once_it_is_unblocked() -> None:
    scene = Scene()
    await scene.blocks.state(scene.session, msg.DeviceState("blocked"))
    assert scene.circle.blocked == {ROBOT}
    assert await scene.seen_as() is PresenceState.BLOCKED
    scene.circle.blocked.clear()
    await scene.blocks.changed(scene.session)
    assert await scene.seen_as() is PresenceState.ONLINE


async def test_a_block_that_cannot_be_kept_is_refused_so_that_the_robot_says_it_again() -> None:
    scene = Scene()
    scene.circle.takes = False
    with pytest.raises(ProtocolError) as refused:
        await scene.blocks.state(scene.session, msg.DeviceState("blocked"))
    assert refused.value.code is ErrorCode.DEVICE_SUSPENDED


async def test_an_app_has_no_state_of_a_device_and_a_screen_blocks_nothing_but_its_own_presence() -> None:
    with pytest.raises(ProtocolError):
        await Scene(PartyKind.PERSON).blocks.state(Scene(PartyKind.PERSON).session, msg.DeviceState("off"))
    komp = Scene(PartyKind.KOMP)
    await komp.blocks.state(komp.session, msg.DeviceState("blocked"))
    assert komp.circle.blocked == set()
    assert await komp.seen_as() is PresenceState.BLOCKED
