"""What every circle promises: the static one from a seed file, and the store's on SQLite and on PostgreSQL."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from signalling.access.identity import admit
from signalling.people.circle import ChangeKind, Circle, Endpoint, Keys, Shown, Statement
from signalling.people.membership import MemberRole
from signalling.store.seed import read_seed
from signalling.vocabulary import EndpointId, PartyId, PartyKind
from tests.postgres import Postgres
from tests.serving import Somebody
from tests.town import somebody_else, town


@dataclass
class Family:
    """A circle, and who lives in it: the grandchild and the uncle are on the Komp, the student has the robot."""

    circle: Circle
    grandchild: Endpoint
    uncle: Endpoint
    stranger: Endpoint
    komp: Endpoint
    student: Endpoint
    av1: Endpoint
    people_know_each_other: bool = field(kw_only=True)
    """In a seed file whoever is linked is linked; in the store the members of a Komp are."""


async def seeded() -> Family:
    kinds = {
        "Grandchild": "person",
        "Uncle": "person",
        "Stranger": "person",
        "Komp": "komp",
        "App": "person",
        "R": "av1",
    }
    all_of_them = [Somebody(kind, name) for name, kind in kinds.items()]
    grandchild, uncle, _, komp, student, av1 = all_of_them
    links = [[grandchild, komp], [uncle, komp], [student, av1]]
    document = {
        "parties": [one.entry for one in all_of_them],
        "links": [{"parties": [one.party for one in link]} for link in links],
    }

    def admitted(text: str) -> tuple[EndpointId, bytes]:
        key = admit(text)
        return key.endpoint, key.identity_key

    circle = read_seed(json.dumps(document).encode(), admitted)
    found = []
    for one in all_of_them:
        endpoint = await circle.endpoint(one.endpoint)
        assert endpoint is not None
        found.append(endpoint)
    return Family(circle, *found, people_know_each_other=False)


@pytest.fixture(params=["seed", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def family(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Family]:
    if request.param == "seed":
        yield await seeded()
        return
    if request.param == "sqlite":
        async with lasting(f"sqlite+aiosqlite:///{tmp_path}/narvaro.db") as one:
            yield one
        return
    server: Postgres = request.getfixturevalue("postgres")
    async with server.database() as url, lasting(url) as one:
        yield one


@asynccontextmanager
async def lasting(url: str) -> AsyncIterator[Family]:
    async with town(url) as people:
        komp, av1 = await people.komp("Komp"), await people.av1("R")
        grandchild = await people.member("Grandchild", komp, MemberRole.ADMIN)
        uncle = await people.member("Uncle", komp)
        stranger = await people.person("Stranger")
        student = await people.student(av1)
        yield Family(people.circle, grandchild, uncle, stranger, komp, student, av1, people_know_each_other=True)


def statement(serial: int, key: str = "k") -> Statement:
    return Statement(key * 43, serial, 1_900_000_000, "s" * 86)


async def test_an_endpoint_is_found_with_its_party_and_an_unknown_one_is_not(family: Family) -> None:
    for one in (family.grandchild, family.komp, family.av1, family.student):
        assert await family.circle.endpoint(one.endpoint) == one
        assert await family.circle.endpoints_of(one.party) == (one.endpoint,)
    assert await family.circle.endpoint("A" * 22) is None
    assert await family.circle.endpoints_of(somebody_else()) == ()


async def test_members_ring_their_komp_and_a_student_the_robot(family: Family) -> None:
    circle = family.circle
    assert await circle.may_ring(family.grandchild, family.komp.party)
    assert await circle.may_ring(family.student, family.av1.party)
    assert not await circle.may_ring(family.stranger, family.komp.party)
    assert not await circle.may_ring(family.grandchild, family.av1.party)
    assert not await circle.may_ring(family.student, family.komp.party)
    assert not await circle.may_ring(family.grandchild, somebody_else())
    assert not await circle.may_ring(family.grandchild, family.grandchild.party)


async def test_a_device_rings_nobody(family: Family) -> None:
    assert not await family.circle.may_ring(family.komp, family.grandchild.party)
    assert not await family.circle.may_ring(family.av1, family.student.party)


async def test_whoever_is_linked_sees_the_other_and_their_own_and_nobody_else(family: Family) -> None:
    circle = family.circle
    for one, other in ((family.grandchild, family.komp), (family.student, family.av1)):
        assert await circle.may_see(one, other.endpoint)
        assert await circle.may_see(other, one.endpoint)
        assert await circle.may_see(one, one.endpoint)
    assert await circle.may_see(family.grandchild, family.uncle.endpoint) is family.people_know_each_other
    assert not await circle.may_see(family.stranger, family.komp.endpoint)
    assert not await circle.may_see(family.komp, family.stranger.endpoint)
    assert not await circle.may_see(family.grandchild, family.student.endpoint)
    assert not await circle.may_see(family.grandchild, "A" * 22)


async def test_a_komp_is_shown_its_members_and_an_av1_nobody(family: Family) -> None:
    circle = family.circle
    assert await circle.shown_to(family.grandchild, family.komp.party) == Shown("Grandchild", None)
    assert await circle.shown_to(family.stranger, family.komp.party) is None
    assert await circle.shown_to(family.student, family.av1.party) is None
    assert await circle.shown_to(family.grandchild, somebody_else()) is None


async def test_nobody_refuses_who_has_no_reason_to(family: Family) -> None:
    assert not await family.circle.refuses(family.komp.party)
    assert not await family.circle.refuses(family.grandchild.party)
    assert not await family.circle.refuses(somebody_else())


async def test_a_robot_that_was_recorded_through_refuses_and_everybody_hears_of_it_once(family: Family) -> None:
    circle = family.circle
    before = (await circle.changes(0)).last
    assert not await circle.is_blocked(family.av1.party)
    for _ in range(2):
        assert await circle.block(family.av1.party)
        assert await circle.is_blocked(family.av1.party)
        assert await circle.refuses(family.av1.party)
        assert await circle.may_ring(family.student, family.av1.party)
    heard = await circle.changes(before)
    assert heard.parties == {family.av1.party: ChangeKind.SUSPENDED}
    assert heard.last == before + 1
    for other in (family.komp.party, family.student.party, somebody_else()):
        assert not await circle.block(other)
        assert not await circle.is_blocked(other)


async def test_only_a_higher_serial_or_the_same_statement_again_is_taken(family: Family) -> None:
    circle, mine = family.circle, family.grandchild.endpoint
    assert await circle.keys_of(mine) == Keys(family.grandchild.identity, None)
    assert await circle.publish(mine, statement(2))
    assert await circle.publish(mine, statement(2))
    assert not await circle.publish(mine, statement(2, key="x"))
    assert not await circle.publish(mine, statement(1))
    assert await circle.keys_of(mine) == Keys(family.grandchild.identity, statement(2))
    assert await circle.publish(mine, statement(3))
    assert await circle.keys_of(mine) == Keys(family.grandchild.identity, statement(3))
    assert not await circle.publish(EndpointId("A" * 22), statement(1))
    assert await circle.keys_of("A" * 22) is None


async def test_a_komp_admits_somebody_who_is_a_member_from_then_on(family: Family) -> None:
    circle = family.circle
    before = (await circle.changes(0)).last
    assert await circle.admit(family.komp, family.stranger.endpoint)
    assert await circle.may_ring(family.stranger, family.komp.party)
    heard = await circle.changes(before)
    assert heard.parties[family.stranger.party] is ChangeKind.LINKED
    assert (await circle.changes(heard.last)).parties == {}
    assert await circle.admit(family.komp, family.stranger.endpoint)
    assert (await circle.changes(heard.last)).parties == {}


async def test_nobody_else_admits_and_no_device_is_admitted(family: Family) -> None:
    circle = family.circle
    assert not await circle.admit(family.av1, family.stranger.endpoint)
    assert not await circle.admit(family.grandchild, family.stranger.endpoint)
    assert not await circle.admit(family.komp, family.av1.endpoint)
    assert not await circle.admit(family.komp, "A" * 22)
    assert not await circle.may_ring(family.stranger, family.komp.party)


async def test_ids_of_people_do_not_print(family: Family) -> None:
    assert family.grandchild.party not in repr(family.grandchild)
    assert repr(PartyId("A" * 22)) == "PartyId(…)"
    assert "Grandchild" not in repr(Shown("Grandchild", None))
    assert family.grandchild.kind is PartyKind.PERSON
