"""Several providers as one: the first that gives goes first, the next goes along in reserve, and a call never waits.

An endpoint gets both, so that a relay that dies in mid-call is replaced without asking anybody. A provider whose relays
are known to be dead is passed over while another one gives.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final

from relay.errors import ProviderError
from relay.events import Duty, Fell, NobodyLeft, Rose, SomebodyBack, Tell
from relay.ice import IceServer
from relay.pool import SIZE, Pool
from relay.provider import Minted, Provider, ProviderName

RESERVES: Final = 1
NOTHING_SECONDS: Final = 5.0
"""How long "nothing" holds when nobody gives: soon after, endpoints in a call are served again."""


class Standing(StrEnum):
    """How it stands with the relays, in one word."""

    UP = "up"
    RESERVE = "reserve"
    """Somebody has fallen, somebody else carries."""
    DOWN = "down"
    """Nobody carries."""


class Failover:
    """The providers in their order. A provider itself."""

    is_remote: Final = False

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        clock: Callable[[], float],
        tell: Tell,
        pool_size: int = SIZE,
        reserves: int = RESERVES,
    ) -> None:
        self._providers: tuple[Provider, ...] = tuple(
            Pool(one, clock=clock, tell=tell, size=pool_size) if one.is_remote else one for one in providers
        )
        self.name: Final[ProviderName] = self._providers[0].name
        self.ends_allocations: Final = any(one.ends_allocations for one in self._providers)
        self.lifetime_seconds: Final = min(one.lifetime_seconds for one in self._providers)
        self._tell = tell
        self._wanted = 1 + reserves
        self._dead: set[ProviderName] = set()
        self._is_dry = False

    @property
    def providers(self) -> tuple[Provider, ...]:
        """The providers, those that are asked over the network behind their pools."""
        return self._providers

    @property
    def first(self) -> ProviderName:
        """Who goes first now."""
        return self._best_first()[0].name

    @property
    def standing(self) -> Standing:
        """As far as was seen."""
        fallen = len(self._dead)
        if self._is_dry or fallen == len(self._providers):
            return Standing.DOWN
        return Standing.RESERVE if fallen else Standing.UP

    async def start(self) -> None:
        """Start them all. Raises RelayError; then those that were started are closed again."""
        try:
            for provider in self._providers:
                await provider.start()
        except BaseException:
            await self.close()
            raise

    async def ice_servers(self, *, now: float) -> Minted:
        """What the first provider gives and what the next one gives, or nothing for a few seconds. Never raises."""
        servers: list[IceServer] = []
        expires_at = float("inf")
        given = 0
        for provider in self._best_first():
            if given and (given == self._wanted or provider.name in self._dead):
                break
            try:
                minted = await provider.ice_servers(now=now)
            except ProviderError:
                continue
            servers += minted.servers
            expires_at = min(expires_at, minted.expires_at)
            given += 1
        self._note_dryness(is_dry=not given)
        return Minted(tuple(servers), expires_at if given else now + NOTHING_SECONDS)

    def judge(self, provider: ProviderName, cause: StrEnum | None) -> None:
        """Take note of whether its relays carry packets; `cause` says why not. Tells of a change, once."""
        if cause is not None and provider not in self._dead:
            self._dead.add(provider)
            self._tell(Fell(provider, Duty.RELAYING, cause))
        elif cause is None and provider in self._dead:
            self._dead.remove(provider)
            self._tell(Rose(provider, Duty.RELAYING))

    async def end(self, usernames: Iterable[str]) -> bool:
        """Delete their allocations wherever that can be done; True if it was done there."""
        names = tuple(usernames)
        able = [provider for provider in self._providers if provider.ends_allocations]
        return bool(able) and all([await provider.end(names) for provider in able])

    async def close(self) -> None:
        """Close them all."""
        for provider in self._providers:
            await provider.close()

    def _best_first(self) -> list[Provider]:
        return sorted(self._providers, key=lambda provider: provider.name in self._dead)

    def _note_dryness(self, *, is_dry: bool) -> None:
        if is_dry != self._is_dry:
            self._is_dry = is_dry
            self._tell(NobodyLeft() if is_dry else SomebodyBack())
