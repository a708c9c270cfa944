"""Ends that speak the wire and seal nothing: what they put into boxes lies open, so that anything kept would be found.

How such calls end stands in `scripted_ways`. Ends with real seals and media are in `sealed`.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Any, Final

import aiohttp
import msgspec

from client_sim.audit.promises import Kind, Planted, word
from client_sim.identity import Identity
from client_sim.sealed.keeping import Keeping
from client_sim.token import Tokens, token_id
from signalling.protocol import PROTOCOL
from signalling.protocol.proof import base64url, from_base64url

HEAR_SECONDS: Final = 10.0


@dataclass
class Pace:
    """How long a call rings that nobody answers: enough to be looked at on this machine, and no more."""

    ring_ms: int = 6_000


@dataclass(repr=False)
class ScriptedEnd:
    """One endpoint with one socket."""

    keeping: Keeping
    origin: str
    http: aiohttp.ClientSession
    token: str = ""
    _ws: aiohttp.ClientWebSocketResponse | None = None
    identity: Identity = field(init=False)

    def __post_init__(self) -> None:
        self.identity = Identity(from_base64url(self.keeping.key))

    @property
    def endpoint(self) -> str:
        """Its id."""
        return str(self.identity.endpoint)

    async def come(self, *calls: Mapping[str, str]) -> None:
        """A session that names these calls; one that this endpoint had before is superseded."""
        self.token = await Tokens(self.identity, origin=self.origin, http=self.http).current()
        self._ws = await self.http.ws_connect(f"{self.origin}/v1/socket", protocols=(PROTOCOL,), compress=0)
        welcome = await self.hear("welcome")
        nonce = base64url(secrets.token_bytes(32))
        proof = self.identity.sign_hello(
            origin=self.origin, token_id=token_id(self.token), nonce=welcome["nonce"], client_nonce=nonce
        )
        await self.say(t="hello", token=self.token, proof=proof, client_nonce=nonce, features=[], calls=list(calls))
        await self.hear("ready")

    async def say(self, **message: Any) -> None:
        """Send a message."""
        await self.say_text(msgspec.json.encode(message).decode())

    async def say_text(self, text: str) -> None:
        """Send anything."""
        assert self._ws is not None
        await self._ws.send_str(text)

    async def hear(self, *kinds: str, seconds: float = HEAR_SECONDS) -> dict[str, Any]:
        """The next message of one of these types. Raises TimeoutError, ConnectionError."""
        assert self._ws is not None
        async with asyncio.timeout(seconds):
            while True:
                frame = await self._ws.receive()
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    raise ConnectionError("the coordinator closed a scripted end's socket")
                message: dict[str, Any] = msgspec.json.decode(frame.data)
                if message["t"] == "ping":
                    await self.say(t="pong")
                elif message["t"] in kinds:
                    return message

    async def go(self) -> None:
        """Close the socket in good order."""
        if self._ws is not None:
            await self._ws.close()

    def vanish(self) -> None:
        """Be lost without a word."""
        assert self._ws is not None
        connection = self._ws._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()


@dataclass(repr=False)
class ScriptedCall:
    """A person who calls a Komp, and everything of it that is looked for."""

    way: str
    caller: ScriptedEnd
    komp: ScriptedEnd
    planted: Planted
    pace: Pace = field(default_factory=Pace)
    call: str = field(default_factory=lambda: base64url(secrets.token_bytes(16)))

    async def ring(self, *, lifetime_ms: int = 30_000) -> None:
        """Invite, and hear that it rings."""
        await self.invite(lifetime_ms=lifetime_ms)
        await self.komp.say(t="call.ringing", call=self.call, answers_in_ms=500)
        await self.caller.hear("call.progress")

    async def invite(self, *, lifetime_ms: int = 30_000) -> None:
        """Invite; the ring comes."""
        box = self.box("ring", ufrag=word("ufrag"), pwd=word("pwd"))
        ring = {"endpoint": self.komp.endpoint, "key": 1, "box": box}
        self._plant_hashes(f"1:video:{lifetime_ms}:1:{box}")
        await self.caller.say(
            t="call.invite",
            call=self.call,
            to=self.komp.keeping.party,
            from_key=1,
            rings=[ring],
            media="video",
            lifetime_ms=lifetime_ms,
            id="invite",
        )
        for answer in (await self.caller.hear("ok"), await self.komp.hear("call.ring")):
            for server in answer["ice_servers"]:
                for part in ("username", "credential"):
                    if part in server:
                        self.planted.add(self.way, Kind.TURN_UNUSED, part, server[part])

    async def talk(self) -> None:
        """Ring, join, describe, accept, connect: a call with everything in it."""
        await self.accept()
        for end in (self.caller, self.komp):
            await end.say(t="call.connected", call=self.call, id="connected")
            await end.hear("ok")

    async def accept(self) -> None:
        """The same, but for the path."""
        await self.ring()
        await self.komp.say(t="call.join", call=self.call, box=self.box("join", pwd=word("pwd")))
        await self.caller.hear("call.joined")
        for seq, (author, hearer) in enumerate([(self.caller, self.komp), (self.komp, self.caller)]):
            for number, content in enumerate(("offer", "candidates")):
                box = self.box(f"{content} {seq}", ufrag=word("ufrag"), candidate=word("candidate"), length=40)
                await author.say(t="box", call=self.call, handshake=0, seq=number, ack=0, box=box)
                await hearer.hear("box")
        await self.komp.say(t="call.accept", call=self.call, id="accept")
        await self.komp.hear("ok")

    async def ended(self, *ends: ScriptedEnd, seconds: float = HEAR_SECONDS) -> None:
        """Both ends, or these, have heard that it is over."""
        for end in ends or (self.caller, self.komp):
            await end.hear("call.ended", "call.erased", seconds=seconds)

    def box(self, label: str, *, length: int = 4, **words: str) -> str:
        """A box that seals nothing: its words lie in it as they'd lie in a description, many times over."""
        for name, text in words.items():
            self.planted.add(self.way, Kind.PAYLOAD, f"{label}: {name}", text)
        box = base64url(msgspec.json.encode([words] * length))
        self.planted.add(self.way, Kind.BOX, label, box[:160])
        return box

    def _plant_hashes(self, ring: str) -> None:
        call, told = self.call.encode(), ring.encode()
        for name, digest in (
            ("SHA-256 of the call's id", sha256(call).digest()),
            ("BLAKE2b of the call's id", blake2b(call, digest_size=16).digest()),
            ("BLAKE2b of its ring", blake2b(told, digest_size=16).digest()),
        ):
            self.planted.add(self.way, Kind.HASH, name, digest)


@asynccontextmanager
async def both_online(
    way: str, caller: Keeping, komp: Keeping, *, origin: str, http: aiohttp.ClientSession, planted: Planted, pace: Pace
) -> AsyncIterator[ScriptedCall]:
    """Both ends with sessions. What lasts is planted by whoever made the seed."""
    call = ScriptedCall(way, ScriptedEnd(caller, origin, http), ScriptedEnd(komp, origin, http), planted, pace)
    try:
        for whose, end in (("the caller's", call.caller), ("the Komp's", call.komp)):
            await end.come()
            planted.add(way, Kind.TOKEN, whose, end.token)
            planted.add(way, Kind.TOKEN, f"{whose}, its payload", from_base64url(end.token.split(".")[1]))
        planted.add(way, Kind.CALL, "id", call.call)
        planted.add(way, Kind.CALL, "id, raw", from_base64url(call.call))
        yield call
    finally:
        for end in (call.caller, call.komp):
            await end.go()
