"""On one address and one port 443, the TLS front sends each name to its own service, and opens nothing."""

import contextlib
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509

from client_sim.authority import Certificate, certify
from client_sim.netns import Namespace
from tests.coturn import REPOSITORY, Coturn, running_coturn

pytestmark = [
    pytest.mark.coturn,
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("haproxy") is None, reason="needs Debian's haproxy"),
]
ADDRESS: Final = "203.0.113.10"
TURN, CALLS = "turn.example.org", "calls.example.org"
FRONT: Final = REPOSITORY / "deploy" / "tls-front" / "haproxy.cfg"
BEHIND_443: Final = """
table inet school {
  chain out { type filter hook output priority 0; oifname lo accept; tcp dport 443 accept; drop; }
}
"""


@dataclass
class Place:
    """A machine with everything behind port 443, and a school that lets nothing else out."""

    machine: Namespace
    school: Namespace
    coturn: Coturn
    turn: Certificate
    calls: Certificate
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("front")
    for name in ("turn", "calls"):
        (folder / name).mkdir()
    turn, calls = certify(folder / "turn", TURN), certify(folder / "calls", CALLS)
    with Namespace("machine") as machine, Namespace("school") as school:
        machine.address(f"{ADDRESS}/32")
        machine.link(school, "198.51.100.1/30", "198.51.100.2/30")
        school.route("default", "198.51.100.1")
        school.hosts({TURN: ADDRESS, CALLS: ADDRESS})
        school.filter(BEHIND_443)
        with running_coturn(folder, namespace=machine, address=ADDRESS, certificate=turn) as coturn:
            here = Place(machine, school, coturn, turn, calls, folder)
            _start_coordinator(here)
            _start_front(here)
            yield here


def _start_coordinator(place: Place) -> None:
    settings = {
        "NARVARO_HOST": "127.0.0.1",
        "NARVARO_PORT": "8443",
        "NARVARO_METRICS_PORT": "0",
        "NARVARO_ORIGIN": f"https://{CALLS}",
        "NARVARO_TLS_CERT": str(place.calls.cert),
        "NARVARO_TLS_KEY": str(place.calls.key),
        "NARVARO_WIPE_MEMORY": "0",
    }
    serve = [str(Path(sys.executable).with_name("signalling")), "serve"]
    process = place.machine.start(serve, env=place.environment | settings, output=subprocess.DEVNULL)
    _wait(place.machine, ("127.0.0.1", 8443), process)


def _start_front(place: Place) -> None:
    settings = {
        "TURN_NAME": TURN,
        "TURN_TLS": f"{ADDRESS}:{place.coturn.tls_port}",
        "COORDINATOR_TLS": "127.0.0.1:8443",
        "FRONT_ADDRESS": "*:443",
    }
    process = place.machine.start(["haproxy", "-db", "-f", str(FRONT)], env=place.environment | settings)
    _wait(place.machine, (ADDRESS, 443), process)


def _wait(host: Namespace, address: tuple[str, int], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "it ended at once"
        with host.entered(), contextlib.suppress(OSError), socket.create_connection(address, 0.2):
            return
        time.sleep(0.05)
    raise AssertionError("nobody listens there")


def test_a_school_that_lets_out_443_alone_reaches_the_relay(place: Place) -> None:
    (place.folder / "secret").write_text(place.coturn.secret)
    urls = f"turns:{TURN}:443?transport=tcp"
    command = [sys.executable, "-m", "relay", "check", "--urls", urls, "--ca-file", str(place.turn.ca)]

    done = place.school.run([*command, "--secret-file", str(place.folder / "secret")], env=place.environment)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Calls work from here by TLS" in done.stdout


def test_the_same_address_and_port_is_the_coordinator_by_its_own_name(place: Place) -> None:
    program = (
        "import ssl, urllib.request;"
        f"print(urllib.request.urlopen('https://{CALLS}/livez', timeout=5,"
        f" context=ssl.create_default_context(cafile='{place.calls.ca}')).read().decode())"
    )

    done = place.school.run([sys.executable, "-c", program], env=place.environment)

    assert '"live"' in done.stdout, done.stderr


def test_a_websocket_opens_through_the_front(place: Place) -> None:
    program = f"""
import asyncio, ssl, aiohttp
async def main():
    tls = ssl.create_default_context(cafile={str(place.calls.ca)!r})
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect("https://{CALLS}/v1/socket", protocols=["narvaro.v1"], ssl=tls) as socket:
            print((await socket.receive_json())["t"])
asyncio.run(main())
"""
    done = place.school.run([sys.executable, "-c", program], env=place.environment)

    assert done.stdout.strip() == "welcome", done.stderr


@pytest.mark.parametrize(("asked", "shown"), [(TURN, TURN), (TURN.upper(), TURN), (CALLS, CALLS), (None, CALLS)])
def test_each_shows_its_own_certificate_and_the_front_has_none(place: Place, asked: str | None, shown: str) -> None:
    anything = ssl.create_default_context()
    anything.check_hostname = False
    anything.verify_mode = ssl.CERT_NONE
    with (
        place.school.entered(),
        socket.create_connection((ADDRESS, 443), 5) as plain,
        anything.wrap_socket(plain, server_hostname=asked) as tls,
    ):
        der = tls.getpeercert(binary_form=True)
    assert der is not None
    expected = {TURN: place.turn, CALLS: place.calls}[shown].cert.read_bytes()
    assert x509.load_der_x509_certificate(der) == x509.load_pem_x509_certificate(expected)


@pytest.mark.parametrize(
    "noise",
    [b"GET / HTTP/1.1\r\nHost: turn.example.org\r\n\r\n", b"\x00\x03\x00\x08" + secrets.token_bytes(60)],
    ids=["HTTP", "STUN"],
)
def test_what_is_no_tls_is_turned_away(place: Place, noise: bytes) -> None:
    with place.school.entered(), socket.create_connection((ADDRESS, 443), 5) as plain:
        plain.settimeout(8)
        plain.sendall(noise)
        with contextlib.suppress(ConnectionResetError):
            assert plain.recv(100) == b""


def test_the_front_says_nothing_about_anybody() -> None:
    directives = [line.strip() for line in FRONT.read_text().splitlines() if not line.strip().startswith("#")]

    assert not [line for line in directives if line.startswith(("log", "option httplog", "option tcplog", "stats"))]
