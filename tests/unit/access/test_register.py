"""Nobody can register a key that is somebody else's, nor use one registration for another."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.access.nonces import LIFETIME_SECONDS, Nonces
from signalling.access.origins import Origins
from signalling.access.register import Newcomer, RegisterCheck
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import Ticket, base64url, endpoint_id, register_bytes

NOW = 1_800_000_000.0
ORIGIN = "https://calls.example"
MINE, THEIRS = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


def public(key: Ed25519PrivateKey) -> str:
    return base64url(key.public_key().public_bytes_raw())


def newcomer(
    nonce: str,
    *,
    key: Ed25519PrivateKey = MINE,
    origin: str = ORIGIN,
    ticket: Ticket = Ticket.CODE,
    text: str = "123456",
) -> Newcomer:
    signed = register_bytes(origin=origin, ticket=ticket, text=text, identity=public(key), nonce=nonce)
    return Newcomer(public(key), nonce, base64url(key.sign(signed)))


def check(nonces: Nonces) -> RegisterCheck:
    return RegisterCheck(nonces, Origins(ORIGIN))


def refused(nonces: Nonces, one: Newcomer, *, now: float = NOW) -> bool:
    with pytest.raises(ProtocolError) as refusal:
        check(nonces).key(one, ticket=Ticket.CODE, text="123456", now=now)
    return refusal.value.code is ErrorCode.NOT_AUTHENTICATED


def test_the_key_that_signed_is_the_endpoint_to_be() -> None:
    nonces = Nonces()
    key = check(nonces).key(newcomer(nonces.fresh(now=NOW)), ticket=Ticket.CODE, text="123456", now=NOW)
    assert key.identity_key == MINE.public_key().public_bytes_raw()
    assert key.endpoint == endpoint_id(key.identity_key)


def test_every_other_signature_is_refused() -> None:
    nonces = Nonces()
    nonce = nonces.fresh(now=NOW)
    good = newcomer(nonce)
    assert refused(nonces, replace(good, identity=public(THEIRS)))
    assert refused(nonces, newcomer(nonce, ticket=Ticket.KEYWORD))
    assert refused(nonces, newcomer(nonce, text="123457"))
    assert refused(nonces, newcomer(nonce, origin="https://evil.example"))
    assert refused(nonces, newcomer("n" * 51))
    assert refused(nonces, good, now=NOW + LIFETIME_SECONDS)
    assert refused(nonces, replace(good, identity=base64url(bytes(32)))), "a key of small order"
    assert refused(nonces, replace(good, identity="not a key"))


def test_a_registration_that_was_taken_is_not_taken_again() -> None:
    nonces = Nonces()
    one = newcomer(nonces.fresh(now=NOW))
    check(nonces).key(one, ticket=Ticket.CODE, text="123456", now=NOW)
    check(nonces).key(one, ticket=Ticket.CODE, text="123456", now=NOW)
    check(nonces).done(one, now=NOW)
    assert refused(nonces, one)


def test_a_signature_is_for_one_kind_of_ticket() -> None:
    nonces = Nonces()
    one = newcomer(nonces.fresh(now=NOW), ticket=Ticket.ENROL, text="token")
    with pytest.raises(ProtocolError):
        check(nonces).key(one, ticket=Ticket.KEYWORD, text="token", now=NOW)
    assert check(nonces).key(one, ticket=Ticket.ENROL, text="token", now=NOW).endpoint
