"""The AV1 log at rest: buckets that are summed, days that end, robots that are forgotten; on both databases.

(P-07, P-18, P-19, P-21.)
"""

import secrets

import pytest
from sqlalchemy import func, select

from signalling.people.circle import Endpoint
from signalling.people.device import DeviceMove
from signalling.people.robot_log import BUCKETS, LogField, LogPurpose, LogRow, Streamed, Told, when
from signalling.privacy.declaring import Eraser
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.retention import Retention
from signalling.store.robot_log import USAGE_DAYS, month_of
from signalling.store.store import Store
from signalling.store.tables import av1_log, av1_usage
from signalling.vocabulary import EndpointId
from tests.town import NOW, Town

DAY = 86_400
TODAY, BAND = when(NOW)


def told(robot: Endpoint, bucket: str = "wifi", *, day: int = TODAY, field: LogField = LogField.NETWORK) -> Told:
    return Told(robot.endpoint, day, BAND, field, bucket)


async def log(store: Store) -> list[LogRow]:
    return [row async for row in store.robot_log.rows(LogPurpose.SECURITY)]


async def count(store: Store) -> tuple[int, ...]:
    """Rows of the log and of the sums."""
    async with store.database.reading() as connection:
        rows = [
            (await connection.execute(select(func.count()).select_from(one))).scalar_one()
            for one in (av1_log, av1_usage)
        ]
    return tuple(rows)


async def test_what_is_told_again_is_summed_and_makes_no_row_of_its_own(people: Town) -> None:
    store, robot = people.store, await people.av1()
    await store.robot_log.add({told(robot): 2, told(robot, "mobile"): 1}, {Streamed(robot.endpoint, TODAY): 7})
    await store.robot_log.add({told(robot): 3}, {Streamed(robot.endpoint, TODAY - 1): 5})
    assert [(row.bucket, row.times) for row in await log(store)] == [("mobile", 1), ("wifi", 5)]
    (use,) = await store.robot_log.usage()
    assert use == (robot.party, await people.customer(), month_of(TODAY), 12, TODAY)


async def test_p_19_the_log_is_read_for_one_of_four_purposes_and_for_invoices_there_are_sums_only(people: Town) -> None:
    store, robot = people.store, await people.av1()
    await store.robot_log.add({told(robot): 1}, {})
    for purpose in LogPurpose:
        rows = [row async for row in store.robot_log.rows(purpose, robot.party)]
        assert len(rows) == (purpose is not LogPurpose.INVOICING)
    for other in ("", "curiosity", "statistics"):
        with pytest.raises(ValueError):
            _ = [row async for row in store.robot_log.rows(other)]  # type: ignore[arg-type]


async def test_p_18_the_log_is_kept_for_ninety_days_and_gone_the_day_after(people: Town) -> None:
    store, robot = people.store, await people.av1()
    await store.robot_log.add({told(robot, bucket): 1 for bucket in BUCKETS[LogField.NETWORK]}, {})
    assert (await store.retention.run(now=NOW + 90 * DAY))[Eraser.AV1_LOG] == 0
    assert (await store.retention.run(now=NOW + 91 * DAY, batch=2))[Eraser.AV1_LOG] == 3
    assert await log(store) == []


async def test_p_18_an_operator_may_choose_another_period(people: Town) -> None:
    store, robot = people.store, await people.av1()
    await store.robot_log.add({told(robot): 1}, {})
    week = Retention(store.database, store.keys, backup_days=1, av1_log_days=7)
    assert (await week.run(now=NOW + 7 * DAY))[Eraser.AV1_LOG] == 0
    assert (await week.run(now=NOW + 8 * DAY))[Eraser.AV1_LOG] == 1


async def test_sums_go_thirteen_months_after_the_last_use_of_their_month(people: Town) -> None:
    store, robot = people.store, await people.av1()
    await store.robot_log.add({}, {Streamed(robot.endpoint, TODAY): 1})
    assert (await store.retention.run(now=NOW + USAGE_DAYS * DAY))[Eraser.AV1_USAGE] == 0
    assert (await store.retention.run(now=NOW + (USAGE_DAYS + 1) * DAY))[Eraser.AV1_USAGE] == 1


@pytest.mark.parametrize("move", [DeviceMove.RESET, DeviceMove.RETURN, DeviceMove.HAND_OVER])
async def test_p_21_a_robot_that_forgets_has_no_log_and_its_next_owner_sees_no_sum(
    people: Town, move: DeviceMove
) -> None:
    store, robot, other = people.store, await people.av1(), await people.av1()
    for one in (robot, other):
        await store.robot_log.add({told(one): 1}, {Streamed(one.endpoint, TODAY): 3})
    data = CustomerData(CustomerKind.PRIVATE, "Another")
    new = await store.customers.add(data, now=NOW) if move is DeviceMove.HAND_OVER else None
    assert await store.devices.reset(robot.party, move=move, customer=new, now=NOW) is not None
    assert [row.device for row in await log(store)] == [other.party]
    assert len(await store.robot_log.usage(await people.customer())) == 2, "what was used is still invoiced"
    if new is not None:
        assert await store.robot_log.usage(new) == []
    await store.robot_log.add({told(robot): 1}, {Streamed(robot.endpoint, TODAY): 1})
    assert [row.device for row in await log(store)] == [other.party], "what waited for a batch comes too late"


async def test_p_07_log_and_sums_go_with_the_agreement(people: Town) -> None:
    store, robot = people.store, await people.av1()
    await store.robot_log.add({told(robot): 1}, {Streamed(robot.endpoint, TODAY): 1})
    assert await count(store) == (1, 1)
    assert await store.agreements.end(await people.customer(), now=NOW) == frozenset()
    assert await count(store) == (0, 0)


async def test_p_18_nothing_is_kept_of_a_komp_an_app_or_a_stranger(people: Town) -> None:
    store, robot = people.store, await people.av1()
    komp, student = await people.komp(), await people.student(robot)
    stranger = Endpoint(EndpointId(secrets.token_urlsafe(16)), b"", komp.party, komp.kind)
    for one in (komp, student, stranger):
        await store.robot_log.add({told(one): 1}, {Streamed(one.endpoint, TODAY): 1})
    assert await count(store) == (0, 0)
