"""A coordinator, a network and two ends in one process and one clock, to play the rules of a call through.

The coordinator is a double: it forwards what the real one forwards, and can be stopped, restarted and cut off. The
network connects whatever was described to each other, unless it is cut.
"""

from dataclasses import dataclass, field

from client_sim.actions import (
    Action,
    Ask,
    Broken,
    ClosePeer,
    Connected,
    Described,
    Farewell,
    Forget,
    Gathered,
    HeardBye,
    IceDone,
    MakePeer,
    Note,
    PeerAction,
    Prove,
    Send,
    Silent,
    Sound,
    StartMedia,
    TakeCandidates,
    TakeDescription,
)
from client_sim.answering import RungCall
from client_sim.placing import PlacedCall
from client_sim.sealed.contents import Candidate
from client_sim.sealed.seal import Addressee, Binding
from client_sim.timeline import Step
from signalling.protocol import CallId, CallState, EndpointId, EndReason, Media, PartyId, Role
from signalling.protocol import messages as wire
from tests.unit.client_sim.plain import PlainSeal

CALL = CallId("c" * 22)
CALLER, CALLEE = EndpointId("a" * 22), EndpointId("b" * 22)
SDP = (
    "v=0\r\na=fingerprint:sha-256 AA:BB\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=sendrecv\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
)
CANDIDATE = Candidate(candidate="candidate:1 1 udp 1 192.0.2.1 1 typ host", sdp_mid="0", sdp_mline_index=0)


def plain_again(resume: wire.ForwardedResume) -> PlainSeal:
    """The seal of a handshake that the other end began anew: a plain one asks only who answers."""
    return PlainSeal(Binding(CALL, CALLER, CALLEE, 1, 1, resume.handshake), Role.CALLEE)


@dataclass
class End:
    """One end: its rules, and everything that they had done."""

    rules: PlacedCall | RungCall
    endpoint: EndpointId
    has_session: bool = True
    said: list[wire.Request] = field(default_factory=list)
    proofs: list[wire.Request] = field(default_factory=list)
    """What it said to see whether its session lives."""
    steps: list[Step] = field(default_factory=list)
    reasons: list[EndReason | None] = field(default_factory=list)
    causes: list[str | None] = field(default_factory=list)
    peers: list[object] = field(default_factory=list)
    generation: int = -1
    media_runs: bool = False
    sounded: int = 0
    forgotten: bool = False
    farewells: list[wire.Request] = field(default_factory=list)

    def words(self) -> list[str]:
        """The types of what it said to the coordinator, in order."""
        return [str(message.__struct_config__.tag) for message in self.said]

    def count(self, word: str) -> int:
        return self.words().count(word)


class World:
    """A caller and a callee that know each other."""

    def __init__(
        self,
        *,
        media: Media = Media.VIDEO,
        rung: int = 1,
        countdown_ms: int | None = 10_000,
        caller_verified: bool = True,
        callee_verified: bool = True,
    ) -> None:
        self._callee_verified = callee_verified
        self.now = 1000.0
        self.countdown_ms = countdown_ms
        self.path_works = True
        self.gathers = True
        """Whether what an end has found is told; if not, it still looks."""
        self.relays: list[wire.IceServer] = []
        self.knows_call = False
        self.accepted = False
        self.carries_boxes = True
        self.sync_answer: wire.Ok | wire.Error = wire.Error("unknown_call")
        self.others = [EndpointId("o" * 22)] * (rung - 1)
        endpoints = [CALLEE, *self.others]
        addressees = {
            one: Addressee(PlainSeal(Binding(CALL, CALLER, one, 1, 1, 0), Role.CALLER), 1, caller_verified)
            for one in endpoints
        }
        placed = PlacedCall(
            CALL,
            to=PartyId("p" * 22),
            addressees=addressees,
            media=media,
            lifetime_ms=30_000,
            sent_at_ms=0,
            from_key=1,
            reseal=plain_again,
        )
        self.caller = End(placed, CALLER)
        self.callee: End | None = None
        self.media = media

    # ------------------------------------------------------------------ what tests do

    def place(self) -> "World":
        """The caller rings."""
        assert isinstance(self.caller.rules, PlacedCall)
        self.caller.rules.begin(now=self.now)
        self.run()
        return self

    def answer(self) -> "World":
        """The callee takes it."""
        assert isinstance(self.rung.rules, RungCall)
        self.rung.rules.answer(now=self.now)
        self.run()
        return self

    def advance(self, seconds: float) -> "World":
        """Let time pass; everything that falls due happens in its moment."""
        until = self.now + seconds
        while True:
            due = [end.rules.next_due() for end in self.ends]
            next_due = min((time for time in due if time is not None), default=None)
            if next_due is None or next_due > until:
                break
            self.now = max(self.now, next_due)
            for end in self.ends:
                end.rules.tick(now=self.now)
            self.run()
        self.now = until
        return self

    def cut(self, end: End) -> None:
        """That end's socket goes."""
        end.has_session = False
        end.rules.disconnected(now=self.now)
        self.run()

    def reconnect(self, end: End, state: CallState | None) -> None:
        """That end has a session again; the coordinator tells how the call stands."""
        end.has_session = True
        end.rules.ready(state, now=self.now)
        self.run()
        for message in list(end.farewells):
            self._to_server(end, message)
        self.run()

    def silence(self, *ends: End) -> None:
        """Nothing arrives there any more."""
        self.path_works = False
        for end in ends:
            end.rules.peer_event(Silent(end.generation), now=self.now)
        self.run()

    def gathered(self, end: End) -> None:
        """That end has looked everywhere, and tells what it has found."""
        end.rules.peer_event(Gathered(end.generation, [CANDIDATE]), now=self.now)
        self.run()

    def tell(self, end: End, message: wire.Message) -> None:
        """The coordinator says something to that end."""
        end.rules.handle(message, now=self.now)
        self.run()

    @property
    def rung(self) -> End:
        assert self.callee is not None
        return self.callee

    @property
    def ends(self) -> list[End]:
        return [self.caller, self.callee] if self.callee else [self.caller]

    # ----------------------------------------------------------------------- its works

    def run(self) -> None:
        """Perform everything that was asked for, until nothing more is."""
        busy = True
        while busy:
            busy = False
            for end in self.ends:
                for action in end.rules.drain():
                    busy = True
                    self._perform(end, action)

    def _perform(self, end: End, action: Action) -> None:
        match action:
            case Send(message):
                self._to_server(end, message)
            case Prove(message):
                end.proofs.append(message)
                self._to_server(end, message)
            case Ask(question, message):
                answer = self._to_server(end, message)
                if answer is not None:
                    end.rules.answered(question, answer, now=self.now)
            case Farewell(message):
                end.farewells.append(message)
                self._to_server(end, message)
            case Note(mark):
                end.steps.append(mark.step)
                if mark.step is Step.ENDED:
                    end.reasons.append(mark.reason)
                    end.causes.append(mark.cause)
            case Sound():
                end.sounded += 1
                assert isinstance(end.rules, RungCall)
                end.rules.sounding(self.countdown_ms)
            case Forget():
                end.forgotten = True
            case _:
                end.peers.append(action)
                self._connect(end, action)

    def _connect(self, end: End, action: PeerAction) -> None:
        match action:
            case MakePeer():
                end.generation = action.generation
                if action.offers:
                    self._describe(end, is_answer=False)
            case TakeDescription():
                if not action.is_answer:
                    self._describe(end, is_answer=True)
                elif self.path_works:
                    for one in self.ends:
                        one.rules.peer_event(IceDone(action.generation), now=self.now)
                        one.rules.peer_event(Connected(action.generation), now=self.now)
            case StartMedia():
                end.media_runs = True
            case ClosePeer():
                end.media_runs = False
                other = self.other(end)
                if other is not None and action.reason is not None and self.path_works:
                    other.rules.peer_event(HeardBye(other.generation, action.reason), now=self.now)
                elif other is not None and self.path_works:
                    other.rules.peer_event(Broken(other.generation), now=self.now)
            case TakeCandidates():
                pass

    def _describe(self, end: End, *, is_answer: bool) -> None:
        end.rules.peer_event(Described(end.generation, SDP, is_answer), now=self.now)
        if self.gathers:
            end.rules.peer_event(Gathered(end.generation, [CANDIDATE]), now=self.now)

    def other(self, end: End) -> End | None:
        return self.callee if end is self.caller else self.caller

    def _to_server(self, end: End, message: wire.Request) -> wire.Ok | wire.Error | None:
        if not end.has_session:
            return None
        end.said.append(message)
        match message:
            case wire.CallInvite():
                return self._invited(message)
            case wire.CallSync():
                return self.sync_answer
            case wire.CallCancel() | wire.CallHangup() | wire.CallDecline():
                self._ended(end, message)
            case wire.CallAccept():
                self.accepted = True
            case _ if self.knows_call:
                self._forward(end, message)
            case _:
                return wire.Error("unknown_call")
        return wire.Ok("r")

    def _invited(self, message: wire.CallInvite) -> wire.Ok:
        self.knows_call = True
        ring = wire.CallRing(
            call=CALL,
            from_=CALLER,
            from_key=1,
            key=1,
            box=message.rings[0].box,
            media=message.media,
            remaining_ms=30_000,
            ice_servers=self.relays,
        )
        self.ring(ring)
        return wire.Ok("r", remaining_ms=30_000, ice_servers=self.relays, away=[])

    def ring(self, ring: wire.CallRing) -> None:
        """A ring reaches the callee."""
        if self.callee is None:
            seal = PlainSeal(Binding(CALL, CALLER, CALLEE, 1, 1, 0), Role.CALLEE)
            self.callee = End(RungCall(ring, seal, verified=self._callee_verified, reseal=plain_again), CALLEE)
            assert isinstance(self.callee.rules, RungCall)
            self.callee.rules.begin(now=self.now)
        elif self.callee.has_session and isinstance(self.callee.rules, RungCall):
            self.callee.rules.rung_again(ring, now=self.now)

    def _forward(self, end: End, message: wire.Request) -> None:
        other = self.other(end)
        if other is None or not other.has_session:
            return
        match message:
            case wire.CallRinging():
                told: wire.Message = wire.CallProgress(CALL, end.endpoint, "ringing", message.answers_in_ms)
            case wire.CallJoin():
                told = wire.CallJoined(CALL, end.endpoint, message.box)
            case wire.SealedBox() if self.carries_boxes:
                told = wire.ForwardedBox(CALL, message.handshake, message.ack, message.seq, message.box)
            case _:
                return
        other.rules.handle(told, now=self.now)

    def _ended(self, end: End, message: wire.CallCancel | wire.CallHangup | wire.CallDecline) -> None:
        if message in end.farewells:
            end.farewells.remove(message)
        if not self.knows_call:
            return
        self.knows_call = False
        reason = EndReason.CANCELLED if isinstance(message, wire.CallCancel) else message.reason
        for one in self.ends:
            if one.has_session:
                one.rules.handle(wire.CallEnded(CALL, reason), now=self.now)
                one.rules.handle(wire.CallErased(CALL), now=self.now)
