"""What relays carried, by provider, region and transport, and what it may cost: sums alone, about nobody.

Two sources that check each other: the ends' own figures, which know minutes and transport, and coturn's statistics,
which know every byte. Neither has a name, an address or a call in it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from relay.events import BudgetNear, BudgetSpent, Tell

GIGABYTE: Final = 1_000_000_000
NEAR: Final = 0.8
_USAGE: Final = re.compile(r"usage: rp=([0-9]{1,20}), rb=([0-9]{1,20}), sp=([0-9]{1,20}), sb=([0-9]{1,20})")
_SECONDS: Final = "narvaro_relayed_seconds"
_BYTES: Final = "narvaro_relayed_bytes"
_REFUSED: Final = re.compile(r"refused: ([A-Za-z0-9 _]{1,60})")


class CoturnUsage(msgspec.Struct, frozen=True):
    """The sum of coturn's statistics lines: what it received from its clients and sent to them."""

    reports: int = 0
    """Of allocations: one when each closes, and one every few thousand packets before."""
    received_packets: int = 0
    received_bytes: int = 0
    sent_packets: int = 0
    sent_bytes: int = 0
    refused: tuple[tuple[str, int], ...] = ()


class Row(msgspec.Struct, frozen=True, order=True):
    """One line of the table; minutes and cost are None where they are not known."""

    provider: str
    region: str
    transport: str
    minutes: float | None
    gigabytes: float
    cost: float | None


def coturn_usage(lines: Iterable[str]) -> CoturnUsage:
    """Add up a log that has passed `deploy/coturn/quiet.sed`. Other lines are passed over."""
    columns = [0, 0, 0, 0]
    reports = 0
    refused: dict[str, int] = {}
    for line in lines:
        if (counts := _USAGE.fullmatch(line.strip())) is not None:
            reports += 1
            columns = [total + int(count) for total, count in zip(columns, counts.groups(), strict=True)]
        elif (what := _REFUSED.fullmatch(line.strip())) is not None:
            refused[what[1]] = refused.get(what[1], 0) + 1
    return CoturnUsage(reports, columns[0], columns[1], columns[2], columns[3], tuple(sorted(refused.items())))


def from_metrics(text: str, prices: Mapping[str, float]) -> list[Row]:
    """The ends' own sums, out of a coordinator's `/metrics`. Raises ValueError for what is no such text."""
    sums: dict[tuple[str, str, str], dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        if family.name in {_SECONDS, _BYTES}:
            for sample in family.samples:
                if sample.name.endswith("_total"):
                    way = (sample.labels["provider"], sample.labels["region"], sample.labels["transport"])
                    sums.setdefault(way, {})[family.name] = sample.value
    return sorted(
        _row(way, found.get(_SECONDS, 0.0) / 60, found.get(_BYTES, 0.0), prices) for way, found in sums.items()
    )


def from_coturn(usage: CoturnUsage, prices: Mapping[str, float]) -> Row:
    """What coturn itself counted, which knows neither transport nor minutes."""
    return _row(("coturn", "own", "all, by its log"), None, usage.received_bytes + usage.sent_bytes, prices)


def _row(way: tuple[str, str, str], minutes: float | None, carried: float, prices: Mapping[str, float]) -> Row:
    gigabytes = carried / GIGABYTE
    price = prices.get(way[0])
    return Row(*way, minutes, gigabytes, None if price is None else gigabytes * price)


class Budget:
    """So many bytes a calendar month (UTC). Tells once at 80 % and once when it is spent; it stops nobody."""

    def __init__(self, limit_bytes: float, *, tell: Tell, clock: Callable[[], float]) -> None:
        self._limit_bytes = limit_bytes
        self._tell = tell
        self._clock = clock
        self._month = ""
        self._used_bytes = 0.0

    @property
    def used(self) -> float:
        """Which part of this month's is used; 0 without a limit."""
        self._turn_the_page()
        return self._used_bytes / self._limit_bytes if self._limit_bytes else 0.0

    def add(self, carried_bytes: float) -> None:
        """So much was carried."""
        before = self.used
        self._used_bytes += carried_bytes
        after = self.used
        if before < 1 <= after:
            self._tell(BudgetSpent())
        elif before < NEAR <= after:
            self._tell(BudgetNear())

    def _turn_the_page(self) -> None:
        month = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m")
        if month != self._month:
            self._month, self._used_bytes = month, 0.0
