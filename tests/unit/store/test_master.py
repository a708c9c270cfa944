"""The master key: in a file with versions, behind a command, and on the way from the one to the other."""

import sys
from pathlib import Path

import pytest

from signalling.store.faults import StoreError
from signalling.store.master import (
    COMMAND,
    CommandMaster,
    FileMaster,
    MemoryMaster,
    SucceedingMaster,
    add_master,
    drop_masters,
    read_master_file,
)

KEY = bytes(range(32))
SUBJECT = "person:AAAAAAAAAAAAAAAAAAAAAA"
KMS = """
import base64, sys
subject, content = sys.stdin.read().splitlines()
data = bytearray(base64.urlsafe_b64decode(content))
for place in range(len(data)):
    data[place] ^= 0x55
print(base64.urlsafe_b64encode(bytes(data)).decode())
"""


def kms(folder: Path, program: str = KMS) -> CommandMaster:
    """A key management service for tests: it turns bits over."""
    script = folder / "kms with blanks.py"
    script.write_text(program)
    return CommandMaster.parse(f"'{sys.executable}' '{script}'")


async def test_a_file_is_made_for_its_owner_and_wraps(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    assert add_master(path) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    master = FileMaster(path)
    version, wrapped = await master.wrap(KEY, SUBJECT)
    assert version == "1"
    assert KEY not in wrapped
    assert await master.unwrap(version, wrapped, SUBJECT) == KEY


async def test_a_wrapped_key_is_one_subjects_and_one_versions(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    add_master(path)
    master = FileMaster(path)
    version, wrapped = await master.wrap(KEY, SUBJECT)
    add_master(path)
    for other in ((version, wrapped, "person:B"), ("2", wrapped, SUBJECT), ("3", wrapped, SUBJECT)):
        with pytest.raises(StoreError):
            await master.unwrap(*other)
    damaged = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    with pytest.raises(StoreError):
        await master.unwrap(version, damaged, SUBJECT)


async def test_a_new_version_wraps_at_once_and_the_old_one_still_unwraps(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    add_master(path)
    running = FileMaster(path)
    old = await running.wrap(KEY, SUBJECT)
    assert add_master(path) == 2
    new = await running.wrap(KEY, SUBJECT)
    assert (old[0], new[0], await running.current()) == ("1", "2", "2")
    assert await FileMaster(path).unwrap(*old, SUBJECT) == KEY
    assert drop_masters(path, kept={"1", "2"}) == 0
    assert drop_masters(path, kept=set()) == 1
    assert list(read_master_file(path)) == ["2"]
    assert await FileMaster(path).unwrap(*new, SUBJECT) == KEY
    assert add_master(path) == 3


@pytest.mark.parametrize("text", ["", "1 c2hvcnQ=\n", "x " + "A" * 43 + "=\n", "1\n", "# nothing\n", "\xff"])
def test_a_file_of_another_shape_is_refused_without_a_word_of_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError, match="32 bytes") as refused:
        read_master_file(path)
    assert not text.strip() or text.strip() not in str(refused.value)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    add_master(path)
    path.chmod(0o640)
    with pytest.raises(StoreError, match="chmod 600"):
        read_master_file(path)
    with pytest.raises(StoreError, match="can't be read"):
        read_master_file(tmp_path / "none")


async def test_a_command_wraps_and_unwraps(tmp_path: Path) -> None:
    master = kms(tmp_path)
    version, wrapped = await master.wrap(KEY, SUBJECT)
    assert version == COMMAND
    assert wrapped != KEY
    assert await master.unwrap(version, wrapped, SUBJECT) == KEY
    with pytest.raises(StoreError, match="isn't there"):
        await master.unwrap("1", wrapped, SUBJECT)


@pytest.mark.parametrize(
    "program",
    ["import sys; sys.exit(3)", "print('!')", "print('c2hvcnQ=')", "import sys; print('A' * 44, file=sys.stderr)"],
)
async def test_a_command_that_fails_says_only_that(
    tmp_path: Path, program: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StoreError, match="KMS command"):
        await kms(tmp_path, program).unwrap(COMMAND, b"wrapped", SUBJECT)
    assert capfd.readouterr() == ("", "")


async def test_a_command_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalling.store.master.COMMAND_SECONDS", 0.2)
    with pytest.raises(StoreError, match="too long"):
        await kms(tmp_path, "import sys, time\ntime.sleep(60)").wrap(KEY, SUBJECT)


@pytest.mark.parametrize("line", ["", "   ", "'unclosed"])
def test_a_command_is_a_program_and_its_arguments(line: str) -> None:
    with pytest.raises(StoreError, match="program and its arguments"):
        CommandMaster.parse(line)
    with pytest.raises(StoreError):
        CommandMaster.parse("")


async def test_a_command_that_is_not_there_fails(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="failed"):
        await CommandMaster([str(tmp_path / "none")]).wrap(KEY, SUBJECT)


async def test_on_the_way_to_a_kms_the_file_still_unwraps(tmp_path: Path) -> None:
    older = MemoryMaster({"1": bytes(32)})
    old = await older.wrap(KEY, SUBJECT)
    both = SucceedingMaster(kms(tmp_path), older)
    new = await both.wrap(KEY, SUBJECT)
    assert (new[0], await both.current()) == (COMMAND, COMMAND)
    assert await both.unwrap(*old, SUBJECT) == await both.unwrap(*new, SUBJECT) == KEY
