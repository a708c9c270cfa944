"""Letters: sealed content between endpoints outside calls, left at the coordinator for readers who are away.

Only letters of those whom this endpoint knows open here; what they are worth (`verified`) goes with each. What doesn't
open is left where it is: it may be damaged on the way, or sealed with a key that is learnt later.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from client_sim.linkbook import LinkBook
from client_sim.post_box import PostBox, binding_of
from client_sim.sealed.greetings import GREETING_PURPOSES
from client_sim.sealed.keyring import key_of
from client_sim.sealed.links import LinkRecord
from client_sim.sealed.post import PostBinding, PostError, PostPurpose, Reader, open_post, seal_post
from signalling.protocol import EndpointId, api
from signalling.protocol.proof import base64url, from_base64url

VERIFIED_ALONE: Final = frozenset({*GREETING_PURPOSES, PostPurpose.DEVICE_LIST})
"""What is opened only where it comes of somebody whose keys were proven."""

LearnKeys = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One that opened."""

    post: str
    purpose: PostPurpose
    author: LinkRecord
    verified: bool
    content: bytes


class Letters:
    """One endpoint's. Every method raises AskingError where the coordinator can't be asked, or refuses."""

    def __init__(self, book: LinkBook, box: PostBox, *, learn_keys: LearnKeys | None = None) -> None:
        """`learn_keys` asks for an author's newest key, where a letter names one that isn't known yet."""
        self._book = book
        self._box = box
        self._learn_keys = learn_keys

    async def send(self, purpose: PostPurpose, content: bytes, to: Sequence[LinkRecord]) -> str:
        """Leave a letter for these; the post's id. Raises PostError where it is too large."""
        ring = self._book.keeping.ring
        post = base64url(secrets.token_bytes(16))
        binding = PostBinding(purpose, post, self._book.identity.endpoint, ring.current.serial)
        readers = [Reader(EndpointId(one.endpoint), one.agreement_bytes, one.statement.serial) for one in to]
        await self._box.put(binding, seal_post(content, binding, own=ring.current.key, readers=readers), readers)
        return post

    async def fetch(self) -> list[Letter]:
        """Those that wait and open, oldest first; the coordinator forgets them. Each counts once, if it comes again.

        A picture, a message or a device list of somebody whose keys nobody proved isn't even fetched: it waits until
        somebody vouches.
        """
        letters = []
        for told in await self._box.waiting():
            letter = None if self._book.has_read(told.post) else await self._opened(told)
            if letter is not None:
                self._book.read(told.post)
                letters.append(letter)
            if self._book.has_read(told.post):
                await self._box.taken(told.post)
        return letters

    async def _opened(self, told: api.WaitingPost) -> Letter | None:
        author = self._book.link(told.author)
        if author is not None and self._learn_keys is not None and author.statement.serial < told.author_key:
            await self._learn_keys(told.author)
            author = self._book.link(told.author)
        own = key_of(self._book.keeping.ring, told.key, now=self._book.now())
        if author is None or own is None or author.statement.serial != told.author_key:
            return None
        verified = self._book.is_verified(told.author)
        if told.purpose in VERIFIED_ALONE and not verified:
            return None
        box = await self._box.box(told.post)
        binding = binding_of(told)
        try:
            content = open_post(
                box,
                from_base64url(told.wrap),
                binding,
                own=own,
                reader=self._book.identity.endpoint,
                serial=told.key,
                author=author.agreement_bytes,
            )
        except (PostError, ValueError):
            return None
        return Letter(told.post, binding.purpose, author, verified, content)
