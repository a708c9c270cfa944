"""Staff's reads: a line for each, on the disk before anything is shown, under the key of whom it is about.

Commands and the Admin tool's routes leave it through `signalling.service.staff`. A line goes with its subject's key, or
when its year is over; nothing else changes or erases one.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import delete, insert, select, update

from signalling.privacy.reading import KEPT_MINUTES, Looking, Read, ReadPurpose, Record, check_purpose
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope, Place, SubjectKey
from signalling.store.rows import BATCH, fresh_id
from signalling.store.tables import staff_reads, subject_keys

MINUTE_SECONDS: Final = 60


class StaffReads:
    """Leaves lines, and tells them."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def note(self, looking: Looking, record: Record, subjects: Iterable[str], *, now: float) -> frozenset[str]:
        """Leave a line with each of those subjects; those that now have one. Nobody else may be shown.

        It is on the disk when this returns. Raises ReadingError for a purpose that isn't the record's, StoreError.
        """
        check_purpose(looking, record)
        wanted, noted = sorted(set(subjects)), set[str]()
        async with self._database.changing(now=now) as work:
            for start in range(0, len(wanted), BATCH):
                noted |= await self._written(work, looking, record, wanted[start : start + BATCH])
        return frozenset(noted)

    async def of(self, subject: str) -> list[Read]:
        """The lines about that subject, oldest first."""
        mine = select(staff_reads).where(staff_reads.c.subject == subject)
        async with self._database.reading() as connection:
            rows = (await connection.execute(mine.order_by(staff_reads.c.minute, staff_reads.c.read))).all()
            key = await self._keys.key(connection, subject)
        if key is None:
            return []
        return [
            Read(Record(row.record), ReadPurpose(row.purpose), row.minute, _opened(key, row.read, row.sealed_operator))
            for row in rows
        ]

    async def sweep(self, *, now: float, at_most: int) -> int:
        """Erase lines that have had their year; how many."""
        before = int(now // MINUTE_SECONDS) - KEPT_MINUTES
        over = select(staff_reads.c.read).where(staff_reads.c.minute < before).limit(at_most)
        async with self._database.reading() as connection:
            if (await connection.execute(over.limit(1))).first() is None:
                return 0
        async with self._database.changing(now=now, erases=True) as work:
            return (await work.connection.execute(delete(staff_reads).where(staff_reads.c.read.in_(over)))).rowcount

    async def _written(self, work: Work, looking: Looking, record: Record, wanted: Sequence[str]) -> set[str]:
        there = (
            select(subject_keys.c.subject).where(subject_keys.c.subject.in_(wanted)).order_by(subject_keys.c.subject)
        )
        held = await work.connection.execute(there.with_for_update(read=True, key_share=True))
        keys = await self._keys.keys(work.connection, held.scalars().all())  # none of them is erased meanwhile
        minute = int(work.now // MINUTE_SECONDS)
        rows = [
            {
                "read": name,
                "subject": subject,
                "record": record,
                "purpose": looking.purpose,
                "minute": minute,
                "sealed_operator": key.seal_text(place(name), looking.operator),
            }
            for subject, key in keys.items()
            for name in [fresh_id()]
        ]
        if rows:
            await work.connection.execute(insert(staff_reads), rows)
        return set(keys)


async def sealed_anew(work: Work, subject: str, old: SubjectKey, new: SubjectKey) -> None:
    """A subject has another key: the lines about it go on being there."""
    rows = (await work.connection.execute(select(staff_reads).where(staff_reads.c.subject == subject))).all()
    for row in rows:
        sealed = new.seal_text(place(row.read), _opened(old, row.read, row.sealed_operator))
        mine = update(staff_reads).where(staff_reads.c.read == row.read)
        await work.connection.execute(mine.values(sealed_operator=sealed))


def place(read: str) -> Place:
    """Where the sealed name stands."""
    return Place("staff_reads", "sealed_operator", read)


def _opened(key: SubjectKey, read: str, sealed: bytes) -> str:
    return key.open_text(place(read), sealed)
