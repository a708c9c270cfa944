"""Medians, percentiles and paired ratios are what they are called, or the comparison means nothing."""

import random

import pytest

from benchmarks.figures import Spread, paired, percentile, spread


def test_half_of_the_runs_lie_between_the_quartiles() -> None:
    assert spread([5, 1, 4, 2, 3]) == Spread(median=3, lower=2, upper=4, runs=5)


def test_a_single_run_is_its_own_median() -> None:
    assert spread([7.0]) == Spread(7.0, 7.0, 7.0, 1)


def test_nothing_measured_has_no_median() -> None:
    assert spread([]) is None


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]

    assert [percentile(values, share) for share in (0.0, 0.5, 0.501, 0.99, 1.0)] == [1, 50, 51, 99, 100]


def test_one_percent_of_the_values_lies_above_the_99th_percentile() -> None:
    values = sorted(random.random() for _ in range(1000))

    assert sum(value > percentile(values, 0.99) for value in values) == 10


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        percentile([], 0.5)


def test_ratios_are_taken_within_a_round() -> None:
    assert paired([2.0, 30.0], [1.0, 10.0]) == [2.0, 3.0]


def test_a_round_in_which_one_side_was_disturbed_gives_no_ratio() -> None:
    assert paired([2.0, None, 8.0], [1.0, 1.0, None]) == [2.0]
