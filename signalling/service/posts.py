"""Posts over HTTP: sealed content that waits for readers who are away. Nothing here can open one.

A post is taken as octets: four bytes of length (big endian), the head as JSON, the sealed box.
"""

from collections.abc import Awaitable, Callable
from typing import Final, cast

import msgspec

from signalling.people.circle import Endpoint
from signalling.people.post import BOX_BYTES, NewPost, Wrap
from signalling.people.post import WaitingPost as Waiting
from signalling.protocol.api import POST_HEAD_BYTES, PostHead, PostKept, PostPurpose, WaitingPost, WaitingPosts
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.service.nothing import found, or_nothing
from signalling.store.store import Store
from signalling.vocabulary import EndpointId

Told = Callable[[Endpoint, NewPost], Awaitable[None]]
"""Hears of each post that was kept, to tell its readers who are online."""

_LENGTH_BYTES: Final = 4
_DESCRIPTION: Final = b"v=0"
"""What a session description begins with (RFC 8866 §5.1): never sealed content."""


async def nobody_told(_author: Endpoint, _post: NewPost) -> None:
    """Where nobody is online."""


class Posts:
    """Takes posts, lists and gives them out, and forgets them when they were taken."""

    def __init__(self, store: Store, *, told: Told = nobody_told) -> None:
        self._store: Final = store
        self._told = told

    async def put(self, caller: Endpoint, body: bytes, *, now: float) -> PostKept:
        """Keep a post. Raises ProtocolError `bad_message`, or `not_found` if one of the readers isn't the author's."""
        post = read_post(body)
        or_nothing(await self._store.posts.put(caller, post, now=now))
        await self._told(caller, post)
        return PostKept(post.post)

    async def waiting(self, caller: Endpoint, *, now: float) -> WaitingPosts:
        """What waits for the asking endpoint."""
        waiting = await self._store.posts.waiting(caller, now=now)
        return WaitingPosts([_told(one) for one in waiting])

    async def box(self, caller: Endpoint, post: str, *, now: float) -> bytes:
        """The sealed box. Raises ProtocolError `not_found`."""
        return found(await self._store.posts.box(caller, post, now=now))

    async def taken(self, caller: Endpoint, post: str) -> None:
        """The asking endpoint has it. Raises ProtocolError `not_found`."""
        or_nothing(await self._store.posts.taken(caller.endpoint, post))


def read_post(body: bytes) -> NewPost:
    """The post that those octets are. Raises ProtocolError `bad_message`."""
    length = int.from_bytes(body[:_LENGTH_BYTES], "big")
    head_at = memoryview(body)[_LENGTH_BYTES:]
    if len(body) < _LENGTH_BYTES or not 0 < length <= min(POST_HEAD_BYTES, len(head_at)):
        raise ProtocolError(ErrorCode.BAD_MESSAGE, "A post is the length of its head, its head, and its box.")
    head, box = _head(bytes(head_at[:length])), bytes(head_at[length:])
    if not 0 < len(box) <= BOX_BYTES:
        raise ProtocolError(ErrorCode.BAD_MESSAGE, f"The box of a post has 1 to {BOX_BYTES} bytes.")
    if box.startswith(_DESCRIPTION):
        raise ProtocolError(ErrorCode.BAD_MESSAGE, "The box of a post is sealed.")
    readers = tuple(Wrap(EndpointId(one.endpoint), one.key, one.wrap) for one in head.readers)
    if len({one.endpoint for one in readers}) != len(readers):
        raise ProtocolError(ErrorCode.BAD_MESSAGE, "A post names each reader once.")
    return NewPost(head.post, head.purpose, head.author_key, readers, box)


def _told(one: Waiting) -> WaitingPost:
    purpose = cast("PostPurpose", one.purpose)
    return WaitingPost(
        one.post, purpose, one.author, one.author_key, one.key, one.wrap, bytes=one.box_bytes, day=one.day
    )


def _head(text: bytes) -> PostHead:
    try:
        return msgspec.json.decode(text, type=PostHead)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise ProtocolError(ErrorCode.BAD_MESSAGE, "The head of a post isn't JSON of the documented shape.")
