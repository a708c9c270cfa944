"""Bookkeeping, five years, under a key of its own: it outlives the customer's data, and tells nothing of a person."""

from sqlalchemy import delete, exists, insert, select

from signalling.privacy.books import BookEntry, decoded, last_day
from signalling.store import envelope
from signalling.store.database import Database
from signalling.store.envelope import Envelope, Place
from signalling.store.rows import day_of, fresh_id
from signalling.store.tables import books


class Books:
    """Keeps entries until their last day. An erasure of the customer doesn't reach them (P-08)."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def add(self, customer: str, entry: BookEntry) -> str:
        """Keep an entry of that customer; its id."""
        subject, name = envelope.books(customer), fresh_id()
        async with self._database.changing() as work:
            key = await self._keys.key(work.connection, subject) or await self._keys.new(work.connection, subject)
            await work.connection.execute(
                insert(books).values(
                    entry=name,
                    customer=customer,
                    last_day=last_day(entry.day),
                    sealed_content=key.seal(_place(name), entry.encoded()),
                )
            )
        return name

    async def of(self, customer: str) -> list[BookEntry]:
        """What is kept of that customer, also once it is erased."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(books).where(books.c.customer == customer))).all()
            key = await self._keys.key(connection, envelope.books(customer))
        if key is None:
            return []
        return sorted(
            (decoded(key.open(_place(row.entry), row.sealed_content)) for row in rows), key=lambda one: one.day
        )

    async def sweep(self, *, now: float, at_most: int) -> int:
        """Erase entries whose last day is over, and the keys of customers who have none left; how many entries."""
        over = select(books.c.entry, books.c.customer).where(books.c.last_day < day_of(now)).limit(at_most)
        async with self._database.reading() as connection:
            if not (await connection.execute(over)).all():
                return 0
        async with self._database.changing(erases=True) as work:
            rows = (await work.connection.execute(over)).all()
            await work.connection.execute(delete(books).where(books.c.entry.in_([row.entry for row in rows])))
            for customer in {row.customer for row in rows}:
                left = select(exists().where(books.c.customer == customer))
                if not (await work.connection.execute(left)).scalar_one():
                    await self._keys.erase(work.connection, [envelope.books(customer)])
        return len(rows)


def _place(entry: str) -> Place:
    return Place("books", "sealed_content", entry)
