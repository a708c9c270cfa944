"""aiohttp's WebSocket with a guard before its reader, for it takes unmasked frames and offers no hook to refuse them.

The one place that leans on names that aiohttp keeps to itself; tests/protocol/test_frames.py holds each release to
them. A broken rule comes out of `receive` as a message of type ERROR whose data is the close code; nothing that comes
after it is read.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from aiohttp import WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp._websocket.writer import WebSocketWriter
from aiohttp.web_request import BaseRequest

from signalling.protocol.errors import CloseCode
from signalling.protocol.fields import FRAME_BYTES
from signalling.web.frames import FrameGuard

_WAKE = WSMessage(WSMsgType.ERROR, None, None)


class Gate:
    """Stands where aiohttp's HTTP protocol expects its frame reader, and passes on what the guard lets through."""

    __slots__ = ("_guard", "_is_shut", "_on_gone", "_queue", "_reader", "heard")

    def __init__(self, reader: WebSocketReader, queue: WebSocketDataQueue, on_gone: Callable[[], None]) -> None:
        self._guard: FrameGuard | None = FrameGuard()
        self._reader = reader
        self._queue = queue
        self._on_gone = on_gone
        self._is_shut = False
        self.heard = True
        """Whether anything came since somebody last set this to False."""

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Bytes from the client. Never ends the HTTP protocol by itself."""
        self.heard = True
        if self._guard is None:
            return False, b""  # after a broken rule the rest is read only so that the close frame arrives
        right, fault = self._guard.feed(data)
        if not self._is_shut and right:
            self._reader.feed_data(data if right == len(data) else data[:right])
        if fault is not None:
            self._guard = None
            self._queue.feed_data(WSMessage(WSMsgType.ERROR, fault, None), 0)
        elif self._guard.has_closed and self._is_shut:
            self._on_gone()
        return False, b""

    @property
    def is_lost(self) -> bool:
        """Whether a broken rule made the stream unreadable: an answer to our close could not be told from it."""
        return self._guard is None

    def feed_eof(self) -> None:
        """The client is gone."""
        self._reader.feed_eof()
        self._on_gone()

    def shut(self) -> None:
        """Take no more messages, wake whoever waits for one, and go on only to see the client close."""
        self._is_shut = True
        self._queue.feed_data(_WAKE, 0)
        if self._guard is not None and self._guard.has_closed:
            self._on_gone()


class GuardedSocket(web.WebSocketResponse):
    """A WebSocket without compression that leaves closing, pings and writing to its owner."""

    def __init__(self, *, protocol: str) -> None:
        super().__init__(
            protocols=(protocol,),
            compress=False,
            autoping=False,
            autoclose=False,
            decode_text=False,
            max_msg_size=FRAME_BYTES + 1,  # aiohttp refuses messages of this size and more
        )
        self._on_gone: Callable[[], None] | None = None
        self._gate: Gate | None = None
        self._has_gone = False

    @property
    def gate(self) -> Gate:
        """The gate, from `prepare` on."""
        if self._gate is None:
            raise RuntimeError("a socket has a gate once it is prepared")
        return self._gate

    def when_gone(self, on_gone: Callable[[], None]) -> None:
        """Call this once the client has closed in answer to us, or is lost; at once if that was so already."""
        self._on_gone = on_gone
        if self._has_gone:
            on_gone()

    def _gone(self) -> None:
        if not self._has_gone:
            self._has_gone = True
            if self._on_gone is not None:
                self._on_gone()

    def _post_start(self, request: BaseRequest, protocol: str | None, writer: WebSocketWriter) -> None:
        """As aiohttp 3.14 does it, with the gate before the reader and a queue no longer than two messages."""
        self._ws_protocol = protocol
        self._writer = writer
        queue = WebSocketDataQueue(request.protocol, FRAME_BYTES, loop=asyncio.get_running_loop())
        self._reader = queue
        self._parser = WebSocketReader(queue, self._max_msg_size, compress=False, decode_text=False)
        self._gate = Gate(self._parser, queue, self._gone)
        request.protocol.set_parser(cast("WebSocketReader", self._gate))
        request.protocol.keep_alive(False)


def fault_of(message: object) -> CloseCode | None:
    """The close code of a broken rule, in a message that `receive` gave."""
    data = getattr(message, "data", None)
    return data if isinstance(data, CloseCode) else None
