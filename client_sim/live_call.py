"""One call under way at one end: its rules, its connections and its clock brought together.

Rules decide, this performs: messages to the socket, connections to aiortc, marks to whoever watches, deadlines to the
loop's clock. It decides nothing itself.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

from client_sim.actions import (
    Action,
    Ask,
    Farewell,
    FirstFrame,
    Forget,
    Note,
    Overheard,
    PeerAction,
    PeerEvent,
    Prove,
    Question,
    Send,
    Sound,
    Speaks,
)
from client_sim.answering import RungCall
from client_sim.control.words import Channel, Said, Sends, Word
from client_sim.ends import Ends
from client_sim.peer import Peer
from client_sim.placing import PlacedCall
from client_sim.sending import BOTH_ON, Sending
from client_sim.throughput import Throughput
from client_sim.timeline import Mark, Step, Timeline
from signalling.protocol import CallId, CallState, EndpointId, EndReason, Media, Role
from signalling.protocol import messages as wire

QUALITY_SECONDS: Final = 10.0

PeerMaker = Callable[[Callable[[PeerEvent], None], Callable[[], None]], Peer]
"""Makes the connections of a call: told where events go, and what to call at the first picture."""


class Home(Protocol):
    """The endpoint that a call lives in."""

    def send(self, message: wire.Request) -> None:
        """To the coordinator, if there is a session."""

    def ask(self, message: wire.Request, answer: Callable[[wire.Ok | wire.Error], None]) -> bool:
        """To the coordinator, with an answer; False where there is no session."""

    def prove(self, message: wire.Request) -> None:
        """To the coordinator, and see by its answer whether there still is a session."""

    def say_farewell(self, message: wire.Request) -> None:
        """To the coordinator, sooner or later."""

    def sound(self, call: "LiveCall") -> int | None:
        """It rings: begin, and say in how many milliseconds this device will answer by itself."""

    def marked(self, call: "LiveCall", mark: Mark) -> None:
        """Something happened."""

    def overheard(self, call: "LiveCall", word: Said) -> None:
        """The other end said something on a data channel."""

    def proven(self, endpoint: EndpointId) -> None:
        """Safety numbers were compared with that end, and match."""

    def forget(self, call: "LiveCall") -> None:
        """It is over and told."""


class LiveCall:
    """A handle on a call: what was heard of it, and what its owner may do."""

    def __init__(self, rules: PlacedCall | RungCall, home: Home, make_peer: PeerMaker) -> None:
        self._rules = rules
        self._home = home
        self._loop = asyncio.get_running_loop()
        self.timeline = Timeline()
        self._peer = make_peer(self._peer_event, self._first_frame)
        self._waiting: list[tuple[frozenset[Step], asyncio.Future[Mark]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._quality: asyncio.TimerHandle | None = None
        self._throughput = Throughput()
        self._sending = Sending(lambda word: self.say(Channel.CONTROL, word))
        self._pumping = False
        self.successor: asyncio.Future[LiveCall] = self._loop.create_future()
        """The call that took this one's place, because the callee had a newer key (`stale_key`). Once, at most."""
        self.gone = asyncio.Event()
        """Set when the call is forgotten and its connections are closed."""

    # ---------------------------------------------------------------- for its owner

    @property
    def id(self) -> CallId:
        """The call's id."""
        return self._rules.id

    @property
    def role(self) -> Role:
        """Which end this is."""
        return self._rules.role

    @property
    def media(self) -> Media:
        """What the call carries."""
        return self._rules.media

    @property
    def peer_endpoint(self) -> EndpointId | None:
        """The other end; for a caller, once it has joined."""
        return self._rules.peer

    @property
    def verified(self) -> bool:
        """Whether this end's own record of the other says so; for a caller, once somebody has joined."""
        return self._rules.verified

    @property
    def caller_name(self) -> str | None:
        """The profile that the coordinator gives, if it is the one that the caller itself knows."""
        rules = self._rules
        if not isinstance(rules, RungCall) or rules.profile is None or not rules.profile_agrees:
            return None
        return rules.profile.name

    @property
    def profile_is_false(self) -> bool:
        """The coordinator gave another profile than the caller's own: show the name of the link record, and warn."""
        return isinstance(self._rules, RungCall) and self._rules.profile is not None and not self._rules.profile_agrees

    @property
    def ends(self) -> Ends:
        """What this end shows and hears."""
        return self._peer.ends

    @property
    def over(self) -> bool:
        """Whether it has ended at this end."""
        return self._rules.over

    @property
    def accepted(self) -> bool:
        """Whether it was taken."""
        return self._rules.accepted

    @property
    def connected(self) -> bool:
        """Whether media can pass."""
        return self._rules.negotiation.connected

    @property
    def theirs(self) -> Sends:
        """Whether the other end's camera and microphone are on, as it says itself; both, until it says otherwise."""
        is_on = self.accepted and not self.over
        return self._sending.theirs(self._rules.negotiation.generation) if is_on else BOTH_ON

    @property
    def reason(self) -> EndReason | None:
        """Why it ended; none while it lives, and where another endpoint took it."""
        return self._rules.reason

    @property
    def winner(self) -> CallId | None:
        """The other side's call that goes on, where this one lost to it."""
        return self._rules.winner if isinstance(self._rules, PlacedCall) else None

    @property
    def invite(self) -> wire.CallInvite | None:
        """What a caller asked for."""
        return self._rules.invite if isinstance(self._rules, PlacedCall) else None

    @property
    def named(self) -> wire.NamedCall | None:
        """How it stands in a hello."""
        return self._rules.named

    def begin(self, *, declines: EndReason | None = None, wall_ms: int | None = None) -> None:
        """Place it, or look at the ring; `declines` turns a ring away unheard."""
        if isinstance(self._rules, RungCall):
            self._rules.begin(now=self._now(), declines=declines, wall_ms=wall_ms)
        else:
            self._rules.begin(now=self._now())
        self._pump()
        self._peer.prepare(self._rules.negotiation.ice_servers)

    def answer(self) -> None:
        """Take it."""
        if isinstance(self._rules, RungCall):
            self._rules.answer(now=self._now())
            self._pump()

    def stop(self, reason: EndReason = EndReason.HANGUP) -> None:
        """Cancel, decline or hang up, as the call stands; the last figures go before it."""
        if self.accepted and not self.over:
            self._tell_figures()
        self._rules.stop(reason, now=self._now())
        self._pump()

    def say(self, channel: Channel, word: Word) -> bool:
        """To the other end, on a data channel of an accepted call; False where it can't be said now."""
        return self.accepted and not self.over and self._peer.say(channel, word)

    def tell_sending(self, *, camera: bool, microphone: bool) -> None:
        """Have the other end of an accepted call know what is off here: now, and on each connection that comes."""
        self._sending.choose(Sends(camera=camera, microphone=microphone))
        self._sending.say_on(self._peer.generation)

    def compare(self) -> None:
        """The caller: have both ends show a safety number. Raises SafetyNumberError after three attempts a day."""
        self._rules.compare(now=self._now())
        self._pump()

    @property
    def safety_number(self) -> str | None:
        """Six digits to read to the other end; the link is proven when both say the same (`numbers_match`)."""
        return self._rules.comparing.number if self._rules.comparing is not None else None

    def numbers_match(self) -> None:
        """Two people have read the same digits to each other."""
        if self.safety_number is not None and self.peer_endpoint is not None:
            self._home.proven(self.peer_endpoint)

    def shut_media(self) -> None:
        """Send and play nothing for now."""
        self._peer.shut()

    def reopen_media(self) -> None:
        """Send and play again; only in an accepted call."""
        if self.accepted and not self.over:
            self._peer.reopen()

    async def reached(self, *steps: Step) -> Mark:
        """The first mark of any of these steps, now or when it comes. The caller of this has the deadline."""
        wanted = frozenset(steps)
        for mark in self.timeline.marks:
            if mark.step in wanted:
                return mark
        coming: asyncio.Future[Mark] = self._loop.create_future()
        self._waiting.append((wanted, coming))
        return await coming

    # ------------------------------------------------------------- for its endpoint

    def handle(self, message: wire.Message) -> None:
        """A message of the coordinator about this call."""
        if isinstance(message, wire.CallRing):
            if isinstance(self._rules, RungCall):
                self._rules.rung_again(message, now=self._now())
        else:
            self._rules.handle(message, now=self._now())
        self._pump()

    def ready(self, state: CallState | None) -> None:
        """A new session."""
        self._rules.ready(state, now=self._now())
        self._pump()

    def disconnected(self) -> None:
        """The session is gone."""
        self._rules.disconnected(now=self._now())
        self._pump()

    async def close(self) -> None:
        """Let go of everything."""
        for timer in (self._timer, self._quality):
            if timer is not None:
                timer.cancel()
        await self._peer.closed()
        self.gone.set()

    # ----------------------------------------------------------------------- inside

    def _now(self) -> float:
        return time.monotonic()

    def _peer_event(self, event: PeerEvent) -> None:
        if isinstance(event, Overheard):
            if event.generation == self._rules.negotiation.generation:
                self._overheard(event.generation, event.word)
            return
        self._rules.peer_event(event, now=self._now())
        self._pump()
        if isinstance(event, Speaks):
            self._sending.say_on(self._peer.generation)

    def _overheard(self, generation: int, word: Said) -> None:
        """What is said of camera and microphone may overtake the word of the accept, and counts after it."""
        if isinstance(word, Sends):
            self._sending.hear(generation, word)
        elif self.accepted and not self.over:
            self._home.overheard(self, word)

    def _first_frame(self) -> None:
        """Told to the rules, which know whether it counts yet."""
        self._peer_event(FirstFrame(self._rules.negotiation.generation))

    def _answered(self, question: Question, answer: wire.Ok | wire.Error) -> None:
        self._rules.answered(question, answer, now=self._now())
        self._pump()
        self._peer.prepare(self._rules.negotiation.ice_servers)

    def _pump(self) -> None:
        """Perform what the rules asked for, in order; what that causes comes after it, never in between."""
        if self._pumping:
            return
        self._pumping = True
        try:
            while actions := self._rules.drain():
                for action in actions:
                    self._perform(action)
        finally:
            self._pumping = False
        self._set_timer()

    def _perform(self, action: Action) -> None:
        match action:
            case Send(message):
                self._home.send(message)
            case Prove(message):
                self._home.prove(message)
            case Ask(question, message):
                self._home.ask(message, lambda answer: self._answered(question, answer))
            case Farewell(message):
                self._home.say_farewell(message)
            case Note(mark):
                self._noted(mark)
            case Sound():
                if isinstance(self._rules, RungCall):
                    self._rules.sounding(self._home.sound(self))
            case Forget():
                self._home.forget(self)
            case _:
                self._connect(action)

    def _connect(self, action: PeerAction) -> None:
        self._peer.do(action)

    def _noted(self, mark: Mark) -> None:
        self.timeline.add(mark)
        if mark.step in (Step.DTLS, Step.RETURNED):
            self._throughput.begin(self._peer.carried, mark.at)
        if mark.step is Step.RESUMED:
            self._sending.begin_again()
        if mark.step in (Step.ACCEPTED, Step.DTLS, Step.RETURNED):
            self._sending.say_on(self._peer.generation)
        if mark.step is Step.ACCEPTED:
            self._quality = self._loop.call_later(QUALITY_SECONDS, self._tell_quality)
        self._home.marked(self, mark)
        for wanted, coming in self._waiting:
            if mark.step in wanted and not coming.done():
                coming.set_result(mark)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self._rules.next_due()
        self._timer = self._loop.call_later(max(0.0, due - self._now()), self._tick) if due is not None else None

    def _tick(self) -> None:
        self._rules.tick(now=self._now())
        self._pump()

    def _tell_quality(self) -> None:
        if not self.over:
            self._quality = self._loop.call_later(QUALITY_SECONDS, self._tell_quality)
            self._tell_figures()

    def _tell_figures(self) -> None:
        """Figures for the operator; of a robot call they come from the robot alone."""
        if self.media is Media.TELEPRESENCE and self.role is Role.CALLER:
            return
        video = self.ends.figures().video
        rates = self._throughput.kbps(self._peer.carried, self._now())
        if video is None and rates is None:
            return
        self._home.send(
            wire.CallQuality(
                self.id,
                received_kbps=rates[0] if rates is not None else None,
                sent_kbps=rates[1] if rates is not None else None,
                frames_per_second=video.frames_last_second if video is not None else None,
                freezes=video.freezes if video is not None else None,
            )
        )
