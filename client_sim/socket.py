"""An endpoint's session with the coordinator: one WebSocket, made again whenever it is lost.

It authenticates, answers pings, matches answers to requests, and tells its listener when a session is live. What a
call says again after a reconnect is the call's business: nothing is queued here. It must never log what it carries.
"""

import asyncio
import contextlib
import random
import secrets
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Final, Literal, Protocol

import aiohttp
import msgspec

from client_sim.identity import Identity
from client_sim.origin import normal_origin
from client_sim.token import TokenError, Tokens, token_id
from signalling.protocol import PROTOCOL, EndReason
from signalling.protocol import messages as wire
from signalling.protocol.codec import decode_server, encode
from signalling.protocol.errors import CloseCode, ErrorCode, ProtocolError
from signalling.protocol.proof import base64url

SILENT_SECONDS: Final = 45.0
"""The coordinator pings every 20 s; a socket that brings nothing for this long is dead."""
PROOF_SECONDS: Final = 2.0
"""Where it is in doubt, sooner: an answer takes a round trip."""
OPEN_SECONDS: Final = 10.0
FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 10.0
_ASKS_FOR_PATIENCE: Final = frozenset({CloseCode.TRY_AGAIN_LATER, CloseCode.FLOODING})
"""A server that is full, or that was asked too much, is left alone for the longest pause."""
RENEW_SECONDS: Final = 120.0
"""A live session gets its next token when the present one lives no longer than this."""
BYE_SECONDS: Final = 2.0

Answer = Callable[[wire.Ok | wire.Error], None]
_Ws = aiohttp.ClientWebSocketResponse[Literal[False]]


class Away(Enum):
    """Why this endpoint does not come back by itself."""

    SUPERSEDED = "superseded"
    """A newer session of the same endpoint has taken over."""
    REVOKED = "revoked"
    NOT_AUTHENTICATED = "not_authenticated"
    """The coordinator doesn't know this endpoint."""


class Listener(Protocol):
    """Whom a socket serves."""

    def named_calls(self) -> list[wire.NamedCall]:
        """The calls to name in the next hello."""

    def ready(self, ready: wire.Ready) -> None:
        """A session is live."""

    def received(self, message: wire.Message) -> None:
        """A message that is not an answer."""

    def disconnected(self) -> None:
        """The live session is gone; another is being made."""

    def stays_away(self, why: Away) -> None:
        """No other will be made."""


class _LostError(Exception):
    """The socket is gone, or never came to be; try again."""


class Socket:
    """One endpoint's way to one coordinator. `run` it in a task of its own."""

    def __init__(
        self,
        identity: Identity,
        *,
        origin: str,
        http: aiohttp.ClientSession,
        listener: Listener,
        features: tuple[str, ...] = (),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        silent_seconds: float = SILENT_SECONDS,
        proof_seconds: float = PROOF_SECONDS,
    ) -> None:
        self._identity = identity
        self._origin = normal_origin(origin)
        self._http = http
        self._listener = listener
        self._features = list(features)
        self._sleep = sleep
        self._silent_seconds = silent_seconds
        self._proof_seconds = proof_seconds
        self._proving: asyncio.TimerHandle | None = None
        self._tokens = Tokens(identity, origin=self._origin, http=http)
        self._out: asyncio.Queue[bytes] = asyncio.Queue()
        self._answers: dict[str, Answer] = {}
        self._awaited: set[asyncio.Future[wire.Ok | wire.Error]] = set()
        self._next_request = 0
        self._live = False
        self._stopping = False
        self._failures = 0
        self._is_patient = False
        self.longest_pause_seconds = LONGEST_PAUSE_SECONDS
        """Between two attempts to have a session."""
        self._renewing: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._ws: _Ws | None = None

    @property
    def is_live(self) -> bool:
        """Whether there is a session."""
        return self._live

    def send(self, message: wire.Request) -> bool:
        """Send it in its turn; False where there is no session, and then it is forgotten."""
        if self._live:
            self._out.put_nowait(encode(message))
        return self._live

    def ask(self, message: wire.Request, answer: Answer) -> bool:
        """Send a request. `answer` is called with what the server says; never, if the session dies first."""
        if not self._live:
            return False
        self._next_request += 1
        ref = str(self._next_request)
        self._answers[ref] = answer
        return self.send(msgspec.structs.replace(message, id=ref))

    async def asked(self, message: wire.Request) -> wire.Ok | wire.Error:
        """The answer to a request; `unavailable` where the session is not there, or dies first."""
        answered: asyncio.Future[wire.Ok | wire.Error] = asyncio.get_running_loop().create_future()

        def hear(answer: wire.Ok | wire.Error) -> None:
            if not answered.done():
                answered.set_result(answer)

        if not self.ask(message, hear):
            return wire.Error(ErrorCode.UNAVAILABLE)
        self._awaited.add(answered)
        try:
            return await answered
        finally:
            self._awaited.discard(answered)

    def prove(self, message: wire.Request) -> None:
        """Send a request whose answer proves that the session lives; if nothing at all comes, make another.

        Where the network changed a socket is dead, and nobody says so for minutes.
        """
        if self.ask(message, lambda _: None) and self._proving is None:
            self._proving = asyncio.get_running_loop().call_later(self._proof_seconds, self._abort)

    async def run(self) -> None:
        """Make sessions until told to stop or to stay away."""
        while not self._stopping:
            why = await self._one_session()
            self._end_session()
            if why is not None:
                self._listener.stays_away(why)
                return
            if not self._stopping:
                await self._sleep(self._pause())

    async def stop(self, reason: EndReason | None = None) -> None:
        """Say goodbye and close: this endpoint is turned off, not lost."""
        self._stopping = True
        ws = self._ws
        if ws is None or ws.closed:
            return
        self.send(wire.Bye(reason))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BYE_SECONDS):
                await self._out.join()
                await ws.close()

    def renew(self) -> None:
        """Close this session and make another at once, as a device that starts anew does."""
        self._leaving = asyncio.create_task(self._leave(0.0))

    async def drop(self) -> None:
        """Lose the socket without a word, as a network does. For tests of what happens then."""
        self._abort()

    def _abort(self) -> None:
        """Let go of the socket, whatever may still lie in it: nobody is there to be told."""
        if self._ws is not None and self._ws._response.connection is not None:
            transport = self._ws._response.connection.transport
            if transport is not None:
                transport.abort()

    def _proven(self) -> None:
        if self._proving is not None:
            self._proving.cancel()
            self._proving = None

    async def _one_session(self) -> Away | None:
        try:
            token = await self._tokens.current()
        except TokenError as problem:
            self._failures += 1
            return Away.NOT_AUTHENTICATED if problem.is_final else None
        try:
            async with self._http.ws_connect(
                "ws" + self._origin.removeprefix("http") + "/v1/socket",
                protocols=(PROTOCOL,),
                max_msg_size=4 * wire.FRAME_BYTES,
                compress=0,
                timeout=aiohttp.ClientWSTimeout(ws_close=BYE_SECONDS),
                decode_text=False,
            ) as ws:
                self._ws = ws
                return await self._talk(ws, token)
        except (_LostError, aiohttp.ClientError, TimeoutError, OSError, ProtocolError, TokenError):
            self._failures += 1
            return None

    async def _talk(self, ws: _Ws, token: str) -> Away | None:
        welcome = await self._receive(ws, OPEN_SECONDS)
        if not isinstance(welcome, wire.Welcome):
            raise _LostError
        await ws.send_frame(encode(self._hello(token, welcome)), aiohttp.WSMsgType.TEXT)
        ready = await self._receive(ws, OPEN_SECONDS)
        if not isinstance(ready, wire.Ready):
            return self._refused(ws, ready)
        self._live, self._failures = True, 0
        writing = asyncio.create_task(self._write(ws), name="socket-out")
        try:
            self._listener.ready(ready)
            while True:
                message = await self._receive(ws, self._silent_seconds)
                if message is None and ws.closed:
                    return self._closed(ws)
                if message is not None:
                    self._dispatch(message)
        finally:
            writing.cancel()

    def _hello(self, token: str, welcome: wire.Welcome) -> wire.Hello:
        client_nonce = base64url(secrets.token_bytes(32))
        proof = self._identity.sign_hello(
            origin=self._origin,
            token_id=token_id(token),
            nonce=welcome.nonce,
            client_nonce=client_nonce,
        )
        return wire.Hello(token, proof, client_nonce, self._features, self._listener.named_calls())

    def _refused(self, ws: _Ws, answer: wire.Message | None) -> Away | None:
        if isinstance(answer, wire.Error) and answer.code in (
            ErrorCode.TOKEN_EXPIRED,
            ErrorCode.NOT_AUTHENTICATED,
        ):
            self._tokens.forget()
        if ws.closed and ws.close_code in (CloseCode.SUPERSEDED, CloseCode.REVOKED):
            return self._closed(ws)
        raise _LostError

    async def _receive(self, ws: _Ws, seconds: float) -> wire.Message | None:
        """The next message; None for one of a later version, and when the socket has closed. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            frame = await ws.receive()
        self._proven()
        if frame.type is aiohttp.WSMsgType.TEXT:
            return decode_server(frame.data)
        if frame.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
            await ws.close()
            return None
        if frame.type is aiohttp.WSMsgType.ERROR:
            raise _LostError
        return None

    def _dispatch(self, message: wire.Message) -> None:
        match message:
            case wire.Ping():
                self.send(wire.Pong())
                self._renew_in_time()
            case wire.Ok():
                self._answered(message.ref, message)
            case wire.Error():
                if message.ref is not None:
                    self._answered(message.ref, message)
            case wire.GoAway():
                self._leaving = asyncio.create_task(self._leave(message.reconnect_after_ms / 1000))
            case _:
                self._listener.received(message)

    def _answered(self, ref: str, message: wire.Ok | wire.Error) -> None:
        answer = self._answers.pop(ref, None)
        if answer is not None:
            answer(message)

    def _closed(self, ws: _Ws) -> Away | None:
        match ws.close_code:
            case CloseCode.SUPERSEDED:
                return Away.SUPERSEDED
            case CloseCode.REVOKED:
                return Away.REVOKED
            case CloseCode.NOT_AUTHENTICATED:
                self._tokens.forget()
            case _:
                pass
        return None

    async def _write(self, ws: _Ws) -> None:
        with contextlib.suppress(aiohttp.ClientError, ConnectionError):
            while True:
                await ws.send_frame(await self._out.get(), aiohttp.WSMsgType.TEXT)
                self._out.task_done()

    async def _leave(self, seconds: float) -> None:
        """The server stops: go when it asks for it, without a goodbye, and come back at once."""
        await self._sleep(seconds)
        if self._ws is not None:
            await self._ws.close(code=CloseCode.GOING_AWAY)

    def _renew_in_time(self) -> None:
        if self._tokens.seconds_left <= RENEW_SECONDS and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._renew(), name="token")

    async def _renew(self) -> None:
        with contextlib.suppress(TokenError):
            self.send(wire.TokenRefresh(await self._tokens.renew()))

    def _end_session(self) -> None:
        self._is_patient = self._ws is not None and self._ws.close_code in _ASKS_FOR_PATIENCE
        was_live, self._live, self._ws = self._live, False, None
        self._proven()
        self._answers.clear()
        for answered in self._awaited:
            if not answered.done():
                answered.set_result(wire.Error(ErrorCode.UNAVAILABLE))
        self._out = asyncio.Queue()
        for task in (self._leaving, self._renewing):
            if task is not None:
                task.cancel()
        if was_live:
            self._listener.disconnected()

    def _pause(self) -> float:
        """Full jitter: thousands that lost the same server must not come back in the same moment."""
        if self._is_patient:
            return random.uniform(self.longest_pause_seconds / 2, self.longest_pause_seconds)
        longest = min(self.longest_pause_seconds, FIRST_PAUSE_SECONDS * 2 ** min(self._failures, 8))
        return random.uniform(0, longest)
