"""Tries the relays of each provider now and then, from where the coordinator stands, with packets as a call's.

A provider counts as dead when none of its relays carried a packet twice in a row, and as alive with the next one that
does. What was seen is told by provider and transport; no address is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from relay.cause import Cause
from relay.errors import ProviderError
from relay.events import Seen, Stumbled, Tell
from relay.failover import Failover
from relay.ice import IceServer, IceUrl, Transport
from relay.probe import ProbeResult, probe_servers
from relay.provider import Provider, ProviderName

PERIOD_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 5.0
"""A failure is looked at again so soon."""
FAILURES: Final = 2

Probe = Callable[[Sequence[IceServer]], Awaitable[Sequence[ProbeResult]]]


class Watch:
    """Looks at the relays of `failover`, which takes note of who is dead."""

    def __init__(
        self,
        failover: Failover,
        *,
        clock: Callable[[], float],
        tell: Tell,
        period_seconds: float = PERIOD_SECONDS,
        probe: Probe = probe_servers,
    ) -> None:
        self._failover = failover
        self._clock = clock
        self._tell = tell
        self._period_seconds = period_seconds
        self._probe = probe
        self._failures: dict[ProviderName, int] = {}

    async def look(self) -> bool:
        """Once at every provider. Whether all of them carry packets."""
        carried = [await self._look_at(provider) for provider in self._failover.providers]
        return all(carried)

    async def run(self) -> None:
        """Until cancelled. The first look is a period after the start."""
        pause = self._period_seconds
        while True:
            await asyncio.sleep(pause)
            try:
                is_well = await self.look()
            except Exception as problem:  # noqa: BLE001 - the root of a task
                self._tell(Stumbled(problem))
                is_well = True
            pause = self._period_seconds if is_well else min(AGAIN_SECONDS, self._period_seconds)

    async def _look_at(self, provider: Provider) -> bool:
        try:
            minted = await provider.ice_servers(now=self._clock())
        except ProviderError:
            return True  # who gives nothing is the pool's to tell of
        results = [
            (IceUrl.parse(result.url), result)
            for result in await self._probe([one for one in minted.servers if one.username is not None])
        ]
        relays = [(url, result) for url, result in results if url.is_turn]
        if not relays:
            return True
        for transport in Transport:
            self._tell_of(provider.name, transport, [result for url, result in relays if url.transport is transport])
        return self._judge(provider.name, [result for _, result in relays])

    def _tell_of(self, provider: ProviderName, transport: Transport, results: Sequence[ProbeResult]) -> None:
        if results:
            trips = [result.round_trip_ms for result in results if result.round_trip_ms is not None]
            self._tell(Seen(provider, transport, any(result.ok for result in results), min(trips, default=None)))

    def _judge(self, provider: ProviderName, results: Sequence[ProbeResult]) -> bool:
        if any(result.ok for result in results):
            self._failures[provider] = 0
            self._failover.judge(provider, None)
            return True
        self._failures[provider] = self._failures.get(provider, 0) + 1
        if self._failures[provider] >= FAILURES:
            self._failover.judge(provider, results[0].cause or Cause.TURN_UNREACHABLE)
        return False
