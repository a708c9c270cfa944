"""A post: sealed content outside a call, waiting for its readers. What is known of one, and for how long. Pure."""

from dataclasses import dataclass
from typing import Final

from signalling.vocabulary import EndpointId

WAITS_SECONDS: Final = 7 * 86_400
"""A post that its readers have not all taken is gone after seven days."""
CONTENT_PURPOSES: Final = frozenset({"picture", "message"})
"""What takes the right to post; any other purpose takes a link only."""
READERS_AT_MOST: Final = 256
BOX_BYTES: Final = 4 * 1024 * 1024 + 64 * 1024
WAITING_AT_MOST: Final = 64
"""Posts of one author's endpoint that wait at once."""


@dataclass(frozen=True, slots=True, repr=False)
class Wrap:
    """The key of a post, wrapped for one reader. The server cannot unwrap it."""

    endpoint: EndpointId
    key: int
    """Serial of the reader's agreement key."""
    wrap: str


@dataclass(frozen=True, slots=True, repr=False)
class NewPost:
    """What an author hands in."""

    post: str
    """128 random bits, base64url."""
    purpose: str
    author_key: int
    """Serial of the author's agreement key."""
    readers: tuple[Wrap, ...]
    box: bytes


@dataclass(frozen=True, slots=True, repr=False)
class WaitingPost:
    """What one reader is told of a post that waits."""

    post: str
    purpose: str
    author: EndpointId
    author_key: int
    key: int
    """Serial of the reader's own agreement key."""
    wrap: str
    box_bytes: int
    day: int
    """Days since 1970-01-01, of its coming."""
