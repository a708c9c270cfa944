"""Two ends, the rules of a call and real seals on one virtual clock, and wires that take as long as the dice say.

The server is `signalling.calls.machine` with the least of shells. A wire keeps its order, as a socket does; frames and
a goodbye on the data channel go straight from end to end. What each end sent and showed of media is counted.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sim import actions as do
from client_sim.answering import RungCall
from client_sim.placing import PlacedCall
from client_sim.sealed.call_seal import CallKeys, NoiseSeal
from client_sim.sealed.contents import Candidate
from client_sim.sealed.seal import Addressee, Binding
from client_sim.timeline import Step
from signalling.calls import effects as fx
from signalling.calls.events import DeadlinePassed
from signalling.calls.machine import begin, step
from signalling.calls.record import CallRecord, Ring, Standing
from signalling.protocol import CallId, EndpointId, EndReason, Media, PartyId, Role
from signalling.protocol import messages as wire
from signalling.service.words import EVENTS, ring_digest
from signalling.vocabulary import CallState

CALL = CallId("c" * 22)
CALLER, KOMP = EndpointId("a" * 22), EndpointId("b" * 22)
FAMILY, DEVICE = PartyId("f" * 22), PartyId("d" * 22)
COUNTDOWN_SECONDS: Final = 10.0
FRAME_SECONDS: Final = 0.04
REST_SECONDS: Final = 120.0
"""Long after everything that may follow such a call."""
SDP: Final = (
    "v=0\r\na=fingerprint:sha-256 AA:BB\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=sendrecv\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
)
CANDIDATE: Final = Candidate(candidate="candidate:1 1 udp 1 192.0.2.1 1 typ host", sdp_mid="0", sdp_mline_index=0)
_KEYS: Final = {Role.CALLER: X25519PrivateKey.generate(), Role.CALLEE: X25519PrivateKey.generate()}
_BINDING: Final = Binding(CALL, CALLER, KOMP, 1, 1, 0)


def _seal(role: Role) -> NoiseSeal:
    return NoiseSeal(_BINDING, role, CallKeys(_KEYS[role], _KEYS[role.other].public_key().public_bytes_raw()))


@dataclass(eq=False)
class End:
    """One end: its rules, its connection, and what became of its media."""

    endpoint: EndpointId
    rules: PlacedCall | RungCall
    generation: int = -1
    is_connected: bool = False
    media_run: bool = False
    sent: list[float] = field(default_factory=list)
    """When each frame left."""
    shown: list[float] = field(default_factory=list)
    """When each frame of the other's was shown."""
    accepted_at: float | None = None
    ended_at: float | None = None
    is_forgotten: bool = False


class Race:
    """One call, from the invite to the last trace."""

    def __init__(self, dice: Random, *, says_bye_directly: bool) -> None:
        self.now = 1_700_000_000.0
        self._dice = dice
        self._says_bye_directly = says_bye_directly
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._last: dict[tuple[str, str], float] = {}
        self._slow = {name: dice.uniform(0.001, 0.08) for name in ("caller", "komp")}
        self.direct_seconds = dice.uniform(0.001, 0.12)
        addressee = Addressee(_seal(Role.CALLER), 1, True)
        placed = PlacedCall(
            CALL,
            to=DEVICE,
            addressees={KOMP: addressee},
            media=Media.VIDEO,
            lifetime_ms=45_000,
            sent_at_ms=0,
            from_key=1,
        )
        self.caller = End(CALLER, placed)
        self.komp: End | None = None
        self.record: CallRecord | None = None
        self.reason: EndReason | None = None
        """The server's."""
        self.on_countdown: Callable[[float], None] = lambda _: None
        """Told when the countdown will be over."""

    # ------------------------------------------------------------------ what tests do

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Do this then."""
        heapq.heappush(self._agenda, (moment, next(self._numbers), act))

    def run(self) -> "Race":
        """From the invite until nothing more happens."""
        assert isinstance(self.caller.rules, PlacedCall)
        self.caller.rules.begin(now=self.now)
        self._settle()
        until = self.now + REST_SECONDS
        while self._agenda:
            self.now, _, act = heapq.heappop(self._agenda)
            assert self.now < until, "it doesn't come to rest"
            act()
            self._settle()
        return self

    def cancel(self) -> None:
        """The caller gives up; once it has heard the accept, the same button hangs up."""
        reason = EndReason.HANGUP if self.caller.rules.accepted else EndReason.CANCELLED
        self.caller.rules.stop(reason, now=self.now)

    @property
    def longest_seconds(self) -> float:
        """No word takes longer from end to end, whichever way it goes."""
        return max(self.direct_seconds, sum(self._slow.values())) * 2

    # ------------------------------------------------------------------------ the ends

    def _settle(self) -> None:
        busy = True
        while busy:
            busy = False
            for end in (self.caller, self.komp):
                for action in end.rules.drain() if end is not None else ():
                    busy = True
                    self._perform(end, action)
        for end in (self.caller, self.komp):
            due = end.rules.next_due() if end is not None and not end.is_forgotten else None
            if end is not None and due is not None:
                self._tick_at(max(due, self.now), end)

    def _tick_at(self, moment: float, end: End) -> None:
        key = (str(end.endpoint), "tick")
        if self._last.get(key) != moment:
            self._last[key] = moment
            self.at(moment, lambda: end.rules.tick(now=self.now))

    def _perform(self, end: End | None, action: do.Action) -> None:
        assert end is not None
        match action:
            case do.Send(message) | do.Prove(message) | do.Farewell(message):
                self._say(end, message, None)
            case do.Ask(question, message):
                self._say(end, message, question)
            case do.Note(mark) if mark.step is Step.ACCEPTED:
                end.accepted_at = self.now
            case do.Note(mark) if mark.step is Step.ENDED:
                end.ended_at = self.now
            case do.Sound():
                self._count_down(end)
            case do.Forget():
                end.is_forgotten = True
            case do.Note():
                pass
            case _:
                self._connect(end, action)

    def _connect(self, end: End, action: do.PeerAction) -> None:
        match action:
            case do.MakePeer():
                end.generation = action.generation
                if action.offers:
                    self._describe(end, is_answer=False)
            case do.TakeDescription() if not action.is_answer:
                self._describe(end, is_answer=True)
            case do.TakeDescription():
                self.at(self.now + self.direct_seconds, lambda: self._connects(self.caller))
                self.at(self.now + self.direct_seconds, lambda: self._connects(self.komp))
            case do.StartMedia():
                end.media_run = True
                self._frame(end)
            case do.ClosePeer():
                end.media_run = False
                if action.reason is not None and end.is_connected and self._says_bye_directly:
                    self.at(self.now + self.direct_seconds, lambda: self._hears_bye(end, action.reason))
            case do.TakeCandidates():
                pass

    def _count_down(self, end: End) -> None:
        rules = end.rules
        assert isinstance(rules, RungCall)
        rules.sounding(round(COUNTDOWN_SECONDS * 1000))
        over = self.now + COUNTDOWN_SECONDS
        self.at(over, lambda: rules.answer(now=self.now))
        self.on_countdown(over)

    def _describe(self, end: End, *, is_answer: bool) -> None:
        end.rules.peer_event(do.Described(end.generation, SDP, is_answer), now=self.now)
        end.rules.peer_event(do.Gathered(end.generation, [CANDIDATE]), now=self.now)

    def _connects(self, end: End | None) -> None:
        assert end is not None
        end.is_connected = True
        end.rules.peer_event(do.IceDone(end.generation), now=self.now)
        end.rules.peer_event(do.Connected(end.generation), now=self.now)

    def _frame(self, end: End) -> None:
        if not end.media_run:
            return
        other = self._other(end)
        if end.is_connected:
            end.sent.append(self.now)
            self.at(self.now + self.direct_seconds, lambda: self._arrives(other))
        self.at(self.now + FRAME_SECONDS, lambda: self._frame(end))

    def _arrives(self, end: End | None) -> None:
        if end is not None and end.media_run:
            end.shown.append(self.now)

    def _hears_bye(self, by: End, reason: EndReason | None) -> None:
        other = self._other(by)
        if other is not None and reason is not None:
            other.rules.peer_event(do.HeardBye(other.generation, reason), now=self.now)

    def _other(self, end: End) -> End | None:
        return self.komp if end is self.caller else self.caller

    # ------------------------------------------------------------------------ the wires

    def _later(self, name: str, way: str, act: Callable[[], None]) -> None:
        """A socket keeps its order, however long each message takes."""
        arrives = self.now + self._slow[name] * self._dice.uniform(0.5, 1.0)
        arrives = max(arrives, self._last.get((name, way), 0.0))
        self._last[name, way] = arrives
        self.at(arrives, act)

    def _say(self, end: End, message: wire.Request, question: do.Question | None) -> None:
        self._later(self._name(end.endpoint), "up", lambda: self._server_hears(end, message, question))

    def _tell(self, endpoint: EndpointId, message: wire.Message) -> None:
        def hears() -> None:
            if isinstance(message, wire.CallRing):
                self._rung(message)
            elif (end := self.caller if endpoint == CALLER else self.komp) is not None:
                end.rules.handle(message, now=self.now)

        self._later(self._name(endpoint), "down", hears)

    def _rung(self, ring: wire.CallRing) -> None:
        if self.komp is None:
            rules = RungCall(ring, _seal(Role.CALLEE), verified=True)
            self.komp = End(KOMP, rules)
            rules.begin(now=self.now)

    def _name(self, endpoint: EndpointId) -> str:
        return "caller" if endpoint == CALLER else "komp"

    # ----------------------------------------------------------------------- the server

    def _server_hears(self, end: End, message: wire.Request, question: do.Question | None) -> None:
        answer = self._judge(end.endpoint, message)
        if question is not None:
            self._later(self._name(end.endpoint), "down", lambda: end.rules.answered(question, answer, now=self.now))

    def _judge(self, by: EndpointId, message: wire.Request) -> wire.Ok | wire.Error:
        if isinstance(message, wire.CallInvite) and self.record is None and self.reason is None:
            return self._begin(message)
        if self.record is None:
            return wire.Error("unknown_call" if self.reason is None else "ended")
        if isinstance(message, wire.SealedBox):
            self._forward(by, message)
        elif type(message) in EVENTS:
            outcome = step(self.record, EVENTS[type(message)](message, by), now=self.now)
            if isinstance(outcome, fx.Refusal):
                return wire.Error(str(outcome))
            self._becomes(outcome.record, outcome.effects, message)
        return wire.Ok("")

    def _begin(self, invite: wire.CallInvite) -> wire.Ok:
        rings = [Ring(KOMP, ring_digest(invite, ring), Standing.RUNG) for ring in invite.rings]
        first = begin(
            CALL,
            caller=CALLER,
            caller_party=FAMILY,
            callee_party=DEVICE,
            media=Media.VIDEO,
            rings=rings,
            lifetime_seconds=45.0,
            now=self.now,
        )
        self._becomes(first.record, first.effects, invite)
        return wire.Ok("", remaining_ms=45_000, ice_servers=[], away=[])

    def _forward(self, by: EndpointId, box: wire.SealedBox) -> None:
        peer = self.record.peer_of(by) if self.record is not None else None
        if peer is not None and self.record is not None and self.record.state is not CallState.ENDED:
            self._tell(peer, wire.ForwardedBox(CALL, box.handshake, box.ack, box.seq, box.box))

    def _becomes(self, record: CallRecord | None, effects: tuple[fx.Effect, ...], said: wire.Request | None) -> None:
        self.record = record
        if record is not None and record.reason is not None:
            self.reason = record.reason
        for effect in effects:
            match effect:
                case fx.ForwardRing() if isinstance(said, wire.CallInvite):
                    (ring,) = said.rings
                    self._tell(
                        KOMP,
                        wire.CallRing(
                            call=CALL,
                            from_=CALLER,
                            from_key=1,
                            key=ring.key,
                            box=ring.box,
                            media=Media.VIDEO,
                            remaining_ms=45_000,
                            ice_servers=[],
                        ),
                    )
                case fx.ForwardJoin(to, endpoint) if isinstance(said, wire.CallJoin):
                    self._tell(to, wire.CallJoined(call=CALL, endpoint=endpoint, box=said.box))
                case fx.TellProgress(to, endpoint, state, answers_in_ms):
                    self._tell(
                        to, wire.CallProgress(call=CALL, endpoint=endpoint, state=state, answers_in_ms=answers_in_ms)
                    )
                case fx.TellEnded(to, reason):
                    self._tell(to, wire.CallEnded(call=CALL, reason=reason))
                case fx.Erase():
                    for endpoint in (CALLER, KOMP):
                        self._tell(endpoint, wire.CallErased(call=CALL))
                case _:
                    pass
        if record is not None:
            self.at(record.deadline, self._deadline)

    def _deadline(self) -> None:
        if self.record is not None and self.now >= self.record.deadline:
            outcome = step(self.record, DeadlinePassed(), now=self.now)
            assert not isinstance(outcome, fx.Refusal)
            self._becomes(outcome.record, outcome.effects, None)
