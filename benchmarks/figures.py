"""Medians, quartiles, percentiles and paired ratios: the arithmetic of the comparison, nothing else."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of several runs, and between what half of them lay."""

    median: float
    lower: float
    upper: float
    runs: int


def spread(values: Iterable[float]) -> Spread | None:
    """Median and quartiles (both ends inclusive); None where nothing was measured."""
    found = sorted(values)
    if not found:
        return None
    if len(found) == 1:
        return Spread(found[0], found[0], found[0], 1)
    lower, median, upper = statistics.quantiles(found, n=4, method="inclusive")
    return Spread(median, lower, upper, len(found))


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the ordered values do not exceed: nearest rank. Raises ValueError if empty."""
    if not ordered:
        raise ValueError("a percentile needs at least one value")
    rank = -int(-share * len(ordered) // 1)
    return ordered[min(max(rank, 1), len(ordered)) - 1]


def paired(ours: Sequence[float | None], theirs: Sequence[float | None]) -> list[float]:
    """Ratios round by round; a round in which either was not measured, or measured under foreign load, is left out."""
    return [
        one / other
        for one, other in zip(ours, theirs, strict=True)
        if one is not None and other is not None and other > 0
    ]
