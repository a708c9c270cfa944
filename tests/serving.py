"""The real coordinator in a process of its own, and a client that speaks the wire and knows no call."""

import asyncio
import json
import os
import re
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client_sim.token import token_id
from signalling.protocol import PROTOCOL
from signalling.protocol.proof import base64url, endpoint_id, hello_bytes, token_request_bytes

PROGRAM = Path(sys.executable).with_name("signalling")


@dataclass(frozen=True)
class Served:
    """A running coordinator."""

    process: asyncio.subprocess.Process
    origin: str
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid


@asynccontextmanager
async def served(folder: Path, seed: dict[str, Any] | None, **settings: str | int) -> AsyncIterator[Served]:
    """`signalling serve` on a free port with that seed, or none; its log is a file in `folder`."""
    seed_file = folder / "seed.json"
    if seed is not None:
        seed_file.write_text(json.dumps(seed))
    environment = {
        **os.environ,
        "NARVARO_PORT": "0",
        "NARVARO_METRICS_PORT": "0",
        "NARVARO_SEED_FILE": str(seed_file) if seed is not None else "",
        **{f"NARVARO_{name.upper()}": str(value) for name, value in settings.items()},
    }
    log = folder / "coordinator.log"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(str(PROGRAM), "serve"),
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            env=environment,
        )
    try:
        yield Served(process, await _origin(process), log)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 20)


async def _origin(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while line := (await process.stdout.readline()).decode():
            port = re.search(r"listening on https?://.*:(\d+)", line)
            if port is not None:
                return f"http://localhost:{port[1]}"
    raise AssertionError("it didn't start: see its log")


class Somebody:
    """A party with one endpoint, for the seed file."""

    def __init__(self, kind: str, name: str) -> None:
        self.key = Ed25519PrivateKey.generate()
        public = self.key.public_key().public_bytes_raw()
        self.endpoint = endpoint_id(public)
        self.party = base64url(secrets.token_bytes(16))
        self.entry = {"id": self.party, "kind": kind, "name": name, "endpoints": [base64url(public)]}

    def sign(self, data: bytes) -> str:
        return base64url(self.key.sign(data))


def seed_of(people: Sequence[Somebody]) -> dict[str, Any]:
    """Everybody linked with everybody."""
    links = [{"parties": [one.party, other.party]} for one in people for other in people if one.party < other.party]
    return {"parties": [one.entry for one in people], "links": links}


class WireClient:
    """A session of somebody's: sends objects, and waits for the type that it wants."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, ready: dict[str, Any]) -> None:
        self.socket = socket
        self.ready = ready
        self.heard: list[dict[str, Any]] = []

    async def send(self, **message: Any) -> None:
        await self.socket.send_str(json.dumps(message))

    async def hear(self, kind: str, *, seconds: float = 5.0) -> dict[str, Any]:
        """The next message of that type; the others are kept in `heard`."""
        async with asyncio.timeout(seconds):
            while True:
                message: dict[str, Any] = await self.socket.receive_json()
                self.heard.append(message)
                if message["t"] == kind:
                    return message
                if message["t"] == "ping":
                    await self.send(t="pong")


async def fetch_token(http: aiohttp.ClientSession, origin: str, who: Somebody) -> str:
    """A token by `POST /v1/nonce` and `POST /v1/token`."""
    async with http.post(f"{origin}/v1/nonce") as answer:
        nonce = (await answer.json())["nonce"]
    signature = who.sign(token_request_bytes(origin=origin, endpoint=who.endpoint, nonce=nonce))
    request = {"endpoint": who.endpoint, "nonce": nonce, "signature": signature}
    async with http.post(f"{origin}/v1/token", json=request) as answer:
        return str((await answer.json())["token"])


@asynccontextmanager
async def session(
    http: aiohttp.ClientSession, origin: str, who: Somebody, calls: Sequence[dict[str, str]] = ()
) -> AsyncIterator[WireClient]:
    """A live session of `who`."""
    token = await fetch_token(http, origin, who)
    async with http.ws_connect(f"{origin}/v1/socket", protocols=(PROTOCOL,)) as socket:
        welcome = await socket.receive_json()
        nonce = base64url(secrets.token_bytes(32))
        proof = hello_bytes(
            origin=origin,
            endpoint=who.endpoint,
            token_id=token_id(token),
            nonce=welcome["nonce"],
            client_nonce=nonce,
        )
        hello = {"token": token, "proof": who.sign(proof), "client_nonce": nonce, "features": [], "calls": list(calls)}
        await socket.send_str(json.dumps({"t": "hello", **hello}))
        yield WireClient(socket, await socket.receive_json())
