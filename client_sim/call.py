"""The rules of a call at one end, whichever end it is. Sans-I/O: messages, answers, connection events and times in,
actions out. `placing` and `answering` add how a call begins for the caller and for the callee.

Source: docs/reference/protocol.md §4. Beginning needs a box, stopping does not; so a call may end by a `bye` in a box
or on the data channel, by `call.ended`, or by this end's own word, whichever comes first, and it ends once.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Final

from client_sim.actions import (
    Action,
    Ask,
    Farewell,
    FirstFrame,
    HeardBye,
    Note,
    PeerEvent,
    Prove,
    Question,
    Send,
)
from client_sim.comparing import Comparing
from client_sim.descriptions import Section
from client_sim.ending import Ending
from client_sim.negotiation import Negotiation
from client_sim.resuming import Reseal, Resumption
from client_sim.sealed.contents import (
    Accepted,
    Answer,
    AnyContent,
    Bye,
    Candidates,
    Content,
    EndOfCandidates,
    Here,
    Offer,
    SafetyCommit,
    SafetyNonce,
    SafetyStop,
)
from client_sim.sealed.seal import CallSeal
from client_sim.talk import Talk
from client_sim.timeline import Mark, Path, Step
from signalling.protocol import HANGUP_REASONS, CallId, CallState, EndpointId, EndReason, Media, Phase, Role
from signalling.protocol import messages as wire

EARLY_AT_MOST: Final = 64
"""Descriptions and candidates kept, unapplied, of an end that isn't verified here."""
PENDING_SECONDS: Final = 30.0
"""How long an end stays in a call that the server doesn't know and that has no media."""


class Call(ABC):
    """One call at one end. Every input takes the present as `now`; `drain` gives what to do about it, in order."""

    def __init__(
        self,
        call: CallId,
        role: Role,
        media: Media,
        *,
        refuses: Callable[[Sequence[Section]], EndReason | None] = lambda _: None,
        reseal: Reseal = lambda _: None,
    ) -> None:
        self.verified = False
        """Whether this end's own record says so; if not, nothing is described or applied before the accept."""
        self._early: list[Offer | Answer | Candidates | EndOfCandidates] = []
        self.id = call
        self.role = role
        self.media = media
        self.peer: EndpointId | None = None
        self.talk: Talk | None = None
        self.negotiation = Negotiation(role, self, (), refuses)
        self._resumption = Resumption(call, reseal, self.do)
        self.comparing: Comparing | None = None
        """Whoever keeps link records puts it here, once the other end is known."""
        self.accepted = False
        self._ending = Ending(self.do, self._last_word)
        self._seen = False
        self._actions: list[Action] = []
        self._pending_since: float | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended at this end."""
        return self._ending.over

    @property
    def reason(self) -> EndReason | None:
        """Why it ended; none while it lives, and where another endpoint took it."""
        return self._ending.reason

    # ------------------------------------------------------------ inputs

    def handle(self, message: wire.Message, *, now: float) -> None:
        """A message of the server about this call."""
        match message:
            case wire.CallEnded():
                self._ending.heard_from_server()
                self._finish(message.reason, now)
            case wire.CallErased():
                self._erased(message, now)
            case _ if self.over:
                pass
            case wire.CallPeer():
                self._peer_present(message.present, now)
            case wire.ForwardedBox():
                self._take_box(message, now)
            case wire.ForwardedResume():
                if self.accepted:
                    self._resumption.asked(message)
            case wire.IceRefresh():
                self.negotiation.ice_servers = message.ice_servers
            case _:
                self._handle_beginning(message, now)
        if isinstance(message, wire.ForwardedBox | wire.CallPeer):
            self._pending_since = None

    def answered(self, question: Question, answer: wire.Ok | wire.Error, *, now: float) -> None:
        """What the server answered to an `Ask`."""
        if self.over:
            return
        if question is Question.SYNC:
            self._synced(answer, now)
        else:
            self._answered(question, answer, now)

    def ready(self, state: CallState | None, *, now: float) -> None:
        """A new session; `state` is how the server has this call on record, None where it has none."""
        if self.over:
            return
        self.note(Step.RECONNECTED, now)
        self._say_again(now)
        if self.talk is None:
            return
        if state is None:
            self._pending_since = now
            self.do(Ask(Question.SYNC, wire.CallSync(self.id)))
        else:
            self._pending_since = None

    def disconnected(self, *, now: float) -> None:
        """This end's socket went. The call goes on."""
        if not self.over:
            self.note(Step.DISCONNECTED, now)

    def peer_event(self, event: PeerEvent, *, now: float) -> None:
        """What the connection says of itself."""
        if self.over:
            return
        match event:
            case HeardBye():
                self._heard_bye(event.reason, now)
            case FirstFrame():
                self._seen = True
                self._note_first_frame(now)
            case _:
                reason = self.negotiation.event(event, now=now)
                if reason is not None:
                    self.stop(reason, now=now)

    def stop(self, reason: EndReason, *, now: float) -> None:
        """This end stops: the other hears it in a box and on the data channel, then the server hears it."""
        if self.over:
            return
        if self.talk is not None:
            self.talk.say(Bye(reason=reason), now=now)
        self.do(Farewell(self._last_word(reason)))
        self._finish(reason, now, by_us=True)

    def compare(self, *, now: float) -> None:
        """The caller: compare a safety number. Raises SafetyNumberError where the link has had its attempts today."""
        if self.accepted and not self.over and self.role is Role.CALLER and self.comparing is not None:
            first = self.comparing.begin()
            if first is not None:
                self.say(first, now)

    def tick(self, *, now: float) -> None:
        """Whatever is due. Call it at `next_due`."""
        self._ending.tick(now=now)
        if self.over:
            return
        if self.talk is not None:
            self.talk.tick(now=now)
            acknowledged = self.talk.mailbox.unacknowledged == 0
            reason = self.negotiation.tick(now=now, all_acknowledged=acknowledged)
            if reason is not None:
                self.stop(reason, now=now)
        if not self.over:
            self._tick(now)
        if not self.over and self._pending_until is not None and now >= self._pending_until:
            self.stop(EndReason.LOST_NETWORK, now=now)

    def next_due(self) -> float | None:
        """When `tick` has something to do next, or None."""
        times = [self._ending.next_due()]
        if not self.over:
            times += [self.negotiation.next_due(), self._beginning_due(), self._pending_until]
            if self.talk is not None:
                times.append(self.talk.mailbox.next_due())
        return min((time for time in times if time is not None), default=None)

    def drain(self) -> list[Action]:
        """The actions since the last call, in order."""
        actions, self._actions = self._actions, []
        return actions

    @property
    def named(self) -> wire.NamedCall | None:
        """How this call stands in a hello: joined calls are named, others are the server's to forget."""
        if self.over or self.peer is None or self.talk is None:
            return None
        return wire.NamedCall(self.id, self.peer, self.role, Phase.ACCEPTED if self.accepted else Phase.JOINED)

    # ------------------------------------------- how a call begins (placing, answering)

    @abstractmethod
    def _handle_beginning(self, message: wire.Message, now: float) -> None:
        """A message that belongs to the beginning alone."""

    @abstractmethod
    def _answered(self, question: Question, answer: wire.Ok | wire.Error, now: float) -> None:
        """An answer that belongs to the beginning."""

    @abstractmethod
    def _begin_again(self, now: float) -> None:
        """After a new session: say again what the server may have forgotten."""

    @abstractmethod
    def _opened(self, content: Here | Accepted, now: float) -> None:
        """The one content that only the other role sends."""

    @abstractmethod
    def _last_word(self, reason: EndReason) -> wire.Request:
        """Cancel, decline or hang up, as the call stands."""

    @abstractmethod
    def _tick(self, now: float) -> None:
        """The beginning's deadlines."""

    @abstractmethod
    def _beginning_due(self) -> float | None:
        """When `_tick` has something to do."""

    # -------------------------------------------------- what a negotiation tells

    def say(self, content: Content, now: float) -> None:
        """See `Teller.say`."""
        if self.talk is not None:
            self.talk.say(content, now=now)

    def do(self, action: Action) -> None:
        """See `Teller.do`."""
        self._actions.append(action)

    def note(
        self,
        step: Step,
        now: float,
        *,
        path: Path | None = None,
        answers_in_ms: int | None = None,
    ) -> None:
        """See `Teller.note`."""
        self._mark(step, now, path=path, answers_in_ms=answers_in_ms)

    def tell_connected(self, path: Path | None, phases: wire.PhasesMs | None) -> None:
        """See `Teller.tell_connected`. In a call to a robot the app's network is nobody's business."""
        if self.media is Media.TELEPRESENCE and self.role is Role.CALLER:
            self.do(Send(wire.CallConnected(self.id)))
        else:
            told = wire.Path(path.local, path.remote, path.relay) if path is not None else None
            self.do(Send(wire.CallConnected(self.id, told, phases)))

    def tell_lost(self) -> None:
        """See `Teller.tell_lost`."""
        self.do(Prove(wire.CallLost(self.id)))

    # ---------------------------------------------------------------- inside

    def _mark(self, step: Step, now: float, **details: Any) -> None:
        self.do(Note(Mark(call=self.id, role=self.role, step=step, at=now, **details)))

    def _joined(self, seal: CallSeal, now: float) -> None:
        self.talk = Talk(self.id, seal, self.do)
        self.note(Step.JOINED, now)

    def _accept(self, now: float) -> None:
        self.accepted = True
        self.note(Step.ACCEPTED, now)
        self.negotiation.accept(now=now)
        if not self.verified:
            self._describe_at_last(now)
        self._note_first_frame(now)

    def _describe_at_last(self, now: float) -> None:
        """The accept lifts what an introduced link held back."""
        if self.role is Role.CALLER:
            self.negotiation.offer()
        early, self._early = self._early, []
        for content in early:
            if not self.over:
                self._take_description(content, now)

    def _note_first_frame(self, now: float) -> None:
        """A picture that overtook the word of the accept is seen when that word is."""
        if self._seen and self.accepted:
            self._seen = False
            self.note(Step.FIRST_FRAME, now)

    @property
    def _pending_until(self) -> float | None:
        without_media = not self.accepted or self.negotiation.lost_since is not None
        if self._pending_since is None or not without_media:
            return None
        return max(self._pending_since, self.negotiation.lost_since or 0.0) + PENDING_SECONDS

    def _peer_present(self, present: bool, now: float) -> None:
        self.note(Step.PEER_BACK if present else Step.PEER_GONE, now)
        if present:
            self._pending_since = None
            self._say_again(now)

    def _say_again(self, now: float) -> None:
        """What the server may have forgotten, or a record just made again never knew, and what the peer may lack."""
        self._begin_again(now)
        if self.talk is not None:
            self.talk.returned(now=now)
            self.negotiation.say_again()

    def _take_box(self, message: wire.ForwardedBox, now: float) -> None:
        if self.talk is None:
            return
        resumed = self._resumption.take(message, now=now)
        if resumed is not None:
            self.talk, said = resumed
            self.note(Step.RESUMED, now)
            self.negotiation.begin_again(now=now)
        else:
            said = self.talk.take(message, now=now)
        for content in said:
            if not self.over:
                self._take_content(content, now)

    def _take_content(self, content: AnyContent, now: float) -> None:
        match content:
            case Bye():
                self._heard_bye(content.reason, now)
            case Offer() | Answer() | Candidates() | EndOfCandidates():
                self._take_description(content, now)
            case Here() | Accepted():
                self._opened(content, now)
            case SafetyCommit() | SafetyNonce() | SafetyStop():
                answer = self.comparing.take(content) if self.accepted and self.comparing is not None else None
                if answer is not None:
                    self.say(answer, now)
            case _:
                pass

    def _take_description(self, content: Offer | Answer | Candidates | EndOfCandidates, now: float) -> None:
        if not (self.verified or self.accepted):
            if len(self._early) < EARLY_AT_MOST:
                self._early.append(content)
            return
        reason = self.negotiation.take(content, now=now)
        if reason is not None:
            self.stop(reason, now=now)

    def _heard_bye(self, reason: EndReason, now: float) -> None:
        self._finish(reason, now)
        self._ending.heard_from_peer(now=now)

    def _synced(self, answer: wire.Ok | wire.Error, now: float) -> None:
        """A call that ended while this end was away; one that the server merely lost sight of goes on."""
        if isinstance(answer, wire.Error) or answer.reason is None:
            return
        if answer.reason is not EndReason.LOST_NETWORK or not self.negotiation.connected:
            self._finish(answer.reason, now)

    def _finish(self, reason: EndReason | None, now: float, *, by_us: bool = False, refused: str | None = None) -> None:
        if not self._ending.begin(reason, now=now):
            return
        self.negotiation.close(reason if by_us else None)
        cause = self.negotiation.no_way if reason is EndReason.ICE_FAILED else None
        self._mark(Step.ENDED, now, reason=reason, by_us=by_us, refused=refused, cause=cause)

    def _erased(self, message: wire.CallErased, now: float) -> None:
        self._finish(EndReason.LOST_NETWORK, now)
        self._mark(Step.ERASED, now, receipt=message.receipt is not None)
        self._ending.erased()

    def _hangup(self, reason: EndReason) -> wire.Request:
        return wire.CallHangup(self.id, reason if reason in HANGUP_REASONS else EndReason.HANGUP)
