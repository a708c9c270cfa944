"""Profiles of Komp users: name, phone, picture, each sealed under the person's own key (P-10)."""

import hashlib
from typing import Any, Final

from sqlalchemy import Row, delete, exists, insert, literal, select, update

from signalling.people.membership import sees
from signalling.people.profile import ALONE_DAYS, Profile, checked_name, checked_phone, picture_type
from signalling.privacy.holds import HoldReason
from signalling.store import envelope
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope, Place, SubjectKey
from signalling.store.erasing import erase_people, without_komp
from signalling.store.faults import ConflictError, HeldError
from signalling.store.holds import reasons_of
from signalling.store.rows import BATCH, add_endpoint, day_of, fresh_id, locked_people, memberships_of, owner_of
from signalling.store.tables import erasures_due, parties, pictures, profiles
from signalling.vocabulary import EndpointId, PartyId, PartyKind

NAME: Final = "sealed_name"
PHONE: Final = "sealed_phone"
PICTURE: Final = "sealed_picture"


class Profiles:
    """Makes, reads, changes and closes profiles. Raises ProfileError for what isn't of a profile."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def create(
        self, name: str, phone: str, *, endpoint: EndpointId, identity: bytes, now: float
    ) -> PartyId | None:
        """A new person with a first endpoint. None: the number has a profile already, or the key is somebody's."""
        name, phone, party = checked_name(name), checked_phone(phone), PartyId(fresh_id())
        subject = envelope.person(party)
        try:
            async with self._database.changing(now=now) as work:
                if await owner_of(work, endpoint) is not None:
                    return None
                await work.connection.execute(insert(parties).values(party=party, kind=PartyKind.PERSON))
                key = await self._keys.new(work.connection, subject)
                await work.connection.execute(
                    insert(profiles).values(
                        party=party,
                        phone_index=self._keys.phone_index(phone),
                        alone_since_day=day_of(now),
                        sealed_name=key.seal_text(place(NAME, party), name),
                        sealed_phone=key.seal_text(place(PHONE, party), phone),
                    )
                )
                await add_endpoint(work, party, endpoint, identity)
        except ConflictError:
            self._keys.forget(subject)
            return None
        return party

    async def by_phone(self, phone: str) -> PartyId | None:
        """Whose number (E.164) it is."""
        wanted = select(profiles.c.party).where(profiles.c.phone_index == self._keys.phone_index(phone))
        async with self._database.reading() as connection:
            party = (await connection.execute(wanted)).scalar_one_or_none()
        return PartyId(party) if party is not None else None

    async def get(self, party: str) -> Profile | None:
        """All of a profile, for the person themselves."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(profiles).where(profiles.c.party == party))).one_or_none()
            key = await self._keys.key(connection, envelope.person(party))
        if row is None or key is None:
            return None
        shown = shown_profile(row, key)
        return Profile(shown.name, key.open_text(place(PHONE, party), row.sealed_phone), shown.picture)

    async def seen_by(self, watcher: PartyId, party: str) -> Profile | None:
        """What that party may see of it, without the number; None if they share no Komp now."""
        async with self._database.reading() as connection:
            if not sees(watcher, PartyId(party), await memberships_of(connection, [watcher, party])):
                return None
            row = (await connection.execute(select(profiles).where(profiles.c.party == party))).one_or_none()
            key = await self._keys.key(connection, envelope.person(party))
        return shown_profile(row, key) if row is not None and key is not None else None

    async def rename(self, party: PartyId, name: str) -> bool:
        """Give it another name."""
        name = checked_name(name)
        async with self._database.changing(erases=True) as work:
            await locked_people(work, [party])
            key = await self._keys.key(work.connection, envelope.person(party))
            if key is None:
                return False
            changed = update(profiles).where(profiles.c.party == party)
            await work.connection.execute(changed.values(sealed_name=key.seal_text(place(NAME, party), name)))
        return True

    async def set_picture(self, party: PartyId, picture: bytes | None) -> str | None:
        """Put this picture in place of the older one, or take it away; its hash, hexadecimal, or None."""
        if picture is not None:
            picture_type(picture)
        name = hashlib.sha256(picture).hexdigest() if picture is not None else None
        async with self._database.changing(erases=True) as work:
            await locked_people(work, [party])
            key = await self._keys.key(work.connection, envelope.person(party))
            if key is None:
                return None
            await work.connection.execute(delete(pictures).where(pictures.c.party == party))
            sealed = key.seal_text(place(PICTURE, party), name) if name is not None else None
            await work.connection.execute(
                update(profiles).where(profiles.c.party == party).values(sealed_picture=sealed)
            )
            if picture is not None and name is not None:
                await self._put_picture(work, party, name, key.seal(_content(party), picture))
        return name

    async def picture(self, watcher: PartyId, picture: str) -> bytes | None:
        """The picture of that hash, if somebody whom the watcher sees (or the watcher) has it now."""
        wanted = select(pictures).where(pictures.c.picture_index == self._keys.picture_index(picture))
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).all()
            known = await memberships_of(connection, [watcher, *(row.party for row in rows)]) if rows else []
            for row in rows:
                if sees(watcher, PartyId(row.party), known):
                    key = await self._keys.key(connection, envelope.person(row.party))
                    return key.open(_content(row.party), row.sealed_content) if key is not None else None
        return None

    async def close(self, party: PartyId, *, now: float) -> bool:
        """Erase the person: key first, then every row that knows of them (P-14).

        Raises HeldError where a hold keeps them: then they go with the first retention run once it is lifted.
        """
        held: frozenset[HoldReason] = frozenset()
        async with self._database.changing(now=now, erases=True) as work:
            if not await locked_people(work, [party]):
                return False
            if not await erase_people(work, self._keys, [party]):
                held = await reasons_of(work, envelope.person(party))
        if held:
            raise HeldError(held)
        return True

    async def sweep(self, *, now: float, at_most: int = BATCH) -> int:
        """Erase profiles that have been without any Komp for `ALONE_DAYS`; how many."""
        is_due = exists().where(erasures_due.c.subject == literal("person:") + profiles.c.party)  # a hold keeps it
        lonely = (
            select(profiles.c.party)
            .where(profiles.c.alone_since_day <= day_of(now) - ALONE_DAYS, ~is_due)
            .limit(at_most)
        )
        async with self._database.reading() as connection:
            if not (await connection.execute(lonely.limit(1))).all():
                return 0
        async with self._database.changing(now=now, erases=True) as work:
            found = (await work.connection.execute(lonely.with_for_update(skip_locked=True))).scalars().all()
            gone = await without_komp(work, found)
            return await erase_people(work, self._keys, gone)

    async def _put_picture(self, work: Work, party: PartyId, name: str, sealed: bytes) -> None:
        index = self._keys.picture_index(name)
        await work.connection.execute(insert(pictures).values(party=party, picture_index=index, sealed_content=sealed))


def shown_profile(row: Row[Any], key: SubjectKey) -> Profile:
    """What others see in a row of `profiles`: no number."""
    name = key.open_text(place(NAME, row.party), row.sealed_name)
    sealed = row.sealed_picture
    return Profile(name, None, key.open_text(place(PICTURE, row.party), sealed) if sealed is not None else None)


def place(column: str, party: str) -> Place:
    """Where a sealed column of a profile stands."""
    return Place("profiles", column, party)


def _content(party: str) -> Place:
    return Place("pictures", "sealed_content", party)
