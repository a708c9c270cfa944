"""P-02 whole: the audit as an auditor runs it, on real calls and a real relay, and what it hands over."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from client_sim.audit.scripted_ways import SCRIPTED
from client_sim.audit.sealed import SEALED

pytestmark = [pytest.mark.root, pytest.mark.slow, pytest.mark.coturn]

PROGRAM = Path(sys.executable).with_name("client-sim")
ENDS = (
    "hang-up",
    "cancel",
    "decline",
    "knob off",
    "no answer",
    "session superseded",
    "kill -9 of the caller",
    "kill -9 of the callee",
    "kill -9 of the server",
    "server stopped",
    "server crashes",
)


@dataclass
class Run:
    code: int
    said: str
    page: str
    data: Mapping[str, Any]

    def ways(self) -> list[str]:
        return [way["name"] for chapter in self.data["chapters"] for way in chapter["ways"]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("audit")
    page, data = folder / "out" / "residue.html", folder / "out" / "residue.json"
    done = subprocess.run(
        [str(PROGRAM), "residue", "--report", str(page), "--json", str(data)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert page.exists(), done.stdout + done.stderr
    return Run(done.returncode, done.stdout, page.read_text(), json.loads(data.read_text()))


def test_p_02_nothing_of_real_calls_is_left_however_they_end(run: Run) -> None:
    assert run.data["blind_because"] == []
    assert run.data["finds"] == []
    assert (run.code, run.data["verdict"]) == (0, "clean")


def test_p_02_every_way_of_ending_was_lived_through(run: Run) -> None:
    for end in ENDS:
        assert any(way.startswith(end) for way in run.ways()), end
    assert len(run.ways()) == len(SCRIPTED) + len(SEALED) + 5


def test_p_02_each_call_was_looked_at_one_second_after_its_end(run: Run) -> None:
    seconds = [each for chapter in run.data["chapters"] for each in chapter["after_seconds"].values()]
    assert len(seconds) == len(run.ways())
    assert min(seconds) >= 1.0


def test_p_02_the_controls_were_found(run: Run) -> None:
    """Each call while it lived, the relay's credentials in coturn, every form, and what is left where nothing wipes."""
    for chapter in run.data["chapters"]:
        assert chapter["during"]["call"]["memory of the coordinator"] >= len(chapter["ways"])
        if any(way["sealed"] for way in chapter["ways"]):
            assert chapter["during"]["turn name"]["memory of coturn"] > 0
            assert chapter["during"]["turn key"]["memory of coturn"] > 0
    assert set(run.data["witness"].values()) == {2}
    assert run.data["control"]["copies"] > 50


def test_p_02_sealed_contents_are_never_there_not_even_while_a_call_lives(run: Run) -> None:
    assert run.data["planted"]["sealed"] > 30
    for chapter in run.data["chapters"]:
        assert "sealed" not in chapter["during"]


def test_p_02_what_is_left_is_declared_dead_credentials_of_the_relay_and_nothing_else(run: Run) -> None:
    assert {(one["kind"], one["place"]) for one in run.data["declared"]} <= {
        ("turn name", "memory of coturn"),
        ("turn key", "memory of coturn"),
    }


def test_p_02_all_that_was_written_was_looked_at(run: Run) -> None:
    assert run.data["files_complete"]
    names = {Path(name).name for name in run.data["files"]}
    assert {"log.jsonl", "seed.json", "coturn.log", "turnserver.conf"} <= names
    assert all(one["wipes"] and one["core_bytes"] == "0" for one in run.data["processes"])


def test_the_report_loads_nothing_from_anywhere_and_names_nobody(run: Run) -> None:
    for word in ("src=", "href=", "url(", "<script", "@import", "http://", "https://"):
        assert word not in run.page
    for start in ("Person-", "Komp-", "ufrag-", "pwd-", "candidate-", "payload-"):
        assert start not in run.page + json.dumps(run.data)


def test_the_terminal_tells_the_same(run: Run) -> None:
    assert run.said.count("✓") == len(run.data["chapters"]) + 1
    assert "Nothing of the ended calls was found" in run.said
