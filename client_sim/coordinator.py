"""A coordinator of one's own, as a program beside this one: started for a run, and gone with everything it wrote.

It runs as operators run it, by its command; this program knows nothing of its inside.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

START_SECONDS: Final = 20.0
STOP_SECONDS: Final = 12.0
_LISTENING: Final = "listening on "
_TEXT: Final = "SMS to "
_OWN_SETTINGS: Final = "NARVARO_"


class CoordinatorError(RuntimeError):
    """The coordinator did not start; the message is its own."""


@dataclass(frozen=True)
class Coordinator:
    """One that runs."""

    origin: str
    process: asyncio.subprocess.Process
    environment: Mapping[str, str]
    texts: asyncio.Queue[tuple[str, str]]
    """Every SMS that it would send: number and words. It sends none, and says them on stdout."""

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    async def operate(self, *words: str) -> str:
        """What `signalling` prints for those words, beside the running server. Raises CoordinatorError."""
        process = await asyncio.create_subprocess_exec(
            _program(),
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(self.environment),
            start_new_session=True,
        )
        said, refused = await process.communicate()
        if process.returncode != 0:
            raise CoordinatorError(f"the operator's command failed: {refused.decode(errors='replace').strip()}")
        return said.decode().strip()


@asynccontextmanager
async def running_coordinator(
    seed: bytes | None = None,
    *,
    port: int = 0,
    settings: Mapping[str, str] | None = None,
    log: Path | None = None,
    home: Path | None = None,
    command: Sequence[str] = (),
) -> AsyncIterator[Coordinator]:
    """`signalling serve` with fresh keys and no relay, in a private directory that goes with it.

    It knows whom the seed names; without one it has a database, and knows nobody. `settings` are variables without
    their prefix. `log` gets what it logs; otherwise that is read only if it fails. `home` is a directory to run in that
    stays, and then holds temporary files too; `command` is run in place of `signalling serve`. Raises CoordinatorError.
    """
    with tempfile.TemporaryDirectory(prefix="narvaro-") if home is None else nullcontext(home) as directory:
        home = Path(directory)
        log = log or home / "log.jsonl"
        chosen = {"PORT": str(port), "METRICS_PORT": "0", **_people(home, seed), **(settings or {})}
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_OWN_SETTINGS)}
        environment |= {_OWN_SETTINGS + name: value for name, value in chosen.items()}
        environment["TMPDIR"] = str(home)
        process = await _start(environment, log, home, command or (_program(), "serve"))
        texts: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        reading: asyncio.Task[None] | None = None
        try:
            dialled = await _listening(process, log)
            reading = asyncio.create_task(_read_texts(process, texts), name="texts")
            yield Coordinator(chosen.get("ORIGIN", dialled), process, environment, texts)
        finally:
            await _stop(process)
            if reading is not None:
                reading.cancel()


def _people(home: Path, seed: bytes | None) -> dict[str, str]:
    if seed is None:
        database, key = home / "people.sqlite", home / "master.key"
        return {"DATABASE_URL": f"sqlite+aiosqlite:///{database}", "MASTER_KEY_FILE": str(key)}
    (home / "seed.json").write_bytes(seed)
    return {"SEED_FILE": str(home / "seed.json")}


async def _read_texts(process: asyncio.subprocess.Process, texts: asyncio.Queue[tuple[str, str]]) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        number, colon, words = line.decode(errors="replace").strip().removeprefix(_TEXT).partition(": ")
        if colon:
            texts.put_nowait((number, words))


async def _start(
    environment: Mapping[str, str], log: Path, home: Path, command: Sequence[str]
) -> asyncio.subprocess.Process:
    with log.open("wb") as errors:
        return await asyncio.create_subprocess_exec(
            *_that_ends_with_us(),
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=dict(environment),
            cwd=home,
            start_new_session=True,
        )


def _that_ends_with_us() -> tuple[str, ...]:
    """What to put before a command so that it is told to stop when this process dies, however it dies."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM", "--") if setpriv is not None else ()


def _program() -> str:
    """The `signalling` that was installed beside this program."""
    beside = Path(sys.executable).with_name("signalling")
    found = str(beside) if beside.exists() else shutil.which("signalling")
    if found is None:
        raise CoordinatorError("the command `signalling` isn't installed beside this one")
    return found


async def _listening(process: asyncio.subprocess.Process, log: Path) -> str:
    assert process.stdout is not None
    line = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline()
    text = line.decode(errors="replace").strip()
    if not text.startswith(_LISTENING):
        raise CoordinatorError(_last_line(log))
    port = text.rpartition(":")[2]
    scheme = text.removeprefix(_LISTENING).partition(":")[0]
    return f"{scheme}://localhost:{port}"


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    said = lines[-1].removeprefix("Error: ") if lines else "it said nothing"
    return f"the coordinator did not start: {said}"


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
