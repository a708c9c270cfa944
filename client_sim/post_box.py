"""An endpoint's posts at the coordinator: leave one, see what waits, fetch it, say that it was taken.

What is in a post is sealed and opened elsewhere (client_sim.sealed.post); here are octets and wraps alone.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from client_sim.asking import Asking, decoded
from client_sim.sealed.post import PostBinding, PostPurpose, Reader, SealedPost
from signalling.protocol import EndpointId, api
from signalling.protocol.proof import base64url

OCTETS: Final = "application/octet-stream"


class PostBox:
    """What one endpoint leaves and gets. Every method raises AskingError."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def put(self, binding: PostBinding, sealed: SealedPost, readers: Sequence[Reader]) -> None:
        """Leave a post for these readers; `sealed` was made for them, in this order. The same again does no harm."""
        head = api.PostHead(
            binding.post,
            binding.purpose.value,
            binding.author_key,
            [
                api.PostReader(str(reader.endpoint), reader.serial, base64url(wrap))
                for reader, wrap in zip(readers, sealed.wraps, strict=True)
            ],
        )
        await self._asking.signed("POST", "/v1/posts", data=octets(head, sealed.box), content_type=OCTETS)

    async def waiting(self) -> list[api.WaitingPost]:
        """What waits for this endpoint, oldest first."""
        return decoded(await self._asking.signed("GET", "/v1/posts"), api.WaitingPosts).posts

    async def box(self, post: str) -> bytes:
        """The sealed content."""
        return await self._asking.signed("GET", f"/v1/posts/{post}")

    async def taken(self, post: str) -> None:
        """This endpoint keeps it from now on; the coordinator may forget it."""
        await self._asking.signed("DELETE", f"/v1/posts/{post}")


def binding_of(told: api.WaitingPost) -> PostBinding:
    """What the coordinator says that a post is bound to. Whether that is true shows when it opens."""
    return PostBinding(PostPurpose(told.purpose), told.post, EndpointId(told.author), told.author_key)


def octets(head: api.PostHead, box: bytes) -> bytes:
    """A post as it is sent: length of the head (4 bytes, big endian), head, box."""
    text = msgspec.json.encode(head)
    return len(text).to_bytes(4, "big") + text + box
