"""The commands as a person uses them: what they print, what they leave, and how they end."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from client_sim.asking import Asking
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.letters import Letters
from client_sim.manner import Surroundings
from client_sim.post_box import PostBox
from client_sim.sealed.greetings import Message, encode
from client_sim.sealed.keeping import parse_keeping
from client_sim.sealed.post import PostPurpose
from signalling.protocol.proof import from_base64url
from tests.integration.client_sim.neighbourhood import until

pytestmark = pytest.mark.slow

PROGRAM = Path(sys.executable).with_name("client-sim")


async def start(*arguments: str, folder: Path) -> asyncio.subprocess.Process:
    environment = {**os.environ, "TMPDIR": str(folder), "COLUMNS": "120"}
    return await asyncio.create_subprocess_exec(
        str(PROGRAM),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        cwd=folder,
    )


async def run(*arguments: str, folder: Path, seconds: float = 60.0) -> tuple[int, str, str]:
    process = await start(*arguments, folder=folder)
    try:
        async with asyncio.timeout(seconds):
            out, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, out.decode(), errors.decode()


def children_of(pid: int) -> list[Path]:
    """Where /proc shows the processes that one has started."""
    return [Path("/proc", child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def left_behind(folder: Path) -> list[str]:
    """Directories that a run made for itself and should have removed."""
    return [one.name for one in folder.iterdir() if one.name.startswith("narvaro")]


async def test_the_demonstration_calls_both_devices_prints_timelines_and_saves_a_picture(tmp_path: Path) -> None:
    code, out, errors = await run("demo", "--seconds", "1", folder=tmp_path)
    assert code == 0, errors
    for word in ("invited", "ringing, answers by itself in", "ICE connected", "DTLS connected, host ↔ host"):
        assert out.count(word) == 2
    assert re.findall(r"good: invite to ring \d+ ms, accept to first picture \d+ ms", out)
    picture = (tmp_path / "out" / "demo.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert left_behind(tmp_path) == []


async def test_a_call_writes_what_it_measured(tmp_path: Path) -> None:
    code, _, errors = await run("call", "--to", "av1", "--seconds", "1", "--json", "call.json", folder=tmp_path)
    assert code == 0, errors
    told = json.loads((tmp_path / "call.json").read_bytes())
    assert told["ok"]
    assert told["to"] == "av1"
    assert told["figures"]["video"]["frames"] > 5
    assert [one["step"] for one in told["steps"]][-2:] == ["ended", "erased"]


async def test_load_places_calls_side_by_side_and_ends_with_a_table(tmp_path: Path) -> None:
    code, out, errors = await run(
        *("load", "--calls", "4", "--at-once", "2", "--seconds", "1", "--json", "load.json"), folder=tmp_path
    )
    assert code in (0, 2), out + errors
    told = json.loads((tmp_path / "load.json").read_bytes())
    assert told["failures"] == {}
    assert told["calls"] == 4
    assert told["frames"] > 20
    assert told["loop_lag_ms"]["count"] > 10
    assert "first picture, from accept" in out
    assert "failed: none" in out
    decoded = [one for one in told["each"] if one["figures"]["video"]["width"] == 320]
    assert 0 < len(decoded) < 4


async def test_a_call_that_cannot_be_placed_says_why_and_fails(tmp_path: Path) -> None:
    missing = await run("call", "--to", "komp", "--origin", "http://localhost:1", "--link", "nope", folder=tmp_path)
    assert missing[0] == 1
    assert "the file can't be read" in missing[2]
    alone = await run("call", "--to", "komp", "--origin", "http://localhost:1", folder=tmp_path)
    assert alone[0] == 2
    assert "--origin and --link go together" in alone[2]


async def test_a_relayed_call_without_a_relay_fails_by_name(tmp_path: Path) -> None:
    code, out, _ = await run("call", "--to", "av1", "--always-relay", folder=tmp_path)
    assert code == 1
    assert "failed: ended: ice_failed" in out


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A house that says where it is."""
    process = await start("house", "--port", "0", "--countdown", "1", folder=folder)
    assert process.stdout is not None
    said = ""
    try:
        async with asyncio.timeout(60):
            while "Ctrl-C closes" not in said:
                said += (await process.stdout.readline()).decode()
        yield process, said
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_house_says_where_to_click_takes_calls_and_closes_without_a_trace(tmp_path: Path) -> None:
    async with open_house(tmp_path) as (process, said):
        (link,) = re.findall(r"http://localhost:\d+/family#link=(\S+)", said)
        assert parse_keeping(from_base64url(link)).links[0].kind == "komp"
        for command in re.findall(r"client-sim (call .*)", said):
            code, out, errors = await run(*command.split(), "--seconds", "1", folder=tmp_path)
            assert code == 0, out + errors
        await greets(link, re.findall(r"(http://localhost:\d+)/family", said)[0])
        process.send_signal(signal.SIGINT)
        out, errors = (one.decode() for one in await asyncio.wait_for(process.communicate(), 20))
    assert process.returncode == 0, errors
    assert errors == ""
    assert "pictures and messages: taken 1" in out
    assert re.search(r"Komp +rings: Cousin", out)
    assert re.search(r"Komp +takes the call", out)
    assert re.search(r"Komp +sees the caller", out)
    assert re.search(r"AV1 +takes the call", out)
    assert left_behind(tmp_path) == []


async def greets(link: str, origin: str) -> None:
    """Whoever has that link writes to the Komp; return when it has it."""
    kept = parse_keeping(from_base64url(link))
    async with aiohttp.ClientSession() as http:
        phone = FamilyApp(kept, Surroundings(origin, http), live_ends("FAMILY"))
        box = PostBox(Asking(phone.endpoint.identity, origin=origin, http=http))
        await phone.endpoint.start()
        said = Message(10, int(time.time()) + 86_400, "Hej!")
        await Letters(phone.endpoint.book, box).send(PostPurpose.MESSAGE, encode(said), list(kept.links))
        await asyncio.sleep(1)  # only the Komp knows when it has it, and it says so at its end
        await phone.endpoint.stop()


async def test_a_house_that_is_killed_takes_its_coordinator_with_it(tmp_path: Path) -> None:
    async with open_house(tmp_path) as (process, _):
        (coordinator,) = children_of(process.pid)
        process.kill()
        await until(lambda: not coordinator.exists(), seconds=20)


async def test_a_house_whose_port_is_taken_says_so(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    code, _, errors = await run("house", "--port", str(port), folder=tmp_path)
    server.close()
    await server.wait_closed()
    assert code == 1
    assert "Address already in use" in errors
    assert left_behind(tmp_path) == []
