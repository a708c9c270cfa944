"""Handlers of posts: sealed content that waits for its readers."""

from aiohttp import web

from signalling.web.answers import json_answer, no_answer, octets_answer
from signalling.web.signed import Signed


async def put(asked: Signed) -> web.StreamResponse:
    """Leave a post for endpoints that one is linked with."""
    return json_answer(await asked.people.posts.put(asked.caller, asked.body, now=asked.now))


async def waiting(asked: Signed) -> web.StreamResponse:
    """The posts that wait for this endpoint."""
    return json_answer(await asked.people.posts.waiting(asked.caller, now=asked.now))


async def box(asked: Signed) -> web.StreamResponse:
    """The sealed box of a post that waits for this endpoint."""
    return octets_answer(await asked.people.posts.box(asked.caller, asked.named("post"), now=asked.now))


async def taken(asked: Signed) -> web.StreamResponse:
    """This endpoint has the post; it is erased when the last reader has."""
    await asked.people.posts.taken(asked.caller, asked.named("post"))
    return no_answer()
