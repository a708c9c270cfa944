"""`client-sim residue` as a command: its exit codes, and what it says where it can't say anything."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from client_sim import cli
from client_sim.audit import coturn, sites
from client_sim.audit.audit import Plan
from client_sim.audit.scripted_ways import SCRIPTED
from signalling.observe import hardening

pytestmark = [pytest.mark.slow, pytest.mark.root]

FORGETFUL = Path(__file__).parents[2] / "policy" / "forgetful.py"
WIPING = ["env", *(f"{name}={value}" for name, value in hardening.wiping({}).items())]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["residue", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def only_a_hang_up(monkeypatch: pytest.MonkeyPatch) -> None:
    plan_one_call(monkeypatch)


def plan_one_call(monkeypatch: pytest.MonkeyPatch, command: Sequence[str] = ()) -> None:
    def plan(*, strict: bool) -> Plan:
        one = {"hang-up": SCRIPTED["hang-up"]}
        return Plan(one, {}, (), (), (), relays=False, control=False, strict=strict, command=command)

    monkeypatch.setattr(cli, "Plan", plan)


def test_a_clean_run_ends_with_0_and_writes_both_reports(only_a_hang_up: None, tmp_path: Path) -> None:
    done = run("--report", tmp_path / "out" / "residue.html", "--json", tmp_path / "out" / "residue.json")
    assert "Nothing of the ended calls was found" in done.output
    assert done.exit_code == 0
    assert (tmp_path / "out" / "residue.html").read_text().startswith("<!doctype html>")
    assert '"verdict": "clean"' in (tmp_path / "out" / "residue.json").read_text()


def test_a_find_ends_with_1_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    plan_one_call(monkeypatch, [*WIPING, sys.executable, str(FORGETFUL), "the_lease"])
    done = run()
    assert "Something was left" in done.output
    assert "found: the call's id" in done.output
    assert done.exit_code == 1


def test_a_search_that_sees_nothing_ends_with_2(only_a_hang_up: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "read_memory", lambda pid: [])
    done = run()
    assert "This run says nothing" in done.output
    assert "not seen while the call lived" in " ".join(done.output.split())
    assert done.exit_code == 2


def test_without_the_right_to_read_memory_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    done = run()
    assert "takes root" in done.output
    assert done.exit_code == 2


def test_without_coturn_it_says_nothing_unless_told_to_leave_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coturn, "can_run", lambda: False)
    done = run()
    assert "--no-coturn" in done.output
    assert done.exit_code == 2
