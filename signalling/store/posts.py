"""Posts that wait: sealed content outside calls, which the server cannot open. Gone when taken, or after seven days."""

from signalling.people.circle import Endpoint
from signalling.people.post import NewPost, WaitingPost
from signalling.vocabulary import EndpointId


class Posts:
    """Keeps posts until each reader has taken them."""

    async def put(self, author: Endpoint, post: NewPost, *, now: float) -> bool:
        """Keep a post for its readers. False if one of them isn't the author's to write to, or it can't be kept.

        Pictures and messages need `may_post` for each reader, other purposes a link. The author's own other endpoints
        may be readers. The same post again is fine.
        """
        raise NotImplementedError

    async def waiting(self, reader: Endpoint, *, now: float) -> list[WaitingPost]:
        """What waits for this endpoint from authors who are linked with it now, oldest first."""
        raise NotImplementedError

    async def box(self, reader: Endpoint, post: str, *, now: float) -> bytes | None:
        """The sealed content of a post that waits for this endpoint."""
        raise NotImplementedError

    async def taken(self, reader: EndpointId, post: str) -> bool:
        """This endpoint has it; the post is gone when the last one has. False if none waited."""
        raise NotImplementedError

    async def sweep(self, *, now: float) -> int:
        """Erase posts that have waited seven days, or that nobody waits for; how many."""
        raise NotImplementedError
