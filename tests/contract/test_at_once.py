"""Many change the same few people and devices at once: nobody waits for ever, and what is left fits together."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signalling.people.circle import ChangeKind, Endpoint
from signalling.people.membership import MemberRole, Membership, Side
from signalling.people.profile import ALONE_DAYS
from signalling.privacy.requests import RequestKind
from signalling.store import envelope
from signalling.store.erasing import erase_people
from signalling.store.rows import locked_people
from signalling.store.tables import changes, endpoints, invitations, memberships, post_readers, profiles, subject_keys
from tests.town import Town, fresh_key, post_to

ROUNDS, AT_ONCE = 6, 24
LATER: Final = (ALONE_DAYS + 1) * 86_400
Change = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Street:
    """Two Komps and those who belong to them, two robots with their apps, and what waits for all of these."""

    komps: list[Endpoint]
    persons: list[Endpoint]
    phones: list[Endpoint]
    av1s: list[Endpoint]
    apps: list[Endpoint]
    posts: list[str]
    codes: list[str]
    keywords: list[str]

    @property
    def writers(self) -> list[Endpoint]:
        return [*self.komps, *self.phones, *self.av1s, *self.apps]


async def a_street(people: Town) -> Street:
    """Everybody has written to everybody whom they may write to."""
    store, now = people.store, people.now
    komps, av1s = [await people.komp() for _ in range(2)], [await people.av1() for _ in range(2)]
    persons = [await people.member(f"Person {number}", komps[number % 2]) for number in range(5)]
    phones = [*persons, *[await people.phone(one) for one in persons[:2]]]
    apps = [await people.student(av1) for av1 in av1s]
    street = Street(komps, persons, phones, av1s, apps, [], [], [])
    for author in street.writers:
        for reader in street.writers:
            post = post_to(reader, purpose="key")
            if author != reader and await store.posts.put(author, post, now=now):
                street.posts.append(post.post)
    for komp in komps:
        made = await store.invitations.create(
            komp.party, MemberRole.USER, Side.FAMILY, phone=people.number(), now=people.now
        )
        assert made is not None
        street.codes.append(made.code)
    return street


def something(people: Town, street: Street) -> Change:
    """One of the changes that touch the same rows from different ends."""
    store, now, pick = people.store, people.now, random.choice
    one, other, phone, komp, av1 = (
        pick(some) for some in (street.persons, street.persons, street.phones, street.komps, street.av1s)
    )
    role, post, author = pick(list(MemberRole)), pick(street.posts), pick(street.writers)
    readers = random.sample([each for each in street.writers if each != author], 2)

    async def new_app() -> None:
        keyword = await store.keywords.create(av1.party, now=now)
        await store.keywords.redeem(keyword or "", **fresh_key(), now=now)

    async def erased_on_request() -> None:
        asked = await store.requests.ask(one.party, RequestKind.ERASURE, None, now=now)
        if asked is not None:
            await store.requests.grant(asked, None, now=now)

    choices: list[Change] = [
        lambda: store.memberships.add(Membership(komp.party, one.party, role), now=now),
        lambda: store.memberships.remove(komp.party, other.party, now=now),
        lambda: store.memberships.change(komp.party, one.party, role=role, now=now),
        lambda: store.posts.put(author, post_to(readers[0], purpose="key"), now=now),
        lambda: store.posts.put(author, post_to(*readers, purpose="key"), now=now),
        lambda: store.posts.taken(author.endpoint, post),
        lambda: store.endpoints.add(one.party, **fresh_key(), now=now),
        lambda: store.endpoints.revoke(phone.party, phone.endpoint, now=now),
        lambda: store.invitations.redeem(pick(street.codes), one.party, now=now),
        lambda: store.invitations.create(komp.party, role, Side.FAMILY, by=one.party, now=now),
        lambda: store.profiles.close(one.party, now=now),
        lambda: store.profiles.set_picture(one.party, b"\xff\xd8\xff"),
        lambda: store.profiles.rename(one.party, "Renamed"),
        lambda: store.devices.reset(komp.party, now=now),
        lambda: store.devices.reset(av1.party, now=now),
        new_app,
        erased_on_request,
        lambda: store.sweep(now=now),
        lambda: store.profiles.sweep(now=now + LATER),
    ]
    return pick(choices)


async def test_changes_at_once_neither_block_each_other_nor_leave_loose_ends(people: Town) -> None:
    for _ in range(ROUNDS):
        street = await a_street(people)
        async with asyncio.timeout(30):
            await asyncio.gather(*(something(people, street)() for _ in range(AT_ONCE)))
    async with people.store.database.reading() as connection:
        owners = await _all_of(connection, profiles.c.party)
        keys = await _all_of(connection, subject_keys.c.subject)
        members = await _all_of(connection, memberships.c.person)
        readers = await _all_of(connection, post_readers.c.endpoint)
        live = set((await connection.execute(select(endpoints.c.endpoint).where(~endpoints.c.revoked))).scalars())
        numbers = list((await connection.execute(select(changes.c.seq).order_by(changes.c.seq))).scalars())
    assert {key for key in keys if key.startswith("person:")} == {envelope.person(one) for one in owners}
    assert numbers == list(range(1, len(numbers) + 1))
    assert members <= owners
    assert readers <= live
    assert ChangeKind.LINKED in (await people.circle.changes(0)).parties.values()


async def _all_of(connection: AsyncConnection, column: ColumnElement[str]) -> set[str]:
    return set((await connection.execute(select(column))).scalars())


async def test_of_two_pictures_at_once_one_stays(people: Town) -> None:
    anna = await people.person("Anna")
    set_picture = people.store.profiles.set_picture
    for number in range(10):
        content = [b"\xff\xd8\xff" + bytes([number, which]) for which in range(3)]
        hashes = await asyncio.gather(*(set_picture(anna.party, one) for one in content))
        profile = await people.store.profiles.get(anna.party)
        assert profile is not None
        assert profile.picture is not None
        assert profile.picture in hashes
        assert await people.store.profiles.picture(anna.party, profile.picture) in content


async def test_no_post_is_put_for_a_phone_that_is_being_revoked(people: Town) -> None:
    komp = await people.komp()
    anna = await people.member("Anna", komp)
    async with people.store.database.changing() as work:
        mine = endpoints.c.endpoint == anna.endpoint
        await work.connection.execute(update(endpoints).where(mine).values(revoked=True))
        putting = asyncio.create_task(people.store.posts.put(komp, post_to(anna, purpose="key"), now=people.now))
        done, _ = await asyncio.wait([putting], timeout=0.3)
        assert not done, "it waits for what becomes of the phone"
    assert not await putting
    async with people.store.database.reading() as connection:
        assert await _all_of(connection, post_readers.c.endpoint) == set()


async def test_no_invitation_is_made_for_somebody_who_is_being_erased(people: Town) -> None:
    komp = await people.komp()
    anna = await people.member("Anna", komp, role=MemberRole.ADMIN)
    making = people.store.invitations.create(
        komp.party, MemberRole.USER, Side.FAMILY, phone=people.number(), by=anna.party, now=people.now
    )
    async with people.store.database.changing(now=people.now, erases=True) as work:
        assert await locked_people(work, [anna.party])
        await erase_people(work, people.store.keys, [anna.party])
        made = asyncio.create_task(making)
        done, _ = await asyncio.wait([made], timeout=0.3)
        assert not done, "it waits for what becomes of her"
    assert await made is None
    async with people.store.database.reading() as connection:
        assert await _all_of(connection, invitations.c.invitation) == set()
        assert not [one for one in await _all_of(connection, subject_keys.c.subject) if "invitation" in str(one)]
