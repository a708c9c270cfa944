"""One end of a real call in a process of its own, so that it can be killed: `python -m client_sim.audit.killable`.

Who it is comes on stdin, and what is to be looked for goes to stdout, one JSON object a line each. It lives until it is
killed, or its stdin is closed.
"""

import asyncio
import contextlib
import os
import signal
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import msgspec

from client_sim.audit.media import quiet_ends
from client_sim.audit.promises import Kind
from client_sim.audit.traces import Tell, tell_boxes, tell_connection
from client_sim.endpoint import prepare_process
from client_sim.family import FamilyApp
from client_sim.komp import Komp
from client_sim.live_call import LiveCall
from client_sim.manner import Surroundings
from client_sim.sealed.keeping import Keeping, parse_keeping
from client_sim.timeline import Mark, Step

START_SECONDS: Final = 20.0


class Part(msgspec.Struct):
    """Who the process is to be. `calls` where it places the call; otherwise it is a Komp that is rung."""

    origin: str
    keeping: msgspec.Raw
    calls: bool


class Line(msgspec.Struct, omit_defaults=True):
    """What it says: that it is online, a marker, or that the call is connected."""

    said: str
    kind: str = ""
    label: str = ""
    text: str = ""


class Killable:
    """The process, from outside."""

    def __init__(self, process: asyncio.subprocess.Process, tell: Tell) -> None:
        self._process = process
        self._tell = tell

    async def says(self, what: str, *, seconds: float = START_SECONDS) -> str:
        """Wait until it says that, and take down every marker on the way. Raises ConnectionError, TimeoutError."""
        assert self._process.stdout is not None
        async with asyncio.timeout(seconds):
            while text := await self._process.stdout.readline():
                line = msgspec.json.decode(text, type=Line)
                if line.said == what:
                    return line.text
                if line.said == "marker":
                    self._tell(Kind(line.kind), line.label, b64decode(line.text))
        raise ConnectionError("an end that was to be killed has ended by itself")

    async def kill(self) -> None:
        """SIGKILL: it has no time for a last word."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGKILL)
        await self._process.wait()


@asynccontextmanager
async def killable(keeping: Keeping, origin: str, tell: Tell, *, calls: bool) -> AsyncIterator[Killable]:
    """An end in a process of its own, online."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "client_sim.audit.killable"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(Part(origin, msgspec.Raw(msgspec.json.encode(keeping)), calls)) + b"\n")
    end = Killable(process, tell)
    try:
        await end.says("online")
        yield end
    finally:
        await end.kill()
        process.stdin.close()


# ------------------------------------------------------------------------------------------------ inside the process


def _say(said: str, kind: str = "", label: str = "", text: str = "") -> None:
    sys.stdout.write(msgspec.json.encode(Line(said, kind, label, text)).decode() + "\n")
    sys.stdout.flush()


def _mark(kind: Kind, label: str, text: str | bytes) -> None:
    raw = text.encode() if isinstance(text, str) else text
    _say("marker", kind.value, label, b64encode(raw).decode())


def _observe(call: LiveCall, mark: Mark) -> None:
    if mark.step is Step.FIRST_FRAME:
        tell_connection(call, _mark)
        _say("in call", text=str(call.id))


async def _play() -> None:
    part = msgspec.json.decode(await asyncio.to_thread(sys.stdin.readline), type=Part)
    keeping = parse_keeping(bytes(part.keeping))
    async with aiohttp.ClientSession() as http:
        around = Surroundings(part.origin, http, always_relay=True)
        if part.calls:
            app = FamilyApp(keeping, around, quiet_ends(), observe=_observe)
            tell_boxes(app.endpoint, _mark)
            await app.endpoint.start()
            _say("online")
            app.call(keeping.links[0])
        else:
            komp = Komp(keeping, around, quiet_ends(), countdown_seconds=0.3, observe=_observe)
            tell_boxes(komp.endpoint, _mark)
            await komp.endpoint.start()
            _say("online")
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    prepare_process(loopback_only=True)
    asyncio.run(_play())
