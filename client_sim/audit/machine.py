"""What ran, for the report: versions, and how each process was kept from leaving its memory anywhere."""

import platform
import re
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from client_sim.audit.findings import Process
from client_sim.audit.promises import Place

_PACKAGES: Final = ("narvaro", "aiohttp", "uvloop", "msgspec", "cryptography", "aiortc")
WIPING: Final = ("glibc.malloc.perturb=165", "glibc.malloc.tcache_count=0")


def versions() -> Mapping[str, str]:
    """Of everything that could matter."""
    found = {"Linux": platform.release(), "Python": platform.python_version()}
    found["C library"] = " ".join(part for part in platform.libc_ver() if part) or "unknown"
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    found["coturn"] = _coturn_version()
    found["core_pattern"] = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    return found


def how_it_runs(pid: int, place: Place) -> Process:
    """As the kernel has it, of a process that lives."""
    # glibc cuts GLIBC_TUNABLES at its colons where the kernel shows it.
    environment = Path(f"/proc/{pid}/environ").read_text(errors="replace")
    is_python = "python" in Path(f"/proc/{pid}/exe").readlink().name
    wipes = all(one in environment for one in WIPING) and (not is_python or "PYTHONMALLOC=malloc" in environment)
    limits = re.search(r"^Max core file size\s+(\S+)", Path(f"/proc/{pid}/limits").read_text(), re.MULTILINE)
    status = re.search(r"^VmLck:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return Process(
        f"{place.value.removeprefix('memory of ')} ({Path(f'/proc/{pid}/comm').read_text().strip()})",
        wipes=wipes,
        core_bytes=limits[1] if limits else "unknown",
        locked_kib=int(status[1]) if status else 0,
    )


def swap() -> str:
    """Whether memory of any process could go to a disk here."""
    lines = Path("/proc/swaps").read_text().splitlines()  # the first is the heading
    return "this machine has swap" if len(lines) > 1 else "this machine has no swap"


def _coturn_version() -> str:
    try:
        done = subprocess.run(
            ["turnserver", "--version"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except OSError:
        return "not installed"
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "unknown"
