"""What `signalling check` says of the process's memory: how each measure stands, and what to do where it is missing."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from signalling.observe import hardening
from signalling.observe.measures import Measure, Standing, measures

NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with swap, of whose memory nothing may be locked."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    (tmp_path / "proc" / "swaps").write_text("Filename Type Size Used Priority\n/dev/sdb1 partition 2097148 0 -2\n")
    (tmp_path / "proc" / "self" / "status").write_text("CapEff:\t0000000000000000\n")
    (tmp_path / "proc" / "self" / "cgroup").write_text("0::/system.slice/narvaro.service\n")
    return tmp_path


@pytest.fixture(autouse=True)
def _limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (65_536, 65_536))


def stands(
    name: str, machine: Path, *, wipe: bool = True, lock: bool = False, environ: Mapping[str, str] = NO_VARIABLES
) -> Measure:
    found = measures(wipe_memory=wipe, lock_memory=lock, environ=environ, root=machine)
    return next(one for one in found if one.name == name)


def may_lock(machine: Path) -> None:
    (machine / "proc" / "self" / "status").write_text("CapEff:\t0000000000004000\n")


def test_freed_memory_is_overwritten_by_environment_or_by_starting_again(machine: Path) -> None:
    assert stands("freed memory", machine, environ=hardening.wiping({})).standing is Standing.PASS
    assert "starts itself again" in stands("freed memory", machine).words


def test_an_allocator_that_does_not_wipe_is_told_with_what_to_do(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "NARVARO_WIPE_MEMORY" in stands("freed memory", machine, wipe=False).words
    monkeypatch.setattr(hardening, "has_glibc", lambda: False)
    told = stands("freed memory", machine)
    assert (told.standing, "glibc" in told.words) == (Standing.WARN, True)


def test_where_the_kernel_can_not_forbid_dumps_both_lines_warn(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {stands(name, machine).standing for name in ("core dumps", "debuggers")} == {Standing.PASS}
    monkeypatch.setattr(hardening, "can_forbid_dumps", lambda: False)
    assert {stands(name, machine).standing for name in ("core dumps", "debuggers")} == {Standing.WARN}


def test_swap_that_this_process_could_use_is_warned_of(machine: Path) -> None:
    told = stands("swap", machine)
    assert (told.standing, "MemorySwapMax=0" in told.words) == (Standing.WARN, True)
    may_lock(machine)
    assert str(stands("swap", machine)) == "warn  swap: memory may be written to it; set NARVARO_LOCK_MEMORY=1"


def test_no_swap_or_none_for_this_control_group_is_well(machine: Path) -> None:
    group = machine / "sys" / "fs" / "cgroup" / "system.slice" / "narvaro.service"
    group.mkdir(parents=True)
    (group / "memory.swap.max").write_text("max\n")
    assert stands("swap", machine).standing is Standing.WARN
    (group / "memory.swap.max").write_text("0\n")
    assert stands("swap", machine).standing is Standing.PASS
    (group / "memory.swap.max").unlink()
    (machine / "proc" / "swaps").write_text("Filename Type Size Used Priority\n")
    assert stands("swap", machine).standing is Standing.PASS


def test_locked_memory_needs_no_word_about_swap_and_a_lock_that_can_not_be_is_a_fault(machine: Path) -> None:
    assert stands("swap", machine, lock=True).standing is Standing.FAIL
    may_lock(machine)
    assert stands("swap", machine, lock=True).standing is Standing.PASS
