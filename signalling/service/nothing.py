"""The one answer to unknown, forbidden and not linked: there is nothing there."""

from typing import TypeVar

from signalling.protocol.errors import ErrorCode, ProtocolError

T = TypeVar("T")


def or_nothing(done: bool) -> None:
    """Raises ProtocolError `not_found` unless it was done."""
    if not done:
        raise ProtocolError(ErrorCode.NOT_FOUND)


def found(value: T | None) -> T:
    """What is there. Raises ProtocolError `not_found`."""
    if value is None:
        raise ProtocolError(ErrorCode.NOT_FOUND)
    return value
