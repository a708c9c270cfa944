"""Twilio's Messages resource, written by hand: takes texts, tells how they fare, deletes them.

Source: Twilio API 2010-04-01, `/Accounts/{Sid}/Messages`.
"""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from signalling.sms.twilio import TwilioAccount

ACCOUNT = TwilioAccount("AC" + "0" * 32, "SK" + "1" * 32, "secret-words", "+4759440000")


class Carrier:
    """What Twilio knows."""

    def __init__(self) -> None:
        self.address = ""
        self.taken: list[dict[str, str]] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.refusals: list[tuple[int, int]] = []
        """The next answers: HTTP status and Twilio's code."""
        self.hangs = False
        self.status = "queued"

    async def create(self, request: web.Request) -> web.Response:
        self._check(request)
        form = dict(await request.post())
        if self.hangs:
            await asyncio.sleep(3600)
        if self.refusals:
            status, code = self.refusals.pop(0)
            said = {"code": code, "message": f"The 'To' number {form['To']!s} is not valid", "status": status}
            return web.json_response(said, status=status)
        self.taken.append({name: str(value) for name, value in form.items()})
        identifier = f"SM{len(self.taken):032}"
        self.messages[identifier] = {"sid": identifier, "to": form["To"], "body": form["Body"]}
        return web.json_response(self._shown(identifier), status=201)

    async def fetch(self, request: web.Request) -> web.Response:
        self._check(request)
        identifier = request.match_info["message"]
        if identifier not in self.messages:
            return web.json_response({"code": 20404, "message": "not found", "status": 404}, status=404)
        return web.json_response(self._shown(identifier))

    async def delete(self, request: web.Request) -> web.Response:
        self._check(request)
        del self.messages[request.match_info["message"]]
        return web.Response(status=204)

    def _shown(self, identifier: str) -> dict[str, Any]:
        return {**self.messages[identifier], "status": self.status, "account_sid": ACCOUNT.account}

    def _check(self, request: web.Request) -> None:
        kind, _, credentials = request.headers["Authorization"].partition(" ")
        assert kind == "Basic"
        assert b64decode(credentials).decode() == f"{ACCOUNT.key}:{ACCOUNT.secret}"


@asynccontextmanager
async def carrying() -> AsyncIterator[Carrier]:
    """Twilio on a free port of loopback."""
    carrier = Carrier()
    messages = f"/2010-04-01/Accounts/{ACCOUNT.account}/Messages"
    app = web.Application()
    app.router.add_post(f"{messages}.json", carrier.create)
    app.router.add_get(f"{messages}/{{message}}.json", carrier.fetch)
    app.router.add_delete(f"{messages}/{{message}}.json", carrier.delete)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    carrier.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield carrier
    finally:
        await runner.cleanup()
