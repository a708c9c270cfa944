"""The hands of a negotiation: performs its actions on connections in turn, and stops at once when told to."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final

from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError

from client_sim.actions import (
    Broken,
    ClosePeer,
    Connected,
    Gathered,
    MakePeer,
    NoWay,
    PeerAction,
    PeerEvent,
    Silent,
    StartMedia,
    TakeCandidates,
    TakeDescription,
)
from client_sim.certificates import Certificates
from client_sim.connection import Connection
from client_sim.control.words import Channel, Word
from client_sim.ends import Ends
from client_sim.paths import Paths
from signalling.protocol import EndReason, Media, Role
from signalling.protocol.messages import IceServer

OVERLAP_SECONDS: Final = 0.5
"""How long the old connection still carries beside the new: the other end is connected a round trip later, at most."""

DOUBT_SECONDS: Final = 1.5
"""From the accept: where a relay is there a path is found by then, or there is something to ask."""

WHY_SECONDS: Final = 5.0
"""So long a call that has no candidate at all goes on, to be told why: it ends before a Komp would have answered."""

_BROKEN_BY_WHAT_CAME: Final = (
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    InvalidAccessError,
    InvalidStateError,
    OperationError,
    ConnectionError,
)
"""What aiortc raises for a description or candidate that it can't use; it has no one class for it."""


class Peer:
    """One call's connections at this end: one present, one before it that carries until then, older ones closing."""

    def __init__(
        self,
        media: Media,
        role: Role,
        *,
        ends: Ends,
        certificates: Certificates,
        tell: Callable[[PeerEvent], None],
        paths: Paths,
        always_relay: bool = False,
    ) -> None:
        self._media = media
        self._role = role
        self.ends = ends
        self._certificates = certificates
        self._told = tell
        self._paths = paths
        self._offered: Sequence[IceServer] = ()
        self._always_relay = always_relay
        self._connection: Connection | None = None
        self._before: Connection | None = None
        """What the present connection replaces: it carries what it can until that is connected."""
        self._gone = (0, 0)
        """Bytes that closed connections received and sent."""
        self._asking: asyncio.Task[None] | None = None
        self._queue: asyncio.Queue[PeerAction | None] = asyncio.Queue()
        self._working: asyncio.Task[None] | None = None
        self._closings: set[asyncio.Task[None]] = set()
        self._accepted = False
        self._shut = False
        self._stopped = False

    def prepare(self, ice_servers: Sequence[IceServer]) -> None:
        """These came with the ring or the invite's answer: find out what works while the handshake is under way."""
        if not self._stopped:
            self._offered = self._offered or ice_servers
            self._paths.prepare(ice_servers)

    def do(self, action: PeerAction) -> None:
        """Perform it after those before it; closing overtakes everything."""
        if isinstance(action, ClosePeer):
            self._stop(action.reason)
        if self._stopped:
            return
        self._queue.put_nowait(action)
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="peer")

    def shut(self) -> None:
        """Send and play nothing for now, on this connection or one that takes its place."""
        self._shut = True
        for connection in self._connections:
            connection.close_gate()

    def reopen(self) -> None:
        """Send and play again, if the call was accepted."""
        self._shut = False
        self._let_through()

    def say(self, channel: Channel, word: Word) -> bool:
        """Say something on a channel of the present connection; False where it can't be said now."""
        return self._connection is not None and self._connection.say(channel, word)

    @property
    def generation(self) -> int:
        """Of the present connection; -1 where there is none."""
        return self._connection.generation if self._connection is not None else -1

    @property
    def carried(self) -> tuple[int, int]:
        """Bytes that all connections of this call received and sent until now."""
        counts = [self._gone, *(one.carried for one in self._connections)]
        return sum(received for received, _ in counts), sum(sent for _, sent in counts)

    async def closed(self) -> None:
        """Return when every connection is closed and nothing runs any more."""
        self._stop(None)
        if self._asking is not None:
            await asyncio.wait([self._asking])
        if self._working is not None:
            await asyncio.wait([self._working])
        await self.ends.close()
        if self._closings:
            await asyncio.wait(self._closings)

    def _tell(self, event: PeerEvent) -> None:
        """A loss sends us looking for what works now, while the rules still wait."""
        present = self._connection.generation if self._connection is not None else None
        if isinstance(event, Silent | Broken) and event.generation == present and not self._stopped:
            self._paths.lost(self._offered)
        if isinstance(event, Connected) and event.generation == present and self._before is not None:
            asyncio.get_running_loop().call_later(OVERLAP_SECONDS, self._replaced, self._before)
        if isinstance(event, Gathered) and not event.candidates and not self._stopped and self._asking is None:
            self._asking = asyncio.create_task(self._why_nothing(event), name="no candidates")
            return
        self._told(event)

    def _stop(self, reason: EndReason | None) -> None:
        """What is under way ends by itself, soon: aiortc leaves sockets behind where gathering is cut off."""
        self._stopped = True
        self.ends.halt()
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)
        if self._asking is not None:
            self._asking.cancel()
        connections = self._connections
        self._connection = self._before = None
        for connection in connections:
            self._let_go(connection, reason)

    @property
    def _connections(self) -> tuple[Connection, ...]:
        return tuple(one for one in (self._connection, self._before) if one is not None)

    def _put_aside(self, *, keeps: bool) -> None:
        """Make room for another: what still carries does so until that is connected, the rest is closed."""
        connections = self._connections
        kept = next((one for one in connections if one.carries), None) if keeps else None
        self._connection, self._before = None, kept
        for connection in connections:
            if connection is not kept:
                self._let_go(connection)

    def _replaced(self, before: Connection) -> None:
        if self._before is before:
            self._before = None
            self._let_go(before)

    def _let_go(self, old: Connection, reason: EndReason | None = None) -> None:
        received, sent = old.carried
        self._gone = self._gone[0] + received, self._gone[1] + sent
        old.retire()
        closing = asyncio.create_task(old.close(reason), name="closing")
        self._closings.add(closing)
        closing.add_done_callback(self._closings.discard)

    async def _work(self) -> None:
        while (action := await self._queue.get()) is not None:
            try:
                await self._perform(action)
            except _BROKEN_BY_WHAT_CAME:
                if self._connection is not None:
                    self._tell(Broken(self._connection.generation))

    async def _perform(self, action: PeerAction) -> None:
        match action:
            case MakePeer():
                await self._make(action)
            case TakeDescription(generation, sdp, is_answer):
                connection = self._of(generation)
                if connection is not None:
                    await (connection.take_answer(sdp) if is_answer else connection.take_offer(sdp))
            case TakeCandidates(generation, candidates):
                connection = self._of(generation)
                if connection is not None:
                    await connection.take_candidates(candidates)
            case StartMedia():
                if not self._accepted and self._asking is None:
                    self._asking = asyncio.create_task(self._ask_why_not(), name="no way")
                self._accepted = True
                self._let_through()
            case ClosePeer():
                pass

    async def _make(self, action: MakePeer) -> None:
        self._put_aside(keeps=action.keeps)
        self._offered = action.ice_servers
        servers = await self._paths.ordered(action.ice_servers)
        if self._stopped:
            return
        self._connection = Connection(
            action.generation,
            media=self._media,
            role=self._role,
            ice_servers=servers,
            certificate=self._certificates.take(),
            ends=self.ends,
            tell=self._tell,
            always_relay=self._always_relay,
        )
        self._let_through()
        if action.offers:
            await self._connection.offer()

    async def _ask_why_not(self) -> None:
        """From the accept on a path is needed: tell as soon as it is known that no relay gives one."""
        if not self._carries and self._paths.expects_one(self._offered):
            await asyncio.sleep(DOUBT_SECONDS)
        if not self._carries:
            self._tell_why(await self._paths.why_not(self._offered))

    async def _why_nothing(self, gathered: Gathered) -> None:
        """This end has no address to tell of, which ends the call: first the reason, if it can be had soon."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WHY_SECONDS):
                self._tell_why(await self._paths.why_not(self._offered))
        if not self._stopped:
            self._told(gathered)

    def _tell_why(self, cause: str | None) -> None:
        if cause is not None and not self._stopped:
            self._told(NoWay(cause))

    @property
    def _carries(self) -> bool:
        return self._connection is not None and self._connection.carries

    def _let_through(self) -> None:
        if self._accepted and not self._shut:
            for connection in self._connections:
                connection.open()

    def _of(self, generation: int) -> Connection | None:
        connection = self._connection
        return connection if connection is not None and connection.generation == generation else None
