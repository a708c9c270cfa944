"""An endpoint's session: how it proves who it is, what it answers, and when it comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from client_sim.identity import Identity
from client_sim.origin import normal_origin
from client_sim.socket import LONGEST_PAUSE_SECONDS, Away, Socket
from signalling.protocol import Phase, Role
from signalling.protocol import messages as wire
from signalling.protocol.proof import from_base64url, hello_bytes
from tests.integration.client_sim.neighbourhood import until
from tests.integration.client_sim.told_server import NONCE, ToldServer, told_server


@dataclass
class Heard:
    """A listener that keeps everything."""

    calls: list[wire.NamedCall] = field(default_factory=list)
    sessions: int = 0
    losses: int = 0
    messages: list[wire.Message] = field(default_factory=list)
    away: Away | None = None

    def named_calls(self) -> list[wire.NamedCall]:
        return self.calls

    def ready(self, ready: wire.Ready) -> None:
        self.sessions += 1

    def received(self, message: wire.Message) -> None:
        self.messages.append(message)

    def disconnected(self) -> None:
        self.losses += 1

    def stays_away(self, why: Away) -> None:
        self.away = why


@dataclass
class Session:
    """A socket that runs against a told server."""

    server: ToldServer
    identity: Identity
    heard: Heard
    socket: Socket
    running: asyncio.Task[None]
    pauses: list[float]


PROOF_SECONDS = 0.2


@asynccontextmanager
async def proven(server: ToldServer) -> AsyncIterator[tuple[Socket, Heard]]:
    """A live session that is called dead only after 45 s of silence, unless it is in doubt."""
    heard = Heard()
    async with aiohttp.ClientSession() as http:
        socket = Socket(Identity(), origin=server.origin, http=http, listener=heard, proof_seconds=PROOF_SECONDS)
        running = asyncio.create_task(socket.run())
        await until(lambda: socket.is_live)
        yield socket, heard
        await socket.stop()
        await asyncio.wait([running])


@pytest.fixture
async def server() -> AsyncIterator[ToldServer]:
    async with told_server() as one:
        yield one


@pytest.fixture
async def session(server: ToldServer) -> AsyncIterator[Session]:
    identity, heard, pauses = Identity(), Heard(), list[float]()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    async with aiohttp.ClientSession() as http:
        socket = Socket(identity, origin=server.origin, http=http, listener=heard, sleep=sleep, silent_seconds=0.5)
        running = asyncio.create_task(socket.run())
        yield Session(server, identity, heard, socket, running, pauses)
        await socket.stop()
        running.cancel()
        await asyncio.wait([running])


async def test_a_hello_is_signed_for_this_coordinator_and_this_socket(session: Session) -> None:
    hello = await session.server.until_said("hello")
    key = Ed25519PublicKey.from_public_bytes(session.identity.public)
    signed = hello_bytes(
        origin=session.server.origin,
        endpoint=session.identity.endpoint,
        token_id="t1",
        nonce=NONCE,
        client_nonce=hello["client_nonce"],
    )
    key.verify(from_base64url(hello["proof"]), signed)


async def test_a_hello_names_the_calls_that_one_is_in(session: Session) -> None:
    session.heard.calls = [wire.NamedCall("c" * 22, "p" * 22, Role.CALLEE, Phase.ACCEPTED)]
    await session.server.until_sockets(1)
    await session.socket.drop()
    await session.server.until_sockets(2)
    hello = await session.server.until_said("hello")
    assert hello["calls"] == [{"call": "c" * 22, "peer": "p" * 22, "role": "callee", "phase": "accepted"}]


async def test_a_ping_is_answered(session: Session) -> None:
    await session.server.until_sockets(1)
    await session.server.tell({"t": "ping"})
    await session.server.until_said("pong")


async def test_a_socket_that_brings_nothing_is_made_again(session: Session) -> None:
    await session.server.until_sockets(2, seconds=3)
    assert session.heard.losses >= 1


async def test_a_socket_that_is_in_doubt_is_made_again_where_no_answer_comes(server: ToldServer) -> None:
    async with proven(server) as (socket, heard):
        socket.prove(wire.CallLost("c" * 22))
        await server.until_sockets(2, seconds=3)
        assert heard.losses == 1


async def test_a_socket_that_brings_anything_at_all_is_proven(server: ToldServer) -> None:
    async with proven(server) as (socket, heard):
        socket.prove(wire.CallLost("c" * 22))
        asked = await server.until_said("call.lost")
        await server.tell({"t": "ok", "ref": asked["id"]})
        await asyncio.sleep(2 * PROOF_SECONDS)
        assert heard.losses == 0
        socket.prove(wire.CallLost("c" * 22))
        await server.until_sockets(2, seconds=3)


async def test_a_lost_socket_is_made_again_with_the_token_that_still_lives(session: Session) -> None:
    await session.server.until_sockets(1)
    await session.server.sockets[0].close()
    await session.server.until_sockets(2)
    assert session.server.tokens_given == 1
    assert session.heard.losses == 1


async def test_a_token_that_is_about_to_die_is_renewed_on_the_live_socket(session: Session, server: ToldServer) -> None:
    server.token_seconds = 90
    await server.until_sockets(1)
    await server.tell({"t": "ping"})
    refreshed = await server.until_said("token.refresh")
    assert server.tokens_given == 2
    assert refreshed["token"]


async def test_goaway_is_followed_without_a_goodbye_and_one_comes_back(session: Session) -> None:
    await session.server.until_sockets(1)
    await session.server.tell({"t": "goaway", "reconnect_after_ms": 700})
    await session.server.until_sockets(2)
    assert 0.7 in session.pauses
    assert all(message["t"] != "bye" for message in session.server.said[0])


@pytest.mark.parametrize("code", [1013, 4007])
async def test_a_server_that_is_full_or_was_asked_too_much_is_left_alone_for_long(session: Session, code: int) -> None:
    await until(lambda: session.socket.is_live)
    await session.server.sockets[0].close(code=code)
    await session.server.until_sockets(2)
    assert session.pauses[0] >= LONGEST_PAUSE_SECONDS / 2
    await session.server.sockets[1].close(code=1011)
    await session.server.until_sockets(3)
    assert session.pauses[1] < 1


async def test_a_superseded_session_stays_away(session: Session) -> None:
    await session.server.until_sockets(1)
    await session.server.sockets[0].close(code=4003)
    await asyncio.wait_for(session.running, 3)
    assert session.heard.away is Away.SUPERSEDED
    assert len(session.server.sockets) == 1


async def test_turning_off_says_goodbye_before_the_socket_closes(session: Session) -> None:
    await until(lambda: session.socket.is_live)
    await session.socket.stop()
    await session.server.until_said("bye")
    await asyncio.wait_for(session.running, 3)
    assert len(session.server.sockets) == 1


async def test_answers_find_their_requests_and_a_lost_session_answers_none(session: Session) -> None:
    await until(lambda: session.socket.is_live)
    answers: list[wire.Message] = []
    assert session.socket.ask(wire.CallSync("c" * 22), answers.append)
    asked = await session.server.until_said("call.sync")
    await session.server.tell({"t": "error", "ref": asked["id"], "code": "unknown_call"})
    await session.server.tell({"t": "call.taken", "call": "c" * 22})
    await until(lambda: session.heard.messages)
    assert [type(answer) for answer in answers] == [wire.Error]
    session.socket.ask(wire.CallSync("d" * 22), answers.append)
    await session.socket.drop()
    await until(lambda: session.heard.sessions == 2)
    await session.server.tell({"t": "ok", "ref": "2"})
    await session.server.tell({"t": "ping"})
    await session.server.until_said("pong")
    assert len(answers) == 1


async def test_messages_of_a_later_version_are_ignored(session: Session) -> None:
    await session.server.until_sockets(1)
    await session.server.tell({"t": "something.new", "field": 1})
    await session.server.tell({"t": "ping", "unknown": True})
    await session.server.until_said("pong")
    assert len(session.server.sockets) == 1


async def test_an_unknown_endpoint_does_not_knock_for_ever(server: ToldServer) -> None:
    server.token_status = 401
    heard = Heard()
    async with aiohttp.ClientSession() as http:
        socket = Socket(Identity(), origin=server.origin, http=http, listener=heard)
        await asyncio.wait_for(socket.run(), 3)
    assert heard.away is Away.NOT_AUTHENTICATED


async def test_pauses_grow_while_nobody_answers_and_never_past_ten_seconds() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 40:
            raise asyncio.CancelledError
        await asyncio.sleep(0)

    async with aiohttp.ClientSession() as http:
        socket = Socket(Identity(), origin="http://127.0.0.1:9", http=http, listener=Heard(), sleep=sleep)
        with pytest.raises(asyncio.CancelledError):
            await socket.run()
    assert max(pauses[:2]) <= 1.0
    assert 1.0 < max(pauses) <= 10.0


@pytest.mark.parametrize(
    ("written", "signed"),
    [
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://Calls.Example:80/", "http://calls.example"),
        ("wss://calls.example:443", "https://calls.example"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_origin_is_signed_as_it_is_dialled(written: str, signed: str) -> None:
    assert normal_origin(written) == signed


@pytest.mark.parametrize("written", ["calls.example", "ftp://calls.example", "http://", "http://a/b", "http://a?b"])
def test_what_is_no_origin_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        normal_origin(written)
