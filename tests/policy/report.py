"""The promises as a table: clause, promise, tests, result. `make policy` runs it and writes docs/policy.md.

Which test holds which clause is read from names (`test_p_12_…`), never from a list that somebody keeps.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.policy.clauses import CLAUSES, Clause

ROOT: Final = Path(__file__).parents[2]
TESTS: Final = ROOT / "tests"
PAGE: Final = ROOT / "docs" / "policy.md"
_NAMED: Final = re.compile(r"test((?:_p_?\d\d)+)_")


@dataclass
class Result:
    """How the tests of one clause went."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @classmethod
    def read(cls, told: str) -> "Result":
        """From the published page."""
        counts = {word: int(count) for count, word in re.findall(r"(\d+) (pass|FAIL|not run here)", told)}
        return cls(counts.get("pass", 0), counts.get("FAIL", 0), counts.get("not run here", 0))

    def __str__(self) -> str:
        told = [
            f"{count} {word}"
            for count, word in ((self.passed, "pass"), (self.failed, "FAIL"), (self.skipped, "not run here"))
            if count
        ]
        return ", ".join(told) or "–"


def found_by_clause() -> dict[str, list[str]]:
    """The node ids of every clause's tests, those that `elsewhere` names last."""
    found: dict[str, list[str]] = {clause: [] for clause in CLAUSES}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in _functions(path):
            for named in clauses_in(name):
                found[named].append(f"{path.relative_to(ROOT).as_posix()}::{name}")
    for key, clause in CLAUSES.items():
        found[key].extend(clause.elsewhere)
    return found


def clauses_in(name: str) -> list[str]:
    """The clauses that a test's name names."""
    named = _NAMED.match(name)
    return [f"P-{number}" for number in re.findall(r"\d\d", named[1])] if named else []


def _functions(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


@dataclass(eq=False)
class Recorder:
    """pytest's plugin: how each test of each clause went."""

    by_clause: dict[str, list[str]]
    results: dict[str, Result] = field(default_factory=lambda: {clause: Result() for clause in CLAUSES})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test."""
        if report.when != "call" and report.outcome == "passed":
            return
        node = report.nodeid.partition("[")[0]
        for clause, named in self.by_clause.items():
            if any(node == one or node.startswith(f"{one}::") for one in named):
                result = self.results[clause]
                setattr(result, report.outcome, getattr(result, report.outcome) + 1)


def status(clause: Clause, tests: Iterable[str]) -> str:
    """Kept, kept in part, or open. No clause without a test is called kept."""
    if not list(tests):
        return "open"
    return "kept in part" if clause.open_ else "kept"


def markdown(results: dict[str, Result]) -> str:
    """docs/policy.md."""
    by_clause = found_by_clause()
    lines = [_HEAD]
    for key, clause in CLAUSES.items():
        held = status(clause, by_clause[key])
        missing = f": {clause.open_}" if clause.open_ else ""
        lines.append(f"| {key} | {clause.promise} | {held}{missing} | {len(by_clause[key])} | {results[key]} |")
    lines += ["", "## What holds each", ""]
    for key, tests in by_clause.items():
        if tests:
            lines += [f"**{key}** {CLAUSES[key].promise}", "", *(f"- {_sentence(one)}" for one in tests), ""]
    return "\n".join(lines)


def _sentence(node: str) -> str:
    path, _, name = node.partition("::")
    words = _NAMED.sub("", name).removeprefix("test_").replace("_", " ")
    return f"{words or 'all of it'} (`{path.removeprefix('tests/')}`)"


_HEAD: Final = """# The promises, clause by clause

Written by `make policy`, which runs the tests of each clause; don't edit it by hand. A test is a clause's because its
name says so. What comes later, or is not finished, is *open* or *kept in part*, never kept. Results: the last run.

| clause | promise | | tests | result |
|---|---|---|---|---|"""


def published() -> dict[str, list[str]]:
    """The table as it stands in docs/policy.md: promise, status, how many tests, result."""
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (P-\d\d) \| (.*) \| (.*) \| (\d+) \| (.*) \|$", page, re.MULTILINE)
    return {row[0]: list(row[1:]) for row in rows}


def main(arguments: list[str]) -> int:
    """Run the tests, print the table, write the page. Further arguments are pytest's.

    `--words` writes the page anew with the results that it has: for a change of words alone.
    """
    if arguments == ["--words"]:
        PAGE.write_text(markdown({key: Result.read(row[3]) for key, row in published().items()}), encoding="utf-8")
        return 0
    by_clause = found_by_clause()
    recorder = Recorder(by_clause)
    nodes = sorted({one for named in by_clause.values() for one in named})
    code = pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", *arguments, *nodes], plugins=[recorder])
    if code in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        PAGE.write_text(markdown(recorder.results), encoding="utf-8")
    width = max(len(clause.promise) for clause in CLAUSES.values())
    for key, clause in CLAUSES.items():
        held = status(clause, by_clause[key])
        print(f"{key}  {clause.promise:{width}}  {held:12}  {recorder.results[key]}")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
