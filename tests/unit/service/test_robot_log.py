"""The hands of the AV1 log: how streams are timed, and what happens to a batch that can't be written."""

from collections.abc import Mapping

import pytest

from signalling.people.circle import Endpoint
from signalling.people.robot_log import Streamed, Told
from signalling.protocol.messages import CallQuality, DeviceReport
from signalling.service import robot_log
from signalling.service.robot_log import RobotLog
from signalling.store.faults import StoreError
from signalling.vocabulary import CallId, EndpointId, PartyId, PartyKind

CALL = CallId("C" * 22)
ROBOT = Endpoint(EndpointId("R" * 22), b"k" * 32, PartyId("P" * 22), PartyKind.AV1)
KOMP = Endpoint(EndpointId("K" * 22), b"k" * 32, PartyId("Q" * 22), PartyKind.KOMP)
APP = Endpoint(EndpointId("A" * 22), b"k" * 32, PartyId("S" * 22), PartyKind.PERSON)


class Sums:
    """`signalling.store.robot_log.RobotLog.add`, which can be away."""

    def __init__(self) -> None:
        self.told: list[dict[tuple[str, str], int]] = []
        self.minutes: list[int] = []
        self.is_away = False

    async def add(self, told: Mapping[Told, int], streamed: Mapping[Streamed, int]) -> None:
        if self.is_away:
            raise StoreError("away")
        self.told.append({(one.field.value, one.bucket): times for one, times in told.items()})
        self.minutes += streamed.values()


@pytest.fixture
def sums() -> Sums:
    return Sums()


@pytest.fixture
def robots(sums: Sums) -> RobotLog:
    return RobotLog(sums)  # type: ignore[arg-type]


async def test_a_stream_counts_while_its_media_run(robots: RobotLog, sums: Sums) -> None:
    robots.connected(ROBOT, CALL, 1000.0)
    robots.connected(ROBOT, CALL, 1010.0)
    robots.lost(APP, CALL, 1050.0)
    robots.lost(ROBOT, CALL, 1100.0)
    robots.lost(ROBOT, CALL, 1200.0)
    robots.connected(ROBOT, CALL, 2000.0)
    robots.over(CALL, 2250.0)
    robots.over(CALL, 2300.0)
    await robots.flush()
    assert (sums.told, sums.minutes) == ([{("stream_minutes", "5 to 15"): 1}], [6])
    assert (robots.live, robots.waiting) == (0, 0)


async def test_komps_and_apps_are_not_listened_to(robots: RobotLog) -> None:
    for one in (KOMP, APP):
        robots.connected(one, CALL, 0.0)
        robots.quality(one, CallQuality(call=CALL, freezes=1), 1.0)
        robots.report(one, DeviceReport(network="wifi"), 1.0)
    robots.over(CALL, 60.0)
    assert (robots.live, robots.waiting) == (0, 0)


async def test_a_batch_that_cant_be_written_waits_and_nobody_else_does(robots: RobotLog, sums: Sums) -> None:
    faults: list[BaseException] = []
    robots.report(ROBOT, DeviceReport(network="wifi"), 0.0)
    sums.is_away = True
    await robots.tick(faults.append)
    robots.report(ROBOT, DeviceReport(network="wifi"), 1.0)
    sums.is_away = False
    await robots.tick(faults.append)
    await robots.tick(faults.append)
    assert (len(faults), sums.told) == (1, [{("network", "wifi"): 2}])


async def test_what_waits_is_bounded(robots: RobotLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robot_log, "WAITING_AT_MOST", 2)
    for day in range(5):
        robots.report(ROBOT, DeviceReport(network="wifi"), day * 86_400.0)
    assert robots.waiting == 2


async def test_a_stop_keeps_what_streams_were_until_then(robots: RobotLog, sums: Sums) -> None:
    robots.connected(ROBOT, CALL, 0.0)
    faults: list[BaseException] = []
    await robots.close(faults.append, 61.0)
    assert faults == []
    assert (sums.told, sums.minutes) == ([{("stream_minutes", "1 to 5"): 1}], [2])
