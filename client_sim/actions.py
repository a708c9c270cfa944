"""What the rules of a call ask their shell to do, in order. Data only; nothing here acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from client_sim.control.words import Said
from client_sim.sealed.contents import Candidate
from client_sim.timeline import Mark, Path
from signalling.protocol import EndReason
from signalling.protocol.messages import IceServer, PhasesMs, Request


class Question(Enum):
    """Which request an answer belongs to."""

    INVITE = auto()
    JOIN = auto()
    ACCEPT = auto()
    SYNC = auto()


@dataclass(frozen=True, slots=True, repr=False)
class Send:
    """Send it if there is a session; whatever still counts is said again after the next `ready`."""

    message: Request


@dataclass(frozen=True, slots=True, repr=False)
class Prove:
    """Send it if there is a session; where nothing comes back the session is dead, and another is made."""

    message: Request


@dataclass(frozen=True, slots=True, repr=False)
class Ask:
    """Send it and hand the answer to `answered`; without a session there is none."""

    question: Question
    message: Request


@dataclass(frozen=True, slots=True, repr=False)
class Farewell:
    """Send it now or after the next `ready`, until the server has answered. The last word of a call."""

    message: Request


@dataclass(frozen=True, slots=True)
class Note:
    """Tell whoever watches."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Sound:
    """Begin to ring for the person or, on a device, to count down."""


@dataclass(frozen=True, slots=True)
class Forget:
    """The call is over and told: drop it."""


@dataclass(frozen=True, slots=True, repr=False)
class MakePeer:
    """A new connection with a fresh certificate, in the place of an earlier one; it makes the offer where told to.

    An earlier one that still carries goes on until this one is connected; not so where `keeps` is False.
    """

    generation: int
    ice_servers: Sequence[IceServer]
    offers: bool
    keeps: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class TakeDescription:
    """The other end's offer (`answers` is False) or answer."""

    generation: int
    sdp: str
    is_answer: bool


@dataclass(frozen=True, slots=True, repr=False)
class TakeCandidates:
    """Candidates of the other end; an empty list is the end of them."""

    generation: int
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class StartMedia:
    """The call is accepted: attach tracks, let what arrives through."""


@dataclass(frozen=True, slots=True, repr=False)
class ClosePeer:
    """Stop media now; say goodbye over the data channel first where a reason is given."""

    reason: EndReason | None = None


PeerAction = MakePeer | TakeDescription | TakeCandidates | StartMedia | ClosePeer
Action = Send | Prove | Ask | Farewell | Note | Sound | Forget | PeerAction


# What a connection tells the rules in return. Each names its generation, so that an old connection can't speak; what
# was found out about the network has none.


@dataclass(frozen=True, slots=True, repr=False)
class Described:
    """This end's offer or answer is made, without candidates."""

    generation: int
    sdp: str
    is_answer: bool


@dataclass(frozen=True, slots=True, repr=False)
class Gathered:
    """This end's candidates, all of them."""

    generation: int
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class IceDone:
    """A pair is nominated."""

    generation: int


@dataclass(frozen=True, slots=True)
class Connected:
    """DTLS is through and the certificate is the sealed one; or packets come again after a silence."""

    generation: int
    path: Path | None = None
    phases: PhasesMs | None = None


@dataclass(frozen=True, slots=True)
class Unverified:
    """The certificate that DTLS saw is not the one whose fingerprint was sealed."""

    generation: int


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing has arrived for a while; the connection may yet come back."""

    generation: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The connection failed or closed and will not come back."""

    generation: int


@dataclass(frozen=True, slots=True)
class HeardBye:
    """Goodbye over the data channel."""

    generation: int
    reason: EndReason


@dataclass(frozen=True, slots=True, repr=False)
class Overheard:
    """A word of the control channel. It is no business of the rules: whoever holds the call passes it on."""

    generation: int
    word: Said


@dataclass(frozen=True, slots=True)
class Speaks:
    """From now on something can be said on the control channel."""

    generation: int


@dataclass(frozen=True, slots=True)
class FirstFrame:
    """The other end's first picture is decoded."""

    generation: int


@dataclass(frozen=True, slots=True)
class NoWay:
    """Every relay that was offered has been tried from here, and none carries: why, in the words of `relay.cause`."""

    cause: str


ConnectionEvent = (
    Described
    | Gathered
    | IceDone
    | Connected
    | Unverified
    | Silent
    | Broken
    | HeardBye
    | Overheard
    | Speaks
    | FirstFrame
)
PeerEvent = ConnectionEvent | NoWay
