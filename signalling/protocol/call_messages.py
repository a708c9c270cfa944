"""Messages of a call, from the invite to the erasure."""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from signalling.protocol.fields import (
    NO_BOX,
    RINGS,
    Box,
    Handshake,
    IceServer,
    Key128,
    Lifetime,
    Message,
    Milliseconds,
    Part,
    Percent,
    Ref,
    Request,
    Sequence,
    Serial,
    StrictPart,
)
from signalling.vocabulary import EndReason, Media


class InviteRing(StrictPart, frozen=True):
    """One rung endpoint: the serial of its agreement key that the box is for, and the box."""

    endpoint: Key128
    key: Serial
    box: Box


class CallInvite(Request, frozen=True, tag="call.invite"):
    """Caller: ring `to`, a person or a device, at these endpoints. Repeated with the same bytes it does no harm."""

    call: Key128
    to: Key128
    from_key: Serial
    rings: Annotated[list[InviteRing], Meta(min_length=1, max_length=RINGS)]
    media: Media
    lifetime_ms: Lifetime
    id: Ref | None = None


class Profile(Part, frozen=True):
    """Who calls, for the screen: the name, and the SHA-256 of the picture (lowercase hex)."""

    name: str
    picture: str | None = None


class CallRing(Message, frozen=True, tag="call.ring", kw_only=True):
    """Server to a rung endpoint: `from` is the authenticated caller's endpoint."""

    call: str
    from_: str = msgspec.field(name="from")
    from_key: Serial
    key: Serial
    box: str
    media: Media
    remaining_ms: Milliseconds
    profile: Profile | None = None
    ice_servers: list[IceServer]


class CallRinging(Request, frozen=True, tag="call.ringing"):
    """Callee: it rings; a device that answers by itself says in how many milliseconds."""

    call: Key128
    answers_in_ms: Milliseconds | None = None
    id: Ref | None = None


class CallProgress(Message, frozen=True, tag="call.progress"):
    """Server to the caller: what a rung endpoint does (`ringing`, `declined`)."""

    call: str
    endpoint: str
    state: str
    answers_in_ms: Milliseconds | None = None


class CallWanted(Message, frozen=True, tag="call.wanted"):
    """Server to the caller: that endpoint came back while it rings; repeat the invite."""

    call: str
    endpoint: str


class CallJoin(Request, frozen=True, tag="call.join"):
    """Callee: the handshake's answer. Repeated with the same bytes until the caller's first box opens."""

    call: Key128
    box: Box
    id: Ref | None = None


class CallJoined(Message, frozen=True, tag="call.joined"):
    """Server to the caller: who joined, and the handshake's answer."""

    call: str
    endpoint: str
    box: str


class CallTaken(Message, frozen=True, tag="call.taken"):
    """Server to the other rung endpoints: stop ringing."""

    call: str


class SealedBox(Request, frozen=True, tag="box"):
    """Both ends, forwarded to the other: `seq` and `box` together, or neither for an acknowledgement alone.

    `box` is copied as it came: `Raw` keeps the server from ever making a text of it.
    """

    call: Key128
    handshake: Handshake
    ack: Sequence
    seq: Sequence | None = None
    box: Raw = NO_BOX


class ForwardedBox(SealedBox, frozen=True, forbid_unknown_fields=False, tag="box"):
    """A `box` as the other end gets it."""


class CallPeer(Message, frozen=True, tag="call.peer"):
    """Server to an end: the other end's socket came, or went. The call goes on in both cases."""

    call: str
    present: bool


class CallAccept(Request, frozen=True, tag="call.accept"):
    """Callee: accepted (the ends tell each other inside a box)."""

    call: Key128
    id: Ref | None = None


class CallDecline(Request, frozen=True, tag="call.decline"):
    """Callee: not taken here, or `everywhere`."""

    call: Key128
    reason: EndReason = EndReason.DECLINED
    everywhere: bool = False
    id: Ref | None = None


class CallCancel(Request, frozen=True, tag="call.cancel"):
    """Caller: never mind. After the accept it is a hang-up with reason `cancelled`."""

    call: Key128
    id: Ref | None = None


class CallHangup(Request, frozen=True, tag="call.hangup"):
    """Either end, from the join on."""

    call: Key128
    reason: EndReason = EndReason.HANGUP
    id: Ref | None = None


class CallResume(Request, frozen=True, tag="call.resume"):
    """An end that lost its keys (a page reload): a new handshake, forwarded to the other end."""

    call: Key128
    handshake: Annotated[int, Meta(ge=1, le=2**16 - 1)]
    from_key: Serial
    key: Serial
    box: Box
    id: Ref | None = None


class CallResumed(Request, frozen=True, tag="call.resumed"):
    """The other end's answer to `call.resume`, forwarded to the resumer."""

    call: Key128
    handshake: Annotated[int, Meta(ge=1, le=2**16 - 1)]
    box: Box
    id: Ref | None = None


class ForwardedResume(CallResume, frozen=True, forbid_unknown_fields=False, tag="call.resume"):
    """A `call.resume` as the other end gets it."""


class ForwardedResumed(CallResumed, frozen=True, forbid_unknown_fields=False, tag="call.resumed"):
    """A `call.resumed` as the resumer gets it."""


class Path(StrictPart, frozen=True):
    """How the media go, by candidate type (RFC 8445) and relay transport; no address."""

    local: Annotated[str, Meta(pattern=r"^(host|srflx|prflx|relay)$")]
    remote: Annotated[str, Meta(pattern=r"^(host|srflx|prflx|relay)$")]
    relay: Annotated[str, Meta(pattern=r"^(udp|tcp|tls)$")] | None = None


class PhasesMs(StrictPart, frozen=True):
    """Durations of the set-up at this end, in milliseconds."""

    gathered: Milliseconds | None = None
    ice: Milliseconds | None = None
    dtls: Milliseconds | None = None
    first_frame: Milliseconds | None = None


class CallConnected(Request, frozen=True, tag="call.connected"):
    """Both ends: ICE and DTLS are through. In AV1 calls `path` and `phases_ms` come from the robot only."""

    call: Key128
    path: Path | None = None
    phases_ms: PhasesMs | None = None
    id: Ref | None = None


class CallLost(Request, frozen=True, tag="call.lost"):
    """Both ends: the media path is gone; it tries to come back."""

    call: Key128
    id: Ref | None = None


class CallQuality(Request, frozen=True, tag="call.quality"):
    """An end's figures (in AV1 calls the robot's only). A closed list, and nobody's name."""

    call: Key128
    round_trip_ms: Milliseconds | None = None
    jitter_ms: Milliseconds | None = None
    packets_lost_percent: Percent | None = None
    received_kbps: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    sent_kbps: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    frames_per_second: Annotated[float, Meta(ge=0, le=240)] | None = None
    freezes: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    id: Ref | None = None


class IceRefresh(Message, frozen=True, tag="ice.refresh"):
    """Server: fresh ICE servers for a call that this endpoint is in."""

    call: str
    ice_servers: list[IceServer]


class CallEnded(Message, frozen=True, tag="call.ended"):
    """Server: stop at once. `winner` goes with `glare`."""

    call: str
    reason: EndReason
    winner: str | None = None


class CallErased(Message, frozen=True, tag="call.erased"):
    """Server: the record of the call is gone."""

    call: str
    receipt: str | None = None


class CallSync(Request, frozen=True, tag="call.sync"):
    """Either end: how does this call stand? `ok{state}` while it lives, `ok{reason}` after it."""

    call: Key128
    id: Ref | None = None
