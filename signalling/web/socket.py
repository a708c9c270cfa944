"""A WebSocket from welcome to close: the hello within its seconds, then message after message to the hub.

Knows who speaks and whether a frame is a message; what a message does is the hub's. Nothing of a frame is kept.
"""

import asyncio
import math
import secrets
from dataclasses import dataclass
from typing import Final

from aiohttp import WSMsgType

from signalling.access.entry import HelloCheck
from signalling.observe.clock import Clock
from signalling.observe.events import Event
from signalling.observe.figures import Figures
from signalling.observe.log import Log, Place
from signalling.protocol.codec import decode_client, encode
from signalling.protocol.errors import CloseCode, ErrorCode, ProtocolError
from signalling.protocol.fields import BOX_CHARACTERS, FRAME_BYTES
from signalling.protocol.messages import Bye, ClientMessage, Error, Hello, Limits, Pong, Welcome
from signalling.protocol.proof import base64url
from signalling.service.hub import Hub
from signalling.service.session import Session
from signalling.vocabulary import PROTOCOL
from signalling.web.connection import SocketConnection
from signalling.web.guarded import GuardedSocket, fault_of
from signalling.web.wheel import Wheel

UNACKNOWLEDGED_BOXES: Final = 64
ERROR_BUDGET: Final = 20
"""Frames in a row that are no messages; one more closes with 4007."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every conversation needs, and none of it its own."""

    hub: Hub
    hello_check: HelloCheck
    clock: Clock
    figures: Figures
    log: Log
    wheel: Wheel
    hello_seconds: float


class Conversation:
    """One client, from its first byte to its last."""

    __slots__ = ("_connection", "_desk", "_refusals", "_said_bye", "_session", "_socket")

    def __init__(self, desk: Desk, socket: GuardedSocket, connection: SocketConnection) -> None:
        self._desk = desk
        self._socket = socket
        self._connection = connection
        self._session: Session | None = None
        self._said_bye = False
        self._refusals = 0

    async def run(self) -> None:
        """Talk until one side ends it. The root of a socket's task: a fault of ours ends this socket alone."""
        desk, tag, began = self._desk, self._connection.tag, self._desk.clock.now()
        desk.figures.socket_opened()
        desk.log.write(Event.SOCKET_OPENED, socket=tag)
        try:
            await self._talk()
        except Exception as problem:  # noqa: BLE001 - the root of a socket's task
            desk.log.write(Event.SOCKET_FAILED, socket=tag, place=Place(problem))
            self._connection.close(CloseCode.TRY_AGAIN_LATER)
        finally:
            await self._finish()
            code = self._connection.closed_with
            self._connection.close(CloseCode.NORMAL)  # whatever ended the talk, the socket is gone soon
            desk.figures.socket_closed(code)
            desk.log.write(Event.SOCKET_CLOSED, socket=tag, code=code, seconds=desk.clock.now() - began)
        await self._connection.gone()

    async def _talk(self) -> None:
        nonce = base64url(secrets.token_bytes(32))
        self._connection.send(encode(self._welcome(nonce)))
        hello = await self._hello()
        if hello is None or not await self._open(hello, nonce):
            return
        del hello, nonce  # nor is what let the client in
        self._desk.wheel.add(self._connection)
        while (message := await self._next()) is not None:
            if isinstance(message, Bye):
                self._said_bye = True
                self._connection.close(CloseCode.NORMAL)
            elif not isinstance(message, Pong):
                await self._handle(message)
            del message  # what was said is not held while waiting for more

    def _welcome(self, nonce: str) -> Welcome:
        limits = Limits(
            frame_bytes=FRAME_BYTES,
            box_characters=BOX_CHARACTERS,
            hello_seconds=math.ceil(self._desk.hello_seconds),
            unacknowledged_boxes=UNACKNOWLEDGED_BOXES,
        )
        return Welcome(nonce=nonce, limits=limits, protocol=PROTOCOL)

    async def _hello(self) -> Hello | None:
        """The first message, which must be a hello. None once the socket is closing."""
        try:
            async with asyncio.timeout(self._desk.hello_seconds):
                message = await self._next()
        except TimeoutError:
            self._connection.close(CloseCode.HELLO_TIMEOUT)
            return None
        if message is None or isinstance(message, Hello):
            return message
        self._turn_away(ProtocolError(ErrorCode.NOT_AUTHENTICATED, "The first message of a socket is a hello."))
        return None

    async def _open(self, hello: Hello, nonce: str) -> bool:
        try:
            identity = self._desk.hello_check.identity(hello, nonce=nonce, now=self._desk.clock.now())
            self._session = await self._desk.hub.open(identity, hello, self._connection)
        except ProtocolError as refusal:
            self._turn_away(refusal)
            return False
        return True

    def _turn_away(self, refusal: ProtocolError) -> None:
        """Refuse whoever has no session, and close."""
        self._desk.figures.refused(refusal.code)
        self._desk.log.write(Event.HELLO_REFUSED, socket=self._connection.tag, code=refusal.code)
        self._connection.send(encode(error_message(refusal)))
        self._connection.close(refusal.close or CloseCode.NOT_AUTHENTICATED)

    async def _next(self) -> ClientMessage | None:
        """The next message; frames that are none are refused on the way. None once the socket is closing."""
        while not self._connection.is_closing():
            received = await self._socket.receive()
            if self._connection.is_closing():
                break
            match received.type:
                case WSMsgType.TEXT:
                    message = self._decoded(bytes(received.data))
                    if message is not None:
                        return message
                case WSMsgType.PING:
                    self._connection.pong(bytes(received.data))
                case WSMsgType.PONG:
                    pass
                case _:
                    self._connection.close(fault_of(received) or CloseCode.NORMAL)
        return None

    def _decoded(self, frame: bytes) -> ClientMessage | None:
        try:
            message = decode_client(frame)
        except ProtocolError as refusal:
            if not _is_utf8(frame):  # RFC 6455 §8.1, wherever in the frame it is
                refusal.close = refusal.close or CloseCode.INVALID_TEXT
            self._refuse(refusal)
            return None
        self._refusals = 0
        return message

    def _refuse(self, refusal: ProtocolError) -> None:
        """Answer a frame that is no message; close if it, or the row of them, is beyond bearing."""
        if self._session is None:
            self._turn_away(refusal)
            return
        self._refusals += 1
        self._desk.hub.refuse(self._session, refusal)
        if self._refusals > ERROR_BUDGET:
            self._connection.close(CloseCode.FLOODING)

    async def _handle(self, message: ClientMessage) -> None:
        assert self._session is not None
        try:
            await self._desk.hub.handle(self._session, message)
        except Exception as problem:  # noqa: BLE001 - a fault of ours must not end the client's session
            self._desk.log.write(Event.SOCKET_FAILED, socket=self._connection.tag, place=Place(problem))
            ref: str | None = getattr(message, "id", None)
            self._desk.hub.refuse(self._session, ProtocolError(ErrorCode.INTERNAL, ref=ref))

    async def _finish(self) -> None:
        self._desk.wheel.remove(self._connection)
        if self._session is not None:
            await self._desk.hub.closed(self._session, said_bye=self._said_bye)


def _is_utf8(frame: bytes) -> bool:
    try:
        frame.decode()
    except UnicodeDecodeError:
        return False
    return True


def error_message(refusal: ProtocolError) -> Error:
    """A refusal as a message, for who has no session."""
    return Error(code=refusal.code, ref=refusal.ref, retry_after_ms=refusal.retry_after_ms, winner=refusal.winner)
