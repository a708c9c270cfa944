"""What the hands must do after a step. The rules only name it; content travels beside, never through here."""

from dataclasses import dataclass
from enum import StrEnum

from signalling.vocabulary import CallId, EndpointId, EndReason, PartyId


@dataclass(frozen=True, slots=True, repr=False)
class ForwardRing:
    """Send that endpoint's ring to it."""

    to: EndpointId


@dataclass(frozen=True, slots=True, repr=False)
class TellProgress:
    """Tell the caller what a rung endpoint does."""

    to: EndpointId
    endpoint: EndpointId
    state: str
    answers_in_ms: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ForwardJoin:
    """Send the join's box to the caller."""

    to: EndpointId
    endpoint: EndpointId


@dataclass(frozen=True, slots=True, repr=False)
class TellTaken:
    """Another endpoint joined: stop ringing."""

    to: EndpointId


@dataclass(frozen=True, slots=True, repr=False)
class ForwardResume:
    """Send the resume, or its answer, to the other end."""

    to: EndpointId


@dataclass(frozen=True, slots=True, repr=False)
class TellEnded:
    """It is over."""

    to: EndpointId
    reason: EndReason
    winner: CallId | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ReleaseLeases:
    """Both parties are free again."""


@dataclass(frozen=True, slots=True, repr=False)
class BlockRobot:
    """Somebody tried to record through it: it takes no calls until somebody authorised unblocks it."""

    party: PartyId


@dataclass(frozen=True, slots=True, repr=False)
class Erase:
    """The record goes, a tombstone stays for ten minutes, and both ends hear that it is so."""


Effect = (
    ForwardRing
    | TellProgress
    | ForwardJoin
    | TellTaken
    | ForwardResume
    | TellEnded
    | ReleaseLeases
    | BlockRobot
    | Erase
)


class Refusal(StrEnum):
    """Why an event was refused; nothing changed."""

    UNKNOWN_CALL = "unknown_call"
    NOT_ALLOWED = "not_allowed"
    WRONG_STATE = "wrong_state"
    CONFLICT = "conflict"
    TAKEN = "taken"
    ENDED = "ended"
