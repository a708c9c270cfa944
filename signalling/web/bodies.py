"""Small JSON bodies, within a size and a time: aiohttp itself lets a body drip in for ever."""

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
    body = await _read(request, seconds)
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise ProtocolError(ErrorCode.BAD_MESSAGE, "The body isn't JSON of the documented shape.")


async def _read(request: web.Request, seconds: float) -> bytes:
    too_large = ProtocolError(ErrorCode.TOO_LARGE, "A request's body holds at most 8 KiB.")
    if (request.content_length or 0) > BODY_BYTES:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > BODY_BYTES:
                    raise too_large
    except TimeoutError:
        pass
    else:
        return bytes(body)
    raise ProtocolError(ErrorCode.BAD_MESSAGE, "A request's body comes within five seconds.")
