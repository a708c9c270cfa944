"""Every message of `narvaro.v1`: flat JSON objects, told apart by `t`, with the limits in the types."""

from typing import Any

from signalling.protocol.call_messages import (
    CallAccept,
    CallCancel,
    CallConnected,
    CallDecline,
    CallEnded,
    CallErased,
    CallHangup,
    CallInvite,
    CallJoin,
    CallJoined,
    CallLost,
    CallPeer,
    CallProgress,
    CallQuality,
    CallResume,
    CallResumed,
    CallRing,
    CallRinging,
    CallSync,
    CallTaken,
    CallWanted,
    ForwardedBox,
    ForwardedResume,
    ForwardedResumed,
    IceRefresh,
    InviteRing,
    Path,
    PhasesMs,
    Profile,
    SealedBox,
)
from signalling.protocol.device_messages import DeviceCommand, DeviceReport, DeviceState
from signalling.protocol.fields import (
    BOX_CHARACTERS,
    FRAME_BYTES,
    NO_BOX,
    IceServer,
    Message,
    Part,
    Request,
    StrictPart,
)
from signalling.protocol.link_messages import (
    CircleChanged,
    DeviceAdmit,
    EndpointKeys,
    ForwardedPairBox,
    KeysGet,
    KeysPublish,
    KeyStatement,
    PairBox,
    PairMet,
    PairOpen,
    PostWaiting,
)
from signalling.protocol.session_messages import (
    Bye,
    Error,
    GoAway,
    Hello,
    KnownCall,
    Limits,
    NamedCall,
    Ok,
    Ping,
    Pong,
    Presence,
    PresenceWatch,
    Ready,
    TokenRefresh,
    Welcome,
)

__all__ = [
    "BOX_CHARACTERS",
    "FRAME_BYTES",
    "NO_BOX",
    "Bye",
    "CallAccept",
    "CallCancel",
    "CallConnected",
    "CallDecline",
    "CallEnded",
    "CallErased",
    "CallHangup",
    "CallInvite",
    "CallJoin",
    "CallJoined",
    "CallLost",
    "CallPeer",
    "CallProgress",
    "CallQuality",
    "CallResume",
    "CallResumed",
    "CallRing",
    "CallRinging",
    "CallSync",
    "CallTaken",
    "CallWanted",
    "CircleChanged",
    "ClientMessage",
    "DeviceAdmit",
    "DeviceCommand",
    "DeviceReport",
    "DeviceState",
    "EndpointKeys",
    "Error",
    "ForwardedBox",
    "ForwardedPairBox",
    "ForwardedResume",
    "ForwardedResumed",
    "GoAway",
    "Hello",
    "IceRefresh",
    "IceServer",
    "InviteRing",
    "KeyStatement",
    "KeysGet",
    "KeysPublish",
    "KnownCall",
    "Limits",
    "Message",
    "NamedCall",
    "Ok",
    "PairBox",
    "PairMet",
    "PairOpen",
    "Part",
    "Path",
    "PhasesMs",
    "Ping",
    "Pong",
    "PostWaiting",
    "Presence",
    "PresenceWatch",
    "Profile",
    "Ready",
    "Request",
    "SealedBox",
    "ServerMessage",
    "StrictPart",
    "TokenRefresh",
    "Welcome",
    "members",
]

ClientMessage = (
    Hello
    | Pong
    | TokenRefresh
    | PresenceWatch
    | Bye
    | CallInvite
    | CallRinging
    | CallJoin
    | SealedBox
    | CallAccept
    | CallDecline
    | CallCancel
    | CallHangup
    | CallResume
    | CallResumed
    | CallConnected
    | CallLost
    | CallQuality
    | CallSync
    | KeysPublish
    | KeysGet
    | PairOpen
    | PairBox
    | DeviceState
    | DeviceReport
    | DeviceAdmit
)
"""What a client may send."""

ServerMessage = (
    Welcome
    | Ready
    | Ping
    | Presence
    | GoAway
    | Ok
    | Error
    | CallRing
    | CallProgress
    | CallWanted
    | CallJoined
    | CallTaken
    | ForwardedBox
    | CallPeer
    | ForwardedResume
    | ForwardedResumed
    | IceRefresh
    | CallEnded
    | CallErased
    | PairMet
    | ForwardedPairBox
    | CircleChanged
    | PostWaiting
    | DeviceCommand
)
"""What a server may send. A client ignores types and fields that it doesn't know."""


def members(union: Any) -> tuple[type[Message], ...]:
    """The classes of one of the two unions above, in the order of the reference."""
    found: tuple[type[Message], ...] = union.__args__
    return found
