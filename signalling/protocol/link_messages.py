"""Messages of links between endpoints: whose keys they hold, how two of them meet to pair, and news of their circle.

The server hands statements on as they were signed and carries pairing boxes; it can neither make nor open either.
"""

from typing import Annotated

from msgspec import Meta

from signalling.protocol.fields import (
    WATCHED,
    Box,
    Bytes256,
    Key128,
    Message,
    Part,
    Ref,
    Request,
    Serial,
    Signature,
    StrictPart,
)


class KeyStatement(StrictPart, frozen=True):
    """An endpoint's word, under its identity, which agreement key (X25519) others shall seal to, and until when."""

    endpoint: Key128
    key: Bytes256
    serial: Serial
    not_after: Annotated[int, Meta(ge=0, le=2**53 - 1, description="Unix time in seconds")]
    signature: Signature


class EndpointKeys(Part, frozen=True):
    """What the server holds of an endpoint: whose it is, its identity key, and the newest statement it published."""

    endpoint: str
    party: str
    identity: str
    statement: KeyStatement | None = None


class KeysPublish(Request, frozen=True, tag="keys.publish"):
    """Client: its own statement. A higher serial takes the older one's place; the same again does no harm."""

    statement: KeyStatement
    id: Ref | None = None


class KeysGet(Request, frozen=True, tag="keys.get"):
    """Client: the keys of these endpoints. `ok{keys}` leaves out what it may not see; ask with an `id`."""

    endpoints: Annotated[list[Key128], Meta(min_length=1, max_length=WATCHED)]
    id: Ref | None = None


class PairOpen(Request, frozen=True, tag="pair.open"):
    """Client: wait at this rendezvous for the other end, five minutes. Two fit in; a third is refused (`taken`)."""

    name: Key128
    id: Ref | None = None


class PairMet(Message, frozen=True, tag="pair.met"):
    """Server to both: the other end is at the rendezvous."""

    name: str


class PairBox(Request, frozen=True, tag="pair.box"):
    """Client: a pairing box for the other end of the rendezvous, forwarded."""

    name: Key128
    box: Box
    id: Ref | None = None


class ForwardedPairBox(PairBox, frozen=True, forbid_unknown_fields=False, tag="pair.box"):
    """As the other end gets it."""


class DeviceAdmit(Request, frozen=True, tag="device.admit"):
    """A Komp, after a pairing and a turn of its knob: that endpoint's person belongs to its circle from now on."""

    endpoint: Key128
    id: Ref | None = None


class CircleChanged(Message, frozen=True, tag="circle.changed"):
    """Server: who this endpoint may see or ring is no longer the same; fetch it anew."""


class PostWaiting(Message, frozen=True, tag="post.waiting"):
    """Server: a post waits for this endpoint. Fetch it, then say that it was taken."""

    post: str
    purpose: str
    author: str
