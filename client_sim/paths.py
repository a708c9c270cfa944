"""Which relay works from this endpoint's network: tried once, remembered from call to call, tried anew after a loss.

The coordinator offers the set; the endpoint orders it, as aiortc takes the first relay alone. It must never keep a call
waiting for a relay that is dead, nor remember anything but a URL.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from relay.ice import IceServer, IceUrl, RelayError, Transport, ordered, preferring
from relay.probe import best_carrying
from signalling.protocol import messages as wire

Try = Callable[[Sequence[IceServer]], Awaitable[IceUrl | None]]


class Paths:
    """What is known of the network that this process is in."""

    def __init__(self, find: Try = best_carrying) -> None:
        self._find = find
        self._best: IceUrl | None = None
        self._finding: asyncio.Task[None] | None = None

    async def ordered(self, offered: Sequence[wire.IceServer]) -> tuple[IceServer, ...]:
        """The servers that were offered, the one that works from here first."""
        servers = readable(offered)
        urls = {url for server in servers for url in server.parsed() if url.is_turn}
        if len(urls) < 2:
            return ordered(servers)
        if self._best not in urls:
            self.look(servers)
            if self._finding is not None:
                await asyncio.wait([self._finding])
        if self._best is None:
            return ordered(servers)
        if self._best.transport is not Transport.UDP:
            # UDP did not get through, so no STUN server will answer: aiortc would wait a second for it in vain.
            servers = [one for one in servers if any(url.is_turn for url in one.parsed())]
        return preferring(servers, self._best)

    def lost(self, offered: Sequence[wire.IceServer]) -> None:
        """A path was lost: what was known is doubtful, and what works now is looked for at once."""
        self._best = None
        self.look(readable(offered))

    def look(self, servers: Sequence[IceServer]) -> None:
        """Begin to find out what works, unless that is under way."""
        if self._finding is None:
            self._finding = asyncio.create_task(self._look(servers), name="paths")

    async def close(self) -> None:
        """Look no more."""
        if self._finding is not None:
            self._finding.cancel()
            await asyncio.gather(self._finding, return_exceptions=True)

    async def _look(self, servers: Sequence[IceServer]) -> None:
        try:
            self._best = await self._find(servers)
        finally:
            self._finding = None


def readable(offered: Sequence[wire.IceServer]) -> list[IceServer]:
    """Those of the servers offered that hold to the rules."""
    servers = []
    for one in offered:
        try:
            servers.append(IceServer(tuple(one.urls), one.username, one.credential))
        except RelayError:
            continue
    return servers
