"""An operator at a terminal and people with new phones: the programs as they are started, a database that lasts."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from client_sim.account import Account
from client_sim.asking import Asking, AskingError
from client_sim.identity import Identity
from signalling.protocol import api

pytestmark = pytest.mark.slow

PROGRAM = Path(sys.executable).with_name("signalling")
PHONE = "+4740612345"


@dataclass
class Running:
    """A coordinator, and what it prints."""

    process: asyncio.subprocess.Process
    origin: str
    lines: asyncio.Queue[str]

    async def sms_to(self, phone: str) -> str:
        """The next text that the terminal shows."""
        async with asyncio.timeout(10):
            while True:
                said = re.fullmatch(r"SMS to (\+\d+): (.*)", await self.lines.get())
                if said is not None:
                    assert said[1] == phone
                    return said[2]


def environment(folder: Path) -> dict[str, str]:
    """Settings of an operator with one machine."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("NARVARO_")}
    return own | {
        "NARVARO_PORT": "0",
        "NARVARO_METRICS_PORT": "0",
        "NARVARO_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/narvaro.db",
        "NARVARO_MASTER_KEY_FILE": str(folder / "master.key"),
        "NARVARO_SIGNING_KEY_FILE": str(folder / "signing.pem"),
    }


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Running]:
    """`signalling serve` until the end."""
    log = folder / "coordinator.log"
    with log.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            str(PROGRAM), "serve", stdout=asyncio.subprocess.PIPE, stderr=stderr, env=environment(folder)
        )
    lines: asyncio.Queue[str] = asyncio.Queue()
    reading = asyncio.create_task(read_lines(process, lines))
    try:
        async with asyncio.timeout(20):
            port = (await lines.get()).rpartition(":")[2]
        yield Running(process, f"http://localhost:{port}", lines)
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 20)
        await reading
    assert PHONE[1:] not in log.read_text()


async def read_lines(process: asyncio.subprocess.Process, lines: asyncio.Queue[str]) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        lines.put_nowait(line.decode().rstrip("\n"))


async def operator(folder: Path, *arguments: str) -> str:
    """What a command of the operator prints."""
    process = await asyncio.create_subprocess_exec(
        str(PROGRAM), *arguments, stdout=asyncio.subprocess.PIPE, env=environment(folder)
    )
    told, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    return told.decode()


def unpacked(http: aiohttp.ClientSession, running: Running, identity: Identity | None = None) -> Account:
    return Account(Asking(identity or Identity(), origin=running.origin, http=http))


async def test_an_operator_and_a_family_set_up_a_komp_from_nothing(tmp_path: Path) -> None:
    grandchild = Identity()
    async with serving(tmp_path) as running, aiohttp.ClientSession() as http:
        customer = (await operator(tmp_path, "customers", "add", "--name", "Grandmother")).split()[-1]
        added = await operator(
            tmp_path, "devices", "add", "--kind", "komp", "--customer", customer, "--name", "Grandmother's Komp"
        )
        party, token = [line.split()[-1] for line in added.splitlines()]
        komp = unpacked(http, running)
        assert (await komp.enrol(token)).party == party

        app = unpacked(http, running, grandchild)
        await app.ask_code(PHONE)
        code = await running.sms_to(PHONE)
        invitation = await operator(tmp_path, "invitations", "new", "--device", party, "--role", "admin")
        came = await app.register(PHONE, code, name="Grandchild", invitation=invitation.split()[-1])
        assert came.komp == party
        assert [one.name for one in await komp.circle()] == ["Grandchild"]

        made = await app.invite(party, api.InvitationRequest("user", "family", phone="+46701234567"))
        link = await running.sms_to("+46701234567")
        assert made.code is None
        assert link.startswith(f"{running.origin}/family#invitation=")

        robot = await operator(tmp_path, "devices", "add", "--kind", "av1", "--customer", customer, "--name", "Robot 7")
        av1, token = [line.split()[-1] for line in robot.splitlines()]
        await unpacked(http, running).enrol(token)
        keyword = (await operator(tmp_path, "keywords", "new", "--device", av1)).split()[-1]
        student = unpacked(http, running)
        assert (await student.use_keyword(keyword)).device == av1
        await operator(tmp_path, "keywords", "new", "--device", av1)
        with pytest.raises(AskingError):
            await student.me()

    async with serving(tmp_path) as running, aiohttp.ClientSession() as http:
        app = unpacked(http, running, grandchild)
        me = await app.me()
        assert me.profile is not None
        assert (me.profile.name, me.profile.phone) == ("Grandchild", PHONE)
        await operator(tmp_path, "devices", "reset", "--yes", party)
        with pytest.raises(AskingError):
            await app.me()
