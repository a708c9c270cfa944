"""What libraries keep of requests that are over, overwritten and forgotten twice a second.

uvloop reads all connections into one piece of memory and never clears it. What a client sent in one long request stays
there, behind the shorter ones that follow, until something as long comes: a number, a question, a picture, in the
clear where a proxy ends TLS. The wiping allocator doesn't reach it, as it is never freed. So zeros are read into it,
from a pipe to ourselves, over its whole length. yarl remembers the addresses that it parsed last, with the ids in them.
"""

import asyncio
import fcntl
import os
from typing import Final

from yarl import _url as parsed_addresses

READ_BUFFER_BYTES: Final = 256_000
"""uvloop's `UV_STREAM_RECV_BUF_SIZE`."""
WIPE_SECONDS: Final = 0.5
_TURNS_TO_CLOSE: Final = 10
"""Of the event loop, in which a transport lets go of its file."""
_ZEROS: Final = bytes(READ_BUFFER_BYTES)
_REMEMBERING: Final = tuple(one for one in vars(parsed_addresses).values() if hasattr(one, "cache_clear"))


class _Deaf(asyncio.Protocol):
    """Takes what is read, and does nothing with it."""


async def keep_wiped() -> None:
    """Until cancelled. On another event loop, or where a pipe may not hold as much, it does less and harms nothing."""
    heard, said = os.pipe()
    reading = os.fdopen(heard, "rb", buffering=0)
    with os.fdopen(said, "wb", buffering=0) as zeros:
        connecting = asyncio.create_task(asyncio.get_running_loop().connect_read_pipe(_Deaf, reading))
        try:
            await asyncio.shield(connecting)
            _made_large(said)
            os.set_blocking(said, False)
            while True:
                zeros.write(_ZEROS)  # all of it or, where the last ones weren't read yet, some or none
                forget_addresses()
                await asyncio.sleep(WIPE_SECONDS)
        finally:
            transport, _ = await connecting
            transport.close()
            for _ in range(_TURNS_TO_CLOSE):
                if not reading.closed:
                    await asyncio.sleep(0)


def forget_addresses() -> None:
    """The addresses of requests that yarl keeps parsed: they have ids of people, and hashes of pictures, in them."""
    for one in _REMEMBERING:
        one.cache_clear()


def _made_large(pipe: int) -> None:
    """Have the pipe hold the buffer's length, so that one read overwrites all of it."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, READ_BUFFER_BYTES)
    except (OSError, AttributeError):  # the user's pipes are many, or not Linux
        return
