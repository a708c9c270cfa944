"""One client's end of a TCP connection: HTTP by hand, then a WebSocket with frames written by hand.

It must cost less than the server that it loads, so it knows only what a benchmark meets: small answers with a length,
unfragmented text frames below 64 KiB, no extensions. Masks are zero: RFC 6455 §10.3 asks for unpredictable ones to
keep scripts in browsers from forging traffic, and unmasking costs the server the same whatever the key is.
"""

import asyncio
import socket
from base64 import b64encode
from collections.abc import Callable
from typing import Final, cast

from benchmarks.faults import LoadError

_BIND_ADDRESS_NO_PORT: Final = 24
"""Linux `IP_BIND_ADDRESS_NO_PORT`: choose the port at connect, so that no address runs out of them early."""
_KEY: Final = b64encode(bytes(16)).decode()
_MASK: Final = bytes(4)
_ANSWER_SECONDS: Final = 30

Listener = Callable[[bytes], None]


def client_frame(payload_bytes: int) -> bytes:
    """The header of a client's text frame that carries so many bytes (RFC 6455 §5.2)."""
    if payload_bytes < 126:
        return bytes((0x81, 0x80 | payload_bytes)) + _MASK
    return b"\x81\xfe" + payload_bytes.to_bytes(2, "big") + _MASK


class Line(asyncio.Protocol):
    """A connection that first answers `request`, and after `upgrade` hands each text frame to `listener`."""

    __slots__ = ("_answer", "_rest", "_transport", "_upgraded", "listener", "lost", "write")

    def __init__(self) -> None:
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._upgraded = False
        self.listener: Listener = self._unheard
        self.lost = False
        self.write: Callable[[bytes], None] = self._unheard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)
        self.write = self._transport.write

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """See asyncio.Protocol."""
        self.lost = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LoadError("the server closed a connection that waits for an answer"))

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._rest:
            data = self._rest + data
        self._rest = self._take_frames(data) if self._upgraded else self._take_answer(data)

    async def request(self, text: bytes) -> tuple[int, bytes]:
        """Send an HTTP request; its answer's status and body. Raises LoadError."""
        self._answer = asyncio.get_running_loop().create_future()
        self.write(text)
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await self._answer

    async def upgrade(self, path: str, host: str, *, protocol: str | None = None) -> None:
        """Make a WebSocket of it; frames go to `listener` from the first one on. Raises LoadError."""
        wanted = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
        status, _ = await self.request(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n{wanted}\r\n".encode()
        )
        if status != 101:
            raise LoadError(f"the server answered an upgrade with status {status}")

    def say(self, payload: bytes) -> None:
        """One text frame."""
        self.write(client_frame(len(payload)) + payload)

    def close(self) -> None:
        """Be gone, and hear nothing more."""
        self.listener = self._unheard
        if self._transport is not None:
            self._transport.abort()

    def _take_answer(self, data: bytes) -> bytes:
        head, found, body = data.partition(b"\r\n\r\n")
        if not found or self._answer is None:
            return data
        status = int(head[9:12])
        size = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                size = int(line[15:])
        if status == 101:
            self._upgraded = True
            self._answer.set_result((status, b""))
            return self._take_frames(body)
        if len(body) < size:
            return data
        self._answer.set_result((status, body[:size]))
        return body[size:]

    def _take_frames(self, data: bytes) -> bytes:
        """Hand over the whole frames of `data` (unmasked, as servers send them); what is left of it."""
        position, end = 0, len(data)
        while end - position >= 2:
            size = data[position + 1]
            start = position + 2
            if size == 126:
                if end - position < 4:
                    break
                size = data[position + 2] << 8 | data[position + 3]
                start = position + 4
            if end - start < size:
                break
            if data[position] == 0x81:
                self.listener(data[start : start + size])
            position = start + size
        return data[position:]

    def _unheard(self, _: bytes) -> None:
        """Before it is connected, or before anybody listens."""


async def dial(address: str, port: int) -> Line:
    """Connect to a server on 127.0.0.1 from this loopback address."""
    loop = asyncio.get_running_loop()
    dialled = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    dialled.setblocking(False)
    dialled.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
    dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    dialled.bind((address, 0))
    await loop.sock_connect(dialled, ("127.0.0.1", port))
    _, line = await loop.create_connection(Line, sock=dialled)
    return line
