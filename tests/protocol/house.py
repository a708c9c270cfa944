"""A real coordinator on a free port with a small family, and clients that come in as the protocol says."""

import asyncio
import io
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.app import Coordinator
from signalling.observe.log import Log
from signalling.protocol.proof import base64url, endpoint_id, hello_bytes, token_request_bytes
from signalling.settings import Settings
from signalling.vocabulary import EndpointId
from tests.clock import ManualClock
from tests.protocol.raw import RawSocket

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass
class Somebody:
    """A person or device with one endpoint."""

    name: str
    kind: str
    party: str = field(default_factory=lambda: base64url(secrets.token_bytes(16)))
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def raw_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def endpoint(self) -> EndpointId:
        return endpoint_id(self.raw_key)

    def signs(self, signed: bytes) -> str:
        return base64url(self.key.sign(signed))


class House:
    """The coordinator, who lives in its circle, and what it logged."""

    def __init__(self, coordinator: Coordinator, log: io.StringIO, clock: ManualClock) -> None:
        self.coordinator = coordinator
        self.log = log
        self.clock = clock
        self.http: aiohttp.ClientSession
        self._sockets: list[RawSocket] = []

    outsider: ClassVar["Somebody"]
    """Somebody of the circle who is linked with neither end of the family's calls."""

    @property
    def port(self) -> int:
        return self.coordinator.port

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def post(self, path: str, body: Any = None, **options: Any) -> tuple[int, dict[str, Any]]:
        async with self.http.post(f"http://127.0.0.1:{self.port}{path}", json=body, **options) as response:
            return response.status, await response.json()

    async def token(self, who: Somebody) -> str:
        _, given = await self.post("/v1/nonce")
        signed = token_request_bytes(origin=self.url, endpoint=who.endpoint, nonce=given["nonce"])
        status, granted = await self.post(
            "/v1/token", {"endpoint": who.endpoint, "nonce": given["nonce"], "signature": who.signs(signed)}
        )
        assert status == 200, granted
        token: str = granted["token"]
        return token

    async def dial(self, **options: Any) -> RawSocket:
        """A socket after its upgrade. Raises RefusedError. It is dropped at the end of the house."""
        raw = await RawSocket.open(self.port, **options)
        self._sockets.append(raw)
        return raw

    async def drop_all(self) -> None:
        """Drop every socket that was dialled."""
        for raw in self._sockets:
            await raw.drop()

    async def open(self, **options: Any) -> tuple[RawSocket, str]:
        """A socket before its hello, and the nonce of its welcome."""
        raw = await self.dial(**options)
        welcome = await raw.hear("welcome")
        return raw, welcome["nonce"]

    def hello(self, who: Somebody, token: str, nonce: str, changes: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
        client_nonce = base64url(secrets.token_bytes(32))
        signed = hello_bytes(
            origin=self.url,
            endpoint=who.endpoint,
            token_id=jwt.decode(token, options={"verify_signature": False})["jti"],
            nonce=nonce,
            client_nonce=client_nonce,
        )
        said: dict[str, Any] = {
            "t": "hello",
            "token": token,
            "proof": who.signs(signed),
            "client_nonce": client_nonce,
            "features": [],
            "calls": [],
        }
        return {**said, **changes}

    async def come_in(self, who: Somebody, **options: Any) -> RawSocket:
        """A live session."""
        token = await self.token(who)
        raw, nonce = await self.open(**options)
        raw.say(self.hello(who, token, nonce))
        await raw.hear("ready")
        return raw

    async def ordinary_call(self, caller: Somebody, callee: Somebody) -> float:
        """Two endpoints come in, call, speak both ways and hang up. How many seconds it took."""
        began = time.perf_counter()
        here, there = await self.come_in(caller), await self.come_in(callee)
        call = base64url(secrets.token_bytes(16))
        here.say(
            {"t": "call.invite", "id": "1", "call": call, "to": callee.party, "from_key": 1, "media": "video"}
            | {"rings": [{"endpoint": callee.endpoint, "key": 1, "box": "cmluZw"}], "lifetime_ms": 30_000}
        )
        ring = await there.hear("call.ring")
        assert (ring["call"], ring["from"], ring["box"]) == (call, caller.endpoint, "cmluZw")
        there.say({"t": "call.join", "call": call, "box": "am9pbg"})
        assert (await here.hear("call.joined"))["box"] == "am9pbg"
        here.say({"t": "box", "call": call, "handshake": 0, "seq": 0, "ack": 0, "box": "aGVyZQ"})
        assert (await there.hear("box"))["box"] == "aGVyZQ"
        there.say({"t": "call.ringing", "call": call, "answers_in_ms": 0})
        there.say({"t": "box", "call": call, "handshake": 0, "seq": 0, "ack": 1, "box": "eWVz"})
        assert (await here.hear("box"))["box"] == "eWVz"
        there.say({"t": "call.accept", "call": call})
        here.say({"t": "call.hangup", "call": call, "reason": "hangup", "id": "2"})
        assert (await there.hear("call.ended"))["reason"] == "hangup"
        for end in (here, there):
            end.say({"t": "bye"})
            assert await end.closed_with() == 1000
        return time.perf_counter() - began


GRANDCHILD, UNCLE = Somebody("Grandchild", "person"), Somebody("Uncle", "person")
KOMP, OTHER_KOMP = Somebody("Komp", "komp"), Somebody("Other Komp", "komp")
STRANGER = Somebody("Stranger", "person")
EVERYBODY = (GRANDCHILD, UNCLE, KOMP, OTHER_KOMP)
House.outsider = UNCLE
LINKS = ((GRANDCHILD, KOMP), (UNCLE, OTHER_KOMP))


def seed() -> bytes:
    """The family as a seed file. The stranger is not in it."""
    parties = [
        {"id": one.party, "kind": one.kind, "name": one.name, "endpoints": [base64url(one.raw_key)]}
        for one in EVERYBODY
    ]
    return json.dumps({"parties": parties, "links": [{"parties": [a.party, b.party]} for a, b in LINKS]}).encode()


async def until(condition: Callable[[], object], *, seconds: float = 3) -> None:
    """Wait for something that no message tells. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the server's inside tells nobody when it changes
            await asyncio.sleep(0.001)


@asynccontextmanager
async def running(folder: Path, **settings: Any) -> AsyncIterator[House]:
    """The coordinator with these settings, until the end."""
    file = folder / "seed.json"
    file.write_bytes(seed())
    chosen = Settings(**{"port": 0, "metrics_port": 0, "seed_file": file, "drain_seconds": 5, **settings})
    log, clock = io.StringIO(), ManualClock()
    house = House(Coordinator(chosen, log=Log(clock, stream=log), clock=clock), log, clock)
    await house.coordinator.start()
    try:
        async with aiohttp.ClientSession() as house.http:
            yield house
    finally:
        await house.drop_all()
        await house.coordinator.stop()
