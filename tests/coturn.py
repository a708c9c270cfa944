"""Debian's turnserver for tests, on the shipped profile and by the shipped start script; nothing of it is simulated.

On loopback each server has an address of its own in 127.0.0.0/8, so servers of tests that run side by side never share
a relay port. coturn sets SO_REUSEPORT: two servers on one address and port would both start, and take turns.
"""

import contextlib
import os
import random
import re
import secrets
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from client_sim.authority import Certificate
from client_sim.netns import Namespace, stop
from relay.coturn_cli import CoturnCli
from relay.ice import Transport
from relay.providers.coturn import CoturnProvider

REPOSITORY: Final = Path(__file__).resolve().parents[1]
START: Final = REPOSITORY / "deploy" / "coturn" / "start"
READY_SECONDS: Final = 10.0
_USAGE: Final = re.compile(r"^usage: rp=(\d+), rb=(\d+), sp=(\d+), sb=(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Usage:
    """Summed over all allocations: what coturn received from its clients and sent to them."""

    received_packets: int = 0
    received_bytes: int = 0
    sent_packets: int = 0
    sent_bytes: int = 0


@dataclass(frozen=True)
class Coturn:
    """A running server. `log` is all that it tells, which is what an operator sees."""

    address: str
    port: int
    tls_port: int | None
    secret: str
    log: Path
    process: subprocess.Popen[bytes]
    cli_port: int | None = None
    cli_password: str = ""

    def cli(self) -> CoturnCli:
        """Its command line, by the real client; it listens on loopback, of its namespace if it has one."""
        assert self.cli_port is not None, "started without it"
        return CoturnCli(f"127.0.0.1:{self.cli_port}", self.cli_password)

    def url(self, transport: Transport = Transport.UDP) -> str:
        """Its URL for one transport."""
        if transport is Transport.TLS:
            assert self.tls_port is not None, "started without a certificate"
            return f"turns:{self.address}:{self.tls_port}?transport=tcp"
        return f"turn:{self.address}:{self.port}?transport={transport}"

    def provider(self, *transports: Transport, lifetime_seconds: float = 120) -> CoturnProvider:
        """The real provider for this server, over the transports named; UDP if none is."""
        hosts = [self.url(transport) for transport in transports or (Transport.UDP,)]
        clis = [self.cli()] if self.cli_port is not None else []
        return CoturnProvider(hosts, self.secret, secrets.token_bytes, lifetime_seconds=lifetime_seconds, clis=clis)

    def usage(self) -> Usage:
        """What it has reported so far. coturn reports an allocation when it closes, and every few thousand packets."""
        return usage_in(self.log.read_text())


def usage_in(log: str) -> Usage:
    """The byte counts in a coturn log that has passed quiet.sed, added up."""
    rows = [tuple(map(int, row)) for row in _USAGE.findall(log)]
    return Usage(*(sum(column) for column in zip(*rows, strict=True))) if rows else Usage()


@contextlib.contextmanager
def running_coturn(
    directory: Path,
    *,
    namespace: Namespace | None = None,
    address: str | None = None,
    certificate: Certificate | None = None,
    secret: str | None = None,
    loopback_peers: bool = True,
    command_line: bool = False,
    environment: dict[str, str] | None = None,
    arguments: Sequence[str] = (),
) -> Iterator[Coturn]:
    """A coturn that answers, until the block ends. `directory` is a test's own (`tmp_path`).

    Without `namespace` it runs on loopback and, unless told otherwise, lets its peers be there too. `environment` goes
    to the start script and `arguments` to turnserver.
    """
    address = address or f"127.{random.randint(1, 254)}.{random.randint(0, 254)}.{random.randint(1, 254)}"
    secret = secret or secrets.token_hex(32)
    ports = (3478, 5349) if namespace else (random.randint(10000, 19999), random.randint(20000, 29999))
    run = directory / f"coturn-{secrets.token_hex(4)}"
    run.mkdir(mode=0o700)
    (run / "secret").write_text(secret)
    settings = {
        "PATH": os.environ["PATH"],
        "TURN_REALM": "turn.example.org",
        "TURN_SECRET_FILE": str(run / "secret"),
        "TURN_ADDRESS": address,
        "TURN_PORT": str(ports[0]),
        "TURN_RELAY_PORTS": "30000-32767",
        "TURN_RUN": str(run),
    }
    cli_port, cli_password = None, secrets.token_hex(16)
    if command_line:
        assert namespace or not loopback_peers, "coturn does not open it where peers may be on loopback"
        cli_port = 5766 if namespace else random.randint(6000, 9999)
        (run / "cli-password").write_text(cli_password)
        settings |= {"TURN_CLI_PASSWORD_FILE": str(run / "cli-password"), "TURN_CLI_PORT": str(cli_port)}
    if certificate:
        settings |= {
            "TURN_TLS_PORT": str(ports[1]),
            "TURN_CERT": str(certificate.cert),
            "TURN_KEY": str(certificate.key),
        }
    argv = [str(START), *(["--allow-loopback-peers"] if loopback_peers and not namespace else []), *arguments]
    log = run / "log"
    with log.open("wb") as output:
        process = _start(argv, settings | (environment or {}), namespace, output.fileno())
    server = Coturn(
        address.partition(",")[0],
        ports[0],
        ports[1] if certificate else None,
        secret,
        log,
        process,
        cli_port,
        cli_password,
    )
    try:
        _wait_until_it_answers(server, namespace)
        yield server
    finally:
        stop(process)


def _start(
    argv: Sequence[str], env: dict[str, str], namespace: Namespace | None, output: int
) -> subprocess.Popen[bytes]:
    if namespace:
        return namespace.start(argv, env=env, output=output)
    return subprocess.Popen(
        argv, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    )


def _wait_until_it_answers(server: Coturn, namespace: Namespace | None) -> None:
    deadline = time.monotonic() + READY_SECONDS
    with namespace.entered() if namespace else contextlib.nullcontext():
        while not _binding_answered(server.address, server.port):
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"coturn does not answer; it said:\n{server.log.read_text()}")


def _binding_answered(address: str, port: int) -> bool:
    request = struct.pack("!HHI", 0x0001, 0, 0x2112A442) + secrets.token_bytes(12)  # RFC 8489: an empty binding
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.1)
        probe.connect((address, port))
        try:
            probe.send(request)
            return probe.recv(1500)[8:20] == request[8:20]
        except TimeoutError:
            return False
        except ConnectionRefusedError:
            time.sleep(0.05)  # it is not there yet
            return False
