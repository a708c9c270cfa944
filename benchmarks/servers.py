"""The servers that are measured, each a process of its own on core 0, on a free loopback port.

The generator keeps core 1 to itself. With one core alone they share it, and the report says so.
"""

import os
import re
import secrets
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from benchmarks.faults import LoadError
from benchmarks.people import People

_READY_SECONDS: Final = 60
_STOP_SECONDS: Final = 15
_ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Contender:
    """One of the servers that are compared."""

    name: str
    title: str
    is_coordinator: bool
    style: str = ""
    wipes: bool = True


COORDINATOR = Contender("coordinator", "coordinator, as it ships", is_coordinator=True)
UNWIPED = Contender("coordinator-unwiped", "coordinator, WIPE_MEMORY=0", is_coordinator=True, wipes=False)
TUNED = Contender("relay-tuned", "bare relay, tuned", is_coordinator=False, style="tuned")
USUAL = Contender("relay-usual", "bare relay, as usually written", is_coordinator=False, style="usual")
CONTENDERS = (COORDINATOR, UNWIPED, TUNED, USUAL)
REFERENCE = TUNED


@dataclass(frozen=True, slots=True)
class Running:
    """A server that takes connections."""

    pid: int
    port: int


def cores() -> tuple[int, int]:
    """The server's core and the generator's; the same one where the machine lends only one."""
    lent = sorted(os.sched_getaffinity(0))
    return lent[0], lent[-1]


@contextmanager
def running(contender: Contender, people: People, *, server_core: int) -> Iterator[Running]:
    """That server, ready, until the block ends. Raises LoadError."""
    with TemporaryDirectory(prefix="narvaro-bench-") as name:
        place = Path(name)
        log = place / "log"
        with log.open("wb") as errors:
            start = _coordinator if contender.is_coordinator else _relay
            command, settings = start(contender, people, place)
            process = _spawn(command, server_core, errors, settings)
            try:
                yield Running(process.pid, _announced_port(process, log))
            finally:
                _stop(process)


def _coordinator(contender: Contender, people: People, place: Path) -> tuple[list[str], dict[str, str]]:
    """`signalling serve` with its usual settings, everybody in the seed file, and a relay's secret to mint with."""
    (place / "people.json").write_bytes(people.seed_file)
    (place / "turn-secret").write_text(secrets.token_hex(32))
    settings = {
        "NARVARO_PORT": "0",
        "NARVARO_METRICS_PORT": "0",
        "NARVARO_SEED_FILE": str(place / "people.json"),
        "NARVARO_TURN_URLS": "turn:turn.example:3478,turns:turn.example:443?transport=tcp",
        "NARVARO_TURN_SECRET_FILE": str(place / "turn-secret"),
        "NARVARO_DRAIN_SECONDS": "1",
        "NARVARO_WIPE_MEMORY": "1" if contender.wipes else "0",
    }
    return [str(Path(sys.executable).parent / "signalling"), "serve"], settings


def _relay(contender: Contender, _people: People, _place: Path) -> tuple[list[str], dict[str, str]]:
    return [sys.executable, str(_ROOT / "benchmarks" / "bare_relay.py"), contender.style], {}


def _spawn(command: list[str], core: int, errors: IO[bytes], settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NARVARO_", "PYTHON"))}
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})  # a child inherits it, and its restart under another allocator too
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**environment, **settings},
            cwd=_ROOT,
        )
    finally:
        os.sched_setaffinity(0, ours)


def _announced_port(process: subprocess.Popen[bytes], log: Path) -> int:
    """The port at the end of the line that a server says once it takes connections."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], _READY_SECONDS)
    said = process.stdout.readline().strip() if ready else b""
    port = re.search(rb"([0-9]+)$", said)
    if port is None:
        last = log.read_text(errors="replace").strip().splitlines()[-3:]
        raise LoadError(" | ".join(["the server did not say where it listens", *last]))
    return int(port[1])


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()
