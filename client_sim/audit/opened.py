"""Every file that a program wrote, as the kernel tells it (fanotify(7)): also one that it deleted again.

Takes root. It watches all file systems, since a program may write anywhere. Of programs that this one didn't start it
keeps nothing. It must never write.
"""

import asyncio
import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_INIT: Final = 0x1 | 0x2  # FAN_CLOEXEC, FAN_NONBLOCK
_ADD_FILESYSTEM: Final = 0x1 | 0x100
_WRITTEN: Final = 0x2 | 0x8  # FAN_MODIFY, FAN_CLOSE_WRITE
_OVERFLOW: Final = 0x4000
_EVENT: Final = struct.Struct("=IBBHQii")
_READ_BYTES: Final = 64 * 1024
_NO_DISK: Final = ("proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "securityfs", "tracefs", "debugfs", "bpf")


class OpenedFiles:
    """Watches from `start` to `stop`. `complete` is False where the kernel could not tell everything."""

    def __init__(self) -> None:
        self.complete = False
        self._fd = -1
        self._paths: dict[int, set[str]] = {}
        self._kept: dict[tuple[int, int], tuple[int, int]] = {}
        """By device and inode: an open descriptor, and the process that wrote the file."""
        self._ours: dict[int, bool] = {}

    def start(self) -> None:
        """Begin, as far as this kernel and these rights allow."""
        libc = ctypes.CDLL(None, use_errno=True)
        try:
            self._fd = libc.fanotify_init(_INIT, os.O_RDONLY | os.O_LARGEFILE)
        except AttributeError:  # not Linux with glibc
            return
        if self._fd < 0:
            return
        marks = [
            libc.fanotify_mark(self._fd, _ADD_FILESYSTEM, ctypes.c_uint64(_WRITTEN), -100, os.fsencode(place))
            for place in _file_systems()
        ]
        self.complete = bool(marks) and not any(marks)
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def stop(self) -> None:
        """Watch no more, and let go of what was kept open."""
        if self._fd >= 0:
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1
        for fd, _ in self._kept.values():
            os.close(fd)
        self._kept.clear()

    def written_by(self, pids: Iterable[int]) -> set[Path]:
        """Files that these processes wrote: by name, and by a descriptor of ours where a deleted one is read too."""
        self._read()
        wanted = set(pids)
        named = {Path(path) for pid in wanted for path in self._paths.get(pid, ())}
        return {path for path in named if path.exists()} | {
            Path(f"/proc/self/fd/{fd}") for fd, pid in self._kept.values() if pid in wanted
        }

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._fd >= 0 and (events := os.read(self._fd, _READ_BYTES)):
                at = 0
                while at < len(events):
                    length, _, _, _, mask, fd, pid = _EVENT.unpack_from(events, at)
                    at += length
                    if mask & _OVERFLOW or fd < 0:
                        self.complete = False
                    else:
                        self._event(fd, pid)

    def _event(self, fd: int, pid: int) -> None:
        try:
            path = str(Path(f"/proc/self/fd/{fd}").readlink())
            if not self._is_ours(pid):
                return
            self._paths.setdefault(pid, set()).add(path)
            status = os.fstat(fd)
            if (status.st_dev, status.st_ino) not in self._kept:
                self._kept[status.st_dev, status.st_ino] = (os.dup(fd), pid)
        finally:
            os.close(fd)

    def _is_ours(self, pid: int) -> bool:
        """Whether this program started it, or one that this one started."""
        if pid not in self._ours:
            parent = _parent(pid)
            self._ours[pid] = parent == os.getpid() or (parent > 1 and self._is_ours(parent))
        return self._ours[pid]


def _parent(pid: int) -> int:
    """0 of one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _file_systems() -> set[str]:
    """One mount point of each file system that keeps bytes."""
    found: dict[str, str] = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        kind = right.split()[0]
        if kind not in _NO_DISK:
            fields = left.split()
            found.setdefault(fields[2], fields[4])
    return set(found.values())
