"""A coturn of one's own, by the shipped start script and on the shipped profile, on an address of loopback.

What it adds to the profile is only what loopback needs. It must never listen where anybody else could reach it.
"""

import asyncio
import contextlib
import os
import random
import secrets
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from client_sim.audit.judgement import AuditError

PROFILE: Final = Path(__file__).resolve().parents[2] / "deploy" / "coturn"
REALM: Final = "turn.example.org"
RELAY_PORTS: Final = (30_000, 32_767)
READY_SECONDS: Final = 10.0
STOP_SECONDS: Final = 5.0


@dataclass(frozen=True, repr=False)
class Coturn:
    """One that runs."""

    address: str
    port: int
    secret_file: Path
    log: Path
    process: asyncio.subprocess.Process

    @property
    def url(self) -> str:
        """For `NARVARO_TURN_URLS`."""
        return f"turn:{self.address}:{self.port}?transport=udp"

    def open_relays(self) -> int:
        """How many relay ports it holds open now: one for each allocation."""
        inodes = set()
        for fd in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                inodes.add(str(fd.readlink()).removeprefix("socket:[").removesuffix("]"))
        ports = set()
        for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes:
                ports.add(int(fields[1].partition(":")[2], 16))
        return sum(RELAY_PORTS[0] <= port <= RELAY_PORTS[1] for port in ports)


def can_run() -> bool:
    """Whether turnserver and the profile are there."""
    return shutil.which("turnserver") is not None and (PROFILE / "start").is_file()


@asynccontextmanager
async def running_coturn(home: Path, *, wipes: bool, lifetime_seconds: int | None = None) -> AsyncIterator[Coturn]:
    """Run it in that directory. Without `wipes` its allocator is told nothing; `lifetime_seconds` is an allocation's.

    Raises AuditError.
    """
    address = f"127.{random.randint(1, 254)}.{random.randint(0, 254)}.{random.randint(1, 254)}"
    port = random.randint(10_000, 19_999)
    secret_file, log = home / "turn-secret", home / "coturn.log"
    secret_file.write_text(secrets.token_hex(32))
    environment = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(home),
        "TURN_REALM": REALM,
        "TURN_SECRET_FILE": str(secret_file),
        "TURN_ADDRESS": address,
        "TURN_PORT": str(port),
        "TURN_RELAY_PORTS": f"{RELAY_PORTS[0]}-{RELAY_PORTS[1]}",
        "TURN_RUN": str(home),
        **({} if wipes else {"GLIBC_TUNABLES": ""}),
    }
    arguments = ["--allow-loopback-peers"]
    if lifetime_seconds is not None:
        arguments += [f"--max-allocate-lifetime={lifetime_seconds}"]
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(str(PROFILE / "start"), *arguments),
            env=environment,
            cwd=home,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        await _until_it_answers(address, port, process)
        yield Coturn(address, port, secret_file, log, process)
    finally:
        await _stop(process)


async def _until_it_answers(address: str, port: int, process: asyncio.subprocess.Process) -> None:
    """It takes TCP connections once it takes anything; a connection says nothing to it."""
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    while process.returncode is None and asyncio.get_running_loop().time() < deadline:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(address, port)
            writer.close()
            await writer.wait_closed()
            return
        await asyncio.sleep(0.05)
    raise AuditError("coturn does not answer: is turnserver installed, and the profile as shipped?")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
