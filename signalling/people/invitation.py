"""An invitation to a Komp: single use, seven days. Pure."""

from dataclasses import dataclass
from typing import Final

from signalling.people import codes
from signalling.people.membership import MemberRole, Side
from signalling.vocabulary import PartyId

LIFETIME_SECONDS: Final = 7 * 86_400
CODE_CHARACTERS: Final = 16
"""80 bits."""
OPEN_AT_MOST: Final = 50
"""Invitations of one Komp that wait to be used."""


@dataclass(frozen=True, slots=True, repr=False)
class Invitation:
    """What whoever redeems it becomes a member as. The code itself is nowhere kept."""

    invitation: str
    """Its own id, 22 characters; proves nothing."""
    komp: PartyId
    role: MemberRole
    side: Side
    video_only: bool
    expires_at: int
    """Unix time, seconds."""

    def is_open(self, *, now: float) -> bool:
        """Whether it can still be used."""
        return now < self.expires_at


def fresh_code(randomness: bytes) -> str:
    """A code to hand on: `ABCD-EFGH-JKMN-PQRS`."""
    return codes.written(randomness, CODE_CHARACTERS)


def read_code(typed: str) -> str | None:
    """The code that somebody typed, in the one form that is compared."""
    return codes.read(typed, CODE_CHARACTERS)
