"""The bodies of the HTTP API, with their limits. What a client sends is strict: a field too many is refused.

What is allowed here is only a matter of form; who may is decided elsewhere. No body prints its content.
"""

from typing import Annotated, Literal

from msgspec import Meta

from signalling.protocol.fields import Bytes256, Key128, Part, Serial, Signature, StrictPart
from signalling.vocabulary import PartyKind

PICTURE_BYTES = 512 * 1024
POST_BYTES = 4_404_019
"""4.2 MiB: the head of a post and its sealed box together."""
POST_HEAD_BYTES = 128 * 1024
READERS = 256

Phone = Annotated[str, Meta(pattern=r"^\+[1-9][0-9]{6,14}$", description="E.164: a plus and 7 to 15 digits")]
OneTimeCode = Annotated[str, Meta(pattern=r"^[0-9]{6}$", description="six digits, as the SMS says")]
Nonce = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,128}$", description="from POST /v1/nonce")]
Typed = Annotated[str, Meta(min_length=4, max_length=64, description="as somebody typed it: case and hyphens are free")]
Secret = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{8,256}$", description="printed once by the operator's command")]
Name = Annotated[str, Meta(min_length=1, max_length=60, description="printable, without outer blanks")]
PictureHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the picture, hexadecimal")]
UnixSeconds = Annotated[int, Meta(ge=0, le=2**41, description="Unix time, seconds")]
Wrap = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,512}$", description="sealed for one reader, base64url")]
Day = Annotated[int, Meta(ge=0, description="days since 1970-01-01")]

MemberRole = Literal["admin", "user", "restricted"]
Side = Literal["family", "staff"]
DeviceStatus = Literal["provisioned", "active", "suspended", "blocked", "returned"]
RequestKind = Literal["access", "rectification", "erasure", "restriction", "objection"]
Outcome = Literal["granted", "refused"]
Refusal = Literal["kept", "not_identified", "nothing_there", "others_rights", "excessive"]
ReadRecord = Literal[
    "profile", "customer", "devices", "usage", "av1_log", "holds", "request", "support_thread", "list_entry", "export",
    "unblocking", "staff_reads",
]  # fmt: skip
ReadPurpose = Literal[
    "support", "proactive_support", "invoicing", "security", "delivery", "mailing", "subject_request", "legal"
]
Minute = Annotated[int, Meta(ge=0, description="minutes since 1970-01-01")]
Email = Annotated[str, Meta(pattern=r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}$", description="an e-mail address")]
Words = Annotated[str, Meta(pattern=r"^[^\x00]+$", max_length=2000, description="in one's own words")]
PostPurpose = Literal["picture", "message", "missed-call", "device-list", "vouching", "wifi"]


# ---------------------------------------------------------------- coming in


class CodeRequest(StrictPart, frozen=True):
    """Asks for a one-time code by SMS."""

    phone: Phone


class CodeSent(Part, frozen=True):
    """The same for every number, whether a code was sent there or not."""

    expires_in: int
    """Seconds."""


class Registration(StrictPart, frozen=True):
    """A person's app comes in: with a new profile, or as one more of a profile that has this number."""

    phone: Phone
    code: OneTimeCode
    identity: Bytes256
    nonce: Nonce
    signature: Signature
    name: Name | None = None
    invitation: Typed | None = None


class Enrolment(StrictPart, frozen=True):
    """A device comes in, with the token that it was provisioned with."""

    token: Secret
    identity: Bytes256
    nonce: Nonce
    signature: Signature


class KeywordUse(StrictPart, frozen=True):
    """A student's app comes in. It tells nothing of anybody."""

    keyword: Typed
    identity: Bytes256
    nonce: Nonce
    signature: Signature


class CameIn(Part, frozen=True):
    """Who the endpoint is from now on."""

    party: Key128
    endpoint: Key128
    device: Key128 | None = None
    """The AV1 that the keyword was for."""
    komp: Key128 | None = None
    """The Komp of the invitation that came along, if it held."""


# ---------------------------------------------------------------- oneself


class OwnProfile(Part, frozen=True):
    """All that is known of a person."""

    name: str
    phone: Phone
    picture: PictureHash | None = None


class Me(Part, frozen=True):
    """Who asks."""

    party: Key128
    kind: PartyKind
    endpoints: list[Key128]
    """Those of the same party that aren't revoked."""
    profile: OwnProfile | None = None
    """A person's; a device and a student's app have none."""


class NameChange(StrictPart, frozen=True):
    """Another name from now on."""

    name: Name


class PictureKept(Part, frozen=True):
    """How others ask for the picture."""

    picture: PictureHash


# ---------------------------------------------------------------- others


class KeyStatement(Part, frozen=True):
    """An endpoint's agreement key, signed by its identity key. A reader checks it; the coordinator only hands it on.

    The endpoint that the signature covers too is the one beside which it stands.
    """

    key: Bytes256
    serial: Serial
    not_after: UnixSeconds
    signature: Signature


class ContactEndpoint(Part, frozen=True):
    """A phone, a browser or a device of a contact."""

    endpoint: Key128
    identity: Bytes256
    statement: KeyStatement | None = None


class Contact(Part, frozen=True):
    """A person or device that one is linked with."""

    party: Key128
    kind: PartyKind
    endpoints: list[ContactEndpoint]
    name: str | None = None
    picture: PictureHash | None = None
    role: MemberRole | None = None
    """Of a Komp: what the asker is there. Of a member, where a Komp asks: what they are."""
    side: Side | None = None
    status: DeviceStatus | None = None
    """Of a device."""


class Contacts(Part, frozen=True):
    """Everybody that one is linked with now."""

    contacts: list[Contact]


# ---------------------------------------------------------------- Komps


class InvitationRequest(StrictPart, frozen=True):
    """Asks for an invitation. With a number, the code goes there by SMS and is not given back."""

    role: MemberRole
    side: Side
    video_only: bool = False
    phone: Phone | None = None


class InvitationMade(Part, frozen=True):
    """An invitation: single use, seven days."""

    invitation: Key128
    """Names it, to withdraw it; opens nothing."""
    expires_at: UnixSeconds
    code: str | None = None
    """To hand on. Not given back when it went by SMS."""


class OpenInvitation(Part, frozen=True):
    """An invitation that waits to be used. Whom it went to is not told."""

    invitation: Key128
    role: MemberRole
    side: Side
    video_only: bool
    expires_at: UnixSeconds


class OpenInvitations(Part, frozen=True):
    """Those of the sides that the asker may invite to."""

    invitations: list[OpenInvitation]


class InvitationUse(StrictPart, frozen=True):
    """Becomes a member."""

    code: Typed


class Joined(Part, frozen=True):
    """The Komp that one is a member of now."""

    komp: Key128


class Member(Part, frozen=True):
    """A member of a Komp."""

    party: Key128
    name: str
    role: MemberRole
    side: Side
    video_only: bool
    picture: PictureHash | None = None


class Members(Part, frozen=True):
    """The members of one's own side of a Komp."""

    members: list[Member]


class MemberChange(StrictPart, frozen=True):
    """What shall be otherwise; what is left out stays."""

    role: MemberRole | None = None
    video_only: bool | None = None


# ---------------------------------------------------------------- posts


class PostReader(StrictPart, frozen=True):
    """One endpoint that a post is for."""

    endpoint: Key128
    key: Serial
    wrap: Wrap


class PostHead(StrictPart, frozen=True):
    """What stands before a post's box: behind its own length in four bytes, big endian."""

    post: Key128
    purpose: PostPurpose
    author_key: Serial
    readers: Annotated[list[PostReader], Meta(min_length=1, max_length=READERS)]


class PostKept(Part, frozen=True):
    """A post that waits for its readers."""

    post: Key128


class WaitingPost(Part, frozen=True):
    """A post that waits for the asking endpoint."""

    post: Key128
    purpose: PostPurpose
    author: Key128
    author_key: Serial
    key: Serial
    """Serial of the reader's own agreement key."""
    wrap: Wrap
    bytes: int
    """Of the sealed box."""
    day: Day
    """Of its coming."""


class WaitingPosts(Part, frozen=True):
    """All of them, oldest first."""

    posts: list[WaitingPost]


# ---------------------------------------------------------------- one's own data


class RequestMade(StrictPart, frozen=True):
    """Asks for access, rectification, erasure or restriction, or objects (GDPR articles 15 to 18 and 21)."""

    kind: RequestKind
    text: Words | None = None


class OwnRequest(Part, frozen=True):
    """A request of one's own. `outcome` is there once it is decided; a refusal has a reason and an answer in words."""

    request: Key128
    kind: RequestKind
    received_day: Day
    due_day: Day
    text: Words | None = None
    outcome: Outcome | None = None
    reason: Refusal | None = None
    answer: Words | None = None
    decided_day: Day | None = None


class OwnRequests(Part, frozen=True):
    """Those that are kept: until 30 days after their answer was fetched."""

    requests: list[OwnRequest]


class OwnRead(Part, frozen=True):
    """That staff read something of one's own: what, what for, and when. Not who: that is about somebody else."""

    record: ReadRecord
    purpose: ReadPurpose
    minute: Minute


class OwnReads(Part, frozen=True):
    """Those of a year, oldest first."""

    reads: list[OwnRead]


class MyDataRequest(StrictPart, frozen=True):
    """The same by an e-mail address alone."""

    email: Email
    kind: RequestKind
    text: Words | None = None


class RequestTaken(Part, frozen=True):
    """The same for every address, whether it is known or not."""

    due_day: Day
