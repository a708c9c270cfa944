"""The circle: which endpoints there are, whose they are, and who may see and ring whom. It keeps no calls.

The narrow port behind which people live: a seed file today, the store later. Unknown, forbidden and not linked are
one answer: nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
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


@dataclass(frozen=True, slots=True, repr=False)
class Statement:
    """An endpoint's signed word which agreement key others shall seal to; what a `KeyStatement` says on the wire."""

    key: str
    """X25519 public key, base64url."""
    serial: int
    not_after: int
    """Unix time, seconds."""
    signature: str
    """Ed25519, base64url, checked before it is kept."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What there is to know of an endpoint's keys."""

    identity: bytes
    """Raw Ed25519 public key, 32 bytes."""
    statement: Statement | None


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """What a callee's screen shows of the authenticated caller."""

    name: str
    picture: str | None = None
    """SHA-256 of the picture, lowercase hex."""


class ChangeKind(StrEnum):
    """What happened to a party, as far as its live sockets must know."""

    LINKED = "linked"
    UNLINKED = "unlinked"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    RESET = "reset"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, repr=False)
class Changes:
    """Whom to look at again, and where to go on from."""

    last: int
    parties: Mapping[PartyId, ChangeKind]


class Circle(Protocol):
    """Who may see and ring whom. Every answer is the one of this moment."""

    async def endpoint(self, endpoint: str) -> Endpoint | None:
        """The endpoint of that id, if there is one."""

    async def endpoints_of(self, party: str) -> tuple[EndpointId, ...]:
        """The endpoints of a person or device; of an unknown one, none."""

    async def may_ring(self, caller: Endpoint, party: str) -> bool:
        """Whether this endpoint may call that person or device. A device never may."""

    async def refuses(self, party: str) -> bool:
        """Whether that device takes no calls because it is suspended or blocked. Asked once `may_ring` said yes."""

    async def may_see(self, watcher: Endpoint, endpoint: str) -> bool:
        """Whether this endpoint may know the other one's presence and keys."""

    async def shown_to(self, caller: Endpoint, callee: PartyId) -> Shown | None:
        """What the callee's screen shows of this caller; nothing on an AV1, which gets no names."""

    async def publish(self, endpoint: EndpointId, statement: Statement) -> bool:
        """Keep a statement whose signature holds; False unless its serial is higher, or it is the same again."""

    async def keys_of(self, endpoint: str) -> Keys | None:
        """The keys of an endpoint."""

    async def admit(self, device: Endpoint, endpoint: str) -> bool:
        """A Komp has paired with that endpoint and somebody turned its knob: its person is a member from now on."""

    async def changes(self, after: int) -> Changes:
        """What changed after that number. Every node asks each second, for a change may come from any of them."""
