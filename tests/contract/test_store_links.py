"""What the store promises of members, invitations, keywords, resets and closing, on SQLite and on PostgreSQL."""

import asyncio

import pytest

from signalling.people.circle import ChangeKind
from signalling.people.device import DeviceMove, DeviceStatus
from signalling.people.invitation import LIFETIME_SECONDS, OPEN_AT_MOST
from signalling.people.keyword import KeywordState
from signalling.people.membership import MemberRole, Side
from signalling.people.profile import ProfileError
from signalling.vocabulary import PartyId, PartyKind
from tests.town import Town, fresh_key, key_of, post_to, somebody_else

ADMIN, USER, RESTRICTED = MemberRole
FAMILY, STAFF = Side


async def role_of(people: Town, person: PartyId) -> MemberRole | None:
    found = await people.store.memberships.of_person(person)
    return found[0].role if found else None


async def test_the_first_whom_a_komp_admits_is_its_administrator(people: Town) -> None:
    komp = await people.komp()
    nurse = await people.member("Nurse", komp, ADMIN, side=STAFF)
    anna, bo = await people.person("Anna"), await people.person("Bo")
    for person in (anna, bo, nurse):
        assert await people.circle.admit(komp, person.endpoint)
    assert await role_of(people, anna.party) is ADMIN
    assert await role_of(people, bo.party) is USER
    assert (await people.store.memberships.of_person(nurse.party))[0].side is STAFF
    student = await people.student(await people.av1())
    assert not await people.circle.admit(komp, student.endpoint)


async def test_a_komps_older_endpoint_admits_nobody(people: Town) -> None:
    komp, anna = await people.komp(), await people.person("Anna")
    token = await people.store.devices.new_token(komp.party, now=people.now)
    assert token is not None
    await people.store.devices.enrol(token, **fresh_key(), now=people.now)
    assert not await people.circle.admit(komp, anna.endpoint)


async def test_an_administrator_changes_and_removes_members_of_the_own_side_only(people: Town) -> None:
    komp, other = await people.komp(), await people.komp("Another Komp")
    anna, bo = await people.member("Anna", komp, ADMIN), await people.member("Bo", komp)
    nurse, far = await people.member("Nurse", komp, side=STAFF), await people.member("Far", other, ADMIN)
    members, now = people.store.memberships, people.now
    for stranger in (bo, nurse, far):
        assert not await members.change(komp.party, bo.party, role=ADMIN, by=stranger.party, now=now)
    assert not await members.remove(komp.party, bo.party, by=nurse.party, now=now)
    assert not await members.remove(komp.party, nurse.party, by=anna.party, now=now)
    assert not await members.change(komp.party, nurse.party, role=RESTRICTED, by=anna.party, now=now)
    assert not await members.change(komp.party, bo.party, side=STAFF, by=anna.party, now=now)
    assert await members.change(komp.party, bo.party, role=RESTRICTED, video_only=True, by=anna.party, now=now)
    changed = (await members.of_person(bo.party))[0]
    assert (changed.role, changed.video_only) == (RESTRICTED, True)
    assert await people.circle.may_ring(bo, komp.party)
    assert not await people.circle.may_ring(bo, anna.party)
    assert await people.circle.may_ring(anna, bo.party)
    before = (await people.circle.changes(0)).last
    assert await members.remove(komp.party, bo.party, by=anna.party, now=now)
    assert not await people.circle.may_ring(bo, komp.party)
    assert not await members.remove(komp.party, bo.party, by=anna.party, now=now)
    heard = (await people.circle.changes(before)).parties
    assert heard == {bo.party: ChangeKind.UNLINKED, komp.party: ChangeKind.UNLINKED}


async def test_the_last_administrator_stays_one_but_may_leave(people: Town) -> None:
    komp = await people.komp()
    anna = await people.member("Anna", komp, ADMIN)
    members = people.store.memberships
    assert not await members.change(komp.party, anna.party, role=USER, by=anna.party, now=people.now)
    bo = await people.member("Bo", komp, ADMIN)
    assert await members.change(komp.party, anna.party, role=USER, by=anna.party, now=people.now)
    assert await members.remove(komp.party, bo.party, by=bo.party, now=people.now)
    assert await people.circle.admit(komp, (await people.person("Carl")).endpoint)
    assert not await members.change(komp.party, anna.party, role=ADMIN, by=bo.party, now=people.now)


async def test_a_komp_has_so_many_members(people: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalling.store.memberships.MEMBERS_AT_MOST", 2)
    komp = await people.komp()
    anna, bo, carl = [await people.person(name) for name in ("Anna", "Bo", "Carl")]
    assert [await people.circle.admit(komp, one.endpoint) for one in (anna, bo, carl)] == [True, True, False]
    assert await people.circle.admit(komp, bo.endpoint)
    assert await people.store.memberships.remove(komp.party, bo.party, now=people.now)
    assert await people.circle.admit(komp, carl.endpoint)


async def test_members_are_listed_to_their_own_side(people: Town) -> None:
    komp = await people.komp()
    anna, bo = await people.member("Anna", komp, ADMIN), await people.member("Bo", komp)
    nurse = await people.member("Nurse", komp, side=STAFF)
    seen = await people.store.memberships.seen_by(bo.party, komp.party)
    assert seen is not None
    assert {(one.membership.person, one.name) for one in seen} == {(anna.party, "Anna"), (bo.party, "Bo")}
    among_staff = await people.store.memberships.seen_by(nurse.party, komp.party)
    assert among_staff is not None
    assert [one.name for one in among_staff] == ["Nurse"]
    assert await people.store.memberships.seen_by(somebody_else(), komp.party) is None


async def test_a_circle_tells_each_what_they_may_see(people: Town) -> None:
    komp, av1 = await people.komp("Komp"), await people.av1("Robot")
    anna, nurse = await people.member("Anna", komp, ADMIN), await people.member("Nurse", komp, side=STAFF)
    bo, student = await people.member("Bo", komp), await people.student(av1)
    contacts = people.store.contacts
    of_anna = {one.party: one for one in await contacts.of(anna.party)}
    assert set(of_anna) == {komp.party, bo.party}
    seen_komp, seen_bo = of_anna[komp.party], of_anna[bo.party]
    assert (seen_komp.name, seen_komp.role, seen_komp.status) == ("Komp", ADMIN, DeviceStatus.ACTIVE)
    assert (seen_bo.name, seen_bo.role, seen_bo.status) == ("Bo", None, None)
    assert [(endpoint, keys.identity) for endpoint, keys in seen_bo.endpoints] == [(bo.endpoint, bo.identity)]
    assert {one.name for one in await contacts.of(nurse.party)} == {"Komp"}
    of_komp = {one.name: (one.role, one.side) for one in await contacts.of(komp.party)}
    assert of_komp == {"Anna": (ADMIN, FAMILY), "Bo": (USER, FAMILY), "Nurse": (USER, STAFF)}
    assert [(one.kind, one.name) for one in await contacts.of(student.party)] == [(PartyKind.AV1, "Robot")]
    assert [(one.party, one.name) for one in await contacts.of(av1.party)] == [(student.party, None)]
    assert await contacts.of(somebody_else()) == []


async def test_an_invitation_makes_one_member_once(people: Town) -> None:
    komp = await people.komp()
    anna, bo, carl = await people.member("Anna", komp, ADMIN), await people.person("Bo"), await people.person("Carl")
    invitations = people.store.invitations
    made = await invitations.create(komp.party, RESTRICTED, FAMILY, video_only=True, by=anna.party, now=people.now)
    assert made is not None
    assert await invitations.open_of(komp.party, by=anna.party, now=people.now) == [made.invitation]
    assert await invitations.redeem("0000-0000-0000-0000", bo.party, now=people.now) is None
    assert await invitations.redeem(made.code, somebody_else(), now=people.now) is None
    typed = made.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert await invitations.redeem(typed, bo.party, now=people.now) == komp.party
    assert await invitations.redeem(made.code, carl.party, now=people.now) is None
    joined = (await people.store.memberships.of_person(bo.party))[0]
    assert (joined.role, joined.side, joined.video_only) == (RESTRICTED, FAMILY, True)
    assert await people.store.memberships.of_person(carl.party) == []


async def test_of_two_who_redeem_at_once_one_becomes_a_member(people: Town) -> None:
    komp, bo, carl = await people.komp(), await people.person("Bo"), await people.person("Carl")
    made = await people.store.invitations.create(komp.party, USER, FAMILY, now=people.now)
    assert made is not None
    redeem = people.store.invitations.redeem
    both = await asyncio.gather(*(redeem(made.code, one.party, now=people.now) for one in (bo, carl)))
    assert sorted(both, key=str) == sorted([komp.party, None], key=str)


async def test_only_administrators_invite_and_the_first_of_the_other_side_may_be_invited(people: Town) -> None:
    komp = await people.komp()
    anna, bo = await people.member("Anna", komp, ADMIN), await people.member("Bo", komp)
    create, now = people.store.invitations.create, people.now
    assert await create(komp.party, USER, FAMILY, by=bo.party, now=now) is None
    assert await create(komp.party, USER, FAMILY, by=somebody_else(), now=now) is None
    assert await create(somebody_else(), USER, FAMILY, now=now) is None
    first = await create(komp.party, ADMIN, STAFF, by=anna.party, now=now)
    assert first is not None
    nurse = await people.person("Nurse")
    assert await people.store.invitations.redeem(first.code, nurse.party, now=now) == komp.party
    assert await create(komp.party, USER, STAFF, by=anna.party, now=now) is None
    second = await create(komp.party, USER, STAFF, by=nurse.party, now=now)
    assert second is not None
    assert await people.store.invitations.open_of(komp.party, by=anna.party, now=now) == []
    assert await people.store.invitations.open_of(komp.party, by=bo.party, now=now) is None
    assert not await people.store.invitations.cancel(second.invitation.invitation, by=anna.party, now=now)
    assert await people.store.invitations.cancel(second.invitation.invitation, by=nurse.party, now=now)
    assert await people.store.invitations.redeem(second.code, bo.party, now=now) is None


async def test_an_invitation_ends_after_a_week_and_the_number_with_it(people: Town) -> None:
    komp, bo = await people.komp(), await people.person("Bo")
    invitations = people.store.invitations
    made = await invitations.create(komp.party, USER, FAMILY, phone="+46701112233", now=people.now)
    assert made is not None
    assert await invitations.phone_of(made.invitation.invitation, now=people.now) == "+46701112233"
    people.clock.advance(LIFETIME_SECONDS)
    assert await invitations.redeem(made.code, bo.party, now=people.now) is None
    assert await invitations.phone_of(made.invitation.invitation, now=people.now) is None
    assert await people.store.sweep(now=people.now) >= 1
    assert await invitations.open_of(komp.party, now=people.now - LIFETIME_SECONDS) == []
    with pytest.raises(ProfileError):
        await invitations.create(komp.party, USER, FAMILY, phone="070-111", now=people.now)


async def test_open_invitations_are_counted(people: Town) -> None:
    komp = await people.komp()
    for _ in range(OPEN_AT_MOST):
        assert await people.store.invitations.create(komp.party, USER, FAMILY, now=people.now) is not None
    assert await people.store.invitations.create(komp.party, USER, FAMILY, now=people.now) is None


async def test_a_keyword_links_one_app_and_a_new_one_cuts_it_off(people: Town) -> None:
    av1, keywords = await people.av1(), people.store.keywords
    assert await keywords.state(av1.party, now=people.now) is None
    first = await people.student(av1)
    assert await keywords.state(av1.party, now=people.now) is KeywordState.USED
    assert await people.circle.may_ring(first, av1.party)
    second = await keywords.create(av1.party, now=people.now)
    assert second is not None
    assert await people.circle.endpoint(first.endpoint) is None
    assert not await people.circle.may_ring(first, av1.party)
    assert (await people.circle.changes(0)).parties[first.party] is ChangeKind.ERASED
    assert await keywords.state(av1.party, now=people.now) is KeywordState.NEW
    taken = key_of(av1)
    assert await keywords.redeem(second, **taken, now=people.now) is None
    redeemed = await keywords.redeem(second, **fresh_key(), now=people.now)
    assert redeemed is not None
    assert redeemed[1] == av1.party
    assert await keywords.redeem(second, **fresh_key(), now=people.now) is None
    assert await keywords.redeem("no keyword", **fresh_key(), now=people.now) is None
    third = await keywords.create(av1.party, now=people.now)
    assert third is not None
    people.clock.advance(8 * 86_400)
    assert await keywords.state(av1.party, now=people.now) is KeywordState.EXPIRED
    assert await keywords.redeem(third, **fresh_key(), now=people.now) is None
    assert await keywords.create((await people.komp()).party, now=people.now) is None


async def test_a_reset_forgets_everybody(people: Town) -> None:
    komp, other = await people.komp(), await people.komp("Another Komp")
    anna, bo = await people.member("Anna", komp, ADMIN), await people.member("Bo", komp)
    await people.joins(bo, other)
    invited = await people.store.invitations.create(komp.party, USER, FAMILY, now=people.now)
    assert invited is not None
    assert await people.store.posts.put(anna, post_to(komp, bo), now=people.now)
    reset = people.store.devices.reset
    assert await reset(komp.party, by=bo.party, now=people.now) is None
    token = await reset(komp.party, by=anna.party, now=people.now)
    assert token is not None
    assert await people.circle.endpoint(komp.endpoint) is None
    assert not await people.circle.may_ring(bo, komp.party)
    assert not await people.circle.may_see(bo, komp.endpoint)
    assert await people.store.memberships.of_komp(komp.party) == []
    assert await people.store.profiles.get(anna.party) is None
    assert await people.store.profiles.get(bo.party) is not None
    assert await people.store.posts.waiting(bo, now=people.now) == []
    assert await people.store.invitations.redeem(invited.code, bo.party, now=people.now) is None
    heard = (await people.circle.changes(0)).parties
    assert (heard[komp.party], heard[anna.party]) == (ChangeKind.RESET, ChangeKind.ERASED)
    assert await people.store.devices.enrol(token, **fresh_key(), now=people.now) == komp.party
    assert await people.store.devices.status(komp.party) is DeviceStatus.ACTIVE


async def test_a_returned_device_takes_nobody_until_it_is_somebody_elses(people: Town) -> None:
    komp, bo = await people.komp("Komp"), await people.person("Bo")
    devices, school = (
        people.store.devices,
        await people.store.customers.add((await people.store.customers.all())[await people.customer()], now=people.now),
    )
    token = await devices.reset(komp.party, move=DeviceMove.RETURN, now=people.now)
    assert token is not None
    assert await devices.enrol(token, **fresh_key(), now=people.now) is None
    assert await people.store.invitations.create(komp.party, USER, FAMILY, now=people.now) is None
    assert await devices.reset(komp.party, move=DeviceMove.HAND_OVER, now=people.now) is None
    assert await devices.reset(komp.party, move=DeviceMove.HAND_OVER, customer=somebody_else(), now=people.now) is None
    token = await devices.reset(komp.party, move=DeviceMove.HAND_OVER, customer=school, now=people.now)
    assert token is not None
    assert await devices.enrol(token, **fresh_key(), now=people.now) == komp.party
    handed = await devices.get(komp.party)
    assert handed is not None
    assert (handed.customer, handed.name, handed.status) == (school, "Komp", DeviceStatus.ACTIVE)
    await people.joins(bo, komp)


async def test_a_closed_profile_is_nowhere(people: Town) -> None:
    komp = await people.komp()
    number = people.number()
    anna, bo = await people.person("Anna", number), await people.member("Bo", komp, ADMIN)
    await people.joins(anna, komp, ADMIN)
    invited = await people.store.invitations.create(komp.party, USER, FAMILY, by=anna.party, now=people.now)
    assert invited is not None
    assert await people.store.posts.put(anna, post_to(bo), now=people.now)
    assert await people.store.profiles.close(anna.party, now=people.now)
    assert not await people.store.profiles.close(anna.party, now=people.now)
    assert await people.store.profiles.get(anna.party) is None
    assert await people.store.profiles.seen_by(bo.party, anna.party) is None
    assert await people.store.profiles.by_phone(number) is None
    assert await people.circle.endpoint(anna.endpoint) is None
    assert await people.store.posts.waiting(bo, now=people.now) == []
    assert await people.store.invitations.open_of(komp.party, now=people.now) == []
    assert [one.person for one in await people.store.memberships.of_komp(komp.party)] == [bo.party]
    assert await people.store.profiles.create("Anna", number, **fresh_key(), now=people.now) is not None
