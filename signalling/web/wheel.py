"""One wheel beats for all sockets: a slice of them every tenth of a second, no timer for any one of them."""

import asyncio
from typing import Final, Protocol

_TICK_SECONDS: Final = 0.1


class Beating(Protocol):
    """What hangs on the wheel."""

    def beat(self) -> None:
        """Once for each turn of the wheel. May leave the wheel."""


class Wheel:
    """Beats everything on it once in each turn, spread evenly over the turn's seconds."""

    def __init__(self, *, turn_seconds: float) -> None:
        self._slots: list[set[Beating]] = [set() for _ in range(max(1, round(turn_seconds / _TICK_SECONDS)))]
        self._tick_seconds = turn_seconds / len(self._slots)
        self._slot_of: dict[Beating, int] = {}
        self._now = 0
        self._next = 0

    def __len__(self) -> int:
        return len(self._slot_of)

    def add(self, one: Beating) -> None:
        """Hang it on the slot after the one that the last got, so that a storm of newcomers spreads by itself."""
        self._slot_of[one] = self._next
        self._slots[self._next].add(one)
        self._next = (self._next + 1) % len(self._slots)

    def remove(self, one: Beating) -> None:
        """Take it off; nothing happens if it isn't there."""
        slot = self._slot_of.pop(one, None)
        if slot is not None:
            self._slots[slot].discard(one)

    def tick(self) -> None:
        """Beat one slice."""
        for one in tuple(self._slots[self._now]):
            one.beat()
        self._now = (self._now + 1) % len(self._slots)

    def turn(self) -> None:
        """Beat everything once."""
        for _ in self._slots:
            self.tick()

    async def run(self) -> None:
        """Tick for ever. A late tick is not made up for."""
        while True:
            await asyncio.sleep(self._tick_seconds)
            self.tick()
