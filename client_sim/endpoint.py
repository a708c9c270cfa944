"""An endpoint: an identity, a session with the coordinator, and the calls it is in.

It brings messages to the calls they belong to, turns away what can't be taken, and keeps the last words of calls until
the coordinator has heard them. How it meets a ring is its `Manner`: a Komp's, an AV1's, a person's.
"""

import asyncio
import contextlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from client_sim import aiortc_settings
from client_sim.actions import PeerEvent
from client_sim.answering import RungCall
from client_sim.farewells import Farewells
from client_sim.identity import Identity
from client_sim.link import Contact
from client_sim.live_call import LiveCall
from client_sim.manner import EndsMaker, Manner, Surroundings
from client_sim.peer import Peer
from client_sim.placing import PlacedCall
from client_sim.sealed.seal import Binding
from client_sim.socket import Away, Socket
from client_sim.timeline import Mark, Step
from signalling.protocol import CallId, EndpointId, EndReason, Media, PartyId, PresenceState, Role
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url

REMEMBERED_CALLS: Final = 256
STOP_SECONDS: Final = 8.0


_AWAY: Final = {
    Away.SUPERSEDED: "a newer session of this endpoint has taken over",
    Away.REVOKED: "this endpoint's link was withdrawn",
    Away.NOT_AUTHENTICATED: "the coordinator doesn't know this endpoint, or goes by another name than the one dialled",
}


class Endpoint:
    """One endpoint of one coordinator. `start` it, and `stop` it before its loop ends."""

    def __init__(
        self,
        identity: Identity,
        contacts: Sequence[Contact],
        *,
        around: Surroundings,
        manner: Manner,
        make_ends: EndsMaker,
    ) -> None:
        self.identity = identity
        self.contacts = contacts
        self._manner = manner
        self._make_ends = make_ends
        self._around = around
        self.socket = Socket(identity, origin=around.origin, http=around.http, listener=self)
        self._farewells = Farewells(self.socket)
        self.calls: dict[CallId, LiveCall] = {}
        self._ended: OrderedDict[CallId, EndReason] = OrderedDict()
        self._winners: set[CallId] = set()
        self.presence: dict[EndpointId, PresenceState] = {}
        self._presence_changed = asyncio.Event()
        self._session = asyncio.Event()
        self._shut_out = asyncio.Event()
        self.away: Away | None = None
        self._running: asyncio.Task[None] | None = None
        self._closings: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return "Endpoint(…)"

    # ------------------------------------------------------------------ for its owner

    async def start(self, *, seconds: float = 10.0) -> None:
        """Be online. Raises ConnectionError when there is no session within `seconds`."""
        self._running = asyncio.create_task(self.socket.run(), name="session")
        self._running.add_done_callback(_tell_of_a_fault)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._session.wait()
        if self.away is not None:
            raise ConnectionError(_AWAY[self.away])
        if not self.socket.is_live:
            raise ConnectionError("the coordinator can't be reached")

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
        """Ring a person or a device at these endpoints."""
        call = CallId(base64url(secrets.token_bytes(16)))
        seals = {
            EndpointId(one): self._around.seals(
                Binding(call, self.identity.endpoint, EndpointId(one), 1, 1, 0), Role.CALLER
            )
            for one in endpoints
        }
        rules = PlacedCall(
            call,
            to=PartyId(party),
            seals=seals,
            media=media,
            lifetime_ms=lifetime_ms,
            sent_at_ms=int(self._around.wall() * 1000),
        )
        return self._take_up(rules)

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
        self._manner.session_began()
        if self.contacts and not self._manner.is_device:
            self.send(wire.PresenceWatch([one.endpoint for one in self.contacts]))
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
            case _:
                call = self.calls.get(CallId(getattr(message, "call", "")))
                if call is not None:
                    call.handle(message)

    def disconnected(self) -> None:
        """See `Listener.disconnected`."""
        for call in list(self.calls.values()):
            call.disconnected()

    def stays_away(self, why: Away) -> None:
        """See `Listener.stays_away`."""
        self.away = why
        self._session.set()
        self._shut_out.set()

    # ------------------------------------------------------------------- for its calls

    def send(self, message: wire.Request) -> None:
        """See `Home.send`."""
        self.socket.send(message)

    def ask(self, message: wire.Request, answer: Callable[[wire.Ok | wire.Error], None]) -> None:
        """See `Home.ask`."""
        self.socket.ask(message, answer)

    def say_farewell(self, message: wire.Request) -> None:
        """See `Home.say_farewell`."""
        self._farewells.say(message)

    def sound(self, call: LiveCall) -> int | None:
        """See `Home.sound`. A call that won over ours is taken without a ring."""
        if call.id in self._winners:
            asyncio.get_running_loop().call_soon(call.answer)
            return 0
        return self._manner.sounds(call)

    def marked(self, call: LiveCall, mark: Mark) -> None:
        """See `Home.marked`."""
        if mark.step is Step.ENDED and call.winner is not None:
            self._lost_to(call.winner)
        self._manner.marked(call, mark)

    def forget(self, call: LiveCall) -> None:
        """See `Home.forget`."""
        if self.calls.pop(call.id, None) is None:
            return
        self._winners.discard(call.id)
        if call.role is Role.CALLEE and call.reason is not None:
            self._ended[call.id] = call.reason
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
        self.calls[call.id] = call
        call.begin(declines=declines, wall_ms=int(self._around.wall() * 1000))
        return call

    def _rung(self, ring: wire.CallRing) -> None:
        known = self.calls.get(CallId(ring.call))
        if known is not None:
            known.handle(ring)
            return
        ended = self._ended.get(CallId(ring.call))
        declines = ended or self._turns_away(ring)
        binding = Binding(
            CallId(ring.call),
            EndpointId(ring.from_),
            self.identity.endpoint,
            ring.from_key,
            ring.key,
            0,
        )
        rules = RungCall(ring, self._around.seals(binding, Role.CALLEE), refuses=self._manner.refuses)
        self._take_up(rules, declines=declines)

    def _turns_away(self, ring: wire.CallRing) -> EndReason | None:
        if all(one.endpoint != ring.from_ for one in self.contacts):
            return EndReason.PEER_NOT_VERIFIED
        if self.is_engaged:
            return EndReason.BUSY
        return self._manner.turns_away(ring)

    def _engages(self, call: LiveCall) -> bool:
        """A person whose own invite nobody has joined may still lose it to the other's, so it keeps from nothing."""
        if call.over:
            return False
        return self._manner.one_at_a_time or call.peer_endpoint is not None

    def _lost_to(self, winner: CallId) -> None:
        self._winners.add(winner)
        call = self.calls.get(winner)
        if call is not None:
            call.answer()


def _tell_of_a_fault(session: asyncio.Task[None]) -> None:
    """A fault of ours ends an endpoint's session: aloud, or its owner would wait for a call that never comes."""
    if not session.cancelled() and (problem := session.exception()) is not None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": "an endpoint's session ended by a fault", "exception": problem, "task": session}
        )


def prepare_process(*, loopback_only: bool = False) -> None:
    """What a process must do once before its first endpoint."""
    aiortc_settings.apply(loopback_only=loopback_only)
