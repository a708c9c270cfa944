"""WebSocket frames as far as the coordinator deals with them itself (RFC 6455 §5.2). No I/O.

`frame` makes what is sent. `FrameGuard` reads along with what a client sends, one header after the other, and says
which rule was broken first: aiohttp's own reader takes unmasked frames.
"""

from enum import IntEnum
from typing import Final

from signalling.protocol.errors import CloseCode
from signalling.protocol.fields import FRAME_BYTES

FRAGMENTS: Final = 128
"""Frames that one message may be cut into; more is no network's doing."""


class Opcode(IntEnum):
    """RFC 6455 §11.8."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


_FIN: Final = 0x80
_RESERVED: Final = 0x70
_MASKED: Final = 0x80
_OPCODES: Final = frozenset(Opcode)


def frame(opcode: Opcode, payload: bytes) -> bytes:
    """One whole frame from server to client: never masked, never in parts."""
    length = len(payload)
    if length < 126:
        return bytes((_FIN | opcode, length)) + payload
    if length < 65_536:
        return bytes((_FIN | opcode, 126)) + length.to_bytes(2, "big") + payload
    return bytes((_FIN | opcode, 127)) + length.to_bytes(8, "big") + payload


def close_frame(code: CloseCode) -> bytes:
    """A close frame with a code and no words."""
    return frame(Opcode.CLOSE, code.to_bytes(2, "big"))


class FrameGuard:
    """Follows a client's byte stream from header to header; payloads pass it by unread."""

    __slots__ = ("_fragments", "_head", "_is_closing", "_left", "_message_bytes", "has_closed")

    def __init__(self) -> None:
        self._head = b""
        """The start of a header whose rest hasn't come."""
        self._left = 0
        """Bytes of mask and payload still to come of the frame under way."""
        self._message_bytes = 0
        self._fragments = 0
        """Frames so far of the message under way; 0 between messages."""
        self._is_closing = False
        self.has_closed = False
        """Whether a whole close frame has come."""

    def feed(self, data: bytes) -> tuple[int, CloseCode | None]:
        """Follow the next bytes. How many of them belong to whole or begun frames that are right, and what is wrong
        with the frame after those: None while all is well. After a fault the stream can't be followed any more."""
        between = not (self._left or self._head or self._fragments or self._is_closing)
        if between and _is_one_text(data):
            return len(data), None
        position = 0
        while True:
            taken = min(self._left, len(data) - position)
            position += taken
            self._left -= taken
            if self._left == 0 and self._is_closing:
                self.has_closed = True
                return position, None
            if position >= len(data):
                return position, None
            start = position
            head = self._head + data[position : position + 14 - len(self._head)]
            size, fault = self._read(head)
            if fault is not None:
                return start, fault
            if size is None:
                self._head = head
                return len(data), None
            position += size - len(self._head)
            self._head = b""

    def _read(self, head: bytes) -> tuple[int | None, CloseCode | None]:
        """Take in a header, as far as it has come. Its size without the mask once it is whole, and what is wrong."""
        if len(head) < 2:
            return None, None
        opcode, short = head[0] & 0x0F, head[1] & 0x7F
        fault = self._broken(head[0], opcode, short) if head[1] & _MASKED else CloseCode.PROTOCOL_ERROR
        if fault is not None:
            return None, fault
        size = 2 if short < 126 else 4 if short == 126 else 10
        if len(head) < size:
            return None, None
        length = short if size == 2 else int.from_bytes(head[2:size], "big")
        fault = self._begin(head[0], opcode, length)
        return (None, fault) if fault is not None else (size, None)

    def _broken(self, first: int, opcode: int, short: int) -> CloseCode | None:
        """What is wrong with a masked frame by its first two bytes alone."""
        if first & _RESERVED or opcode not in _OPCODES:
            return CloseCode.PROTOCOL_ERROR
        if opcode >= Opcode.CLOSE:
            return None if first & _FIN and short <= 125 else CloseCode.PROTOCOL_ERROR
        if opcode == Opcode.BINARY:
            return CloseCode.UNSUPPORTED_DATA
        if (opcode == Opcode.CONTINUATION) != (self._fragments > 0):
            return CloseCode.PROTOCOL_ERROR
        return None

    def _begin(self, first: int, opcode: int, length: int) -> CloseCode | None:
        self._left = 4 + length
        if opcode >= Opcode.CLOSE:
            self._is_closing = opcode == Opcode.CLOSE
            return None
        self._message_bytes += length
        self._fragments += 1
        if self._message_bytes > FRAME_BYTES:
            return CloseCode.MESSAGE_TOO_BIG
        if self._fragments > FRAGMENTS:
            return CloseCode.FLOODING
        if first & _FIN:
            self._message_bytes = self._fragments = 0
        return None


def _is_one_text(data: bytes) -> bool:
    """Whether these bytes are exactly one whole, masked, allowed text frame, as nearly all that comes is."""
    size = len(data)
    if size < 6 or data[0] != _FIN | Opcode.TEXT:
        return False
    short = data[1] - _MASKED
    if short == 126:
        return size > 8 and size - 8 == data[2] << 8 | data[3] and size - 8 <= FRAME_BYTES
    return size == short + 6 and short < 126
