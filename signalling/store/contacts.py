"""Contacts: everybody whom a party may see now, with what it may see of them. The answer to `GET /v1/circle`."""

from dataclasses import dataclass

from signalling.people.circle import Keys
from signalling.people.device import DeviceStatus
from signalling.people.membership import MemberRole, Side
from signalling.vocabulary import EndpointId, PartyId, PartyKind


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """A person or device of somebody's circle."""

    party: PartyId
    kind: PartyKind
    name: str | None
    """None where an AV1 asks: it gets no names."""
    picture: str | None = None
    role: MemberRole | None = None
    """Of a Komp: what the asker is there. Of a member, where a Komp asks: what they are."""
    side: Side | None = None
    status: DeviceStatus | None = None
    """Of devices only."""
    endpoints: tuple[tuple[EndpointId, Keys], ...] = ()


class Contacts:
    """Reads circles."""

    async def of(self, party: PartyId) -> list[Contact]:
        """The circle of a person, a student's app, a Komp or an AV1."""
        raise NotImplementedError
