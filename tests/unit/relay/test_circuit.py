"""When a provider that fails is asked again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.circuit import FAILURES, LONGEST_PAUSE_SECONDS, Circuit

NOW = 1_800_000_000.0


def test_a_provider_is_asked_until_it_fails() -> None:
    circuit = Circuit()

    assert circuit.allows(NOW)
    assert not circuit.is_proving


def test_the_third_failure_in_a_row_opens_it_and_tells_so_once() -> None:
    circuit = Circuit()

    opened = [circuit.failed(NOW) for _ in range(FAILURES + 3)]

    assert opened == [False, False, True, False, False, False]
    assert circuit.is_open


def test_a_failure_that_no_waiting_mends_opens_it_at_once() -> None:
    assert Circuit().failed(NOW, at_once=True)


def test_pauses_double_up_to_five_minutes() -> None:
    circuit = Circuit()
    pauses = []
    for _ in range(12):
        circuit.failed(NOW)
        pauses.append(circuit.retry_at - NOW)

    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


def test_a_provider_that_asks_for_peace_gets_it() -> None:
    circuit = Circuit()
    circuit.failed(NOW, pause_seconds=30)

    assert not circuit.allows(NOW + 29.9)
    assert circuit.allows(NOW + 30)


def test_one_success_closes_it_and_tells_so_only_if_it_was_open() -> None:
    circuit = Circuit()
    circuit.failed(NOW)
    assert not circuit.succeeded()
    circuit.failed(NOW, at_once=True)
    assert circuit.succeeded()
    assert not circuit.succeeded()
    assert circuit.allows(NOW)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 4000)), max_size=80))
def test_what_is_told_opens_and_closes_by_turns(answers: list[tuple[bool, bool, float]]) -> None:
    circuit, told = Circuit(), []
    for is_good, hopeless, pause in answers:
        if is_good:
            if circuit.succeeded():
                told.append("closed")
        elif circuit.failed(NOW, at_once=hopeless, pause_seconds=pause):
            told.append("opened")
        assert circuit.is_open == (bool(told) and told[-1] == "opened")

    assert told == ["opened", "closed"] * (len(told) // 2) + ["opened"] * (len(told) % 2)


@pytest.mark.parametrize("failures", [1, 2, 100, 5000])
def test_no_number_of_failures_ends_hope(failures: int) -> None:
    circuit = Circuit()
    for _ in range(failures):
        circuit.failed(NOW)

    assert circuit.allows(NOW + LONGEST_PAUSE_SECONDS)
