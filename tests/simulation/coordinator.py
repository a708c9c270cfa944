"""The real hub over real local state, with a clock turned by hand, sockets of string, and a witness."""

import asyncio
from dataclasses import replace
from io import StringIO
from itertools import count

from signalling.access.identity import Identity
from signalling.observe.figures import Figures
from signalling.observe.log import Log
from signalling.protocol import messages as msg
from signalling.protocol.codec import decode_client, decode_server, encode
from signalling.protocol.errors import CloseCode
from signalling.service.hub import Hub
from signalling.service.refresh import Given, MintIce
from signalling.service.session import Session
from signalling.state.local import LocalCalls, local_state
from signalling.vocabulary import EndpointId
from tests.simulation.book import Book, WitnessedCalls
from tests.simulation.people import Family, identity_key


class HandClock:
    """`signalling.observe.clock.Clock`: time passes when the test says so."""

    def __init__(self) -> None:
        self.moment = 1_700_000_000.0

    def now(self) -> float:
        return self.moment


class Socket:
    """`signalling.service.connection.Connection`: keeps what was sent until it is read; a closed one hears nothing."""

    def __init__(self, endpoint: str, book: Book) -> None:
        self.unread: list[msg.Message] = []
        self.close_code: CloseCode | None = None
        self.is_open = True
        self._endpoint = endpoint
        self._book = book

    def send(self, frame: bytes) -> None:
        message = decode_server(frame)
        assert message is not None, "the server sent a type that the protocol doesn't have"
        if self.is_open:
            self.unread.append(message)
            self._book.sent(self._endpoint, message)

    def close(self, code: CloseCode) -> None:
        self.close_code = self.close_code or code
        self.is_open = False


MINTED_SECONDS = 120
_numbers = count()


async def minted_at_once(now: float) -> Given:
    """ICE servers as they come out of a pool."""
    name = f"{now:.0f}:tag{next(_numbers)}"
    server = msg.IceServer(urls=["turn:relay.example"], username=name, credential="credential")
    return Given([server], now + MINTED_SECONDS, (name,))


async def minted_a_moment_later(now: float) -> Given:
    """ICE servers that come when the loop has gone round: who asks for them must bear that the world moves."""
    await asyncio.sleep(0)
    return await minted_at_once(now)


def no_tokens(token: str) -> Identity:
    """Tokens are verified elsewhere."""
    raise AssertionError("nobody refreshes a token here")


class Coordinator:
    """One process. A restart is another one: it shares nothing with this but the clock."""

    def __init__(self, clock: HandClock, mint_ice: MintIce = minted_a_moment_later) -> None:
        self.clock = clock
        self.online: dict[str, Socket] = {}
        self.book = Book(lambda endpoint: endpoint in self.online)
        local = local_state()
        self._records = local.calls
        self.state = replace(local, calls=WitnessedCalls(local.calls, self.book))
        self.log = StringIO()
        self.family = Family()
        self.figures = Figures()
        self.ended_relays: list[str] = []
        self.hub = Hub(
            state=self.state,
            circle=self.family,
            clock=clock,
            mint_ice=mint_ice,
            end_relays=self.ended_relays.extend,
            tokens=no_tokens,
            figures=self.figures,
            log=Log(clock, stream=self.log),
        )

    async def open(self, endpoint: str, calls: list[msg.NamedCall]) -> tuple[Socket, Session]:
        """A socket whose hello was verified. Raises ProtocolError as the hub does."""
        socket = Socket(endpoint, self.book)
        identity = Identity(EndpointId(endpoint), "token", self.clock.now() + 1e6, identity_key(endpoint))
        hello = msg.Hello(token="t" * 20, proof="p" * 86, client_nonce="n" * 43, features=[], calls=calls)
        read = decode_client(encode(hello))
        assert isinstance(read, msg.Hello)
        before = self.online.get(endpoint)
        self.online[endpoint] = socket
        try:
            session = await self.hub.open(identity, read, socket)
        except BaseException:
            self._offline(endpoint, before)
            raise
        return socket, session

    async def lose(self, socket: Socket, session: Session, *, said_bye: bool = False) -> None:
        """The socket is gone, and the hub notices."""
        socket.is_open = False
        if self.online.get(session.endpoint) is socket:
            del self.online[session.endpoint]
        await self.hub.closed(session, said_bye=said_bye)

    async def hear(self, session: Session, message: msg.ClientMessage) -> None:
        """A message as it comes off the wire."""
        await self.hub.handle(session, decode_client(encode(message)))

    async def pass_time(self, seconds: float) -> None:
        """Turn the clock; whatever is due on the way happens at its moment."""
        until = self.clock.moment + seconds
        for _ in range(1000):
            due = [record.deadline for record in await self.state.calls.every()]
            upcoming = min((moment for moment in due if moment <= until), default=until)
            self.clock.moment = max(self.clock.moment, upcoming)
            await self.hub.tick()
            if upcoming >= until:
                return
        raise AssertionError("a deadline is due, and nobody fires it")

    def tombstone_names(self) -> set[bytes]:
        """The names under which tombstones are kept."""
        assert isinstance(self._records, LocalCalls)
        return set(self._records._tombstones)

    def tombstones(self) -> int:
        """How many are left."""
        return len(self.tombstone_names())

    def _offline(self, endpoint: str, before: Socket | None) -> None:
        del self.online[endpoint]
        if before is not None and before.is_open:
            self.online[endpoint] = before
