"""The AV1 log (P-18 to P-22): what is kept of a robot, for whom, and that no session can be told from another."""

import ast
import asyncio
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from signalling.cli import main
from signalling.people.circle import Endpoint
from signalling.people.robot_log import BUCKETS, LogField, LogPurpose, Streamed, Told
from signalling.privacy import datamap, notice
from signalling.processing import controller
from signalling.protocol.codec import decode_client
from signalling.protocol.errors import ProtocolError
from signalling.protocol.messages import CallQuality, DeviceReport
from signalling.protocol.proof import base64url
from signalling.service.robot_log import RobotLog
from signalling.settings import Settings
from signalling.store.master import FileMaster
from signalling.store.store import open_store
from signalling.vocabulary import EndpointId, PartyId, PartyKind
from tests.protocol.house import running
from tests.protocol.raw import RawSocket
from tests.protocol.society import App, Society, living
from tests.town import NOW, fresh_key

DAY: Final = int(NOW // 86_400)
ROOT: Final = Path(__file__).parents[2]
AS: Final = ("--operator", "Staff One")
GOOD: Final = {"round_trip_ms": 40, "jitter_ms": 5, "packets_lost_percent": 0.1, "frames_per_second": 30, "freezes": 0}
BAD: Final = {"round_trip_ms": 900, "jitter_ms": 80, "packets_lost_percent": 7, "frames_per_second": 4, "freezes": 6}
AT_HOME: Final = {"network": "wifi", "signal_dbm": -55, "battery_percent": 41.5}
OUTSIDE: Final = {"network": "mobile", "mobile_network": "4g", "signal_dbm": -105}


class School:
    """A robot and its students, one after the other."""

    def __init__(self, society: Society, robot: App) -> None:
        self.society = society
        self.robot = robot
        self.house = society.house()
        self.names: list[str] = []
        """All that would name a student or a session."""

    async def lesson(
        self, seconds: float, *, by_robot: Mapping[str, Any], network: Mapping[str, Any], by_app: Mapping[str, Any]
    ) -> None:
        """Somebody with a keyword of their own uses the robot for so long."""
        student, house = await self.society.student(self.robot), self.house
        there = await house.come_in(self.robot.somebody("av1"))
        here = await house.come_in(student.somebody("person"))
        call = await placed(here, there, self.robot)
        self.names += [student.endpoint, student.party, call]
        await said(here, {"t": "call.connected", "call": call})
        await said(there, {"t": "call.connected", "call": call})
        await said(here, {"t": "call.quality", "call": call, **by_app})
        await said(there, {"t": "call.quality", "call": call, **by_robot})
        await said(there, {"t": "device.report", **network})
        self.society.clock.advance(seconds)
        await said(here, {"t": "call.hangup", "call": call, "reason": "hangup"})
        await there.hear("call.ended")
        await house.drop_all()

    async def kept(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Every row of the log and of the sums as the database gives them, without the robot's and customer's ids."""
        await self.society.coordinator.robots.flush()
        async with self.society.store.database.reading() as connection:
            log = await connection.execute(text("SELECT day, band, field, bucket, times FROM av1_log"))
            sums = await connection.execute(text("SELECT month, minutes, last_day FROM av1_usage"))
            return [tuple(row) for row in log], [tuple(row) for row in sums]


async def placed(here: RawSocket, there: RawSocket, robot: App) -> str:
    """A call that the robot has accepted."""
    call = base64url(secrets.token_bytes(16))
    rings = [{"endpoint": robot.endpoint, "key": 1, "box": "cmluZw"}]
    begins = {"t": "call.invite", "id": "1", "call": call, "to": robot.party, "from_key": 1, "rings": rings}
    here.say({**begins, "media": "telepresence", "lifetime_ms": 30_000})
    await there.hear("call.ring")
    there.say({"t": "call.join", "call": call, "box": "am9pbg"})
    await here.hear("call.joined")
    await said(there, {"t": "call.accept", "call": call})
    return call


async def said(socket: RawSocket, message: dict[str, Any]) -> None:
    """Say it, and hear that it was taken."""
    socket.say({**message, "id": "said"})
    assert (await socket.hear("ok"))["ref"] == "said"


@asynccontextmanager
async def school() -> AsyncIterator[School]:
    async with living() as society:
        one = School(society, await society.device(PartyKind.AV1, "Robot 7"))
        try:
            yield one
        finally:
            await one.house.drop_all()


# ---------------------------------------------------------------- P-18: a closed list, from the robot alone


async def test_p_18_what_a_robot_tells_is_kept_as_fields_and_buckets_of_the_list_and_nothing_else() -> None:
    async with school() as one:
        await one.lesson(400, by_robot=GOOD, network=AT_HOME, by_app=BAD)
        log, sums = await one.kept()
    assert {row[2:] for row in log} == {
        ("stream_minutes", "5 to 15", 1),
        ("frames_per_second", "25 or more", 1),
        ("freezes", "under 1", 1),
        ("packets_lost_percent", "under 0.5", 1),
        ("jitter_ms", "under 10", 1),
        ("round_trip_ms", "under 50", 1),
        ("network", "wifi", 1),
        ("signal_dbm", "-60 to -50", 1),
    }
    assert all(bucket in BUCKETS[LogField(field)] for _, _, field, bucket, _ in log)
    assert [row[1] for row in sums] == [7], "400 s are seven begun minutes"


def test_p_18_the_columns_are_a_closed_list_and_none_is_finer_than_three_hours() -> None:
    columns = {name for name in datamap.COLUMNS if name.startswith("av1_")}
    assert columns == {f"av1_log.{name}" for name in ("day", "device", "band", "field", "bucket", "times")} | {
        f"av1_usage.{name}" for name in ("device", "customer", "month", "minutes", "last_day")
    }
    assert {field.value for field in LogField} == {"stream_minutes", "network", "signal_dbm", "mobile_network"} | set(
        GOOD
    )


async def test_p_18_an_app_that_tells_of_its_own_network_leaves_nothing() -> None:
    async with school() as one:
        student, house = await one.society.student(one.robot), one.house
        there = await house.come_in(one.robot.somebody("av1"))
        here = await house.come_in(student.somebody("person"))
        call = await placed(here, there, one.robot)
        path = {"local": "relay", "remote": "host", "relay": "udp"}
        await said(here, {"t": "call.connected", "call": call, "path": path})
        await said(here, {"t": "call.quality", "call": call, **BAD})
        here.say({"t": "device.report", "id": "2", **AT_HOME})
        assert (await here.hear("error"))["code"] == "not_allowed"
        one.society.clock.advance(90)
        await said(here, {"t": "call.hangup", "call": call, "reason": "hangup"})
        await there.hear("call.ended")
        assert one.society.coordinator.robots.waiting == 0
        assert await one.kept() == ([], [])


class Catching:
    """`signalling.store.robot_log.RobotLog.add`: keeps what it was given."""

    def __init__(self) -> None:
        self.told: Counter[Told] = Counter()

    async def add(self, told: Mapping[Told, int], _streamed: Mapping[Streamed, int]) -> None:
        self.told.update(told)


ROBOT: Final = Endpoint(EndpointId("R" * 22), b"k" * 32, PartyId("P" * 22), PartyKind.AV1)
ANYTHING: Final = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30)
KEYS: Final = st.sampled_from(
    ["ssid", "bssid", "student", "name", "ip", "battery_percent", "received_kbps", "network", "signal_dbm", "freezes"]
) | st.text(max_size=12)


@given(st.sampled_from(["device.report", "call.quality"]), st.dictionaries(KEYS, ANYTHING, max_size=6))
def test_p_18_fuzzed_keys_and_values_are_dropped(kind: str, extra: dict[str, Any]) -> None:
    base = {"network": "wifi"} if kind == "device.report" else {"call": "C" * 22, "jitter_ms": 5}
    robots = RobotLog(Catching())  # type: ignore[arg-type]
    try:
        message = decode_client(json.dumps({**extra, **base, "t": kind}).encode())
    except ProtocolError:
        return
    if isinstance(message, DeviceReport):
        robots.report(ROBOT, message, 0.0)
    elif isinstance(message, CallQuality):
        robots.quality(ROBOT, message, 0.0)
    for one in robots._told:
        assert one[:3] == (ROBOT.endpoint, 0, 0)
        assert one.bucket in BUCKETS[one.field]


async def test_p_18_a_robot_that_tells_too_much_is_refused_and_nothing_of_it_is_kept() -> None:
    async with school() as one:
        there = await one.house.come_in(one.robot.somebody("av1"))
        there.say({"t": "device.report", "id": "1", "network": "wifi", "ssid": "Room 12"})
        assert (await there.hear("error"))["code"] == "unsupported"
        assert await one.kept() == ([], [])


async def test_p_18_where_a_seed_file_stands_for_the_store_nothing_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as house:
        robots = house.coordinator.robots
        robots.connected(ROBOT, "C" * 22, 0.0)
        robots.quality(ROBOT, CallQuality(call="C" * 22, jitter_ms=5), 1.0)
        robots.report(ROBOT, DeviceReport(network="wifi"), 1.0)
        assert (robots.live, robots.waiting) == (0, 0)


# ---------------------------------------------------------------- P-20, P-21: whose session it was


LESSONS: Final[tuple[tuple[float, dict[str, Mapping[str, Any]]], ...]] = (
    (90.0, {"by_robot": GOOD, "network": AT_HOME, "by_app": BAD}),
    (400.0, {"by_robot": BAD, "network": OUTSIDE, "by_app": GOOD}),
)


@pytest.mark.parametrize("batches", [False, True])
async def test_p_20_p_21_two_students_in_turn_leave_the_same_rows_whoever_came_first(batches: bool) -> None:
    """Swapped, they leave the same, row by row in the database's own order: so no row tells whose it was."""
    kept = []
    for lessons in (LESSONS, LESSONS[::-1]):
        async with school() as one:
            for seconds, figures in lessons:
                await one.lesson(seconds, **figures)
                if batches:
                    await one.society.coordinator.robots.flush()
            kept.append(await one.kept())
            told = f"{kept[-1]} {one.society.log.getvalue()}"
            assert not [name for name in one.names if name in told]
            assert one.society.coordinator.robots.live == 0
    assert kept[0] == kept[1]
    log, sums = kept[0]
    assert len(log) == 17
    assert [row[1] for row in sums] == [2 + 7], "one sum of the month, of both"


async def test_p_21_rows_have_no_number_that_tells_in_which_order_they_came() -> None:
    async with school() as one, one.society.store.database.engine.connect() as connection:
        for table in ("av1_log", "av1_usage"):
            with pytest.raises(OperationalError, match="rowid"):
                await connection.execute(text(f"SELECT rowid FROM {table}"))


async def test_p_21_a_session_that_was_already_going_on_is_named_in_memory_until_its_end_only() -> None:
    robots = RobotLog(Catching())  # type: ignore[arg-type]
    robots.connected(ROBOT, "C" * 22, 0.0)
    assert robots.live == 1
    robots.over("C" * 22, 60.0)  # type: ignore[arg-type]
    assert robots.live == 0
    assert "C" * 22 not in repr(robots._told) + repr(robots._streamed)


# ---------------------------------------------------------------- P-19: four purposes


@pytest.fixture
def at_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A database with a robot that was used, and its ids."""
    url = f"sqlite+aiosqlite:///{tmp_path}/narvaro.db"
    monkeypatch.setenv("NARVARO_DATABASE_URL", url)
    monkeypatch.setenv("NARVARO_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    customer = run("customers", "add", "--name", "The School")[1].strip()
    _, robot, *_, token = run("devices", "add", "--kind", "av1", "--customer", customer, "--name", "Robot 7")[1].split()
    never = run("devices", "add", "--kind", "av1", "--customer", customer, "--name", "Robot 8")[1].split()[1]

    async def used() -> None:
        key = fresh_key()
        async with open_store(url, FileMaster(tmp_path / "master.key")) as store:
            assert await store.devices.enrol(token, **key, now=NOW) == robot
            told = Told(key["endpoint"], DAY, 2, LogField.JITTER, "30 to 50")
            await store.robot_log.add({told: 4}, {Streamed(key["endpoint"], DAY): 42})

    asyncio.run(used())
    return {"customer": customer, "robot": robot, "never": never}


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output


@pytest.mark.parametrize("purpose", [(), ("--purpose", ""), ("--purpose", "curiosity"), ("--purpose", "statistics")])
def test_p_19_an_export_without_one_of_the_four_purposes_is_refused(
    at_a_terminal: dict[str, str], purpose: tuple[str, ...]
) -> None:
    code, told = run("av1-log", "export", *AS, "--device", at_a_terminal["robot"], *purpose)
    assert code != 0
    assert "purpose,device" not in told
    assert "--purpose" in told


@pytest.mark.parametrize("purpose", LogPurpose)
def test_p_19_an_export_says_what_it_is_for(at_a_terminal: dict[str, str], purpose: LogPurpose) -> None:
    code, told = run("av1-log", "export", *AS, "--purpose", purpose.value, "--device", at_a_terminal["robot"])
    assert code == 0, told
    head, row = told.splitlines()
    robot, customer = at_a_terminal["robot"], at_a_terminal["customer"]
    if purpose is LogPurpose.INVOICING:
        assert (head, row) == ("purpose,device,customer,month,minutes", f"{purpose},{robot},{customer},2027-01,42")
    else:
        assert head == "purpose,device,date,hours_utc,field,bucket,times"
        assert row == f"{purpose},{robot},2027-01-15,06-09,jitter_ms,30 to 50,4"


def test_p_19_support_looks_at_one_robot(at_a_terminal: dict[str, str]) -> None:
    assert "one robot" in run("av1-log", "export", *AS, "--purpose", "support")[1]


def test_p_19_the_four_purposes_are_those_of_the_policy() -> None:
    assert {one.value for one in LogPurpose} == {"support", "proactive_support", "invoicing", "security"}


# ---------------------------------------------------------------- P-22: technical staff alone


def _names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imported = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return found | {one for one in imported if "robot_log" in one}


def test_p_22_only_commands_of_the_operator_read_the_log_and_no_address_or_message_leads_to_it() -> None:
    """Who has a terminal on the server is technical staff; the roles of the Admin tool come with it."""
    knowing = {
        path.relative_to(ROOT / "signalling").as_posix()
        for path in (ROOT / "signalling").rglob("*.py")
        if any("robot_log" in name or "av1_log" in name for name in _names(path))
    }
    assert knowing == {
        "app.py",
        "commands/__init__.py",
        "commands/devices.py",
        "commands/robot_log.py",
        "lasting.py",
        "privacy/notice.py",
        "processing.py",
        "service/calls.py",
        "service/hub.py",
        "service/robot_log.py",
        "service/staff.py",  # behind a name, a purpose and a line
        "store/erasing.py",
        "store/retention.py",
        "store/robot_log.py",
        "store/store.py",
    }, "a new reader of the log must be looked at: is it technical staff?"
    assert "rows" not in _names(ROOT / "signalling" / "service" / "robot_log.py")


def test_p_22_the_customers_view_is_status_last_use_and_summed_minutes(at_a_terminal: dict[str, str]) -> None:
    code, told = run("devices", "usage", *AS, "--purpose", "support", "--customer", at_a_terminal["customer"])
    assert code == 0, told
    head, *rows = told.splitlines()
    assert head.split() == ["device", "status", "last", "used", "month", "minutes"]
    assert sorted(map(str.split, rows)) == sorted(
        [
            [at_a_terminal["robot"], "active", "2027-01-15", "2027-01", "42"],
            [at_a_terminal["never"], "provisioned", "never", "0"],
        ]
    )


async def test_p_22_no_figure_and_no_log_line_tells_of_a_robots_network() -> None:
    async with school() as one:
        await one.lesson(90, by_robot=GOOD, network=OUTSIDE, by_app=BAD)
        await one.kept()
        lines = one.society.log.getvalue()
    assert one.robot.party not in lines
    assert one.robot.endpoint not in lines
    assert not [name for name in datamap.LABELS if "signal" in name or "network" in name or "device" in name]


def test_p_18_the_privacy_page_tells_the_period_that_is_set() -> None:
    for days in (90, 30):
        page = notice.page(controller(Settings.model_construct(av1_log_days=days)), ()).decode()
        assert all(f"{days} {word}" in page for word in ("dagar", "dager", "days"))
