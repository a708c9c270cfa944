"""Holds: what is kept although it is due, with its reason; and what is erased once the last hold is lifted (P-09)."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete, insert, select

from signalling.privacy.holds import HoldReason
from signalling.store import envelope
from signalling.store.database import Database, Work
from signalling.store.rows import day_of
from signalling.store.tables import erasures_due, holds, subject_keys

_HELD: Final = (f"{envelope.PERSON}:", f"{envelope.CUSTOMER}:")


class Holds:
    """Places, lifts and tells holds. A subject is named as its key is (`signalling.store.envelope`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, subject: str, reason: HoldReason, *, now: float) -> bool:
        """Keep that person or customer for that reason; False if there is none. The same again changes nothing."""
        async with self._database.changing() as work:
            wanted = select(subject_keys.c.subject).where(subject_keys.c.subject == subject)
            known = (await work.connection.execute(wanted)).scalar_one_or_none()
            if known is None or not subject.startswith(_HELD):
                return False
            if reason not in await reasons_of(work, subject):
                await work.connection.execute(
                    insert(holds).values(subject=subject, reason=reason, since_day=day_of(now))
                )
        return True

    async def lift(self, subject: str, reason: HoldReason) -> bool:
        """That reason is gone. What was due meanwhile goes with the next retention run. False: there was none."""
        async with self._database.changing(erases=True) as work:
            gone = delete(holds).where(holds.c.subject == subject, holds.c.reason == reason)
            return (await work.connection.execute(gone)).rowcount == 1

    async def of(self, subject: str) -> frozenset[HoldReason]:
        """Why that person or customer is kept; nothing: they are not."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(holds.c.reason).where(holds.c.subject == subject))
            return frozenset(map(HoldReason, found.scalars()))

    async def all(self) -> list[tuple[str, HoldReason, int]]:
        """Every hold: whose, why, since which day."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(holds).order_by(holds.c.subject, holds.c.reason))
            return [(row.subject, HoldReason(row.reason), row.since_day) for row in rows]

    async def due(self) -> list[str]:
        """Subjects whose erasure waits for a hold."""
        async with self._database.reading() as connection:
            return list((await connection.execute(select(erasures_due.c.subject))).scalars())


async def reasons_of(work: Work, subject: str) -> frozenset[HoldReason]:
    """Why that subject is kept."""
    found = await work.connection.execute(select(holds.c.reason).where(holds.c.subject == subject))
    return frozenset(map(HoldReason, found.scalars()))


async def kept_back(work: Work, subjects: Iterable[str]) -> set[str]:
    """Those of these subjects that a hold keeps; their erasure is noted as due."""
    wanted = list(subjects)
    found = await work.connection.execute(select(holds.c.subject).where(holds.c.subject.in_(wanted)).distinct())
    kept = set(found.scalars())
    if kept:
        noted = await work.connection.execute(select(erasures_due.c.subject).where(erasures_due.c.subject.in_(kept)))
        rows = [{"subject": one, "asked_day": day_of(work.now)} for one in kept - set(noted.scalars())]
        if rows:
            await work.connection.execute(insert(erasures_due), rows)
    return kept


async def forget_holds(work: Work, subjects: Iterable[str]) -> None:
    """Those subjects are erased: neither a hold nor a due erasure tells of them any more."""
    gone = list(subjects)
    await work.connection.execute(delete(erasures_due).where(erasures_due.c.subject.in_(gone)))
    await work.connection.execute(delete(holds).where(holds.c.subject.in_(gone)))
