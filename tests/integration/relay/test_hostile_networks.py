"""Each network that gets in the way is made for real, and `relay check` says inside it, in time, which one it is."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509

from client_sim.authority import Certificate, certify
from client_sim.netns import Namespace
from tests.coturn import REPOSITORY, Coturn, running_coturn

pytestmark = [pytest.mark.coturn, pytest.mark.root, pytest.mark.slow]
RELAY: Final = "203.0.113.10"
NAME: Final = "turn.example.org"
UDP, TCP = f"turn:{NAME}:3478?transport=udp", f"turn:{NAME}:3478?transport=tcp"
TLS, STUN = f"turns:{NAME}:443?transport=tcp", f"stun:{NAME}:3478"
EVERYTHING: Final = (STUN, UDP, TCP, TLS)
TEN_SECONDS: Final = 10.0
FORWARD: Final = """
table inet school {{
  chain forward {{ type filter hook forward priority 0; {rules} }}
}}
"""
TO_INTERCEPTOR: Final = """
table ip school {
  chain in { type nat hook prerouting priority -100; tcp dport 443 redirect to :8443; }
}
"""


@dataclass
class School:
    """A pupil's machine behind the school's gateway, and a relay on the other side of it."""

    pupil: Namespace
    gateway: Namespace
    relay: Namespace
    coturn: Coturn
    certificate: Certificate
    folder: Path

    def check(
        self, *arguments: str, urls: tuple[str, ...] = EVERYTHING, ca: Path | None = None, secret: str | None = None
    ) -> tuple[dict[str, Any], float]:
        """What `relay check` says inside: the cause of each URL (None: it works), and how long it took."""
        (self.folder / "secret").write_text(secret or self.coturn.secret)
        command = [sys.executable, "-m", "relay", "check", "--json", "--urls", ",".join(urls)]
        command += ["--secret-file", str(self.folder / "secret"), "--ca-file", str(ca or self.certificate.ca)]
        began = time.monotonic()
        done = self.pupil.run([*command, *arguments], env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)})
        took = time.monotonic() - began
        assert done.stdout, done.stderr
        return {row["url"]: row["cause"] for row in json.loads(done.stdout)}, took

    @contextlib.contextmanager
    def rules(self, rules: str) -> Iterator[None]:
        """The gateway's rules, until the block ends."""
        self.gateway.filter(rules)
        try:
            yield
        finally:
            self.gateway.filter("flush ruleset")

    @contextlib.contextmanager
    def running(self, *arguments: str, at: Namespace | None = None) -> Iterator[None]:
        """One of `client_sim.gateways` on the gateway, until the block ends."""
        command = (
            "ip",
            "netns",
            "exec",
            (at or self.gateway).name,
            sys.executable,
            "-m",
            "client_sim.gateways",
            *arguments,
        )
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY) as program:
            try:
                assert program.stdout is not None
                assert program.stdout.readline() == b"ready\n"
                yield
            finally:
                program.kill()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    folder = tmp_path_factory.mktemp("school")
    certificate = certify(folder, NAME)
    with Namespace("relay") as relay, Namespace("gateway") as gateway, Namespace("pupil") as pupil:
        relay.address(f"{RELAY}/32")
        relay.link(gateway, "198.51.100.1/30", "198.51.100.2/30")
        gateway.link(pupil, "192.0.2.1/30", "192.0.2.2/30")
        gateway.route("default", "198.51.100.1")
        relay.route("192.0.2.0/30", "198.51.100.2")
        pupil.route("default", "192.0.2.1")
        gateway.run(["sysctl", "-q", "-w", "net.ipv4.ip_forward=1"])
        for host in (pupil, gateway):
            host.hosts({NAME: RELAY})
        tls_443 = {"TURN_TLS_PORT": "443"}
        with running_coturn(
            folder, namespace=relay, address=RELAY, certificate=certificate, environment=tls_443
        ) as coturn:
            yield School(pupil, gateway, relay, coturn, certificate, folder)


@pytest.fixture
def school_ca(tmp_path: Path) -> Certificate:
    """The authority under which the school opens TLS."""
    return certify(tmp_path, "school.example", keep_ca_key=True)


def test_an_open_network_lets_everything_through(school: School) -> None:
    causes, _ = school.check()

    assert causes == dict.fromkeys(EVERYTHING)


def test_where_udp_is_blocked_it_says_so_and_the_rest_works(school: School) -> None:
    with school.rules(FORWARD.format(rules="meta l4proto udp drop;")):
        causes, took = school.check()

    assert causes == {STUN: "udp_blocked", UDP: "udp_blocked", TCP: None, TLS: None}
    assert took < TEN_SECONDS


def test_udp_that_is_blocked_is_not_blamed_on_a_wrong_secret(school: School) -> None:
    with school.rules(FORWARD.format(rules="meta l4proto udp drop;")):
        causes, _ = school.check(secret="0123456789abcdef")

    assert causes == {STUN: "udp_blocked", UDP: "udp_blocked", TCP: "turn_auth_failed", TLS: "turn_auth_failed"}


def test_where_only_443_is_open_tls_on_443_works(school: School) -> None:
    with school.rules(FORWARD.format(rules="tcp dport 443 accept; tcp sport 443 accept; drop;")):
        causes, took = school.check()

    assert causes[TLS] is None
    assert causes[TCP] == "turn_unreachable"
    assert causes[UDP] == "udp_blocked"
    assert took < TEN_SECONDS


def test_where_nothing_gets_out_nothing_is_reached(school: School) -> None:
    with school.rules(FORWARD.format(rules="drop;")):
        causes, took = school.check()

    assert set(causes.values()) == {"turn_unreachable"}
    assert took < TEN_SECONDS


@pytest.mark.parametrize("is_http_only", [False, True], ids=["passed on", "taken for HTTP"])
@pytest.mark.parametrize("is_trusted", [False, True], ids=["unknown authority", "authority installed"])
def test_tls_that_is_opened_on_the_way_is_told_from_a_bad_certificate(
    school: School, school_ca: Certificate, *, is_trusted: bool, is_http_only: bool
) -> None:
    opened = ["--ca", str(school_ca.ca), "--ca-key", str(school_ca.ca_key), "--to", f"{NAME}:443"]
    opened += ["--http-only"] if is_http_only else []
    with school.rules(TO_INTERCEPTOR), school.running("interceptor", "--port", "8443", *opened):
        causes, took = school.check(ca=school_ca.ca if is_trusted else None)

    works_all_the_same = is_trusted and not is_http_only
    assert causes[TLS] == (None if works_all_the_same else "tls_intercepted")
    assert causes[UDP] is None
    assert took < TEN_SECONDS


def test_an_interceptor_that_lets_calls_through_is_seen_by_the_fingerprint(
    school: School, school_ca: Certificate
) -> None:
    opened = ["--ca", str(school_ca.ca), "--ca-key", str(school_ca.ca_key), "--to", f"{NAME}:443"]
    genuine = x509.load_pem_x509_certificate(school.certificate.cert.read_bytes())
    fingerprint = ["--fingerprint", genuine.fingerprint(genuine.signature_hash_algorithm).hex(":")]  # type: ignore[arg-type]

    at_home, _ = school.check(*fingerprint)
    with school.rules(TO_INTERCEPTOR), school.running("interceptor", "--port", "8443", *opened):
        at_school, _ = school.check(*fingerprint, ca=school_ca.ca)

    assert at_home[TLS] is None
    assert at_school[TLS] == "tls_intercepted"


def test_a_certificate_that_is_only_bad_is_no_interception(school: School, tmp_path: Path) -> None:
    causes, _ = school.check(ca=certify(tmp_path, "somebody.example").ca)

    assert causes[TLS] == "tls_untrusted"


@pytest.mark.parametrize("status", ["302", "200", "511"])
def test_a_network_that_wants_a_sign_in_first_is_called_a_captive_portal(school: School, status: str) -> None:
    portal = """
    table ip school {
      chain in { type nat hook prerouting priority -100; tcp dport 80 redirect to :8080; }
      chain forward { type filter hook forward priority 0; drop; }
    }"""
    with school.rules(portal), school.running("portal", "--port", "8080", "--status", status):
        causes, took = school.check()

    assert set(causes.values()) == {"captive_portal"}
    assert took < TEN_SECONDS


@pytest.mark.parametrize(("status", "location"), [("404", ""), ("301", f"https://{NAME}/"), ("308", "/elsewhere")])
def test_a_relay_with_a_web_page_beside_it_is_no_captive_portal(school: School, status: str, location: str) -> None:
    page = ["portal", "--port", "80", "--status", status, "--location", location]
    with (
        school.rules(FORWARD.format(rules="tcp dport 80 accept; tcp sport 80 accept; drop;")),
        school.running(*page, at=school.relay),
    ):
        causes, _ = school.check("--timeout-seconds", "0.5")

    assert set(causes.values()) == {"turn_unreachable"}


def test_a_network_that_only_its_proxy_leaves_is_called_so(school: School) -> None:
    with school.rules(FORWARD.format(rules="drop;")), school.running("proxy", "--port", "3128"):
        causes, took = school.check("--proxy", "http://192.0.2.1:3128")
        unnamed, _ = school.check()

    assert set(causes.values()) == {"proxy_only"}
    assert set(unnamed.values()) == {"turn_unreachable"}, "a proxy that nobody named is not looked for"
    assert took < TEN_SECONDS


def test_a_relay_that_is_down_is_unreachable_and_no_fault_of_the_network(school: School) -> None:
    away = tuple(url.replace(NAME, "198.51.100.1") for url in EVERYTHING)

    causes, took = school.check(urls=away)

    assert set(causes.values()) == {"turn_unreachable"}
    assert took < TEN_SECONDS


def test_somebody_without_the_secret_checks_with_servers_that_were_handed_out(school: School) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
    (school.folder / "secret").write_text(school.coturn.secret)
    command = [sys.executable, "-m", "relay", "credentials", "--urls", ",".join(EVERYTHING)]
    printed = school.relay.run([*command, "--secret-file", str(school.folder / "secret")], env=environment)
    servers = school.folder / "servers.json"
    servers.write_text(printed.stdout)
    check = [sys.executable, "-m", "relay", "check", "--servers", str(servers), "--ca-file", str(school.certificate.ca)]

    done = school.pupil.run(check, env=environment)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Calls work from here by UDP" in done.stdout
