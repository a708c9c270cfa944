"""The AV1 log and the summed minutes: buckets by device and day, and one sum by device and month (P-18 to P-22).

There is no row of a session. Whoever reads the log says for which of four purposes; customers are given sums alone.
"""

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Table, case, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from signalling.people.robot_log import LogField, LogPurpose, LogRow, Streamed, Told, Usage
from signalling.privacy.declaring import TERMS, Kept
from signalling.store.database import Database, Work
from signalling.store.rows import DAY_SECONDS, day_of
from signalling.store.tables import av1_log, av1_usage, devices, endpoints
from signalling.vocabulary import PartyId, PartyKind

LOG_DAYS: Final = (TERMS[Kept.AV1_LOG].seconds or 0) // DAY_SECONDS
"""How long the log is kept, unless told otherwise."""
USAGE_DAYS: Final = (TERMS[Kept.AV1_USAGE].seconds or 0) // DAY_SECONDS
_EPOCH: Final = dt.date(1970, 1, 1)


class RobotLog:
    """Adds to the log and to the sums, reads them, and erases what is over."""

    def __init__(self, database: Database, *, days: int = LOG_DAYS) -> None:
        self._database = database
        self._days = days

    async def add(self, told: Mapping[Told, int], streamed: Mapping[Streamed, int]) -> None:
        """How often each was told, and minutes of each day. Of a robot that was reset or returned nothing is kept."""
        async with self._database.changing() as work:
            robots = await _robots(work, {one.robot for one in told} | {one.robot for one in streamed})
            figures = [
                {**_key(robots[one.robot][0], one), "times": times}
                for one, times in told.items()
                if one.robot in robots
            ]
            # In the order of their keys: what came first can't be seen, and two nodes never wait for each other.
            await self._sum(work, av1_log, sorted(figures, key=lambda row: [*row.values()]), "times")
            minutes = [
                {
                    "device": robots[one.robot][0],
                    "customer": robots[one.robot][1],
                    "month": month_of(one.day),
                    "minutes": minutes,
                    "last_day": one.day,
                }
                for one, minutes in streamed.items()
                if one.robot in robots
            ]
            await self._sum(work, av1_usage, sorted(minutes, key=lambda row: [*row.values()]), "minutes")

    async def rows(self, purpose: LogPurpose, device: str | None = None) -> AsyncIterator[LogRow]:
        """The log of a robot or of all, for that purpose. Raises ValueError if it is none of the four."""
        if LogPurpose(purpose) is LogPurpose.INVOICING:
            return  # for an invoice there are the sums
        wanted = select(av1_log).order_by(*av1_log.primary_key.columns)
        if device is not None:
            wanted = wanted.where(av1_log.c.device == device)
        async with self._database.reading() as connection:
            async for row in await connection.stream(wanted):
                yield LogRow(PartyId(row.device), row.day, row.band, LogField(row.field), row.bucket, row.times)

    async def usage(self, customer: str | None = None) -> list[Usage]:
        """Minutes by robot and month and the day of the last use, of a customer or of all."""
        wanted = select(av1_usage).order_by(av1_usage.c.customer, av1_usage.c.device, av1_usage.c.month)
        if customer is not None:
            wanted = wanted.where(av1_usage.c.customer == customer)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        return [Usage(PartyId(row.device), row.customer, row.month, row.minutes, row.last_day) for row in rows]

    async def sweep(self, *, now: float, at_most: int) -> int:
        """Erase rows of the log that have had their days; how many."""
        return await self._erase(av1_log, "day", day_of(now) - self._days, at_most)

    async def sweep_usage(self, *, now: float, at_most: int) -> int:
        """Erase sums that have had theirs; how many."""
        return await self._erase(av1_usage, "last_day", day_of(now) - USAGE_DAYS, at_most)

    async def _erase(self, table: Table, column: str, before: int, at_most: int) -> int:
        over = select(*table.primary_key.columns).where(table.c[column] < before).limit(at_most)
        async with self._database.reading() as connection:
            if (await connection.execute(over.limit(1))).first() is None:
                return 0
        async with self._database.changing(erases=True) as work:
            gone = delete(table).where(tuple_(*table.primary_key.columns).in_(over))
            return (await work.connection.execute(gone)).rowcount

    async def _sum(self, work: Work, table: Table, rows: list[dict[str, Any]], summed: str) -> None:
        if not rows:
            return
        adding = sqlite.insert(table) if self._database.is_sqlite else postgresql.insert(table)
        put: dict[str, Any] = {summed: table.c[summed] + adding.excluded[summed]}
        if "last_day" in table.c:
            mine, new = table.c.last_day, adding.excluded.last_day
            put["last_day"] = case((new > mine, new), else_=mine)
        key = list(table.primary_key.columns)
        await work.connection.execute(adding.on_conflict_do_update(index_elements=key, set_=put), rows)


async def forget_log(work: Work, device: str) -> None:
    """All of one robot's log; the sums stay with the customer who is invoiced."""
    await work.connection.execute(delete(av1_log).where(av1_log.c.device == device))


def month_of(day: int) -> str:
    """The month of a day since 1970-01-01."""
    return f"{date_of(day):%Y-%m}"


def date_of(day: int) -> dt.date:
    """The date of a day since 1970-01-01."""
    return _EPOCH + dt.timedelta(days=day)


async def _robots(work: Work, named: Iterable[str]) -> dict[str, tuple[str, str]]:
    """By their endpoints: robots that are still there, and whose they are."""
    wanted = (
        select(endpoints.c.endpoint, devices.c.party, devices.c.customer)
        .join(devices, devices.c.party == endpoints.c.party)
        .where(endpoints.c.endpoint.in_(sorted(named)), endpoints.c.revoked.is_(False), devices.c.kind == PartyKind.AV1)
    )
    return {row.endpoint: (row.party, row.customer) for row in await work.connection.execute(wanted)}


def _key(device: str, one: Told) -> dict[str, Any]:
    return {"day": one.day, "device": device, "band": one.band, "field": one.field, "bucket": one.bucket}
