"""One-time codes that prove a telephone number: six digits, ten minutes, five tries.

Neither a number nor a code is kept, only keyed hashes of both, in memory: they die with the process. Asking takes the
same work for every number, and never looks whether somebody has it.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from signalling.access.numbers import Numbers
from signalling.access.texts import TextBudget

CODE_DIGITS: Final = 6
LIFETIME_SECONDS: Final = 600
TRIES: Final = 5
PAUSE_SECONDS: Final = 20
"""Between two codes for one number: a second press of the button sends no second SMS."""


def random_code() -> str:
    """Six digits, each as likely as the others."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


@dataclass(slots=True, repr=False)
class _Pending:
    code: bytes
    made_at: float
    tries_left: int


class Codes:
    """Makes codes, and takes each back once."""

    def __init__(self, numbers: Numbers, budget: TextBudget, *, make: Callable[[], str] = random_code) -> None:
        """`make` is for tests."""
        self._numbers = numbers
        self._budget = budget
        self._make = make
        self._pepper = secrets.token_bytes(32)
        self._pending: OrderedDict[bytes, _Pending] = OrderedDict()

    def ask(self, number: str, *, now: float) -> str | None:
        """A code to send to that number; None if none is sent there. Whoever asked must not learn which.

        A later code makes the earlier one worthless.
        """
        self._forget(now)
        name, code = self._hash("number", number), self._make()
        made = _Pending(self._hash(number, code), now, TRIES)
        known = self._pending.get(name)
        is_soon = known is not None and now - known.made_at < PAUSE_SECONDS
        is_allowed = self._numbers.may_be_sent(number)
        if not self._budget.spend(number, now=now, wanted=is_allowed and not is_soon):
            return None
        self._pending.pop(name, None)
        self._pending[name] = made
        return code

    def check(self, number: str, code: str, *, now: float) -> bool:
        """Whether that is the number's code. Counts one of its tries, right or wrong; the last wrong one ends it."""
        self._forget(now)
        name, said = self._hash("number", number), self._hash(number, code)
        pending = self._pending.get(name)
        holds = hmac.compare_digest(said, pending.code if pending is not None else bytes(len(said)))
        if pending is None:
            return False
        pending.tries_left -= 1
        if pending.tries_left <= 0 and not holds:
            del self._pending[name]
        return holds and pending.tries_left >= 0

    def spend(self, number: str, code: str, *, now: float) -> bool:
        """Use the code up: true once, for the first who comes with it."""
        self._forget(now)
        name = self._hash("number", number)
        pending = self._pending.get(name)
        if pending is None or not hmac.compare_digest(pending.code, self._hash(number, code)):
            return False
        del self._pending[name]
        return True

    def _forget(self, now: float) -> None:
        """They leave in the order they came. There are never more than the day's budget of SMS."""
        while self._pending:
            name, oldest = next(iter(self._pending.items()))
            if now - oldest.made_at < LIFETIME_SECONDS:
                break
            del self._pending[name]

    def _hash(self, *fields: str) -> bytes:
        return hmac.new(self._pepper, "\0".join(fields).encode(), hashlib.sha256).digest()

    def __len__(self) -> int:
        return len(self._pending)
