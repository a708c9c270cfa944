"""Memberships: who belongs to which Komp, as what. Every change is heard by live sockets."""

from dataclasses import dataclass

from signalling.people.membership import MemberRole, Membership, Side
from signalling.vocabulary import EndpointId, PartyId


@dataclass(frozen=True, slots=True, repr=False)
class Member:
    """A member as the other members of the side see them."""

    membership: Membership
    name: str
    picture: str | None


class Memberships:
    """Adds, changes and ends memberships. `by` is the member who asks; None is the operator, or the Komp itself."""

    async def add(self, membership: Membership, *, now: float) -> bool:
        """A new member; False if that Komp or person isn't there, or the Komp is full. A member already stays as is."""
        raise NotImplementedError

    async def admit(self, komp: PartyId, endpoint: str, *, now: float) -> bool:
        """As `Circle.admit`."""
        raise NotImplementedError

    async def remove(self, komp: str, person: str, *, by: PartyId | None = None, now: float) -> bool:
        """End a membership at once: by the member, or by an administrator of the same side."""
        raise NotImplementedError

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
        raise NotImplementedError

    async def of_komp(self, komp: str) -> list[Membership]:
        """All members of a Komp."""
        raise NotImplementedError

    async def of_person(self, person: str) -> list[Membership]:
        """All memberships of a person."""
        raise NotImplementedError

    async def seen_by(self, watcher: PartyId, komp: str) -> list[Member] | None:
        """The members of the watcher's own side, the watcher among them; None if the watcher isn't a member."""
        raise NotImplementedError

    async def are_linked(self, one: PartyId, other: str) -> bool:
        """Whether two parties know of each other now."""
        raise NotImplementedError

    async def party_linked_with(self, one: PartyId, endpoint: EndpointId) -> PartyId | None:
        """Whose endpoint it is, if they know of each other now."""
        raise NotImplementedError
