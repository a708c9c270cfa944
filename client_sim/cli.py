"""The command line of the headless endpoints: call, be a device, keep house, demonstrate, load, audit."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import click
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from client_sim.asking import AskingError
from client_sim.audit.audit import Plan, audit
from client_sim.audit.judgement import AuditError
from client_sim.audit.page import page
from client_sim.audit.table import print_report, watched
from client_sim.av1 import Av1
from client_sim.coordinator import CoordinatorError
from client_sim.endpoint import KeysUnknownError, prepare_process
from client_sim.ends import live_ends
from client_sim.house import open_house
from client_sim.komp import COUNTDOWN_SECONDS, Komp
from client_sim.link import LinkError
from client_sim.manner import Observer, Surroundings
from client_sim.meetings import MeetingError
from client_sim.network import PROFILES, NetworkError
from client_sim.origin import OriginError
from client_sim.playing import be_device, call_at_home, call_elsewhere, keep_house
from client_sim.report import CallReport, LoadReport, to_json
from client_sim.scenarios.many_calls import own_street, place_many
from client_sim.scenarios.through_network import call_through
from client_sim.sealed.keeping import KeepingError, read_keeping, write_keeping
from client_sim.terminal import print_load

DEMO_COUNTDOWN_SECONDS: Final = 3.0
DEFAULT_ORIGIN: Final = "http://localhost:8080"
KINDS: Final = click.Choice(["komp", "av1"])

Result = TypeVar("Result")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Headless endpoints of Närvaro: they behave as a Komp, an AV1, a family app and a student app do."""


@main.command()
@click.option("--to", "kind", type=KINDS, default="komp", show_default=True, help="Whom to call.")
@click.option("--seconds", type=click.FloatRange(0, 3600), default=5.0, show_default=True, help="How long to look.")
@click.option("--origin", help="A coordinator that runs. Without it this command brings its own house.")
@click.option("--link", "link_file", type=click.Path(path_type=Path), help="Link file of the caller; with --origin.")
@click.option("--always-relay", is_flag=True, help="Media go through a TURN server, or not at all.")
@click.option("--network", type=click.Choice([*PROFILES]), help="Call a Komp through a network made for it (root).")
@click.option("--picture", type=click.Path(path_type=Path), help="Where to save a received frame (PNG).")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Where to write what was measured.")
def call(
    *,
    kind: str,
    seconds: float,
    origin: str | None,
    link_file: Path | None,
    always_relay: bool,
    network: str | None,
    picture: Path | None,
    json_file: Path | None,
) -> None:
    """Call a Komp or an AV1 and show what happens."""
    if network is not None:
        if origin is not None or picture is not None or kind != "komp":
            raise click.UsageError("--network brings its own coordinator and Komp, and saves no picture")
        _call_through(network, seconds, json_file, always_relay=always_relay)
        return
    if (origin is None) != (link_file is None):
        raise click.UsageError("--origin and --link go together: a caller must be known to its coordinator")
    prepare_process(loopback_only=origin is None and not always_relay)
    console = Console(highlight=False)

    async def work() -> CallReport:
        if origin is not None and link_file is not None:
            keeping = read_keeping(link_file)
            return await call_elsewhere(console, keeping, kind, seconds, origin=origin, always_relay=always_relay)
        async with open_house(countdown_seconds=DEMO_COUNTDOWN_SECONDS, always_relay=always_relay) as house:
            return await call_at_home(console, house, kind, seconds)

    report = _run(work())
    _save(console, report, picture, json_file)
    sys.exit(0 if report.failure is None else 1)


@main.command()
@click.option("--origin", default=DEFAULT_ORIGIN, show_default=True, help="The coordinator.")
@click.option("--link", "link_file", type=click.Path(path_type=Path), required=True, help="The Komp's link file.")
@click.option("--countdown", type=click.FloatRange(0, 60), default=COUNTDOWN_SECONDS, show_default=True)
def komp(origin: str, link_file: Path, countdown: float) -> None:
    """Be a Komp until Ctrl-C."""
    prepare_process()
    console = Console(highlight=False)

    def make(around: Surroundings, observe: Observer) -> Komp:
        ends = live_ends("KOMP")
        kept = partial(write_keeping, link_file)
        return Komp(read_keeping(link_file), around, ends, countdown_seconds=countdown, observe=observe, kept=kept)

    _run(be_device(console, "Komp", origin, make), interrupted=0)


@main.command()
@click.option("--origin", default=DEFAULT_ORIGIN, show_default=True, help="The coordinator.")
@click.option("--link", "link_file", type=click.Path(path_type=Path), required=True, help="The AV1's link file.")
def av1(origin: str, link_file: Path) -> None:
    """Be an AV1 until Ctrl-C."""
    prepare_process()
    console = Console(highlight=False)

    def make(around: Surroundings, observe: Observer) -> Av1:
        kept = partial(write_keeping, link_file)
        return Av1(read_keeping(link_file), around, live_ends("AV1"), observe=observe, kept=kept)

    _run(be_device(console, "AV1", origin, make), interrupted=0)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes any free one.")
@click.option("--countdown", type=click.FloatRange(0, 60), default=COUNTDOWN_SECONDS, show_default=True)
def house(port: int, countdown: float) -> None:
    """Keep a coordinator, a Komp and an AV1; say where to click. Ctrl-C ends all."""
    prepare_process()
    _run(keep_house(Console(highlight=False), port=port, countdown_seconds=countdown), interrupted=0)


@main.command()
@click.option("--seconds", type=click.FloatRange(0, 600), default=4.0, show_default=True, help="How long to look.")
@click.option("--picture", type=click.Path(path_type=Path), default=Path("out/demo.png"), show_default=True)
def demo(seconds: float, picture: Path) -> None:
    """A house without a browser: call the Komp, then the AV1; save a received frame."""
    prepare_process(loopback_only=True)
    console = Console(highlight=False)

    async def work() -> list[CallReport]:
        async with open_house(countdown_seconds=DEMO_COUNTDOWN_SECONDS) as home:
            return [await call_at_home(console, home, kind, seconds) for kind in ("komp", "av1")]

    reports = _run(work())
    _save(console, reports[0], picture, None)
    sys.exit(0 if all(report.failure is None for report in reports) else 1)


@main.command()
@click.option("--calls", type=click.IntRange(1, 100_000), default=20, show_default=True, help="How many calls.")
@click.option("--at-once", type=click.IntRange(1, 500), default=5, show_default=True, help="Side by side.")
@click.option("--seconds", type=click.FloatRange(0, 600), default=3.0, show_default=True, help="Length of each.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Where to write the report.")
def load(calls: int, at_once: int, seconds: float, json_file: Path | None) -> None:
    """Place real calls side by side, and end with a table. Exits 1 if one failed, 2 if the run says nothing."""
    prepare_process(loopback_only=True)
    console = Console(highlight=False)
    columns = (TextColumn("calls"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("calls", total=calls)

        async def work() -> LoadReport:
            async with own_street(min(at_once, calls)) as street:
                return await place_many(street, calls, seconds=seconds, done=lambda _: progress.advance(bar))

        report = _run(work())
    print_load(console, report)
    if json_file is not None:
        _write(json_file, to_json(report.as_data()))
        console.print(f"report: {json_file}")
    sys.exit(1 if report.failures else 0 if report.is_valid else 2)


def _call_through(network: str, seconds: float, json_file: Path | None, *, always_relay: bool) -> None:
    console = Console(highlight=False)
    try:
        report = call_through(console, network, seconds=seconds, always_relay=always_relay)
    except (NetworkError, OSError) as problem:
        raise click.ClickException(str(problem)) from None
    if json_file is not None:
        _write(json_file, to_json(report))
        console.print(f"report: {json_file}")
    sys.exit(0 if report["ok"] else 1)


@main.command()
@click.option("--report", "page_file", type=click.Path(path_type=Path), help="Where to write the report (HTML).")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Where to write it for machines.")
@click.option("--no-coturn", is_flag=True, help="Leave coturn out, and with it the real calls that it relays.")
@click.option("--patient", is_flag=True, help="Also the ends that only long waiting brings; a minute more.")
@click.option("--strict", is_flag=True, help="What is left as declared counts as a find too.")
def residue(page_file: Path | None, json_file: Path | None, *, no_coturn: bool, patient: bool, strict: bool) -> None:
    """Audit: end real calls in every way, and look for what they left. Takes root.

    Exits 0 if nothing was found, 1 if something was, 2 if the run says nothing.
    """
    prepare_process(loopback_only=True)
    console = Console(highlight=False)
    plan = Plan(strict=strict)
    plan = plan.patient() if patient else plan
    plan = plan.without_relay() if no_coturn else plan
    try:
        with watched(console) as watching:
            report = _run(audit(plan, watching))
    except AuditError as problem:
        console.print(f"This run says nothing: {problem}", style="bold yellow", soft_wrap=True)
        sys.exit(2)
    print_report(console, report)
    for path, content in ((page_file, page(report)), (json_file, to_json(report.as_data()))):
        if path is not None:
            _write(path, content)
            console.print(f"report: {path}")
    sys.exit(report.verdict)


def _run(work: Coroutine[None, None, Result], *, interrupted: int = 128 + signal.SIGINT) -> Result:
    """Run it to its end. Ctrl-C, SIGTERM and a closed terminal end it in good order, with the status `interrupted`.

    Faults that have a reason are told in one line.
    """
    try:
        return uvloop.run(_interruptible(work))
    except (asyncio.CancelledError, KeyboardInterrupt):
        sys.exit(interrupted)
    except (
        AskingError,
        CoordinatorError,
        ConnectionError,
        KeepingError,
        KeysUnknownError,
        LinkError,
        MeetingError,
        OriginError,
    ) as problem:
        raise click.ClickException(str(problem)) from None


async def _interruptible(work: Coroutine[None, None, Result]) -> Result:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await work


def _save(console: Console, report: CallReport, picture: Path | None, json_file: Path | None) -> None:
    if picture is not None and report.picture is not None:
        _write(picture, report.picture)
        console.print(f"picture: {picture}")
    if json_file is not None:
        _write(json_file, to_json(report.as_data()))
        console.print(f"report: {json_file}")


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as problem:
        raise click.ClickException(f"{path} can't be written: {problem.strerror}") from None
