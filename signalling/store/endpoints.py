"""Endpoints: installations of apps, and devices. Each is a public key and belongs to one party."""

from signalling.people.circle import Endpoint, Keys, Statement
from signalling.vocabulary import EndpointId, PartyId


class Endpoints:
    """Adds and revokes endpoints, and keeps their key statements."""

    async def add(self, party: PartyId, *, endpoint: EndpointId, identity: bytes, now: float) -> bool:
        """One more phone of a person who has a profile. The same key again is fine; one that was revoked, or is
        somebody else's, is not.
        """
        raise NotImplementedError

    async def get(self, endpoint: str) -> Endpoint | None:
        """The endpoint of that id that isn't revoked."""
        raise NotImplementedError

    async def of(self, party: str) -> tuple[EndpointId, ...]:
        """The endpoints of a party that aren't revoked."""
        raise NotImplementedError

    async def revoke(self, party: PartyId, endpoint: str, *, now: float) -> bool:
        """A lost phone: no token, no ring, no post for it any more. False if it isn't that party's."""
        raise NotImplementedError

    async def publish(self, endpoint: EndpointId, statement: Statement) -> bool:
        """As `Circle.publish`."""
        raise NotImplementedError

    async def keys_of(self, endpoint: str) -> Keys | None:
        """As `Circle.keys_of`."""
        raise NotImplementedError
