"""The lasting store as one thing: its repositories side by side, and how it is opened, tidied and closed.

Nothing of a call can reach it. Every repository method is one transaction; what live sockets must hear of is written in
the same one. Unknown, forbidden and not linked are one answer: None or False.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import delete, select

from signalling.store import migrations
from signalling.store.again import erase_again
from signalling.store.agreements import Agreements
from signalling.store.books import Books
from signalling.store.consents import Consents
from signalling.store.contacts import Contacts
from signalling.store.customers import Customers
from signalling.store.database import Database, private_file
from signalling.store.devices import Devices
from signalling.store.endpoints import Endpoints
from signalling.store.envelope import Envelope, Master
from signalling.store.erasure_log import ErasureLog
from signalling.store.faults import StoreError
from signalling.store.history import History
from signalling.store.holdings import Holdings
from signalling.store.holds import Holds
from signalling.store.invitations import Invitations
from signalling.store.keywords import Keywords
from signalling.store.ledger import StoreLedger
from signalling.store.lists import Lists
from signalling.store.memberships import Memberships
from signalling.store.posts import Posts
from signalling.store.profiles import Profiles
from signalling.store.reads import StaffReads
from signalling.store.requests import Requests
from signalling.store.retention import Retention
from signalling.store.robot_log import LOG_DAYS, RobotLog
from signalling.store.support import SupportThreads, index_addresses
from signalling.store.tables import erasure_marks

BACKUP_DAYS: Final = 35
"""How long a backup may be restored, unless told otherwise."""


class Store:
    """What lasts: customers, devices, people, links, posts that wait. Made by `open_store`."""

    def __init__(
        self,
        database: Database,
        keys: Envelope,
        *,
        backup_days: int = BACKUP_DAYS,
        av1_log_days: int = LOG_DAYS,
        dpa_required: bool = False,
    ) -> None:
        self.database: Final = database
        self.keys: Final = keys
        self.customers: Final = Customers(database, keys, dpa_required=dpa_required)
        self.devices: Final = Devices(database, keys, dpa_required=dpa_required)
        self.endpoints: Final = Endpoints(database)
        self.profiles: Final = Profiles(database, keys)
        self.memberships: Final = Memberships(database, keys)
        self.contacts: Final = Contacts(database, keys)
        self.invitations: Final = Invitations(database, keys)
        self.keywords: Final = Keywords(database, keys)
        self.posts: Final = Posts(database)
        self.history: Final = History(database, keys)
        self.receipts: Final = StoreLedger(database)
        self.agreements: Final = Agreements(database, keys)
        self.holds: Final = Holds(database)
        self.holdings: Final = Holdings(database, keys)
        self.requests: Final = Requests(database, keys)
        self.books: Final = Books(database, keys)
        self.robot_log: Final = RobotLog(database, days=av1_log_days)
        self.consents: Final = Consents(database)
        self.lists: Final = Lists(database, keys)
        self.support: Final = SupportThreads(database, keys)
        self.reads: Final = StaffReads(database, keys)
        self.retention: Final = Retention(database, keys, backup_days=backup_days, av1_log_days=av1_log_days)

    async def sweep(self, *, now: float) -> int:
        """Erase what has had its time (`retention`); how many rows."""
        return sum((await self.retention.run(now=now)).values())

    async def checkpoint(self) -> bool:
        """Have what was erased leave SQLite's write-ahead log. False while somebody still reads it; ask again."""
        return await self.database.checkpoint()

    async def rewrap(self) -> tuple[int, set[str]]:
        """Wrap every key under the current master version: how many were not, and which versions are in use then."""
        async with self.database.changing(erases=True) as work:
            return await self.keys.rewrap(work.connection), await self.keys.versions(work.connection)


@asynccontextmanager
async def open_store(
    url: str,
    master: Master,
    *,
    upgrade: bool = False,
    erasure_log: Path | None = None,
    backup_days: int = BACKUP_DAYS,
    av1_log_days: int = LOG_DAYS,
    dpa_required: bool = False,
) -> AsyncIterator[Store]:
    """The store at that database URL until the block ends. Raises StoreError.

    `upgrade` brings an older database to this version's tables; one in memory always is. Without it an older one is
    refused. The master key must be the one that the database is sealed under. With a log of erasures, a database that
    was restored from a backup is erased again before it is given out; the log forgets after `backup_days`.
    The AV1 log is kept for `av1_log_days`. With `dpa_required` no organisation is served without its agreement.
    """
    private_file(url)
    database = Database(url)
    keys = Envelope(master)
    try:
        await _prepared(database, keys, upgrade=upgrade or database.is_memory)
        await _erased_again(database, keys, erasure_log)
        yield Store(database, keys, backup_days=backup_days, av1_log_days=av1_log_days, dpa_required=dpa_required)
    finally:
        await database.close()


async def upgrade_store(url: str) -> None:
    """Bring a database to this version's tables. Raises StoreError."""
    private_file(url)
    database = Database(url)
    try:
        async with database.changing() as work:
            await work.connection.run_sync(migrations.upgrade)
    finally:
        await database.close()


async def lose_log(url: str) -> None:
    """Let a database go on whose log of erasures is lost: the next one is new. Raises StoreError."""
    database = Database(url)
    try:
        async with database.changing() as work:
            await work.connection.execute(delete(erasure_marks))
    finally:
        await database.close()


async def _erased_again(database: Database, keys: Envelope, path: Path | None) -> None:
    if path is None:
        async with database.reading() as connection:
            if (await connection.execute(select(erasure_marks.c.log).limit(1))).one_or_none() is not None:
                raise StoreError("this database has a log of erasures: ERASURE_LOG_FILE says where it is")
        return
    log = ErasureLog(path, keys.hashed)
    async with database.changing(now=time.time(), erases=True) as work:
        # Of several nodes on PostgreSQL each has a log of its own, and a new node a new one.
        if database.is_sqlite and not await log.is_known_to(work.connection):
            raise StoreError(
                "this log of erasures isn't the one that the database was kept with: put that one back, or, if it is "
                "lost, say so with `signalling store lost-log`"
            )
        await erase_again(work, keys, log)
    database.log = log


async def is_ready(url: str, master: Master) -> bool:
    """Whether that database has this version's tables and opens with this master key; nothing is changed.

    Raises StoreError if it can't be reached or doesn't open.
    """
    database = Database(url)
    try:
        async with database.reading() as connection:
            if not await connection.run_sync(migrations.is_current):
                return False
            await Envelope(master).open(connection)
        return True
    finally:
        await database.close()


async def _prepared(database: Database, keys: Envelope, *, upgrade: bool) -> None:
    async with database.changing() as work:
        if upgrade:
            await work.connection.run_sync(migrations.upgrade)
        elif not await work.connection.run_sync(migrations.is_current):
            raise StoreError("the database has other tables than this version; run `signalling store upgrade`")
        await keys.begin(work.connection)
        await index_addresses(work, keys)
