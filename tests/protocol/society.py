"""A real coordinator over a real store, with people, Komps and robots who come in over HTTP as strangers would.

Requests are signed here by hand, byte for byte as docs/reference/api.md says, not by a client of ours.
"""

import hashlib
import io
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.app import Coordinator
from signalling.observe.log import Log
from signalling.people.circle import Endpoint
from signalling.protocol.proof import Purpose, base64url, endpoint_id, signed_bytes, token_request_bytes
from signalling.settings import Settings
from signalling.sms.port import SmsError, Text
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.database import MEMORY
from signalling.store.envelope import Master
from signalling.store.master import MemoryMaster
from signalling.store.store import Store, open_store
from signalling.vocabulary import EndpointId, PartyId, PartyKind
from tests.clock import ManualClock
from tests.protocol.house import House, Somebody

SAME: Any = object()


class Mailman:
    """`signalling.sms.port.Sms` by hand: keeps what it was given."""

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.fails = False

    async def send(self, text: Text) -> None:
        if self.fails:
            raise SmsError("the carrier refused")
        self.texts.append(text)

    async def close(self) -> None:
        """Nothing to close."""


async def at_once() -> None:
    """No pause before a text: these tests time nothing."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    raw: bytes
    content_type: str
    headers: Any

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw else None

    @property
    def code(self) -> str:
        return str(self.body["code"])


@dataclass(eq=False)
class App:
    """An endpoint: a phone, a Komp, a robot or a student's app."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    party: str = ""
    phone: str = ""
    token: str = ""
    token_at: float = 0.0

    @property
    def raw_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def identity(self) -> str:
        return base64url(self.raw_key)

    @property
    def endpoint(self) -> EndpointId:
        return endpoint_id(self.raw_key)

    def signs(self, signed: bytes) -> str:
        return base64url(self.key.sign(signed))

    def somebody(self, kind: str) -> Somebody:
        """The same endpoint, as one who speaks on a socket."""
        return Somebody("", kind, self.party, self.key)


class Society:
    """Who lives there, and how they ask."""

    def __init__(self, coordinator: Coordinator, store: Store, log: io.StringIO, clock: ManualClock) -> None:
        self.coordinator = coordinator
        self.store = store
        self.log = log
        self.clock = clock
        self.mailman = Mailman()
        self.master: Master
        self.http: aiohttp.ClientSession
        self._phones = 0

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.coordinator.port}"

    async def send(self, method: str, path: str, **options: Any) -> Answer:
        """A request without a proof."""
        address = f"http://127.0.0.1:{self.coordinator.port}{path}"
        async with self.http.request(method, address, **options) as response:
            return Answer(response.status, await response.read(), response.content_type, response.headers.copy())

    async def post(self, path: str, body: Any) -> Answer:
        return await self.send("POST", path, json=body)

    # ---------------------------------------------------------------- signed requests

    async def ask(
        self, who: App, method: str, path: str, body: Any = None, *, data: bytes = b"", content_type: str = ""
    ) -> Answer:
        """A request as the reference says."""
        sent = json.dumps(body).encode() if body is not None else data
        headers = await self.proof(who, method, path, sent)
        if sent:
            headers["Content-Type"] = content_type or "application/json"
        return await self.send(method, path, data=io.BytesIO(sent) if sent else None, headers=headers)

    async def ask_as_long_as_it_is_taken(self, who: App, method: str, path: str, data: bytes) -> Answer:
        """As `ask`; 401 once the endpoint has been cut off."""
        if not who.token and (refused := await self.ask_token(who)).status != 200:
            return refused
        return await self.ask(who, method, path, data=data, content_type="image/png")

    async def proof(self, who: App, method: str, path: str, sent: bytes, **changes: Any) -> dict[str, str]:
        """The two headers. `changes` are parts that shall be wrong."""
        token = changes.get("token") or await self.token(who)
        at = str(int(changes.get("at", self.clock.now()) * 1000))
        nonce = changes.get("nonce") or base64url(secrets.token_bytes(16))
        signed = signed_bytes(
            Purpose.REQUEST,
            changes.get("origin", self.origin),
            method,
            path,
            jwt.decode(token, options={"verify_signature": False})["jti"],
            at,
            nonce,
            hashlib.sha256(sent).hexdigest(),
        )
        return {"Authorization": f"Bearer {token}", "Narvaro-Proof": f"t={at},n={nonce},s={who.signs(signed)}"}

    async def token(self, who: App) -> str:
        """The kept token, or the next one. Raises AssertionError where none is given."""
        if not who.token or self.clock.now() - who.token_at > 600:
            answer = await self.ask_token(who)
            assert answer.status == 200, answer.raw
            who.token, who.token_at = answer.body["token"], self.clock.now()
        return who.token

    async def ask_token(self, who: App) -> Answer:
        nonce = await self.nonce()
        signature = who.signs(token_request_bytes(origin=self.origin, endpoint=who.endpoint, nonce=nonce))
        return await self.post("/v1/token", {"endpoint": who.endpoint, "nonce": nonce, "signature": signature})

    # ---------------------------------------------------------------- coming in

    async def nonce(self) -> str:
        return str((await self.send("POST", "/v1/nonce")).body["nonce"])

    async def ticket(self, who: App, what: str, text: str, *, signed_as: str = "", **body: Any) -> dict[str, Any]:
        """The body of a registration of that kind."""
        nonce = await self.nonce()
        digest = hashlib.sha256(text.encode()).hexdigest()
        signed = signed_bytes(Purpose.REGISTER, self.origin, signed_as or what, digest, who.identity, nonce)
        named = {"code": "code", "keyword": "keyword", "enrol": "token"}[what]
        return {named: text, "identity": who.identity, "nonce": nonce, "signature": who.signs(signed), **body}

    def fresh_phone(self) -> str:
        """A mobile number that nobody has."""
        self._phones += 1
        return f"+47406{self._phones:05}"

    async def code_for(self, phone: str) -> str:
        """A code by SMS. Raises IndexError when none came."""
        before = len(self.mailman.texts)
        assert (await self.post("/v1/register/code", {"phone": phone})).status == 200
        await self.texts_sent()
        text = self.mailman.texts[before:][0]
        assert text.number == phone
        return text.body

    async def texts_sent(self) -> None:
        """Wait until every text that was asked for has gone."""
        await self.coordinator._outbox.idle()

    async def person(self, name: str = "Astrid", *, phone: str = "", **body: Any) -> App:
        """A new person, or one more phone of the person with that number."""
        who = App(phone=phone or self.fresh_phone())
        code = await self.code_for(who.phone)
        came = await self.post("/v1/register", await self.ticket(who, "code", code, phone=who.phone, name=name, **body))
        assert came.status == 200, came.raw
        who.party = came.body["party"]
        return who

    async def device(self, kind: PartyKind = PartyKind.KOMP, name: str = "Grandmother's Komp") -> App:
        """A device of a customer of its own, enrolled."""
        now = self.clock.now()
        customer = await self.store.customers.add(CustomerData(CustomerKind.PRIVATE, "Somebody"), now=now)
        added = await self.store.devices.add(kind, customer, name, now=now)
        assert added is not None
        who = App(party=added[0])
        came = await self.post("/v1/enrol", await self.ticket(who, "enrol", added[1]))
        assert came.body == {"party": who.party, "endpoint": who.endpoint}
        return who

    async def student(self, av1: App) -> App:
        """A student's app, linked by a keyword."""
        keyword = await self.store.keywords.create(av1.party, now=self.clock.now())
        assert keyword is not None
        who = App()
        came = await self.post("/v1/keyword", await self.ticket(who, "keyword", keyword))
        assert came.status == 200, came.raw
        who.party = came.body["party"]
        return who

    async def family(self, *names: str) -> tuple[App, ...]:
        """A Komp, its administrator, and members of those names, all family."""
        komp, admin = await self.device(), await self.person("Admin")
        await self.knob_turned(komp, admin)
        members = [await self.person(name, invitation=await self.invitation(admin, komp)) for name in names]
        return (komp, admin, *members)

    async def knob_turned(self, komp: App, newcomer: App) -> None:
        """The Komp admits somebody after a pairing: what it says on its socket, done by hand."""
        await self.knob_turned_for(komp, newcomer.endpoint)

    async def knob_turned_for(self, komp: App, endpoint: str) -> None:
        """The same, where only the newcomer's endpoint is known."""
        device = Endpoint(komp.endpoint, komp.raw_key, PartyId(komp.party), PartyKind.KOMP)
        assert await self.store.memberships.admit(device, endpoint, now=self.clock.now())

    async def leave_post(self, author: App, head: Mapping[str, Any], box: bytes) -> Answer:
        """A post as octets."""
        text = json.dumps(head).encode()
        data = len(text).to_bytes(4, "big") + text + box
        return await self.ask(author, "POST", "/v1/posts", data=data, content_type="application/octet-stream")

    def house(self) -> House:
        """The same coordinator, for those who speak on sockets."""
        house = House(self.coordinator, self.log, self.clock)
        house.http = self.http
        return house

    async def invitation(self, admin: App, komp: App, **changes: Any) -> str:
        """The code of a new invitation."""
        asked = {"role": "user", "side": "family", **changes}
        answer = await self.ask(admin, "POST", f"/v1/komps/{komp.party}/invitations", asked)
        assert answer.status == 200, answer.raw
        return str(answer.body["code"])


@asynccontextmanager
async def living(
    *, database: str = MEMORY, master: Master | None = None, clock: ManualClock | None = None, **settings: Any
) -> AsyncIterator[Society]:
    """A society until the end, in memory or in the database of that URL, under that master key or a new one."""
    chosen = Settings(**{"port": 0, "metrics_port": 0, "drain_seconds": 5, "newcomers_per_minute": 1000, **settings})
    log, clock = io.StringIO(), clock or ManualClock()
    master = master or MemoryMaster()
    async with open_store(database, master, upgrade=True) as store:
        mailman = Mailman()
        coordinator = Coordinator(chosen, log=Log(clock, stream=log), clock=clock, store=store, sms=mailman)
        coordinator._outbox._pause = at_once
        society = Society(coordinator, store, log, clock)
        society.mailman, society.master = mailman, master
        await coordinator.start()
        try:
            async with aiohttp.ClientSession() as society.http:
                yield society
        finally:
            await coordinator.stop()
        for text in mailman.texts:
            assert text.number[1:] not in log.getvalue(), "no number is ever logged"
