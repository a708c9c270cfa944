"""Each signature for each other purpose, before the real verifiers.

A hostile coordinator hands out nonces and gets them back signed. Whatever it makes endpoints sign for one purpose, it
may show for every other, with fields of its own choosing. A verifier takes its own purpose and nothing else.
"""

import dataclasses
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sim.identity import Identity
from client_sim.sealed.device_list import DeviceList, DeviceListError, make_list, verify_list
from client_sim.sealed.statements import KeyStatement, StatementError, make_statement, verify_statement
from signalling.access.entry import HelloCheck, TokenDesk, TokenRequest, verifier_of
from signalling.access.nonces import Nonces
from signalling.access.origins import Origins
from signalling.access.register import Newcomer, RegisterCheck
from signalling.access.requests import Asked, RequestCheck
from signalling.access.tokens import SigningKey, TokenIssuer
from signalling.people.circle import Statement
from signalling.protocol import messages as wire
from signalling.protocol.errors import ProtocolError
from signalling.protocol.proof import Purpose, Ticket, agreement_key_bytes, base64url, from_base64url
from signalling.service.links import Links
from tests.hostile.ledger import Outcome, Proof, attack

ORIGIN = "https://calls.example"
KEYWORD = "seven words that are a keyword"


@dataclass(frozen=True)
class Said:
    """What one endpoint said for one purpose, as it would be shown to that purpose's verifier."""

    said: Any
    signature: str


class World:
    """One endpoint, one coordinator; all that the one signs and the other, or another end, verifies."""

    def __init__(self) -> None:
        self.identity = Identity()
        self.now = time.time()
        self._nonces, origins, key = Nonces(), Origins(ORIGIN), SigningKey.fresh()
        self._issuer = TokenIssuer(key, audience=ORIGIN)
        self._hellos = HelloCheck(verifier_of(key, audience=ORIGIN), origins)
        self._requests = RequestCheck(verifier_of(key, audience=ORIGIN), origins)
        self._newcomers = RegisterCheck(self._nonces, origins)
        self._desk = TokenDesk(self._issuer, self._nonces, origins, self._key)
        self._nonce = base64url(secrets.token_bytes(32))

    async def _key(self, _: str) -> bytes:
        return self.identity.public

    # --------------------------------------------------------------------- what is signed

    def says(self, purpose: Purpose) -> Said:
        """Something true and good for that purpose."""
        match purpose:
            case Purpose.TOKEN_REQUEST:
                nonce = self._nonces.fresh(now=self.now)
                signature = self.identity.sign_token_request(origin=ORIGIN, nonce=nonce)
                return Said(TokenRequest(self.identity.endpoint, nonce, signature), signature)
            case Purpose.HELLO:
                return self._hello()
            case Purpose.AGREEMENT_KEY:
                key = X25519PrivateKey.generate().public_key().public_bytes_raw()
                stated = make_statement(self.identity.key, key, serial=1, not_after=int(self.now) + 60)
                return Said(stated, stated.signature)
            case Purpose.DEVICE_LIST:
                one = make_list(self.identity.key, [self.identity.public], version=1, not_after=int(self.now) + 60)
                return Said(one, one.signature)
            case Purpose.REQUEST:
                return self._request()
            case Purpose.REGISTER:
                nonce = self._nonces.fresh(now=self.now)
                signature = self.identity.sign_registration(
                    origin=ORIGIN, ticket=Ticket.KEYWORD, text=KEYWORD, nonce=nonce
                )
                return Said(Newcomer(self.identity.public_text, nonce, signature), signature)

    def _request(self) -> Said:
        token, jti = self._token()
        unix_ms, nonce = int(self.now * 1000), base64url(secrets.token_bytes(16))
        signature = self.identity.sign_request(
            origin=ORIGIN, method="GET", path="/v1/me", token_id=jti, unix_ms=unix_ms, nonce=nonce, body=b""
        )
        return Said((token, unix_ms, nonce), signature)

    def _hello(self) -> Said:
        token, jti = self._token()
        client_nonce = base64url(secrets.token_bytes(32))
        signature = self.identity.sign_hello(origin=ORIGIN, token_id=jti, nonce=self._nonce, client_nonce=client_nonce)
        return Said(wire.Hello(token, signature, client_nonce, [], []), signature)

    def _token(self) -> tuple[str, str]:
        """A token, and its `jti`."""
        token = self._issuer.issue(self.identity.endpoint, self.identity.public, now=self.now)
        return token, msgspec.json.decode(from_base64url(token.split(".")[1]))["jti"]

    # ------------------------------------------------------------------- who looks at it

    async def token_desk(self, said: TokenRequest, signature: str) -> bool:
        request = msgspec.structs.replace(said, signature=signature)
        return await _taken(lambda: self._desk.grant(request, now=self.now))

    async def door(self, said: wire.Hello, signature: str) -> bool:
        hello = msgspec.structs.replace(said, proof=signature)

        async def check() -> object:
            return self._hellos.identity(hello, nonce=self._nonce, now=self.now)

        return await _taken(check)

    async def other_end(self, said: KeyStatement, signature: str) -> bool:
        async def check() -> object:
            return verify_statement(msgspec.structs.replace(said, signature=signature), self.identity.public)

        return await _taken(check)

    async def coordinators_keys(self, said: KeyStatement, signature: str) -> bool:
        stated = wire.KeyStatement(**{**msgspec.structs.asdict(said), "signature": signature})
        links = Links(Any, _Circle(), Any)  # type: ignore[arg-type]

        async def check() -> object:
            return await links.publish(_Session(self.identity), wire.KeysPublish(stated))  # type: ignore[arg-type]

        return await _taken(check)

    async def relatives_end(self, said: DeviceList, signature: str) -> bool:
        async def check() -> object:
            verify_list(msgspec.structs.replace(said, signature=signature))
            return said

        return await _taken(check)

    async def api(self, said: tuple[str, int, str], signature: str) -> bool:
        token, unix_ms, nonce = said

        async def check() -> object:
            claim = self._requests.claim(f"Bearer {token}", f"t={unix_ms},n={nonce},s={signature}", now=self.now)
            return self._requests.prove(claim, Asked("GET", "/v1/me", b""), now=self.now)  # type: ignore[func-returns-value]

        return await _taken(check)

    async def registration(self, said: Newcomer, signature: str) -> bool:
        async def check() -> object:
            shown = dataclasses.replace(said, signature=signature)
            return self._newcomers.key(shown, ticket=Ticket.KEYWORD, text=KEYWORD, now=self.now)

        return await _taken(check)


class _Circle:
    async def publish(self, endpoint: str, statement: Statement) -> bool:
        return True


class _Session:
    def __init__(self, identity: Identity) -> None:
        self.endpoint = identity.endpoint
        self.who = type("Who", (), {"identity": identity.public})


async def _taken(check: Callable[[], Awaitable[object]]) -> bool:
    try:
        await check()
    except (ProtocolError, StatementError, DeviceListError):
        return False
    return True


VERIFIERS: list[tuple[Purpose, str]] = [
    (Purpose.TOKEN_REQUEST, "token_desk"),
    (Purpose.HELLO, "door"),
    (Purpose.AGREEMENT_KEY, "other_end"),
    (Purpose.AGREEMENT_KEY, "coordinators_keys"),
    (Purpose.DEVICE_LIST, "relatives_end"),
    (Purpose.REQUEST, "api"),
    (Purpose.REGISTER, "registration"),
]


def test_every_purpose_has_its_verifier_in_the_table() -> None:
    assert {purpose for purpose, _ in VERIFIERS} == set(Purpose)


@pytest.mark.parametrize("shown", Purpose)
@pytest.mark.parametrize(("purpose", "verifier"), VERIFIERS, ids=[name for _, name in VERIFIERS])
@attack("shows a signature for another purpose than its own", Outcome.NOTHING, proof=Proof.OWN)
async def test_a_signature_is_taken_for_its_own_purpose_alone(shown: Purpose, purpose: Purpose, verifier: str) -> None:
    world = World()
    true = world.says(purpose)
    signature = true.signature if shown is purpose else world.says(shown).signature
    assert await getattr(world, verifier)(true.said, signature) is (shown is purpose)


@pytest.mark.parametrize("purpose", Purpose)
def test_no_text_that_is_signed_begins_like_another(purpose: Purpose) -> None:
    """However its fields are chosen: the purpose ends with a zero byte, and no purpose holds one."""
    prefix = b"narvaro/v1/" + purpose.encode() + b"\0"
    assert b"\0" not in purpose.encode()
    assert [other for other in Purpose if prefix.startswith(b"narvaro/v1/" + other.encode() + b"\0")] == [purpose]
    assert agreement_key_bytes(endpoint="e", key="k", serial=1, not_after=2).startswith(b"narvaro/v1/agreement-key\0")
