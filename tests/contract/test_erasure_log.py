"""The log of erasures itself (P-38): a line cut short takes no other with it, and no other log stands in for it."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from signalling.store.faults import StoreError
from signalling.store.master import MemoryMaster
from signalling.store.store import lose_log, open_store
from tests.town import Town

Opening = Callable[..., AbstractAsyncContextManager[Town]]
FULL = "No space left on device"


@pytest.fixture
def opened(tmp_path: Path) -> Opening:
    master, apart = MemoryMaster(), tmp_path / "apart"
    apart.mkdir()

    @asynccontextmanager
    async def opening(log: str = "erasures.log") -> AsyncIterator[Town]:
        async with open_store(url_of(tmp_path), master, upgrade=True, erasure_log=apart / log) as store:
            yield Town(store)

    return opening


def url_of(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/narvaro.db"


def backed_up(folder: Path) -> Callable[[], None]:
    """Copy the database's files now, and put them back later."""
    files = {path: path.read_bytes() for path in folder.glob("narvaro.db*")}

    def restored() -> None:
        for path, content in files.items():
            path.write_bytes(content)

    return restored


class FullDisk:
    """Takes so many bytes more in all, then none: `os.write` as on a disk that is nearly full."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._write = os.write

    def write(self, descriptor: int, data: bytes) -> int:
        if self.room == 0:
            raise OSError(28, FULL)
        taken = self._write(descriptor, data[: self.room])
        self.room -= taken
        return taken


@pytest.mark.parametrize("room", [0, 1, 30])
async def test_p_38_a_line_that_the_disk_cut_short_takes_no_later_one_with_it(
    opened: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    async with opened() as people:
        anna, bert = await people.person("Anna"), await people.person("Bert")
    restore = backed_up(tmp_path)
    async with opened() as people:
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", FullDisk(room).write)
            with pytest.raises(StoreError):
                await people.store.profiles.close(anna.party, now=people.now)
        assert await people.store.profiles.get(anna.party) is not None, "what isn't in the log isn't erased"
        assert await people.store.profiles.close(bert.party, now=people.now)
    restore()
    async with opened() as people:
        assert await people.store.profiles.get(bert.party) is None
        assert await people.store.profiles.get(anna.party) is not None


async def test_p_38_a_line_is_written_whole_where_the_disk_takes_it_in_pieces(
    opened: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    async with opened() as people:
        anna = await people.person("Anna")
        monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
        assert await people.store.profiles.close(anna.party, now=people.now)
    lines = (tmp_path / "apart" / "erasures.log").read_text().splitlines()
    assert [len(line.split()) for line in lines] == [2, 4]


async def test_p_38_a_database_is_not_opened_with_another_log_than_its_own(opened: Opening, tmp_path: Path) -> None:
    """A disk that isn't there looks like a log that was never begun; a backup would bring back who was erased."""
    async with opened() as people:
        await people.store.profiles.close((await people.person("Anna")).party, now=people.now)
    with pytest.raises(StoreError, match="lost-log"):
        async with opened("another.log"):
            pass
    async with opened():
        pass
    await lose_log(url_of(tmp_path))
    async with opened("another.log"):
        pass
