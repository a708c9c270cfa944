"""How late things came, over a whole call, in a few kilobytes."""

from dataclasses import dataclass
from typing import Any

from hdrh.histogram import HdrHistogram

LONGEST_MS = 60_000


@dataclass(frozen=True)
class Latency:
    """Milliseconds: half of all were below `p50_ms`, all but a twentieth below `p95_ms`."""

    count: int
    p50_ms: float
    p95_ms: float
    max_ms: float


class LatencyRecord:
    """Delays as they are measured; figures at any time. To a millisecond up to two seconds, to 0.1 % above."""

    def __init__(self) -> None:
        self._histogram: Any = HdrHistogram(1, LONGEST_MS, 3)
        self._longest_ms = 0.0

    def add(self, delay_ms: float) -> None:
        """One delay; what is under 0 (two clocks that disagree) counts as 0, what is over a minute as a minute."""
        bounded = min(max(delay_ms, 0.0), float(LONGEST_MS))
        self._longest_ms = max(self._longest_ms, bounded)
        self._histogram.record_value(round(bounded))

    def figures(self) -> Latency | None:
        """None as long as nothing was measured."""
        count = int(self._histogram.get_total_count())
        if not count:
            return None
        p50, p95 = (float(self._histogram.get_value_at_percentile(p)) for p in (50, 95))
        longest = round(self._longest_ms, 1)
        return Latency(count, min(p50, longest), min(p95, longest), longest)
