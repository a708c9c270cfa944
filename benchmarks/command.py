"""The command line of the comparison: options, progress, the report and its JSON."""

import gc
import os
import resource
import sys
from pathlib import Path

import click
from rich.console import Console

from benchmarks.comparison import Plan, compare
from benchmarks.faults import LoadError
from benchmarks.report import as_json, into_document, machine, markdown, table
from benchmarks.servers import CONTENDERS, cores

_DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "design" / "performance.md"

_PIPED_COLUMNS = 140


@click.command(help="Measure the coordinator beside a bare aiohttp relay, in one run.")
@click.option("--rounds", type=click.IntRange(1, 50), default=5, show_default=True, help="Each server once a round.")
@click.option("--seconds", type=click.FloatRange(0.5, 60), default=3.0, show_default=True, help="Of each measurement.")
@click.option("--quick", is_flag=True, help="One short round, and 1,000 endpoints at most; under a minute.")
@click.option("--only", multiple=True, type=click.Choice([one.name for one in CONTENDERS]), help="These servers alone.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write every run here.")
@click.option("--write", is_flag=True, help="Put the figures into docs/design/performance.md.")
def main(
    *, rounds: int, seconds: float, quick: bool, only: tuple[str, ...], json_path: Path | None, write: bool
) -> None:
    """See the command's help."""
    plan = Plan(rounds=rounds, seconds=seconds, warm_seconds=1.0, idle=1000, many=10_000)
    if quick:
        plan = Plan(rounds=1, seconds=min(seconds, 1.5), warm_seconds=0.5, idle=1000, many=None)
    contenders = [one for one in CONTENDERS if not only or one.name in only]
    server_core, generator_core = cores()
    os.sched_setaffinity(0, {generator_core})
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    gc.set_threshold(50_000, 50, 1000)
    console = Console() if sys.stdout.isatty() else Console(width=_PIPED_COLUMNS)
    try:
        with console.status("getting ready") as status:
            runs = compare(plan, contenders, server_core=server_core, tell=status.update)
    except LoadError as problem:
        sys.exit(f"benchmark: {problem}")
    here = machine(shared_core=server_core == generator_core)
    console.print(table(runs, contenders))
    console.print(here, highlight=False)
    if json_path is not None:
        json_path.write_bytes(as_json(plan, runs, here))
    if write:
        _DOCUMENT.write_text(into_document(_DOCUMENT.read_text(), markdown(runs, contenders, here)))
