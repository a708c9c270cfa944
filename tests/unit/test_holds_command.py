"""Holds, the end of an agreement and the log of erasures from a terminal."""

from pathlib import Path

import pytest

from tests.unit.test_operator_commands import READS, Run, customer
from tests.unit.test_operator_commands import run as run  # noqa: PLC0414 - the fixture

pytestmark = pytest.mark.slow


def test_a_hold_is_placed_told_and_lifted_and_then_the_customer_goes(run: Run) -> None:
    one = customer(run)
    held = ("--reason", "outstanding_sum")
    assert run("holds", "place", f"customer:{one}", *held).output == "held\n"
    kept = run("customers", "end", one, fails=True).output
    assert "kept, and erased once that is over: outstanding_sum" in kept
    assert (
        f"customer:{one}  outstanding_sum"
        in run("holds", "list", "--operator", "Staff One", "--purpose", "legal").output
    )
    assert run("holds", "lift", f"customer:{one}", *held).output == "lifted\n"
    assert "no such hold" in run("holds", "lift", f"customer:{one}", *held, fails=True).output
    run("store", "sweep")
    assert one not in run("customers", "list", *READS).output
    assert "no such customer" in run("customers", "end", one, fails=True).output


@pytest.mark.parametrize("subject", ["customer:nobody", "index", "pepper", "invitation:x"])
def test_a_hold_is_of_a_customer_or_person_that_is_there(run: Run, subject: str) -> None:
    customer(run)
    assert "no such customer or person" in run("holds", "place", subject, "--reason", "authority", fails=True).output


def test_commands_write_to_the_log_of_erasures_and_want_it_from_then_on(run: Run, tmp_path: Path) -> None:
    one, log = customer(run), tmp_path / "erasures.log"
    run("customers", "end", one, "--erasure-log-file", str(log))
    lines = log.read_text(encoding="ascii").splitlines()
    assert len(lines) == 2
    assert one not in lines[1]
    assert "ERASURE_LOG_FILE says where it is" in run("customers", "list", *READS, fails=True).output
