"""Time."""

import time

import pytest

from signalling.observe.clock import SystemClock


def test_the_clock_tells_unix_time() -> None:
    assert SystemClock().now() == pytest.approx(time.time(), abs=1)


def test_a_step_of_the_systems_clock_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    before = clock.now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert before <= clock.now() < before + 5
