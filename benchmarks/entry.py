"""How endpoints come in: at the coordinator with a signed token request and a signed hello, at a relay with a name."""

import asyncio
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from benchmarks.faults import LoadError
from benchmarks.line import Line, dial
from benchmarks.people import Person
from signalling.protocol.codec import encode
from signalling.protocol.messages import Hello
from signalling.protocol.proof import base64url
from signalling.vocabulary import PROTOCOL

AT_ONCE = 64
"""Endpoints that come in side by side."""
_ANSWER_SECONDS = 30
T = TypeVar("T")
R = TypeVar("R")
_PING = b'{"t":"ping"}'
_PONG = b'{"t":"pong"}'


@dataclass(frozen=True, slots=True, repr=False)
class Ticket:
    """A token, and its `jti`, which the hello signs."""

    token: str
    token_id: str


class _Nonce(msgspec.Struct):
    nonce: str


class _Token(msgspec.Struct):
    token: str


class _Claims(msgspec.Struct):
    jti: str


async def fetch_ticket(person: Person, port: int) -> Ticket:
    """A token of the coordinator for this endpoint, as a client fetches one. Raises LoadError."""
    line = await dial(person.address, port)
    nonce = msgspec.json.decode(await _post(line, port, "/v1/nonce", b"{}"), type=_Nonce).nonce
    asked = {
        "endpoint": person.endpoint,
        "nonce": nonce,
        "signature": person.identity.sign_token_request(origin=_origin(port), nonce=nonce),
    }
    answer = await _post(line, port, "/v1/token", msgspec.json.encode(asked))
    line.close()
    token = msgspec.json.decode(answer, type=_Token).token
    claims = token.split(".")[1]
    padded = urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
    return Ticket(token, msgspec.json.decode(padded, type=_Claims).jti)


async def say_hello(person: Person, ticket: Ticket, port: int) -> Line:
    """A live session at the coordinator. Raises LoadError."""
    line = await dial(person.address, port)
    welcome = _hears(line)
    await line.upgrade("/v1/socket", f"localhost:{port}", protocol=PROTOCOL)
    nonce = msgspec.json.decode(await _soon(welcome), type=_Nonce).nonce
    client_nonce = base64url(secrets.token_bytes(32))
    proof = person.identity.sign_hello(
        origin=_origin(port), token_id=ticket.token_id, nonce=nonce, client_nonce=client_nonce
    )
    ready = _hears(line)
    line.say(encode(Hello(ticket.token, proof, client_nonce, [], [])))
    if not (await _soon(ready)).startswith(b'{"t":"ready"'):
        raise LoadError("the coordinator refused a hello")
    return line


async def take_name(person: Person, port: int) -> Line:
    """A named socket at a bare relay. Raises LoadError."""
    line = await dial(person.address, port)
    ready = _hears(line)
    await line.upgrade("/relay", f"localhost:{port}")
    line.say(msgspec.json.encode({"name": person.endpoint}))
    await _soon(ready)
    return line


async def each(things: Iterable[T], work: Callable[[T], Awaitable[R]]) -> list[R]:
    """`work` done for all of them, so many at once; the results in their order."""
    waiting = iter(list(enumerate(things)))
    results: dict[int, R] = {}

    async def take_turns() -> None:
        for number, thing in waiting:
            results[number] = await work(thing)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(take_turns())
    return [results[number] for number in sorted(results)]


def _origin(port: int) -> str:
    return f"http://localhost:{port}"


async def _post(line: Line, port: int, path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    status, answer = await line.request(head.encode() + body)
    if status != 200:
        raise LoadError(f"the server answered a token request with status {status}")
    return answer


def _hears(line: Line) -> asyncio.Future[bytes]:
    """The next frame on this line that is no ping; pings are answered, then and afterwards."""
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def take(frame: bytes) -> None:
        if frame == _PING:
            line.say(_PONG)
        elif not heard.done():
            heard.set_result(frame)

    line.listener = take
    return heard


async def _soon(frame: asyncio.Future[bytes]) -> bytes:
    async with asyncio.timeout(_ANSWER_SECONDS):
        return await frame
