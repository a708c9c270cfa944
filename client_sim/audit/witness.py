"""The control of the search itself: a marker that certainly is there, in every form, in a process and in a file.

A search that doesn't find it says nothing about what it doesn't find elsewhere.
"""

import contextlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from client_sim.audit.promises import word
from client_sim.residue import forms, scan_files, scan_memory

_PROGRAM: Final = """
import sys
held = bytes.fromhex(sys.stdin.readline())
print("holds", flush=True)
sys.stdin.read()
"""


def witness(folder: Path) -> Mapping[str, int]:
    """By form, in how many of the two places it was found: the least of all forms is what counts."""
    marker = word("witness").encode()
    every = b" | ".join(forms(marker).values())
    file = folder / "witness"
    file.write_bytes(every)
    found: Counter[str] = Counter(dict.fromkeys(forms(marker), 0))
    with _holder(every) as pid:
        for finds in (scan_memory(pid, {"witness": marker}), scan_files([file], {"witness": marker})):
            found.update({one.form for one in finds})
    file.unlink()
    return dict(found)


@contextlib.contextmanager
def _holder(content: bytes) -> Iterator[int]:
    """A process that holds that in its memory and nothing else of ours."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(content.hex() + "\n")
        process.stdin.flush()
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.stdin.close()
