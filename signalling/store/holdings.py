"""All that the store has about somebody, read in one transaction and opened: what an export is made of (P-36).

Reads only. `standing` says in which tables; here sealed columns are opened with the keys of whom they belong to.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signalling.privacy.export import Held
from signalling.store import envelope
from signalling.store.database import Database
from signalling.store.envelope import Envelope, Place
from signalling.store.standing import Wanted, of_all, of_person
from signalling.store.tables import customers, endpoints, profiles

Values = Mapping[str, Any]


def _under(column: str, subject: Callable[[str], str], row: str | None = None) -> Callable[[Values], tuple[str, str]]:
    """Whose key opens a row, and what the row is called where it is sealed."""
    return lambda values: (subject(values[column]), values[row or column])


_SEALED_UNDER: Final[Mapping[str, Callable[[Values], tuple[str, str]]]] = {
    "profiles": _under("party", envelope.person),
    "pictures": _under("party", envelope.person),
    "invitations": _under("invitation", envelope.invitation),
    "subject_requests": _under("request", envelope.request),
    "customers": _under("customer", envelope.customer),
    "devices": _under("customer", envelope.customer, "party"),
    "books": _under("customer", envelope.books, "entry"),
    "list_entries": _under("entry", envelope.listed),
    "support_threads": _under("thread", envelope.thread),
    "support_messages": lambda values: (envelope.thread(values["thread"]), f"{values['thread']}:{values['place']}"),
    "staff_reads": lambda values: (values["subject"], values["read"]),
}
"""Of every table with sealed columns."""
_SEALED: Final = "sealed_"
_OCTETS: Final = frozenset({"pictures.sealed_content"})


class Holdings:
    """Gathers what is about somebody."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def of(self, party: str) -> Held | None:
        """What there is about that person; None if there is no such person."""
        async with self._database.reading() as connection:
            key = await self._keys.key(connection, envelope.person(party))
            profile = (await connection.execute(select(profiles).where(profiles.c.party == party))).one_or_none()
            if key is None or profile is None:
                return None
            phone = key.open_text(Place(profiles.name, "sealed_phone", party), profile.sealed_phone)
            mine = (await connection.execute(select(endpoints.c.endpoint).where(endpoints.c.party == party))).scalars()
            apps = list(mine)
            rows = await self._rows(connection, of_person(party, apps, self._keys.phone_index(phone)))
        return Held(frozenset({party, envelope.person(party), phone, *apps}), rows)

    async def of_customer(self, customer: str) -> Held | None:
        """What there is about that customer; None if there is no such customer."""
        subject = envelope.customer(customer)
        async with self._database.reading() as connection:
            rows = await self._rows(connection, of_all([subject]))
        own = [value for row in rows[customers.name] for value in (row["sealed_phone"], row["sealed_email"]) if value]
        return Held(frozenset({customer, subject, *own}), rows) if rows[customers.name] else None

    async def of_subjects(self, subjects: Iterable[str], email: str) -> Held:
        """What there is about customers, entries, threads and requests that one e-mail address leads to."""
        named = list(subjects)
        async with self._database.reading() as connection:
            rows = await self._rows(connection, of_all(named))
        return Held(frozenset({email, *named, *(one.partition(":")[2] for one in named)}), rows)

    async def _rows(self, connection: AsyncConnection, wanted: Wanted) -> dict[str, list[Values]]:
        rows: dict[str, list[Values]] = {}
        for table, is_mine in wanted.items():
            found = (await connection.execute(select(table).where(is_mine))).all()
            rows[table.name] = [await self._opened(connection, table, row) for row in found]
        return rows

    async def _opened(self, connection: AsyncConnection, table: Table, row: Row[Any]) -> Values:
        values = dict(zip(table.c.keys(), row, strict=True))
        sealed = {column: value for column, value in values.items() if column.startswith(_SEALED) and value is not None}
        if not sealed:
            return values
        subject, name = _SEALED_UNDER[table.name](values)
        key = await self._keys.key(connection, subject)
        for column, content in sealed.items():
            if key is None:  # erased meanwhile: nobody opens it any more
                values[column] = None
                continue
            place = Place(table.name, column, name)
            is_octets = f"{table.name}.{column}" in _OCTETS
            values[column] = key.open(place, content) if is_octets else key.open_text(place, content)
        return values
