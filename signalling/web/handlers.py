"""The handlers of the URL map. Each says what it gives; failures are raised and translated elsewhere."""

from importlib.metadata import version
from typing import Final

import msgspec
from aiohttp import hdrs, web

from signalling.access.admission import Door
from signalling.access.entry import TokenRequest
from signalling.access.nonces import LIFETIME_SECONDS as NONCE_SECONDS
from signalling.access.tokens import LIFETIME_SECONDS as TOKEN_SECONDS
from signalling.protocol.codec import encode
from signalling.protocol.errors import CloseCode, ErrorCode, ProtocolError
from signalling.vocabulary import PROTOCOL
from signalling.web.answers import json_answer
from signalling.web.bodies import read_json
from signalling.web.connection import SocketConnection
from signalling.web.front import Front
from signalling.web.guarded import GuardedSocket
from signalling.web.pages import PageHashes, digest_of
from signalling.web.socket import Conversation, error_message

_FULL_RETRY_MS: Final = 5000
_PREFLIGHT: Final = {
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, POST, PUT, PATCH, DELETE",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "authorization, content-type, narvaro-proof",
    hdrs.ACCESS_CONTROL_MAX_AGE: "600",
}


class FreshNonce(msgspec.Struct, frozen=True):
    """A nonce to sign."""

    nonce: str
    expires_in: int
    """Seconds."""


class FreshToken(msgspec.Struct, frozen=True):
    """An access token (JWT), for a header or a hello; never for an address."""

    token: str
    expires_in: int
    """Seconds."""


async def nonce(front: Front, request: web.Request) -> web.StreamResponse:
    """A nonce to sign in a token request or a registration."""
    now = front.clock.now()
    front.knock(request, Door.NONCE, now=now)
    return json_answer(FreshNonce(front.nonces.fresh(now=now), NONCE_SECONDS))


async def token(front: Front, request: web.Request) -> web.StreamResponse:
    """A token for the endpoint whose key signed the nonce."""
    now = front.clock.now()
    front.knock(request, Door.TOKEN, now=now)
    asked = await read_json(request, TokenRequest)
    granted = await front.token_desk.grant(asked, now=now)
    front.figures.granted()
    return json_answer(FreshToken(granted, TOKEN_SECONDS))


async def preflight(front: Front, request: web.Request) -> web.StreamResponse:
    """A browser's question whether another origin's page may ask (Fetch §3.2.2)."""
    front.origins.check(request.headers.get(hdrs.ORIGIN))
    return web.Response(status=204, headers=_PREFLIGHT)


async def socket(front: Front, request: web.Request) -> web.StreamResponse:
    """The WebSocket of one endpoint, until it closes."""
    front.check_open()
    front.knock(request, Door.SOCKET, now=front.clock.now())
    offered = ",".join(request.headers.getall(hdrs.SEC_WEBSOCKET_PROTOCOL, [])).split(",")
    if PROTOCOL not in (name.strip() for name in offered):
        raise ProtocolError(ErrorCode.UNSUPPORTED, f"A WebSocket here speaks the subprotocol {PROTOCOL}.")
    guarded = GuardedSocket(protocol=PROTOCOL)
    await guarded.prepare(request)
    if request.transport is None:  # lost while it was prepared
        return guarded
    connection = SocketConnection(guarded, request.protocol, request.transport, limit=front.send_queue_bytes)
    if len(front.connections) >= front.max_sockets:
        full = ProtocolError(ErrorCode.UNAVAILABLE, retry_after_ms=_FULL_RETRY_MS)
        connection.send(encode(error_message(full)))
        connection.close(CloseCode.TRY_AGAIN_LATER)
        await connection.gone()
        return guarded
    front.connections.add(connection)
    try:
        await Conversation(front.desk, guarded, connection).run()
    finally:
        front.connections.discard(connection)
    return guarded


async def live(_front: Front, _request: web.Request) -> web.StreamResponse:
    """The process answers."""
    return json_answer({"live": True})


async def ready(front: Front, _request: web.Request) -> web.StreamResponse:
    """The process takes new sessions; 503 `draining` while it stops. Calls without a relay are better than none."""
    front.check_open()
    return json_answer({"ready": True, "relays": front.relays().value})


async def openapi(front: Front, _request: web.Request) -> web.StreamResponse:
    """This API as OpenAPI 3.1."""
    return web.Response(body=front.openapi, content_type="application/json")


async def page_hashes(front: Front, _request: web.Request) -> web.StreamResponse:
    """The hashes of every page and script, to compare with a release's (docs/reference/pages.md)."""
    hashes = front.pages.hashes()
    return json_answer(PageHashes(version("narvaro"), digest_of(hashes), hashes, front.pages.made))


async def page(front: Front, request: web.Request) -> web.StreamResponse:
    """A static page or a file of it."""
    found = front.pages.get(request.path)
    if found is None:
        raise web.HTTPNotFound
    return found.response(request)
