"""Calls through the networks of homes and schools, made for real: each that can connect does, by the best path."""

import io
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from rich.console import Console

from client_sim.netns import Namespace
from client_sim.network import PROFILES, NetworkError, network
from client_sim.paths import named_cause
from client_sim.scenarios.through_network import call_through, milliseconds
from client_sim.wire import Weather, Wires, _Side

PATHS: Final = {
    "home": ("host", "srflx", None),
    "symmetric": ("relay", "srflx", "udp"),
    "school": ("relay", "srflx", "tcp"),
    "tls443": ("relay", "srflx", "tls"),
    "schools": ("relay", "relay", "tls"),
    "far": ("host", "srflx", None),
    "narrow": ("host", "srflx", None),
}
"""This end's candidate, the other end's, and how this end reaches its relay."""
SHUT: Final = {
    "closed": "turn_unreachable",
    "portal": "captive_portal",
    "inspected": "udp_blocked, turn_unreachable, tls_intercepted",
    "proxied": "proxy_only",
    "unrelayed": None,
    "refused": "turn_auth_failed",
    "untrusted": "udp_blocked, turn_unreachable, tls_untrusted",
}
"""What the call itself names as the cause, where the coordinator can be reached and no path is possible."""
TIMES: Final = 2
"""Where a direct check is held up, a call is under way by a relay before it comes back: once."""
CONNECTED_MS: Final = 10_000
GIVEN_UP_MS: Final = 10_000


def call_by_way_of(name: str, local: str) -> dict[str, object]:
    """A call through that network; a second one where the first went over a relay that it didn't need."""
    for _ in range(TIMES):
        report = call_through(Console(file=sys.stderr), name, seconds=1, always_relay=False)
        assert report["ok"], report["failure"]
        if str(report["path"]).startswith("relay") == (local == "relay"):
            return report
    raise AssertionError("neither call took the best path there is")


@pytest.mark.slow
@pytest.mark.root
@pytest.mark.coturn
@pytest.mark.parametrize("name", PATHS)
def test_every_network_that_can_connect_does_by_the_best_path_there_is(name: str) -> None:
    local, remote, transport = PATHS[name]
    report = call_by_way_of(name, local)
    found_local, _, rest = str(report["path"]).partition(" ↔ ")
    found_remote, _, found_transport = rest.partition(" over ")
    assert (found_local == "relay") == (local == "relay")
    assert found_transport == (transport or "")
    if name == "schools":
        assert found_remote == remote
    connected = milliseconds(report, "dtls")
    assert connected is not None
    assert connected < CONNECTED_MS


def given_up_in(name: str) -> tuple[dict[str, Any], str]:
    """A call through a network that lets none through: its report, and what was printed."""
    said = io.StringIO()
    return call_through(Console(file=said, width=200), name, seconds=1, always_relay=False), said.getvalue()


@pytest.fixture(scope="module")
def shut() -> dict[str, tuple[dict[str, Any], str]]:
    """All of them, three side by side, each in a network of its own: they wait more than they work."""
    with ThreadPoolExecutor(3) as beside:
        return dict(zip(SHUT, beside.map(given_up_in, SHUT), strict=True))


@pytest.mark.slow
@pytest.mark.root
@pytest.mark.coturn
@pytest.mark.parametrize("name", SHUT)
def test_where_no_path_is_possible_the_call_ends_with_its_named_cause_ten_seconds_after_the_accept(
    name: str, shut: dict[str, tuple[dict[str, Any], str]]
) -> None:
    report, said = shut[name]
    (ended,) = [one for one in report["steps"] if one["step"] == "ended"]
    assert (report["ok"], report["reason"], ended.get("cause"), report["cause"]) == (
        False,
        "ice_failed",
        SHUT[name],
        SHUT[name],
    )
    assert (SHUT[name] or "no path was found") in said.splitlines()[-1]
    accepted = milliseconds(report, "accepted")
    assert accepted is not None
    took = ended["ms"] - accepted
    assert took < GIVEN_UP_MS, f"{took:.0f} ms"
    print(f"{name}: given up {took:.0f} ms after the accept")


@pytest.mark.slow
@pytest.mark.root
@pytest.mark.coturn
def test_a_portal_that_has_even_the_coordinator_is_named_before_anything_is_called() -> None:
    with network(PROFILES["walled"]) as lab:
        began = time.monotonic()
        with pytest.raises(NetworkError, match="the coordinator can't be reached: captive_portal"):
            lab.call()
        took = time.monotonic() - began
    assert took < GIVEN_UP_MS / 1000, f"{took:.1f} s"


def test_every_profile_is_tried_here() -> None:
    assert {*PATHS, *SHUT, "walled"} == set(PROFILES)


@pytest.mark.parametrize(
    ("relays", "cause"),
    [
        ({"stun:a": "udp_blocked", "turn:a": "udp_blocked", "turns:a": None}, None),
        ({"stun:a": None, "turn:a": "udp_blocked", "turns:a": "tls_intercepted"}, "udp_blocked, tls_intercepted"),
        ({"turn:a": "captive_portal", "turns:a": "captive_portal"}, "captive_portal"),
    ],
)
def test_the_cause_is_that_of_the_relays_unless_one_works(relays: dict[str, str | None], cause: str | None) -> None:
    assert named_cause(relays) == cause


def test_a_wire_delays_keeps_order_loses_its_part_and_is_no_wider_than_it_says() -> None:
    draw = Random(7)
    frame = bytes(12) + b"\x08\x00" + bytes(986)
    late = _Side(0, 1, Weather(delay_ms=20, jitter_ms=10))
    arrivals = [at for number in range(500) if (at := late.arrives_at(frame, number / 1000, draw)) is not None]
    assert arrivals == sorted(arrivals)
    assert 0.020 <= arrivals[0] <= 0.030

    lossy = _Side(0, 1, Weather(loss=0.05))
    lost = sum(lossy.arrives_at(frame, 0.0, draw) is None for _ in range(4000))
    assert 0.03 < lost / 4000 < 0.07
    assert all(lossy.arrives_at(bytes(12) + b"\x08\x06" + bytes(28), 0.0, draw) is not None for _ in range(500))

    narrow = _Side(0, 1, Weather(kbit_per_second=800))
    last = [narrow.arrives_at(frame, 0.0, draw) for _ in range(100)][-1]
    assert last == pytest.approx(1.0), "100,000 bytes at 100,000 bytes a second"


@pytest.mark.root
def test_a_wire_between_two_hosts_carries_with_its_delay(tmp_path: Path) -> None:
    with Namespace("one") as one, Namespace("other") as other:
        wires = Wires()
        wires.lay((one, "wan0", "11.9.0.1/30"), (other, "wan0", "11.9.0.2/30"), Weather(delay_ms=40))
        with wires:
            server = other.start([sys.executable, "-m", "http.server", "8000", "--bind", "11.9.0.2"], cwd=tmp_path)
            program = (
                "import socket, time, json\n"
                "for _ in range(200):\n"
                "    began = time.monotonic()\n"
                "    try:\n"
                "        socket.create_connection(('11.9.0.2', 8000), 2).close()\n"
                "        break\n"
                "    except ConnectionRefusedError:\n"
                "        time.sleep(0.05)\n"
                "print(json.dumps(time.monotonic() - began))\n"
            )
            done = one.run([sys.executable, "-c", program])
            assert server.poll() is None
    assert 0.078 < json.loads(done.stdout) < 0.4, done.stderr
