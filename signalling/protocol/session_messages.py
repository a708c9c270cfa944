"""Messages of a session: who is there, whether it lives, and answers to requests."""

from typing import Annotated

from msgspec import Meta

from signalling.protocol.fields import (
    CALLS_NAMED,
    WATCHED,
    Bytes256,
    Feature,
    IceServer,
    Key128,
    Message,
    Milliseconds,
    Part,
    Ref,
    Request,
    Signature,
    StrictPart,
    Token,
)
from signalling.protocol.link_messages import EndpointKeys
from signalling.vocabulary import CallState, EndReason, Phase, PresenceState, Role


class Limits(Part, frozen=True):
    """What the server holds clients to; a client may tune itself by them."""

    frame_bytes: int
    box_characters: int
    hello_seconds: int
    unacknowledged_boxes: int


class Welcome(Message, frozen=True, tag="welcome"):
    """Server, first message of a socket: sign `nonce` in the hello."""

    nonce: Bytes256
    limits: Limits
    protocol: str


class NamedCall(StrictPart, frozen=True):
    """A call that the client believes to be in, told in its hello."""

    call: Key128
    peer: Key128
    role: Role
    phase: Phase


class Hello(Request, frozen=True, tag="hello"):
    """Client, within five seconds: who it is, proof that it holds the key, and the calls it is in."""

    token: Token
    proof: Signature
    client_nonce: Bytes256
    features: Annotated[list[Feature], Meta(max_length=16)]
    calls: Annotated[list[NamedCall], Meta(max_length=CALLS_NAMED)]


class KnownCall(Part, frozen=True):
    """A call that has a record and in which this endpoint takes part."""

    call: str
    state: CallState
    role: Role
    peer: str | None = None


class Ready(Message, frozen=True, tag="ready"):
    """Server, in answer to the hello: the session is live."""

    session: str
    epoch: int
    heartbeat_seconds: int
    calls: list[KnownCall]
    blocked: bool = False
    """A device: it takes no calls until somebody unblocks it."""


class Ping(Message, frozen=True, tag="ping"):
    """Server, every `heartbeat_seconds`; answer with `pong`."""


class Pong(Request, frozen=True, tag="pong"):
    """Client, in answer to `ping`."""


class TokenRefresh(Request, frozen=True, tag="token.refresh"):
    """Client: the next token on a live socket."""

    token: Token
    id: Ref | None = None


class PresenceWatch(Request, frozen=True, tag="presence.watch"):
    """Client: tell me of these endpoints from now on. Replaces the earlier list. Unknown ones seem disconnected."""

    endpoints: Annotated[list[Key128], Meta(max_length=WATCHED)]
    id: Ref | None = None


class Presence(Message, frozen=True, tag="presence"):
    """Server: an endpoint's state, and since when (Unix time in whole seconds; absent: not known)."""

    endpoint: str
    state: PresenceState
    since: int | None = None


class GoAway(Message, frozen=True, tag="goaway"):
    """Server: it stops soon. Reconnect after this time; calls go on."""

    reconnect_after_ms: Milliseconds


class Bye(Request, frozen=True, tag="bye"):
    """Client, before a clean close: it is turned off, not lost."""

    reason: EndReason | None = None


class Ok(Message, frozen=True, tag="ok"):
    """Server: the request named by `ref` was done. The other fields belong to the requests that say so."""

    ref: str
    remaining_ms: Milliseconds | None = None
    ice_servers: list[IceServer] | None = None
    away: list[str] | None = None
    reason: EndReason | None = None
    state: CallState | None = None
    receipt: str | None = None
    keys: list[EndpointKeys] | None = None


class Error(Message, frozen=True, tag="error"):
    """Server: refused, with a stable code. `winner` goes with `glare`."""

    code: str
    ref: str | None = None
    retry_after_ms: Milliseconds | None = None
    winner: str | None = None
