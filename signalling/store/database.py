"""The database: an engine from a URL, transactions, and SQLite's settings for erasing what is erased.

SQLite by default, PostgreSQL beyond; the same statements run on both. No statement's parameters are logged, and a
database's own words never leave here: they quote rows.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, event, insert, select, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, QueuePool

from signalling.people.circle import ChangeKind
from signalling.store.erasure_log import ErasureLog
from signalling.store.faults import ConflictError, StoreError
from signalling.store.tables import change_counter, changes
from signalling.vocabulary import PartyId

MEMORY: Final = "sqlite+aiosqlite:///:memory:"
DRIVERS: Final = frozenset({"sqlite+aiosqlite", "postgresql+asyncpg"})
BUSY_SECONDS: Final = 10
CHECKPOINT_ATTEMPTS: Final = 20
CONNECTIONS: Final = 8
DAY_SECONDS: Final = 86_400
NOBODY: Final = PartyId("")
"""Stands in the list of changes for an erasure that no live socket need hear of."""
GRAVITY: Final = tuple(ChangeKind)
"""From the lightest change to the gravest; of several of one party the gravest is told."""


class Work:
    """One transaction that changes something. Who is noted here is heard of by live sockets once it is done.

    What it erases goes into the log of erasures, if there is one, so that a restored backup can be erased again.
    """

    def __init__(self, connection: AsyncConnection, *, now: float = 0) -> None:
        self.connection: Final = connection
        self.now: Final = now
        self.gone: Final[list[tuple[str, str]]] = []
        self.is_told = True
        """Whether the log of erasures hears of it."""
        self._noted: dict[PartyId, ChangeKind] = {}

    def erased(self, kind: str, *names: str) -> None:
        """These are erased by this transaction: `person`, `device` (its circle), `customer`, `invitation` …"""
        self.gone.extend((kind, name) for name in names)

    def note(self, party: PartyId, kind: ChangeKind) -> None:
        """Live sockets must look at that party again."""
        known = self._noted.get(party)
        self._noted[party] = kind if known is None else max(known, kind, key=GRAVITY.index)

    async def write_noted(self) -> None:
        """Last of all: the counter's row is held until the end, so numbers become visible in their order.

        An erasure of which no live socket need hear is noted too: every node lets go of keys by it.
        """
        if self.gone and not self._noted:
            self.note(NOBODY, ChangeKind.ERASED)
        if not self._noted:
            return
        counted = await self.connection.execute(
            update(change_counter).values(seq=change_counter.c.seq + len(self._noted)).returning(change_counter.c.seq)
        )
        first = counted.scalar_one() - len(self._noted) + 1
        rows = [
            {"seq": first + place, "party": party, "kind": kind, "at": int(self.now)}
            for place, (party, kind) in enumerate(self._noted.items())
        ]
        await self.connection.execute(insert(changes), rows)


class Database:
    """Connections to one database, and transactions on them."""

    def __init__(self, url: str) -> None:
        parsed = checked_url(url)
        self.is_sqlite: Final = parsed.drivername.startswith("sqlite")
        self.is_memory: Final = self.is_sqlite and parsed.database in {None, "", ":memory:"}
        self.log: ErasureLog | None = None
        self._owes_checkpoint = False
        self._erasures = 0
        self._writing = asyncio.Lock()
        self.engine: Final = self._made(parsed)

    def _made(self, url: URL) -> AsyncEngine:
        if not self.is_sqlite:
            return create_async_engine(
                url, hide_parameters=True, pool_size=CONNECTIONS, max_overflow=0, pool_pre_ping=True
            )
        engine = create_async_engine(
            url,
            hide_parameters=True,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=1 if self.is_memory else CONNECTIONS,  # an in-memory database is its connection
            max_overflow=0,
            # Statements aren't kept for the next time: each would keep the ids that it was last asked about.
            connect_args={"timeout": BUSY_SECONDS, "cached_statements": 0},
        )
        event.listen(engine.sync_engine, "connect", _configured)
        event.listen(engine.sync_engine, "begin", _begun)
        event.listen(engine.sync_engine, "checkin", self._given_back)
        return engine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes nothing. Raises StoreError."""
        with _told_plainly():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def changing(self, *, now: float = 0, erases: bool = False) -> AsyncIterator[Work]:
        """A transaction that changes something, all of it or nothing. Raises StoreError, ConflictError.

        `erases`: what it deletes shall be nowhere in the files when this returns.
        """
        with _told_plainly():
            async with self._alone(), self.engine.connect() as connection:
                marked = await connection.execution_options(narvaro_writes=True)
                async with marked.begin():
                    work = Work(marked, now=now)
                    yield work
                    await work.write_noted()
                    if work.gone and not now:
                        raise StoreError("an erasure has its day, or the log of erasures would forget it at once")
                    if self.log is not None and work.gone and work.is_told:
                        await self.log.note(marked, work.gone, day=int(now // DAY_SECONDS))
        if erases:
            self._owes_checkpoint = True
            await self.checkpoint()
            if work.gone:
                await self.forget_pages()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """SQLite has one writer at a time: those of this process queue here, fairly, others at the file."""
        if not self.is_sqlite:
            yield
            return
        async with self._writing:
            yield

    async def checkpoint(self) -> bool:
        """Empty SQLite's write-ahead log, where deleted rows stay until then. False while a reader is in the way."""
        if not self.is_sqlite or self.is_memory:
            return True
        with _told_plainly():
            for _ in range(CHECKPOINT_ATTEMPTS):
                async with self._writing, self.engine.connect() as connection:
                    autocommitting = await connection.execution_options(narvaro_bare=True)
                    row = (await autocommitting.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()
                if row[0] == 0:
                    self._owes_checkpoint = False
                    return True
                await asyncio.sleep(0.05)
        return False

    async def forget_pages(self) -> None:
        """Let go of cached pages of SQLite's file: idle connections now, one in use when it is given back."""
        self._erasures += 1
        pool = self.engine.pool
        with _told_plainly():
            for _ in range(pool.checkedin() if isinstance(pool, QueuePool) and self._caches_pages else 0):
                async with self.engine.connect():
                    pass  # the pool is a queue: each of them once

    def _given_back(self, connection: Any, record: ConnectionPoolEntry) -> None:
        """SQLite caches pages of its file: those from before an erasure know whom it erased."""
        if connection is not None and self._caches_pages and record.info.get("erasures", 0) != self._erasures:
            record.info["erasures"] = self._erasures
            cursor = connection.cursor()
            cursor.execute("PRAGMA shrink_memory")
            cursor.close()

    @property
    def _caches_pages(self) -> bool:
        return self.is_sqlite and not self.is_memory and self._erasures > 0

    @property
    def owes_checkpoint(self) -> bool:
        """Whether something erased may still stand in the write-ahead log."""
        return self._owes_checkpoint

    async def close(self) -> None:
        """Give the connections back."""
        if self._owes_checkpoint:
            await self.checkpoint()
        await self.engine.dispose()


def checked_url(url: str) -> URL:
    """The parsed URL, if it is of a database that the store works on. Raises StoreError with the rule."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in DRIVERS:
        raise StoreError("a database URL begins with sqlite+aiosqlite:// or postgresql+asyncpg://")
    return parsed


async def changes_after(connection: AsyncConnection, after: int) -> tuple[int, dict[PartyId, ChangeKind]]:
    """The counter, and the gravest change of each party since."""
    last = (await connection.execute(select(change_counter.c.seq))).scalar_one()
    found: dict[PartyId, ChangeKind] = {}
    if last <= after:
        return last, found
    rows = await connection.execute(
        select(changes.c.party, changes.c.kind).where(changes.c.seq > after, changes.c.seq <= last)
    )
    for party, kind in rows:
        known = found.get(PartyId(party), GRAVITY[0])
        found[PartyId(party)] = max(known, ChangeKind(kind), key=GRAVITY.index)
    return last, found


async def prune_changes(work: Work, *, before: float, at_most: int) -> int:
    """Drop changes noted before that moment; how many."""
    old = select(changes.c.seq).where(changes.c.at < int(before)).order_by(changes.c.at).limit(at_most)
    gone = (await work.connection.execute(old)).scalars().all()
    return (await work.connection.execute(delete(changes).where(changes.c.seq.in_(gone)))).rowcount


def _configured(connection: Any, _record: object) -> None:
    """Each new SQLite connection: what is deleted is overwritten, and nothing spills into temporary files."""
    connection.isolation_level = None  # transactions begin where SQLAlchemy says so, not where the driver guesses
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "foreign_keys=ON",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begun(connection: Any) -> None:
    options = connection.get_execution_options()
    if not options.get("narvaro_bare"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("narvaro_writes") else "BEGIN")


@contextmanager
def _told_plainly() -> Iterator[None]:
    """A database's error becomes ours, without its words."""
    fault: StoreError | None = None
    try:
        yield
    except IntegrityError:
        fault = ConflictError("a row is there already, or what it refers to is gone")
    except (SQLAlchemyError, OSError):
        fault = StoreError("the database can't be reached, or refused a statement")
    if fault is not None:
        raise fault from None


def private_file(url: str) -> None:
    """Make an SQLite database's file so that its owner alone can read it, if it isn't there yet."""
    parsed = checked_url(url)
    if parsed.drivername.startswith("sqlite") and parsed.database not in {None, "", ":memory:"}:
        Path(str(parsed.database)).touch(mode=0o600)
