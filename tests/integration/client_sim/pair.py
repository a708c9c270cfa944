"""Two real peers on 127.0.0.1 whose descriptions go straight from one to the other: no coordinator, no boxes."""

import asyncio
from collections.abc import Callable

from client_sim.actions import (
    Broken,
    ClosePeer,
    Connected,
    Described,
    FirstFrame,
    Gathered,
    HeardBye,
    IceDone,
    MakePeer,
    NoWay,
    Overheard,
    PeerEvent,
    Silent,
    Speaks,
    StartMedia,
    TakeCandidates,
    TakeDescription,
    Unverified,
)
from client_sim.certificates import Certificates
from client_sim.ends import Cards, LiveEnds
from client_sim.paths import Paths
from client_sim.peer import Peer
from signalling.protocol import EndReason, Media, Role
from signalling.protocol.messages import IceServer

Twist = Callable[[PeerEvent], PeerEvent]


class Pair:
    """A caller's peer and a callee's, connected by hand."""

    def __init__(
        self,
        media: Media = Media.VIDEO,
        *,
        always_relay: bool = False,
        ice_servers: tuple[IceServer, ...] = (),
        twist: Twist = lambda event: event,
    ) -> None:
        certificates = Certificates()
        self.ice_servers = ice_servers
        self.twist = twist
        self.events: dict[Role, list[PeerEvent]] = {Role.CALLER: [], Role.CALLEE: []}
        self._news = asyncio.Event()
        self.peers: dict[Role, Peer] = {}
        for role in Role:
            cards = Cards(role.value, width=320, height=240)
            ends = LiveEnds(lambda role=role: self._tell(role, FirstFrame(0)), cards)  # type: ignore[misc]
            self.peers[role] = Peer(
                media,
                role,
                ends=ends,
                certificates=certificates,
                tell=lambda event, role=role: self._tell(role, event),  # type: ignore[misc]
                paths=Paths(),
                always_relay=always_relay,
            )

    def connect(self, generation: int = 0) -> None:
        """The caller offers."""
        self.peers[Role.CALLER].do(MakePeer(generation, self.ice_servers, offers=True))

    def accept(self) -> None:
        """Media may start at both ends."""
        for peer in self.peers.values():
            peer.do(StartMedia())

    def stop(self, role: Role, reason: EndReason | None) -> None:
        """One end stops."""
        self.peers[role].do(ClosePeer(reason))

    async def until(self, role: Role, kind: type[PeerEvent], *, seconds: float = 10.0) -> PeerEvent:
        """The first event of that kind at that end."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.events[role]:
                    if isinstance(event, kind):
                        return event
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        """Let go of both."""
        for peer in self.peers.values():
            peer.do(ClosePeer())
            await peer.closed()

    def _tell(self, role: Role, event: PeerEvent) -> None:
        self.events[role].append(event)
        self._news.set()
        other = self.peers[role.other]
        match self.twist(event):
            case Described(generation, sdp, is_answer):
                if not is_answer:
                    other.do(MakePeer(generation, self.ice_servers, offers=False))
                other.do(TakeDescription(generation, sdp, is_answer))
            case Gathered(generation, candidates):
                other.do(TakeCandidates(generation, candidates))
                other.do(TakeCandidates(generation, ()))
            case (
                Connected()
                | Unverified()
                | Silent()
                | Broken()
                | HeardBye()
                | IceDone()
                | Overheard()
                | Speaks()
                | FirstFrame()
            ):
                pass
            case NoWay():
                pass
