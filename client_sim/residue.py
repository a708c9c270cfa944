"""Looks for what a call should not have left: markers in a process's memory and in files, in every form they may take.

It finds what it is told to look for, and nothing else: a scan without a positive control is blind, and says nothing.
Memory is read from `/proc/<pid>/mem` (proc(5)), which takes root. It must never change what it reads.
"""

import os
import re
from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

CHUNK_BYTES: Final = 4 * 1024 * 1024
SHORTEST_MARKER_BYTES: Final = 9
"""Below this, a base64 alignment keeps too few characters of its own to be told from chance."""
_REGION: Final = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) r(\S)\S+ \S+ \S+ \S+\s*(.*)$")
_HEAD_BYTES: Final = 8
"""By these a form is told from the others before all of it is compared; every form is longer."""
_SLOT_BITS: Final = 20
_NOT_MEMORY: Final = ("[vvar]", "[vsyscall]", "[vdso]")


@dataclass(frozen=True, slots=True)
class Find:
    """A marker that was found: which one, in what form, where (`memory` or a file's name), how often."""

    marker: str
    form: str
    place: str
    copies: int


def forms(marker: bytes) -> dict[str, bytes]:
    """Every form in which a marker may lie about: plain, hex, UTF-16, and base64 in its three alignments.

    A base64 alignment leaves out the characters that also depend on what stands before and behind the marker.
    Raises ValueError for a marker shorter than nine bytes.
    """
    if len(marker) < SHORTEST_MARKER_BYTES:
        raise ValueError(f"a marker has at least {SHORTEST_MARKER_BYTES} bytes")
    found = {
        "plain": marker,
        "hex": marker.hex().encode(),
        "HEX": marker.hex().upper().encode(),
        "utf-16": marker.decode("latin-1").encode("utf-16-le"),
    }
    for before in range(3):
        start = (before * 8 + 5) // 6
        end = (before + len(marker)) * 8 // 6
        for name, encode in (("base64", b64encode), ("base64url", urlsafe_b64encode)):
            found[f"{name}+{before}"] = encode(b"\0" * before + marker)[start:end]
    return found


def scan_memory(pid: int, markers: Mapping[str, bytes]) -> list[Find]:
    """Markers in all memory that the process can have written. Raises PermissionError without the right to read it."""
    return Needles(markers).in_pieces("memory", _memory(pid))


def scan_files(paths: Iterable[Path], markers: Mapping[str, bytes]) -> list[Find]:
    """Markers in files; folders are searched through."""
    needles = Needles(markers)
    found: list[Find] = []
    for path in paths:
        inside = (one for one in path.rglob("*") if one.is_file()) if path.is_dir() else iter([path])
        for file in inside:
            found += needles.in_pieces(file.name, _chunks(file))
    return found


def read_memory(pid: int) -> list[bytes]:
    """A copy of all memory that the process can have written, region by region. Raises as `scan_memory` does."""
    return [b"".join(region) for region in _memory(pid)]


class Needles:
    """Every form of every marker, looked for at once: one pass over the memory, however many there are."""

    def __init__(self, markers: Mapping[str, bytes]) -> None:
        self._by_head: dict[bytes, list[tuple[tuple[str, str], bytes]]] = {}
        for name, marker in markers.items():
            for form, text in forms(marker).items():
                self._by_head.setdefault(text[:_HEAD_BYTES], []).append(((name, form), text))
        lengths = [len(text) for alike in self._by_head.values() for _, text in alike]
        self._overlap = max(lengths, default=1) - 1
        heads = np.frombuffer(b"".join(head[:4] for head in self._by_head), "<u4")
        self._maybe = np.zeros(1 << _SLOT_BITS, np.bool_)
        self._maybe[_slots(heads)] = True

    def in_pieces(self, place: str, pieces: Iterable[Iterable[bytes]]) -> list[Find]:
        """What stands in these pieces, each of them cut in chunks; nothing is looked for across two pieces."""
        counts: Counter[tuple[str, str]] = Counter()
        for chunks in pieces:
            tail = b""
            for chunk in chunks:
                window = tail + chunk
                counts.update(self._in_window(window, len(tail)))
                tail = window[-self._overlap :] if self._overlap else b""
        return [Find(name, form, place, copies) for (name, form), copies in sorted(counts.items())]

    def _in_window(self, window: bytes, seen: int) -> Iterator[tuple[str, str]]:
        """Each occurrence that ends behind the first `seen` bytes, which the window before this one had too."""
        for offset in range(min(4, max(0, len(window) - 3))):
            words = np.frombuffer(window, "<u4", count=(len(window) - offset) // 4, offset=offset)
            for index in np.flatnonzero(self._maybe[_slots(words)]):
                at = int(index) * 4 + offset
                for key, text in self._by_head.get(window[at : at + _HEAD_BYTES], ()):
                    if at + len(text) > seen and window.startswith(text, at):
                        yield key


def _slots(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Multiplicative hashing (Knuth 6.4): where in the table of `Needles` four bytes are looked up."""
    return (words * np.uint32(2654435761)) >> np.uint32(32 - _SLOT_BITS)


def _memory(pid: int) -> Iterator[Iterator[bytes]]:
    maps = Path(f"/proc/{pid}/maps").read_text()
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        for line in maps.splitlines():
            region = _REGION.match(line)
            if region is not None and _may_hold(writable=region[3] == "w", name=region[4]):
                yield _region(memory, int(region[1], 16), int(region[2], 16))
    finally:
        os.close(memory)


def _may_hold(*, writable: bool, name: str) -> bool:
    """Whether what a program hears can be there: not in a file mapped for reading only, nor in the kernel's pages."""
    return name not in _NOT_MEMORY and (writable or not name.startswith("/"))


def _region(memory: int, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        try:
            chunk = os.pread(memory, min(CHUNK_BYTES, end - start), start)
        except OSError:  # a page that is mapped and can't be read, or is gone since
            return
        if not chunk:
            return
        yield chunk
        start += len(chunk)


def _chunks(file: Path) -> Iterator[Iterator[bytes]]:
    def read() -> Iterator[bytes]:
        with file.open("rb") as opened:
            while chunk := opened.read(CHUNK_BYTES):
                yield chunk

    yield read()
