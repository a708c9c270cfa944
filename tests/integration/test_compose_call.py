"""A whole call through what docker-compose.yml composes: a relative who always relays sees a Komp.

The two hosts reach the server and not each other; a firewall on each counts what leaves it.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from client_sim.house import KOMP, TERMINAL
from client_sim.netns import Namespace
from client_sim.sealed.keeping import write_keeping
from tests.coturn import Usage
from tests.integration.compose_site import Site, running_site, wait_until
from tests.moving import moved_in

pytestmark = [pytest.mark.coturn, pytest.mark.root, pytest.mark.slow]

CLIENT_SIM: Final = str(Path(sys.executable).with_name("client-sim"))
SECONDS_OF_PICTURE: Final = 4
UDP_HEADERS: Final = 28
CHANNEL_HEADER: Final = 4
COUNTERS: Final = """
table inet leaving {
  counter media { }
  counter past_the_relay { }
  chain out {
    type filter hook output priority 0;
    meta l4proto udp udp dport 3478 @th,64,2 1 counter name media
    meta l4proto udp udp dport != 3478 counter name past_the_relay
  }
}
"""


@dataclass(frozen=True)
class PlacedCall:
    """What its caller reported, what left the two hosts, and what the relay and the coordinator told."""

    report: dict[str, Any]
    media_bytes: int
    callers_packets_past_the_relay: int
    usage: Usage
    said: str
    picture: bytes


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlacedCall]:
    project = tmp_path_factory.mktemp("composed-call")

    def furnish(url: str, master_key: Path) -> None:
        household = asyncio.run(moved_in(url, master_key))
        for name, file in ((KOMP, "komp.json"), (TERMINAL, "relative.json")):
            write_keeping(project / file, household.links[name])

    with running_site(project, furnish) as site:
        for host in site.hosts:
            host.filter(COUNTERS)
        yield _place(site)


def _place(site: Site) -> PlacedCall:
    """The Komp on one host, the call from the other."""
    env = {**os.environ, "SSL_CERT_FILE": str(site.ca)}
    relative, komp = site.hosts
    komp_log = site.project / "komp.log"
    with komp_log.open("wb") as output:
        link = str(site.project / "komp.json")
        komp.start(
            [CLIENT_SIM, "komp", "--origin", site.origin, "--link", link, "--countdown", "1"], env=env, output=output
        )
    wait_until(lambda: "online" in komp_log.read_text(), komp_log)
    files = {name: str(site.project / name) for name in ("relative.json", "report.json", "picture.png")}
    call = [CLIENT_SIM, "call", "--to", "komp", "--always-relay", "--seconds", str(SECONDS_OF_PICTURE)]
    call += ["--origin", site.origin, "--link", files["relative.json"]]
    done = relative.run([*call, "--json", files["report.json"], "--picture", files["picture.png"]], env=env)
    assert done.returncode == 0, done.stdout + done.stderr + komp_log.read_text()

    media_bytes = sum(_left(host, "media", headers=UDP_HEADERS + CHANNEL_HEADER)[1] for host in site.hosts)
    deadline = time.monotonic() + 10
    while site.usage().received_bytes <= media_bytes and time.monotonic() < deadline:
        time.sleep(0.1)  # coturn reports an allocation once it is closed
    return PlacedCall(
        report=json.loads(Path(files["report.json"]).read_text()),
        media_bytes=media_bytes,
        callers_packets_past_the_relay=_left(relative, "past_the_relay")[0],
        usage=site.usage(),
        said=site.log("coordinator") + site.log("coturn"),
        picture=Path(files["picture.png"]).read_bytes(),
    )


def _left(host: Namespace, counter: str, *, headers: int = 0) -> tuple[int, int]:
    """Packets that a counter has seen, and their bytes without headers."""
    listed = json.loads(host.run(["nft", "-j", "list", "counters"]).stdout)["nftables"]
    (found,) = [row["counter"] for row in listed if row.get("counter", {}).get("name") == counter]
    return found["packets"], found["bytes"] - headers * found["packets"]


def test_the_picture_moves_and_the_call_ends_well(placed: PlacedCall) -> None:
    assert placed.report["ok"], placed.report["failure"]
    assert placed.report["reason"] == "hangup"
    assert placed.report["figures"]["video"]["distinct_frames"] >= 10
    assert placed.picture.startswith(b"\x89PNG")


def test_it_went_from_relay_to_relay_and_the_caller_sent_no_packet_past_it(placed: PlacedCall) -> None:
    assert placed.report["path"] == "relay ↔ relay over udp"
    assert placed.callers_packets_past_the_relay == 0


def test_the_relay_counted_more_bytes_than_the_media_that_was_sent(placed: PlacedCall) -> None:
    assert placed.media_bytes > 50_000 * SECONDS_OF_PICTURE  # 100 kbit/s in each of the two directions, at the least
    assert placed.usage.received_bytes > placed.media_bytes
    assert placed.usage.sent_bytes > placed.media_bytes * 0.9


def test_the_call_is_erased_and_nothing_of_it_is_in_a_log(placed: PlacedCall) -> None:
    assert "erased" in [step["step"] for step in placed.report["steps"]]
    assert "socket.closed" in placed.said
    for private in ("198.51.100.", "a=ice", "candidate", TERMINAL, KOMP):
        assert private not in placed.said
