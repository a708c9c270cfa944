"""The hands of links: statements handed on as they were signed, two endpoints brought together to pair, admissions.

It verifies who signed a statement, so that nobody can hang a key on somebody else, and looks into no pairing box.
"""

from signalling.access.identity import signature_holds
from signalling.observe.clock import Clock
from signalling.people.circle import Circle, Endpoint, Keys, Statement
from signalling.people.post import NewPost
from signalling.protocol.codec import encode
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.messages import (
    DeviceAdmit,
    EndpointKeys,
    ForwardedPairBox,
    KeysGet,
    KeysPublish,
    KeyStatement,
    Ok,
    PairBox,
    PairMet,
    PairOpen,
    PostWaiting,
)
from signalling.protocol.proof import agreement_key_bytes, base64url
from signalling.service.session import Session
from signalling.state.port import State
from signalling.vocabulary import PartyKind

RENDEZVOUS_SECONDS = 300.0


class Links:
    """What endpoints ask about keys and pairing."""

    def __init__(self, state: State, circle: Circle, clock: Clock) -> None:
        self._state = state
        self._circle = circle
        self._clock = clock

    async def publish(self, session: Session, message: KeysPublish) -> bool:
        """Keep the endpoint's own statement. Raises ProtocolError `stale_key` where it isn't its own, or not newer."""
        said = message.statement
        signed = agreement_key_bytes(endpoint=said.endpoint, key=said.key, serial=said.serial, not_after=said.not_after)
        own = said.endpoint == session.endpoint and signature_holds(session.who.identity, said.signature, signed)
        statement = Statement(said.key, said.serial, said.not_after, said.signature)
        if not own or not await self._circle.publish(session.endpoint, statement):
            raise ProtocolError(ErrorCode.STALE_KEY)
        return False

    async def get(self, session: Session, message: KeysGet) -> bool:
        """The keys of those endpoints that the asker may see; of the others not a word."""
        found = []
        for endpoint in message.endpoints:
            if not await self._circle.may_see(session.who, endpoint):
                continue
            who, keys = await self._circle.endpoint(endpoint), await self._circle.keys_of(endpoint)
            if who is not None and keys is not None:
                found.append(_written(who, keys))
        if message.id is not None:
            session.send(Ok(ref=message.id, keys=found))
        return True

    async def open(self, session: Session, message: PairOpen) -> bool:
        """Wait at a rendezvous; both ends hear of each other as soon as both are there. Raises `taken`."""
        now = self._clock.now()
        there = self._state.rendezvous
        if not await there.open(message.name, session.endpoint, now=now, until=now + RENDEZVOUS_SECONDS):
            raise ProtocolError(ErrorCode.TAKEN, "Two endpoints are at that rendezvous already.")
        peer = await there.peer(message.name, session.endpoint, now=now)
        if peer is not None:
            met = encode(PairMet(message.name))
            await self._state.sessions.deliver(peer, met)
            session.deliver(met)
        return False

    async def box(self, session: Session, message: PairBox) -> bool:
        """Carry a box to the other end of the rendezvous. Raises `not_found` while nobody else is there."""
        peer = await self._state.rendezvous.peer(message.name, session.endpoint, now=self._clock.now())
        carried = ForwardedPairBox(message.name, message.box)
        if peer is None or not await self._state.sessions.deliver(peer, encode(carried)):
            raise ProtocolError(ErrorCode.NOT_FOUND)
        return False

    async def post_kept(self, author: Endpoint, post: NewPost) -> None:
        """A post waits: its readers who are online hear of it at once, the others find it when they come."""
        for reader in post.readers:
            told = PostWaiting(post.post, post.purpose, str(author.endpoint))
            await self._state.sessions.deliver(reader.endpoint, encode(told))

    async def admit(self, session: Session, message: DeviceAdmit) -> bool:
        """A Komp's word that somebody turned its knob for that endpoint. Raises `not_allowed` or `not_found`."""
        if session.who.kind is not PartyKind.KOMP:
            raise ProtocolError(ErrorCode.NOT_ALLOWED)
        if not await self._circle.admit(session.who, message.endpoint):
            raise ProtocolError(ErrorCode.NOT_FOUND)
        return False


def _written(who: Endpoint, keys: Keys) -> EndpointKeys:
    statement, said = None, keys.statement
    if said is not None:
        statement = KeyStatement(str(who.endpoint), said.key, said.serial, said.not_after, said.signature)
    return EndpointKeys(str(who.endpoint), str(who.party), base64url(keys.identity), statement)
