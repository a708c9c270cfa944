"""What a post of the purpose `missed-call` holds: the minute at which the call began, and nothing else.

Who called is its author, by the reader's own record. How long it rang and why nobody took it isn't said.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

BYTES_AT_MOST: Final = 64
LAST_MINUTE: Final = 150_000_000
"""In the year 2255."""


class MissedCallError(ValueError):
    """The content isn't a missed call; the message names the rule."""


class MissedCall(msgspec.Struct, frozen=True):
    """Nobody answered; who called is the author of the post."""

    minute: Annotated[int, Meta(ge=0, le=LAST_MINUTE, description="whole minutes since 1970-01-01, UTC")]


def encode(minute: int) -> bytes:
    """The content that says this minute. Raises MissedCallError."""
    if not 0 <= minute <= LAST_MINUTE:
        raise MissedCallError("a missed call has its minute")
    return msgspec.json.encode(MissedCall(minute))


def decode(content: bytes) -> int:
    """The minute of a content. Raises MissedCallError, which never repeats it."""
    if len(content) > BYTES_AT_MOST:
        raise MissedCallError("a missed call has at most 64 bytes")
    try:
        return msgspec.json.decode(content, type=MissedCall).minute
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise MissedCallError("a missed call is JSON with its minute")
