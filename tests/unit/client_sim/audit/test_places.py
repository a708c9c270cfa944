"""Where is looked: files by every name they had, also deleted ones; processes while they stand still."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from client_sim.audit.opened import OpenedFiles
from client_sim.audit.promises import Kind, Place, Planted, word
from client_sim.audit.sites import Sites
from client_sim.audit.witness import witness
from client_sim.residue import forms

pytestmark = pytest.mark.root

HOLDER = """
import os, sys, tempfile
held = sys.argv[1] + sys.argv[2]
gone = tempfile.NamedTemporaryFile(dir=sys.argv[3])
gone.write(held.encode()); gone.flush(); gone.close()
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
async def opened() -> AsyncIterator[OpenedFiles]:
    files = OpenedFiles()
    files.start()
    yield files
    files.stop()


@pytest.fixture
def planted() -> Planted:
    made = Planted()
    made.add("way", Kind.CALL, "id", word("held"))
    return made


@pytest.fixture
def holder(planted: Planted, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that holds the marker, and once wrote it to a file that it deleted. It gets it in two halves."""
    text = next(iter(planted)).text.decode()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, text[:9], text[9:], str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


async def test_a_marker_is_found_in_memory_and_in_a_file_that_was_deleted(
    opened: OpenedFiles, planted: Planted, holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    sites = Sites(opened)
    sites.runs(Place.COORDINATOR, holder.pid)
    assert holder.stdout is not None
    await asyncio.to_thread(holder.stdout.readline)
    found = await sites.look(planted)
    assert {one.place for one in found.seen} == {Place.COORDINATOR, Place.FILES}
    assert any(name.startswith(str(tmp_path)) and name.endswith("(deleted)") for name in sites.files)
    assert holder.poll() is None


async def test_logs_and_seed_are_told_from_other_files_and_names_of_files_are_read(
    opened: OpenedFiles, planted: Planted, tmp_path: Path
) -> None:
    text = next(iter(planted)).text
    log, seed, other = tmp_path / "log", tmp_path / "seed.json", tmp_path / text.decode()
    for file, content in ((log, text), (seed, text), (other, b"")):
        file.write_bytes(content)
    found = await Sites(opened, [tmp_path], {log}, {seed}).look(planted)
    assert sorted(one.place.value for one in found.seen) == sorted(
        place.value for place in (Place.LOGS, Place.SEED, Place.FILES)
    )
    assert text.decode() not in "".join(one.where for one in found.seen)


async def test_of_a_process_that_has_ended_there_is_no_memory(
    opened: OpenedFiles, planted: Planted, holder: subprocess.Popen[str]
) -> None:
    sites = Sites(opened)
    sites.runs(Place.COORDINATOR, holder.pid)
    holder.kill()
    holder.wait()
    assert (await sites.look(planted)).memory_bytes == 0


async def test_other_programs_files_are_not_ours(opened: OpenedFiles, planted: Planted, tmp_path: Path) -> None:
    (tmp_path / "another's").write_bytes(next(iter(planted)).text)
    assert (await Sites(opened).look(planted)).seen == []


def test_the_witness_is_found_in_every_form_in_both_places(tmp_path: Path) -> None:
    assert witness(tmp_path) == dict.fromkeys(forms(b"any-marker"), 2)
    assert list(tmp_path.iterdir()) == []


def test_two_markers_under_one_label_are_both_looked_for() -> None:
    planted = Planted()
    for text in ("first-marker", "second-marker", "first-marker"):
        planted.add("way", Kind.BOX, "box", text)
    assert sorted(planted.needles().values()) == [b"first-marker", b"second-marker"]
