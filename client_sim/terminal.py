"""What a person at a terminal sees of calls, line by line; the same lines stay readable in a file or a pipe."""

from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from client_sim.ends import Figures
from client_sim.live_call import LiveCall
from client_sim.report import CallReport, LoadReport, Quantiles
from client_sim.timeline import Mark, Step

_WORDS: Final[dict[Step, str]] = {
    Step.INVITED: "invited",
    Step.RUNG: "a ring came",
    Step.ADMITTED: "the coordinator took the invite",
    Step.JOINED: "joined, handshake through",
    Step.RINGING: "ringing",
    Step.GATHERED: "candidates gathered",
    Step.ICE: "ICE connected",
    Step.DTLS: "DTLS connected",
    Step.ACCEPTED: "accepted",
    Step.FIRST_FRAME: "first picture",
    Step.LOST: "media lost, waiting",
    Step.RESUMED: "the other end was loaded anew",
    Step.RETURNED: "media back",
    Step.PEER_GONE: "the other end's socket went; the call goes on",
    Step.PEER_BACK: "the other end's socket is back",
    Step.DISCONNECTED: "own socket lost; the call goes on",
    Step.RECONNECTED: "own socket back",
    Step.ENDED: "ended",
    Step.ERASED: "erased by the coordinator",
}
_STYLES: Final[dict[Step, str]] = {
    Step.RINGING: "yellow",
    Step.ACCEPTED: "green",
    Step.FIRST_FRAME: "bold green",
    Step.LOST: "red",
    Step.ENDED: "bold",
    Step.ERASED: "dim",
}


class CallPrinter:
    """Prints one call as it happens: seconds since the invite, what happened, and since what came before."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun: float | None = None
        self._last = 0.0
        self._step: Step | None = None
        self._answers_at: float | None = None

    def marked(self, call: LiveCall, mark: Mark) -> None:  # noqa: ARG002 - an observer's signature
        """An `Observer`."""
        if self._begun is None:
            self._begun = self._last = mark.at
        since, self._last = mark.at - self._last, mark.at
        self._step = mark.step
        if mark.answers_in_ms is not None:
            self._answers_at = mark.at + mark.answers_in_ms / 1000
        line = Text(f"{mark.at - self._begun:8.3f} s  ")
        line.append(f"+{since * 1000:6.0f} ms  ", "dim")
        line.append(_words(mark), _STYLES.get(mark.step, ""))
        self._console.print(line, soft_wrap=True)

    def present(self, now: float) -> str:
        """What is going on, for the last line of a live terminal."""
        match self._step:
            case Step.FIRST_FRAME:
                return "looking"
            case Step.ENDED:
                return "waiting until it is erased"
            case Step.ACCEPTED:
                return "waiting for the first picture"
            case _ if self._answers_at is not None:
                return f"it rings; answer in {max(0.0, self._answers_at - now):.0f} s"
            case _:
                return "calling"

    def figures(self, seconds: float, figures: Figures) -> None:
        """Once a second, while it is looked at."""
        self._console.print(Text(f"{seconds:8.0f} s looking  {_figures(figures)}", "cyan"), soft_wrap=True)


def print_verdict(console: Console, report: CallReport) -> None:
    """The last lines of a call."""
    if report.failure is not None:
        console.print(Text(f"failed: {report.failure}", "bold red"))
        return
    ring, picture = report.setup_ms(Step.RINGING), report.first_picture_ms
    parts = [f"invite to ring {ring:.0f} ms" if ring is not None else ""]
    parts.append(f"accept to first picture {picture:.0f} ms" if picture is not None else "")
    console.print(Text("good: " + ", ".join(part for part in parts if part), "bold green"))


def print_load(console: Console, report: LoadReport) -> None:
    """The table at the end of a load run."""
    table = Table(title=f"{len(report.calls)} calls, {report.at_once} at once, {report.seconds:.1f} s")
    table.add_column("milliseconds")
    for column in ("p50", "p95", "p99", "calls"):
        table.add_column(column, justify="right")
    for name, row in report.phases().items():
        table.add_row(name, *_row(row))
    console.print(table)
    console.print(f"frames at callers: {report.frames}, lost {report.lost_frames}")
    for cause, number in report.failures.items():
        console.print(Text(f"failed {number}: {cause}", "red"))
    if not report.failures:
        console.print(Text("failed: none", "green"))
    lag = report.lag
    told = f"p50 {lag.p50:.1f}, p99 {lag.p99:.1f} ms" if lag else "unknown"
    console.print(f"loop lag: {told}; CPU of this process: {report.cpu_percent:.0f} % of one core")
    if not report.is_valid:
        rule = f"above {report.BUSY_PERCENT:.0f} % CPU these figures tell of this machine, not of the calls"
        console.print(Text(f"INVALID: {rule}", "bold red"))


def device_lines(console: Console, name: str, clock: Callable[[], str]) -> Callable[[LiveCall, Mark], None]:
    """An `Observer` that tells what a device does, one line each."""

    def observe(call: LiveCall, mark: Mark) -> None:
        told = _device_words(call, mark)
        if told is not None:
            console.print(Text(f"{clock()}  {name:<5} ").append(told, _STYLES.get(mark.step, "")), soft_wrap=True)

    return observe


def _words(mark: Mark) -> str:
    words = _WORDS[mark.step]
    if mark.answers_in_ms is not None:
        words += f", answers by itself in {mark.answers_in_ms / 1000:.1f} s"
    if mark.path is not None:
        words += f", {mark.path}"
    if mark.step is Step.ENDED:
        words += f": {mark.reason.value}" if mark.reason is not None else ": taken by another endpoint"
        words += f" (refused: {mark.refused})" if mark.refused not in (None, mark.reason) else ""
        words += f" ({mark.cause})" if mark.cause is not None else ""
    return words


def _device_words(call: LiveCall, mark: Mark) -> str | None:
    match mark.step:
        case Step.RINGING:
            return f"rings: {call.caller_name}" if call.caller_name else "rings"
        case Step.ACCEPTED:
            return "takes the call"
        case Step.FIRST_FRAME:
            return "sees the caller"
        case Step.LOST | Step.RETURNED:
            return _WORDS[mark.step]
        case Step.ENDED:
            seen = _figures(call.ends.figures(), running=False) if call.accepted else ""
            return f"{_words(mark)}{'; ' + seen if seen else ''}"
        case _:
            return None


def _figures(figures: Figures, *, running: bool = True) -> str:
    parts = []
    if (video := figures.video) is not None:
        if running:
            parts.append(f"{video.frames_last_second} frames/s")
        parts.append(f"{video.frames} frames, {video.lost_frames} lost, {video.freezes} freezes")
        if (glass := video.glass_to_glass) is not None:
            parts.append(f"glass to glass {glass.p50_ms:.0f} ms (p95 {glass.p95_ms:.0f})")
    if (audio := figures.audio) is not None and audio.loss_percent is not None:
        delay = f", delay {audio.delay.p50_ms:.0f} ms" if audio.delay is not None else ""
        parts.append(f"sound {audio.loss_percent:.1f} % lost{delay}")
    return " · ".join(parts)


def _row(row: Quantiles | None) -> list[str]:
    if row is None:
        return ["–", "–", "–", "0"]
    return [f"{row.p50:.0f}", f"{row.p95:.0f}", f"{row.p99:.0f}", str(row.count)]
