"""Access tokens: JWTs of fifteen minutes, signed with Ed25519, bound to the endpoint's own key (RFC 7519, RFC 7800).

A token alone opens nothing: the hello proves the key that it names. Only `EdDSA`, only keys of a fixed map, only key
objects: raw key bytes beside other algorithms once let a forged HS256 token through.
"""

import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from msgspec import Meta

from signalling.access.identity import Identity, KeyRefusedError, admit
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import base64url
from signalling.vocabulary import EndpointId

ISSUER: Final = "narvaro"
LIFETIME_SECONDS: Final = 15 * 60
_ALGORITHM: Final = "EdDSA"
_CLAIMS: Final = ["exp", "iat", "aud", "iss", "sub", "jti"]
_CLOCK_SKEW_SECONDS: Final = 5


class _Jwk(msgspec.Struct, frozen=True):
    kty: Annotated[str, Meta(pattern="^OKP$")]
    crv: Annotated[str, Meta(pattern="^Ed25519$")]
    x: Annotated[str, Meta(max_length=64)]


class _Confirmation(msgspec.Struct, frozen=True):
    jwk: _Jwk


class _Claims(msgspec.Struct, frozen=True):
    sub: str
    jti: Annotated[str, Meta(min_length=1, max_length=64)]
    iat: int
    exp: int
    cnf: _Confirmation


class SigningKey:
    """The coordinator's own key, and the name (`kid`) under which verifiers know it."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.private: Final = private
        self.public: Final = private.public_key()
        raw = self.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.name: Final = base64url(hashlib.sha256(raw).digest()[:8])

    @classmethod
    def fresh(cls) -> "SigningKey":
        """A new key that lives as long as the process: its tokens die with it."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> "SigningKey":
        """The key of an unencrypted PKCS #8 file. Raises ValueError."""
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("a signing key is an unencrypted Ed25519 private key in PEM")  # noqa: TRY004 - of a file
        return cls(private)

    def pem(self) -> bytes:
        """The key as an unencrypted PKCS #8 file."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def write(self, path: Path) -> None:
        """Save it in a new file that its owner alone can read. Raises FileExistsError."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.pem())


class TokenIssuer:
    """Gives out tokens in the coordinator's name."""

    def __init__(self, key: SigningKey, *, audience: str) -> None:
        self._key = key
        self._audience = audience

    def issue(self, endpoint: EndpointId, identity_key: bytes, *, now: float) -> str:
        """A token for an endpoint that has just proved to hold this key."""
        claims = {
            "iss": ISSUER,
            "aud": self._audience,
            "sub": str(endpoint),
            "iat": int(now),
            "exp": int(now) + LIFETIME_SECONDS,
            "jti": secrets.token_urlsafe(16),
            "cnf": {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": base64url(identity_key)}},
        }
        return jwt.encode(claims, self._key.private, algorithm=_ALGORITHM, headers={"kid": self._key.name})


class TokenVerifier:
    """Says whom a token speaks for. Holds public keys alone."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey], *, audience: str) -> None:
        self._keys = dict(keys)
        self._audience = audience

    def verify(self, token: str, *, now: float) -> Identity:
        """Whom it speaks for. Raises ProtocolError `token_expired`, or `not_authenticated` for anything else."""
        claims = self._claims(token)
        identity = _identity(claims) if claims is not None else None
        if claims is None or identity is None or claims.iat > now + _CLOCK_SKEW_SECONDS:
            raise ProtocolError(ErrorCode.NOT_AUTHENTICATED)
        if claims.exp <= now:
            raise ProtocolError(ErrorCode.TOKEN_EXPIRED)
        return identity

    def _claims(self, token: str) -> _Claims | None:
        try:
            name = jwt.get_unverified_header(token).get("kid")
            key = self._keys.get(name) if isinstance(name, str) else None
            if key is None:
                return None
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self._audience,
                issuer=ISSUER,
                # Time is checked by `verify`, by the clock that the rest of the program goes by.
                options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            return msgspec.convert(claims, _Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError, RecursionError):
            return None


def _identity(claims: _Claims) -> Identity | None:
    try:
        key = admit(claims.cnf.jwk.x)
    except KeyRefusedError:
        return None
    if key.endpoint != claims.sub:
        return None
    return Identity(key.endpoint, claims.jti, float(claims.exp), key.identity_key)
