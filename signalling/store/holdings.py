"""All that the store has about one person, read in one transaction and opened: what an export is made of (P-36).

Reads only. A test compares it with a scan of every table: a table that knows a person and isn't here fails it.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signalling.privacy.export import Held
from signalling.store import envelope
from signalling.store.database import Database
from signalling.store.envelope import Envelope, Place
from signalling.store.tables import (
    endpoints,
    erasures_due,
    holds,
    invitations,
    memberships,
    parties,
    pictures,
    post_readers,
    posts,
    profiles,
    subject_requests,
)

_SUBJECTS: Final = {
    profiles.name: ("party", envelope.person),
    pictures.name: ("party", envelope.person),
    invitations.name: ("invitation", envelope.invitation),
    subject_requests.name: ("request", envelope.request),
}
"""Of tables with sealed columns: the column that names the row, and whose key opens it."""
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
            rows: dict[str, list[Mapping[str, Any]]] = {}
            for table, is_mine in _wanted(party, apps, self._keys.phone_index(phone)).items():
                found = (await connection.execute(select(table).where(is_mine))).all()
                rows[table.name] = [await self._opened(connection, table, row) for row in found]
        return Held(frozenset({party, envelope.person(party), phone, *apps}), rows)

    async def _opened(self, connection: AsyncConnection, table: Table, row: Row[Any]) -> Mapping[str, Any]:
        values = dict(zip(table.c.keys(), row, strict=True))
        sealed = {column: value for column, value in values.items() if column.startswith(_SEALED) and value is not None}
        if not sealed:
            return values
        named, subject = _SUBJECTS[table.name]
        key = await self._keys.key(connection, subject(values[named]))
        for column, content in sealed.items():
            if key is None:  # erased meanwhile: nobody opens it any more
                values[column] = None
                continue
            place = Place(table.name, column, values[named])
            is_octets = f"{table.name}.{column}" in _OCTETS
            values[column] = key.open(place, content) if is_octets else key.open_text(place, content)
        return values


def _wanted(party: str, apps: list[str], phone_index: bytes) -> Mapping[Table, ColumnElement[bool]]:
    """Each table in which a person can stand, and which rows are about them."""
    read = select(post_readers.c.post).where(post_readers.c.endpoint.in_(apps))
    written = select(posts.c.post).where(posts.c.author.in_(apps))
    subject = envelope.person(party)
    return {
        profiles: profiles.c.party == party,
        pictures: pictures.c.party == party,
        parties: parties.c.party == party,
        endpoints: endpoints.c.party == party,
        memberships: memberships.c.person == party,
        invitations: or_(invitations.c.inviter == party, invitations.c.phone_index == phone_index),
        posts: or_(posts.c.author.in_(apps), posts.c.post.in_(read)),
        post_readers: or_(post_readers.c.endpoint.in_(apps), post_readers.c.post.in_(written)),
        holds: holds.c.subject == subject,
        erasures_due: erasures_due.c.subject == subject,
        subject_requests: subject_requests.c.subject == subject,
    }
