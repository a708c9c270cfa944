"""The lasting store as one thing: its repositories side by side, and how it is opened, tidied and closed.

Nothing of a call can reach it. Every repository method is one transaction; what live sockets must hear of is written in
the same one. Unknown, forbidden and not linked are one answer: None or False.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from signalling.store import migrations
from signalling.store.contacts import Contacts
from signalling.store.customers import Customers
from signalling.store.database import Database, private_file
from signalling.store.devices import Devices
from signalling.store.endpoints import Endpoints
from signalling.store.envelope import Envelope, Master
from signalling.store.faults import StoreError
from signalling.store.history import History
from signalling.store.invitations import Invitations
from signalling.store.keywords import Keywords
from signalling.store.ledger import StoreLedger
from signalling.store.memberships import Memberships
from signalling.store.posts import Posts
from signalling.store.profiles import Profiles


class Store:
    """What lasts: customers, devices, people, links, posts that wait. Made by `open_store`."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self.database: Final = database
        self.keys: Final = keys
        self.customers: Final = Customers(database, keys)
        self.devices: Final = Devices(database, keys)
        self.endpoints: Final = Endpoints(database)
        self.profiles: Final = Profiles(database, keys)
        self.memberships: Final = Memberships(database, keys)
        self.contacts: Final = Contacts(database, keys)
        self.invitations: Final = Invitations(database, keys)
        self.keywords: Final = Keywords(database, keys)
        self.posts: Final = Posts(database)
        self.history: Final = History(database, keys)
        self.receipts: Final = StoreLedger(database)

    async def sweep(self, *, now: float) -> int:
        """Erase what has had its time: posts, invitations, numbers in them, lonely profiles, old changes. How many."""
        swept = [
            await self.posts.sweep(now=now),
            await self.invitations.sweep(now=now),
            await self.profiles.sweep(now=now),
            await self.history.prune(now=now),
        ]
        if self.database.owes_checkpoint:
            await self.checkpoint()
        return sum(swept)

    async def checkpoint(self) -> bool:
        """Have what was erased leave SQLite's write-ahead log. False while somebody still reads it; ask again."""
        return await self.database.checkpoint()

    async def rewrap(self) -> tuple[int, set[str]]:
        """Wrap every key under the current master version: how many were not, and which versions are in use then."""
        async with self.database.changing(erases=True) as work:
            return await self.keys.rewrap(work.connection), await self.keys.versions(work.connection)


@asynccontextmanager
async def open_store(url: str, master: Master, *, upgrade: bool = False) -> AsyncIterator[Store]:
    """The store at that database URL until the block ends. Raises StoreError.

    `upgrade` brings an older database to this version's tables; one in memory always is. Without it an older one is
    refused. The master key must be the one that the database is sealed under.
    """
    private_file(url)
    database = Database(url)
    keys = Envelope(master)
    try:
        await _prepared(database, keys, upgrade=upgrade or database.is_memory)
        yield Store(database, keys)
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


async def _prepared(database: Database, keys: Envelope, *, upgrade: bool) -> None:
    async with database.changing() as work:
        if upgrade:
            await work.connection.run_sync(migrations.upgrade)
        elif not await work.connection.run_sync(migrations.is_current):
            raise StoreError("the database has other tables than this version; run `signalling store upgrade`")
        await keys.begin(work.connection)
