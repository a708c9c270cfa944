"""A signed request: a stolen token, a seen request or a changed one is worth nothing."""

import secrets
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.access.entry import verifier_of
from signalling.access.identity import Identity
from signalling.access.origins import Origins
from signalling.access.requests import WINDOW_SECONDS, Asked, RequestCheck
from signalling.access.tokens import SigningKey, TokenIssuer
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import base64url, endpoint_id, request_bytes

NOW = 1_800_000_000.0
ORIGIN = "https://calls.example"
MINE, THEIRS = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
SIGNING = SigningKey.fresh()
ISSUER, VERIFIER = TokenIssuer(SIGNING, audience=ORIGIN), verifier_of(SIGNING, audience=ORIGIN)


def token(key: Ed25519PrivateKey = MINE, now: float = NOW) -> str:
    raw = key.public_key().public_bytes_raw()
    return ISSUER.issue(endpoint_id(raw), raw, now=now)


@dataclass(frozen=True)
class Sent:
    """What is signed, and with what."""

    token: str
    key: Ed25519PrivateKey = MINE
    origin: str = ORIGIN
    method: str = "PATCH"
    path: str = "/v1/me?a=b"
    body: bytes = b'{"name":"Astrid"}'
    at: float = NOW
    nonce: str = "n" * 22

    @property
    def proof(self) -> str:
        signed = request_bytes(
            origin=self.origin,
            method=self.method,
            path=self.path,
            token_id=VERIFIER.verify(self.token, now=NOW).token_id,
            unix_ms=int(self.at * 1000),
            nonce=self.nonce,
            body=self.body,
        )
        return f"t={int(self.at * 1000)},n={self.nonce},s={base64url(self.key.sign(signed))}"


SENT = Sent(token())
ASKED = Asked(SENT.method, SENT.path, SENT.body)


def check(**limits: int) -> RequestCheck:
    return RequestCheck(VERIFIER, Origins(ORIGIN), **limits)


def taken(one: RequestCheck, sent: Sent, asked: Asked = ASKED, *, now: float = NOW, proof: str = "") -> Identity:
    claim = one.claim(f"Bearer {sent.token}", proof or sent.proof, now=now)
    one.prove(claim, asked, now=now)
    return claim.identity


def refused(one: RequestCheck, sent: Sent, asked: Asked = ASKED, *, now: float = NOW, proof: str = "") -> ErrorCode:
    with pytest.raises(ProtocolError) as refusal:
        taken(one, sent, asked, now=now, proof=proof)
    return refusal.value.code


def test_a_signed_request_says_who_asks() -> None:
    assert taken(check(), SENT).identity_key == MINE.public_key().public_bytes_raw()


@pytest.mark.parametrize(
    "asked",
    [
        replace(ASKED, method="DELETE"),
        replace(ASKED, target="/v1/me"),
        replace(ASKED, target="/v1/me?a=c"),
        replace(ASKED, body=b'{"name":"Mallory"}'),
        replace(ASKED, body=b""),
    ],
    ids=["method", "path", "query", "body", "no body"],
)
def test_a_changed_request_is_nobodys(asked: Asked) -> None:
    assert refused(check(), SENT, asked) == ErrorCode.NOT_AUTHENTICATED


@pytest.mark.parametrize(
    "sent",
    [replace(SENT, key=THEIRS), replace(SENT, origin="https://evil.example")],
    ids=["a stolen token", "another coordinator's"],
)
def test_a_token_is_worth_nothing_without_its_key(sent: Sent) -> None:
    assert refused(check(), sent) == ErrorCode.NOT_AUTHENTICATED


def test_a_proof_belongs_to_its_token() -> None:
    other = replace(SENT, token=token())
    assert refused(check(), other, proof=SENT.proof) == ErrorCode.NOT_AUTHENTICATED


def test_a_request_counts_once_for_as_long_as_it_could_count() -> None:
    one = check()
    ahead = replace(SENT, at=NOW + WINDOW_SECONDS)
    taken(one, ahead)
    for later in (0, WINDOW_SECONDS, 2 * WINDOW_SECONDS - 0.001):
        assert refused(one, ahead, now=NOW + later) == ErrorCode.NOT_AUTHENTICATED
    taken(one, replace(SENT, nonce="m" * 22))


@pytest.mark.parametrize("off", [-WINDOW_SECONDS - 1, WINDOW_SECONDS + 1])
def test_a_request_of_another_time_is_refused(off: float) -> None:
    assert refused(check(), replace(SENT, at=NOW + off)) == ErrorCode.NOT_AUTHENTICATED


def test_what_was_seen_is_forgotten_when_it_can_no_longer_count() -> None:
    one = check()
    for number in range(10):
        taken(one, replace(SENT, nonce=f"{number:022}"))
    assert len(one) == 10
    later = NOW + 2 * WINDOW_SECONDS
    taken(one, replace(SENT, at=later), now=later)
    assert len(one) == 1


def test_memory_is_bounded_and_only_those_who_prove_themselves_fill_it() -> None:
    one = check(remembered_at_most=2)
    for _ in range(5):
        refused(one, replace(SENT, key=THEIRS, nonce=base64url(secrets.token_bytes(16))))
    assert len(one) == 0
    for nonce in ("a" * 22, "b" * 22):
        taken(one, replace(SENT, nonce=nonce))
    assert refused(one, replace(SENT, nonce="c" * 22)) == ErrorCode.UNAVAILABLE


def test_an_old_token_says_so() -> None:
    old = token(now=NOW - 3600)
    with pytest.raises(ProtocolError) as refusal:
        check().claim(f"Bearer {old}", SENT.proof, now=NOW)
    assert refusal.value.code == ErrorCode.TOKEN_EXPIRED


@pytest.mark.parametrize(
    ("authorization", "proof"),
    [
        (None, None),
        (None, SENT.proof),
        (f"Bearer {SENT.token}", None),
        (f"bearer {SENT.token}", SENT.proof),
        (f"Basic {SENT.token}", SENT.proof),
        (f"Bearer {SENT.token} ", SENT.proof),
        (f"Bearer {SENT.token}", SENT.proof + ","),
        (f"Bearer {SENT.token}", SENT.proof.replace("t=", "t=0")),
        (f"Bearer {SENT.token}", SENT.proof.replace(",n=", ", n=")),
        (f"Bearer {SENT.token[:-4]}AAAA", SENT.proof),
    ],
)
def test_headers_are_written_one_way(authorization: str | None, proof: str | None) -> None:
    with pytest.raises(ProtocolError) as refusal:
        check().claim(authorization, proof, now=NOW)
    assert refusal.value.code == ErrorCode.NOT_AUTHENTICATED
