"""How many SMS may go out: to one number, into one range of numbers, and altogether, each in a day.

Whoever pumps SMS for money asks for whole ranges of numbers, so a range has a limit of its own. Counts live in
memory, under a keyed hash: no number is kept. Only what was sent is counted, so there are never more counts than the
day's budget, and nobody can push one out of memory.
"""

import hashlib
import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Final

DAY_SECONDS: Final = 86_400
RANGE_DIGITS: Final = 4
"""Numbers that differ in their last digits alone, this many, are one range."""


@dataclass(frozen=True, slots=True)
class TextLimits:
    """The most that may be sent in a day (UTC)."""

    to_a_number: int = 5
    to_a_range: int = 30
    altogether: int = 1000


class TextBudget:
    """Counts what is sent. It answers whether one more may go, and tells nobody which limit said no."""

    def __init__(self, limits: TextLimits) -> None:
        self._limits = limits
        self._key = secrets.token_bytes(16)
        self._day = 0
        self._sent: Counter[bytes] = Counter()
        self._altogether = 0

    def spend(self, number: str, *, now: float, wanted: bool = True) -> bool:
        """Count one SMS to that number, if there is room for it. The same work where none is wanted, uncounted."""
        day = int(now // DAY_SECONDS)
        if day != self._day:
            self._day, self._altogether = day, 0
            self._sent.clear()
        one, near = self._name("number", number), self._name("range", number[:-RANGE_DIGITS])
        has_room = (
            wanted
            and self._altogether < self._limits.altogether
            and self._sent[one] < self._limits.to_a_number
            and self._sent[near] < self._limits.to_a_range
        )
        if has_room:
            self._sent[one] += 1
            self._sent[near] += 1
            self._altogether += 1
        return has_room

    def _name(self, kind: str, text: str) -> bytes:
        return hashlib.blake2b(f"{kind}\0{text}".encode(), key=self._key, digest_size=12).digest()

    def __len__(self) -> int:
        return len(self._sent)
