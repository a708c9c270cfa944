"""The circle: which endpoints there are, whose they are, and who may see and ring whom. It keeps no calls.

The narrow port behind which people live: the store, or a seed file for load runs and tests. Unknown, forbidden and
not linked are one answer: nothing.
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
    """An endpoint's signed word which agreement key it has. The coordinator hands it on and cannot make one."""

    key: str
    """Raw X25519 public key, 43 characters of base64url."""
    serial: int
    not_after: int
    """Unix time, seconds."""
    signature: str
    """Ed25519 by the endpoint's identity, 86 characters of base64url."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What others need to seal to an endpoint."""

    identity: bytes
    """Raw Ed25519 public key, 32 bytes."""
    statement: Statement | None


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """What a callee's screen may show of a caller. Never the phone number."""

    name: str
    picture: str | None
    """SHA-256 of the picture, hexadecimal."""


class ChangeKind(StrEnum):
    """What happened to a party that live sockets must hear of."""

    LINKED = "linked"
    RESTARTED = "restarted"
    """A device that shall start anew, if it is there."""
    UNLINKED = "unlinked"
    REVOKED = "revoked"
    """One of its endpoints is no longer taken."""
    SUSPENDED = "suspended"
    """It refuses calls: its subscription rests, or it is blocked."""
    RESET = "reset"
    """It forgot everybody, and its endpoint is gone."""
    ERASED = "erased"
    """It is no more."""


@dataclass(frozen=True, slots=True, repr=False)
class Changes:
    """What to look at again on live sockets: each party's own sockets, its calls, and who watches it."""

    last: int
    """Where to go on from the next time."""
    parties: Mapping[PartyId, ChangeKind]
    """Of several changes of one party, the gravest."""


class Circle(Protocol):
    """Who may see and ring whom. Every answer is the one of this moment."""

    async def endpoint(self, endpoint: str) -> Endpoint | None:
        """The endpoint of that id, if there is one and it isn't revoked."""

    async def endpoints_of(self, party: str) -> tuple[EndpointId, ...]:
        """The endpoints of a person or device that aren't revoked; of an unknown one, none."""

    async def may_ring(self, caller: Endpoint, party: str) -> bool:
        """Whether this endpoint may call that person or device. A device never may."""

    async def refuses(self, party: str) -> bool:
        """Whether that device is suspended or blocked. Asked only when `may_ring` said yes."""

    async def is_blocked(self, party: str) -> bool:
        """Whether that device is blocked: somebody tried to record through it, and nobody has unblocked it yet."""

    async def block(self, robot: PartyId) -> bool:
        """Somebody tried to record through that AV1: it refuses calls until it is unblocked. An older block stays.

        False: it is no AV1 in use.
        """

    async def may_see(self, watcher: Endpoint, endpoint: str) -> bool:
        """Whether this endpoint may know the other one's presence and keys."""

    async def shown_to(self, caller: Endpoint, callee: PartyId) -> Shown | None:
        """What the callee's screen shows of this caller; nothing on an AV1, which gets no names."""

    async def publish(self, endpoint: EndpointId, statement: Statement) -> bool:
        """Keep this endpoint's statement. Taken is a higher serial than the one kept, or the same statement again."""

    async def keys_of(self, endpoint: str) -> Keys | None:
        """The keys of an endpoint that isn't revoked. Whether the asker may see it is asked before."""

    async def admit(self, device: Endpoint, endpoint: str) -> bool:
        """A Komp vouches, after a pairing and a turn of its knob, that this endpoint's person is welcome.

        The person becomes a member on the family's side: the first one as admin, the next ones as users. Who is a
        member already stays what it is.
        """

    async def changes(self, after: int) -> Changes:
        """What has changed since `after`, a `Changes.last`. Every node asks each second."""
