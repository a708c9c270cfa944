"""Memberships: who belongs to which Komp, as what. Every change is heard by live sockets."""

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from signalling.people.circle import ChangeKind, Endpoint
from signalling.people.membership import (
    MEMBERS_AT_MOST,
    MemberRole,
    Membership,
    Side,
    are_linked,
    may_manage,
    may_stop_being_admin,
    role_on_admission,
)
from signalling.store import envelope
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope
from signalling.store.erasing import mark_alone
from signalling.store.profiles import shown_profile
from signalling.store.rows import (
    day_of,
    live_endpoint,
    locked_komp,
    locked_people,
    members_of,
    memberships_of,
    robots_of,
)
from signalling.store.tables import memberships, profiles
from signalling.vocabulary import EndpointId, PartyId


@dataclass(frozen=True, slots=True, repr=False)
class Member:
    """A member as the other members of the side see them."""

    membership: Membership
    name: str
    picture: str | None


class Memberships:
    """Adds, changes and ends memberships. `by` is the member who asks; None is the operator, or the Komp itself."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def add(self, membership: Membership, *, now: float) -> bool:
        """A new member; False if that Komp or person isn't there, or the Komp is full. A member already stays as is."""
        async with self._database.changing(now=now) as work:
            return await locked_komp(work, membership.komp) and await add_member(work, membership)

    async def admit(self, device: Endpoint, endpoint: str, *, now: float) -> bool:
        """As `Circle.admit`."""
        komp = device.party
        async with self._database.changing(now=now) as work:
            if not await locked_komp(work, komp) or await live_endpoint(work.connection, device.endpoint) != device:
                return False
            newcomer = await live_endpoint(work.connection, endpoint)
            if newcomer is None or newcomer.kind.is_device:
                return False
            role = role_on_admission(komp, await members_of(work.connection, komp))
            return await add_member(work, Membership(komp, newcomer.party, role))

    async def remove(self, komp: str, person: str, *, by: PartyId | None = None, now: float) -> bool:
        """End a membership at once: by the member, or by an administrator of the same side."""
        async with self._database.changing(now=now, erases=True) as work:
            member = await _found(work, komp, person)
            if member is None or not await _may_remove(work, member, by):
                return False
            await work.connection.execute(delete(memberships).where(_is(member)))
            await mark_alone(work, person, day=day_of(now))
            work.erased("membership", f"{member.person} {member.komp}")
            work.note(member.person, ChangeKind.UNLINKED)
            work.note(member.komp, ChangeKind.UNLINKED)  # it shows pictures of its members alone
        return True

    async def change(
        self,
        komp: str,
        person: str,
        *,
        role: MemberRole | None = None,
        side: Side | None = None,
        video_only: bool | None = None,
        by: PartyId | None = None,
        now: float,
    ) -> bool:
        """Change what a member is. The last administrator of a side stays one; only the operator moves sides."""
        async with self._database.changing(now=now) as work:
            member = await _found(work, komp, person)
            if member is None or (side not in {None, member.side} and by is not None):
                return False
            everybody = await members_of(work.connection, komp)
            if by is not None and not may_manage(by, member.komp, everybody, member.side):
                return False
            wanted = replace(
                member,
                role=role or member.role,
                side=side or member.side,
                video_only=member.video_only if video_only is None else video_only,
            )
            steps_down = wanted.role is not MemberRole.ADMIN or wanted.side is not member.side
            if steps_down and not may_stop_being_admin(member, everybody):
                return False
            await work.connection.execute(
                update(memberships)
                .where(_is(member))
                .values(role=wanted.role, side=wanted.side, video_only=wanted.video_only)
            )
            work.note(member.person, ChangeKind.UNLINKED)
        return True

    async def of_komp(self, komp: str) -> list[Membership]:
        """All members of a Komp."""
        async with self._database.reading() as connection:
            return await members_of(connection, komp)

    async def of_person(self, person: str) -> list[Membership]:
        """All memberships of a person."""
        async with self._database.reading() as connection:
            return await memberships_of(connection, [person])

    async def seen_by(self, watcher: PartyId, komp: str) -> list[Member] | None:
        """The members of the watcher's own side, the watcher among them; None if the watcher isn't a member."""
        async with self._database.reading() as connection:
            everybody = await members_of(connection, komp)
            sides = {one.side for one in everybody if one.person == watcher}
            seen = {one.person: one for one in everybody if one.side in sides}
            rows = await connection.execute(select(profiles).where(profiles.c.party.in_(list(seen))))
            keys = await self._keys.keys(connection, [envelope.person(one) for one in seen])
        if not seen:
            return None
        members = []
        for row in rows:
            key = keys.get(envelope.person(row.party))
            if key is not None:
                shown = shown_profile(row, key)
                members.append(Member(seen[PartyId(row.party)], shown.name, shown.picture))
        return members

    async def are_linked(self, one: PartyId, other: str) -> bool:
        """Whether two parties know of each other now."""
        async with self._database.reading() as connection:
            known = await memberships_of(connection, [one, other])
            return are_linked(one, PartyId(other), known, await robots_of(connection, [one]))

    async def party_linked_with(self, one: PartyId, endpoint: EndpointId) -> PartyId | None:
        """Whose endpoint it is, if they know of each other now."""
        async with self._database.reading() as connection:
            other = await live_endpoint(connection, endpoint)
        return other.party if other is not None and await self.are_linked(one, other.party) else None


async def add_member(work: Work, membership: Membership) -> bool:
    """A new member of a Komp whose row is held; False without a profile, or when it is full."""
    connection = work.connection
    if not await locked_people(work, [membership.person]):
        return False
    everybody = await members_of(connection, membership.komp)
    if any(one.person == membership.person for one in everybody):
        return True
    if len(everybody) >= MEMBERS_AT_MOST:
        return False
    await connection.execute(
        insert(memberships).values(
            komp=membership.komp,
            person=membership.person,
            role=membership.role,
            side=membership.side,
            video_only=membership.video_only,
        )
    )
    await connection.execute(update(profiles).where(profiles.c.party == membership.person).values(alone_since_day=None))
    work.note(membership.person, ChangeKind.LINKED)
    return True


async def _found(work: Work, komp: str, person: str) -> Membership | None:
    if not await locked_komp(work, komp) or not await locked_people(work, [person]):
        return None
    known = await memberships_of(work.connection, [person], memberships.c.komp == komp)
    return known[0] if known else None


async def _may_remove(work: Work, member: Membership, by: PartyId | None) -> bool:
    if by is None or by == member.person:
        return True
    return may_manage(by, member.komp, await members_of(work.connection, member.komp), member.side)


def _is(member: Membership) -> ColumnElement[bool]:
    return and_(memberships.c.komp == member.komp, memberships.c.person == member.person)
