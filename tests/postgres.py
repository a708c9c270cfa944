"""Debian's PostgreSQL for tests, on a unix socket in a folder of its own; nothing of it is simulated.

It refuses to run as root, so then it runs as `nobody`. It listens on no port.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg

PROGRAMS: Final = Path("/usr/lib/postgresql")
READY_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Postgres:
    """A running server. `data` is its data directory, `log` all that it tells."""

    folder: Path
    data: Path
    log: Path

    def url(self, database: str) -> str:
        """As the coordinator is told it."""
        return f"postgresql+asyncpg://narvaro@/{database}?host={self.folder}"

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """A fresh database's URL until the block ends."""
        name = f"narvaro_{secrets.token_hex(6)}"
        await self.run(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            await self.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def run(self, statement: str, database: str = "postgres") -> Any:
        """Run one statement as its owner."""
        connection = await asyncpg.connect(host=str(self.folder), user="narvaro", database=database)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()


def programs() -> Path | None:
    """Where Debian keeps the newest server's programs, if it is installed."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server that answers, until the block ends."""
    bin_folder = programs()
    assert bin_folder is not None, "Debian's postgresql is not installed"
    folder = Path(tempfile.mkdtemp(prefix="narvaro-postgres-"))  # a socket's path must be short
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        owner = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    data, log = folder / "data", folder / "log"
    try:
        subprocess.run(
            [bin_folder / "initdb", "-D", data, "-U", "narvaro", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=folder,
            **owner,
        )
        with log.open("wb") as output:
            process = subprocess.Popen(
                [bin_folder / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                **owner,
            )
        try:
            _wait_until_it_answers(bin_folder, folder, process, log)
            yield Postgres(folder, data, log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder)


def _wait_until_it_answers(bin_folder: Path, folder: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while subprocess.run([bin_folder / "pg_isready", "-q", "-h", folder], check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL does not answer; it said:\n{log.read_text()}")
        time.sleep(0.05)
