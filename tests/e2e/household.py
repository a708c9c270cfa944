"""Who is who in the tests of the pages: a grandchild in the browser, the Komp and the robot that it knows."""

import time

import msgspec

from client_sim.identity import Identity
from client_sim.link import fragment
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.keyring import KeyRing, new_ring, rotate, state_key
from client_sim.sealed.links import How, LinkRecord, Who, introduce, verify_by_pairing
from client_sim.sealed.pairing import Introduction
from signalling.protocol import PartyKind
from signalling.protocol.messages import EndpointKeys, KeyStatement
from signalling.protocol.proof import base64url

SEED = bytes(range(32))
"""The browser's, so that signatures can be compared."""
MONTH_SECONDS = 31 * 86_400


class Device:
    """An endpoint that a test plays: its identity, its ring, and who it is."""

    def __init__(self, number: int, who: Who) -> None:
        self.identity = Identity(bytes(range(number, number + 32)))
        self.who = who
        self.ring = new_ring(now=time.time())

    @property
    def endpoint(self) -> str:
        return str(self.identity.endpoint)

    @property
    def introduction(self) -> Introduction:
        """What it says of itself now."""
        return Introduction(self.identity.public_text, state_key(self.ring, self.identity.key))

    def record(self, how: How = How.QR) -> LinkRecord:
        """How it stands in another's book, if the two met so."""
        if how is How.INTRODUCED:
            return introduce(self.who, self.introduction)
        return verify_by_pairing(self.who, self.introduction, how)

    def turn_ring(self, *, times: int = 1) -> None:
        """Make a newer key, as after so many months. The one before the last is forgotten."""
        for _ in range(times):
            self.ring = rotate(self.ring, now=self.ring.current.made_at + MONTH_SECONDS)

    def handed_over(self, keys: Introduction | None = None) -> EndpointKeys:
        """What a coordinator gives as its keys: its own, or others under its name."""
        shown = keys or self.introduction
        statement = KeyStatement(**msgspec.structs.asdict(shown.statement))
        return EndpointKeys(self.endpoint, self.who.party, shown.identity, statement)


def komp() -> Device:
    return Device(1, Who(base64url(b"k" * 16), "Grandma’s Komp", PartyKind.KOMP))


def robot() -> Device:
    return Device(2, Who(base64url(b"r" * 16), "Class 4B", PartyKind.AV1))


class Grandchild:
    """Whose browser it is."""

    def __init__(self) -> None:
        self.identity = Identity(SEED)
        self.ring: KeyRing = new_ring(now=time.time())
        self.name = "Grandchild"

    def keeping(self, *known: LinkRecord) -> Keeping:
        return Keeping(base64url(SEED), base64url(b"p" * 16), self.name, self.ring, known)

    def link(self, *known: LinkRecord) -> str:
        """The fragment that makes a browser this grandchild's."""
        return f"#link={fragment(self.keeping(*known))}"
