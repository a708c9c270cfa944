"""The scanner is the witness for P-02: it must find what is there, in every form, across the edges of its reads too."""

import base64
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from client_sim import residue
from client_sim.residue import forms, scan_files, scan_memory

MARKER = b"marker-7f3a9c51e2"


@pytest.mark.parametrize("before", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("behind", [0, 1, 2, 5])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode, base64.b16encode, bytes.hex, bytes])
def test_a_marker_is_found_in_whatever_surrounds_it(
    tmp_path: Path, before: int, behind: int, encode: Callable[[bytes], str | bytes]
) -> None:
    text = encode(b"x" * before + MARKER + b"\xff" * behind)
    (tmp_path / "file").write_bytes(text.encode() if isinstance(text, str) else text)
    assert scan_files([tmp_path], {"marker": MARKER})


def test_a_marker_across_two_reads_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residue, "CHUNK_BYTES", 64)
    (tmp_path / "file").write_bytes(b"." * 55 + MARKER + b"." * 300)
    assert [(find.form, find.copies) for find in scan_files([tmp_path], {"marker": MARKER})] == [("plain", 1)]


def test_a_file_without_the_marker_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(os.urandom(200_000))
    assert scan_files([tmp_path], {"marker": MARKER}) == []


def test_a_marker_too_short_to_tell_from_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        forms(b"short")


@pytest.mark.root
def test_another_process_is_read_while_it_lives() -> None:
    program = "import sys; kept = bytes.fromhex(sys.stdin.readline()); print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(MARKER.hex() + "\n")
        process.stdin.flush()
        process.stdout.readline()
        finds = scan_memory(process.pid, {"marker": MARKER, "other": b"never-planted-anywhere"[::-1]})
        process.stdin.close()
    assert "plain" in {find.form for find in finds}
    assert {find.marker for find in finds} == {"marker"}
