"""The agreement keys of this endpoint: the current one and the one before, each under its serial.

A new key comes every thirty days; the one before is kept thirty more, for whoever has not heard yet, and is then
forgotten, so that what was sealed to it stays shut. The JSON of a ring holds private keys: it is written for its owner
alone (0600), and must never reach a server or a log.
"""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec import Meta

from client_sim.sealed.statements import LIFETIME_SECONDS, KeyStatement, make_statement
from signalling.protocol.fields import Bytes256, Serial
from signalling.protocol.proof import base64url, from_base64url

ROTATION_SECONDS: Final = 30 * 86_400
"""From one agreement key to the next; and how long the one before is kept beside it."""

FIRST_SERIAL: Final = 1


class AgreementKey(msgspec.Struct, frozen=True):
    """One agreement key. It never prints."""

    serial: Serial
    private: Bytes256
    """The 32 bytes of the X25519 private key, base64url."""
    made_at: Annotated[int, Meta(ge=0, le=2**53 - 1, description="Unix time in seconds")]

    def __repr__(self) -> str:
        return "AgreementKey(…)"

    @property
    def key(self) -> X25519PrivateKey:
        """What seals and opens."""
        return X25519PrivateKey.from_private_bytes(from_base64url(self.private))

    @property
    def public(self) -> bytes:
        """The raw public key."""
        return self.key.public_key().public_bytes_raw()


class KeyRing(msgspec.Struct, frozen=True):
    """The keys of one endpoint. `new_ring` makes the first, `rotate` each next. It never prints."""

    current: AgreementKey
    previous: AgreementKey | None = None

    def __repr__(self) -> str:
        return "KeyRing(…)"


def new_ring(*, now: float, generate: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate) -> KeyRing:
    """The first key of a new endpoint. `now` in Unix seconds; `generate` is for tests."""
    return KeyRing(_key(FIRST_SERIAL, now, generate))


def rotate(
    ring: KeyRing, *, now: float, generate: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate
) -> KeyRing:
    """The ring as it must be at `now`, to be kept before its statement is published: the same object if nothing is due.

    A clock that went back makes no key and forgets none.
    """
    if now < ring.current.made_at + ROTATION_SECONDS:
        return ring
    return KeyRing(_key(ring.current.serial + 1, now, generate), ring.current)


def key_of(ring: KeyRing, serial: int, *, now: float) -> X25519PrivateKey | None:
    """The private key with that serial, or None: unknown, forgotten, or past its time. A call to it is `stale_key`."""
    if serial == ring.current.serial:
        return ring.current.key
    previous = ring.previous
    if previous is None or serial != previous.serial or now > ring.current.made_at + ROTATION_SECONDS:
        return None
    return previous.key


def state_key(ring: KeyRing, identity: Ed25519PrivateKey) -> KeyStatement:
    """The statement of the current key, good for ninety days from the key's making."""
    current = ring.current
    return make_statement(identity, current.public, serial=current.serial, not_after=current.made_at + LIFETIME_SECONDS)


def _key(serial: int, now: float, generate: Callable[[], X25519PrivateKey]) -> AgreementKey:
    return AgreementKey(serial, base64url(generate().private_bytes_raw()), int(now))
