"""The published table is complete, and calls nothing kept that no test holds."""

import re
from pathlib import Path

import pytest

from tests.policy.clauses import CLAUSES, Clause
from tests.policy.report import PAGE, ROOT, Result, clauses_in, found_by_clause, markdown, published, status


def test_every_clause_from_1_to_52_is_there_once() -> None:
    assert list(CLAUSES) == [f"P-{number:02}" for number in range(1, 53)]
    assert list(published()) == list(CLAUSES)


def test_every_clause_has_a_test_or_says_what_is_open() -> None:
    silent = [key for key, tests in found_by_clause().items() if not tests and not CLAUSES[key].open_]
    assert silent == []


def test_what_has_no_test_is_published_as_open() -> None:
    table = published()
    for key, tests in found_by_clause().items():
        assert table[key][1].partition(":")[0] == status(CLAUSES[key], tests), f"make policy writes {key} anew"
        assert int(table[key][2]) == len(tests), f"make policy writes {key} anew"


def test_the_published_page_names_the_tests_that_there_are() -> None:
    def without_results(page: str) -> str:
        return re.sub(r" \| [^|]* \|$", "", page, flags=re.MULTILINE)

    fresh = markdown({key: Result() for key in CLAUSES})
    assert without_results(PAGE.read_text(encoding="utf-8")) == without_results(fresh)


def test_no_published_result_is_a_failure() -> None:
    assert [key for key, row in published().items() if "FAIL" in row[3]] == []
    unseen = [key for key, row in published().items() if row[1].startswith("kept") and "pass" not in row[3]]
    assert unseen == [], "called kept, and not seen to be"


def test_tests_that_are_named_elsewhere_are_there() -> None:
    for clause in CLAUSES.values():
        for node in clause.elsewhere:
            path, _, name = node.partition("::")
            assert name in (ROOT / path).read_text(encoding="utf-8") if name else Path(ROOT / path).is_file()


@pytest.mark.parametrize(
    ("name", "clauses"),
    [
        ("test_p_12_a_profile", ["P-12"]),
        ("test_p02_a_call", ["P-02"]),
        ("test_p_49_p_50_no_page", ["P-49", "P-50"]),
        ("test_a_call_p_02", []),
    ],
)
def test_a_test_is_of_the_clauses_that_its_name_names(name: str, clauses: list[str]) -> None:
    assert clauses_in(name) == clauses


def test_a_clause_without_tests_is_open_whatever_it_says() -> None:
    assert status(Clause("x"), []) == "open"
    assert status(Clause("x", "y"), ["t"]) == "kept in part"
    assert status(Clause("x"), ["t"]) == "kept"
