"""What a process and the machine have used, from Linux's /proc: CPU seconds and memory. Reads numbers, names nobody."""

import os
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_PROC: Final = Path("/proc")


def cpu_seconds_of_stat(text: str) -> float:
    """CPU time in a /proc/<pid>/stat line: user and system, its waited-for children's included (proc(5))."""
    fields = text[text.rindex(")") + 2 :].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS_A_SECOND


def parent_of_stat(text: str) -> int:
    """The parent's process id in a /proc/<pid>/stat line."""
    return int(text[text.rindex(")") + 2 :].split()[1])


def busy_seconds_of_stat(text: str) -> float:
    """CPU time that was not idle, over all cores, in /proc/stat; time stolen by the host counts as busy."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(field) for field in text.split(maxsplit=9)[1:9])
    return (user + nice + system + irq + softirq + steal) / _TICKS_A_SECOND


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = parent_of_stat((entry / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                continue
    found = [pid]
    for one in found:
        found.extend(child for child, parent in parents.items() if parent == one)
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of a process tree so far."""
    return sum(cpu_seconds_of_stat((_PROC / str(one) / "stat").read_text()) for one in tree(pid))


def rss_bytes(pid: int) -> int:
    """Resident memory of a process tree."""
    return sum(int((_PROC / str(one) / "statm").read_text().split()[1]) * _PAGE_BYTES for one in tree(pid))


@dataclass(frozen=True, slots=True)
class Moment:
    """Counters at one moment, all in seconds."""

    at: float
    server: float
    generator: float
    machine: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used between two moments; the shares are of one core."""

    seconds: float
    server_seconds: float
    server_share: float
    generator_share: float
    foreign_share: float


def moment(server: int) -> Moment:
    """The counters now; the generator is this process."""
    return Moment(
        at=perf_counter(),
        server=cpu_seconds(server),
        generator=sum(os.times()[:2]),
        machine=busy_seconds_of_stat((_PROC / "stat").read_text()),
    )


def between(start: Moment, end: Moment) -> Usage:
    """What was used from `start` to `end`. Foreign is what the machine was busy with beyond server and generator."""
    seconds = end.at - start.at
    server = end.server - start.server
    generator = end.generator - start.generator
    foreign = max(0.0, end.machine - start.machine - server - generator)
    return Usage(
        seconds=seconds,
        server_seconds=server,
        server_share=server / seconds,
        generator_share=generator / seconds,
        foreign_share=foreign / seconds,
    )
