"""The reference does its work, or beating it would prove nothing."""

from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestServer

from benchmarks.bare_relay import FRAME_BYTES, SEND_QUEUE_BYTES, Handler, tuned, usual
from benchmarks.call import relay_call
from benchmarks.entry import take_name
from benchmarks.load import Load, Pair
from benchmarks.people import People

NAMES = ("caller-0000000000000000"[:22], "callee-0000000000000000"[:22])


@pytest.fixture(params=[tuned, usual], ids=["tuned", "usual"])
async def port(request: pytest.FixtureRequest) -> AsyncIterator[int]:
    async with _serving(request.param) as server:
        assert server.port is not None
        yield server.port


def _serving(style: Callable[[], Handler]) -> TestServer:
    app = web.Application()
    app.router.add_get("/relay", style())
    return TestServer(app)


async def _named(session: ClientSession, port: int, name: str) -> ClientWebSocketResponse:
    socket = await session.ws_connect(f"http://127.0.0.1:{port}/relay")
    await socket.send_json({"name": name})
    assert await socket.receive_json() == {"ready": True}
    return socket


async def test_what_one_says_the_other_hears_with_the_authors_name(port: int) -> None:
    async with ClientSession() as session:
        caller, callee = [await _named(session, port, name) for name in NAMES]

        await caller.send_str(f'{{"to": "{NAMES[1]}", "data": {{"words": "Grüße", "number": 1}}}}')

        assert await callee.receive_json(timeout=5) == {"from": NAMES[0], "data": {"words": "Grüße", "number": 1}}


async def test_a_message_to_nobody_harms_nobody(port: int) -> None:
    async with ClientSession() as session:
        caller, callee = [await _named(session, port, name) for name in NAMES]

        await caller.send_json({"to": "nobody", "data": 1})
        await caller.send_json({"to": NAMES[1], "data": 2})

        assert (await callee.receive_json(timeout=5))["data"] == 2


async def test_it_carries_the_benchmarks_call(port: int) -> None:
    people, load = People(2), Load()
    lines = [await take_name(people[number], port) for number in range(2)]
    load.add(Pair(relay_call(people[0], people[1]), lines[0], lines[1], load))

    await load.place(3)

    assert load.calls == 3
    for line in lines:
        line.close()


async def test_the_tuned_one_closes_on_text_that_a_browser_would_choke_on() -> None:
    async with _serving(tuned) as server, ClientSession() as session:
        assert server.port is not None
        caller, callee = [await _named(session, server.port, name) for name in NAMES]

        await caller.send_frame(b'{"to":"%s","data":"\xff"}' % NAMES[1].encode(), WSMsgType.TEXT)

        assert (await caller.receive(timeout=5)).type is WSMsgType.CLOSE
        assert not callee.closed


async def test_the_tuned_one_cuts_a_reader_that_does_not_read() -> None:
    async with _serving(tuned) as server, ClientSession() as session:
        assert server.port is not None
        caller, slow = [await _named(session, server.port, name) for name in NAMES]
        message = f'{{"to":"{NAMES[1]}","data":"{"x" * (FRAME_BYTES - 100)}"}}'
        sent = 32 * SEND_QUEUE_BYTES // FRAME_BYTES

        for _ in range(sent):
            await caller.send_str(message)
        await caller.send_json({"to": NAMES[0], "data": "still here"})

        assert (await caller.receive_json(timeout=10))["data"] == "still here"
        heard = 0
        while (await slow.receive(timeout=10)).type is WSMsgType.TEXT:
            heard += 1
        assert heard < sent
