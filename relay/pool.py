"""ICE servers of a provider that is asked over the network, fetched ahead: a call takes what is there and never waits.

One task fetches, with a few requests side by side at most, however many calls come at once. What is past its half life
is replaced; until then, and while the provider fails, it still serves. At the end everything is forgotten.
"""

import asyncio
import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from relay.circuit import Circuit
from relay.errors import MintCause, ProviderError
from relay.events import Duty, Fell, Rose, Stumbled, Tell
from relay.provider import Minted, Provider, ProviderName

SIZE: Final = 32
LARGEST: Final = 64
AT_ONCE: Final = 4
"""Requests to the provider side by side."""
LEFT_SECONDS: Final = 60.0
"""What has less left than this is not handed out."""
LONGEST_LOOK_SECONDS: Final = 60.0
_HOPELESS: Final = frozenset({MintCause.REFUSED, MintCause.OUTSIDE_REGION})
"""Causes that open the circuit at once: asking again soon changes nothing."""


class _Held(msgspec.Struct, frozen=True):
    minted: Minted
    renew_at: float


class Pool:
    """A provider whose ICE servers are at hand. A provider itself, whose minting waits for nobody."""

    is_remote: Final = False

    def __init__(self, provider: Provider, *, clock: Callable[[], float], tell: Tell, size: int = SIZE) -> None:
        self.name: Final[ProviderName] = provider.name
        self.ends_allocations: Final = provider.ends_allocations
        self.lifetime_seconds: Final = provider.lifetime_seconds
        self._provider = provider
        self._clock = clock
        self._tell = tell
        self._size = min(max(size, 1), LARGEST)
        self._circuit = Circuit()
        self._held: list[_Held] = []
        self._names = _Names()
        self._one_refill = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many are at hand, those past their half life too."""
        return len(self._held)

    async def start(self) -> None:
        """Start the provider, and begin to fetch. Raises RelayError."""
        await self._provider.start()
        self._task = asyncio.create_task(self._run(), name=f"pool of {self.name}")

    async def ice_servers(self, *, now: float) -> Minted:
        """One that is at hand, of those before their half life the oldest. Raises ProviderError `pool_empty`."""
        self._wanted.set()
        self._held = [held for held in self._held if held.minted.expires_at - now >= LEFT_SECONDS]
        if not self._held:
            raise ProviderError(MintCause.POOL_EMPTY)
        fresh = (number for number, held in enumerate(self._held) if held.renew_at > now)
        return self._held.pop(next(fresh, len(self._held) - 1)).minted

    async def end(self, usernames: Iterable[str]) -> bool:
        """As the provider does it."""
        return await self._provider.end(usernames)

    async def close(self) -> None:
        """Fetch no more, and forget everything."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._held.clear()
        self._names.clear()
        await self._provider.close()

    async def refill(self) -> None:
        """Fetch what is lacking, as far as the circuit lets. One refill at a time; the task does this by itself."""
        async with self._one_refill:
            while (lacking := self._lacking()) and self._circuit.allows(self._clock()):
                beside = 1 if self._circuit.is_proving else min(AT_ONCE, lacking)
                await asyncio.gather(*(self._fetch() for _ in range(beside)))

    def _lacking(self) -> int:
        now = self._clock()
        return self._size - sum(held.renew_at > now for held in self._held)

    async def _fetch(self) -> None:
        asked_at = self._clock()
        try:
            minted = await self._provider.ice_servers(now=asked_at)
            self._names.note(minted, now=asked_at)
        except ProviderError as failure:
            if self._circuit.failed(
                self._clock(), at_once=failure.cause in _HOPELESS, pause_seconds=failure.retry_after_seconds
            ):
                self._tell(Fell(self.name, Duty.MINTING, failure.cause))
            return
        if self._circuit.succeeded():
            self._tell(Rose(self.name, Duty.MINTING))
        self._held.append(_Held(minted, asked_at + (minted.expires_at - asked_at) / 2))
        del self._held[: -self._size]

    async def _run(self) -> None:
        while True:
            try:
                await self.refill()
            except Exception as problem:  # noqa: BLE001 - the root of a task
                self._circuit.failed(self._clock())
                self._tell(Stumbled(problem))
            self._wanted.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), self._until_next_look())

    def _until_next_look(self) -> float:
        now = self._clock()
        moments = [held.renew_at for held in self._held if held.renew_at > now]
        if self._circuit.retry_at > now:
            moments = [self._circuit.retry_at]
        return min(max(min(moments, default=now) - now, 0.05), LONGEST_LOOK_SECONDS)


class _Names:
    """Which user names have been seen, as salted digests until they die: none may come twice."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._until: dict[bytes, float] = {}

    def note(self, minted: Minted, *, now: float) -> None:
        """Remember these. Raises ProviderError `repeated`."""
        self._until = {digest: until for digest, until in self._until.items() if until > now}
        for username in {server.username for server in minted.servers if server.username is not None}:
            digest = hashlib.blake2b(username.encode(), digest_size=16, key=self._salt).digest()
            if digest in self._until:
                raise ProviderError(MintCause.REPEATED)
            self._until[digest] = minted.expires_at

    def clear(self) -> None:
        self._until.clear()
