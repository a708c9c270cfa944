"""The schedule on which relays are tried: who is dead, who is back, and what is told of it."""

import asyncio
from collections.abc import Sequence

import pytest

from relay.cause import Cause
from relay.events import Duty, Fell, RelayEvent, Rose, Seen, Stumbled
from relay.failover import Failover, Standing
from relay.ice import IceServer, Transport
from relay.pool import Pool
from relay.probe import ProbeResult
from relay.provider import ProviderName
from relay.providers.coturn import CoturnProvider
from relay.providers.static import StaticProvider
from relay.watch import Watch
from tests.clock import ManualClock
from tests.providers import HandProvider, until

SECRET = "0123456789abcdef0123456789abcdef"
HOSTS = ["turn:coturn.example.org", "turn:coturn.example.org?transport=tcp", "stun:stun.example.org"]


class Ward:
    """Twilio and coturn, and the causes that a probe finds by host and transport (None: it works)."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.told: list[RelayEvent] = []
        self.causes: dict[str, Cause] = {}
        self.probed: list[str] = []
        self.relays = Failover(
            [HandProvider(), CoturnProvider(HOSTS, SECRET, bytes), StaticProvider()],
            clock=self.clock.now,
            tell=self.told.append,
        )
        self.watch = Watch(
            self.relays, clock=self.clock.now, tell=self.told.append, period_seconds=0.01, probe=self._probe
        )

    async def _probe(self, servers: Sequence[IceServer]) -> Sequence[ProbeResult]:
        urls = [url for server in servers for url in server.urls]
        self.probed += urls
        causes = [self.causes.get(url.partition(":")[2].partition(":")[0].partition("?")[0]) for url in urls]
        return [
            ProbeResult(url, ok=cause is None, round_trip_ms=None if cause else 7.0, cause=cause)
            for url, cause in zip(urls, causes, strict=True)
        ]

    async def fill(self) -> None:
        for provider in self.relays.providers:
            if isinstance(provider, Pool):
                await provider.refill()

    def changes(self) -> list[RelayEvent]:
        return [event for event in self.told if isinstance(event, Fell | Rose)]


@pytest.fixture
async def ward() -> Ward:
    one = Ward()
    await one.fill()
    return one


async def test_every_relay_is_tried_and_told_of_by_provider_and_transport(ward: Ward) -> None:
    assert await ward.watch.look()

    assert ward.told == [
        Seen(ProviderName.TWILIO, Transport.UDP, ok=True, round_trip_ms=7.0),
        Seen(ProviderName.COTURN, Transport.UDP, ok=True, round_trip_ms=7.0),
        Seen(ProviderName.COTURN, Transport.TCP, ok=True, round_trip_ms=7.0),
    ]
    assert "stun:stun.example.org:3478" not in ward.probed
    assert ward.relays.standing is Standing.UP


async def test_a_provider_is_dead_when_nothing_came_back_twice_and_alive_with_the_first_that_does(ward: Ward) -> None:
    ward.causes["twilio.example.org"] = Cause.RELAY_DEAD

    assert not await ward.watch.look()
    assert ward.changes() == []
    assert not await ward.watch.look()
    assert ward.changes() == [Fell(ProviderName.TWILIO, Duty.RELAYING, Cause.RELAY_DEAD)]
    assert ward.relays.standing is Standing.RESERVE

    ward.causes.clear()
    assert await ward.watch.look()
    assert ward.changes()[1:] == [Rose(ProviderName.TWILIO, Duty.RELAYING)]


async def test_nobody_who_carries_is_told_in_one_word() -> None:
    ward = Ward()
    ward.relays = Failover([CoturnProvider(HOSTS, SECRET, bytes)], clock=ward.clock.now, tell=ward.told.append)
    ward.causes["coturn.example.org"] = Cause.TURN_UNREACHABLE
    watch = Watch(ward.relays, clock=ward.clock.now, tell=ward.told.append, probe=ward._probe)

    for _ in range(2):
        await watch.look()

    assert ward.relays.standing is Standing.DOWN


async def test_one_failure_between_two_successes_is_nobodys_alarm(ward: Ward) -> None:
    for causes in ({"twilio.example.org": Cause.RELAY_DEAD}, {}, {"twilio.example.org": Cause.RELAY_DEAD}, {}):
        ward.causes = causes
        await ward.watch.look()

    assert ward.changes() == []


async def test_an_empty_pool_is_the_pools_to_tell_of() -> None:
    ward = Ward()

    assert await ward.watch.look()
    assert {event.provider for event in ward.told if isinstance(event, Seen)} == {ProviderName.COTURN}


async def test_it_looks_by_itself_and_a_fault_of_ours_does_not_end_it(ward: Ward) -> None:
    async def fails(_: Sequence[IceServer]) -> Sequence[ProbeResult]:
        raise KeyError("ours")

    ward.watch._probe = fails
    running = asyncio.create_task(ward.watch.run())
    await until(lambda: any(isinstance(event, Stumbled) for event in ward.told))
    ward.watch._probe = ward._probe
    await until(lambda: any(isinstance(event, Seen) for event in ward.told))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
