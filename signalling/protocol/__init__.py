"""The language: messages, codec, error and close codes of `narvaro.v1`. Imports msgspec and the shared words only."""

from signalling.vocabulary import (
    DECLINE_REASONS,
    HANGUP_REASONS,
    PROTOCOL,
    CallId,
    CallState,
    EndpointId,
    EndReason,
    Media,
    PartyId,
    PartyKind,
    Phase,
    PresenceState,
    Role,
)

__all__ = [
    "DECLINE_REASONS",
    "HANGUP_REASONS",
    "PROTOCOL",
    "CallId",
    "CallState",
    "EndReason",
    "EndpointId",
    "Media",
    "PartyId",
    "PartyKind",
    "Phase",
    "PresenceState",
    "Role",
]
