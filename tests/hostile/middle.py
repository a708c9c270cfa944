"""The wire in hostile hands: everything between endpoints and the real coordinator goes through here.

HTTP passes as it is. Each WebSocket frame is read with the real codec and handed to a tamper, which says what goes on
in its place: the same, another, several, nothing, now or later, here or elsewhere. Honest, it is only a longer wire.
What went on altered is written down, so that a test can prove that its victim really got it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from typing import Any, Final, TypeVar

import aiohttp
import msgspec
from aiohttp import WSMsgType, web

from signalling.protocol import PROTOCOL
from signalling.protocol import messages as wire
from signalling.protocol.codec import decode_client, decode_server, encode
from signalling.protocol.errors import ProtocolError
from signalling.protocol.proof import from_base64url

COORDINATOR: Final = "coordinator"
_HOP_BY_HOP: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length", "content-encoding"}
)
_CLOSE_SECONDS: Final = 1.0

M = TypeVar("M", bound=wire.Message)


class Way(Enum):
    """Which way a frame goes."""

    UP = "to the coordinator"
    DOWN = "to the endpoint"


@dataclass(frozen=True, slots=True, repr=False)
class Passing:
    """One frame on its way. `who` is the endpoint at its other end, empty before it has said hello."""

    way: Way
    who: str
    frame: bytes
    message: wire.Message | None
    """What the codec makes of it; None where it makes nothing."""


Out = Iterable[wire.Message | bytes]
Tamper = Callable[[Passing], Out]
"""Says what goes on in a frame's place, in that order. The frame itself is the honest answer."""


def honest(passing: Passing) -> Out:
    """A wire and nothing more."""
    return (passing.frame,)


@dataclass(frozen=True, slots=True)
class Altered:
    """A frame that went on and had not come so: where it went, and what it was."""

    victim: str
    digest: bytes


@dataclass(eq=False, repr=False)
class _Line:
    """One endpoint's two sockets."""

    below: web.WebSocketResponse
    above: aiohttp.ClientWebSocketResponse[bool]
    who: str = ""

    def sink(self, way: Way) -> Any:
        return self.above if way is Way.UP else self.below


@dataclass(eq=False, repr=False)
class Middle:
    """The coordinator's wire. `tamper` may be changed at any time."""

    upstream: str = ""
    tamper: Tamper = honest
    passed: list[Passing] = field(default_factory=list)
    """Everything that came, in order, as it came: what can be played again."""
    altered: list[Altered] = field(default_factory=list)
    withheld: int = 0
    """Frames in whose place nothing went on at once."""
    _lines: dict[str, _Line] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    # ------------------------------------------------------------- for attacks

    async def inject(self, way: Way, who: str, message: wire.Message | bytes) -> None:
        """Say something to that endpoint, or to the coordinator in its name."""
        line = self._lines[who]
        frame = _frame(message)
        self._note(way, who, frame)
        await line.sink(way).send_frame(frame, WSMsgType.TEXT)

    async def comes(self, kind: type[M], *, way: Way, who: str | None = None, seconds: float = 10.0) -> M:
        """The first message of that kind that ever came that way, to or from that endpoint."""
        async with asyncio.timeout(seconds):
            while True:
                for one in self.passed:
                    if isinstance(one.message, kind) and one.way is way and who in (None, one.who):
                        return one.message
                self._news.clear()
                await self._news.wait()

    def all(self, kind: type[M], *, way: Way, who: str | None = None) -> list[M]:
        """Every message of that kind that came that way."""
        return [
            one.message
            for one in self.passed
            if isinstance(one.message, kind) and one.way is way and who in (None, one.who)
        ]

    def is_there(self, who: str) -> bool:
        """Whether that endpoint has a socket now."""
        return who in self._lines

    # ------------------------------------------------------------------ inside

    def _note(self, way: Way, who: str, frame: bytes) -> None:
        self.altered.append(Altered(who if way is Way.DOWN else COORDINATOR, digest(frame)))

    async def carry(self, line: _Line, way: Way) -> int:
        """Frames of one way until the socket that they come from closes; with which code it did."""
        source: Any = line.below if way is Way.UP else line.above
        while True:
            received = await source.receive()
            if received.type is not WSMsgType.TEXT:
                return source.close_code or aiohttp.WSCloseCode.GOING_AWAY
            passing = Passing(way, line.who, received.data, _read(way, received.data))
            if isinstance(passing.message, wire.Hello):
                line.who = _subject(passing.message.token)
                self._lines[line.who] = line
            self.passed.append(passing)
            self._news.set()
            await self._go_on(line, passing)

    async def _go_on(self, line: _Line, passing: Passing) -> None:
        frames = [_frame(one) for one in self.tamper(passing)]
        self.withheld += not frames
        same = Counter([passing.frame])
        for frame in frames:
            if same[frame]:
                same[frame] -= 1
            else:
                self._note(passing.way, line.who, frame)
            await line.sink(passing.way).send_frame(frame, WSMsgType.TEXT)

    async def socket(self, request: web.Request, http: aiohttp.ClientSession) -> web.WebSocketResponse:
        """One endpoint's socket, for as long as both halves live."""
        below = web.WebSocketResponse(
            protocols=[PROTOCOL], compress=False, decode_text=False, timeout=_CLOSE_SECONDS, autoclose=True
        )
        names = {name: request.headers[name] for name in ("Origin", "User-Agent") if name in request.headers}
        async with http.ws_connect(
            self.upstream.replace("http", "ws", 1) + "/v1/socket",
            protocols=[PROTOCOL],
            max_msg_size=4 * wire.FRAME_BYTES,
            decode_text=False,
            timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
            headers=names,
        ) as above:
            await below.prepare(request)
            line = _Line(below, above)
            ways = {asyncio.create_task(self.carry(line, way)): line.sink(way) for way in Way}
            try:
                done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    code = one.result() if one.exception() is None else aiohttp.WSCloseCode.GOING_AWAY
                    await ways[one].close(code=1001 if code == 1006 else code)
            finally:
                for one in ways:
                    one.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                if self._lines.get(line.who) is line:
                    del self._lines[line.who]
        return below


async def _pass_http(request: web.Request, upstream: str, http: aiohttp.ClientSession) -> web.Response:
    headers = {name: text for name, text in request.headers.items() if name.lower() not in _HOP_BY_HOP}
    headers["Accept-Encoding"] = "identity"
    body = await request.read()
    async with http.request(
        request.method, upstream + request.path_qs, headers=headers, data=body or None, allow_redirects=False
    ) as answer:
        kept = [(name, text) for name, text in answer.headers.items() if name.lower() not in _HOP_BY_HOP]
        response = web.Response(status=answer.status, body=await answer.read())
        for name in {name for name, _ in kept}:
            response.headers.popall(name, None)
        for name, text in kept:
            response.headers.add(name, text)
        return response


@asynccontextmanager
async def running_middle() -> AsyncIterator[tuple[Middle, str]]:
    """A middle on a free port, and its origin. Its `upstream` must be set before anybody dials it."""
    middle = Middle()
    async with aiohttp.ClientSession() as http:

        async def serve(request: web.Request) -> web.StreamResponse:
            if request.path == "/v1/socket":
                return await middle.socket(request, http)
            return await _pass_http(request, middle.upstream, http)

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", serve)
        runner = web.AppRunner(application, shutdown_timeout=_CLOSE_SECONDS, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "localhost", 0)
        await site.start()
        try:
            yield middle, f"http://localhost:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


def digest(frame: bytes) -> bytes:
    """What a frame is known by."""
    return sha256(frame).digest()


def _frame(one: wire.Message | bytes) -> bytes:
    return one if isinstance(one, bytes) else encode(one)


def _read(way: Way, frame: bytes) -> wire.Message | None:
    try:
        return decode_client(frame) if way is Way.UP else decode_server(frame)
    except ProtocolError:
        return None


class _Claims(msgspec.Struct):
    sub: str


def _subject(token: str) -> str:
    """Whose token that is; nothing is verified here."""
    return msgspec.json.decode(from_base64url(token.split(".")[1]), type=_Claims).sub
