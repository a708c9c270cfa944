"""What stands inside a box, in clear between the two ends: twelve small JSON objects, told apart by `t`.

Limits are in the types, so a peer that breaks them is refused before anything acts on what it sent. Nothing here
prints its content; an error names the rule, never the value.
"""

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from signalling.protocol import EndReason, Media
from signalling.protocol.fields import Bytes256

SDP_CHARACTERS: Final = 12 * 1024
CANDIDATES_A_GENERATION: Final = 40
CONTENT_BYTES: Final = 16 * 1024
"""RFC 8259 text of one content; a box holds no more."""

Sdp = Annotated[str, Meta(min_length=1, max_length=SDP_CHARACTERS)]
Generation = Annotated[int, Meta(ge=0, le=255, description="rises with each new connection or ICE restart")]


class ContentError(ValueError):
    """A box opened, and what stood in it isn't one of the documented contents."""


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A JSON object between the ends. Fields that it doesn't know are ignored; it never prints its content."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class Content(Part, frozen=True, tag_field="t"):
    """What one box holds; the class's tag is the `t` inside."""


class Ring(Content, frozen=True, tag="ring"):
    """Message 1: the caller asks. It can be replayed by whoever carries it, so nothing rings on its word alone."""

    sent_at: Annotated[int, Meta(ge=0, le=2**53 - 1, description="Unix time in milliseconds")]
    media: Media
    rung: Annotated[int, Meta(ge=1, le=16, description="rings in the invite, away ones included")]
    profile: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")] | None = None


class Join(Content, frozen=True, tag="join"):
    """Message 2: the callee answers the handshake."""


class Here(Content, frozen=True, tag="here"):
    """The caller's first box: it is really there, now. Only after this a device rings."""


class Offer(Content, frozen=True, tag="offer"):
    """RFC 8829 offer, from the caller (and, after it, from either end as perfect negotiation says)."""

    generation: Generation
    sdp: Sdp


class Answer(Content, frozen=True, tag="answer"):
    """RFC 8829 answer to the offer of the same generation."""

    generation: Generation
    sdp: Sdp


class Candidate(Part, frozen=True):
    """W3C `RTCIceCandidateInit`, as browsers print it."""

    candidate: Annotated[str, Meta(max_length=512)]
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = msgspec.field(name="sdpMid", default=None)
    sdp_mline_index: Annotated[int, Meta(ge=0, le=2)] | None = msgspec.field(name="sdpMLineIndex", default=None)


class Candidates(Content, frozen=True, tag="candidates"):
    """What was gathered within 50 ms, in one box."""

    generation: Generation
    candidates: Annotated[list[Candidate], Meta(min_length=1, max_length=CANDIDATES_A_GENERATION)]


class EndOfCandidates(Content, frozen=True, tag="end_of_candidates"):
    """No more of this generation (RFC 8838 §8.2); without it an end can never tell that ICE has failed."""

    generation: Generation


class Accepted(Content, frozen=True, tag="accepted"):
    """The callee takes the call: the caller's media may start."""


class Bye(Content, frozen=True, tag="bye"):
    """The other end stops, and why. It takes effect before the coordinator hears of it."""

    reason: EndReason


class SafetyReason(StrEnum):
    """Why no safety number comes of an attempt. Closed; both ends say it aloud."""

    ORDER = "order"
    COMMITMENT = "commitment"
    ATTEMPTS = "attempts"


class SafetyCommit(Content, frozen=True, tag="safety_commit"):
    """The caller begins a safety number: the hash of a nonce that it can't change any more."""

    commitment: Bytes256


class SafetyNonce(Content, frozen=True, tag="safety_nonce"):
    """The callee's answer to a commitment, then the caller's nonce that was committed to."""

    nonce: Bytes256


class SafetyStop(Content, frozen=True, tag="safety_stop"):
    """No digits come of this attempt; what was shown is taken back."""

    reason: SafetyReason


AnyContent = (
    Ring
    | Join
    | Here
    | Offer
    | Answer
    | Candidates
    | EndOfCandidates
    | Accepted
    | Bye
    | SafetyCommit
    | SafetyNonce
    | SafetyStop
)
TYPES: Final = frozenset(str(one.__struct_config__.tag) for one in AnyContent.__args__)

_decoder: Final[msgspec.json.Decoder[AnyContent]] = msgspec.json.Decoder(AnyContent)
_encoder: Final = msgspec.json.Encoder()


class _Head(msgspec.Struct):
    t: str = ""


_head_decoder: Final = msgspec.json.Decoder(_Head)


def encode(content: Content) -> bytes:
    """A content as the bytes that are sealed. Raises ContentError where it would not fit a box."""
    text = _encoder.encode(content)
    if len(text) > CONTENT_BYTES:
        raise ContentError("one box holds at most 16 KiB")
    return text


def decode(text: bytes) -> AnyContent | None:
    """What a box held, or None for a type of a later version. Raises ContentError for everything else."""
    if len(text) > CONTENT_BYTES:
        raise ContentError("one box holds at most 16 KiB")
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        known = _type_of(text)
    if known and known not in TYPES:
        return None
    raise ContentError("the content of a box breaks the documented shape or its limits")


def _type_of(text: bytes) -> str:
    try:
        return _head_decoder.decode(text).t
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
