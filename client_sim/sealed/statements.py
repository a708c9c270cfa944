"""Key statements: an endpoint's word, under its identity, which agreement key others shall seal to.

The coordinator may hand a statement on, and can neither make one nor bring an old one back: a receiver takes only a
higher serial, and one that has run out stops answering by itself. No key is taken that could stand for everybody.
"""

from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec import Meta

from client_sim.sealed.noise import KEY_BYTES, NoiseError, agreed
from signalling.protocol.fields import Bytes256, Key128, Serial, Signature
from signalling.protocol.proof import Purpose, base64url, endpoint_id, from_base64url, signed_bytes

LIFETIME_SECONDS: Final = 90 * 86_400
"""From the making of a statement to its `not_after`. A new one comes every thirty days."""

SIGNATURE_BYTES: Final = 64

_P: Final = 2**255 - 19
_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER: Final = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
"""The y coordinates of the eight points of small order: under such a key one signature fits every message."""


class StatementError(ValueError):
    """A key or a statement that is not taken; the message names the rule."""


class KeyStatement(msgspec.Struct, frozen=True):
    """{endpoint, agreement key, serial, not_after} and the signature. Fields that it doesn't know are ignored."""

    endpoint: Key128
    key: Bytes256
    serial: Serial
    not_after: Annotated[int, Meta(ge=0, le=2**53 - 1, description="Unix time in seconds")]
    signature: Signature

    def __repr__(self) -> str:
        return "KeyStatement(…)"

    def supersedes(self, serial: int | None) -> bool:
        """Whether it is newer than the highest serial known of its endpoint. None: nothing is known yet."""
        return serial is None or self.serial > serial

    def is_current(self, *, now: float) -> bool:
        """Whether it still counts; `now` in Unix seconds. If not, nothing answers by itself on its word."""
        return now <= self.not_after


def make_statement(identity: Ed25519PrivateKey, key: bytes, *, serial: int, not_after: int) -> KeyStatement:
    """The statement that `key` (raw X25519 public key) is the agreement key of `identity`'s endpoint."""
    endpoint = str(endpoint_id(identity.public_key().public_bytes_raw()))
    text = base64url(key)
    signature = identity.sign(statement_bytes(endpoint, text, serial, not_after))
    return KeyStatement(endpoint, text, serial, not_after, base64url(signature))


def verify_statement(statement: KeyStatement, identity: bytes) -> bytes:
    """The agreement key that `identity` (raw Ed25519 public key) states. Raises StatementError.

    Whether it is newer than what is known, and still current, is the caller's to ask.
    """
    key = agreement_key(bytes_of(statement.key))
    signer = Ed25519PublicKey.from_public_bytes(identity_key(identity))
    if statement.endpoint != endpoint_id(identity):
        raise StatementError("the statement is another endpoint's")
    signed = statement_bytes(statement.endpoint, statement.key, statement.serial, statement.not_after)
    try:
        signer.verify(bytes_of(statement.signature, SIGNATURE_BYTES), signed)
    except InvalidSignature:
        pass
    else:
        return key
    raise StatementError("the signature is not the identity's")


def statement_bytes(endpoint: str, key: str, serial: int, not_after: int) -> bytes:
    """What the signature covers; numbers as decimal text."""
    return signed_bytes(Purpose.AGREEMENT_KEY, endpoint, key, str(serial), str(not_after))


def identity_key(raw: bytes) -> bytes:
    """An Ed25519 public key that may be somebody's. Raises StatementError.

    Refused: small order, and any spelling but RFC 8032's own (y below 2**255 - 19), so that one key has one name.
    """
    if len(raw) != KEY_BYTES:
        raise StatementError("an identity key has 32 bytes")
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise StatementError("an identity key is spelled in one way")
    if y in _SMALL_ORDER:
        raise StatementError("a key of small order is nobody's")
    return raw


def agreement_key(raw: bytes) -> bytes:
    """An X25519 public key that may be somebody's. Raises StatementError.

    Refused: small order, which agrees on zero with everybody, and any spelling but the one below 2**255 - 19.
    """
    if len(raw) != KEY_BYTES:
        raise StatementError("an agreement key has 32 bytes")
    if int.from_bytes(raw, "little") >= _P:
        raise StatementError("an agreement key is spelled in one way")
    try:
        agreed(X25519PrivateKey.generate(), raw)
    except NoiseError:
        pass
    else:
        return raw
    raise StatementError("a key of small order is nobody's")


def bytes_of(text: str, length: int = KEY_BYTES) -> bytes:
    """The bytes of a key's or a signature's text, in the one spelling they have. Raises StatementError."""
    try:
        raw = from_base64url(text)
    except ValueError:
        raw = b""
    if len(raw) != length or base64url(raw) != text:
        raise StatementError("a key and a signature are base64url, spelled in one way")
    return raw
