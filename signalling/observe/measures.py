"""How well a coordinator started here and so would keep its memory to itself: a line for each measure.

Where one is missing the line says what to do. It only looks, and changes nothing.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from signalling.observe import hardening

_ROOT: Final = Path("/")


class Standing(StrEnum):
    """What a line begins with."""

    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    FAIL = "fail"
    """`serve` would not start."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: how it stands, and what to do where that is not well."""

    name: str
    standing: Standing
    words: str

    def __str__(self) -> str:
        return f"{self.standing}  {self.name}: {self.words}"


def measures(
    *, wipe_memory: bool, lock_memory: bool, environ: Mapping[str, str] | None = None, root: Path = _ROOT
) -> list[Measure]:
    """All of them, for these two settings. `root` is where /proc and /sys are looked for."""
    return [
        _freed(wipe_memory=wipe_memory, environ=os.environ if environ is None else environ),
        *_dumps(),
        _swap(
            locks=lock_memory, has_swap=_has_swap(root), may_lock=hardening.may_lock_memory(root / "proc/self/status")
        ),
    ]


def _freed(*, wipe_memory: bool, environ: Mapping[str, str]) -> Measure:
    name = "freed memory"
    if hardening.is_wiping(environ):
        return Measure(name, Standing.PASS, "overwritten, as this environment asks for")
    if wipe_memory and hardening.can_wipe():
        return Measure(name, Standing.PASS, "overwritten; serve starts itself again once for it")
    if not wipe_memory:
        return Measure(name, Standing.WARN, "left as it is; leave out NARVARO_WIPE_MEMORY=0")
    return Measure(name, Standing.WARN, "left as it is; run on glibc, and Python without -E or -I")


def _dumps() -> list[Measure]:
    if hardening.can_forbid_dumps():
        return [
            Measure("core dumps", Standing.PASS, "forbidden; a crash writes no memory to disk"),
            Measure("debuggers", Standing.PASS, "kept out; the process is not dumpable, only root can read it"),
        ]
    return [
        Measure(
            "core dumps", Standing.WARN, "forbidden by limit alone; run on Linux, or set LimitCORE=0 and no handler"
        ),
        Measure(
            "debuggers", Standing.WARN, "let in where they run as the same user; run on Linux, under a user of its own"
        ),
    ]


def _swap(*, locks: bool, has_swap: bool, may_lock: bool) -> Measure:
    name = "swap"
    if locks and not may_lock:
        advice = "NARVARO_LOCK_MEMORY=1 needs CAP_IPC_LOCK or LimitMEMLOCK=infinity, and has neither"
        return Measure(name, Standing.FAIL, advice)
    if locks:
        return Measure(name, Standing.PASS, "memory is locked, none of it is swapped")
    if not has_swap:
        return Measure(name, Standing.PASS, "there is none for this process")
    if may_lock:
        return Measure(name, Standing.WARN, "memory may be written to it; set NARVARO_LOCK_MEMORY=1")
    ways = "turn it off, set MemorySwapMax=0, or LimitMEMLOCK=infinity and NARVARO_LOCK_MEMORY=1"
    return Measure(name, Standing.WARN, f"memory may be written to it; {ways}")


def _has_swap(root: Path) -> bool:
    """Whether pages of this process can go to a swap device: there is one, and its control group may use it."""
    if len(_lines(root / "proc/swaps")) < 2:  # the first line is the heading
        return False
    groups = (line.removeprefix("0::/") for line in _lines(root / "proc/self/cgroup") if line.startswith("0::/"))
    return not any(_lines(root / "sys/fs/cgroup" / group / "memory.swap.max") == ["0"] for group in groups)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []
