"""The pages on a server of their own, and a coordinator that does as a test tells it.

It serves `signalling/pages` under the same rules as the product: every file at its own path, pages without their
ending, and a policy that lets nothing in from elsewhere. It reads the page's messages with the real codec, so a page
that breaks the protocol fails here.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import WSMsgType, web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signalling.protocol import PROTOCOL
from signalling.protocol.codec import decode_client
from signalling.protocol.messages import ClientMessage, EndpointKeys, Hello, KeysGet
from signalling.protocol.proof import base64url, endpoint_id, from_base64url, hello_bytes, token_request_bytes

PAGES = Path(__file__).parents[2] / "signalling" / "pages"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
NONCE = "n" * 43
WELCOME_NONCE = "w" * 43


class Coordinator:
    """Lets one identity in, keeps what it says, and says what a test tells it to."""

    def __init__(self, identity: bytes) -> None:
        self.identity = identity
        self.endpoint = endpoint_id(identity)
        self.origin = ""
        self.heard: list[ClientMessage] = []
        self.hellos: list[Hello] = []
        self.keys: dict[str, EndpointKeys] = {}
        """What it hands over as endpoints' keys."""
        self.answers_keys = True
        self.tokens = 0
        self.knows_endpoint = True
        self._sockets: asyncio.Queue[web.WebSocketResponse] = asyncio.Queue()
        self._heard: asyncio.Queue[ClientMessage] = asyncio.Queue()

    async def session(self) -> web.WebSocketResponse:
        """The next socket that has said hello."""
        async with asyncio.timeout(10):
            return await self._sockets.get()

    async def hears(self, kind: type[ClientMessage]) -> Any:
        """The next message of that kind; earlier ones of other kinds are passed over."""
        async with asyncio.timeout(10):
            while True:
                message = await self._heard.get()
                if isinstance(message, kind):
                    return message

    @property
    def waiting_sockets(self) -> int:
        return self._sockets.qsize()

    async def token(self, request: web.Request) -> web.Response:
        body = await request.json()
        signed = token_request_bytes(origin=self.origin, endpoint=body["endpoint"], nonce=NONCE)
        if not self.knows_endpoint or not self._holds(body["signature"], signed):
            return web.json_response({"code": "not_authenticated", "message": ""}, status=401)
        self.tokens += 1
        claims = base64url(msgspec.json.encode({"jti": f"token-{self.tokens}"}))
        return web.json_response({"token": f"eyJhbGciOiJFZERTQSJ9.{claims}.sig", "expires_in": 900})

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=[PROTOCOL], compress=False)
        await socket.prepare(request)
        limits = {"frame_bytes": 32768, "box_characters": 24576, "hello_seconds": 5, "unacknowledged_boxes": 64}
        await socket.send_json({"t": "welcome", "nonce": WELCOME_NONCE, "limits": limits, "protocol": PROTOCOL})
        async for frame in socket:
            assert frame.type is WSMsgType.TEXT
            message = decode_client(frame.data.encode())
            self.heard.append(message)
            self._heard.put_nowait(message)
            match message:
                case Hello():
                    self._check(message)
                    ready = {"t": "ready", "session": "s", "epoch": 1, "heartbeat_seconds": 20, "calls": []}
                    await socket.send_json(ready)
                    self._sockets.put_nowait(socket)
                case KeysGet() if self.answers_keys:
                    found = [msgspec.to_builtins(self.keys[one]) for one in message.endpoints if one in self.keys]
                    await socket.send_json({"t": "ok", "ref": message.id, "keys": found})
                case _:
                    pass
        return socket

    def _check(self, hello: Hello) -> None:
        self.hellos.append(hello)
        signed = hello_bytes(
            origin=self.origin,
            endpoint=self.endpoint,
            token_id=msgspec.json.decode(from_base64url(hello.token.split(".")[1]))["jti"],
            nonce=WELCOME_NONCE,
            client_nonce=hello.client_nonce,
        )
        assert self._holds(hello.proof, signed)

    def _holds(self, signature: str, signed: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.identity).verify(from_base64url(signature), signed)
        except InvalidSignature:
            return False
        return True


@web.middleware
async def _policy(request: web.Request, handler: Any) -> web.StreamResponse:
    response: web.StreamResponse = await handler(request)
    if not response.prepared:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
    return response


async def _nonce(_: web.Request) -> web.Response:
    return web.json_response({"nonce": NONCE, "expires_in": 60})


async def _file(request: web.Request) -> web.FileResponse:
    named: Mapping[str, str] = {"": "index.html", "family": "family.html", "komp": "komp.html"}
    path = PAGES / named.get(request.match_info["path"], request.match_info["path"])
    if not path.resolve().is_relative_to(PAGES) or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path)


class Site:
    """The server of one test. `async with` it; `origin` is where it is."""

    def __init__(self, coordinator: Coordinator) -> None:
        self._coordinator = coordinator
        app = web.Application(middlewares=[_policy])
        app.router.add_post("/v1/nonce", _nonce)
        app.router.add_post("/v1/token", coordinator.token)
        app.router.add_get("/v1/socket", coordinator.socket)
        app.router.add_get("/{path:.*}", _file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "localhost", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self._coordinator.origin = f"http://localhost:{port}"
        return self._coordinator.origin

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
