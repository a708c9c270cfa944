"""Rings when a record's deadline is over. The deadline itself stands in the record; this only wakes up in time."""

import asyncio
import contextlib
import heapq
from collections.abc import Awaitable, Callable
from itertools import count

from signalling.observe.clock import Clock
from signalling.vocabulary import CallId


class Deadlines:
    """One sleeper for all calls of this node. What is forgotten leaves no name behind, only a number in the heap."""

    def __init__(self, clock: Clock, fire: Callable[[CallId], Awaitable[None]]) -> None:
        self._clock = clock
        self._fire = fire
        self._heap: list[tuple[float, int]] = []
        self._calls: dict[int, CallId] = {}
        self._tickets: dict[CallId, int] = {}
        self._numbers = count()
        self._changed = asyncio.Event()

    def schedule(self, call: CallId, at: float) -> None:
        """Fire for that call at that Unix time, and not at the time set before."""
        self.forget(call)
        ticket = next(self._numbers)
        self._tickets[call] = ticket
        self._calls[ticket] = call
        heapq.heappush(self._heap, (at, ticket))
        if self._heap[0][1] == ticket:
            self._changed.set()

    def forget(self, call: CallId) -> None:
        """Fire no more for that call."""
        ticket = self._tickets.pop(call, None)
        if ticket is not None:
            del self._calls[ticket]

    @property
    def live(self) -> int:
        """How many calls this node keeps the time for."""
        return len(self._tickets)

    async def fire_due(self) -> None:
        """Fire everything whose time has come."""
        while self._heap and self._heap[0][0] <= self._clock.now():
            _, ticket = heapq.heappop(self._heap)
            call = self._calls.pop(ticket, None)
            if call is not None:
                del self._tickets[call]
                await self._fire(call)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.fire_due()
            self._changed.clear()
            seconds = self._heap[0][0] - self._clock.now() if self._heap else None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), None if seconds is None else max(seconds, 0.001))
