"""P-02: an audit that can't be red proves nothing. For each eraser there is a coordinator without it: it is caught."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from client_sim.audit.audit import CRASHED, Plan, audit
from client_sim.audit.findings import Report
from client_sim.audit.judgement import Verdict
from client_sim.audit.promises import Kind, Place
from client_sim.audit.scripted_ways import SCRIPTED
from signalling.observe import hardening
from tests.policy.forgetful import ERASERS

pytestmark = [pytest.mark.root, pytest.mark.slow]

FORGETFUL = Path(__file__).with_name("forgetful.py")
AT_ONCE = 4
WIPES = hardening.wiping({})
ENVIRONMENT = (["env", *(f"{name}={value}" for name, value in WIPES.items())], ["env"])
"""Already under the wiping allocator, or not, so that none of them has to start itself again."""
WAY = "page loaded anew, then hang-up"
"""It comes by all erasers: boxes, a hello that names the call, a resume, a second token, a hang-up."""
CAUGHT: Mapping[str, tuple[Kind, Place]] = {
    "the_record": (Kind.CALL, Place.COORDINATOR),
    "the_lease": (Kind.CALL, Place.COORDINATOR),
    "the_named_calls": (Kind.CALL, Place.COORDINATOR),
    "the_heaps_name": (Kind.CALL, Place.COORDINATOR),
    "the_deadline": (Kind.CALL, Place.COORDINATOR),
    "the_salt": (Kind.HASH, Place.COORDINATOR),
    "the_box": (Kind.BOX, Place.COORDINATOR),
    "the_frame": (Kind.TOKEN, Place.COORDINATOR),
    "the_answer": (Kind.TOKEN, Place.COORDINATOR),
    "the_log": (Kind.CALL, Place.LOGS),
    "the_file": (Kind.CALL, Place.FILES),
    "the_core_limit": (Kind.CALL, Place.FILES),
    "the_allocator": (Kind.PAYLOAD, Place.COORDINATOR),
}
"""What must be found of each, and where."""
CORES_GO_ELSEWHERE = any(sign in Path("/proc/sys/kernel/core_pattern").read_text() for sign in "|/")
SEEN_HERE = [name for name in ERASERS if not (name == "the_core_limit" and CORES_GO_ELSEWHERE)]
"""A core file that another program takes, or that lands in a directory of the machine's, is not the audit's to see."""


def plan(*command: str) -> Plan:
    alone = Plan({WAY: SCRIPTED[WAY]}, {}, (), (), (), relays=False, control=False, command=command)
    return replace(alone, scripted={}, crashed=CRASHED) if "the_core_limit" in command else alone


@pytest.fixture(scope="module")
def reports() -> Mapping[str, Report]:
    """The audit of every forgetful coordinator, a few at a time, and of one that forgets as it should."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(*command: str) -> Report:
        async with turns:
            return await audit(plan(*command))

    async def every() -> list[Report]:
        without = [
            one(*ENVIRONMENT[name == "the_allocator"], sys.executable, str(FORGETFUL), name) for name in SEEN_HERE
        ]
        return await asyncio.gather(one(), *without)

    return dict(zip(["none", *SEEN_HERE], uvloop.run(every()), strict=True))


def test_p_02_a_coordinator_with_all_its_erasers_is_clean(reports: Mapping[str, Report]) -> None:
    assert reports["none"].verdict is Verdict.CLEAN, reports["none"].blind_because
    assert list(reports["none"].finds()) == []


@pytest.mark.parametrize("eraser", SEEN_HERE)
def test_p_02_a_coordinator_without_one_eraser_is_caught(reports: Mapping[str, Report], eraser: str) -> None:
    report = reports[eraser]
    assert report.verdict is Verdict.FOUND
    assert CAUGHT[eraser] in {(one.marker.kind, one.place) for one in report.finds()}
