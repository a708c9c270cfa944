"""A coordinator that says what a test tells it to, to see how a session meets it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from signalling.protocol import PROTOCOL
from signalling.protocol.proof import base64url

NONCE = "n" * 43


class ToldServer:
    """Admits everybody; keeps what each socket said, in order."""

    def __init__(self) -> None:
        self.origin = ""
        self.sockets: list[web.WebSocketResponse] = []
        self.said: list[list[dict[str, Any]]] = []
        self.tokens_given = 0
        self.token_seconds = 900.0
        self.token_status = 200
        self._news = asyncio.Event()

    async def until_said(self, kind: str, *, socket: int = -1, seconds: float = 5.0) -> dict[str, Any]:
        """The first message of that type on that socket."""
        async with asyncio.timeout(seconds):
            while True:
                if self.said and (found := [one for one in self.said[socket] if one["t"] == kind]):
                    return found[0]
                self._news.clear()
                await self._news.wait()

    async def until_sockets(self, number: int, *, seconds: float = 5.0) -> None:
        """So many sockets have said hello."""
        async with asyncio.timeout(seconds):
            while sum(any(one["t"] == "hello" for one in said) for said in self.said) < number:
                self._news.clear()
                await self._news.wait()

    async def tell(self, message: dict[str, Any], *, socket: int = -1) -> None:
        await self.sockets[socket].send_json(message)

    async def nonce(self, request: web.Request) -> web.Response:
        return web.json_response({"nonce": NONCE, "expires_in": 60})

    async def token(self, request: web.Request) -> web.Response:
        if self.token_status != 200:
            return web.json_response({"code": "not_authenticated", "message": ""}, status=self.token_status)
        self.tokens_given += 1
        payload = base64url(json.dumps({"jti": f"t{self.tokens_given}"}).encode())
        return web.json_response({"token": f"aaaaaaaa.{payload}.bbbbbbbb", "expires_in": self.token_seconds})

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(protocols=(PROTOCOL,))
        await ws.prepare(request)
        self.sockets.append(ws)
        said: list[dict[str, Any]] = []
        self.said.append(said)
        limits = {"frame_bytes": 32768, "box_characters": 24576, "hello_seconds": 5, "unacknowledged_boxes": 64}
        await ws.send_json({"t": "welcome", "nonce": NONCE, "limits": limits, "protocol": PROTOCOL})
        async for frame in ws:
            if frame.type is not WSMsgType.TEXT:
                continue
            message = json.loads(frame.data)
            said.append(message)
            self._news.set()
            if message["t"] == "hello":
                await ws.send_json(
                    {"t": "ready", "session": "s", "epoch": len(self.sockets), "heartbeat_seconds": 20, "calls": []}
                )
        return ws

    async def close(self) -> None:
        for ws in self.sockets:
            await ws.close(code=WSCloseCode.GOING_AWAY)


@asynccontextmanager
async def told_server() -> AsyncIterator[ToldServer]:
    """One that listens on a free port."""
    server = ToldServer()
    app = web.Application()
    app.router.add_post("/v1/nonce", server.nonce)
    app.router.add_post("/v1/token", server.token)
    app.router.add_get("/v1/socket", server.socket)
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = runner.addresses[0]
    server.origin = f"http://127.0.0.1:{address[1]}"
    try:
        yield server
    finally:
        await server.close()
        await runner.cleanup()
