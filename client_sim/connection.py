"""One RTCPeerConnection of a call: described before it is gathered, silent until the call is accepted.

Always with explicit ICE servers, never with a library's own; with one transport for everything; with a certificate of
its own. It tells its call what happens by events and must never decide anything about the call.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceCandidate,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamTrack
from aiortc.sdp import candidate_from_sdp

from client_sim.actions import (
    Broken,
    Connected,
    Described,
    Gathered,
    HeardBye,
    IceDone,
    Overheard,
    PeerEvent,
    Silent,
    Speaks,
    Unverified,
)
from client_sim.aiortc_settings import (
    CallCertificate,
    bytes_carried,
    certificate_seen,
    datagrams_heard,
    dtls_transport,
    has_track,
    let_through,
    nominated_types,
    use_certificate,
)
from client_sim.control import words
from client_sim.control.words import CHANNEL_IDS, Away, Channel, Word
from client_sim.descriptions import candidates_of, fingerprint_of
from client_sim.ends import Ends
from client_sim.sealed.contents import Bye, Candidate
from client_sim.timeline import Path
from relay.ice import IceServer, first_usable
from signalling.protocol import EndReason, Media, Role
from signalling.protocol import messages as wire

SILENCE_SECONDS: Final = 3.0
"""Nothing at all for this long is a loss: consent checks, reports, sound and pictures each come more often."""
LOOK_SECONDS: Final = 0.25
CLOSE_SECONDS: Final = 5.0
GOODBYE_SECONDS: Final = 0.05
"""How long a goodbye gets to leave before its transport is closed."""


def directions(media: Media, role: Role) -> dict[str, str]:
    """Which m-lines a call has, in their order, and which way this end uses each (RFC 8829 §5.2.1)."""
    if media is Media.AUDIO:
        return {"audio": "sendrecv"}
    if media is Media.TELEPRESENCE:
        return {"audio": "sendrecv", "video": "recvonly" if role is Role.CALLER else "sendonly"}
    return {"audio": "sendrecv", "video": "sendrecv"}


class Connection:
    """One generation of one call's connection."""

    def __init__(
        self,
        generation: int,
        *,
        media: Media,
        role: Role,
        ice_servers: Sequence[IceServer],
        certificate: CallCertificate,
        ends: Ends,
        tell: Callable[[PeerEvent], None],
        always_relay: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.generation = generation
        self._role = role
        self._directions = directions(media, role)
        self._servers = first_usable(ice_servers)
        self._ends = ends
        self._tell = tell
        self._clock = clock
        self._began = clock()
        self._phases: dict[str, int] = {}
        self._open = False
        self._closing = False
        self._early: list[Candidate] = []
        self._sealed: str | None = None
        """The fingerprint that the other end's description named."""
        self._channel_names = tuple(Channel) if media is Media.TELEPRESENCE else (Channel.CONTROL,)
        self._channels: dict[Channel, RTCDataChannel] = {}
        self._pc = RTCPeerConnection(
            RTCConfiguration(
                iceServers=[RTCIceServer(list(one.urls), one.username, one.credential) for one in self._servers],
                iceTransportPolicy=RTCIceTransportPolicy.RELAY if always_relay else RTCIceTransportPolicy.ALL,
                bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
            )
        )
        use_certificate(self._pc, certificate)
        self._pc.on("track", self._on_track)
        self._pc.on("iceconnectionstatechange", self._on_ice_state)
        self._pc.on("connectionstatechange", self._on_state)
        self._watching: asyncio.Task[None] | None = None
        self._busy = asyncio.Lock()

    async def offer(self) -> None:
        """Describe this end first, then gather."""
        async with self._busy:
            for kind, direction in self._directions.items():
                self._pc.addTransceiver(kind, direction)
            self._add_channels()
            await self._describe(await self._pc.createOffer(), is_answer=False)

    async def take_offer(self, sdp: str) -> None:
        """Apply the offer before anything is added to this end, or aiortc would stop the shared transport; answer."""
        async with self._busy:
            self._sealed = fingerprint_of(sdp)
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            for transceiver in self._pc.getTransceivers():
                transceiver.direction = self._directions.get(transceiver.kind, "inactive")
            if self._pc.sctp is not None:
                self._add_channels()
            await self._take_early()
            await self._describe(await self._pc.createAnswer(), is_answer=True)

    async def take_answer(self, sdp: str) -> None:
        """Apply the answer to our offer."""
        async with self._busy:
            self._sealed = fingerprint_of(sdp)
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
            self._gate()
            await self._take_early()

    async def take_candidates(self, found: Sequence[Candidate]) -> None:
        """The other end's candidates; none of them means that there are no more. Early ones are kept."""
        self._early += found or [Candidate(candidate="")]
        async with self._busy:
            if self._pc.remoteDescription is not None:
                await self._take_early()

    def open(self) -> None:
        """The call is accepted: attach tracks where this end sends, let through what arrives."""
        self._open = True
        self._gate()

    def close_gate(self) -> None:
        """Send and play nothing, from this moment on."""
        self._open = False
        self._gate()

    def retire(self) -> None:
        """Stop media in this moment; `close` does the rest."""
        self._closing = True
        self.close_gate()

    async def close(self, reason: EndReason | None) -> None:
        """Say goodbye where a reason is given, then stop everything. Bounded, also behind a dead relay."""
        self.retire()
        if self._watching is not None:
            self._watching.cancel()
        if reason is not None and self.say(Channel.CONTROL, Bye(reason=reason)):
            await asyncio.sleep(GOODBYE_SECONDS)
        try:
            async with asyncio.timeout(CLOSE_SECONDS), self._busy:
                await self._pc.close()
        except TimeoutError:
            pass

    @property
    def carries(self) -> bool:
        """Whether it has connected and neither end has closed it; it may be silent."""
        return not self._closing and self._pc.connectionState == "connected"

    @property
    def carried(self) -> tuple[int, int]:
        """Bytes received and sent until now."""
        transport = dtls_transport(self._pc)
        return bytes_carried(transport) if transport is not None else (0, 0)

    @property
    def phases(self) -> wire.PhasesMs:
        """Milliseconds from the making of this connection to each phase."""
        return wire.PhasesMs(
            gathered=self._phases.get("gathered"), ice=self._phases.get("ice"), dtls=self._phases.get("dtls")
        )

    @property
    def path(self) -> Path | None:
        """How media go, once a pair is nominated."""
        transport = dtls_transport(self._pc)
        types = nominated_types(transport) if transport is not None else None
        if types is None:
            return None
        relay = next((url.transport.value for one in self._servers for url in one.parsed() if url.is_turn), None)
        return Path(types[0], types[1], relay if types[0] == "relay" else None)

    async def _describe(self, description: RTCSessionDescription, *, is_answer: bool) -> None:
        self._tell(Described(self.generation, description.sdp, is_answer))
        await self._pc.setLocalDescription(description)
        self._gate()
        self._reached("gathered")
        self._tell(Gathered(self.generation, candidates_of(self._pc.localDescription.sdp)))

    def _add_channels(self) -> None:
        for name in self._channel_names:
            again = None if name is Channel.CONTROL else 0
            channel = self._pc.createDataChannel(
                name, ordered=again is None, maxRetransmits=again, negotiated=True, id=CHANNEL_IDS[name]
            )
            channel.on("message", self._on_message)
            if name is Channel.CONTROL:
                channel.on("open", lambda: self._tell(Speaks(self.generation)))
            self._channels[name] = channel

    def say(self, channel: Channel, word: Word | Bye) -> bool:
        """Say something on a channel; False while it isn't open."""
        found = self._channels.get(channel)
        if found is None or found.readyState != "open":
            return False
        found.send(words.encode(word))
        return True

    def _gate(self) -> None:
        """Before the accept nobody sends, and a callee drops what comes, whatever comes.

        A caller's receivers are open: what a device sends it has accepted, and its first picture, which alone can be
        decoded by itself, may overtake the box that says so.
        """
        receives = self._open or (self._role is Role.CALLER and not self._closing)
        let_through(self._pc.getTransceivers(), sends=self._open, receives=receives)
        if not self._open:
            return
        for transceiver in self._pc.getTransceivers():
            if transceiver.direction in ("sendrecv", "sendonly") and not has_track(transceiver.sender):
                self._ends.feed(transceiver.sender)

    async def _take_early(self) -> None:
        """All at once, for a name that must be asked for by multicast takes a second; the end of them last."""
        taken, self._early = self._early, []
        await asyncio.gather(*(self._pc.addIceCandidate(_candidate(one)) for one in taken if one.candidate))
        if not all(one.candidate for one in taken):
            await self._pc.addIceCandidate(None)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._ends.receive(track)

    def _on_ice_state(self) -> None:
        if self._pc.iceConnectionState == "completed":
            self._reached("ice")
            self._tell(IceDone(self.generation))

    def _on_state(self) -> None:
        if self._closing:
            return
        if self._is_another():
            self.close_gate()
            self._tell(Unverified(self.generation))
            return
        match self._pc.connectionState:
            case "connected":
                self._reached("dtls")
                self._tell(Connected(self.generation, self.path, self.phases))
                self._watching = asyncio.create_task(self._watch(), name="silence")
            case "failed" | "closed":
                self._tell(Broken(self.generation))
            case _:
                pass

    def _is_another(self) -> bool:
        """Whether DTLS ended on a certificate that is not the sealed one, however the library judges it."""
        transport = dtls_transport(self._pc)
        seen = certificate_seen(transport) if transport is not None else None
        match self._pc.connectionState:
            case "connected":
                return seen is None or seen != self._sealed
            case "failed" | "closed":
                return seen is not None and seen != self._sealed
            case _:
                return False

    def _on_message(self, message: str | bytes) -> None:
        word = words.decode(message)
        if isinstance(word, Bye):
            self._tell(HeardBye(self.generation, word.reason))
        elif isinstance(word, Away):
            self._tell(Silent(self.generation))
        elif word is not None:
            self._tell(Overheard(self.generation, word))

    def _reached(self, phase: str) -> None:
        self._phases.setdefault(phase, round((self._clock() - self._began) * 1000))

    async def _watch(self) -> None:
        """Tell when nothing arrives any more, and when something does again."""
        transport = dtls_transport(self._pc)
        if transport is None:
            return
        heard, since, silent = datagrams_heard(transport), self._clock(), False
        while not self._closing:
            await asyncio.sleep(LOOK_SECONDS)
            now_heard = datagrams_heard(transport)
            if now_heard != heard:
                heard, since = now_heard, self._clock()
                if silent:
                    silent = False
                    self._tell(Connected(self.generation, self.path, self.phases))
            elif not silent and self._clock() - since >= SILENCE_SECONDS:
                silent = True
                self._tell(Silent(self.generation))


def _candidate(one: Candidate) -> RTCIceCandidate:
    found = candidate_from_sdp(one.candidate.removeprefix("candidate:"))
    found.sdpMid, found.sdpMLineIndex = one.sdp_mid, one.sdp_mline_index
    return found
