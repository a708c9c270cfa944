"""What an app does so that it and a device come to hold each other's keys (docs/design/sealing.md, pairing and links).

Each ceremony needs something that the coordinator never sees: a QR on a screen or before a camera, a link sent from
one's own phone, or the word of somebody whose keys were proven.
"""

import secrets
from typing import Final

from client_sim.endpoint import Endpoint
from client_sim.letters import Letters
from client_sim.meetings import MEETING_SECONDS
from client_sim.sealed import vouching
from client_sim.sealed.links import How, LinkRecord, Who, verify_by_pairing
from client_sim.sealed.pairing import SECRET_BYTES, Introduction
from client_sim.sealed.pairing_code import PairingCode
from client_sim.sealed.post import PostPurpose
from client_sim.sealed.vouching import Expect, Vouch
from signalling.protocol import PartyKind
from signalling.protocol.proof import base64url

INVITATION_SECONDS: Final = 7 * 86_400
"""How long a secret link may be used: as long as the invitation that goes with it."""


async def read_code(
    endpoint: Endpoint, code: PairingCode, *, how: How = How.QR, seconds: float = MEETING_SECONDS
) -> LinkRecord:
    """Pair with whoever showed the code, and nobody else. Raises MeetingError."""
    own = endpoint.book.introduction()
    found = await endpoint.meetings.read(code.secret_bytes, own, expected=code.identity_bytes, seconds=seconds)
    return _proven(endpoint, code.who, found, how)


def code_to_show(endpoint: Endpoint, kind: PartyKind) -> PairingCode:
    """A fresh code that names this endpoint: what a student holds before a robot's camera."""
    kept = endpoint.book.keeping
    secret = base64url(secrets.token_bytes(SECRET_BYTES))
    return PairingCode(secret, endpoint.identity.public_text, kept.party, kind, kept.name)


async def show_code(
    endpoint: Endpoint, code: PairingCode, reader: Who, *, seconds: float = MEETING_SECONDS
) -> LinkRecord:
    """Wait until `reader` has read the code. Raises MeetingError."""

    async def consents(_: Introduction) -> bool:
        return True  # whoever holds the QR before a camera has consented

    own = endpoint.book.introduction()
    found = await endpoint.meetings.show(code.secret_bytes, own, consents=consents, seconds=seconds)
    return _proven(endpoint, reader, found, How.QR)


async def expect(letters: Letters, komp: LinkRecord, name: str, *, now: float) -> PairingCode:
    """As its administrator, have a Komp wait for a relative far away; the code goes to them by one's own means.

    Raises AskingError.
    """
    secret = base64url(secrets.token_bytes(SECRET_BYTES))
    until = int(now) + INVITATION_SECONDS
    await letters.send(PostPurpose.VOUCHING, vouching.encode(Expect(secret, name, until)), [komp])
    return PairingCode(secret, komp.identity, komp.party, komp.kind, komp.name)


async def vouch(letters: Letters, komp: LinkRecord, newcomer: LinkRecord) -> None:
    """As its administrator, tell a Komp the keys of somebody whose keys one has proven. Raises AskingError."""
    said = Vouch(newcomer.party, newcomer.name, Introduction(newcomer.identity, newcomer.statement))
    await letters.send(PostPurpose.VOUCHING, vouching.encode(said), [komp])


def _proven(endpoint: Endpoint, who: Who, found: Introduction, how: How) -> LinkRecord:
    record = verify_by_pairing(who, found, how, known=endpoint.book.link(found.statement.endpoint))
    endpoint.book.met(record)
    return record
