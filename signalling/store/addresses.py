"""Whose data an e-mail address leads to: customers, entries of lists, support threads, earlier requests (P-36, P-38).

For whoever reviews a request that came by the form, and for nobody else: the form itself looks nobody up (P-52).
Entries and threads are found by a keyed hash; customers and requests are opened one by one and compared.
"""

from collections.abc import Sequence

from sqlalchemy import select

from signalling.people.lists import ListKind, folded
from signalling.privacy.requests import CameBy
from signalling.store import envelope
from signalling.store.customers import Customers
from signalling.store.database import Database
from signalling.store.envelope import Envelope, Place
from signalling.store.support import address_index
from signalling.store.tables import list_entries, subject_requests, support_threads


class Addresses:
    """Finds subjects by an address."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys
        self._customers = Customers(database, keys)

    async def subjects(self, email: str) -> list[str]:
        """Every subject with that address, as keys are named; a customer's own threads come with the customer."""
        wanted = folded(email)
        customers = [
            envelope.customer(name)
            for name, data in (await self._customers.all()).items()
            if data.email is not None and folded(data.email) == wanted
        ]
        indexes = [self._keys.address_index(kind, wanted) for kind in ListKind]
        listed = select(list_entries.c.entry).where(list_entries.c.address_index.in_(indexes))
        asked = select(support_threads.c.thread).where(
            support_threads.c.address_index == address_index(self._keys, wanted)
        )
        async with self._database.reading() as connection:
            entries = (await connection.execute(listed.order_by(list_entries.c.entry))).scalars().all()
            threads = (await connection.execute(asked.order_by(support_threads.c.thread))).scalars().all()
        requests = await self._requests(wanted)
        return [
            *customers,
            *map(envelope.listed, entries),
            *map(envelope.thread, threads),
            *map(envelope.request, requests),
        ]

    async def _requests(self, wanted: str) -> Sequence[str]:
        forms = select(subject_requests.c.request, subject_requests.c.sealed_email).where(
            subject_requests.c.came_by == CameBy.FORM, subject_requests.c.sealed_email.is_not(None)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(forms.order_by(subject_requests.c.request))).all()
            keys = await self._keys.keys(connection, [envelope.request(row.request) for row in rows])
        return [
            row.request
            for row in rows
            if (key := keys.get(envelope.request(row.request))) is not None
            and folded(key.open_text(Place("subject_requests", "sealed_email", row.request), row.sealed_email))
            == wanted
        ]
