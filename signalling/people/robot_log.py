"""What there is of an AV1 for its operator: a closed list of fields, each in buckets, by day and band of hours. Pure.

A record says how often a bucket was told of one robot in one band: never a call, a stream's beginning or end, an app, a
party of an app, or an address. What the sessions of a band told is summed, so none of them can be taken out again.
"""

from bisect import bisect_right
from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

from signalling.vocabulary import EndpointId, PartyId

BAND_HOURS: Final = 3
"""No time is kept that is finer. Whole hours would be a school's timetable, and that knows who has which lesson."""
DAY_SECONDS: Final = 86_400
MINUTE_SECONDS: Final = 60


class LogField(StrEnum):
    """All that may stand in the log (P-18), beside date and band."""

    DURATION = "stream_minutes"
    FRAMES = "frames_per_second"
    FREEZES = "freezes"
    LOST = "packets_lost_percent"
    JITTER = "jitter_ms"
    ROUND_TRIP = "round_trip_ms"
    NETWORK = "network"
    SIGNAL = "signal_dbm"
    MOBILE = "mobile_network"


class LogPurpose(StrEnum):
    """What the log may be looked at for (P-19), and nothing else."""

    SUPPORT = "support"
    PROACTIVE_SUPPORT = "proactive_support"
    INVOICING = "invoicing"
    SECURITY = "security"


_EDGES: Final[Mapping[LogField, tuple[float, ...]]] = MappingProxyType(
    {
        LogField.DURATION: (1, 5, 15, 30, 60),
        LogField.FRAMES: (1, 10, 15, 20, 25),
        LogField.FREEZES: (1, 2, 5, 10),
        LogField.LOST: (0.5, 1, 2, 5, 10),
        LogField.JITTER: (10, 20, 30, 50, 100),
        LogField.ROUND_TRIP: (50, 100, 200, 400, 800),
        LogField.SIGNAL: (-110, -100, -90, -80, -70, -60, -50),
    }
)
_WORDS: Final[Mapping[LogField, tuple[str, ...]]] = MappingProxyType(
    {LogField.NETWORK: ("wifi", "ethernet", "mobile"), LogField.MOBILE: ("2g", "3g", "4g", "5g")}
)


def _named(edges: tuple[float, ...]) -> tuple[str, ...]:
    between = (f"{low:g} to {high:g}" for low, high in pairwise(edges))
    return (f"under {edges[0]:g}", *between, f"{edges[-1]:g} or more")


BUCKETS: Final[Mapping[LogField, tuple[str, ...]]] = MappingProxyType(
    {field: _WORDS[field] if field in _WORDS else _named(_EDGES[field]) for field in LogField}
)
"""Every bucket of every field. The lower edge belongs to a bucket, the upper one to the next."""


class Told(NamedTuple):
    """One figure of a robot's own, made coarse. It names the robot by its key, which is gone once it is reset."""

    robot: EndpointId
    day: int
    band: int
    field: LogField
    bucket: str


class Streamed(NamedTuple):
    """That a robot was used on that day."""

    robot: EndpointId
    day: int


class LogRow(NamedTuple):
    """A row of the log."""

    device: PartyId
    day: int
    band: int
    field: LogField
    bucket: str
    times: int


class Usage(NamedTuple):
    """What is summed of a robot for a customer's invoice of a month. `month` is `2026-11`."""

    device: PartyId
    customer: str
    month: str
    minutes: int
    last_day: int


def bucket_of(field: LogField, value: float | str) -> str | None:
    """The bucket of what was told; None if it is not of the list, and then nothing of it is kept."""
    if isinstance(value, str):
        return value if value in _WORDS.get(field, ()) else None
    edges = _EDGES.get(field)
    return BUCKETS[field][bisect_right(edges, value)] if edges is not None else None


def when(now: float) -> tuple[int, int]:
    """The day (since 1970-01-01) and the band of a moment, both in UTC."""
    day, second = divmod(int(now), DAY_SECONDS)
    return day, second // (BAND_HOURS * 3600)


def hours_of(band: int) -> str:
    """A band in words: `09-12`."""
    return f"{band * BAND_HOURS:02}-{(band + 1) * BAND_HOURS:02}"


def minutes_of(seconds: float) -> int:
    """Whole minutes, each begun one counted."""
    return int(-(-seconds // MINUTE_SECONDS))
