"""A phone that leaves the house in mid-call, from the wireless network to the mobile one: the call goes on."""

import json
import sys

import pytest

from client_sim.netns import Namespace, ip
from tests.e2e.roaming import HERE, WIRES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.root]

BACK_WITHIN_MS = 14_000
"""Chromium says after six seconds that a path is gone, and two more are waited in case it comes back."""


@pytest.mark.parametrize("komp", ["page", "headless"])
def test_the_picture_comes_back_over_another_network_and_nothing_rings_again(komp: str) -> None:
    with Namespace("world") as world, Namespace("phone") as phone:
        world.address(f"{HERE}/32")
        for name, (there, here) in WIRES.items():
            phone.link(world, f"{here}/30", f"{there}/30", device=name)
        ip("-n", phone.name, "link", "set", "mobile", "down")
        phone.route("default", WIRES["wifi"][0])
        done = world.run([sys.executable, "-m", "tests.e2e.roaming", phone.name, komp], timeout_seconds=120)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["gap_ms"] < BACK_WITHIN_MS
    assert report["steps"].count("ringing") == 1
    assert report["steps"][-2:] == ["lost", "back"]
