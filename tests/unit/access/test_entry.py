"""How an endpoint comes in: nonce, signed token request, token, signed hello."""

import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.access.entry import HelloCheck, TokenDesk, TokenRequest, verifier_of
from signalling.access.nonces import Nonces
from signalling.access.origins import Origins
from signalling.access.tokens import SigningKey, TokenIssuer
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.messages import Hello
from signalling.protocol.proof import base64url, endpoint_id, hello_bytes, token_request_bytes

NOW = 1_800_000_000.0
ORIGIN = "https://calls.example"
MINE = Ed25519PrivateKey.generate()
RAW = MINE.public_key().public_bytes_raw()
ME = endpoint_id(RAW)
SIGNING = SigningKey.fresh()
VERIFIER = verifier_of(SIGNING, audience=ORIGIN)
NONCE = "n" * 43


async def known(endpoint: str) -> bytes | None:
    return RAW if endpoint == ME else None


def desk(nonces: Nonces, origin: str = ORIGIN) -> TokenDesk:
    return TokenDesk(TokenIssuer(SIGNING, audience=ORIGIN), nonces, Origins(origin), known)


def request(nonce: str, *, key: Ed25519PrivateKey = MINE, endpoint: str = ME, origin: str = ORIGIN) -> TokenRequest:
    signed = token_request_bytes(origin=origin, endpoint=endpoint, nonce=nonce)
    return TokenRequest(endpoint=endpoint, nonce=nonce, signature=base64url(key.sign(signed)))


async def refusal(asked: TokenRequest, nonces: Nonces, now: float = NOW) -> tuple[ErrorCode, str]:
    with pytest.raises(ProtocolError) as refused:
        await desk(nonces).grant(asked, now=now)
    return refused.value.code, refused.value.rule


async def test_a_signed_nonce_gets_a_token_of_ones_own() -> None:
    nonces = Nonces()
    token = await desk(nonces).grant(request(nonces.fresh(now=NOW)), now=NOW)
    assert VERIFIER.verify(token, now=NOW).endpoint == ME


async def test_every_wrong_request_gets_one_and_the_same_answer() -> None:
    nonces = Nonces()
    stranger = Ed25519PrivateKey.generate()
    used = nonces.fresh(now=NOW)
    await desk(nonces).grant(request(used), now=NOW)
    answers = {
        await refusal(asked, nonces, now)
        for asked, now in [
            (request(nonces.fresh(now=NOW), key=stranger), NOW),
            (
                request(
                    nonces.fresh(now=NOW),
                    key=stranger,
                    endpoint=endpoint_id(stranger.public_key().public_bytes_raw()),
                ),
                NOW,
            ),
            (request(nonces.fresh(now=NOW), origin="https://elsewhere.example"), NOW),
            (request(nonces.fresh(now=NOW)), NOW + 61),
            (request(Nonces().fresh(now=NOW)), NOW),
            (request("A" * 51), NOW),
            (request(used), NOW),
        ]
    }
    assert len(answers) == 1
    assert {code for code, _ in answers} == {ErrorCode.NOT_AUTHENTICATED}


async def test_a_wrong_signature_uses_up_no_nonce() -> None:
    nonces = Nonces()
    nonce = nonces.fresh(now=NOW)
    await refusal(request(nonce, key=Ed25519PrivateKey.generate()), nonces)
    assert await desk(nonces).grant(request(nonce), now=NOW)


async def test_on_one_machine_localhost_and_its_addresses_are_one_origin() -> None:
    nonces = Nonces()
    local = desk(nonces, origin="http://localhost:8080")
    for origin in ("http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"):
        assert await local.grant(request(nonces.fresh(now=NOW), origin=origin), now=NOW)
    with pytest.raises(ProtocolError):
        await local.grant(request(nonces.fresh(now=NOW), origin="http://localhost:8081"), now=NOW)


def hello(
    token: str, *, key: Ed25519PrivateKey = MINE, nonce: str = NONCE, origin: str = ORIGIN, jti: str | None = None
) -> Hello:
    client_nonce = base64url(secrets.token_bytes(32))
    identity = VERIFIER.verify(token, now=NOW)
    signed = hello_bytes(
        origin=origin,
        endpoint=identity.endpoint,
        token_id=jti or identity.token_id,
        nonce=nonce,
        client_nonce=client_nonce,
    )
    return Hello(token=token, proof=base64url(key.sign(signed)), client_nonce=client_nonce, features=[], calls=[])


def issued() -> str:
    return TokenIssuer(SIGNING, audience=ORIGIN).issue(ME, RAW, now=NOW)


def test_a_hello_signed_with_the_tokens_key_says_who_is_there() -> None:
    identity = HelloCheck(VERIFIER, Origins(ORIGIN)).identity(hello(issued()), nonce=NONCE, now=NOW)
    assert identity.endpoint == ME


def test_a_stolen_token_alone_is_worth_nothing() -> None:
    check = HelloCheck(VERIFIER, Origins(ORIGIN))
    wrong = [
        hello(issued(), key=Ed25519PrivateKey.generate()),
        hello(issued(), nonce="m" * 43),
        hello(issued(), origin="https://elsewhere.example"),
        hello(issued(), jti="another"),
    ]
    for said in wrong:
        with pytest.raises(ProtocolError) as refused:
            check.identity(said, nonce=NONCE, now=NOW)
        assert refused.value.code is ErrorCode.NOT_AUTHENTICATED
