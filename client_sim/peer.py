"""The hands of a negotiation: performs its actions on connections in turn, and stops at once when told to."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError

from client_sim.actions import (
    Broken,
    ClosePeer,
    MakePeer,
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
    """One call's connections at this end: at most one live, older ones closing."""

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
        self._queue: asyncio.Queue[PeerAction | None] = asyncio.Queue()
        self._working: asyncio.Task[None] | None = None
        self._closings: set[asyncio.Task[None]] = set()
        self._accepted = False
        self._shut = False
        self._stopped = False

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
        if self._connection is not None:
            self._connection.close_gate()

    def reopen(self) -> None:
        """Send and play again, if the call was accepted."""
        self._shut = False
        self._let_through()

    def say(self, channel: Channel, word: Word) -> bool:
        """Say something on a channel of the present connection; False where it can't be said now."""
        return self._connection is not None and self._connection.say(channel, word)

    async def closed(self) -> None:
        """Return when every connection is closed and nothing runs any more."""
        self._stop(None)
        if self._working is not None:
            await asyncio.wait([self._working])
        await self.ends.close()
        if self._closings:
            await asyncio.wait(self._closings)

    def _tell(self, event: PeerEvent) -> None:
        """A loss sends us looking for what works now, while the rules still wait."""
        if isinstance(event, Silent | Broken) and not self._stopped:
            self._paths.lost(self._offered)
        self._told(event)

    def _stop(self, reason: EndReason | None) -> None:
        """What is under way ends by itself, soon: aiortc leaves sockets behind where gathering is cut off."""
        self._stopped = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)
        self._retire(reason)

    def _retire(self, reason: EndReason | None = None) -> None:
        old, self._connection = self._connection, None
        if old is not None:
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
                self._accepted = True
                self._let_through()
            case ClosePeer():
                pass

    async def _make(self, action: MakePeer) -> None:
        self._retire()
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

    def _let_through(self) -> None:
        if self._accepted and not self._shut and self._connection is not None:
            self._connection.open()

    def _of(self, generation: int) -> Connection | None:
        connection = self._connection
        return connection if connection is not None and connection.generation == generation else None
