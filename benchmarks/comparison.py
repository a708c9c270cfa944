"""The comparison: rounds in which every server does the same work, one after the other, in an order that turns.

A single run lies, so each figure is a median over rounds, and ratios are taken within a round. A measured time in
which the machine was busy with something else for more than a fifth of a core counts for nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import uvloop

from benchmarks.call import Script, coordinator_call, relay_call
from benchmarks.entry import each, fetch_ticket, say_hello, take_name
from benchmarks.faults import LoadError
from benchmarks.figures import percentile
from benchmarks.line import Line
from benchmarks.load import Carried, Load, Pair
from benchmarks.people import People
from benchmarks.procfs import Usage, between, moment, rss_bytes
from benchmarks.servers import Contender, Running, running

FOREIGN_SHARE = 0.2
"""Of one core; a busier machine makes a measured time invalid."""
GENERATOR_SHARE = 0.95
"""Above this the generator, not the server, set the pace."""
_IDLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how long."""

    rounds: int
    seconds: float
    warm_seconds: float
    idle: int
    """Endpoints connected in each round; they pair up for the calls."""
    many: int | None
    """Endpoints connected once, idle, to see what each costs in numbers."""


@dataclass(slots=True)
class Run:
    """One server in one round: figures by name, and which of them count for nothing, and why."""

    contender: str
    round: int
    figures: dict[str, float] = field(default_factory=dict)
    disturbed: dict[str, float] = field(default_factory=dict)
    """Figures measured under foreign load, with its share of a core."""
    notes: list[str] = field(default_factory=list)

    def put(self, usage: Usage, **figures: float) -> None:
        """Keep figures from one measured time."""
        self.figures.update(figures)
        if usage.foreign_share > FOREIGN_SHARE:
            self.disturbed.update(dict.fromkeys(figures, usage.foreign_share))


Progress = Callable[[str], None]


def compare(plan: Plan, contenders: Sequence[Contender], *, server_core: int, tell: Progress) -> list[Run]:
    """All rounds, then the endpoints in numbers. Needs a fresh event loop for each server. Raises LoadError."""
    people = People(max(plan.idle, plan.many or 0))
    few = People(plan.idle)
    runs = []
    for number in range(plan.rounds):
        turned = [contenders[(number + place) % len(contenders)] for place in range(len(contenders))]
        for contender in turned:
            tell(f"round {number + 1} of {plan.rounds}: {contender.title}")
            with running(contender, few, server_core=server_core) as server:
                runs.append(uvloop.run(_round(contender, server, few, plan, number)))
    for contender in contenders if plan.many else ():
        tell(f"{plan.many:,} idle endpoints: {contender.title}")
        with running(contender, people, server_core=server_core) as server:
            runs.append(uvloop.run(_crowd(contender, server, people, plan.many or 0)))
    return runs


async def _round(contender: Contender, server: Running, people: People, plan: Plan, number: int) -> Run:
    run = Run(contender.name, number)
    lines = await _come_in(run, contender, server, people, plan.idle)
    load = Load()
    script: Script | None = None
    for place in range(0, len(lines), 2):
        make = coordinator_call if contender.is_coordinator else relay_call
        script = make(people[place], people[place + 1])
        load.add(Pair(script, lines[place], lines[place + 1], load))
    assert script is not None
    busy = await load.saturate(server.pid, warm_seconds=plan.warm_seconds, seconds=plan.seconds)
    _put_busy(run, busy, script)
    half = await load.pace(
        server.pid, rate=run.figures["calls_per_second"] / 2, warm_seconds=plan.warm_seconds, seconds=plan.seconds
    )
    _put_half(run, half)
    if contender.is_coordinator:
        await load.all_erased()
    for line in lines:
        line.close()
    return run


async def _crowd(contender: Contender, server: Running, people: People, count: int) -> Run:
    run = Run(contender.name, -1)
    for line in await _come_in(run, contender, server, people, count):
        line.close()
    run.figures = {name: value for name, value in run.figures.items() if name.startswith("rss")}
    return run


async def _come_in(run: Run, contender: Contender, server: Running, people: People, count: int) -> list[Line]:
    """Connect the first `count` endpoints, and measure what that took and what they hold when idle."""
    await asyncio.sleep(_IDLE_SECONDS / 2)
    empty = rss_bytes(server.pid)
    crowd = [people[number] for number in range(count)]
    if contender.is_coordinator:
        start = moment(server.pid)
        tickets = await each(crowd, lambda person: fetch_ticket(person, server.port))
        used = between(start, moment(server.pid))
        run.put(used, tokens_per_second=count / used.seconds, token_us=used.server_seconds / count * 1e6)
        start = moment(server.pid)
        lines = await each(zip(crowd, tickets, strict=True), lambda one: say_hello(one[0], one[1], server.port))
    else:
        start = moment(server.pid)
        lines = await each(crowd, lambda person: take_name(person, server.port))
    used = between(start, moment(server.pid))
    run.put(used, hellos_per_second=count / used.seconds, hello_us=used.server_seconds / count * 1e6)
    await asyncio.sleep(_IDLE_SECONDS)
    full = rss_bytes(server.pid)
    run.figures[f"rss_kib_at_{count}"] = (full - empty) / count / 1024
    run.figures[f"rss_mib_with_{count}"] = full / 1024**2
    if any(line.lost for line in lines):
        raise LoadError("the server closed idle sockets")
    return lines


def _put_busy(run: Run, busy: Carried, script: Script) -> None:
    a_call = busy.usage.server_seconds / busy.calls * 1e6
    run.put(
        busy.usage,
        calls_per_second=busy.calls / busy.usage.seconds,
        call_us=a_call,
        message_us=a_call / script.sent,
        server_share=busy.usage.server_share,
        generator_share=busy.usage.generator_share,
    )
    if busy.usage.generator_share > GENERATOR_SHARE and busy.usage.server_share < GENERATOR_SHARE:
        run.notes.append("the generator set the pace, not the server")


def _put_half(run: Run, half: Carried) -> None:
    if half.unplaced:
        run.notes.append("not every call of half load found a free pair")
    run.put(
        half.usage,
        half_call_us=half.usage.server_seconds / half.calls * 1e6,
        half_share=half.usage.server_share,
        forward_p50_us=percentile(half.delays, 0.50) * 1e6,
        forward_p99_us=percentile(half.delays, 0.99) * 1e6,
    )
