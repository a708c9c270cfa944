"""What messages are made of: the limits of each field, the bases, and parts that several messages share.

A message never prints its content. Boxes are text that the server copies and cannot read.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw

FRAME_BYTES = 32 * 1024
BOX_CHARACTERS = 24 * 1024
RINGS = 16
WATCHED = 64
CALLS_NAMED = 4
NO_BOX = Raw()

Key128 = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]{22}$", title="id", description="128 bits, base64url without padding")
]
Bytes256 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$", description="32 bytes, base64url without padding")]
Signature = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{86}$", description="Ed25519, base64url without padding")]
Token = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{20,2048}$", description="a JWT in compact form")]
Ref = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}$", description="chosen by the client, given back as `ref`")]
Box = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{1,24576}$",
        title="box",
        description="sealed bytes, base64url without padding; the server can't open it",
    ),
]
Feature = Annotated[str, Meta(pattern=r"^[a-z0-9_.]{1,32}$")]
Serial = Annotated[int, Meta(ge=0, le=2**31 - 1, title="key serial", description="serial number of an agreement key")]
Sequence = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Handshake = Annotated[
    int, Meta(ge=0, le=2**16 - 1, title="handshake", description="0 for the ring; each resume takes a higher one")
]
Milliseconds = Annotated[int, Meta(ge=0, le=86_400_000)]
Lifetime = Annotated[int, Meta(ge=1_000, le=60_000, description="milliseconds that it may ring")]
Percent = Annotated[float, Meta(ge=0, le=100)]


class Part(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A JSON object that the server sends. Clients ignore fields that they don't know; it never prints its content."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class StrictPart(Part, frozen=True, forbid_unknown_fields=True):
    """A JSON object that a client sends, inside a message: a field too many is refused."""


class Message(Part, frozen=True, tag_field="t"):
    """A message that the server sends; the class's tag is the `t` on the wire."""


class Request(Message, frozen=True, forbid_unknown_fields=True):
    """A message that a client sends: a field too many is refused. With an `id` it is answered by `ok` or `error`."""


class IceServer(Part, frozen=True):
    """W3C `RTCIceServer`, as the server hands it to one endpoint for one call."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None
