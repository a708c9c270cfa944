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
from signalling.store.envelope import Envelope, Place, SubjectKey
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
)

_OWN: Final = {profiles.name: "party", pictures.name: "party"}
"""Tables sealed under the person's own key, and the column that names the row."""
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
                rows[table.name] = [await self._opened(connection, table, row, key) for row in found]
        return Held(frozenset({party, envelope.person(party), phone, *apps}), rows)

    async def _opened(
        self, connection: AsyncConnection, table: Table, row: Row[Any], own: SubjectKey
    ) -> Mapping[str, Any]:
        values = dict(zip(table.c.keys(), row, strict=True))
        key: SubjectKey | None = own
        named = _OWN.get(table.name)
        if table is invitations:
            named = "invitation"
            key = await self._keys.key(connection, envelope.invitation(row.invitation))
        for column, sealed in values.items():
            if not column.startswith(_SEALED) or sealed is None:
                continue
            assert named is not None, "a table with sealed columns says whose key opens them"
            if key is None:  # erased meanwhile: nobody opens it any more
                values[column] = None
                continue
            place = Place(table.name, column, values[named])
            is_octets = f"{table.name}.{column}" in _OCTETS
            values[column] = key.open(place, sealed) if is_octets else key.open_text(place, sealed)
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
    }
