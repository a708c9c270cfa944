"""Who sees, rings, writes to and manages whom, from a handful of memberships."""

import pytest

from signalling.people.membership import (
    MemberRole,
    Membership,
    RobotLink,
    Side,
    are_linked,
    may_invite,
    may_manage,
    may_post,
    may_ring,
    may_stop_being_admin,
    role_on_admission,
    sees,
)
from signalling.vocabulary import PartyId

ADMIN, USER, RESTRICTED = MemberRole
KOMP, OTHER, AV1 = PartyId("komp"), PartyId("other komp"), PartyId("av1")
ANNA, BO, NURSE, FAR, APP = (PartyId(one) for one in ("anna", "bo", "nurse", "far", "app"))
ANNAS = Membership(KOMP, ANNA, ADMIN)
BOS = Membership(KOMP, BO, USER)
NURSES = Membership(KOMP, NURSE, ADMIN, Side.STAFF)
FARS = Membership(OTHER, FAR, ADMIN)
ALL = [ANNAS, BOS, NURSES, FARS]
ROBOTS = [RobotLink(AV1, APP)]


def test_members_of_one_side_and_their_komp_see_each_other() -> None:
    for one, other in ((ANNA, BO), (ANNA, KOMP), (NURSE, KOMP), (BO, KOMP)):
        assert sees(one, other, ALL)
        assert sees(other, one, ALL)
        assert are_linked(one, other, ALL)


def test_staff_and_family_and_other_komps_do_not() -> None:
    for one, other in ((ANNA, NURSE), (ANNA, FAR), (ANNA, OTHER), (KOMP, OTHER), (AV1, APP)):
        assert not sees(one, other, ALL)
        assert not sees(other, one, ALL)
        assert not may_ring(one, other, ALL)
        assert not may_post(one, other, ALL)


def test_everybody_sees_themselves_and_rings_themselves_never() -> None:
    assert sees(ANNA, ANNA, [])
    assert not may_ring(ANNA, ANNA, ALL)
    assert not may_post(ANNA, ANNA, ALL)
    assert not are_linked(ANNA, ANNA, ALL)


def test_a_robot_and_its_app_are_linked_and_only_the_app_rings() -> None:
    assert are_linked(AV1, APP, (), ROBOTS)
    assert are_linked(APP, AV1, (), ROBOTS)
    assert may_ring(APP, AV1, (), ROBOTS)
    assert not may_ring(AV1, APP, (), ROBOTS)
    assert not may_ring(ANNA, AV1, ALL, ROBOTS)
    assert not may_post(APP, AV1, ())


def test_a_restricted_member_rings_and_posts_to_the_komp_only() -> None:
    known = [Membership(KOMP, ANNA, RESTRICTED), BOS]
    assert may_ring(ANNA, KOMP, known)
    assert may_post(ANNA, KOMP, known)
    assert not may_ring(ANNA, BO, known)
    assert not may_post(ANNA, BO, known)
    assert may_ring(BO, ANNA, known)


def test_video_only_calls_and_does_not_post() -> None:
    known = [Membership(KOMP, ANNA, USER, video_only=True), BOS]
    assert may_ring(ANNA, KOMP, known)
    assert may_ring(ANNA, BO, known)
    assert not may_post(ANNA, KOMP, known)
    assert not may_post(ANNA, BO, known)
    assert may_post(BO, ANNA, known)


def test_a_komp_neither_rings_nor_posts_pictures() -> None:
    assert not may_ring(KOMP, ANNA, ALL)
    assert not may_post(KOMP, ANNA, ALL)


@pytest.mark.parametrize(
    ("actor", "side", "allowed"),
    [(ANNA, Side.FAMILY, True), (ANNA, Side.STAFF, False), (NURSE, Side.STAFF, True), (BO, Side.FAMILY, False)],
)
def test_an_administrator_manages_and_invites_to_the_own_side(actor: PartyId, side: Side, allowed: bool) -> None:
    assert may_manage(actor, KOMP, ALL, side) is allowed
    assert may_invite(actor, KOMP, side, ALL) is allowed
    assert not may_manage(FAR, KOMP, ALL, side)
    assert not may_manage(actor, OTHER, ALL)


def test_the_first_of_the_other_side_is_invited_by_an_administrator_of_this_one() -> None:
    assert may_invite(ANNA, KOMP, Side.STAFF, [ANNAS, BOS])
    assert not may_invite(BO, KOMP, Side.STAFF, [ANNAS, BOS])


def test_the_komp_admits_administrators_while_the_family_has_none() -> None:
    assert role_on_admission(KOMP, []) is ADMIN
    assert role_on_admission(KOMP, [NURSES, BOS, FARS]) is ADMIN
    assert role_on_admission(KOMP, ALL) is USER


def test_the_last_administrator_of_a_side_stays_one() -> None:
    assert not may_stop_being_admin(ANNAS, ALL)
    assert may_stop_being_admin(BOS, ALL)
    assert may_stop_being_admin(ANNAS, [*ALL, Membership(KOMP, APP, ADMIN)])
    assert not may_stop_being_admin(ANNAS, [*ALL, Membership(KOMP, APP, ADMIN, Side.STAFF)])
