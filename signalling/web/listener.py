"""Listening: sockets, TLS, and aiohttp's HTTP protocol with an end to its patience and a mouth that quotes nobody."""

import asyncio
import socket
import ssl
from functools import partial
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from signalling.web.failures import answer_status
from signalling.web.headers import secure

BACKLOG: Final = 4096
KEEPALIVE_SECONDS: Final = 15.0
"""A connection has this long to send its next request whole."""
LINGER_SECONDS: Final = 1.0


class QuietHandler(RequestHandler):
    """aiohttp's HTTP protocol. What can't be parsed gets the one shape of failures: aiohttp's own text repeats it."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,  # noqa: ARG002 - aiohttp's signature; it quotes the client
        message: str | None = None,  # noqa: ARG002 - as above
    ) -> web.StreamResponse:
        """Answer and hang up. Nothing of the request is used."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was under way already")
        response = answer_status(status)
        secure(response.headers, over_tls=False)
        response.force_close()
        return response


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to that address; port 0 takes a free one. Raises OSError."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or later with that certificate. Raises OSError or ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key)
    return context


class Listener:
    """One application on one bound socket."""

    def __init__(self, app: web.Application, bound: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self._bound = bound
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        await self._runner.setup()
        server = self._runner.server
        assert server is not None
        loop = asyncio.get_running_loop()
        protocol = partial(
            QuietHandler,
            server,
            loop=loop,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
            access_log=None,  # type: ignore[arg-type] # aiohttp takes None, and then logs no URL
        )
        self._server = await loop.create_server(protocol, sock=self._bound, ssl=self._tls, backlog=BACKLOG)

    async def stop(self) -> None:
        """Listen no more, and end what is under way within a second."""
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()
        self._bound.close()
