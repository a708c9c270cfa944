"""Who an endpoint is: its Ed25519 identity key, from which its id is made, and what a verified token says about it.

A key is admitted before it is used for anything. Small-order keys are refused: for one of them a single signature
holds for every message, and both OpenSSL and Chromium accept it.
"""

from binascii import Error as NotBase64
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signalling.protocol.proof import base64url, endpoint_id, from_base64url
from signalling.vocabulary import EndpointId

_PRIME: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _PRIME) % _PRIME
"""Curve constant of edwards25519 (RFC 8032 §5.1)."""
_ORDER_EIGHT: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_SMALL_ORDER: Final = frozenset({0, 1, _PRIME - 1, _ORDER_EIGHT, _PRIME - _ORDER_EIGHT})
"""The y coordinates of the eight points whose order divides eight; the sign of x doesn't matter."""


class KeyRefusedError(ValueError):
    """The identity key isn't one that the product takes. Says why, never which."""


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """What a verified token says: which endpoint, by which key, and until when."""

    endpoint: EndpointId
    token_id: str
    """The token's `jti`."""
    expires_at: float
    """Unix time, seconds."""
    identity_key: bytes
    """Raw Ed25519 public key, 32 bytes, admitted."""


@dataclass(frozen=True, slots=True, repr=False)
class AdmittedKey:
    """An identity key that may be used, and the endpoint's name that follows from it."""

    endpoint: EndpointId
    identity_key: bytes


def check_identity_key(key: bytes) -> bytes:
    """The key itself, if it is a canonical point of the curve and not of small order. Raises KeyRefusedError.

    RFC 8032 §5.1.3 decodes a point; SECURITY.md tells why OpenSSL's own check is not enough.
    """
    if len(key) != 32:
        raise KeyRefusedError("an identity key is 32 bytes")
    y = int.from_bytes(key, "little") & (2**255 - 1)
    if y >= _PRIME:
        raise KeyRefusedError("an identity key is written canonically")
    if y in _SMALL_ORDER:
        raise KeyRefusedError("an identity key has not a small order")
    # x² is u/v; it has a root if and only if uv is a square (Euler's criterion).
    if pow((y * y - 1) * (_D * y * y + 1), (_PRIME - 1) // 2, _PRIME) != 1:
        raise KeyRefusedError("an identity key is a point of the curve")
    return key


def admit(text: str) -> AdmittedKey:
    """An identity key written in base64url without padding (43 characters). Raises KeyRefusedError."""
    try:
        key = from_base64url(text)
    except (ValueError, NotBase64):
        key = b""
    if base64url(key) != text:
        raise KeyRefusedError("an identity key is 43 characters of base64url")
    return AdmittedKey(endpoint_id(check_identity_key(key)), key)


def signature_holds(identity_key: bytes, signature: str, signed: bytes) -> bool:
    """Whether this admitted key made this signature (86 characters of base64url) over these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(identity_key).verify(from_base64url(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True
