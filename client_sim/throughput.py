"""How fast the media of a call went, from counts of bytes: for the operator's sums, and about nobody."""

from typing import Final

BITS_A_BYTE: Final = 8
FASTEST_KBPS: Final = 1_000_000
"""What `call.quality` has room for."""


class Throughput:
    """Counts as they were when last asked. Times are seconds of one clock; counts are bytes since the call began."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._received = self._sent = 0

    def begin(self, carried: tuple[int, int], now: float) -> None:
        """Connected: rates are told from here on."""
        self._since = now
        self._received, self._sent = carried

    def kbps(self, carried: tuple[int, int], now: float) -> tuple[int, int] | None:
        """Received and sent since the last time, in kbit/s; None where no time has passed or nothing is connected."""
        if self._since is None or now <= self._since:
            return None
        bytes_a_kbps = (now - self._since) * 1000 / BITS_A_BYTE
        rates = [
            min(FASTEST_KBPS, max(0, round((count - before) / bytes_a_kbps)))
            for count, before in zip(carried, (self._received, self._sent), strict=True)
        ]
        self.begin(carried, now)
        return rates[0], rates[1]
