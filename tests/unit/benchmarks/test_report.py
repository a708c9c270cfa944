"""What is reported is what was measured, and what was disturbed is not passed off as a measurement."""

import pytest

from benchmarks.comparison import FOREIGN_SHARE, Run
from benchmarks.procfs import Usage
from benchmarks.report import ROWS, cell, into_document, ratio
from benchmarks.servers import COORDINATOR, REFERENCE

ROW = ROWS[0]
QUIET, DISTURBED = 0.0, FOREIGN_SHARE + 0.01


def runs(contender: str, *measured: tuple[float, float]) -> list[Run]:
    made = []
    for number, (value, foreign) in enumerate(measured):
        run = Run(contender, number)
        run.put(
            Usage(seconds=1, server_seconds=1, server_share=1, generator_share=0.5, foreign_share=foreign),
            **{ROW.name: value},
        )
        made.append(run)
    return made


def test_a_run_under_foreign_load_is_left_out() -> None:
    measured = runs(COORDINATOR.name, (100, QUIET), (900, DISTURBED), (300, QUIET))

    assert cell(measured, COORDINATOR, ROW) == "200 [150 250] n=2"


def test_where_every_run_was_disturbed_the_figure_is_doubted() -> None:
    assert cell(runs(COORDINATOR.name, (100, DISTURBED)), COORDINATOR, ROW) == "100 ?"


def test_what_was_not_measured_has_no_figure() -> None:
    assert cell([], COORDINATOR, ROW) == "–"


def test_a_ratio_pairs_the_runs_of_one_round() -> None:
    measured = runs(COORDINATOR.name, (400, QUIET), (900, QUIET), (800, QUIET))
    measured += runs(REFERENCE.name, (100, QUIET), (100, DISTURBED), (400, QUIET))

    assert ratio(measured, COORDINATOR, ROW) == "3.00 [2.50 3.50] n=2"


def test_new_figures_take_the_place_of_the_old_ones() -> None:
    document = "before\n<!-- figures: written by `make bench` with --write -->\nold\n<!-- end of figures -->\nafter\n"

    once = into_document(document, "new")

    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once
    assert into_document(once, "new") == once


def test_a_document_without_a_place_for_figures_is_left_alone() -> None:
    with pytest.raises(ValueError, match="a place for figures"):
        into_document("nothing here", "new")
