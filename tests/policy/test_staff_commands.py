"""Staff reads from a terminal (P-04, P-13, P-22): nothing of anybody is shown without a name and a purpose."""

import ast
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner, Result

from signalling.cli import main
from signalling.commands.opened import in_store
from signalling.settings import Settings, variable
from signalling.store.customers import CustomerData
from tests.policy.test_staff_reads import OPENING, lines

ROOT: Final = Path(__file__).parents[2]
Run = Callable[..., Result]
NAMES_NOBODY: Final = {
    "requests list", "support list", "lists consents", "keywords state", "store upgrade", "store sweep",
    "store lost-log",
}  # fmt: skip
"""Commands that show ids, kinds, days and states, and nothing by which anybody is known."""
CHANGES: Final = {
    "customers add", "customers correct", "customers end", "customers remove", "devices add", "devices suspend",
    "devices resume", "devices block", "devices token", "devices reset", "devices return",
    "devices restart", "devices hand-over", "keywords new", "invitations new", "holds place", "holds lift",
    "requests grant", "requests refuse", "requests told", "lists remove", "support answer", "support tie",
    "support erase",
}  # fmt: skip
"""Commands that change something and show what they made or did."""
OF_NOBODY: Final = {
    "serve", "check", "routes", "schema", "api", "errors", "settings-reference", "diagram", "reference", "privacy",
    "receipts", "keys", "pages",
}  # fmt: skip
"""Commands that have nothing to do with what is stored of anybody."""


def commands(group: click.Group = main, before: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command by its whole name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name)), command


def test_p_04_p_22_every_command_that_shows_something_of_somebody_wants_a_name_and_a_purpose() -> None:
    """A new command fails this until it is said which kind it is."""
    audited = {name for name, one in commands() if {"operator", "purpose"} <= {option.name for option in one.params}}
    assert audited == {
        "customers list", "customers show", "devices list", "devices unblock", "devices usage", "holds list",
        "requests show", "lists export", "support show", "av1-log export", "reads list", "export customer",
        "export request",
    }  # fmt: skip
    rest = {name for name, _ in commands() if name not in audited and name.split()[0] not in OF_NOBODY}
    assert rest == NAMES_NOBODY | CHANGES
    for _, one in commands():
        for option in one.params:
            if option.name in {"operator", "purpose"}:
                assert option.required


def test_p_04_p_13_p_22_no_address_leads_to_what_staff_read() -> None:
    """Only commands come to the desk. The Admin tool's routes will have to be named here, with their roles."""
    knowing = {
        path.relative_to(ROOT / "signalling").as_posix()
        for path in sorted((ROOT / "signalling").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "signalling.service.staff"
    }
    assert knowing
    assert not [name for name in knowing if not name.startswith("commands/")]


def test_p_04_p_13_no_command_reads_the_store_past_the_desk() -> None:
    """Of what opens something sealed, commands call only what changes it, and shows nothing of it."""
    opening = {f"{owner}.{name}" for owner, name in OPENING} | {"robot_log.rows", "robot_log.usage", "holds.all"}
    opening |= {"holdings.of", "profiles.seen_by", "contacts.of", "posts.waiting", "support.read", "requests.of"}
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "signalling" / "commands").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                name = f"{node.value.attr}.{node.attr}"
                if name in opening or node.value.attr in {"profiles", "contacts", "posts", "holdings", "reads"}:
                    found.setdefault(path.name, set()).add(name)
    assert found == {
        "customers.py": {"customers.get"},  # correct: what isn't given stays as it is
        "requests.py": {"requests.get"},  # grant and refuse: the request that is decided
    }


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command with a database of its own."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("NARVARO_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/narvaro.db")
    monkeypatch.setenv("NARVARO_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    monkeypatch.delenv("NARVARO_OPERATOR", raising=False)

    def running(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    return running


def test_p_04_a_command_without_a_name_or_with_another_purpose_shows_nothing(run: Run) -> None:
    customer = run("customers", "add", "--name", "Marker-Astrid").output.strip()
    asks = ("customers", "show", customer)
    for arguments, rule in (
        (asks, "--operator"),
        ((*asks, "--operator", "Staff One"), "--purpose"),
        ((*asks, "--operator", " ", "--purpose", "support"), "an operator's name"),
        ((*asks, "--operator", "Staff One", "--purpose", "curiosity"), "is not one of"),
    ):
        done = run(*arguments)
        assert done.exit_code != 0
        assert rule in done.output
        assert "Marker-Astrid" not in done.output
    assert in_store({}, lambda store, _now: lines(store)) == []
    shown = run(*asks, "--operator", "Staff One", "--purpose", "delivery")
    assert "Marker-Astrid" in shown.output
    assert in_store({}, lambda store, _now: lines(store)) == [(f"customer:{customer}", "customer", "delivery")]


def test_p_22_the_log_of_a_robot_is_read_with_a_line_that_its_customer_can_see(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = run("customers", "add", "--name", "School").output.strip()
    device = run("devices", "add", "--kind", "av1", "--customer", customer, "--name", "Robot 7").output.split()[1]
    monkeypatch.setenv("NARVARO_OPERATOR", "Staff Two")
    assert run("av1-log", "export", "--purpose", "support", "--device", device).exit_code == 0
    listed = run("reads", "list", f"customer:{customer}", "--purpose", "security").output
    assert "av1_log      support   Staff Two" in listed
    assert "staff_reads" in listed, "this read has its line too"


def test_a_customer_is_put_right_without_being_shown(run: Run) -> None:
    customer = run("customers", "add", "--name", "Astrid", "--phone", "+4740600001").output.strip()
    assert run("customers", "correct", customer, "--name", "Åse", "--phone", "").output == "corrected\n"
    shown = run("customers", "show", customer, "--operator", "Staff One", "--purpose", "support").output
    assert "Åse" in shown
    assert "phone" not in shown
    assert run("customers", "correct", customer, "--name", "").exit_code != 0
    assert run("customers", "correct", "nobody", "--name", "X").exit_code != 0
    assert {field.name for field in dataclasses.fields(CustomerData)} - {"kind"} == {
        option.name for name, one in commands() if name == "customers correct" for option in one.params
    } - {"customer", "database_url", "master_key_file", "kms_command", "erasure_log_file"}
