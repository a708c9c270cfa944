"""What makes a token hold. Each forgery here was accepted by some library at some time."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signalling.access.entry import verifier_of
from signalling.access.tokens import LIFETIME_SECONDS, SigningKey, TokenIssuer
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import base64url, endpoint_id

NOW = 1_800_000_000.0
ORIGIN = "https://calls.example"
KEY = SigningKey.fresh()
IDENTITY = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
ENDPOINT = endpoint_id(IDENTITY)
VERIFIER = verifier_of(KEY, audience=ORIGIN)


def token(now: float = NOW) -> str:
    return TokenIssuer(KEY, audience=ORIGIN).issue(ENDPOINT, IDENTITY, now=now)


def forged(key: Any = None, headers: dict[str, Any] | None = None, **changes: Any) -> str:
    """The claims of a good token with changes; None leaves a claim out."""
    claims = jwt.decode(token(), options={"verify_signature": False}) | changes
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        key or KEY.private,
        algorithm="EdDSA",
        headers={"kid": KEY.name} if headers is None else headers,
    )


def refusal(text: str, now: float = NOW) -> ErrorCode:
    with pytest.raises(ProtocolError) as refused:
        VERIFIER.verify(text, now=now)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None, "the cause may quote the token"
    return refused.value.code


def test_a_fresh_token_says_whose_it_is() -> None:
    identity = VERIFIER.verify(token(), now=NOW)
    assert identity.endpoint == ENDPOINT
    assert identity.identity_key == IDENTITY
    assert identity.expires_at == NOW + LIFETIME_SECONDS
    assert identity.token_id


def test_no_two_tokens_have_one_id() -> None:
    assert len({VERIFIER.verify(token(), now=NOW).token_id for _ in range(20)}) == 20


def test_a_token_holds_for_fifteen_minutes() -> None:
    text = token()
    assert VERIFIER.verify(text, now=NOW + 15 * 60 - 1).endpoint == ENDPOINT
    assert refusal(text, now=NOW + 15 * 60) is ErrorCode.TOKEN_EXPIRED


def test_a_forged_token_that_is_over_is_not_told_apart_from_other_forgeries() -> None:
    assert refusal(forged(key=SigningKey.fresh().private), now=NOW + 3600) is ErrorCode.NOT_AUTHENTICATED


@pytest.mark.parametrize("claim", ["exp", "iat", "aud", "iss", "sub", "jti", "cnf"])
def test_a_token_without_one_of_its_claims_is_refused(claim: str) -> None:
    assert refusal(forged(**{claim: None})) is ErrorCode.NOT_AUTHENTICATED


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://elsewhere.example"},
        {"iss": "somebody"},
        {"sub": "A" * 22},
        {"iat": int(NOW) + 60},
        {"exp": "soon"},
        {"cnf": {"jwk": {"kty": "OKP", "crv": "Ed448", "x": base64url(IDENTITY)}}},
        {"cnf": {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": base64url(bytes([1]) + bytes(31))}}},
        {"cnf": {"kid": "mine"}},
        {"cnf": [[]]},
    ],
)
def test_a_token_with_another_claim_is_refused(changes: dict[str, Any]) -> None:
    assert refusal(forged(**changes)) is ErrorCode.NOT_AUTHENTICATED


@pytest.mark.parametrize("headers", [{}, {"kid": "other"}, {"kid": KEY.name, "crit": ["exp"]}])
def test_a_token_that_names_no_known_key_is_refused(headers: dict[str, Any]) -> None:
    assert refusal(forged(headers=headers)) is ErrorCode.NOT_AUTHENTICATED


def test_a_token_signed_by_another_key_under_our_name_is_refused() -> None:
    assert refusal(forged(key=SigningKey.fresh().private)) is ErrorCode.NOT_AUTHENTICATED


def test_a_token_keyed_with_our_public_key_as_a_secret_is_refused() -> None:
    """The mix-up of algorithms: HS256 over the public key's raw bytes."""
    claims = jwt.decode(token(), options={"verify_signature": False})
    parts = [
        _part({"alg": "HS256", "typ": "JWT", "kid": KEY.name}),
        _part(claims),
    ]
    signature = hmac.new(KEY.public.public_bytes_raw(), ".".join(parts).encode(), hashlib.sha256).digest()
    assert refusal(".".join([*parts, base64url(signature)])) is ErrorCode.NOT_AUTHENTICATED


def test_an_unsigned_token_is_refused() -> None:
    claims = jwt.decode(token(), options={"verify_signature": False})
    unsigned = f"{_part({'alg': 'none', 'kid': KEY.name})}.{_part(claims)}."
    assert refusal(unsigned) is ErrorCode.NOT_AUTHENTICATED


@pytest.mark.parametrize("text", ["", "a.b.c", "x" * 2048, "." * 40, "eyJ" + "W" * 1000 + ".e30.AA"])
def test_what_is_no_token_is_refused(text: str) -> None:
    assert refusal(text) is ErrorCode.NOT_AUTHENTICATED


def test_a_deeply_nested_token_is_refused() -> None:
    deep = base64url(b"[" * 100_000)
    assert refusal(f"{deep}.{deep}.AA") is ErrorCode.NOT_AUTHENTICATED


def test_a_signing_key_survives_its_file_which_its_owner_alone_can_read(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    KEY.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey.from_pem(path.read_bytes()).name == KEY.name
    with pytest.raises(FileExistsError):
        KEY.write(path)


def test_a_file_with_another_key_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for wrong in (pem, b"", b"nonsense"):
        with pytest.raises(ValueError, match="Ed25519"):
            SigningKey.from_pem(wrong)


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
