"""Many change the same few people and Komps at once: nobody waits for ever, and what is left fits together."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from sqlalchemy import select

from signalling.people.circle import ChangeKind, Endpoint
from signalling.people.membership import MemberRole, Membership
from signalling.store import envelope
from signalling.store.tables import changes, memberships, profiles, subject_keys
from tests.town import Town, post_to

ROUNDS, AT_ONCE = 6, 12


def something(people: Town, persons: list[Endpoint], komps: list[Endpoint]) -> Awaitable[object]:
    """One of the changes that touch the same rows from different ends."""
    one, other, komp, now = random.choice(persons), random.choice(persons), random.choice(komps), people.now
    role = random.choice(list(MemberRole))
    store = people.store
    choices: list[Callable[[], Awaitable[object]]] = [
        lambda: store.memberships.add(Membership(komp.party, one.party, role), now=now),
        lambda: store.memberships.add(Membership(komp.party, other.party, role), now=now),
        lambda: store.memberships.remove(komp.party, one.party, now=now),
        lambda: store.memberships.change(komp.party, one.party, role=role, now=now),
        lambda: store.posts.put(one, post_to(other), now=now),
        lambda: store.endpoints.revoke(one.party, one.endpoint, now=now),
        lambda: store.profiles.close(one.party, now=now),
        lambda: store.devices.reset(komp.party, now=now),
        lambda: store.profiles.set_picture(one.party, b"\xff\xd8\xff"),
        lambda: store.profiles.rename(one.party, "Renamed"),
        lambda: store.sweep(now=now),
    ]
    return random.choice(choices)()


async def test_changes_at_once_neither_block_each_other_nor_leave_loose_ends(people: Town) -> None:
    for _ in range(ROUNDS):
        komps = [await people.komp() for _ in range(2)]
        persons = [await people.member(f"Person {number}", komps[number % 2]) for number in range(5)]
        async with asyncio.timeout(30):
            await asyncio.gather(*(something(people, persons, komps) for _ in range(AT_ONCE)))
    async with people.store.database.reading() as connection:
        owners = set((await connection.execute(select(profiles.c.party))).scalars())
        keys = set((await connection.execute(select(subject_keys.c.subject))).scalars())
        numbers = list((await connection.execute(select(changes.c.seq).order_by(changes.c.seq))).scalars())
        members = set((await connection.execute(select(memberships.c.person))).scalars())
    assert {key for key in keys if key.startswith("person:")} == {envelope.person(one) for one in owners}
    assert numbers == list(range(1, len(numbers) + 1))
    assert members <= owners
    assert ChangeKind.LINKED in (await people.circle.changes(0)).parties.values()


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
