"""The audit at a terminal: what goes on while it runs, a line for each chapter, tables and the verdict at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from client_sim.audit import words
from client_sim.audit.audit import Watching
from client_sim.audit.findings import Chapter, Report
from client_sim.audit.judgement import Verdict
from client_sim.audit.promises import PROMISES

_STYLES = {Verdict.CLEAN: "bold green", Verdict.FOUND: "bold red", Verdict.BLIND: "bold yellow"}
CONTROL_TITLE = "Control"
SHOWN_FINDS = 20


@contextmanager
def watched(console: Console) -> Iterator[Watching]:
    """What is shown while it runs. In a pipe only the finished chapters are printed."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("the audit begins")

        def done(chapter: Chapter) -> None:
            progress.console.print(_chapter_line(chapter), soft_wrap=True)

        yield Watching(lambda what: progress.update(task, description=what), done)


def print_report(console: Console, report: Report) -> None:
    """Tables and verdict."""
    console.print()
    console.print(_endings(report))
    console.print(_kinds(report))
    _print_finds(console, report)
    for place, reason in {place: reason for one in PROMISES.values() for place, reason in one.declared.items()}.items():
        copies = sum(one.copies for one in report.declared if one.place is place)
        if copies:
            line = Text(f"declared: {copies} copies in the {place.value}. ", "yellow").append(reason, "dim")
            console.print(Padding(line, (0, 0, 1, 1)))
    verdict = report.verdict
    console.print(Text(f"{words.HEADLINES[verdict]}. ", _STYLES[verdict]).append(words.headline(report), "default"))


def _chapter_line(chapter: Chapter) -> Text:
    """One line for what has been lived through."""
    copies = sum(one.copies for one in chapter.faults.finds)
    if chapter.title.startswith(CONTROL_TITLE):
        told = f"{copies} copies left, as there must be"
        return _line("✓" if copies else "✗", "green" if copies else "red", chapter, told)
    seen = "all seen alive" if not chapter.faults.missing else "NOT all seen alive"
    told = f"{seen}, {copies or 'no'} copies left {_latest(chapter):.2f} s after"
    good = not copies and not chapter.faults.missing
    return _line("✓" if good else "✗", "green" if good else "red", chapter, told)


def _line(sign: str, style: str, chapter: Chapter, told: str) -> Text:
    line = Text(f"  {sign} ", style).append(f"{chapter.title:<46}", "default")
    return line.append(f" {len(chapter.ways):>2} ends  ", "default").append(told, "dim")


def _latest(chapter: Chapter) -> float:
    return max(chapter.after_seconds.values(), default=0.0)


def _endings(report: Report) -> Table:
    table = Table(title="How calls ended", title_justify="left", header_style="bold", expand=False)
    for column in ("end", "call", "while it lived", "one second after"):
        table.add_column(column, no_wrap=True)
    for chapter in report.chapters:
        for way in chapter.ways:
            finds = sum(one.marker.way == way.name for one in chapter.faults.finds)
            seen = words.control_of(chapter, way.name)
            table.add_row(
                way.name.partition(" (")[0],
                "sealed, relayed" if way.sealed else "scripted, open",
                Text(seen, "green" if seen == "seen" else "yellow"),
                Text(f"{finds} finds" if finds else "nothing", "red" if finds else "green").append(
                    f"  {chapter.after_seconds.get(way.name, 0.0):.2f} s", "dim"
                ),
            )
        table.add_section()
    return table


def _kinds(report: Report) -> Table:
    table = Table(
        title=f"What was looked for, in {report.forms_each} forms each", title_justify="left", header_style="bold"
    )
    table.add_column("kind", ratio=3)
    table.add_column("markers", justify="right")
    table.add_column("seen while calls lived", ratio=2)
    table.add_column("after the ends", ratio=1)
    for kind, number in report.planted.items():
        after = words.seen_after(report, kind)
        style = "yellow" if "declared" in after else "red" if after.endswith("copies") else "green"
        table.add_row(PROMISES[kind].words, str(number), words.seen_during(report, kind), Text(after, style))
    return table


def _print_finds(console: Console, report: Report) -> None:
    finds = list(report.finds())
    for one in finds[:SHOWN_FINDS]:
        told = (
            f"found: {PROMISES[one.marker.kind].words} ({one.marker.label}, {one.form}), {one.copies} × in {one.where}"
        )
        console.print(Text(f"  {told} · {one.marker.way}", "red"), soft_wrap=True)
    if len(finds) > SHOWN_FINDS:
        console.print(Text(f"  and {len(finds) - SHOWN_FINDS} more, in the report", "red"))
