"""Posts that wait: sealed content outside calls, which the server cannot open. Gone when taken, or after seven days."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, select

from signalling.people.circle import Endpoint
from signalling.people.membership import are_linked, may_post
from signalling.people.post import (
    BOX_BYTES,
    CONTENT_PURPOSES,
    READERS_AT_MOST,
    WAITING_AT_MOST,
    WAITS_SECONDS,
    NewPost,
    WaitingPost,
)
from signalling.store.database import Database, Work
from signalling.store.faults import ConflictError
from signalling.store.rows import BATCH, day_of, is_live, locked_endpoints, memberships_of, robots_of
from signalling.store.tables import endpoints, post_readers, posts
from signalling.vocabulary import EndpointId, PartyId

PostRow = Row[*tuple[Any, ...]]


class Posts:
    """Keeps posts until each reader has taken them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, author: Endpoint, post: NewPost, *, now: float) -> bool:
        """Keep a post for its readers. False if one of them isn't the author's to write to, or it can't be kept.

        Pictures and messages need `may_post` for each reader, other purposes a link. The author's own other endpoints
        may be readers. The same post again is fine.
        """
        readers = {reader.endpoint for reader in post.readers}
        if not 1 <= len(readers) == len(post.readers) <= READERS_AT_MOST or not 1 <= len(post.box) <= BOX_BYTES:
            return False
        try:
            async with self._database.changing(now=now) as work:
                if not await _may_write(work, author, readers, is_content=post.purpose in CONTENT_PURPOSES):
                    return False
                known = (await work.connection.execute(select(posts).where(posts.c.post == post.post))).one_or_none()
                if known is not None:
                    return bool(known.author == author.endpoint and known.box == post.box)
                waiting = select(func.count()).select_from(posts).where(posts.c.author == author.endpoint)
                if (await work.connection.execute(waiting)).scalar_one() >= WAITING_AT_MOST:
                    return False
                await _keep(work, author, post, now=now)
        except ConflictError:  # the same id at the same moment, or a reader who has just gone
            return False
        return True

    async def waiting(self, reader: Endpoint, *, now: float) -> list[WaitingPost]:
        """What waits for this endpoint from authors who are linked with it now, oldest first."""
        return [_waiting(row) for row in await self._found(reader, None, now=now)]

    async def box(self, reader: Endpoint, post: str, *, now: float) -> bytes | None:
        """The sealed content of a post that waits for this endpoint."""
        if not await self._found(reader, post, now=now):
            return None
        async with self._database.reading() as connection:
            found = await connection.execute(select(posts.c.box).where(posts.c.post == post))
            box: bytes | None = found.scalar_one_or_none()
        return box

    async def taken(self, reader: EndpointId, post: str) -> bool:
        """This endpoint has it; the post is gone when the last one has. False if none waited."""
        mine = (post_readers.c.endpoint == reader) & (post_readers.c.post == post)
        async with self._database.changing(erases=True) as work:
            # The post's row first: of two readers who take it at once, the second sees that nobody is left.
            await work.connection.execute(select(posts.c.day).where(posts.c.post == post).with_for_update())
            taken = (await work.connection.execute(delete(post_readers).where(mine))).rowcount
            left = select(func.count()).select_from(post_readers).where(post_readers.c.post == post)
            if (await work.connection.execute(left)).scalar_one() == 0:
                await work.connection.execute(delete(posts).where(posts.c.post == post))
        return taken == 1

    async def sweep(self, *, now: float, at_most: int = BATCH) -> int:
        """Erase posts that have waited seven days, or that nobody waits for; how many."""
        over = select(posts.c.post).where(posts.c.expires_at <= now).order_by(posts.c.expires_at).limit(at_most)
        unread = select(posts.c.post).where(~exists().where(post_readers.c.post == posts.c.post)).limit(at_most)
        async with self._database.reading() as connection:
            gone = (await connection.execute(over)).scalars().all()
            if len(gone) < at_most:  # all are looked through for those nobody waits for, once and not for each batch
                gone = [*gone, *(await connection.execute(unread)).scalars().all()]
        if not gone:
            return 0
        async with self._database.changing(erases=True) as work:
            wanted = select(posts.c.post).where(posts.c.post.in_(gone)).with_for_update(skip_locked=True)
            free = (await work.connection.execute(wanted)).scalars().all()
            return (await work.connection.execute(delete(posts).where(posts.c.post.in_(free)))).rowcount

    async def _found(self, reader: Endpoint, post: str | None, *, now: float) -> list[PostRow]:
        wanted = (
            select(
                *(column for column in posts.c if column.name != "box"),
                post_readers.c.reader_key,
                post_readers.c.wrap,
                endpoints.c.party,
            )
            .join(post_readers, post_readers.c.post == posts.c.post)
            .join(endpoints, endpoints.c.endpoint == posts.c.author)
            .where(
                post_readers.c.endpoint == reader.endpoint,
                posts.c.expires_at > now,
                endpoints.c.revoked.is_(False),
                is_live(reader),
            )
            .order_by(posts.c.expires_at, posts.c.post)
        )
        if post is not None:
            wanted = wanted.where(posts.c.post == post)
        async with self._database.reading() as connection:
            rows: Sequence[PostRow] = (await connection.execute(wanted)).all()
            if not rows:
                return []
            known = await memberships_of(connection, {reader.party, *(row.party for row in rows)})
            robots = await robots_of(connection, [reader.party])
        return [
            row
            for row in rows
            if row.party == reader.party or are_linked(PartyId(row.party), reader.party, known, robots)
        ]


async def _may_write(work: Work, author: Endpoint, readers: set[EndpointId], *, is_content: bool) -> bool:
    """Whether each reader is a live endpoint of somebody whom the author may write to, or another of the author's."""
    await locked_endpoints(work, endpoints.c.endpoint.in_([author.endpoint, *readers]), shared=True)
    wanted = select(endpoints.c.party).where(
        endpoints.c.endpoint.in_(list(readers)), endpoints.c.revoked.is_(False), is_live(author)
    )
    owners = [PartyId(party) for party in (await work.connection.execute(wanted)).scalars()]
    if len(owners) != len(readers):
        return False
    others = set(owners) - {author.party}
    known = await memberships_of(work.connection, {author.party, *others})
    if is_content:
        return all(may_post(author.party, other, known) for other in others)
    robots = await robots_of(work.connection, [author.party])
    return all(are_linked(author.party, other, known, robots) for other in others)


async def _keep(work: Work, author: Endpoint, post: NewPost, *, now: float) -> None:
    await work.connection.execute(
        insert(posts).values(
            post=post.post,
            author=author.endpoint,
            purpose=post.purpose,
            author_key=post.author_key,
            day=day_of(now),
            expires_at=int(now) + WAITS_SECONDS,
            box_bytes=len(post.box),
            box=post.box,
        )
    )
    rows = [
        {"endpoint": one.endpoint, "post": post.post, "reader_key": one.key, "wrap": one.wrap} for one in post.readers
    ]
    await work.connection.execute(insert(post_readers), rows)


def _waiting(row: PostRow) -> WaitingPost:
    return WaitingPost(
        post=row.post,
        purpose=row.purpose,
        author=EndpointId(row.author),
        author_key=row.author_key,
        key=row.reader_key,
        wrap=row.wrap,
        box_bytes=row.box_bytes,
        day=row.day,
    )
