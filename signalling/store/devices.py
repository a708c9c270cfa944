"""Komps and AV1s: registered to a customer, enrolled by a token, suspended, reset. Never to a user (P-20)."""

from dataclasses import dataclass

from signalling.people.device import DeviceMove, DeviceStatus
from signalling.vocabulary import EndpointId, PartyId, PartyKind


@dataclass(frozen=True, slots=True, repr=False)
class Device:
    """A device as its operator sees it."""

    party: PartyId
    kind: PartyKind
    customer: str
    name: str
    status: DeviceStatus


class Devices:
    """Registers devices and moves them through their life."""

    async def add(self, kind: PartyKind, customer: str, name: str, *, now: float) -> tuple[PartyId, str] | None:
        """A new device and its one-time provisioning token; None without such a customer."""
        raise NotImplementedError

    async def enrol(self, token: str, *, endpoint: EndpointId, identity: bytes, now: float) -> PartyId | None:
        """The device of that token takes this identity; its older endpoints are revoked. None: unknown or used."""
        raise NotImplementedError

    async def new_token(self, party: PartyId, *, now: float) -> str | None:
        """Another provisioning token for a device that keeps its people; an older one is dead."""
        raise NotImplementedError

    async def get(self, party: str) -> Device | None:
        """The device of that id."""
        raise NotImplementedError

    async def all(self, customer: str | None = None) -> list[Device]:
        """Every device, or those of a customer, for the operator."""
        raise NotImplementedError

    async def rename(self, party: PartyId, name: str) -> bool:
        """Give it another name."""
        raise NotImplementedError

    async def move(self, party: PartyId, move: DeviceMove, *, now: float) -> DeviceStatus | None:
        """Suspend, resume, block, unblock: where it stands then; None if it can't. Resets have methods of their own."""
        raise NotImplementedError

    async def reset(
        self,
        party: PartyId,
        *,
        by: PartyId | None = None,
        move: DeviceMove = DeviceMove.RESET,
        customer: str | None = None,
        now: float,
    ) -> str | None:
        """Forget everybody, online or not, in a call or not; a new provisioning token, or None if it isn't allowed.

        Members, invitations, keywords, posts and the endpoint go; a profile with no Komp left goes too. `by` is the
        member who asks and must be an administrator; None is the operator. `move` may be RETURN, or HAND_OVER with the
        new `customer`.
        """
        raise NotImplementedError
