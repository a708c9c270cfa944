"""The circle: which endpoints there are, whose they are, and who may see and ring whom. It keeps no calls.

The narrow port behind which people live: a seed file today, the store later. Unknown, forbidden and not linked are
one answer: nothing.
"""

from dataclasses import dataclass
from typing import Protocol

from signalling.vocabulary import EndpointId, PartyId, PartyKind


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """An installation of an app, or a device, with the party that it belongs to."""

    endpoint: EndpointId
    identity: bytes
    """Raw Ed25519 public key, 32 bytes."""
    party: PartyId
    kind: PartyKind


class Circle(Protocol):
    """Who may see and ring whom. Every answer is the one of this moment."""

    async def endpoint(self, endpoint: str) -> Endpoint | None:
        """The endpoint of that id, if there is one."""

    async def endpoints_of(self, party: str) -> tuple[EndpointId, ...]:
        """The endpoints of a person or device; of an unknown one, none."""

    async def may_ring(self, caller: Endpoint, party: str) -> bool:
        """Whether this endpoint may call that person or device. A device never may."""

    async def may_see(self, watcher: Endpoint, endpoint: str) -> bool:
        """Whether this endpoint may know the other one's presence."""

    async def name_for(self, caller: Endpoint, callee: PartyId) -> str | None:
        """The name that the callee's screen shows for this caller; none on an AV1, which gets no names."""
