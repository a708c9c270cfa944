"""A WebSocket client that can do what no library lets one do: break every rule of RFC 6455."""

import asyncio
import json
import os
import socket
import struct
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 0x1, 0x2, 0x0, 0x8, 0x9, 0xA
HEARTBEAT = b'{"t":"ping"}'


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    """A client's frame, right unless asked otherwise."""
    length = len(payload)
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    mask_bit = 0x80 if masked else 0
    if length < 126:
        head += bytes([mask_bit | length])
    elif length < 65536:
        head += bytes([mask_bit | 126]) + struct.pack("!H", length)
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", length)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    pad = (mask * (length // 4 + 1))[:length]
    return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(length, "big")


class RefusedError(Exception):
    """The upgrade was refused by HTTP."""

    def __init__(self, status: int, headers: Mapping[str, str], body: Any) -> None:
        super().__init__(status, body)
        self.status = status
        self.headers = headers
        self.body = body


class RawSocket:
    """One connection. `say` and `hear` speak JSON; `send` takes bytes as they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.pings = 0

    @classmethod
    async def open(cls, port: int, *, headers: Mapping[str, str] | None = None, receive_bytes: int = 0) -> Self:
        """Upgrade. Raises RefusedError. `headers` replace the usual ones; an empty value leaves one out."""
        plain = socket.socket()
        if receive_bytes:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=plain, limit=2**20 if not receive_bytes else 4096)
        lines = {
            "Host": f"localhost:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol": "narvaro.v1",
            **(headers or {}),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        writer.write(f"GET /v1/socket HTTP/1.1\r\n{head}\r\n".encode())
        status, answered = await _response(reader)
        if status != 101:
            body = await reader.readexactly(int(answered.get("content-length", 0)))
            writer.close()
            await writer.wait_closed()
            raise RefusedError(status, answered, json.loads(body))
        assert answered["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        assert "sec-websocket-extensions" not in answered
        return cls(reader, writer)

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self._writer.write(data)

    def say(self, message: Mapping[str, Any]) -> None:
        """A message."""
        self.send(frame(TEXT, json.dumps(message).encode()))

    async def flushed(self) -> None:
        """Wait until the kernel has taken what was sent."""
        await self._writer.drain()

    @property
    def address(self) -> object:
        """Ours, as the server sees it."""
        return self._writer.get_extra_info("sockname")

    async def frame(self, *, seconds: float = 5) -> tuple[int, bytes]:
        """The next frame of the server, whatever it is. Its header must be as RFC 6455 §5.1 wants it."""
        async with asyncio.timeout(seconds):
            first, second = await self._reader.readexactly(2)
            assert first & 0x80, "the server sends whole messages"
            assert not second & 0x80, "the server never masks"
            length = second & 0x7F
            if length >= 126:
                length = int.from_bytes(await self._reader.readexactly(2 if length == 126 else 8), "big")
            return first & 0x0F, await self._reader.readexactly(length)

    async def answer(self, *, seconds: float = 5) -> tuple[int, bytes]:
        """The next frame that the server was asked for: its heartbeat may fall between any two others."""
        while (answer := await self.frame(seconds=seconds)) == (TEXT, HEARTBEAT):
            self.pings += 1
        return answer

    async def hear(self, kind: str | None = None, *, seconds: float = 5) -> dict[str, Any]:
        """The next message, or the next of that kind; pings are answered on the way."""
        while True:
            opcode, payload = await self.frame(seconds=seconds)
            assert opcode == TEXT, f"closed with {_code(payload)}" if opcode == CLOSE else f"opcode {opcode}"
            message: dict[str, Any] = json.loads(payload)
            if message["t"] == "ping":
                self.pings += 1
                self.say({"t": "pong"})
            elif kind is None or message["t"] == kind:
                return message

    async def closed_with(self, *, seconds: float = 5) -> int:
        """The code with which the server closes; what it says before is passed over. Answers it, and sees the end."""
        async with asyncio.timeout(seconds):
            while True:
                opcode, payload = await self.frame(seconds=seconds)
                if opcode == CLOSE:
                    break
            self.send(frame(CLOSE, payload[:2]))
            assert await self._reader.read() == b"", "nothing follows a close"
        return _code(payload)

    async def drop(self) -> None:
        """Be lost, without a word."""
        self._writer.transport.abort()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


async def _response(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    async with asyncio.timeout(5):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    lines = (line.partition(": ") for line in head[1:] if line)
    return int(head[0].split()[1]), {name.lower(): value for name, _, value in lines}


def _code(payload: bytes) -> int:
    return int.from_bytes(payload[:2], "big")
