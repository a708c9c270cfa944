"""The hand-written client reads what servers send however the network cuts it, and writes what servers take."""

import asyncio
from typing import cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks.bare_relay import text_frame
from benchmarks.faults import LoadError
from benchmarks.line import Line, client_frame, dial

PAYLOADS = [b"", b"short", b"x" * 125, b"y" * 126, b"z" * 3000]


class _Written:
    """As much of a transport as a line needs."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data


async def _open_line() -> tuple[Line, list[bytes]]:
    line, heard = Line(), list[bytes]()
    line.connection_made(cast("asyncio.Transport", _Written()))
    line.listener = heard.append
    opening = asyncio.ensure_future(line.upgrade("/", "localhost"))
    await asyncio.sleep(0)
    line.data_received(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
    await opening
    return line, heard


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 127, 128, 1000, 10_000])
async def test_frames_are_read_whole_wherever_the_stream_is_cut(cut: int) -> None:
    line, heard = await _open_line()
    stream = b"".join(text_frame(payload) for payload in PAYLOADS)

    for start in range(0, len(stream), cut):
        line.data_received(stream[start : start + cut])

    assert heard == PAYLOADS


async def test_a_servers_websocket_ping_is_no_message() -> None:
    line, heard = await _open_line()

    line.data_received(b"\x89\x02hi" + text_frame(b"message"))

    assert heard == [b"message"]


async def test_a_frame_that_comes_with_the_upgrade_is_heard() -> None:
    line, heard = Line(), list[bytes]()
    line.connection_made(cast("asyncio.Transport", _Written()))
    line.listener = heard.append
    opening = asyncio.ensure_future(line.upgrade("/", "localhost"))
    await asyncio.sleep(0)

    line.data_received(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + text_frame(b"welcome"))
    await opening

    assert heard == [b"welcome"]


async def test_a_refused_upgrade_stops_the_benchmark() -> None:
    line = Line()
    line.connection_made(cast("asyncio.Transport", _Written()))
    opening = asyncio.ensure_future(line.upgrade("/", "localhost"))
    await asyncio.sleep(0)

    line.data_received(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(LoadError, match="status 400"):
        await opening


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 3000, 30_000])
async def test_aiohttp_takes_its_frames_as_they_were_meant(size: int) -> None:
    taken: asyncio.Queue[str] = asyncio.Queue()

    async def listen(request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        taken.put_nowait(await ws.receive_str())
        return ws

    app = web.Application()
    app.router.add_get("/", listen)
    async with TestServer(app) as server:
        assert server.port is not None
        line = await dial("127.0.0.2", server.port)
        await line.upgrade("/", "localhost")
        payload = b"a" * size
        line.write(client_frame(size) + payload)

        assert await asyncio.wait_for(taken.get(), 5) == "a" * size
        line.close()
