"""The relays of one coordinator: providers from its settings, their events as log lines and figures without names.

The hub asks here for ICE servers and never learns where they come from; the relay learns nothing of calls.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from relay.errors import RelayError
from relay.events import (
    BudgetNear,
    BudgetSpent,
    Duty,
    Fell,
    NobodyLeft,
    RelayEvent,
    Rose,
    Seen,
    SomebodyBack,
    Stumbled,
)
from relay.failover import Failover, Standing
from relay.ice import IceUrl
from relay.provider import Minted, Provider, ProviderName
from relay.providers import RelaySettings, TwilioSettings, from_settings
from relay.region import Region, Resolve, resolve_by_system
from relay.usage import GIGABYTE, Budget
from relay.watch import Watch
from signalling.observe.clock import Clock
from signalling.observe.events import Event
from signalling.observe.figures import Figures
from signalling.observe.log import Log
from signalling.observe.log import Place as FaultPlace
from signalling.privacy.receipts import Relay
from signalling.protocol.messages import IceServer
from signalling.service.receipts import Remains
from signalling.service.refresh import Given
from signalling.settings import Settings


class Place(StrEnum):
    """Where relays stand: Twilio's regions, or wherever the operator has them."""

    IE1 = Region.IE1
    DE1 = Region.DE1
    GLOBAL = Region.GLOBAL
    OWN = "own"


class Relays:
    """Started once, stopped once. `on_fall` is called when a provider's relays stop carrying packets."""

    def __init__(self, settings: Settings, *, clock: Clock, log: Log, figures: Figures) -> None:
        self._clock = clock
        self._log = log
        self._figures = figures
        self._failover = Failover(
            providers(settings), clock=clock.now, tell=self._hear, pool_size=settings.relay_pool_size
        )
        self._watch = Watch(
            self._failover, clock=clock.now, tell=self._hear, period_seconds=settings.relay_probe_seconds
        )
        self._twilio_place = Place(settings.twilio_region)
        self._budget = Budget(settings.relay_budget_gigabytes * GIGABYTE, tell=self._hear, clock=clock.now)
        self._is_watching = settings.relay_probe_seconds > 0
        self._tasks: list[asyncio.Task[None]] = []
        self._ending: set[asyncio.Task[None]] = set()
        self.on_fall: Callable[[], None] = lambda: None
        for provider in self._failover.providers:
            for duty in Duty:
                figures.relay_up(provider.name, duty, is_up=True)

    async def start(self) -> None:
        """Look at the providers and begin to fetch ahead. Raises ValueError with the rule that does not hold."""
        try:
            await self._failover.start()
        except RelayError as problem:
            rule = str(problem)
        else:
            if self._is_watching:
                self._tasks = [asyncio.create_task(self._watch.run(), name="watch over relays")]
            return
        raise ValueError(rule)

    @property
    def standing(self) -> Standing:
        """How it stands with the relays, in one word."""
        return self._failover.standing

    async def stop(self) -> None:
        """Fetch no more, and forget what was fetched."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*self._ending, return_exceptions=True)
        await self._failover.close()

    async def mint(self, now: float) -> Given:
        """ICE servers for one endpoint and one call, at once."""
        minted = await self._failover.ice_servers(now=now)
        return Given(
            ice_servers=[
                IceServer(urls=list(server.urls), username=server.username, credential=server.credential)
                for server in minted.servers
            ],
            expires_at=minted.expires_at,
            names=_names(minted) if self._failover.ends_allocations else (),
        )

    def end(self, names: Sequence[str]) -> None:
        """Delete what is still open under these names, in a task of its own."""
        if not names:
            return
        task = asyncio.create_task(self._end(names), name="ending relays")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def count(self, transport: str, seconds: float, carried_bytes: float) -> None:
        """An end was relayed so long and moved so much: by the provider that is offered first, as far as is known."""
        provider = self._failover.first
        place = self._twilio_place if provider is ProviderName.TWILIO else Place.OWN
        self._figures.relayed(provider, place, transport, seconds, carried_bytes)
        self._budget.add(carried_bytes)
        self._figures.relay_budget(self._budget.used)

    async def _end(self, names: Sequence[str]) -> None:
        began = self._clock.now()
        is_done = await self._failover.end(names)
        self._figures.relay_ended(self._clock.now() - began, is_done=is_done)
        if not is_done:
            self._log.write(Event.RELAY_NOT_ENDED)

    def _hear(self, event: RelayEvent) -> None:
        match event:
            case Fell(provider, duty, cause):
                self._figures.relay_up(provider, duty, is_up=False)
                self._log.write(Event.RELAY_FELL, provider=provider, duty=duty, cause=cause)
                if duty is Duty.RELAYING:
                    self.on_fall()
            case Rose(provider, duty):
                self._figures.relay_up(provider, duty, is_up=True)
                self._log.write(Event.RELAY_ROSE, provider=provider, duty=duty)
            case NobodyLeft():
                self._log.write(Event.RELAY_NONE_LEFT)
            case SomebodyBack():
                self._log.write(Event.RELAY_BACK)
            case Seen(provider, transport, ok, round_trip_ms):
                self._figures.relay_seen(provider, transport, is_up=ok, round_trip_ms=round_trip_ms)
            case BudgetNear():
                self._log.write(Event.RELAY_BUDGET_NEAR)
            case BudgetSpent():
                self._log.write(Event.RELAY_BUDGET_SPENT)
            case Stumbled(problem):
                self._log.write(Event.TASK_FAILED, place=FaultPlace(problem))
            case _:
                assert_never(event)


def providers(settings: Settings, *, resolve: Resolve = resolve_by_system) -> tuple[Provider, ...]:
    """Where ICE servers come from, the first to be asked first. Raises OSError or ValueError."""
    try:
        return _providers(settings, resolve)
    except RelayError as problem:
        rule = str(problem)
    raise ValueError(rule)


def _providers(settings: Settings, resolve: Resolve) -> tuple[Provider, ...]:
    twilio = None
    if settings.twilio_account_sid is not None:
        twilio = TwilioSettings(
            account_sid=settings.twilio_account_sid,
            secret=_secret(settings.twilio_secret_file) or "",
            key_sid=settings.twilio_key_sid,
            region=settings.twilio_region,
            allow_global=settings.twilio_allow_global,
            lifetime_seconds=settings.twilio_lifetime_seconds,
            base_url=settings.twilio_base_url,
        )
    return from_settings(
        RelaySettings(
            turn_hosts=settings.turn_urls,
            turn_secret=_secret(settings.turn_secret_file),
            lifetime_seconds=settings.turn_lifetime_seconds,
            turn_clis=settings.turn_clis,
            turn_cli_password=_secret(settings.turn_cli_password_file),
            twilio=twilio,
            order=settings.relay_order,
        ),
        secrets.token_bytes,
        resolve=resolve,
    )


def _names(minted: Minted) -> tuple[str, ...]:
    return tuple(server.username for server in minted.servers if server.username is not None)


def _secret(file: Path | None) -> str | None:
    return file.read_text(encoding="ascii").strip() if file is not None else None


# ------------------------------------------------------------- what the settings say of relays


def turn_hosts(settings: Settings) -> tuple[str, ...]:
    """The hosts of the relays that are told to endpoints."""
    return tuple(IceUrl.parse(url).host for url in settings.turn_urls)


def twilio_country(settings: Settings) -> str:
    """Where Twilio relays, as a country (ISO 3166-1)."""
    return {Region.IE1: "IE", Region.DE1: "DE", Region.GLOBAL: "US"}[settings.twilio_region]


def remains(settings: Settings) -> Remains:
    """What may outlive a call at the relays, as its receipt says it: allocations are ended too, but not waited for."""
    lifetimes = []
    if any(IceUrl.parse(url).is_turn for url in settings.turn_urls):
        lifetimes.append(settings.turn_lifetime_seconds)
    if settings.twilio_account_sid is not None:
        lifetimes.append(settings.twilio_lifetime_seconds)
    return Remains(Relay.EXPIRING, max(lifetimes)) if lifetimes else Remains()
