"""Words that the wire, the rules and the figures share: identifiers that don't print, and closed lists.

The lowest file of the house: it imports the standard library alone and must never learn a rule.
"""

from enum import StrEnum
from typing import Final, NewType

PROTOCOL: Final = "narvaro.v1"
"""The WebSocket subprotocol, the version in `welcome`, and the first field of every associated data."""


class Identifier(str):
    """A name that may stand for a person: it compares and hashes as its text, and never prints it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class CallId(Identifier):
    """128 random bits chosen by the caller, base64url without padding: 22 characters."""

    __slots__ = ()


class EndpointId(Identifier):
    """An installation of an app, or a device: the first 128 bits of SHA-256 of its identity key."""

    __slots__ = ()


class PartyId(Identifier):
    """A person or a device: what a call is placed to. A device is a party with one endpoint."""

    __slots__ = ()


Epoch = NewType("Epoch", int)
"""Counts the sessions of one endpoint; only the highest may speak."""


class Role(StrEnum):
    """Which end of a call: it stays the same through every resume."""

    CALLER = "caller"
    CALLEE = "callee"

    @property
    def other(self) -> "Role":
        return Role.CALLEE if self is Role.CALLER else Role.CALLER


class Phase(StrEnum):
    """How far a call had come for an endpoint that names it in its hello."""

    JOINED = "joined"
    ACCEPTED = "accepted"


class CallState(StrEnum):
    """Where a call stands. `signalling.calls.table` says what leads from one to the next."""

    INVITED = "invited"
    RINGING = "ringing"
    JOINED = "joined"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    RECONNECTING = "reconnecting"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a call ended. The list is closed; an endpoint shows each in its user's language."""

    HANGUP = "hangup"
    KNOB_OFF = "knob_off"
    POWER_OFF = "power_off"
    DECLINED = "declined"
    BUSY = "busy"
    CANCELLED = "cancelled"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    STALE_KEY = "stale_key"
    GLARE = "glare"
    ICE_FAILED = "ice_failed"
    LOST_NETWORK = "lost_network"
    REPLACED = "replaced"
    RECORDING = "recording"
    SUSPENDED = "suspended"
    PEER_NOT_VERIFIED = "peer_not_verified"
    ADMIN_FORCED = "admin_forced"
    RESET = "reset"
    ERASED = "erased"
    DRAINED = "drained"


DECLINE_REASONS: Final = frozenset(
    {
        EndReason.DECLINED,
        EndReason.BUSY,
        EndReason.KNOB_OFF,
        EndReason.POWER_OFF,
        EndReason.STALE_KEY,
        EndReason.UNREACHABLE,
        EndReason.PEER_NOT_VERIFIED,
    }
)
"""What a rung endpoint may give as its reason for declining."""

HANGUP_REASONS: Final = frozenset(
    {
        EndReason.HANGUP,
        EndReason.KNOB_OFF,
        EndReason.POWER_OFF,
        EndReason.ICE_FAILED,
        EndReason.LOST_NETWORK,
        EndReason.RECORDING,
        EndReason.PEER_NOT_VERIFIED,
    }
)
"""What an end of a joined call may give as its reason for hanging up. The rest are the server's own to say."""


class Media(StrEnum):
    """What a call carries, as its caller asks for it."""

    VIDEO = "video"
    """Sound and picture both ways."""
    AUDIO = "audio"
    """Sound both ways."""
    TELEPRESENCE = "telepresence"
    """Sound both ways, picture from the robot alone."""


class PartyKind(StrEnum):
    """What a party is. A Komp and an AV1 are devices: they have one endpoint, and never place a call."""

    PERSON = "person"
    KOMP = "komp"
    AV1 = "av1"

    @property
    def is_device(self) -> bool:
        return self is not PartyKind.PERSON


class PresenceState(StrEnum):
    """Whether an endpoint can be reached, and if not, why not."""

    ONLINE = "online"
    OFF = "off"
    BLOCKED = "blocked"
    DISCONNECTED = "disconnected"
    TURNED_OFF = "turned_off"
