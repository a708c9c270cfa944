"""An endpoint: an identity, a session with the coordinator, and the calls it is in.

It brings messages to the calls they belong to, turns away what can't be taken, and keeps the last words of calls until
the coordinator has heard them. How it meets a ring is its `Manner`: a Komp's, an AV1's, a person's.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from client_sim import aiortc_settings
from client_sim.actions import PeerEvent
from client_sim.answering import RungCall
from client_sim.comparing import Comparing
from client_sim.control.words import Said
from client_sim.farewells import Farewells
from client_sim.linkbook import Kept, LinkBook, Unready
from client_sim.live_call import LiveCall
from client_sim.manner import EndsMaker, Manner, Surroundings
from client_sim.meetings import Meetings
from client_sim.peer import Peer
from client_sim.placing import PlacedCall
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.profile import profile_digest
from client_sim.sealed.seal import CallSeal
from client_sim.socket import Away, Socket
from client_sim.timeline import Mark, Step
from client_sim.unreachable import session_within
from signalling.protocol import CallId, EndpointId, EndReason, Media, PartyId, PresenceState, Role
from signalling.protocol import messages as wire
from signalling.protocol.fields import WATCHED
from signalling.protocol.proof import base64url

REMEMBERED_CALLS: Final = 256
STOP_SECONDS: Final = 8.0


_AWAY: Final = {
    Away.SUPERSEDED: "a newer session of this endpoint has taken over",
    Away.REVOKED: "this endpoint's link was withdrawn",
    Away.NOT_AUTHENTICATED: "the coordinator doesn't know this endpoint, or goes by another name than the one dialled",
}


class KeysUnknownError(Exception):
    """Nobody can be rung there: no statement of their keys is known."""


class Endpoint:
    """One endpoint of one coordinator. `start` it, and `stop` it before its loop ends."""

    def __init__(
        self,
        keeping: Keeping,
        *,
        around: Surroundings,
        manner: Manner,
        make_ends: EndsMaker,
        kept: Kept = lambda _: None,
    ) -> None:
        self.book = LinkBook(keeping, wall=around.wall, kept=kept)
        self.identity = self.book.identity
        self._manner = manner
        self._make_ends = make_ends
        self._around = around
        self.socket = Socket(self.identity, origin=around.origin, http=around.http, listener=self)
        self._farewells = Farewells(self.socket)
        self.calls: dict[CallId, LiveCall] = {}
        self._ended: OrderedDict[CallId, EndReason] = OrderedDict()
        self._winners: dict[CallId, PartyId] = {}
        """Calls that are said to have won over ours, and whom ours was for."""
        self._seconds: set[CallId] = set()
        """Calls that took another's place; they have no successor."""
        self._asking: set[str] = set()
        """Rings that wait for their caller's keys."""
        self.presence: dict[EndpointId, PresenceState] = {}
        self._presence_changed = asyncio.Event()
        self._session = asyncio.Event()
        self._shut_out = asyncio.Event()
        self.away: Away | None = None
        self._running: asyncio.Task[None] | None = None
        self._closings: set[asyncio.Task[None]] = set()
        self.meetings = Meetings(self.socket)
        self.news: Callable[[], None] = lambda: None
        """Called when a letter may wait, or the circle may be another: at each session and when the coordinator says
        so; and when it shuts this endpoint out."""

    def __repr__(self) -> str:
        return "Endpoint(…)"

    # ------------------------------------------------------------------ for its owner

    async def start(self, *, seconds: float = 10.0) -> None:
        """Be online. Raises ConnectionError when there is no session within `seconds`, with the cause if it shows."""
        self._running = asyncio.create_task(self.socket.run(), name="session")
        self._running.add_done_callback(_tell_of_a_fault)
        cause = await session_within(self._session, self._around.origin, seconds)
        if self.away is not None:
            raise ConnectionError(_AWAY[self.away])
        if not self.socket.is_live:
            raise ConnectionError("the coordinator can't be reached" + (f": {cause.value}" if cause else ""))

    async def stop(self, reason: EndReason = EndReason.HANGUP, *, said: EndReason | None = None) -> None:
        """End every call with `reason`, say that this endpoint is turned off, and let go of everything."""
        for call in list(self.calls.values()):
            call.stop(reason)
        await self.socket.stop(said)
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
        for call in list(self.calls.values()):
            self.forget(call)
        if self._closings:
            await asyncio.wait(self._closings, timeout=STOP_SECONDS)

    def call(self, party: str, endpoints: Sequence[str], media: Media, *, lifetime_ms: int = 30_000) -> LiveCall:
        """Ring a person or a device at those of these endpoints whose keys are known. Raises KeysUnknownError."""
        call = CallId(base64url(secrets.token_bytes(16)))
        found = {EndpointId(one): self.book.addressee(call, one) for one in endpoints}
        shown = self.book.keeping
        addressees = {endpoint: one for endpoint, one in found.items() if one is not None}
        if not addressees:
            raise KeysUnknownError("there is no key to seal a ring with: nothing is known of that party's endpoints")
        rules = PlacedCall(
            call,
            to=PartyId(party),
            addressees=addressees,
            media=media,
            lifetime_ms=lifetime_ms,
            sent_at_ms=int(self._around.wall() * 1000),
            from_key=self.book.serial,
            reseal=self._reseal,
            profile=None if media is Media.TELEPRESENCE else profile_digest(shown.name, shown.picture),
        )
        return self._take_up(rules)

    def fetch_keys(self, endpoints: Sequence[str], then: Callable[[], None] = lambda: None) -> None:
        """Ask the coordinator for the newest statements of endpoints that are known; `then` comes after the answer."""

        def answered(answer: wire.Ok | wire.Error) -> None:
            for found in (answer.keys or []) if isinstance(answer, wire.Ok) else []:
                self.book.take(found)
            then()

        self.ask(wire.KeysGet(list(endpoints)), answered)

    async def learn_keys(self, endpoint: str) -> None:
        """Ask for the newest statement of an endpoint that is known. Without an answer nothing changes."""
        answer = await self.socket.asked(wire.KeysGet([endpoint]))
        for found in (answer.keys or []) if isinstance(answer, wire.Ok) else []:
            self.book.take(found)

    async def turned_away(self) -> str:
        """Return why this endpoint is no longer online, once the coordinator has shut it out."""
        await self._shut_out.wait()
        assert self.away is not None
        return _AWAY[self.away]

    async def sees(self, endpoint: str, state: PresenceState) -> None:
        """Return when that endpoint has that presence. The caller of this has the deadline."""
        while self.presence.get(EndpointId(endpoint)) is not state:
            self._presence_changed.clear()
            await self._presence_changed.wait()

    @property
    def is_engaged(self) -> bool:
        """Whether a call keeps this endpoint from taking another."""
        return any(self._engages(call) for call in self.calls.values())

    # ------------------------------------------------------------------ for its socket

    def named_calls(self) -> list[wire.NamedCall]:
        """See `Listener.named_calls`."""
        return [named for call in self.calls.values() if (named := call.named) is not None][:4]

    def ready(self, ready: wire.Ready) -> None:
        """See `Listener.ready`: every call says again what still counts, then the last words of the ended ones."""
        known = {one.call: one.state for one in ready.calls}
        self._session.set()
        self._manner.session_began(ready)
        self.news()
        self.send(wire.KeysPublish(self.book.published()))
        known_endpoints = [one.endpoint for one in self.book.links][:WATCHED]
        if known_endpoints:
            self.fetch_keys(known_endpoints)
            if not self._manner.is_device:
                self.send(wire.PresenceWatch(known_endpoints))
        for call in list(self.calls.values()):
            call.ready(known.get(call.id))
        self._farewells.say_again()

    def received(self, message: wire.Message) -> None:
        """See `Listener.received`."""
        match message:
            case wire.Presence():
                self.presence[EndpointId(message.endpoint)] = message.state
                self._presence_changed.set()
            case wire.CallRing():
                self._rung(message)
            case wire.PostWaiting() | wire.CircleChanged():
                self.news()
            case wire.DeviceCommand():
                self._manner.commanded(message.command)
            case wire.PairMet() | wire.ForwardedPairBox():
                self.meetings.received(message)
            case _:
                call = self.calls.get(CallId(getattr(message, "call", "")))
                if call is not None:
                    call.handle(message)

    def disconnected(self) -> None:
        """See `Listener.disconnected`."""
        self._asking.clear()
        for call in list(self.calls.values()):
            call.disconnected()

    def stays_away(self, why: Away) -> None:
        """See `Listener.stays_away`."""
        self.away = why
        self._session.set()
        self._shut_out.set()
        self.news()

    # ------------------------------------------------------------------- for its calls

    def send(self, message: wire.Request) -> None:
        """See `Home.send`."""
        self.socket.send(message)

    def ask(self, message: wire.Request, answer: Callable[[wire.Ok | wire.Error], None]) -> bool:
        """See `Home.ask`; False where there is no session."""
        return self.socket.ask(message, answer)

    def prove(self, message: wire.Request) -> None:
        """See `Home.prove`."""
        self.socket.prove(message)

    def say_farewell(self, message: wire.Request) -> None:
        """See `Home.say_farewell`."""
        self._farewells.say(message)

    def sound(self, call: LiveCall) -> int | None:
        """See `Home.sound`. A call that won over ours is taken without a ring, if it is from whom we called."""
        if self._won_over_ours(call):
            asyncio.get_running_loop().call_soon(call.answer)
            return 0
        return self._manner.sounds(call)

    def marked(self, call: LiveCall, mark: Mark) -> None:
        """See `Home.marked`."""
        if mark.step is Step.ENDED and call.winner is not None and call.invite is not None:
            self._lost_to(call.winner, PartyId(call.invite.to))
        if mark.step is Step.ENDED and mark.reason is EndReason.STALE_KEY and call.id not in self._seconds:
            self._call_again(call)
        self._manner.marked(call, mark)

    def overheard(self, call: LiveCall, word: Said) -> None:
        """See `Home.overheard`."""
        self._manner.overheard(call, word)

    def proven(self, endpoint: EndpointId) -> None:
        """See `Home.proven`."""
        self.book.prove(endpoint)

    def forget(self, call: LiveCall) -> None:
        """See `Home.forget`."""
        if self.calls.pop(call.id, None) is None:
            return
        self._winners.pop(call.id, None)
        self._seconds.discard(call.id)
        if call.role is Role.CALLEE:
            self._ended[call.id] = call.reason or EndReason.UNREACHABLE
            while len(self._ended) > REMEMBERED_CALLS:
                self._ended.popitem(last=False)
        closing = asyncio.create_task(call.close(), name="closing")
        self._closings.add(closing)
        closing.add_done_callback(self._closings.discard)

    # -------------------------------------------------------------------------- inside

    def _take_up(self, rules: PlacedCall | RungCall, *, declines: EndReason | None = None) -> LiveCall:
        def make_peer(tell: Callable[[PeerEvent], None], first_frame: Callable[[], None]) -> Peer:
            return Peer(
                rules.media,
                rules.role,
                ends=self._make_ends(rules.media, rules.role, first_frame),
                certificates=self._around.certificates,
                tell=tell,
                paths=self._around.paths,
                always_relay=self._around.always_relay,
            )

        call = LiveCall(rules, self, make_peer)
        rules.comparing = Comparing(rules.id, rules.role, self.book, peer=lambda: rules.peer)
        self.calls[call.id] = call
        call.begin(declines=declines, wall_ms=int(self._around.wall() * 1000))
        return call

    def _rung(self, ring: wire.CallRing) -> None:
        known = self.calls.get(CallId(ring.call))
        if known is not None:
            known.handle(ring)
            return
        if ring.call in self._asking:
            return
        opened = self.book.opens(ring)
        if opened is not Unready.THEIR_KEY_UNKNOWN:
            self._take_ring(ring, opened)
        elif self.ask(wire.KeysGet([ring.from_]), lambda answer: self._learnt(ring, answer)):
            self._asking.add(ring.call)

    def _learnt(self, ring: wire.CallRing, answer: wire.Ok | wire.Error) -> None:
        """The caller's keys came, or not. Somebody who isn't known yet is introduced by this, and no more."""
        self._asking.discard(ring.call)
        name = ring.profile.name if ring.profile is not None else ""
        for found in (answer.keys or []) if isinstance(answer, wire.Ok) else []:
            if found.endpoint == ring.from_:
                self.book.meet(found, name)
        self._take_ring(ring, self.book.opens(ring))

    def _take_ring(self, ring: wire.CallRing, opened: CallSeal | Unready) -> None:
        if isinstance(opened, Unready):
            stranger = self.book.link(ring.from_) is None
            reason = EndReason.PEER_NOT_VERIFIED if stranger else EndReason.STALE_KEY
            self.say_farewell(wire.CallDecline(CallId(ring.call), reason))
            return
        declines = self._ended.get(CallId(ring.call)) or self._turns_away(ring)
        verified = self.book.is_verified(ring.from_)
        self._take_up(
            RungCall(ring, opened, verified=verified, refuses=self._manner.refuses, reseal=self._reseal),
            declines=declines,
        )

    def _reseal(self, resume: wire.ForwardedResume) -> CallSeal | None:
        call = self.calls.get(CallId(resume.call))
        if call is None or call.peer_endpoint is None:
            return None
        return self.book.reopens(resume, call.peer_endpoint, call.role)

    def _turns_away(self, ring: wire.CallRing) -> EndReason | None:
        if not (self._manner.takes_introduced or self.book.is_verified(ring.from_)):
            return EndReason.PEER_NOT_VERIFIED
        if self.is_engaged:
            return EndReason.BUSY
        return self._manner.turns_away(ring)

    def _engages(self, call: LiveCall) -> bool:
        """A person whose own invite nobody has joined may still lose it to the other's, so it keeps from nothing."""
        if call.over:
            return False
        return self._manner.one_at_a_time or call.peer_endpoint is not None

    def _call_again(self, call: LiveCall) -> None:
        """The callee has a newer key: learn it, and call once more, once."""
        invite = call.invite
        if invite is None:
            return
        endpoints = [ring.endpoint for ring in invite.rings]

        def place() -> None:
            again = self.call(invite.to, endpoints, invite.media, lifetime_ms=invite.lifetime_ms)
            self._seconds.add(again.id)
            call.successor.set_result(again)

        self.fetch_keys(endpoints, place)

    def _lost_to(self, winner: CallId, called: PartyId) -> None:
        self._winners[winner] = called
        call = self.calls.get(winner)
        if call is not None and self._won_over_ours(call):
            call.answer()

    def _won_over_ours(self, call: LiveCall) -> bool:
        """Only the coordinator says which call won: taken unasked is one of a verified end of whom we called."""
        record = self.book.link(call.peer_endpoint) if call.peer_endpoint is not None else None
        return record is not None and call.verified and self._winners.get(call.id) == record.party


def _tell_of_a_fault(session: asyncio.Task[None]) -> None:
    """A fault of ours ends an endpoint's session: aloud, or its owner would wait for a call that never comes."""
    if not session.cancelled() and (problem := session.exception()) is not None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "an endpoint's session ended by a fault", "exception": problem, "task": session}
        )


def prepare_process(*, loopback_only: bool = False) -> None:
    """What a process must do once before its first endpoint."""
    aiortc_settings.apply(loopback_only=loopback_only)
