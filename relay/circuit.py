"""Whether a provider may be asked now: yes while it answers, seldom while it does not. Pure: `now` is an argument.

It opens after a few failures in a row, at once for one that no waiting mends, and lets one attempt through each time
its pause is over. One success closes it.
"""

from typing import Final

FAILURES: Final = 3
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 300.0


class Circuit:
    """The memory of how one provider has answered."""

    def __init__(self) -> None:
        self._failures = 0
        self.is_open = False
        self.retry_at = 0.0
        """Unix time before which it is left alone."""

    @property
    def is_proving(self) -> bool:
        """Whether the last answer was a failure: then one attempt alone is made."""
        return self._failures > 0

    def allows(self, now: float) -> bool:
        """Whether to ask."""
        return now >= self.retry_at

    def failed(self, now: float, *, at_once: bool = False, pause_seconds: float | None = None) -> bool:
        """It failed; True if that opened the circuit. Pauses double, and are never shorter than it asked for."""
        own = min(FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures, 30), LONGEST_PAUSE_SECONDS)
        self._failures += 1
        self.retry_at = now + max(own, pause_seconds or 0.0)
        opens = not self.is_open and (at_once or self._failures >= FAILURES)
        self.is_open = self.is_open or opens
        return opens

    def succeeded(self) -> bool:
        """It answered; True if that closed the circuit."""
        was_open, self.is_open = self.is_open, False
        self._failures = 0
        self.retry_at = 0.0
        return was_open
