"""The program itself: it says where it listens, protects its memory, speaks TLS, and ends when asked."""

import asyncio
import json
import os
import signal
import ssl
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from client_sim.authority import certify
from tests.protocol.house import seed

pytestmark = pytest.mark.slow


class Served:
    """A running `signalling serve`."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, began: float) -> None:
        self.process = process
        self.url = url
        self.seconds_to_listen = time.perf_counter() - began

    def pid_file(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text(encoding="utf-8")

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> list[dict[str, object]]:
        """Ask it to end; what it logged."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(10):
            _, log = await self.process.communicate()
        return [json.loads(line) for line in log.decode().splitlines()]


@asynccontextmanager
async def serving(folder: Path, *flags: str, **environ: str) -> AsyncIterator[Served]:
    file = folder / "seed.json"
    file.write_bytes(seed())
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONMALLOC", "GLIBC_TUNABLES")}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from signalling.cli import main; main()", "serve"),
        *("--port", "0", "--metrics-port", "0", "--seed-file", str(file), *flags),
        env=kept | environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        line = (await process.stdout.readline()).decode()
    assert line.startswith("listening on http"), line
    served = Served(process, line.removeprefix("listening on ").strip(), began)
    try:
        yield served
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def test_it_listens_protects_its_memory_and_ends_on_sigterm(tmp_path: Path) -> None:
    async with serving(tmp_path) as served:
        async with aiohttp.ClientSession() as http, http.get(f"{served.url}/livez") as response:
            assert response.status == 200
        limits = served.pid_file("limits")
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"]
        log = await served.stop()
    assert served.process.returncode == 0
    events = {line["event"]: line for line in log}
    assert events["serving"]["wiping"] is True
    assert events["serving"]["dumpable"] is False
    assert "stopped" in events


async def test_the_wiping_allocator_can_be_left_out(tmp_path: Path) -> None:
    async with serving(tmp_path, NARVARO_WIPE_MEMORY="0") as served:
        log = await served.stop(signal.SIGINT)
    assert served.process.returncode == 0
    assert next(line for line in log if line["event"] == "serving")["wiping"] is False


async def test_it_speaks_tls_from_1_2_on(tmp_path: Path) -> None:
    certificate = certify(tmp_path, "localhost", "127.0.0.1")
    flags = ("--tls-cert", str(certificate.cert), "--tls-key", str(certificate.key), "--wipe-memory", "0")
    async with serving(tmp_path, *flags) as served, aiohttp.ClientSession() as http:
        assert served.url.startswith("https://127.0.0.1:")
        trusted = ssl.create_default_context(cafile=str(certificate.ca))
        async with http.get(f"{served.url}/livez", ssl=trusted) as response:
            assert response.status == 200
            assert "max-age" in response.headers["Strict-Transport-Security"]
        async with http.ws_connect(f"{served.url}/v1/socket", protocols=["narvaro.v1"], ssl=trusted) as socket:
            assert (await socket.receive_json())["t"] == "welcome"
        old = ssl.create_default_context(cafile=str(certificate.ca))
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get(f"{served.url}/livez", ssl=old)
        await served.stop()


async def test_a_port_that_is_taken_is_told_in_a_line(tmp_path: Path) -> None:
    async with serving(tmp_path, "--wipe-memory", "0") as served:
        port = served.url.rpartition(":")[2]
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from signalling.cli import main; main()"),
            *("serve", "--wipe-memory", "0", "--metrics-port", "0", "--port", port),
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(20):
            _, said = await second.communicate()
        assert second.returncode == 1
        assert said.decode().strip() == "Error: Address already in use"
        await served.stop()


async def test_a_signing_key_file_is_made_once_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "signing.pem"
    pems = []
    for _ in range(2):
        async with serving(tmp_path, "--wipe-memory", "0", "--signing-key-file", str(file)) as served:
            pems.append(file.read_bytes())
            await served.stop()
    assert pems[0] == pems[1]
    assert file.stat().st_mode & 0o777 == 0o600
