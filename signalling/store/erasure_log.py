"""The log of erasures: a file beside the backups, with which a database that was restored is erased again.

A line is a number, a kind, a keyed hash of a random id, and a day: it names nobody. The database notes, in the very
transaction that erases, how far it has come in the log; one that was restored has come less far, and only what is
beyond its mark is done again. Keep the file where backups of the database are not: a restored log would
be as old as they are.
"""

import asyncio
import os
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signalling.store.faults import StoreError
from signalling.store.tables import erasure_marks

_HEAD: Final = "narvaro-erasures-1"
_LINE: Final = re.compile(r"([0-9]{1,18}) ([a-z]{1,16}) ([0-9a-f]{64}) ([0-9]{1,6})")

Hashed = Callable[[str, str], bytes]
"""`Envelope.hashed`."""


@dataclass(frozen=True, slots=True)
class Erased:
    """One line."""

    seq: int
    kind: str
    hashed: str
    day: int


class ErasureLog:
    """One such file. Several processes of one database may write to it."""

    def __init__(self, path: Path, hashed: Hashed) -> None:
        """The file is made, for its owner alone, if it isn't there. Raises StoreError, OSError."""
        self._path = path
        self._hashed = hashed
        if not path.exists():
            _begin(path)
        head = path.read_text(encoding="ascii").partition("\n")[0].split()
        if len(head) != 2 or head[0] != _HEAD:
            raise StoreError("the log of erasures isn't one")
        self.name: Final = head[1]

    def hash_of(self, kind: str, name: str) -> str:
        """How a subject stands in the log."""
        return self._hashed("erased", f"{kind}\0{name}").hex()

    async def note(self, connection: AsyncConnection, gone: Iterable[tuple[str, str]], *, day: int) -> None:
        """Write down what this transaction erases, as its last deed: the numbers are its own until it is over."""
        named = list(gone)
        last = await self._advanced(connection, len(named))
        lines = [
            f"{last - len(named) + place} {kind} {self.hash_of(kind, name)} {day}\n"
            for place, (kind, name) in enumerate(named, start=1)
        ]
        await asyncio.to_thread(_appended, self._path, "".join(lines))

    async def is_known_to(self, connection: AsyncConnection) -> bool:
        """Whether that database was kept with this log, or with none so far."""
        names = (await connection.execute(select(erasure_marks.c.log))).scalars().all()
        return not names or self.name in names

    async def beyond(self, connection: AsyncConnection) -> list[Erased]:
        """What this database has not come to yet: nothing, unless it was restored from a backup."""
        mark = await self._mark(connection) or 0
        return [one for one in self.lines() if one.seq > mark]

    async def come_to(self, connection: AsyncConnection, seq: int) -> None:
        """This database has come that far."""
        if await self._mark(connection) is None:
            await connection.execute(insert(erasure_marks).values(log=self.name, seq=seq))
        else:
            await connection.execute(update(erasure_marks).where(erasure_marks.c.log == self.name).values(seq=seq))

    def lines(self) -> list[Erased]:
        """Every line. One that was cut short by a crash had not been erased, and is passed over."""
        found = map(_LINE.fullmatch, self._path.read_text(encoding="ascii").splitlines()[1:])
        return [Erased(int(one[1]), one[2], one[3], int(one[4])) for one in found if one is not None]

    def prune(self, *, before_day: int) -> int:
        """Drop lines older than any backup; how many. Run where nobody else writes meanwhile."""
        lines = self.lines()
        kept = [one for one in lines if one.day >= before_day]
        if len(kept) < len(lines):
            text = "".join(f"{one.seq} {one.kind} {one.hashed} {one.day}\n" for one in kept)
            fresh = self._path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            _written(fresh, f"{_HEAD} {self.name}\n{text}")
            fresh.replace(self._path)
        return len(lines) - len(kept)

    async def _mark(self, connection: AsyncConnection) -> int | None:
        found = await connection.execute(select(erasure_marks.c.seq).where(erasure_marks.c.log == self.name))
        return found.scalar_one_or_none()

    async def _advanced(self, connection: AsyncConnection, by: int) -> int:
        moved = (
            update(erasure_marks)
            .where(erasure_marks.c.log == self.name)
            .values(seq=erasure_marks.c.seq + by)
            .returning(erasure_marks.c.seq)
        )
        seq = (await connection.execute(moved)).scalar_one_or_none()
        if seq is None:
            await connection.execute(insert(erasure_marks).values(log=self.name, seq=by))
            return by
        return int(seq)


def matching(log: ErasureLog, kind: str, names: Sequence[str], wanted: set[str]) -> list[str]:
    """Those of the names that stand in the log's lines as that kind."""
    return [name for name in names if log.hash_of(kind, name) in wanted]


def _begin(path: Path) -> None:
    _written(path, f"{_HEAD} {secrets.token_hex(8)}\n")


def _written(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _appended(path: Path, lines: str) -> None:
    """Whole lines at the end, on the disk before the transaction is. Raises OSError where the disk takes less.

    A line that an earlier crash or a full disk cut short is ended first: else the next one would be read as its rest.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        end = os.fstat(descriptor).st_size
        is_whole = os.pread(descriptor, 1, max(0, end - 1)) == b"\n"
        left = (lines if is_whole else f"\n{lines}").encode("ascii")
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
