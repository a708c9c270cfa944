"""Pairing: two ends that share a one-time secret exchange their identities and key statements.

`Noise_NNpsk0_25519_AESGCM_SHA256`. Whoever reads the secret (from a QR, a private link) writes message 1, whoever
showed it answers. The coordinator carries the boxes between two ends that come to the same rendezvous; without the
secret it can neither read nor make one. A secret serves once, and never travels through the coordinator or its pages.
"""

import secrets
from collections.abc import Callable
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from client_sim.sealed.call_seal import box_bytes
from client_sim.sealed.noise import HandshakeState, NoiseError, Pattern, begin_handshake, length_prefixed
from client_sim.sealed.padding import PaddingError, pad, unpad
from client_sim.sealed.seal import BoxError
from client_sim.sealed.statements import KeyStatement, StatementError, bytes_of, verify_statement
from signalling.protocol import PROTOCOL
from signalling.protocol.fields import Bytes256
from signalling.protocol.proof import base64url

SECRET_BYTES: Final = 16


class PairingError(ValueError):
    """No pairing comes of this box; the message names the rule. Nothing was changed."""


class SomebodyElseError(PairingError):
    """Somebody who knows the secret answered, under another identity than the expected one."""


class Introduction(msgspec.Struct, frozen=True):
    """What each end says of itself: its identity key, and its statement of an agreement key."""

    identity: Bytes256
    statement: KeyStatement

    def __repr__(self) -> str:
        return "Introduction(…)"


class Pairing:
    """One attempt with one secret. `reads` is true at the end that read the secret, false at the end that showed it.

    With `expected`, an identity key that came together with the secret (the QR on a Komp's screen), nobody else's
    introduction is taken. What `read_…` gives was verified. `generate` and `random` are for tests.
    """

    def __init__(
        self,
        secret: bytes,
        *,
        reads: bool,
        expected: bytes | None = None,
        generate: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._expected = expected
        self._random = random
        self.name = rendezvous_name(secret)
        """What both ends tell the coordinator to be brought together: it says nothing of the secret."""
        self._handshake: HandshakeState = begin_handshake(
            Pattern.NNPSK0,
            initiator=reads,
            prologue=length_prefixed(PROTOCOL, "pairing", self.name),
            psk=_derived(secret, b"psk", 32),
            generate=generate,
        )

    def write_first(self, own: Introduction) -> str:
        """The end that read the secret: message 1, a box's text."""
        return self._write(own)

    def read_first(self, box: str) -> Introduction:
        """The end that showed the secret: who the other end is. Raises PairingError."""
        return self._read(box)

    def write_second(self, own: Introduction) -> str:
        """The end that showed the secret: message 2. The secret is spent."""
        return self._write(own)

    def read_second(self, box: str) -> Introduction:
        """The end that read the secret: who the other end is. Raises PairingError."""
        return self._read(box)

    def _write(self, own: Introduction) -> str:
        padded = pad(msgspec.json.encode(own), random=self._random)
        try:
            self._handshake, message = self._handshake.write_message(padded)
        except NoiseError:
            pass
        else:
            return base64url(message)
        raise PairingError("the other end's key is no key")

    def _read(self, box: str) -> Introduction:
        try:
            handshake, padded = self._handshake.read_message(box_bytes(box))
            content = unpad(padded)
        except (BoxError, NoiseError, PaddingError):
            pass
        else:
            introduction = _verified(content, self._expected)
            self._handshake = handshake
            return introduction
        raise PairingError("the box doesn't open: another secret, or a damaged box")


def rendezvous_name(secret: bytes) -> str:
    """HKDF(secret, "name"), 128 bits, base64url: where the two ends meet."""
    return base64url(_derived(secret, b"name", 16))


def _derived(secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256 and no salt: the secret is uniformly random already."""
    if len(secret) != SECRET_BYTES:
        raise PairingError("a pairing secret has 16 bytes")
    return HKDF(SHA256(), length, salt=None, info=info).derive(secret)


def verify_introduction(introduction: Introduction) -> bytes:
    """The identity key (raw) of an introduction that holds together. Raises StatementError."""
    identity = bytes_of(introduction.identity)
    verify_statement(introduction.statement, identity)
    return identity


def _verified(content: bytes, expected: bytes | None) -> Introduction:
    try:
        introduction = msgspec.json.decode(content, type=Introduction)
        identity = verify_introduction(introduction)
    except (msgspec.MsgspecError, StatementError, UnicodeDecodeError, RecursionError):
        pass
    else:
        if expected is not None and identity != expected:
            raise SomebodyElseError("somebody else than the one expected answered")
        return introduction
    raise PairingError("an introduction is an identity key and its statement")
