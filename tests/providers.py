"""Providers for tests whose answers are in the test's hand, and a way to see that nothing waited."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final, TypeVar

from relay.errors import MintCause, ProviderError
from relay.ice import IceServer
from relay.provider import Minted, ProviderName

T = TypeVar("T")


class HandProvider:
    """Gives numbered user names; slow while `gate` is closed, failing while `failure` is set."""

    ends_allocations: Final = False
    is_remote: Final = True

    def __init__(self, name: ProviderName = ProviderName.TWILIO, *, lifetime_seconds: float = 600) -> None:
        self.name: Final = name
        self.lifetime_seconds: Final = lifetime_seconds
        self.failure: ProviderError | Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.repeats = False
        self.asked = 0
        self.at_once = 0
        self.most_at_once = 0
        self.is_started = False
        self.is_closed = False
        self.ended: list[str] = []

    def fails(self, cause: MintCause | None, *, retry_after_seconds: float | None = None) -> None:
        """From now on it fails so; None: no more."""
        self.failure = None if cause is None else ProviderError(cause, retry_after_seconds=retry_after_seconds)

    async def start(self) -> None:
        self.is_started = True

    async def ice_servers(self, *, now: float) -> Minted:
        self.asked += 1
        number = 0 if self.repeats else self.asked
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.gate.wait()
            if self.failure is not None:
                raise self.failure
        finally:
            self.at_once -= 1
        server = IceServer((f"turn:{self.name}.example.org",), f"{self.name}{number:05}", "word")
        return Minted((server,), now + self.lifetime_seconds)

    async def end(self, usernames: Iterable[str]) -> bool:
        self.ended += usernames
        return self.ends_allocations

    async def close(self) -> None:
        self.is_closed = True


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives without ever having waited for anything; one that waits fails the test."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise AssertionError("it waited")


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop go round until that holds; five seconds at most."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - what is waited for is another object's plain state
            await asyncio.sleep(0)
