"""What was measured, as a table for the terminal, as JSON with every run, and as the figures of the document."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

import msgspec
from rich.table import Table
from rich.text import Text

from benchmarks.comparison import FOREIGN_SHARE, Plan, Run
from benchmarks.figures import Spread, paired, spread
from benchmarks.servers import REFERENCE, Contender

_BEGIN: Final = "<!-- figures: written by `make bench` with --write -->"
_END: Final = "<!-- end of figures -->"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _tenths(value: float) -> str:
    return f"{value:,.1f}"


def _percent(value: float) -> str:
    return f"{value:.0%}"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure in the report."""

    name: str
    title: str
    text: Callable[[float], str]
    compared: bool = False


ROWS: Final = (
    Row("call_us", "server CPU a call, busy (µs)", _whole, compared=True),
    Row("message_us", "server CPU a message in, busy (µs)", _tenths, compared=True),
    Row("calls_per_second", "call set-ups a second", _whole, compared=True),
    Row("half_call_us", "server CPU a call at half load (µs)", _whole, compared=True),
    Row("forward_p50_us", "forwarded at half load, p50 (µs)", _whole, compared=True),
    Row("forward_p99_us", "forwarded at half load, p99 (µs)", _whole, compared=True),
    Row("hellos_per_second", "connect and hello, a second", _whole),
    Row("hello_us", "server CPU a connect and hello (µs)", _whole, compared=True),
    Row("tokens_per_second", "tokens a second", _whole),
    Row("token_us", "server CPU a token (µs)", _whole),
    Row("rss_kib_at_1000", "RSS an idle endpoint at 1,000 (KiB)", _tenths),
    Row("rss_kib_at_10000", "RSS an idle endpoint at 10,000 (KiB)", _tenths),
    Row("rss_mib_with_10000", "RSS of the server with 10,000 (MiB)", _whole),
    Row("server_share", "server's share of its core, busy", _percent),
    Row("generator_share", "generator's share of its core, busy", _percent),
    Row("half_share", "server's share of its core at half load", _percent),
)


def machine(*, shared_core: bool) -> str:
    """Where and when, in one line: nothing that tells whose machine it is."""
    model = "a CPU of unknown name"
    with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - a kernel file
        for line in file:
            if line.startswith("model name"):
                model = " ".join(line.partition(":")[2].split())
                break
    parts = " ".join(f"{name} {version(name)}" for name in ("aiohttp", "uvloop", "msgspec", "cryptography"))
    pins = "server and generator share one core" if shared_core else "server on one core, generator on another"
    now = datetime.now(UTC).date()
    system = f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    return f"{now}, {os.cpu_count()} cores of {model}, {system}, {parts}; {pins}."


def values(runs: Sequence[Run], contender: Contender, name: str, *, disturbed: bool = False) -> list[float | None]:
    """That figure of one server, round by round; None where it wasn't measured or, unless asked for, was disturbed."""
    return [
        None if name in run.disturbed and not disturbed else run.figures.get(name)
        for run in runs
        if run.contender == contender.name
    ]


def cell(runs: Sequence[Run], contender: Contender, row: Row) -> str:
    """Median and quartiles over the rounds that count; with a `?` where none counts."""
    measured = [value for value in values(runs, contender, row.name, disturbed=True) if value is not None]
    found = spread(value for value in values(runs, contender, row.name) if value is not None)
    doubt = ""
    if found is None:
        found = spread(measured)
        doubt = " ?"
    if found is None:
        return "–"
    return _shown(found, row.text, rounds=len(measured)) + doubt


def _shown(found: Spread, text: Callable[[float], str], *, rounds: int) -> str:
    """`median [lower upper] n=3`: quartiles where there is more than one run, `n` where not every round counts."""
    spans = "" if found.runs == 1 else f" [{text(found.lower)} {text(found.upper)}]"
    return text(found.median) + spans + ("" if found.runs == rounds else f" n={found.runs}")


def ratio(runs: Sequence[Run], contender: Contender, row: Row) -> str:
    """This server's figure by the reference's, paired within each round."""
    ours, theirs = (values(runs, one, row.name, disturbed=True) for one in (contender, REFERENCE))
    if len(ours) != len(theirs):
        return "–"
    clean = paired(values(runs, contender, row.name), values(runs, REFERENCE, row.name))
    found = spread(clean or paired(ours, theirs))
    if found is None:
        return "–"
    doubt = "" if clean else " ?"
    return _shown(found, "{:.2f}".format, rounds=len(paired(ours, theirs))) + doubt


def lines(runs: Sequence[Run], contenders: Sequence[Contender]) -> list[list[str]]:
    """The report's rows: every figure, then the ratios to the reference."""
    rows = [[row.title, *(cell(runs, one, row) for one in contenders)] for row in ROWS]
    if REFERENCE in contenders:
        rows += [
            [f"× {REFERENCE.title}: {row.title.partition(' (')[0]}", *(ratio(runs, one, row) for one in contenders)]
            for row in ROWS
            if row.compared
        ]
    return [row for row in rows if any(text != "–" for text in row[1:])]


def remarks(runs: Sequence[Run]) -> list[str]:
    """How many runs there were, how many were disturbed, and what else was noted."""
    rounds = [run for run in runs if run.round >= 0]
    disturbed = sum(bool(run.disturbed) for run in rounds)
    counted = (
        f"Medians [quartiles] of {max(run.round for run in rounds) + 1} interleaved rounds. In {disturbed} of "
        f"{len(rounds)} runs other programs took over {FOREIGN_SHARE:.0%} of a core for a while; what was measured "
        "then is left out (n= says how many were left), or marked `?` where there is nothing else."
    )
    noted = sorted({(run.contender, note) for run in runs for note in run.notes})
    return [counted, *(f"{name}: {note}." for name, note in noted)]


def table(runs: Sequence[Run], contenders: Sequence[Contender]) -> Table:
    """For the terminal."""
    shown = Table(caption=Text("\n".join(remarks(runs))), caption_justify="left")
    shown.add_column("")
    for one in contenders:
        shown.add_column(one.title, justify="right")
    for line in lines(runs, contenders):
        shown.add_row(*(Text(text) for text in line))
    return shown


def markdown(runs: Sequence[Run], contenders: Sequence[Contender], here: str) -> str:
    """For the document."""
    head = ["figure", *(one.title for one in contenders)]
    rule = ["---", *("---:" for _ in contenders)]
    body = "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *lines(runs, contenders)])
    return "\n\n".join([here, body, *remarks(runs)])


def into_document(document: str, figures: str) -> str:
    """The document with its figures in place of the old ones. Raises ValueError if it has no place for them."""
    before, begun, rest = document.partition(_BEGIN)
    _, ended, after = rest.partition(_END)
    if not begun or not ended:
        raise ValueError("the document has a place for figures between two comments")
    return f"{before}{_BEGIN}\n\n{figures}\n\n{_END}{after}"


def as_json(plan: Plan, runs: Sequence[Run], here: str) -> bytes:
    """Every run, for a machine."""
    return msgspec.json.format(
        msgspec.json.encode({"machine": here, "plan": asdict(plan), "runs": [asdict(run) for run in runs]})
    )
