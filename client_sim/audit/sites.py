"""All places of a run, and one look at them: memory of each process, its files, logs, metrics.

A process stands still while its memory is copied, so that what is searched is one moment. It must never change a byte
of what it looks at.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from client_sim.audit.judgement import Look, Seen
from client_sim.audit.opened import OpenedFiles
from client_sim.audit.promises import Place, Planted
from client_sim.residue import Find, Needles, read_memory

_PSEUDO: Final = ("/proc/", "/sys/", "/dev/", "pipe:", "socket:", "anon_inode:", "/memfd:")
LARGEST_FILE_BYTES: Final = 256 * 1024 * 1024


@dataclass
class Sites:
    """Where a run's programs leave things. `folders` are theirs alone; `logs` and `seed` are told apart by name."""

    opened: OpenedFiles
    folders: list[Path] = field(default_factory=list)
    logs: set[Path] = field(default_factory=set)
    seeds: set[Path] = field(default_factory=set)
    processes: dict[int, Place] = field(default_factory=dict)
    metrics_url: str | None = None
    _ever: set[int] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    """Every file that was looked at, for the report."""

    def runs(self, place: Place, pid: int) -> None:
        """That process is to be looked into."""
        self.processes[pid] = place
        self._ever.add(pid)

    def is_gone(self, place: Place) -> None:
        """It has ended; what it wrote is looked at still."""
        self.processes = {pid: kind for pid, kind in self.processes.items() if kind is not place}
        if place is Place.COORDINATOR:
            self.metrics_url = None

    async def look(self, planted: Planted) -> Look:
        """Everywhere, for everything. Raises PermissionError where memory may not be read."""
        metrics = await self._metrics()
        written = self.opened.written_by(self._ever)
        return await asyncio.to_thread(self._look, planted, metrics, written)

    async def _metrics(self) -> bytes:
        if self.metrics_url is None:
            return b""
        async with aiohttp.ClientSession() as http, http.get(self.metrics_url) as answer:
            return await answer.read()

    def _look(self, planted: Planted, metrics: bytes, written: set[Path]) -> Look:
        began = time.monotonic()
        needles = Needles(planted.needles())
        seen: list[Seen] = []
        memory_bytes = file_bytes = 0

        def take(place: Place, where: str, finds: Sequence[Find]) -> None:
            seen.extend(Seen(planted[find.marker], find.form, place, where, find.copies) for find in finds)

        for place, regions in [(place, _still(pid)) for pid, place in self.processes.items()]:
            memory_bytes += sum(map(len, regions))
            take(place, place.value, needles.in_pieces("memory", ([region] for region in regions)))
        if metrics:
            take(Place.METRICS, "/metrics", needles.in_pieces("metrics", [[metrics]]))
        for path, name in self._every_file(written).items():
            content = _content(path)
            file_bytes += len(content)
            self.files.add(name)
            take(self._kind_of(name), name, needles.in_pieces("file", [[content]]))
            take(Place.FILES, f"the name of {Path(name).parent}/…", needles.in_pieces("name", [[os.fsencode(name)]]))
        return Look(list(planted), seen, memory_bytes, file_bytes, time.monotonic() - began)

    def _every_file(self, written: set[Path]) -> Mapping[Path, str]:
        """What stands in their folders, what they have open, what they ever wrote: by which path to read it."""
        found: dict[Path, str] = {}
        for path in [*_inside(self.folders), *_open_in(self.processes), *written]:
            name = str(path.readlink()) if str(path).startswith("/proc/") else str(path)
            if not name.startswith(_PSEUDO) and name not in found.values():
                found[path] = name
        return found

    def _kind_of(self, name: str) -> Place:
        path = Path(name)
        if path in self.logs:
            return Place.LOGS
        return Place.SEED if path in self.seeds else Place.FILES


def children(pid: int) -> list[int]:
    """Processes that this one started, or that started it and became it."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _still(pid: int) -> list[bytes]:
    """Its memory, copied while it stands still. Nothing of one that has ended."""
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, signal.SIGSTOP)
        try:
            return read_memory(pid)
        finally:
            os.kill(pid, signal.SIGCONT)
    return []


def _inside(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from (one for one in folder.rglob("*") if one.is_file() and not one.is_symlink())


def _open_in(pids: Iterable[int]) -> Iterator[Path]:
    for pid in pids:
        with contextlib.suppress(OSError):
            for fd in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    if fd.readlink().is_absolute():
                        yield fd


def _content(path: Path) -> bytes:
    """What stands in a regular file; nothing where it is none any more."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(LARGEST_FILE_BYTES)
    except OSError:
        return b""
