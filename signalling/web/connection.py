"""One client's socket as the hub sees it: frames out, without ever waiting, and one close.

Writes through aiohttp's public transport; a faster tier can take its place behind the same two methods.
"""

import asyncio
from typing import Final

from aiohttp.web_protocol import RequestHandler

from signalling.observe.log import Tag
from signalling.protocol.codec import encode
from signalling.protocol.errors import CloseCode
from signalling.protocol.messages import Ping
from signalling.web.frames import Opcode, close_frame, frame
from signalling.web.guarded import GuardedSocket

CLOSE_SECONDS: Final = 2.0
"""How long a client has to answer a close before its socket is torn down."""
SILENT_TURNS: Final = 2
CONTROL_FRAMES: Final = 32
"""Pings that a client may send us between two of ours."""
_PING: Final = frame(Opcode.TEXT, encode(Ping()))


class SocketConnection:
    """`signalling.service.connection.Connection` over a prepared socket."""

    __slots__ = (
        "_control",
        "_gone",
        "_http",
        "_limit",
        "_silent",
        "_socket",
        "_transport",
        "closed_with",
        "tag",
    )

    def __init__(
        self, socket: GuardedSocket, http: RequestHandler, transport: asyncio.Transport, *, limit: int
    ) -> None:
        self._socket = socket
        self._http = http
        self._transport = transport
        self._limit = limit
        self._silent = 0
        self._control = 0
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed_with: CloseCode | None = None
        """Why we closed it; None while we haven't."""
        self.tag: Final = Tag()
        socket.when_gone(self._went)

    def is_closing(self) -> bool:
        """Whether nothing more is said or heard here."""
        return self.closed_with is not None or self._transport.is_closing()

    def send(self, frame_: bytes) -> None:
        """One message. Never waits, never raises; who leaves more than the bound unread is cut with 4006."""
        if not self.is_closing():
            self._write(frame(Opcode.TEXT, frame_))

    def pong(self, payload: bytes) -> None:
        """Answer a client's WebSocket ping (RFC 6455 §5.5.3); too many between two beats close with 4007."""
        if self.is_closing():
            return
        self._control += 1
        if self._control > CONTROL_FRAMES:
            self.close(CloseCode.FLOODING)
        else:
            self._write(frame(Opcode.PONG, payload))

    def beat(self) -> None:
        """A turn of the wheel: send a ping; after two turns in which nothing was heard close with 4005."""
        if self.is_closing():
            return
        gate = self._socket.gate
        self._silent = 0 if gate.heard else self._silent + 1
        gate.heard = False
        self._control = 0
        if self._silent >= SILENT_TURNS:
            self.close(CloseCode.SILENT)
        else:
            self._write(_PING)

    def close(self, code: CloseCode) -> None:
        """Say why, hear nothing more, and be gone once the client has answered, in two seconds at most. Idempotent."""
        if self.closed_with is not None:
            return
        self.closed_with = code
        if not self._transport.is_closing():
            self._transport.write(close_frame(code))
        asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._transport.abort)
        self._socket.gate.shut()
        if self._socket.gate.is_lost and not self._transport.is_closing() and self._transport.can_write_eof():
            self._transport.write_eof()  # the client's answer would not be seen: let it see the end instead
        self._http.resume_reading()  # a reader that was stopped would not see the client's answer

    def abort(self) -> None:
        """Tear it down at once, and lose what wasn't sent."""
        self._transport.abort()

    async def gone(self) -> None:
        """Wait until the client has answered our close, or is lost."""
        await asyncio.shield(self._gone)

    def _write(self, data: bytes) -> None:
        self._transport.write(data)
        if self._http.writing_paused and self._transport.get_write_buffer_size() > self._limit:
            self.close(CloseCode.SLOW_READER)

    def _went(self) -> None:
        if self._gone.done():
            return
        self._gone.set_result(None)
        self._transport.close()
