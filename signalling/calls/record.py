"""The one small record of a live call: all that is shared about it, frozen. It prints nothing of itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from signalling.vocabulary import CallId, CallState, EndpointId, EndReason, Media, PartyId, Role


class Standing(StrEnum):
    """What became of the ring at one endpoint."""

    AWAY = "away"
    RUNG = "rung"
    RINGING = "ringing"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, repr=False)
class Ring:
    """One rung endpoint, and the hash of what was sent to it: the same bytes may be sent again, others may not."""

    endpoint: EndpointId
    digest: bytes
    standing: Standing


@dataclass(frozen=True, slots=True, repr=False)
class CallRecord:
    """A call while it lives. Times are Unix seconds as a float; `deadline` is when `state` is over by itself."""

    call: CallId
    caller: EndpointId
    caller_party: PartyId
    callee_party: PartyId
    media: Media
    rings: tuple[Ring, ...]
    state: CallState
    deadline: float
    rings_until: float
    callee: EndpointId | None = None
    """The endpoint that joined."""
    join_digest: bytes | None = None
    accepted: bool = False
    connected: frozenset[Role] = frozenset()
    handshake: int = 0
    resumer: Role | None = None
    resume_digest: bytes | None = None
    reason: EndReason | None = None
    winner: CallId | None = None
    expired: bool = False
    """Ended only because no session of either end was seen: such a call may be made again."""

    def ring_at(self, endpoint: str) -> Ring | None:
        """The ring of that endpoint, if it was rung."""
        return next((ring for ring in self.rings if ring.endpoint == endpoint), None)

    def role_of(self, endpoint: str) -> Role | None:
        """Which end of the call that endpoint is; none for a rung one that hasn't joined."""
        if endpoint == self.caller:
            return Role.CALLER
        return Role.CALLEE if endpoint == self.callee else None

    def peer_of(self, endpoint: str) -> EndpointId | None:
        """The other end, once both are known."""
        role = self.role_of(endpoint)
        if role is None:
            return None
        return self.callee if role is Role.CALLER else self.caller

    def audience(self) -> Iterator[EndpointId]:
        """Who hears of this call: its caller, and who joined, or, before that, who was rung and hasn't declined."""
        yield self.caller
        if self.callee is not None:
            yield self.callee
        else:
            yield from (ring.endpoint for ring in self.rings if ring.standing is not Standing.DECLINED)
