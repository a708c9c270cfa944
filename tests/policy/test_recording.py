"""An attempt to record through a robot: it ends the stream, blocks the robot, and says nothing of whose visit it was.

P-01, since a recording is how a stream leaves the two ends; P-20, P-21 and P-22 for what is left of it.
"""

from typing import Any

import pytest
from sqlalchemy import text

from signalling.people.device import DeviceStatus
from signalling.privacy.reading import Looking, ReadPurpose, Record
from signalling.service.staff import Staff
from signalling.store import envelope
from signalling.store.tables import METADATA
from tests.policy.test_robot_log import School, placed, said, school
from tests.protocol.raw import RawSocket
from tests.protocol.society import App

pytestmark = pytest.mark.slow


async def visited(one: School) -> tuple[RawSocket, RawSocket, App, str]:
    """A student whose robot has taken the visit."""
    student = await one.society.student(one.robot)
    there = await one.house.come_in(one.robot.somebody("av1"))
    here = await one.house.come_in(student.somebody("person"))
    return here, there, student, await placed(here, there, one.robot)


async def rings(here: RawSocket, robot: App) -> str:
    """What a ring is answered with."""
    ring = [{"endpoint": robot.endpoint, "key": 1, "box": "cmluZw"}]
    begins = {"t": "call.invite", "id": "again", "call": "C" * 22, "to": robot.party, "from_key": 1, "rings": ring}
    here.say({**begins, "media": "telepresence", "lifetime_ms": 30_000})
    return str((await here.hear("error"))["code"])


async def shows(here: RawSocket, state: str) -> None:
    """Wait until the robot is shown so; what was so before may be told once more."""
    while (await here.hear("presence", seconds=5))["state"] != state:
        pass


async def everything_kept(one: School) -> str:
    """Every row of every table, as text."""
    rows: list[Any] = []
    async with one.society.store.database.reading() as connection:
        for table in METADATA.sorted_tables:
            rows += [tuple(row) for row in await connection.execute(text(f'SELECT * FROM "{table.name}"'))]
    return repr(rows)


@pytest.mark.parametrize("by", ["app", "robot"])
async def test_p_01_an_attempt_to_record_ends_the_stream_and_blocks_the_robot_until_it_is_unblocked(by: str) -> None:
    async with school() as one:
        await one.society.coordinator.hub.tick()  # the first look only learns where to begin
        here, there, _, call = await visited(one)
        here.say({"t": "presence.watch", "endpoints": [one.robot.endpoint]})
        await shows(here, "online")
        ends = here if by == "app" else there
        await said(ends, {"t": "call.hangup", "call": call, "reason": "recording"})
        other = there if by == "app" else here
        assert (await other.hear("call.ended"))["reason"] == "recording"
        assert await rings(here, one.robot) == "device_suspended"
        assert (await there.hear("device.command", seconds=5))["command"] == "block"
        await shows(here, "blocked")
        assert one.society.log.getvalue().count("robot.blocked") == 1

        # Whatever the robot says of itself meanwhile, and however often it comes back.
        await said(there, {"t": "device.state", "state": "available"})
        assert (await here.hear("presence"))["state"] == "blocked"
        await there.drop()
        await shows(here, "disconnected")
        there = await one.house.come_in(one.robot.somebody("av1"))
        await shows(here, "blocked")
        assert await rings(here, one.robot) == "device_suspended"

        await unblocked(one)
        assert (await there.hear("device.command", seconds=5))["command"] == "unblock"
        await shows(here, "online")
        assert "robot.unblocked" in one.society.log.getvalue()
        await placed(here, there, one.robot)


async def unblocked(one: School) -> None:
    """Somebody authorised has seen to it, and whose robot it is can see who."""
    store, now = one.society.store, one.society.clock.now()
    looking = Looking("Staff One", ReadPurpose.SUPPORT)
    assert await Staff(store).unblock(looking, one.robot.party, now=now) is DeviceStatus.ACTIVE
    (owner,) = (await store.devices.owners(one.robot.party)).values()
    (line,) = await store.reads.of(envelope.customer(owner))
    assert (line.record, line.purpose, line.operator) == (Record.UNBLOCKING, ReadPurpose.SUPPORT, "Staff One")


async def test_p_01_a_robot_that_heard_of_it_alone_says_so_and_is_told_how_it_stands_at_each_beginning() -> None:
    async with school() as one:
        await one.society.coordinator.hub.tick()
        student = await one.society.student(one.robot)
        there = await one.house.come_in(one.robot.somebody("av1"))
        here = await one.house.come_in(student.somebody("person"))
        await said(there, {"t": "device.state", "state": "blocked"})
        assert await rings(here, one.robot) == "device_suspended"
        await there.drop()
        assert (await began(one)).get("blocked") is True
        await unblocked(one)
        assert "blocked" not in await began(one)


async def began(one: School) -> dict[str, Any]:
    """The `ready` of a new session of the robot's."""
    who = one.robot.somebody("av1")
    token = await one.house.token(who)
    raw, nonce = await one.house.open()
    raw.say(one.house.hello(who, token, nonce))
    ready: dict[str, Any] = await raw.hear("ready")
    return ready


async def test_p_01_a_screen_of_the_family_is_not_blocked_by_a_word() -> None:
    async with school() as one:
        komp, uncle = await one.society.family()
        there = await one.house.come_in(komp.somebody("komp"))
        here = await one.house.come_in(uncle.somebody("person"))
        call = await placed(here, there, komp)
        await said(here, {"t": "call.hangup", "call": call, "reason": "recording"})
        assert await one.society.store.devices.status(komp.party) is DeviceStatus.ACTIVE


async def test_p_20_p_21_p_22_what_is_left_is_the_robots_status_and_nothing_of_whose_visit_it_was() -> None:
    async with school() as one:
        here, _, student, call = await visited(one)
        await said(here, {"t": "call.hangup", "call": call, "reason": "recording"})
        one.society.clock.advance(2)
        await one.society.coordinator.hub.tick()
        await here.hear("call.erased")
        assert await one.society.store.devices.status(one.robot.party) is DeviceStatus.BLOCKED
        log = one.society.log.getvalue()
        assert "robot.blocked" in log
        for name in (student.endpoint, student.party, call, one.robot.party, one.robot.endpoint):
            assert name not in log
        kept = await everything_kept(one)
        assert call not in kept
        assert "recording" not in kept
        # The next student's app is another key, and finds the robot blocked all the same.
        await one.society.student(one.robot)
        assert await one.society.store.devices.status(one.robot.party) is DeviceStatus.BLOCKED
