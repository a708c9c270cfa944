"""The lasting store as one thing: its repositories side by side, and how it is opened, tidied and closed.

Nothing of a call can reach it. Every repository method is one transaction; what live sockets must hear of is written in
the same one. Unknown, forbidden and not linked are one answer: None or False.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from signalling.store.contacts import Contacts
from signalling.store.customers import Customers
from signalling.store.devices import Devices
from signalling.store.endpoints import Endpoints
from signalling.store.envelope import Master
from signalling.store.history import History
from signalling.store.invitations import Invitations
from signalling.store.keywords import Keywords
from signalling.store.memberships import Memberships
from signalling.store.posts import Posts
from signalling.store.profiles import Profiles


class Store:
    """What lasts: customers, devices, people, links, posts that wait. Made by `open_store`."""

    customers: Customers
    devices: Devices
    endpoints: Endpoints
    profiles: Profiles
    memberships: Memberships
    contacts: Contacts
    invitations: Invitations
    keywords: Keywords
    posts: Posts
    history: History

    def __init__(self) -> None:
        raise NotImplementedError

    async def sweep(self, *, now: float) -> int:
        """Erase what has had its time: posts, invitations, numbers in them, lonely profiles, old changes. How many."""
        raise NotImplementedError

    async def checkpoint(self) -> bool:
        """Have what was erased leave SQLite's write-ahead log. False while somebody still reads it; ask again."""
        raise NotImplementedError


@asynccontextmanager
async def open_store(url: str, master: Master, *, upgrade: bool = False) -> AsyncIterator[Store]:
    """The store at that database URL until the block ends. Raises StoreError.

    `upgrade` brings an older database to this version's tables; `:memory:` always is. Without it an older one is
    refused.
    """
    raise NotImplementedError
    yield
