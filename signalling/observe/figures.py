"""Counters and durations for Prometheus. Labels are closed lists; no figure is about one endpoint, person or call."""

from collections.abc import Iterable
from enum import Enum, StrEnum
from typing import Final, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

_PHASES: Final = ("gathered", "ice", "dtls", "first_frame")
_PHASE_SECONDS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20)
_ERASE_SECONDS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)
_QUALITY: Final = {
    "round_trip_ms": (10, 25, 50, 100, 150, 200, 300, 500, 1000),
    "jitter_ms": (1, 2, 5, 10, 20, 30, 50, 100, 200),
    "packets_lost_percent": (0, 0.1, 0.5, 1, 2, 5, 10, 20, 50),
    "received_kbps": (32, 64, 128, 256, 512, 1000, 2000, 4000),
    "sent_kbps": (32, 64, 128, 256, 512, 1000, 2000, 4000),
    "frames_per_second": (1, 5, 10, 12, 15, 20, 24, 30, 60),
    "freezes": (0, 1, 2, 5, 10, 20),
}


class Phases(Protocol):
    """Durations of a call's set-up at one end, in milliseconds; what the end did not tell is None."""

    @property
    def gathered(self) -> int | None: ...
    @property
    def ice(self) -> int | None: ...
    @property
    def dtls(self) -> int | None: ...
    @property
    def first_frame(self) -> int | None: ...


class Quality(Protocol):
    """What an end tells about its media; a closed list."""

    @property
    def round_trip_ms(self) -> int | None: ...
    @property
    def jitter_ms(self) -> int | None: ...
    @property
    def packets_lost_percent(self) -> float | None: ...
    @property
    def received_kbps(self) -> int | None: ...
    @property
    def sent_kbps(self) -> int | None: ...
    @property
    def frames_per_second(self) -> float | None: ...
    @property
    def freezes(self) -> int | None: ...


class _Boxes(Collector):
    """Forwarded boxes: two plain numbers, for they are counted on the hottest path."""

    def __init__(self) -> None:
        self.count = 0
        self.total_bytes = 0

    def collect(self) -> Iterable[CounterMetricFamily]:
        yield CounterMetricFamily("narvaro_boxes_forwarded", "Boxes forwarded.", value=self.count)
        yield CounterMetricFamily("narvaro_box_bytes", "Bytes of boxes forwarded.", value=self.total_bytes)


class Figures:
    """Everything that is counted. One for a process, or for a test."""

    def __init__(self, *, process: bool = False) -> None:
        self.registry: Final = CollectorRegistry()
        if process:
            ProcessCollector(registry=self.registry)
        registry = self.registry
        self._sessions = Gauge("narvaro_sessions", "Endpoints with a live session.", registry=registry)
        self._sockets = Gauge("narvaro_sockets", "Open sockets, those without a session too.", registry=registry)
        self._closed = Counter(
            "narvaro_sockets_closed", "Sockets closed by us, by close code.", ["code"], registry=registry
        )
        self._refused = Counter("narvaro_refused", "Refused requests, by error code.", ["code"], registry=registry)
        self._turned_away = Counter(
            "narvaro_turned_away", "HTTP requests refused, by code.", ["code"], registry=registry
        )
        self._granted = Counter("narvaro_tokens_granted", "Access tokens given out.", registry=registry)
        self._texts = Counter("narvaro_sms", "SMS handed to their carrier, or not.", ["outcome"], registry=registry)
        self._invited = Counter("narvaro_calls_invited", "Calls placed.", registry=registry)
        self._ended = Counter("narvaro_calls_ended", "Calls ended, by reason.", ["reason"], registry=registry)
        self._live = Gauge("narvaro_calls", "Calls that have a record.", registry=registry)
        self._erased = Histogram(
            "narvaro_erased_seconds",
            "From a call's end until nothing of it is left.",
            buckets=_ERASE_SECONDS,
            registry=registry,
        )
        self._requests_overdue = Gauge(
            "narvaro_requests_overdue", "Subject requests past their day.", registry=registry
        )
        self._receipts = Counter("narvaro_receipts", "Receipts of erasures signed.", registry=registry)
        self._phases = Histogram(
            "narvaro_setup_seconds",
            "Set-up of media at an end, by phase.",
            ["phase"],
            buckets=_PHASE_SECONDS,
            registry=registry,
        )
        self._quality = {
            name: Histogram(f"narvaro_quality_{name}", "As the ends tell it.", buckets=buckets, registry=registry)
            for name, buckets in _QUALITY.items()
        }
        self._relay_up = Gauge(
            "narvaro_relay_up", "Whether a provider does its duty.", ["provider", "duty"], registry=registry
        )
        self._relay_seen = Gauge(
            "narvaro_relay_carries", "Whether a packet came back.", ["provider", "transport"], registry=registry
        )
        self._relay_trip = Gauge(
            "narvaro_relay_round_trip_seconds",
            "How long the last packet took through a relay and back.",
            ["provider", "transport"],
            registry=registry,
        )
        by_way = ["provider", "region", "transport"]
        self._relayed_seconds = Counter(
            "narvaro_relayed_seconds", "Time of ends on a relay.", by_way, registry=registry
        )
        self._relayed_bytes = Counter(
            "narvaro_relayed_bytes", "What ends sent and received over a relay.", by_way, registry=registry
        )
        self._relay_budget = Gauge(
            "narvaro_relay_budget_used", "Part of this month's relayed bytes.", registry=registry
        )
        self._relay_ended = Histogram(
            "narvaro_relay_ended_seconds",
            "From a call's end until its relays are deleted.",
            buckets=_ERASE_SECONDS,
            registry=registry,
        )
        self._relay_not_ended = Counter(
            "narvaro_relay_not_ended", "Calls whose relays could not be deleted.", registry=registry
        )
        self._boxes = _Boxes()
        registry.register(self._boxes)

    def session_opened(self) -> None:
        """An endpoint's hello was taken."""
        self._sessions.inc()

    def session_closed(self) -> None:
        """That session is over."""
        self._sessions.dec()

    def socket_opened(self) -> None:
        """A WebSocket was opened; it has no session yet."""
        self._sockets.inc()

    def socket_closed(self, code: Enum | None) -> None:
        """A WebSocket is gone; `code` is why the server closed it, None if the client left or was lost."""
        self._sockets.dec()
        self._closed.labels(code.name.lower() if code is not None else "client").inc()

    def refused(self, code: StrEnum) -> None:
        """A request on a socket got an error."""
        self._refused.labels(code.value).inc()

    def turned_away(self, code: StrEnum) -> None:
        """An HTTP request got an error."""
        self._turned_away.labels(code.value).inc()

    def granted(self) -> None:
        """An endpoint got its next token."""
        self._granted.inc()

    def text_sent(self, *, went: bool) -> None:
        """An SMS was handed to its carrier, or could not be."""
        self._texts.labels("sent" if went else "failed").inc()

    def invited(self) -> None:
        """A call was placed."""
        self._invited.inc()

    def ended(self, reason: StrEnum) -> None:
        """A call ended."""
        self._ended.labels(reason.value).inc()

    def erased(self, seconds: float) -> None:
        """Nothing of a call is left, so long after its end."""
        self._erased.observe(seconds)

    def receipt_issued(self) -> None:
        """A receipt was signed."""
        self._receipts.inc()

    def calls_live(self, calls: int) -> None:
        """How many calls have a record now."""
        self._live.set(calls)

    def forwarded(self, box_bytes: int) -> None:
        """A box went from one end to the other."""
        self._boxes.count += 1
        self._boxes.total_bytes += box_bytes

    def requests_overdue(self, count: int) -> None:
        """So many subject requests are past their day."""
        self._requests_overdue.set(count)

    def relay_up(self, provider: StrEnum, duty: StrEnum, *, is_up: bool) -> None:
        """A relay provider fell or rose."""
        self._relay_up.labels(provider.value, duty.value).set(is_up)

    def relay_seen(self, provider: StrEnum, transport: StrEnum, *, is_up: bool, round_trip_ms: float | None) -> None:
        """A provider's relays were tried over one transport."""
        self._relay_seen.labels(provider.value, transport.value).set(is_up)
        if round_trip_ms is not None:
            self._relay_trip.labels(provider.value, transport.value).set(round_trip_ms / 1000)

    def relay_ended(self, seconds: float, *, is_done: bool) -> None:
        """A call's relays were deleted, or could not be."""
        if is_done:
            self._relay_ended.observe(seconds)
        else:
            self._relay_not_ended.inc()

    def relayed(self, provider: StrEnum, region: StrEnum, transport: str, seconds: float, carried_bytes: float) -> None:
        """An end was on a relay so long, and moved so much."""
        self._relayed_seconds.labels(provider.value, region.value, transport).inc(max(seconds, 0.0))
        self._relayed_bytes.labels(provider.value, region.value, transport).inc(max(carried_bytes, 0.0))

    def relay_budget(self, used: float) -> None:
        """So much of this month's relayed bytes is used."""
        self._relay_budget.set(used)

    def connected(self, phases_ms: Phases) -> None:
        """An end told how long its set-up took."""
        for phase in _PHASES:
            milliseconds: int | None = getattr(phases_ms, phase)
            if milliseconds is not None:
                self._phases.labels(phase).observe(milliseconds / 1000)

    def quality(self, told: Quality) -> None:
        """An end told how its media fare."""
        for name, histogram in self._quality.items():
            value: float | None = getattr(told, name)
            if value is not None:
                histogram.observe(value)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
