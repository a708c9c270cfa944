"""Invitations to Komps: hashed codes, single use, seven days; the number one is sent to goes with it (P-43)."""

from dataclasses import dataclass

from signalling.people.invitation import Invitation
from signalling.people.membership import MemberRole, Side
from signalling.vocabulary import PartyId


@dataclass(frozen=True, slots=True, repr=False)
class FreshInvitation:
    """A new invitation with its code, which is told once."""

    invitation: Invitation
    code: str


class Invitations:
    """Makes, uses and cancels invitations."""

    async def create(
        self,
        komp: str,
        role: MemberRole,
        side: Side,
        *,
        video_only: bool = False,
        phone: str | None = None,
        by: PartyId | None = None,
        now: float,
    ) -> FreshInvitation | None:
        """A new one. `by` must be an administrator of that side, or of the other while it has none; None: the operator.

        `phone` (E.164) is where the code is sent to. None as an answer: not allowed, no such Komp, or too many open.
        """
        raise NotImplementedError

    async def redeem(self, code: str, person: PartyId, *, now: float) -> PartyId | None:
        """That person becomes a member; the Komp. None: unknown, used, expired, or no profile. A code is used once."""
        raise NotImplementedError

    async def open_of(self, komp: str, *, by: PartyId | None = None, now: float) -> list[Invitation] | None:
        """Those that wait to be used, of the sides that `by` may invite to; None if that is not allowed."""
        raise NotImplementedError

    async def cancel(self, invitation: str, *, by: PartyId | None = None, now: float) -> bool:
        """Make one unusable: by an administrator of its side or whoever made it."""
        raise NotImplementedError

    async def phone_of(self, invitation: str) -> str | None:
        """The number that it was sent to, while it is open."""
        raise NotImplementedError
