"""The call as it happened at one end: typed marks with their times, for terminals, reports and tests.

A mark says what and when. It must never carry an address, a name, a description or a candidate.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from signalling.protocol import CallId, EndReason, Role


class Step(StrEnum):
    """What happened, in the order of an ordinary call."""

    INVITED = "invited"
    """Caller: the invite went out."""
    RUNG = "rung"
    """Callee: a ring came. Nothing sounds yet."""
    ADMITTED = "admitted"
    """Caller: the coordinator took the invite."""
    JOINED = "joined"
    """The handshake is through at this end."""
    RINGING = "ringing"
    """It rings; a device that answers by itself says when."""
    GATHERED = "gathered"
    """This end's candidates are known."""
    ICE = "ice"
    """A pair of candidates works in both directions."""
    DTLS = "dtls"
    """Keys are agreed and the other end's certificate is the one in its description: connected."""
    ACCEPTED = "accepted"
    """The call is taken; media start."""
    FIRST_FRAME = "first_frame"
    """The first picture of the other end is decoded."""
    LOST = "lost"
    """Nothing arrives any more; the call waits."""
    RETURNED = "returned"
    """Media arrive again."""
    RESUMED = "resumed"
    """The other end lost its keys and came back with a new handshake."""
    PEER_GONE = "peer_gone"
    """The other end's socket went. The call goes on."""
    PEER_BACK = "peer_back"
    DISCONNECTED = "disconnected"
    """This end's socket went. The call goes on."""
    RECONNECTED = "reconnected"
    ENDED = "ended"
    ERASED = "erased"
    """The coordinator says that the call's record is gone."""


@dataclass(frozen=True, slots=True, repr=False)
class Path:
    """How media go: RFC 8445 candidate types at both ends, and the transport to the relay."""

    local: str
    remote: str
    relay: str | None = None

    def __str__(self) -> str:
        return f"{self.local} ↔ {self.remote}" + (f" over {self.relay}" if self.relay else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One step at one end of one call."""

    call: CallId
    role: Role
    step: Step
    at: float
    """Seconds of this end's monotonic clock."""
    answers_in_ms: int | None = None
    """With RINGING."""
    reason: EndReason | None = None
    """With ENDED; none where another endpoint took the call."""
    by_us: bool = False
    """With ENDED: this end stopped first."""
    refused: str | None = None
    """With ENDED: the coordinator's error code, where it refused the call."""
    cause: str | None = None
    """With ENDED by `ice_failed`: why no relay carried, where this end has found that out."""
    path: Path | None = None
    """With DTLS and RETURNED."""
    receipt: bool = False
    """With ERASED: a receipt came with it."""


@dataclass(slots=True)
class Timeline:
    """The marks of one call at one end, in order."""

    marks: list[Mark] = field(default_factory=list)

    def add(self, mark: Mark) -> None:
        """Note a mark."""
        self.marks.append(mark)

    def first(self, step: Step) -> Mark | None:
        """The first mark of that step."""
        return next((mark for mark in self.marks if mark.step is step), None)

    def between_ms(self, start: Step, end: Step) -> float | None:
        """Milliseconds from the first of one step to the first of another, or None where either is missing."""
        begun, done = self.first(start), self.first(end)
        return (done.at - begun.at) * 1000 if begun and done else None

    def has(self, step: Step) -> bool:
        """Whether that step was reached."""
        return self.first(step) is not None
