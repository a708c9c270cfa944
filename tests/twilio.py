"""A stand-in for Twilio's token service: answers as their published description says, or goes wrong in a way asked for.

Written by hand from the API's description (`twilio_api_v2010`, operation CreateToken): 201 with `username`, `password`,
`ttl` as text, `ice_servers` with `url` and `urls`. It listens on loopback, on a free port.
"""

import asyncio
import base64
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from relay.credentials import turn_credential, turn_tag, turn_username
from relay.ice import Transport
from relay.providers.twilio import TwilioAccount, TwilioProvider
from relay.region import Region, RegionPin
from tests.coturn import Coturn

SID: Final = "AC" + "0123456789abcdef" * 2
SECRET: Final = "a-token-of-the-account-32-letters"
PATH: Final = f"/2010-04-01/Accounts/{SID}/Tokens.json"
IE1: Final = {"ie1.turn.twilio.com": ["52.215.127.8"], "ie1.stun.twilio.com": ["3.249.63.129"]}

Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """What one request brought."""

    body: str
    headers: Mapping[str, str]
    authorised: bool


@dataclass
class FakeTwilio:
    """The service. `fault`, while it is set, answers instead; `gate`, while it is closed, lets nobody through."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    fault: Fault | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    ttl: str | None = None
    """What it says instead of the lifetime asked for."""
    at_once: int = 0
    most_at_once: int = 0
    hosts: tuple[str, str] = ("global.stun.twilio.com", "global.turn.twilio.com")
    changes: dict[str, Any] = field(default_factory=dict)
    """Fields of a good answer that are to be otherwise."""
    relay: Coturn | None = None
    """A real relay, for which its tokens are then good."""

    def provider(
        self,
        *,
        addresses: Mapping[str, list[str]] | None = None,
        region: Region = Region.IE1,
        lifetime_seconds: float = 600,
        timeout_seconds: float = 5,
        key_sid: str | None = None,
    ) -> TwilioProvider:
        """The real provider, asking here. `addresses` is all that its resolver knows."""
        pin = RegionPin(region, resolver(IE1 if addresses is None else addresses), allow_global=True)
        return TwilioProvider(
            TwilioAccount(SID, SECRET, key_sid),
            pin,
            lifetime_seconds=lifetime_seconds,
            timeout_seconds=timeout_seconds,
            base_url=self.url,
        )

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            login = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
            self.asked.append(Asked(await request.text(), dict(request.headers), login.endswith(f":{SECRET}")))
            await self.gate.wait()
            if self.fault is not None:
                return await self.fault(request)
            return web.json_response(self.token((await request.post()).get("Ttl", "86400")), status=201)
        finally:
            self.at_once -= 1

    def token(self, ttl: object) -> dict[str, Any]:
        """A good answer."""
        username, password = secrets.token_hex(32), base64.b64encode(secrets.token_bytes(32)).decode()
        stun, turn = self.hosts
        if self.relay is not None:
            username = turn_username(turn_tag(secrets.token_bytes), now=time.time(), lifetime_seconds=600)
            password = turn_credential(self.relay.secret, username)
        relays = [f"turn:{turn}:{rest}" for rest in ("3478?transport=udp", "3478?transport=tcp", "443?transport=tcp")]
        if self.relay is not None:
            relays = [self.relay.url(Transport.UDP), self.relay.url(Transport.TCP)]
            stun = f"{self.relay.address}:{self.relay.port}"
        else:
            stun += ":3478"
        ice_servers: list[dict[str, str]] = [{"url": f"stun:{stun}", "urls": f"stun:{stun}"}]
        ice_servers += [{"url": u, "urls": u, "username": username, "credential": password} for u in relays]
        return {
            "username": username,
            "ice_servers": ice_servers,
            "date_updated": "Fri, 01 May 2020 01:42:57 +0000",
            "account_sid": SID,
            "ttl": self.ttl if self.ttl is not None else str(ttl),
            "date_created": "Fri, 01 May 2020 01:42:57 +0000",
            "password": password,
        } | self.changes


def resolver(addresses: Mapping[str, list[str]]) -> Callable[[str], Awaitable[list[str]]]:
    """A resolver that knows these names and no others."""

    async def resolve(host: str) -> list[str]:
        if host not in addresses:
            raise OSError("no such name")
        return addresses[host]

    return resolve


def says(status: int, body: str | bytes = "", **headers: str) -> Fault:
    """A fault: always this answer."""

    async def fault(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return fault


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """A fault: the connection closes without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def breaks_off(request: web.Request) -> web.StreamResponse:
    """A fault: half of an answer, and then nothing."""
    answer = web.StreamResponse(status=201, headers={"Content-Length": "900", "Content-Type": "application/json"})
    await answer.prepare(request)
    await answer.write(b'{"username": "0123')
    assert request.transport is not None
    request.transport.close()
    return answer


@contextlib.asynccontextmanager
async def fake_twilio() -> AsyncIterator[FakeTwilio]:
    """A service that answers, until the block ends."""
    fake = FakeTwilio()
    fake.gate.set()
    application = web.Application()
    application.router.add_post(PATH, fake._answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        fake.gate.set()
        await runner.cleanup()
