"""Bodies within a size and a time: aiohttp itself lets a body drip in for ever."""

import asyncio
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from signalling.protocol.errors import ErrorCode, ProtocolError

BODY_BYTES: Final = 8 * 1024
BODY_SECONDS: Final = 5.0

T = TypeVar("T")


async def read_json(request: web.Request, shape: type[T], *, seconds: float = BODY_SECONDS) -> T:
    """The body in its shape. Raises ProtocolError `too_large` or `bad_message`."""
    return decoded(await read_body(request, BODY_BYTES, seconds=seconds), shape)


def decoded(body: bytes, shape: type[T]) -> T:
    """What those bytes say in that shape. Raises ProtocolError `bad_message`."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise ProtocolError(ErrorCode.BAD_MESSAGE, "The body isn't JSON of the documented shape.")


async def read_body(request: web.Request, at_most: int, *, seconds: float = BODY_SECONDS) -> bytes:
    """A body of at most so many bytes. Raises ProtocolError `too_large` or `bad_message`."""
    too_large = ProtocolError(ErrorCode.TOO_LARGE, f"A request's body holds at most {at_most} bytes here.")
    if (request.content_length or 0) > at_most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > at_most:
                    raise too_large
    except TimeoutError:
        pass
    else:
        return bytes(body)
    raise ProtocolError(ErrorCode.BAD_MESSAGE, "A request's body comes in time: small ones within five seconds.")
