"""Which relay works from this endpoint's network: tried once, remembered from call to call, tried anew after a loss.

Where none does, it is found out why.
The coordinator offers the set; the endpoint orders it, as aiortc takes the first relay alone. It must never keep a call
waiting for a relay that is dead, nor remember anything but a URL.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final
from urllib.request import getproxies

from relay.ice import IceServer, IceUrl, RelayError, Transport, ordered, preferring
from relay.probe import best_carrying, probe_servers
from signalling.protocol import messages as wire

PATIENCE_SECONDS: Final = 1.5
"""A connection is made without knowing after this: a direct path may work where no relay does."""

EXPLAIN_SECONDS: Final = 2.0
"""For each step of asking why; with the first look and the questions to the network, within ten seconds."""

FRESH_SECONDS: Final = 15.0
"""A cause holds for one call, not for the next: somebody may have signed in at the portal meanwhile."""

Try = Callable[[Sequence[IceServer]], Awaitable[IceUrl | None]]
Explain = Callable[[Sequence[IceServer]], Awaitable[str | None]]


def named_cause(relays: Mapping[str, str | None]) -> str | None:
    """Why no relay could help: the causes of those that were tried, or None if one works."""
    causes = [cause for url, cause in relays.items() if not url.startswith("stun:")]
    named = [cause for cause in causes if cause is not None]
    return ", ".join(dict.fromkeys(named)) if named and len(named) == len(causes) else None


async def explained(servers: Sequence[IceServer]) -> str | None:
    """Why none of these relays carries, in the words of `relay.cause`; None where one does."""
    tried = await probe_servers(servers, timeout_seconds=EXPLAIN_SECONDS, proxy=getproxies().get("https"))
    return named_cause({one.url: None if one.ok else one.cause for one in tried})


class Paths:
    """What is known of the network that this process is in."""

    def __init__(
        self,
        find: Try = best_carrying,
        *,
        explain: Explain = explained,
        patience_seconds: float = PATIENCE_SECONDS,
        fresh_seconds: float = FRESH_SECONDS,
    ) -> None:
        self._find = find
        self._explain = explain
        self._patience_seconds = patience_seconds
        self._best: IceUrl | None = None
        self._fresh_seconds = fresh_seconds
        self._cause: str | None = None
        self._cause_at = 0.0
        self._finding: asyncio.Task[None] | None = None
        self._explaining: asyncio.Task[None] | None = None

    async def ordered(self, offered: Sequence[wire.IceServer]) -> tuple[IceServer, ...]:
        """The servers that were offered, the one that works from here first."""
        servers = readable(offered)
        urls = _relays(servers)
        if len(urls) < 2:
            return ordered(servers)
        if self._best not in urls:
            self.look(servers)
            if self._finding is not None:
                await asyncio.wait([self._finding], timeout=self._patience_seconds)
        if self._best is None:
            return ordered(servers)
        if self._best.transport is not Transport.UDP:
            # UDP did not get through, so no STUN server will answer: aiortc would wait a second for it in vain.
            servers = [one for one in servers if any(url.is_turn for url in one.parsed())]
        return preferring(servers, self._best)

    def prepare(self, offered: Sequence[wire.IceServer]) -> None:
        """These will be asked for soon: look now, if nothing is known that would do."""
        servers = readable(offered)
        urls = _relays(servers)
        if len(urls) > 1 and self._best not in urls and not self._knows_why():
            self.look(servers)

    def lost(self, offered: Sequence[wire.IceServer]) -> None:
        """A path was lost: what was known is doubtful, and what works now is looked for at once."""
        self._best = None
        self.look(readable(offered))

    def look(self, servers: Sequence[IceServer]) -> None:
        """Begin to find out what works, unless that is under way, or why nothing did."""
        if self._finding is None and self._explaining is None:
            self._finding = asyncio.create_task(self._look(servers), name="paths")

    def expects_one(self, offered: Sequence[wire.IceServer]) -> bool:
        """Whether one of these relays is known to be there; that it gives an allocation is not said by that."""
        return self._best in _relays(readable(offered))

    async def why_not(self, offered: Sequence[wire.IceServer]) -> str | None:
        """Why no relay that was offered carries from here; None where one does, or none was offered.

        It is what the last look found, or each is asked for it. Over UDP a relay is known by its answer to a STUN
        binding, which wants no credential: whether it carries is tried now.
        """
        servers = readable(offered)
        urls = _relays(servers)
        if not urls:
            return None
        if self._finding is not None:
            await asyncio.wait([self._finding])
        known = self._best if self._best in urls else None
        if known is not None and known.transport is not Transport.UDP:
            return None
        if known is not None or not self._knows_why():
            self._ask(servers)
        if self._explaining is not None:
            await asyncio.wait([self._explaining])
        return self._cause

    async def close(self) -> None:
        """Look no more."""
        for task in (self._finding, self._explaining):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def _knows_why(self) -> bool:
        age = asyncio.get_running_loop().time() - self._cause_at
        return self._cause is not None and age < self._fresh_seconds

    async def _look(self, servers: Sequence[IceServer]) -> None:
        self._cause = None
        try:
            self._best = await self._find(servers)
        finally:
            self._finding = None
        if self._best is None and _relays(servers):
            self._ask(servers)

    def _ask(self, servers: Sequence[IceServer]) -> None:
        if self._finding is None and self._explaining is None:
            self._explaining = asyncio.create_task(self._ask_why(servers), name="why no path")

    async def _ask_why(self, servers: Sequence[IceServer]) -> None:
        try:
            self._cause = await self._explain(servers)
            self._cause_at = asyncio.get_running_loop().time()
        finally:
            self._explaining = None


def _relays(servers: Sequence[IceServer]) -> set[IceUrl]:
    return {url for server in servers for url in server.parsed() if url.is_turn}


def readable(offered: Sequence[wire.IceServer]) -> list[IceServer]:
    """Those of the servers offered that hold to the rules."""
    servers = []
    for one in offered:
        try:
            servers.append(IceServer(tuple(one.urls), one.username, one.credential))
        except RelayError:
            continue
    return servers
