"""What an endpoint knows of others and of itself, at work: seals for calls, statements taken and given.

It decides nothing about a call. Whatever the coordinator hands over goes through the rules of `sealed.links`: a new key
under a known identity is taken, another identity never in silence. It never prints, and never gives a private key away.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final

import msgspec

from client_sim.identity import Identity
from client_sim.sealed.call_seal import CallKeys, NoiseSeal
from client_sim.sealed.device_list import KnownPerson, meet_anew, vouches
from client_sim.sealed.keeping import LINKS, Keeping, KeepingError, PersonKey, PersonOf
from client_sim.sealed.keyring import key_of, rotate, state_key
from client_sim.sealed.links import (
    NAME_CHARACTERS,
    How,
    LinkRecord,
    Who,
    doubt_by_safety_number,
    introduce,
    is_verified,
    take_statement,
    verify_by_safety_number,
)
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.safety_number import counted
from client_sim.sealed.seal import Addressee, Binding, CallSeal
from client_sim.sealed.statements import KeyStatement, StatementError
from signalling.protocol import CallId, EndpointId, PartyKind, Role
from signalling.protocol import messages as wire
from signalling.protocol.proof import from_base64url

UNNAMED: Final = "somebody"
"""A caller of whom the coordinator gave no name."""

Kept = Callable[[Keeping], None]
"""Told of everything that must not be lost, before it is used."""


class Unready(Enum):
    """Why a ring can't be opened with what is known."""

    OWN_KEY_GONE = "own key gone"
    """It is sealed to a key that this endpoint has no more."""
    THEIR_KEY_UNKNOWN = "their key unknown"
    """It is sealed by a key that this endpoint has no statement of: ask for it."""


class LinkBook:
    """One endpoint's. `wall` is Unix time in seconds."""

    def __init__(self, keeping: Keeping, *, wall: Callable[[], float], kept: Kept = lambda _: None) -> None:
        self._keeping = keeping
        self._wall = wall
        self._kept = kept
        self.identity: Final = Identity(from_base64url(keeping.key))
        self.refused = 0
        """Statements that the coordinator handed over and that don't hold: an honest one hands over none."""

    def __repr__(self) -> str:
        return "LinkBook(…)"

    def now(self) -> float:
        """Unix time, seconds."""
        return self._wall()

    @property
    def keeping(self) -> Keeping:
        """All of it, as it would be kept."""
        return self._keeping

    @property
    def links(self) -> tuple[LinkRecord, ...]:
        """Whom it knows."""
        return self._keeping.links

    def link(self, endpoint: str) -> LinkRecord | None:
        """The record of an endpoint."""
        return self._keeping.link(endpoint)

    def is_verified(self, endpoint: str) -> bool:
        """Whether something may answer by itself on that link: its keys were proven, or its person lists them."""
        record = self.link(endpoint)
        return record is not None and (is_verified(record, now=self._wall()) or self._is_listed(record))

    def put(self, record: LinkRecord) -> None:
        """Know this from now on. Raises KeepingError for what can't be kept, and in a book full of proven links.

        An introduced link gives way when there is no room, the oldest first: it is the coordinator that makes them.
        """
        _check_limits(record)
        keeping = self._keeping
        if len(keeping.links) >= LINKS and keeping.link(record.endpoint) is None:
            oldest = next((one for one in keeping.links if one.how is How.INTRODUCED), None)
            keeping = msgspec.structs.replace(keeping, links=tuple(one for one in keeping.links if one is not oldest))
        self._keep(keeping.with_link(record))

    def met(self, record: LinkRecord) -> None:
        """Know this from a pairing: its person may come with a list under another key from now on, once.

        Raises KeepingError.
        """
        self.put(record)
        known = self.person(record.party)
        if known is not None:
            self.put_person(record.party, meet_anew(known))

    def drop(self, endpoint: str) -> None:
        """Know nothing of that endpoint any more."""
        links = tuple(one for one in self.links if one.endpoint != endpoint)
        if links != self.links:
            self._keep(msgspec.structs.replace(self._keeping, links=links))

    def meet(self, found: wire.EndpointKeys, name: str) -> bool:
        """Somebody rang who isn't known yet, under that name by the coordinator's word: introduced, and no more."""
        shown = "".join(letter for letter in name if letter.isprintable()).strip()[:NAME_CHARACTERS]
        return self.take(found, Who(found.party, shown or UNNAMED, PartyKind.PERSON))

    def prove(self, endpoint: str) -> None:
        """Safety numbers were compared with that end, and match."""
        record = self.link(endpoint)
        if record is not None:
            self.put(verify_by_safety_number(record))

    def doubt(self, endpoint: str) -> None:
        """Safety numbers were compared with that end, and differ."""
        record = self.link(endpoint)
        if record is not None:
            self.put(doubt_by_safety_number(record))

    def count_comparison(self, endpoint: str) -> None:
        """One more safety number on that link. Raises SafetyNumberError where it has had three in a day."""
        record = self.link(endpoint)
        if record is not None:
            self.put(msgspec.structs.replace(record, compared=counted(record.compared, now=self._wall())))

    def show_as(self, name: str, picture: str | None) -> None:
        """How its owner is shown to others from now on, which rings from here say."""
        if (name, picture) != (self._keeping.name, self._keeping.picture):
            self._keep(msgspec.structs.replace(self._keeping, name=name, picture=picture))

    def person(self, party: str) -> KnownPerson | None:
        """What is known of a person's own list of endpoints."""
        return next((one.known for one in self._keeping.persons if one.party == party), None)

    def put_person(self, party: str, known: KnownPerson) -> None:
        """Know this of that person from now on. Where there is no room, somebody of whom no link is left gives way."""
        others = tuple(one for one in self._keeping.persons if one.party != party)
        if len(others) >= LINKS:
            linked = {one.party for one in self.links}
            gone = next((one for one in others if one.party not in linked), others[0])
            others = tuple(one for one in others if one is not gone)
        self._keep(msgspec.structs.replace(self._keeping, persons=(*others, PersonOf(party, known))))

    def keep_person(self, key: PersonKey) -> None:
        """The key of one's own list, with the version that it is about to sign."""
        self._keep(msgspec.structs.replace(self._keeping, person=key))

    def has_read(self, post: str) -> bool:
        """Whether that post was read before. What was said once doesn't count again."""
        return post in self._keeping.read

    def read(self, post: str) -> None:
        """That post is read now."""
        self._keep(self._keeping.with_read(post))

    # -------------------------------------------------------------------- own keys

    def statement(self) -> KeyStatement:
        """The statement to publish; a new key is made first where one is due, and kept before anybody hears of it."""
        ring = rotate(self._keeping.ring, now=self._wall())
        if ring is not self._keeping.ring:
            self._keep(msgspec.structs.replace(self._keeping, ring=ring))
        return state_key(ring, self.identity.key)

    def published(self) -> wire.KeyStatement:
        """The same, as it goes to the coordinator."""
        return wire.KeyStatement(**msgspec.structs.asdict(self.statement()))

    def introduction(self) -> Introduction:
        """What this endpoint says of itself when it pairs."""
        return Introduction(self.identity.public_text, self.statement())

    # ------------------------------------------------------------------ others' keys

    def take(self, found: wire.EndpointKeys, who: Who | None = None) -> bool:
        """What the coordinator hands over as an endpoint's keys; True if the book changed.

        Of an endpoint that isn't known yet it makes an introduced link where `who` says whose it is. But a device has
        one endpoint: another under its name is another identity. What doesn't hold is counted and passed over.
        """
        known = self.link(found.endpoint) or self._device_of(found.party if who is None else who.party)
        try:
            record = _after(found, known, who)
        except StatementError:
            self.refused += 1
            return False
        if record is None or record is known:
            return False
        try:
            self.put(record)
        except KeepingError:
            return False
        return True

    def _is_listed(self, record: LinkRecord) -> bool:
        """Whether a list of its person's vouches for that endpoint now. Nothing of it is kept in the record."""
        person, now = self.person(record.party), self._wall()
        if person is None or record.changed or not record.statement.is_current(now=now):
            return False
        return vouches(person, record.endpoint, record.identity, now=now)

    def _device_of(self, party: str) -> LinkRecord | None:
        """The record of a device; a person may have several endpoints, a device has one."""
        return next((one for one in self.links if one.party == party and one.kind.is_device), None)

    # ---------------------------------------------------------------------- for calls

    def addressee(self, call: CallId, endpoint: str) -> Addressee | None:
        """A seal for ringing that endpoint; None while nothing is known of its keys."""
        record = self.link(endpoint)
        if record is None:
            return None
        serial = self._keeping.ring.current.serial
        key = record.statement.serial
        binding = Binding(call, self.identity.endpoint, EndpointId(endpoint), serial, key, 0)
        keys = CallKeys(self._keeping.ring.current.key, record.agreement_bytes)
        return Addressee(NoiseSeal(binding, Role.CALLER, keys), key, self.is_verified(endpoint))

    @property
    def serial(self) -> int:
        """Of the key that rings are sealed with."""
        return self._keeping.ring.current.serial

    def opens(self, ring: wire.CallRing) -> CallSeal | Unready:
        """The seal that a ring was made for, or why there is none."""
        own = key_of(self._keeping.ring, ring.key, now=self._wall())
        if own is None:
            return Unready.OWN_KEY_GONE
        record = self.link(ring.from_)
        if record is None or record.statement.serial != ring.from_key:
            return Unready.THEIR_KEY_UNKNOWN
        binding = Binding(CallId(ring.call), EndpointId(ring.from_), self.identity.endpoint, ring.from_key, ring.key, 0)
        return NoiseSeal(binding, Role.CALLEE, CallKeys(own, record.agreement_bytes))

    def reopens(self, resume: wire.ForwardedResume, peer: EndpointId, role: Role) -> CallSeal | None:
        """The seal of a handshake that the other end of a call began anew; this end's `role` in the call stays."""
        own, record = key_of(self._keeping.ring, resume.key, now=self._wall()), self.link(peer)
        if own is None or record is None or record.statement.serial != resume.from_key:
            return None
        mine, theirs = (self.identity.endpoint, resume.key), (peer, resume.from_key)
        caller, callee = (mine, theirs) if role is Role.CALLER else (theirs, mine)
        binding = Binding(CallId(resume.call), caller[0], callee[0], caller[1], callee[1], resume.handshake)
        return NoiseSeal(binding, role, CallKeys(own, record.agreement_bytes), initiator=role.other)

    def _keep(self, keeping: Keeping) -> None:
        self._kept(keeping)
        self._keeping = keeping


def _check_limits(record: LinkRecord) -> None:
    """What is kept out of its limits is kept once and can't be read any more. Raises KeepingError."""
    try:
        msgspec.convert(msgspec.to_builtins(record), LinkRecord)
    except msgspec.ValidationError:
        whole = False
    else:
        whole = True
    if not whole:
        raise KeepingError("a link record keeps the limits of its file")


def _after(found: wire.EndpointKeys, known: LinkRecord | None, who: Who | None) -> LinkRecord | None:
    """The record as it stands after these keys were handed over; None for nobody's. Raises StatementError."""
    if found.statement is None or (known is None and who is None):
        return None
    if found.statement.endpoint != found.endpoint:
        raise StatementError("the statement is another endpoint's")
    keys = Introduction(found.identity, msgspec.convert(msgspec.structs.asdict(found.statement), KeyStatement))
    if known is not None:
        return take_statement(known, keys)
    return introduce(who, keys) if who is not None else None
