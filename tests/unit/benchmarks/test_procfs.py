"""CPU time is read from the right fields of /proc, whatever a process calls itself."""

import os
import subprocess
import sys

import pytest

from benchmarks.procfs import (
    Moment,
    between,
    busy_seconds_of_stat,
    cpu_seconds,
    cpu_seconds_of_stat,
    parent_of_stat,
    rss_bytes,
    tree,
)

TICKS = os.sysconf("SC_CLK_TCK")
LINE = f"42 (a) b (c)) S 7 42 42 0 -1 4194560 100 0 0 0 {3 * TICKS} {2 * TICKS} {TICKS} {TICKS} 20 0 1 0 5 6 7 8"


def test_a_process_with_brackets_in_its_name_is_read_right() -> None:
    assert parent_of_stat(LINE) == 7


def test_cpu_time_is_user_and_system_and_that_of_children_waited_for() -> None:
    assert cpu_seconds_of_stat(LINE) == 7.0


def test_idle_and_waiting_for_disks_is_not_busy_and_stolen_time_is() -> None:
    fields = [1, 2, 3, 100, 200, 4, 5, 6, 1000, 1000]
    line = "cpu  " + " ".join(str(field * TICKS) for field in fields)

    assert busy_seconds_of_stat(line + "\ncpu0 9 9 9\n") == 21.0


def test_foreign_load_is_what_neither_server_nor_generator_used() -> None:
    start = Moment(at=10.0, server=1.0, generator=2.0, machine=50.0)
    end = Moment(at=12.0, server=2.5, generator=3.0, machine=53.5)

    usage = between(start, end)

    assert (usage.server_share, usage.generator_share, usage.foreign_share) == (0.75, 0.5, 0.5)
    assert usage.server_seconds == 1.5


def test_rounding_of_the_kernels_clock_makes_no_negative_foreign_load() -> None:
    start = Moment(at=0.0, server=0.0, generator=0.0, machine=0.0)

    assert between(start, Moment(at=1.0, server=0.6, generator=0.4, machine=0.99)).foreign_share == 0.0


def test_a_process_is_seen_with_the_time_and_memory_that_it_says_it_used() -> None:
    burn = "import os, sys; sum(range(10**7)); print(sum(os.times()[:4]), flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", burn], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        says = float(child.stdout.readline())
        assert child.pid in tree(os.getpid())
        assert cpu_seconds(child.pid) == pytest.approx(says, abs=0.05)
        assert rss_bytes(child.pid) > 1024**2
        child.stdin.close()
