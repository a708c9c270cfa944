"""What came of a call, as data: for JSON files and for the tables that people read.

A report holds no name, address or key.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import msgspec

from client_sim.ends import Figures
from client_sim.timeline import Mark, Step, Timeline
from signalling.protocol import EndReason

SETUP_STEPS: Final = (Step.RINGING, Step.JOINED, Step.GATHERED, Step.ICE, Step.DTLS)
"""From the invite; what comes after them waits for a person or a countdown."""


@dataclass(frozen=True)
class CallReport:
    """One call, as its caller lived it."""

    to: str
    """`komp` or `av1`."""
    timeline: Timeline
    figures: Figures
    picture: bytes | None
    failure: str | None
    """Why it was not a good call, in words; None for a good one."""

    @property
    def reason(self) -> EndReason | None:
        """Why it ended."""
        ended = self.timeline.first(Step.ENDED)
        return ended.reason if ended else None

    @property
    def cause(self) -> str | None:
        """Why no relay carried, where the call ended over it and its caller found out."""
        ended = self.timeline.first(Step.ENDED)
        return ended.cause if ended else None

    def setup_ms(self, step: Step) -> float | None:
        """Milliseconds from the invite to a step."""
        return self.timeline.between_ms(Step.INVITED, step)

    @property
    def first_picture_ms(self) -> float | None:
        """Milliseconds from the accept to the first decoded picture."""
        return self.timeline.between_ms(Step.ACCEPTED, Step.FIRST_FRAME)

    def as_data(self) -> dict[str, Any]:
        """For JSON: each step with its milliseconds since the invite, the figures, and how it ended."""
        connected = self.timeline.first(Step.DTLS)
        return {
            "to": self.to,
            "ok": self.failure is None,
            "failure": self.failure,
            "reason": self.reason,
            "cause": self.cause,
            "steps": [_step(mark, self.timeline) for mark in self.timeline.marks],
            "first_picture_ms": _rounded(self.first_picture_ms),
            "path": str(connected.path) if connected and connected.path else None,
            "figures": asdict(self.figures),
        }


@dataclass(frozen=True)
class Quantiles:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> "Quantiles | None":
        """By nearest rank (Hyndman and Fan's first definition): every figure is one that was measured."""
        ranked = sorted(values)
        if not ranked:
            return None

        def at(percent: int) -> float:
            return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]

        return cls(at(50), at(95), at(99), len(ranked))


@dataclass(frozen=True)
class LoadReport:
    """Many calls, and whether the machine was up to them."""

    calls: Sequence[CallReport]
    at_once: int
    seconds: float
    cpu_percent: float
    """Of one core, in this process: all ends of all calls."""
    lag: Quantiles | None
    """How late this process's event loop was."""

    BUSY_PERCENT = 80.0

    @property
    def is_valid(self) -> bool:
        """Above 80 % CPU the figures tell of this machine, not of the calls."""
        return self.cpu_percent <= self.BUSY_PERCENT

    @property
    def failures(self) -> dict[str, int]:
        """How many failed, by cause."""
        causes: dict[str, int] = {}
        for call in self.calls:
            if call.failure is not None:
                causes[call.failure] = causes.get(call.failure, 0) + 1
        return causes

    def phase(self, measure: Callable[[CallReport], float | None]) -> Quantiles | None:
        """One measure over all calls that have it."""
        return Quantiles.of(value for call in self.calls if (value := measure(call)) is not None)

    def phases(self) -> dict[str, Quantiles | None]:
        """The table: set-up from the invite, the accept's reach, and the first picture."""
        rows: dict[str, Quantiles | None] = {}
        for step in SETUP_STEPS:
            rows[step.value] = self.phase(lambda call, step=step: call.setup_ms(step))  # type: ignore[misc]
        rows["first picture, from accept"] = self.phase(lambda call: call.first_picture_ms)
        return rows

    @property
    def frames(self) -> int:
        """Pictures that arrived at callers."""
        return sum(call.figures.video.frames for call in self.calls if call.figures.video)

    @property
    def lost_frames(self) -> int:
        """Pictures that did not."""
        return sum(call.figures.video.lost_frames for call in self.calls if call.figures.video)

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "valid": self.is_valid,
            "calls": len(self.calls),
            "at_once": self.at_once,
            "seconds": round(self.seconds, 3),
            "cpu_percent": round(self.cpu_percent, 1),
            "loop_lag_ms": asdict(self.lag) if self.lag else None,
            "failures": self.failures,
            "frames": self.frames,
            "lost_frames": self.lost_frames,
            "phases_ms": {name: asdict(row) if row else None for name, row in self.phases().items()},
            "each": [call.as_data() for call in self.calls],
        }


def to_json(data: dict[str, Any]) -> bytes:
    """Readable JSON, ending with a line's end."""
    return msgspec.json.format(msgspec.json.encode(data)) + b"\n"


def _step(mark: Mark, timeline: Timeline) -> dict[str, Any]:
    begun = timeline.marks[0].at
    said: dict[str, Any] = {"step": mark.step.value, "ms": round((mark.at - begun) * 1000, 1)}
    if mark.answers_in_ms is not None:
        said["answers_in_ms"] = mark.answers_in_ms
    if mark.reason is not None:
        said["reason"] = mark.reason.value
    if mark.cause is not None:
        said["cause"] = mark.cause
    if mark.refused is not None:
        said["refused"] = mark.refused
    if mark.path is not None:
        said["path"] = str(mark.path)
    return said


def _rounded(value: float | None) -> float | None:
    return round(value, 1) if value is not None else None
