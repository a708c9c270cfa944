"""Who belongs to a Komp, and what follows: who sees, rings, writes to and manages whom. Pure.

The rules are functions over the few memberships of both parties; a store loads those and asks here, and nowhere else
may anybody decide the same. Staff and family of one Komp are kept apart: neither sees nor rings the other's members.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from signalling.vocabulary import PartyId

MEMBERS_AT_MOST: Final = 100
"""Members of one Komp, both sides together."""
ENDPOINTS_AT_MOST: Final = 16
"""Phones and browsers of one person: as many as one invite can ring."""


class MemberRole(StrEnum):
    """What a member of a Komp may do there."""

    ADMIN = "admin"
    """Everything: invites, changes roles, removes members of the own side, resets."""
    USER = "user"
    """Rings the Komp and other members' apps, and posts."""
    RESTRICTED = "restricted"
    """Rings the Komp and posts to it; rings no other member's app."""


class Side(StrEnum):
    """Which of the two circles around a Komp a member is in."""

    FAMILY = "family"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, repr=False)
class Membership:
    """A person's link to a Komp."""

    komp: PartyId
    person: PartyId
    role: MemberRole
    side: Side = Side.FAMILY
    video_only: bool = False
    """May place calls, may not post pictures or messages."""


@dataclass(frozen=True, slots=True, repr=False)
class RobotLink:
    """The one app that an AV1 is linked with. It names no child: the app is a random key."""

    av1: PartyId
    app: PartyId


def are_linked(
    one: PartyId, other: PartyId, memberships: Iterable[Membership], robots: Iterable[RobotLink] = ()
) -> bool:
    """Whether two different parties know of each other: presence, keys, posts. The same both ways."""
    if any({link.av1, link.app} == {one, other} for link in robots):
        return True
    mine, theirs, own = _around(one, other, memberships)
    return bool(own) or any(_are_together(a, b) for a in mine for b in theirs)


def sees(watcher: PartyId, party: PartyId, memberships: Iterable[Membership]) -> bool:
    """Whether one may see the other's name and picture: itself, or they share a Komp now, on the same side.

    A Komp sees its members and they see it. An AV1 has no memberships, so it sees nobody.
    """
    return watcher == party or are_linked(watcher, party, memberships)


def may_ring(
    caller: PartyId, callee: PartyId, memberships: Iterable[Membership], robots: Iterable[RobotLink] = ()
) -> bool:
    """Whether that person may call that person or device. Who is a device may not; the caller's kind is asked first."""
    if any((link.app, link.av1) == (caller, callee) for link in robots):
        return True
    mine, theirs, own = _around(caller, callee, memberships)
    if any(membership.person == caller for membership in own):
        return True
    return any(a.role is not MemberRole.RESTRICTED and _are_together(a, b) for a in mine for b in theirs)


def may_post(author: PartyId, reader: PartyId, memberships: Iterable[Membership]) -> bool:
    """Whether that person may send pictures and messages to that Komp, or to that member's app.

    It takes one membership that allows it: who is "video only" on one Komp may still post on another.
    """
    mine, theirs, own = _around(author, reader, memberships)
    if any(membership.person == author and not membership.video_only for membership in own):
        return True
    return any(
        not a.video_only and a.role is not MemberRole.RESTRICTED and _are_together(a, b) for a in mine for b in theirs
    )


def may_manage(actor: PartyId, komp: PartyId, memberships: Iterable[Membership], side: Side | None = None) -> bool:
    """Whether that person is an administrator of that Komp; of that side of it, if one is named."""
    return any(
        membership.komp == komp
        and membership.person == actor
        and membership.role is MemberRole.ADMIN
        and side in {None, membership.side}
        for membership in memberships
    )


def may_invite(actor: PartyId, komp: PartyId, side: Side, memberships: Iterable[Membership]) -> bool:
    """Whether that person may invite to that side: its administrators; the other side's only while it has none."""
    known = list(memberships)
    if may_manage(actor, komp, known, side):
        return True
    return may_manage(actor, komp, known) and not has_admin(komp, known, side)


def has_admin(komp: PartyId, memberships: Iterable[Membership], side: Side) -> bool:
    """Whether somebody administers that side of the Komp."""
    return any(m.komp == komp and m.side is side and m.role is MemberRole.ADMIN for m in memberships)


def role_on_admission(komp: PartyId, memberships: Iterable[Membership]) -> MemberRole:
    """What somebody becomes whom the Komp itself admits: its administrator while the family has none, else a user."""
    return MemberRole.USER if has_admin(komp, memberships, Side.FAMILY) else MemberRole.ADMIN


def may_stop_being_admin(membership: Membership, memberships: Iterable[Membership]) -> bool:
    """Whether the side keeps an administrator when this one takes a lesser role. Leaving is always allowed."""
    others = [m for m in memberships if m.person != membership.person]
    return membership.role is not MemberRole.ADMIN or has_admin(membership.komp, others, membership.side)


def _are_together(one: Membership, other: Membership) -> bool:
    return one.komp == other.komp and one.side is other.side


def _around(
    one: PartyId, other: PartyId, memberships: Iterable[Membership]
) -> tuple[list[Membership], list[Membership], list[Membership]]:
    """The memberships of the one, those of the other, and those that join the one to the other as Komp and member."""
    if one == other:
        return [], [], []
    known = list(memberships)
    mine = [membership for membership in known if membership.person == one]
    theirs = [membership for membership in known if membership.person == other]
    own = [membership for membership in known if {membership.person, membership.komp} == {one, other}]
    return mine, theirs, own
