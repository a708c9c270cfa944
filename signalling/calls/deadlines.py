"""How long a state may last, and what its end means. Seconds; the record carries the moment itself."""

from typing import Final

from signalling.vocabulary import CallState, EndReason

INVITED_SECONDS: Final = 8.0
ACCEPTED_SECONDS: Final = 20.0
ACTIVE_SECONDS: Final = 45.0
RECONNECTING_SECONDS: Final = 30.0
REMADE_SECONDS: Final = 30.0
ENDED_SECONDS: Final = 0.5
"""Half a second, so that the erasure itself is done within the promised one (P-02)."""
TOMBSTONE_SECONDS: Final = 600.0

MEANING: Final = {
    CallState.INVITED: EndReason.UNREACHABLE,
    CallState.RINGING: EndReason.NO_ANSWER,
    CallState.JOINED: EndReason.NO_ANSWER,
    CallState.ACCEPTED: EndReason.ICE_FAILED,
    CallState.ACTIVE: EndReason.LOST_NETWORK,
    CallState.RECONNECTING: EndReason.LOST_NETWORK,
}


def deadline(state: CallState, *, now: float, rings_until: float) -> float:
    """When a call that enters `state` at `now` leaves it by itself. Unix seconds."""
    match state:
        case CallState.INVITED:
            return min(now + INVITED_SECONDS, rings_until)
        case CallState.RINGING | CallState.JOINED:
            return rings_until
        case CallState.ACCEPTED:
            return now + ACCEPTED_SECONDS
        case CallState.ACTIVE:
            return now + ACTIVE_SECONDS
        case CallState.RECONNECTING:
            return now + RECONNECTING_SECONDS
        case CallState.ENDED:
            return now + ENDED_SECONDS
