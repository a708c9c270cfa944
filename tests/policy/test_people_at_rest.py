"""Komp, AV1 and customers at rest (P-06, P-07, P-10 to P-16, P-20, P-21, P-43): what rows there are, and when they go.

Every row of every table is read as it stands in the database. What is in its files is read by
`tests/contract/test_store_files.py`, and the promises over HTTP by `test_accounts.py`.
"""

from collections.abc import AsyncIterator
from dataclasses import fields

import pytest
from sqlalchemy import LargeBinary, select

from signalling.people.circle import Endpoint, Shown
from signalling.people.invitation import LIFETIME_SECONDS
from signalling.people.membership import MemberRole, Side
from signalling.people.profile import Profile
from signalling.store.customers import CustomerData
from signalling.store.database import MEMORY
from signalling.store.history import KEPT_SECONDS
from signalling.store.tables import METADATA, customers, profiles
from tests.town import Town, fresh_key, post_to, town

JPEG = b"\xff\xd8\xff" + b"a picture"
PERSONAL = {"name", "phone", "email", "address", "picture", "content", "payment_reference"}
"""Words that a column of personal data is called by."""


@pytest.fixture
async def people() -> AsyncIterator[Town]:
    async with town(MEMORY) as one:
        yield one


async def every_value(people: Town) -> list[object]:
    """Every value of every row of every table."""
    async with people.store.database.reading() as connection:
        return [
            value
            for table in METADATA.sorted_tables
            for row in await connection.execute(select(table))
            for value in row
        ]


def knows_of(values: list[object], *markers: str | bytes) -> bool:
    """Whether a marker stands in a value, as text or as bytes."""
    wanted = [one.encode() if isinstance(one, str) else one for one in markers]
    plain = [one.encode() if isinstance(one, str) else one for one in values if isinstance(one, str | bytes)]
    return any(marker in value for marker in wanted for value in plain)


async def family(people: Town) -> tuple[Endpoint, Endpoint, Endpoint]:
    """A Komp, its administrator Anna, and Bo, who has a picture and an invitation of his own making."""
    komp = await people.komp()
    anna = await people.member("Anna", komp, MemberRole.ADMIN)
    bo = await people.member("Bo", komp, MemberRole.ADMIN)
    await people.store.profiles.set_picture(bo.party, JPEG)
    await people.store.invitations.create(
        komp.party, MemberRole.USER, Side.FAMILY, phone="+46701112233", by=bo.party, now=people.now
    )
    assert await people.store.posts.put(bo, post_to(komp, anna, box=b"a box from Bo"), now=people.now)
    assert await people.store.posts.put(anna, post_to(bo, box=b"a box to Bo"), now=people.now)
    return komp, anna, bo


def test_p_10_a_profile_is_picture_name_and_number_and_has_no_other_column() -> None:
    assert {field.name for field in fields(Profile)} == {"name", "phone", "picture"}
    assert {column.name for column in profiles.c} == {
        *("party", "phone_index", "alone_since_day"),
        *("sealed_name", "sealed_phone", "sealed_picture"),
    }


def test_p_06_a_customer_is_a_closed_list_of_fields() -> None:
    personal = {"name", "phone", "email", "address", "payment_reference"}
    assert {field.name for field in fields(CustomerData)} == personal | {"kind", "dpa_version"}
    assert {column.name for column in customers.c} == {
        *("customer", "kind", "dpa_version", "created_day"),
        *(f"sealed_{one}" for one in personal),
    }


def test_p_03_a_column_of_personal_data_is_sealed() -> None:
    for table in METADATA.sorted_tables:
        for column in table.c:
            words = column.name.removeprefix("sealed_")
            if words in PERSONAL:
                assert column.name.startswith("sealed_"), f"{table.name}.{column.name}"
            if column.name.startswith("sealed_"):
                assert isinstance(column.type, LargeBinary)


async def test_p_11_a_komp_is_shown_name_and_picture_and_never_the_number(people: Town) -> None:
    komp, _, bo = await family(people)
    picture = (await people.store.profiles.get(bo.party) or pytest.fail("no profile")).picture
    assert {field.name for field in fields(Shown)} == {"name", "picture"}
    assert await people.circle.shown_to(bo, komp.party) == Shown("Bo", picture)
    assert await people.store.profiles.seen_by(komp.party, bo.party) == Profile("Bo", None, picture)


async def test_p_14_a_closed_profile_leaves_no_row_that_knows_of_it(people: Town) -> None:
    komp, anna, bo = await family(people)
    assert knows_of(await every_value(people), bo.party)
    assert knows_of(await every_value(people), bo.endpoint)
    assert knows_of(await every_value(people), "a box from Bo")
    assert knows_of(await every_value(people), "a box to Bo")
    assert await people.store.profiles.close(bo.party, now=people.now)
    assert not knows_of(await every_value(people), bo.endpoint, bo.identity, "a box from Bo", "a box to Bo")
    people.clock.advance(KEPT_SECONDS + 1)
    await people.store.sweep(now=people.now)
    assert not knows_of(await every_value(people), bo.party)
    assert knows_of(await every_value(people), anna.party)
    assert await people.store.posts.waiting(komp, now=people.now) == []


async def test_p_15_a_reset_komp_leaves_no_row_of_those_who_were_its_alone(people: Town) -> None:
    komp, anna, bo = await family(people)
    elsewhere = await people.komp("Another Komp")
    await people.joins(anna, elsewhere)
    assert await people.store.devices.reset(komp.party, now=people.now) is not None
    people.clock.advance(KEPT_SECONDS + 1)
    await people.store.sweep(now=people.now)
    left = await every_value(people)
    assert not knows_of(left, bo.party, bo.endpoint, bo.identity, komp.endpoint, komp.identity, "invitation:")
    assert knows_of(left, anna.party)
    assert not await people.circle.may_ring(anna, komp.party)
    assert await people.circle.may_ring(anna, elsewhere.party)


async def test_p_16_an_av1_app_is_a_random_key_and_nothing_that_describes_anybody(people: Town) -> None:
    student = await people.student(await people.av1())
    assert await people.store.profiles.get(student.party) is None
    async with people.store.database.reading() as connection:
        rows = {
            table.name: [tuple(row) for row in await connection.execute(select(table))]
            for table in METADATA.sorted_tables
        }
    about = {name for name, found in rows.items() if any(student.party in row for row in found)}
    assert about == {"parties", "endpoints", "robot_links"}
    assert not knows_of([value for row in rows["subject_keys"] for value in row], student.party)


async def test_p_20_a_robot_is_its_customers_and_each_keyword_gives_another_key(people: Town) -> None:
    assert not [table.name for table in METADATA.sorted_tables if "student" in table.name or "child" in table.name]
    av1 = await people.av1()
    first = await people.student(av1)
    second = await people.student(av1)
    assert first.party != second.party
    device = await people.store.devices.get(av1.party)
    assert device is not None
    assert device.customer == await people.customer()


async def test_p_21_of_two_students_of_one_robot_the_first_is_not_in_any_row(people: Town) -> None:
    av1 = await people.av1()
    first = await people.student(av1)
    assert await people.store.posts.put(first, post_to(av1, purpose="wifi"), now=people.now)
    second = await people.student(av1)
    people.clock.advance(KEPT_SECONDS + 1)
    await people.store.sweep(now=people.now)
    values = await every_value(people)
    assert not knows_of(values, first.party, first.endpoint, first.identity)
    assert knows_of(values, second.party)


async def test_p_43_the_number_of_an_invitation_goes_with_its_use_and_with_its_time(people: Town) -> None:
    komp, bo = await people.komp(), await people.person("Bo")
    create = people.store.invitations.create
    used, expired = [
        await create(komp.party, MemberRole.USER, Side.FAMILY, phone="+46701112233", now=people.now) for _ in range(2)
    ]
    assert used is not None
    assert expired is not None
    for invitation in (used, expired):
        assert not knows_of(await every_value(people), invitation.code, "+46701112233")
        assert knows_of(await every_value(people), f"invitation:{invitation.invitation.invitation}")
    assert await people.store.invitations.redeem(used.code, bo.party, now=people.now) == komp.party
    assert not knows_of(await every_value(people), used.invitation.invitation)
    people.clock.advance(LIFETIME_SECONDS)
    await people.store.sweep(now=people.now)
    assert not knows_of(await every_value(people), expired.invitation.invitation, "invitation:")


async def test_p_07_a_customer_without_a_device_is_gone_with_the_agreement(people: Town) -> None:
    owner = await people.customer()
    assert await people.store.customers.remove(owner, now=people.now)
    assert not knows_of(await every_value(people), owner)


async def test_a_provisioning_token_and_a_keyword_stand_nowhere_in_clear(people: Town) -> None:
    made = await people.store.devices.add((await people.av1()).kind, await people.customer(), "Robot", now=people.now)
    assert made is not None
    keyword = await people.store.keywords.create(made[0], now=people.now)
    assert keyword is not None
    assert not knows_of(await every_value(people), made[1], keyword, keyword.replace("-", ""))
    assert await people.store.keywords.redeem(keyword, **fresh_key(), now=people.now) is not None
