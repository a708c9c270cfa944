"""What a verified administrator tells a Komp about somebody new, in a sealed post that the coordinator cannot open.

Either the secret of a link that was sent from their own phone, so that the Komp may wait at its rendezvous; or the
newcomer's keys themselves, which the administrator has proven. A secret is a key: none of this is ever printed.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from client_sim.sealed.links import Name
from client_sim.sealed.pairing import Introduction
from signalling.protocol.fields import Key128

VOUCHING_BYTES: Final = 8 * 1024


class VouchingError(ValueError):
    """The post opened, and what stood in it is no vouching."""


class _Part(msgspec.Struct, frozen=True, tag_field="t"):
    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class Expect(_Part, frozen=True, tag="expect"):
    """Somebody will come with this secret, until that time: wait at its rendezvous whenever you are online."""

    secret: Key128
    name: Name
    """Whom it was sent to, in the administrator's words."""
    until: Annotated[int, Meta(ge=0, le=2**53 - 1, description="Unix time in seconds")]


class Vouch(_Part, frozen=True, tag="vouch"):
    """These are the keys of that party: I have proven them myself."""

    party: Key128
    name: Name
    keys: Introduction


Vouching = Expect | Vouch
_decoder: Final[msgspec.json.Decoder[Vouching]] = msgspec.json.Decoder(Vouching)


def encode(said: Vouching) -> bytes:
    """As it is sealed."""
    return msgspec.json.encode(said)


def decode(text: bytes) -> Vouching:
    """What a post held. Raises VouchingError."""
    if len(text) <= VOUCHING_BYTES:
        try:
            return _decoder.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
    raise VouchingError("a vouching says whom to expect, or whose keys these are")
