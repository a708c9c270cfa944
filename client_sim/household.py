"""People and devices that exist for one run: their keys, who is linked with whom, and the coordinator's seed of it.

Made anew each time and never kept: nobody real is in it.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from client_sim.identity import Identity
from client_sim.link import Contact, Link
from signalling.protocol import PartyKind
from signalling.protocol.proof import base64url


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the household. `name` is also what contacts are looked up by."""

    name: str
    kind: PartyKind
    calls: tuple[str, ...] = ()
    """Names of those with whom there is a link."""
    installations: int = 1
    """How many endpoints; a person may have several phones, a device has one."""


FAMILY = (
    Member("Grandmother's Komp", PartyKind.KOMP),
    Member("AV1 of class 4B", PartyKind.AV1),
    Member("Grandchild", PartyKind.PERSON, ("Grandmother's Komp",)),
    Member("Cousin", PartyKind.PERSON, ("Grandmother's Komp", "Grandchild")),
    Member("Student", PartyKind.PERSON, ("AV1 of class 4B",)),
)
"""A Komp with two relatives, and an AV1 with its student. Grandchild is the one in the browser."""


@dataclass(frozen=True, repr=False)
class Household:
    """The seed file that makes a coordinator know them, and each installation's link.

    `links` has a person's first installation under the name, the others under `name 2`, `name 3` and so on.
    """

    links: Mapping[str, Link]
    seed: bytes


def make_household(members: Sequence[Member] = FAMILY) -> Household:
    """Fresh keys for everybody."""
    identities = {one.name: [Identity() for _ in range(one.installations)] for one in members}
    parties = {one.name: base64url(secrets.token_bytes(16)) for one in members}
    pairs = [(one.name, other) for one in members for other in one.calls]
    contacts = {one.name: _contacts(one, parties[one.name], identities[one.name]) for one in members}
    links = {}
    for one in members:
        known = [contact for ours, theirs in _both_ways(pairs) if ours == one.name for contact in contacts[theirs]]
        for number, identity in enumerate(identities[one.name], start=1):
            name = one.name if number == 1 else f"{one.name} {number}"
            links[name] = Link(base64url(identity.seed), parties[one.name], one.name, known)
    return Household(links, _seed(members, parties, identities, pairs))


def _contacts(member: Member, party: str, identities: Sequence[Identity]) -> list[Contact]:
    return [
        Contact(party, str(identity.endpoint), member.name, member.kind, identity.public_text)
        for identity in identities
    ]


def _seed(
    members: Sequence[Member],
    parties: Mapping[str, str],
    identities: Mapping[str, Sequence[Identity]],
    pairs: Sequence[tuple[str, str]],
) -> bytes:
    """Public keys, names and links: all that a coordinator may know."""
    described = [
        {
            "id": parties[one.name],
            "kind": one.kind,
            "name": one.name,
            "endpoints": [identity.public_text for identity in identities[one.name]],
        }
        for one in members
    ]
    links = [{"parties": [parties[one], parties[other]]} for one, other in pairs]
    return msgspec.json.encode({"parties": described, "links": links})


def _both_ways(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [*pairs, *((other, one) for one, other in pairs)]
