"""What libraries keep of requests that are over: the address is forgotten, and nothing of ours stays open."""

import asyncio
import gc
from pathlib import Path

import pytest
import uvloop
from yarl import URL

from signalling.web.leftovers import READ_BUFFER_BYTES, forget_addresses, keep_wiped

SECRET = "b3" * 20


def test_an_address_that_was_parsed_is_forgotten() -> None:
    parsed = URL(f"/v1/pictures/{SECRET}", encoded=True)
    assert URL(f"/v1/pictures/{SECRET}", encoded=True) is parsed, "the control: yarl remembers it"
    forget_addresses()
    assert URL(f"/v1/pictures/{SECRET}", encoded=True) is not parsed


def test_the_read_buffer_is_as_long_as_uvloops() -> None:
    told = (Path(uvloop.__file__).parent / "includes" / "consts.pxi").read_text()
    assert f"UV_STREAM_RECV_BUF_SIZE = {READ_BUFFER_BYTES}" in told


@pytest.mark.parametrize("turns", range(8))
def test_it_lets_go_of_its_pipe_whenever_it_is_cancelled(turns: int) -> None:
    async def cancelled() -> None:
        wiping = asyncio.create_task(keep_wiped())
        for _ in range(turns):
            await asyncio.sleep(0)
        wiping.cancel()
        await asyncio.gather(wiping, return_exceptions=True)

    uvloop.run(asyncio.sleep(0))  # what the loop opens once for the process
    before = open_files()
    uvloop.run(cancelled())
    gc.collect()
    assert open_files() <= before


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
