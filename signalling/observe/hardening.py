"""What the process does about its own memory: no dumps, no swapping, an allocator that overwrites what is freed.

Boxes are sealed, so freed memory holds little; this takes away the rest (call ids, credentials, names). It cannot
stop root from reading a live process.
"""

import ctypes
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn

_PR_GET_DUMPABLE: Final = 3
_PR_SET_DUMPABLE: Final = 4
_LOCK_ALL: Final = 1 | 2 | 4
"""MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT (mlockall(2)): all that is touched, now and later."""
_CAP_IPC_LOCK: Final = 14
_TUNABLES: Final = ("glibc.malloc.perturb=165", "glibc.malloc.tcache_count=0")
"""Freed chunks are overwritten, and none is parked in a thread's cache where that does not reach."""


def forbid_dumps() -> bool:
    """Let no crash or debugger of the same user write this process's memory to disk. Whether the kernel agreed."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return _prctl(_PR_SET_DUMPABLE, 0) == 0


def can_forbid_dumps() -> bool:
    """Whether this kernel lets a process forbid them. Changes nothing."""
    return _prctl(_PR_GET_DUMPABLE, 0) >= 0


def may_lock_memory(status: Path = Path("/proc/self/status")) -> bool:
    """Whether all memory may be locked: by capability, or because there is no limit, which some call would meet."""
    if resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] == resource.RLIM_INFINITY:
        return True
    try:
        lines = status.read_text().splitlines()
    except OSError:  # not Linux
        return False
    capabilities = next((int(line.split()[1], 16) for line in lines if line.startswith("CapEff:")), 0)
    return bool(capabilities >> _CAP_IPC_LOCK & 1)


def lock_memory() -> bool:
    """Keep all memory of this process off swap, from now on. Whether it is so."""
    if not may_lock_memory():
        return False
    _, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard, hard))
    try:
        answer: int = ctypes.CDLL(None, use_errno=True).mlockall(_LOCK_ALL)
    except (OSError, AttributeError):  # not Linux
        return False
    return answer == 0


def allow_many_files() -> int:
    """Raise the soft limit of open files to the hard one: a socket is a file. The limit that holds now."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def is_wiping(environ: Mapping[str, str]) -> bool:
    """Whether a program started with this environment overwrites the memory that it frees."""
    tunables = environ.get("GLIBC_TUNABLES", "").split(":")
    return (
        has_glibc()
        and not sys.flags.ignore_environment
        and environ.get("PYTHONMALLOC") == "malloc"
        and all(tunable in tunables for tunable in _TUNABLES)
    )


def is_wiping_here() -> bool:
    """Whether this very process does."""
    return is_wiping(os.environ)


def wiping(environ: Mapping[str, str]) -> dict[str, str]:
    """The same environment, for a start under the wiping allocator; what the operator had tuned stays."""
    names = {tunable.partition("=")[0] for tunable in _TUNABLES}
    kept = [one for one in environ.get("GLIBC_TUNABLES", "").split(":") if one and one.partition("=")[0] not in names]
    return {**environ, "PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": ":".join([*kept, *_TUNABLES])}


def can_wipe() -> bool:
    """Whether starting again would help: glibc, and a Python that heeds its environment."""
    return has_glibc() and not sys.flags.ignore_environment


def restart_wiping() -> NoReturn:
    """Start this very command again in this very process, under the wiping allocator. Call before anything is read."""
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], wiping(os.environ))  # noqa: S606 - itself


def _prctl(option: int, argument: int) -> int:
    try:
        return int(ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0))
    except (OSError, AttributeError):  # not Linux
        return -1


def has_glibc() -> bool:
    """Whether the C library is the one whose allocator can be told to wipe."""
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, AttributeError):
        return False
