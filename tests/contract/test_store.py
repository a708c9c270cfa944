"""What the store promises of customers, devices and profiles, on SQLite and on PostgreSQL."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from signalling.people.circle import ChangeKind
from signalling.people.device import DeviceMove, DeviceStatus
from signalling.people.membership import ENDPOINTS_AT_MOST, MemberRole
from signalling.people.profile import ALONE_DAYS, PICTURE_BYTES, Profile, ProfileError
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.devices import Device
from signalling.store.tables import posts
from signalling.vocabulary import PartyId, PartyKind
from tests.town import Town, fresh_key, key_of, post_to, somebody_else

DAY = 86_400
JPEG = b"\xff\xd8\xff" + b"a picture"
PNG = b"\x89PNG\r\n\x1a\n" + b"another"
SCHOOL = CustomerData(
    CustomerKind.ORGANISATION, "School", "+4787654321", "it@school.example", "Main Street 1", "cus_1", "2026-11"
)


async def test_a_customer_is_kept_corrected_and_removed(people: Town) -> None:
    customers = people.store.customers
    school = await customers.add(SCHOOL, now=people.now)
    assert await customers.get(school) == SCHOOL
    moved = replace(SCHOOL, address="Side Street 2", phone=None)
    assert await customers.correct(school, moved)
    assert await customers.all() == {school: moved}
    assert await customers.remove(school)
    assert await customers.get(school) is None
    assert not await customers.correct(school, SCHOOL)
    assert not await customers.remove(school)


async def test_a_customer_with_a_device_stays(people: Town) -> None:
    komp, owner = await people.komp(), await people.customer()
    assert not await people.store.customers.remove(owner)
    assert await people.store.customers.get(owner) is not None
    assert (await people.store.devices.all(owner))[0].party == komp.party


async def test_a_device_belongs_to_a_customer_who_is_there(people: Town) -> None:
    assert await people.store.devices.add(PartyKind.KOMP, somebody_else(), "Komp", now=people.now) is None
    with pytest.raises(ValueError, match="a Komp or an AV1"):
        await people.store.devices.add(PartyKind.PERSON, await people.customer(), "Child", now=people.now)


async def test_a_provisioning_token_enrols_once(people: Town) -> None:
    devices = people.store.devices
    made = await devices.add(PartyKind.KOMP, await people.customer(), "Komp", now=people.now)
    assert made is not None
    party, token = made
    assert await devices.get(party) == Device(
        party, PartyKind.KOMP, await people.customer(), "Komp", DeviceStatus.PROVISIONED
    )
    assert await devices.enrol("x" * 32, **fresh_key(), now=people.now) is None
    key = fresh_key()
    assert await devices.enrol(token, **key, now=people.now) == party
    assert await devices.enrol(token, **fresh_key(), now=people.now) is None
    assert await devices.status(party) is DeviceStatus.ACTIVE
    assert await people.store.endpoints.of(party) == (key["endpoint"],)


async def test_enrolling_again_revokes_the_older_endpoint(people: Town) -> None:
    komp = await people.komp()
    grandchild = await people.member("Grandchild", komp)
    token = await people.store.devices.new_token(komp.party, now=people.now)
    assert token is not None
    key = fresh_key()
    assert await people.store.devices.enrol(token, **key, now=people.now) == komp.party
    assert await people.circle.endpoint(komp.endpoint) is None
    assert await people.circle.endpoints_of(komp.party) == (key["endpoint"],)
    assert await people.circle.may_ring(grandchild, komp.party)


async def test_a_token_is_not_spent_on_a_key_that_is_somebody_elses(people: Town) -> None:
    grandchild = await people.person("Grandchild")
    made = await people.store.devices.add(PartyKind.AV1, await people.customer(), "Robot", now=people.now)
    assert made is not None
    taken = key_of(grandchild)
    assert await people.store.devices.enrol(made[1], **taken, now=people.now) is None
    assert await people.store.devices.enrol(made[1], **fresh_key(), now=people.now) == made[0]


async def test_a_suspended_or_blocked_device_refuses_and_keeps_its_people(people: Town) -> None:
    komp = await people.komp()
    grandchild = await people.member("Grandchild", komp)
    devices, before = people.store.devices, (await people.circle.changes(0)).last
    for stop, go in ((DeviceMove.SUSPEND, DeviceMove.RESUME), (DeviceMove.BLOCK, DeviceMove.UNBLOCK)):
        assert await devices.move(komp.party, stop, now=people.now) is not None
        assert await people.circle.refuses(komp.party)
        assert await people.circle.may_ring(grandchild, komp.party)
        assert (await people.circle.changes(before)).parties == {komp.party: ChangeKind.SUSPENDED}
        assert await devices.move(komp.party, go, now=people.now) is DeviceStatus.ACTIVE
        assert not await people.circle.refuses(komp.party)
    assert await devices.move(komp.party, DeviceMove.UNBLOCK, now=people.now) is None
    assert await devices.move(komp.party, DeviceMove.RESET, now=people.now) is None
    assert await devices.move(somebody_else(), DeviceMove.SUSPEND, now=people.now) is None


async def test_a_block_after_a_recording_is_ended_by_unblocking_and_by_nothing_else(people: Town) -> None:
    devices, robot = people.store.devices, await people.av1()
    assert await devices.recorded(robot.party, now=people.now)
    assert await devices.status(robot.party) is DeviceStatus.BLOCKED
    for move in (DeviceMove.SUSPEND, DeviceMove.RESUME):
        assert await devices.move(robot.party, move, now=people.now) is None
    assert await devices.reset(robot.party, now=people.now) is not None
    assert await devices.status(robot.party) is DeviceStatus.BLOCKED
    assert await devices.move(robot.party, DeviceMove.UNBLOCK, now=people.now) is DeviceStatus.PROVISIONED
    assert not await devices.recorded(robot.party, now=people.now)
    assert not await devices.recorded((await people.komp()).party, now=people.now)
    assert not await devices.recorded(somebody_else(), now=people.now)


async def test_a_restart_is_heard_by_a_device_in_use_alone(people: Town) -> None:
    devices, robot = people.store.devices, await people.av1()
    before = (await people.circle.changes(0)).last
    assert await devices.restart(robot.party, now=people.now)
    assert (await people.circle.changes(before)).parties == {robot.party: ChangeKind.RESTARTED}
    assert await devices.reset(robot.party, now=people.now) is not None
    for nobody in (robot.party, somebody_else()):
        assert not await devices.restart(nobody, now=people.now)


async def test_a_profile_is_a_name_a_number_and_a_picture(people: Town) -> None:
    profiles, number = people.store.profiles, people.number()
    anna = await people.person(" Anna ", number)
    assert await profiles.get(anna.party) == Profile("Anna", number, None)
    assert await profiles.by_phone(number) == anna.party
    assert await profiles.by_phone(people.number()) is None
    assert await profiles.create("Bo", number, **fresh_key(), now=people.now) is None
    taken = key_of(anna)
    assert await profiles.create("Bo", people.number(), **taken, now=people.now) is None
    assert await profiles.rename(anna.party, "Anna Maria")
    picture = await profiles.set_picture(anna.party, JPEG)
    assert await profiles.get(anna.party) == Profile("Anna Maria", number, picture)
    assert not await profiles.rename(somebody_else(), "Nobody")
    assert await profiles.set_picture(somebody_else(), JPEG) is None


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\nb", "a\x00b"])
async def test_a_name_that_is_none_is_refused(people: Town, name: str) -> None:
    with pytest.raises(ProfileError) as refused:
        await people.store.profiles.create(name, people.number(), **fresh_key(), now=people.now)
    assert name == "" or name not in str(refused.value).split()


async def test_a_picture_is_had_by_whom_its_owner_is_seen_by_and_an_old_one_by_nobody(people: Town) -> None:
    komp = await people.komp()
    anna, bo = await people.member("Anna", komp), await people.member("Bo", komp)
    stranger = await people.person("Stranger")
    profiles = people.store.profiles
    first = await profiles.set_picture(anna.party, JPEG)
    assert first is not None
    for watcher in (anna, bo, komp):
        assert await profiles.picture(watcher.party, first) == JPEG
    assert await profiles.picture(stranger.party, first) is None
    assert await profiles.set_picture(stranger.party, JPEG) == first
    assert await profiles.picture(stranger.party, first) == JPEG
    second = await profiles.set_picture(anna.party, PNG)
    assert second is not None
    assert await profiles.picture(bo.party, first) is None
    assert await profiles.picture(bo.party, second) == PNG
    assert await profiles.set_picture(anna.party, None) is None
    assert await profiles.picture(anna.party, second) is None
    with pytest.raises(ProfileError):
        await profiles.set_picture(anna.party, b"GIF89a")
    with pytest.raises(ProfileError):
        await profiles.set_picture(anna.party, JPEG + bytes(PICTURE_BYTES))


async def test_a_person_has_several_phones_and_a_lost_one_is_out(people: Town) -> None:
    komp = await people.komp()
    anna, bo = await people.member("Anna", komp), await people.member("Bo", komp)
    phone = await people.phone(anna)
    before = (await people.circle.changes(0)).last
    assert set(await people.circle.endpoints_of(anna.party)) == {anna.endpoint, phone.endpoint}
    assert await people.store.posts.put(bo, post_to(phone), now=people.now)
    assert not await people.store.endpoints.revoke(bo.party, phone.endpoint, now=people.now)
    assert await people.store.endpoints.revoke(anna.party, phone.endpoint, now=people.now)
    assert not await people.store.endpoints.revoke(anna.party, phone.endpoint, now=people.now)
    assert (await people.circle.changes(before)).parties == {anna.party: ChangeKind.REVOKED}
    assert await people.circle.endpoint(phone.endpoint) is None
    assert await people.circle.keys_of(phone.endpoint) is None
    assert not await people.circle.may_ring(phone, komp.party)
    assert not await people.circle.may_see(phone, komp.endpoint)
    assert not await people.circle.may_see(bo, phone.endpoint)
    assert await people.circle.shown_to(phone, komp.party) is None
    assert await people.store.posts.waiting(phone, now=people.now) == []
    async with people.store.database.reading() as connection:
        assert (await connection.execute(select(posts))).all() == []
    again = key_of(phone)
    assert not await people.store.endpoints.add(anna.party, **again, now=people.now)
    assert await people.circle.may_ring(anna, komp.party)


async def test_a_key_is_one_partys_and_phones_are_counted(people: Town) -> None:
    anna, bo = await people.person("Anna"), await people.person("Bo")
    endpoints = people.store.endpoints
    mine = key_of(anna)
    assert await endpoints.add(anna.party, **mine, now=people.now)
    assert not await endpoints.add(bo.party, **mine, now=people.now)
    assert not await endpoints.add(somebody_else(), **fresh_key(), now=people.now)
    student = await people.student(await people.av1())
    assert not await endpoints.add(student.party, **fresh_key(), now=people.now)
    for _ in range(ENDPOINTS_AT_MOST - 1):
        await people.phone(anna)
    assert not await endpoints.add(anna.party, **fresh_key(), now=people.now)


async def test_a_profile_that_no_komp_has_goes_after_a_month(people: Town) -> None:
    komp = await people.komp()
    stays, left, alone = await people.member("A", komp), await people.member("B", komp), await people.person("C")
    people.clock.advance((ALONE_DAYS - 1) * DAY)
    assert await people.store.memberships.remove(komp.party, left.party, now=people.now)
    await people.store.sweep(now=people.now)
    assert await people.store.profiles.get(alone.party) is not None
    people.clock.advance(DAY)
    await people.store.sweep(now=people.now)
    assert await people.store.profiles.get(alone.party) is None
    assert await people.store.profiles.get(left.party) is not None
    people.clock.advance(ALONE_DAYS * DAY)
    await people.store.sweep(now=people.now)
    assert await people.store.profiles.get(left.party) is None
    assert await people.store.profiles.get(stays.party) is not None


async def test_changes_come_in_order_the_gravest_of_each_and_are_dropped_in_time(people: Town) -> None:
    komp = await people.komp()
    anna = await people.member("Anna", komp, MemberRole.ADMIN)
    start = await people.circle.changes(0)
    assert start.parties == {komp.party: ChangeKind.REVOKED, anna.party: ChangeKind.LINKED}
    assert await people.store.profiles.close(anna.party, now=people.now)
    heard = await people.circle.changes(0)
    assert heard.last > start.last
    assert heard.parties[anna.party] is ChangeKind.ERASED
    assert (await people.circle.changes(start.last)).parties == {anna.party: ChangeKind.ERASED}
    people.clock.advance(601)
    assert await people.store.sweep(now=people.now) > 0
    later = await people.circle.changes(0)
    assert (later.last, later.parties) == (heard.last, {})
    assert PartyId(anna.party) not in later.parties
