"""A clock that stands still until a test turns it."""


class ManualClock:
    """Unix time by hand: `advance(30)` lets half a minute pass."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        assert seconds >= 0
        self._now += seconds
