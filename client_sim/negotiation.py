"""Offers, answers, candidates and what becomes of the connection they make: W3C perfect negotiation, seen from one end.

Sans-I/O: contents and connection events in, actions out. The caller offers, the callee is polite. Every description
and candidate carries its `generation`; what belongs to an older connection is dropped. A lost connection is replaced
by the caller with a new one under the next generation, because aiortc knows no ICE restart.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from client_sim.actions import (
    Action,
    Broken,
    ClosePeer,
    Connected,
    Described,
    FirstFrame,
    Gathered,
    HeardBye,
    IceDone,
    MakePeer,
    NoWay,
    Overheard,
    PeerEvent,
    Silent,
    Speaks,
    StartMedia,
    TakeCandidates,
    TakeDescription,
    Unverified,
)
from client_sim.descriptions import DescriptionError, Section, read_description
from client_sim.sealed.contents import (
    CANDIDATES_A_GENERATION,
    Answer,
    Candidates,
    Content,
    EndOfCandidates,
    Offer,
)
from client_sim.timeline import Path, Step
from signalling.protocol import EndReason, Role
from signalling.protocol.messages import IceServer, PhasesMs

REPAIR_AFTER_SECONDS: Final = 2.0
REPAIR_EVERY_SECONDS: Final = 8.0
LOST_SECONDS: Final = 30.0
"""How long a call waits for media that are gone."""
CONNECT_SECONDS: Final = 20.0
"""From the accept to a connection."""
HOPE_SECONDS: Final = 6.0
"""The same where no relay carries, or none was offered: a direct path is there by then, or never."""

Description = Offer | Answer | Candidates | EndOfCandidates


class Teller(Protocol):
    """Where a negotiation puts what it has to say; the call behind it adds the call's id and the time."""

    def say(self, content: Content, now: float) -> None:
        """In a box, to the other end."""

    def do(self, action: Action) -> None:
        """To this end's shell."""

    def note(self, step: Step, now: float, *, path: Path | None = None) -> None:
        """On the timeline."""

    def tell_connected(self, path: Path | None, phases: PhasesMs | None) -> None:
        """To the coordinator."""

    def tell_lost(self) -> None:
        """To the coordinator."""


class Negotiation:
    """One end's connection through the life of a call."""

    def __init__(
        self,
        role: Role,
        teller: Teller,
        ice_servers: Sequence[IceServer],
        refuses: Callable[[Sequence[Section]], EndReason | None] = lambda _: None,
    ) -> None:
        self._role = role
        self._teller = teller
        self.ice_servers = ice_servers
        self._refuses = refuses
        self.generation = -1
        self._offering = False
        self._candidates_taken = 0
        self._accepted_at: float | None = None
        self._repair_at: float | None = None
        self._connected_once = False
        self._found = False
        """The present connection has a pair of candidates that works; DTLS is under way on it."""
        self._told_all_at: float | None = None
        self._heard_all_at: float | None = None
        """When this end, and the other, had no more candidates to tell of the present connection."""
        self._path: Path | None = None
        self._phases: PhasesMs | None = None
        self.connected = False
        self.lost_since: float | None = None
        self.no_way: str | None = None
        """Why no relay carries from here, once that is known."""
        self._is_another = False
        """The other end is a new one: what there was with the old one is nothing to it."""

    def offer(self) -> None:
        """Make the next connection and offer it."""
        self._next_connection(self.generation + 1, offers=True)

    def accept(self, *, now: float) -> None:
        """The call is accepted: media may start, in this connection and in those that follow it."""
        if self._accepted_at is None:
            self._accepted_at = now
            self._teller.do(StartMedia())

    def take(self, content: Description, *, now: float) -> EndReason | None:
        """What the other end described. A reason comes back where the call must end over it."""
        if isinstance(content, Offer):
            return self._take_offer(content)
        if content.generation != self.generation:
            return None
        match content:
            case Answer():
                return self._take_answer(content)
            case Candidates():
                self._take_candidates(content)
            case EndOfCandidates():
                self._heard_all_at = now
                self._teller.do(TakeCandidates(self.generation, ()))
        return None

    def event(self, event: PeerEvent, *, now: float) -> EndReason | None:
        """What the connection says of itself. A reason comes back where it can't ever work.

        `HeardBye` and `FirstFrame` are the call's own, `Overheard` and `Speaks` are nobody's here.
        """
        if isinstance(event, NoWay):
            self.no_way = event.cause
            return None
        if event.generation != self.generation:
            return None
        match event:
            case Described():
                kind = Answer if event.is_answer else Offer
                self._teller.say(kind(generation=self.generation, sdp=event.sdp), now)
            case Gathered(candidates=()) | Gathered(candidates=[]):
                # In an accepted call that had a path it is looked for anew until its time is over.
                had_one = self._connected_once and self._accepted_at is not None
                return None if had_one else EndReason.ICE_FAILED
            case Gathered():
                self._say_candidates(event, now)
            case IceDone():
                self._found = True
                self._teller.note(Step.ICE, now)
            case Connected():
                self._now_connected(event, now)
            case Unverified():
                return EndReason.PEER_NOT_VERIFIED
            case Silent() | Broken():
                self._now_lost(now)
            case HeardBye() | Overheard() | Speaks() | FirstFrame():
                pass
        return None

    def say_again(self) -> None:
        """After a new session: the coordinator may have forgotten how this end's media stand."""
        if self.connected:
            self._teller.tell_connected(self._path, self._phases)
        elif self._connected_once:
            self._teller.tell_lost()

    def tick(self, *, now: float, all_acknowledged: bool) -> EndReason | None:
        """Deadlines: repairs are begun here. A reason comes back when the call is given up."""
        if self.lost_since is not None and now >= self.lost_since + LOST_SECONDS:
            return EndReason.LOST_NETWORK if self._connected_once else EndReason.ICE_FAILED
        connect_by = self._connect_by()
        if connect_by is not None and now >= connect_by:
            return EndReason.ICE_FAILED
        if self._repair_at is not None and now >= self._repair_at:
            self._repair_at = now + REPAIR_EVERY_SECONDS
            if all_acknowledged:
                self.offer()
        return None

    def next_due(self) -> float | None:
        """When `tick` has something to do."""
        lost_until = self.lost_since + LOST_SECONDS if self.lost_since is not None else None
        times = [time for time in (lost_until, self._connect_by(), self._repair_at) if time is not None]
        return min(times, default=None)

    def begin_again(self, *, now: float) -> None:
        """The other end is a new one, with new keys: the old connection is nothing to it. The caller offers."""
        self.connected = False
        self._is_another = True
        self._repair_at = None
        self.lost_since = now
        if self._role is Role.CALLER:
            self.offer()
        else:
            self.generation = -1

    def close(self, reason: EndReason | None) -> None:
        """Stop media; the reason is said over the data channel, where there is one."""
        self._repair_at = None
        self.lost_since = None
        self._accepted_at = None
        self._teller.do(ClosePeer(reason))

    def _connect_by(self) -> float | None:
        if self._accepted_at is None or self._connected_once:
            return None
        hopeless_from = None if self._found else self._hopeless_from(self._accepted_at)
        connect_by = self._accepted_at + CONNECT_SECONDS
        return connect_by if hopeless_from is None else min(connect_by, hopeless_from + HOPE_SECONDS)

    def _hopeless_from(self, accepted_at: float) -> float | None:
        """From when on only a direct path is left to hope for; None while a relay may carry, or one may yet be told."""
        if self.no_way is not None:
            return accepted_at
        if any(url.startswith(("turn:", "turns:")) for server in self.ice_servers for url in server.urls):
            return None
        if self._told_all_at is None or self._heard_all_at is None:
            return None
        return max(accepted_at, self._told_all_at, self._heard_all_at)

    def _next_connection(self, generation: int, *, offers: bool) -> None:
        self.generation = generation
        self._offering = offers
        self._candidates_taken = 0
        self._found = False
        self._told_all_at = self._heard_all_at = None
        self.connected = False
        self._teller.do(MakePeer(generation, self.ice_servers, offers, keeps=not self._is_another))
        self._is_another = False
        if self._accepted_at is not None:
            self._teller.do(StartMedia())

    def _take_offer(self, offer: Offer) -> EndReason | None:
        if offer.generation <= self.generation:
            crossing = offer.generation == self.generation and self._offering and not self.connected
            if not (crossing and self._role is Role.CALLEE):
                return None
        reason = self._check(offer.sdp)
        if reason is None:
            self._next_connection(offer.generation, offers=False)
            self._teller.do(TakeDescription(offer.generation, offer.sdp, is_answer=False))
        return reason

    def _take_answer(self, answer: Answer) -> EndReason | None:
        if not self._offering:
            return None
        reason = self._check(answer.sdp)
        if reason is None:
            self._offering = False
            self._teller.do(TakeDescription(answer.generation, answer.sdp, is_answer=True))
        return reason

    def _check(self, sdp: str) -> EndReason | None:
        try:
            sections = read_description(sdp)
        except DescriptionError:
            return EndReason.PEER_NOT_VERIFIED
        return self._refuses(sections)

    def _take_candidates(self, content: Candidates) -> None:
        room = CANDIDATES_A_GENERATION - self._candidates_taken
        taken = content.candidates[:room]
        self._candidates_taken += len(taken)
        if taken:
            self._teller.do(TakeCandidates(self.generation, taken))

    def _say_candidates(self, event: Gathered, now: float) -> None:
        self._teller.note(Step.GATHERED, now)
        candidates = list(event.candidates[:CANDIDATES_A_GENERATION])
        self._teller.say(Candidates(generation=self.generation, candidates=candidates), now)
        self._teller.say(EndOfCandidates(generation=self.generation), now)
        self._told_all_at = now

    def _now_connected(self, event: Connected, now: float) -> None:
        self._path = event.path or self._path
        self._phases = event.phases or self._phases
        step = Step.RETURNED if self._connected_once else Step.DTLS
        self.connected, self._connected_once = True, True
        self.lost_since, self._repair_at = None, None
        self._teller.note(step, now, path=self._path)
        self._teller.tell_connected(self._path, self._phases)

    def _now_lost(self, now: float) -> None:
        if self.lost_since is not None:
            return
        self.connected = False
        self.lost_since = now
        if self._role is Role.CALLER:
            # A direct path may come back by itself, in a corridor; a relay that is silent does not.
            is_relayed = self._path is not None and "relay" in {self._path.local, self._path.remote}
            self._repair_at = now if is_relayed else now + REPAIR_AFTER_SECONDS
        if self._connected_once:
            self._teller.note(Step.LOST, now)
            self._teller.tell_lost()
