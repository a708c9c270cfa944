"""What a Komp or an AV1 may be in, and which moves from one to the next there are. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class DeviceStatus(StrEnum):
    """Where a device stands."""

    PROVISIONED = "provisioned"
    """Registered to a customer; its provisioning token isn't used yet."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    """The subscription rests: calls to it are refused, and say so."""
    BLOCKED = "blocked"
    """A recording was attempted: calls are refused until somebody authorised unblocks it."""
    RETURNED = "returned"
    """With the company again: nobody is linked with it."""

    @property
    def refuses_calls(self) -> bool:
        """Whether who may ring it is told that it takes no calls now."""
        return self in {DeviceStatus.SUSPENDED, DeviceStatus.BLOCKED}

    @property
    def takes_links(self) -> bool:
        """Whether somebody may be linked with it. A suspended one keeps its people and gets new ones."""
        return self is not DeviceStatus.RETURNED


class DeviceMove(StrEnum):
    """What is done to a device."""

    ENROL = "enrol"
    SUSPEND = "suspend"
    RESUME = "resume"
    BLOCK = "block"
    UNBLOCK = "unblock"
    RESET = "reset"
    """Forget everybody; the same customer starts anew. Neither lifts a suspension nor unblocks."""
    RETURN = "return"
    """Forget everybody; no longer in use."""
    HAND_OVER = "hand_over"
    """Forget everybody; it belongs to another customer now."""


_P, _A, _S, _B, _R = DeviceStatus

MOVES: Final[Mapping[tuple[DeviceStatus, DeviceMove], DeviceStatus]] = MappingProxyType(
    {
        (_P, DeviceMove.ENROL): _A,
        (_P, DeviceMove.SUSPEND): _S,
        (_A, DeviceMove.ENROL): _A,  # a new main board: the token comes from a reset or from the operator
        (_A, DeviceMove.SUSPEND): _S,
        (_A, DeviceMove.BLOCK): _B,
        (_S, DeviceMove.ENROL): _S,
        (_S, DeviceMove.RESUME): _A,
        (_S, DeviceMove.SUSPEND): _S,
        (_B, DeviceMove.ENROL): _B,
        (_B, DeviceMove.BLOCK): _B,
        (_B, DeviceMove.UNBLOCK): _A,
        **{(one, DeviceMove.RETURN): _R for one in DeviceStatus},
        **{(one, DeviceMove.HAND_OVER): _P for one in DeviceStatus},
        (_P, DeviceMove.RESET): _P,
        (_A, DeviceMove.RESET): _P,
        (_S, DeviceMove.RESET): _S,
        (_B, DeviceMove.RESET): _B,
        (_R, DeviceMove.RESET): _P,
    }
)
"""Every allowed move. A pair that isn't here is refused and changes nothing.

What is blocked isn't suspended: resuming it would unblock it, and nobody would have said so.
"""


def moved(status: DeviceStatus, move: DeviceMove) -> DeviceStatus | None:
    """Where a device stands after a move; None if it can't be made."""
    return MOVES.get((status, move))
