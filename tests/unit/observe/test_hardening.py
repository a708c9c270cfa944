"""What the process does about its own memory. Each is tried in a process of its own, for it can't be undone."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from signalling.observe import hardening


def run(script: str, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout.strip()


def test_no_crash_leaves_memory_on_disk() -> None:
    script = (
        "import ctypes, resource; from signalling.observe import hardening; done = hardening.forbid_dumps();"
        "print(done, resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    assert run(script) == "True (0, 0) 0"


def test_the_program_starts_itself_again_once_under_the_wiping_allocator() -> None:
    """It would start for ever if it did not see that it already had."""
    script = (
        "import os, sys; from signalling.observe import hardening;\n"
        "if not hardening.is_wiping_here(): print('again', flush=True); hardening.restart_wiping()\n"
        "print(os.environ['PYTHONMALLOC'], os.environ['GLIBC_TUNABLES'], sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--flag"], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.splitlines() == [
        "again",
        "malloc glibc.malloc.perturb=165:glibc.malloc.tcache_count=0 ['--flag']",
    ]


_FREED = """
import ctypes
text = bytearray(b"x" * 500)
address = ctypes.addressof(ctypes.c_char.from_buffer(text))
del text
print(ctypes.string_at(address + 64, 32).hex())
"""


def test_freed_memory_is_overwritten_under_that_allocator_and_not_otherwise() -> None:
    assert "78" * 32 not in run(_FREED, **hardening.wiping({}))
    assert run(_FREED, PYTHONMALLOC="pymalloc") == "78" * 32  # the control: a plain start leaves it lying there


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"PYTHONMALLOC": "malloc"},
        {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.perturb=165"},
        {"GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"},
    ],
)
def test_half_of_it_is_not_wiping(environ: dict[str, str]) -> None:
    assert not hardening.is_wiping(environ)
    assert hardening.is_wiping(hardening.wiping(environ))


def test_what_the_operator_tuned_otherwise_stays() -> None:
    tuned = hardening.wiping({"GLIBC_TUNABLES": "glibc.malloc.arena_max=2:glibc.malloc.perturb=1", "HOME": "/"})
    assert tuned["GLIBC_TUNABLES"].split(":") == [
        "glibc.malloc.arena_max=2",
        "glibc.malloc.perturb=165",
        "glibc.malloc.tcache_count=0",
    ]
    assert tuned["HOME"] == "/"


def test_locked_memory_stays_locked_as_it_grows() -> None:
    script = (
        "from signalling.observe import hardening; done = hardening.lock_memory(); more = bytearray(8_000_000);"
        "print(done, next(l.split()[1] for l in open('/proc/self/status') if l.startswith('VmLck')))"
    )
    done, kib = run(script).split()
    assert done == str(hardening.may_lock_memory())
    assert (int(kib) > 8_000) is hardening.may_lock_memory()


@pytest.mark.parametrize(("capabilities", "may"), [("0000000000004000", True), ("000001ffffffbfff", False)])
def test_memory_may_be_locked_by_capability_where_there_is_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capabilities: str, may: bool
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (65_536, 65_536))
    status = tmp_path / "status"
    status.write_text(f"Name:\tpython\nCapEff:\t{capabilities}\n")
    assert hardening.may_lock_memory(status) is may


def test_memory_may_be_locked_where_there_is_no_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (65_536, resource.RLIM_INFINITY))
    assert hardening.may_lock_memory(tmp_path / "absent")


def test_as_many_files_as_the_system_allows_may_be_open() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert hardening.allow_many_files() == before[1]
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
