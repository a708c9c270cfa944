"""The waiting list and the newsletter: sealed addresses, each under a key of its entry's own, only with a consent.

There is one way in, and it takes a consent (P-27, P-31); the column that refers to it can't be empty. Withdrawing
erases the key, then the entry; a restored backup is erased again (P-32). Nothing here sends mail.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from signalling.people.lists import Entry, ListKind, folded
from signalling.privacy.consent import Consent
from signalling.store import envelope
from signalling.store.consents import end, give
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope, Place, SubjectKey
from signalling.store.faults import ConflictError
from signalling.store.reads import sealed_anew
from signalling.store.rows import day_of, fresh_id
from signalling.store.tables import consents, list_entries


@dataclass(frozen=True, slots=True, repr=False)
class Exported:
    """An entry as the operator takes it out, to write to it: with the token that withdraws it in one step."""

    name: str
    """The entry's id."""
    entry: Entry
    token: str
    wording: str
    given_day: int


class Lists:
    """Adds, exports and erases entries."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def add(self, entry: Entry, consent: Consent) -> None:
        """Put somebody on a list. Who is on it already stays as they are, after the same work, and nobody is told."""
        try:
            async with self._database.changing() as work:
                await self._put(work, entry, consent)
        except ConflictError:  # the same address at the same moment, elsewhere
            return

    async def withdraw(self, token: str, *, now: float) -> bool:
        """Erase the entry of that token at once. True also if it is gone already; False: no token of ours."""
        name = token[:22]
        if not hmac.compare_digest(token.encode(), self._token(name).encode()):
            return False
        await self._erase(name, now=now)
        return True

    async def remove(self, kind: ListKind, email: str, *, now: float) -> bool:
        """Erase that address, for somebody who asked the operator. False: it isn't on the list."""
        wanted = select(list_entries.c.entry).where(list_entries.c.address_index == self._index(kind, email))
        async with self._database.reading() as connection:
            name = (await connection.execute(wanted)).scalar_one_or_none()
        return name is not None and await self._erase(name, now=now) == 1

    async def names(self, kind: ListKind) -> list[str]:
        """The ids of its entries, and nothing of theirs."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(list_entries.c.entry).where(list_entries.c.kind == kind))
            return list(found.scalars())

    async def export(self, kind: ListKind) -> list[Exported]:
        """The whole list, for the operator."""
        wanted = select(list_entries, consents.c.wording, consents.c.given_day).join(consents)
        wanted = wanted.where(list_entries.c.kind == kind)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted.order_by(consents.c.given_day, list_entries.c.entry))).all()
            keys = await self._keys.keys(connection, [envelope.listed(row.entry) for row in rows])
        return [
            Exported(row.entry, _entry(row, key), self._token(row.entry), row.wording, row.given_day)
            for row in rows
            if (key := keys.get(envelope.listed(row.entry))) is not None
        ]

    async def _erase(self, name: str, *, now: float) -> int:
        async with self._database.changing(now=now, erases=True) as work:
            return await erase_entries(work, self._keys, [name])

    async def _put(self, work: Work, entry: Entry, consent: Consent) -> None:
        index = self._index(entry.kind, entry.email)
        found = select(list_entries).where(list_entries.c.address_index == index).with_for_update()
        row = (await work.connection.execute(found)).one_or_none()
        if row is None:
            name = fresh_id()
            key = await self._keys.new(work.connection, envelope.listed(name))
            ground = await give(work, consent)
            await work.connection.execute(
                insert(list_entries).values(
                    entry=name, kind=entry.kind, address_index=index, consent=ground, **_sealed(name, entry, key)
                )
            )
            return
        # The same again, under a fresh key: a stranger who tries an address sees no difference.
        subject = envelope.listed(row.entry)
        old = await self._keys.key(work.connection, subject)
        assert old is not None, "a key goes with its entry, in one transaction"
        kept = _entry(row, old)
        key = await self._keys.renew(work.connection, subject)
        await sealed_anew(work, subject, old, key)
        await work.connection.execute(
            update(list_entries).where(list_entries.c.entry == row.entry).values(**_sealed(row.entry, kept, key))
        )

    def _index(self, kind: ListKind, email: str) -> bytes:
        return self._keys.address_index(kind, folded(email))

    def _token(self, entry: str) -> str:
        """Made from the entry's id when it is needed, so that none is kept."""
        return entry + urlsafe_b64encode(self._keys.hashed("withdraw", entry)).rstrip(b"=").decode("ascii")


async def erase_entries(work: Work, keys: Envelope, names: Iterable[str]) -> int:
    """Entries: their keys, the end of their consents, their rows; how many."""
    gone = list(names)
    if not gone:
        return 0
    mine = list_entries.c.entry.in_(gone)
    held = select(list_entries.c.consent).where(mine).order_by(list_entries.c.entry).with_for_update()
    grounds = (await work.connection.execute(held)).scalars().all()
    await keys.erase(work.connection, [envelope.listed(one) for one in gone])
    await end(work, grounds, day=day_of(work.now))
    there = (await work.connection.execute(delete(list_entries).where(mine))).rowcount
    if there:
        work.erased("listed", *gone)
    return there


def _sealed(name: str, entry: Entry, key: SubjectKey) -> dict[str, Any]:
    country = entry.country
    return {
        "sealed_email": key.seal_text(_place(name, "sealed_email"), entry.email),
        "sealed_country": key.seal_text(_place(name, "sealed_country"), country) if country is not None else None,
    }


def _entry(row: Row[Any], key: SubjectKey) -> Entry:
    country = row.sealed_country
    return Entry(
        ListKind(row.kind),
        key.open_text(_place(row.entry, "sealed_email"), row.sealed_email),
        key.open_text(_place(row.entry, "sealed_country"), country) if country is not None else None,
    )


def _place(entry: str, column: str) -> Place:
    return Place("list_entries", column, entry)
