"""A machine that runs both composed services, and hosts that know its names and can reach nothing else."""

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from client_sim.authority import certify
from client_sim.netns import Namespace
from tests.composed import REPOSITORY, Composed, read_env
from tests.coturn import Usage, usage_in

SERVICES: Final = ("coordinator", "coturn")
HOWTO: Final = REPOSITORY / "docs" / "howto" / "operate-with-compose.md"
READY_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Site:
    """The server, two hosts that reach it and not each other, and what the services have said."""

    composed: Composed
    server: Namespace
    hosts: tuple[Namespace, Namespace]
    processes: Mapping[str, "subprocess.Popen[bytes]"]

    @property
    def project(self) -> Path:
        """The operator's folder, with `secrets/` in it."""
        return self.composed.project

    @property
    def ca(self) -> Path:
        """Who vouches for the certificate of both services: for SSL_CERT_FILE."""
        return self.project / "secrets" / "ca.pem"

    @property
    def origin(self) -> str:
        """How clients dial the coordinator."""
        return self.composed.variables["NARVARO_ORIGIN"]

    def log(self, service: str) -> str:
        """What a service has said."""
        return _log(self.project, service).read_text()

    def usage(self) -> Usage:
        """Bytes that the relay has reported."""
        return usage_in(self.log("coturn"))

    def relay_check(self, secret_file: Path) -> "subprocess.CompletedProcess[str]":
        """`relay check` from the first host, of the URLs that the coordinator hands out."""
        urls = self.composed.service("coordinator")["environment"]["NARVARO_TURN_URLS"]
        files = ["--secret-file", str(secret_file), "--ca-file", str(self.ca)]
        return self.hosts[0].run([sys.executable, "-m", "relay", "check", "--json", "--urls", urls, *files])


Furnish = Callable[[str, Path], None]
"""Puts people into a database, by its URL and the file of its master key."""


def made_project(project: Path, furnish: Furnish | None = None) -> Composed:
    """A folder as an operator has it after the how-to: .env as the example says, secrets made by the how-to's lines."""
    variables = read_env(REPOSITORY / ".env.example")
    secrets = project / "secrets"
    secrets.mkdir()
    certificate = certify(secrets, *_names(variables))
    certificate.cert.rename(secrets / "tls-cert.pem")
    certificate.key.rename(secrets / "tls-key.pem")
    (lines,) = re.findall(r"^```sh\n(umask 077\n.*?)^```$", HOWTO.read_text(), re.MULTILINE | re.DOTALL)
    subprocess.run(["sh", "-euc", lines], cwd=project, check=True, timeout=20)
    if furnish is not None:
        furnish(f"sqlite+aiosqlite:///{project / 'data' / 'narvaro.db'}", secrets / "master.key")
        subprocess.run(["chown", "-R", "10001:10001", project / "data"], check=True, timeout=20)
    images = {"/opt/narvaro": REPOSITORY / ".venv", "/opt/coturn": REPOSITORY / "deploy" / "coturn"}
    return Composed(REPOSITORY / "docker-compose.yml", project, variables, images)


@contextlib.contextmanager
def running_site(project: Path, furnish: Furnish | None = None) -> Iterator[Site]:
    """Both services, healthy by their own checks. Nobody is known to them, unless `furnish` makes them so."""
    composed = made_project(project, furnish)
    address = composed.variables["TURN_ADDRESS"]
    names = {
        composed.variables["TURN_NAME"]: address,
        composed.variables["NARVARO_ORIGIN"].removeprefix("https://"): address,
    }
    with Namespace("server") as server, Namespace("host1") as one, Namespace("host2") as two:
        server.address(f"{address}/32")
        for number, host in enumerate((one, two)):
            here, there = (f"198.51.100.{4 * number + end}" for end in (1, 2))
            server.link(host, f"{here}/30", f"{there}/30")
            host.route("default", here)
            host.hosts(names)
        processes = {name: composed.start(name, server, _log(project, name)) for name in SERVICES}
        for name in SERVICES:
            wait_until(partial(composed.is_healthy, name, server), _log(project, name))
        yield Site(composed, server, (one, two), processes)


def wait_until(is_so: Callable[[], bool], log: Path) -> None:
    """Wait for a service, or fail with what it said."""
    deadline = time.monotonic() + READY_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def _names(variables: Mapping[str, str]) -> tuple[str, str]:
    """The two DNS names that lead to the machine."""
    return variables["NARVARO_ORIGIN"].removeprefix("https://"), variables["TURN_NAME"]


def _log(project: Path, service: str) -> Path:
    return project / f"{service}.log"
