"""The whole audit: the run under the wiping allocator, the control without it, and the report of both."""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from client_sim.audit import coturn
from client_sim.audit.findings import Chapter, Report, Way
from client_sim.audit.judgement import AuditError
from client_sim.audit.machine import how_it_runs, swap, versions
from client_sim.audit.opened import OpenedFiles
from client_sim.audit.promises import Place, Planted, word
from client_sim.audit.rounds import Rounds, Tell, ways_of
from client_sim.audit.scripted_ways import SCRIPTED, SLOW
from client_sim.audit.scripted_ways import Story as ScriptedStory
from client_sim.audit.sealed import SEALED
from client_sim.audit.sealed import Story as SealedStory
from client_sim.audit.stage import open_stage
from client_sim.audit.witness import witness
from client_sim.ends import ClipEnds
from client_sim.residue import forms

KILLED: Final = (
    Way("kill -9 of the server (scripted)", "Both ends come back, name the call, and it is hung up.", sealed=False),
    Way("kill -9 of the server (sealed)", "Pictures go on; both ends come back, and it is hung up.", sealed=True),
)
STOPPED: Final = (
    Way("server stopped (scripted)", "It talks while the server is told to stop.", sealed=False),
    Way("server stopped (sealed)", "It rings while the server is told to stop.", sealed=True),
)
CRASHED: Final = (Way("server crashes (scripted)", "It talks when the server aborts (SIGABRT).", sealed=False),)
CONTROL: Final = ("hang-up", "knob off", "decline")


@dataclass(frozen=True)
class Plan:
    """What is to be done."""

    scripted: Mapping[str, ScriptedStory] = field(default_factory=lambda: SCRIPTED)
    sealed: Mapping[str, SealedStory] = field(default_factory=lambda: SEALED)
    killed: Sequence[Way] = KILLED
    stopped: Sequence[Way] = STOPPED
    crashed: Sequence[Way] = CRASHED
    """Comes after a stop: the server is started anew for it."""
    relays: bool = True
    """Without coturn there are no real calls."""
    control: bool = True
    strict: bool = False
    """What is left as declared counts as a find too."""
    command: Sequence[str] = ()
    """What is run as the coordinator, in place of `signalling serve`; no command line gives it."""

    def ways(self) -> list[Way]:
        """All of them."""
        every = [*ways_of(self.scripted, is_sealed=False), *ways_of(self.sealed, is_sealed=True)]
        return [*every, *self.killed, *self.stopped, *self.crashed]

    def without_relay(self) -> "Plan":
        """Only what needs no coturn."""
        killed, stopped = ([way for way in ways if not way.sealed] for ways in (self.killed, self.stopped))
        return replace(self, sealed={}, killed=killed, stopped=stopped, relays=False)

    def patient(self) -> "Plan":
        """With the ends that only long waiting brings."""
        return replace(self, scripted={**self.scripted, **SLOW})


@dataclass(frozen=True)
class Watching:
    """Who is told what goes on: words, and each chapter when it is done."""

    tell: Tell = lambda _: None
    done: Callable[[Chapter], None] = lambda _: None


async def audit(plan: Plan | None = None, watching: Watching | None = None) -> Report:
    """Run it. Raises AuditError where it can't be run, CoordinatorError where the coordinator doesn't start."""
    plan, watching = plan or Plan(), watching or Watching()
    if os.geteuid() != 0:
        raise AuditError("reading another process's memory takes root: run it with sudo")
    if plan.relays and not coturn.can_run():
        raise AuditError("turnserver or deploy/coturn isn't there: install coturn, or leave it out with --no-coturn")
    began = time.monotonic()
    report = Report(datetime.now(UTC).isoformat(timespec="seconds"), versions(), swap(), strict=plan.strict)
    report.forms_each = len(forms(word("any").encode()))
    with tempfile.TemporaryDirectory(prefix="narvaro-audit-") as directory:
        watching.tell("the search looks for what is certainly there")
        if plan.sealed:
            await asyncio.to_thread(ClipEnds.prepare)
        report.witness = await asyncio.to_thread(witness, Path(directory))
        async with _opened() as opened:
            control = asyncio.create_task(_control_run(plan, Path(directory) / "default", opened, report, watching))
            try:
                await _main_run(plan, Path(directory) / "wiping", opened, report, watching)
                await control
            finally:
                control.cancel()
                await asyncio.wait([control])
    report.seconds = time.monotonic() - began
    return report


async def _main_run(plan: Plan, home: Path, opened: OpenedFiles, report: Report, watching: Watching) -> None:
    planted = Planted()
    async with open_stage(
        home, plan.ways(), planted=planted, opened=opened, relays=plan.relays, command=plan.command
    ) as stage:
        report.processes += [how_it_runs(pid, place) for pid, place in stage.sites.processes.items()]
        rounds = Rounds(stage, watching.tell)
        async for chapters in _lived_through(plan, rounds):
            report.chapters += chapters
            for chapter in chapters:
                watching.done(chapter)
        report.declared = rounds.declared
        report.planted = planted.counts()
        report.files = sorted(_named(name, home) for name in stage.sites.files)
        report.files_complete = opened.complete


async def _lived_through(plan: Plan, rounds: Rounds) -> AsyncIterator[list[Chapter]]:
    """The server lives through the first round, is killed in the second, stops in the third, crashes in the last."""
    if plan.scripted or plan.sealed:
        yield await rounds.calls(plan.scripted, plan.sealed)
    if plan.killed:
        yield await rounds.server_killed(plan.killed)
    if plan.stopped:
        yield await rounds.server_stopped(plan.stopped)
    if plan.crashed:
        yield await rounds.server_crashed(plan.crashed)


async def _control_run(plan: Plan, home: Path, opened: OpenedFiles, report: Report, watching: Watching) -> None:
    """The same search over a coordinator that doesn't wipe what it frees."""
    if not plan.control:
        return
    stories = {name: story for name, story in SCRIPTED.items() if name in CONTROL}
    planted = Planted()
    ways = ways_of(stories, is_sealed=False)
    async with open_stage(
        home, ways, planted=planted, opened=opened, relays=False, wipes=False, command=plan.command
    ) as stage:
        [report.control] = await Rounds(stage).calls(stories, {})
    report.control.title = "Control: memory that is not wiped"
    report.control_copies = sum(one.copies for one in report.control.faults.finds if one.place is Place.COORDINATOR)
    watching.done(report.control)


@asynccontextmanager
async def _opened() -> AsyncIterator[OpenedFiles]:
    opened = OpenedFiles()
    opened.start()
    try:
        yield opened
    finally:
        opened.stop()


def _named(name: str, home: Path) -> str:
    """A path as the report tells it: the run's directory is anybody's."""
    return name.replace(str(home), "…")
