"""People and devices that exist for one run: their keys, who is linked with whom, and the coordinator's seed of it.

Made anew each time and never kept: nobody real is in it.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from client_sim.identity import Identity
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.keyring import KeyRing, new_ring, state_key
from client_sim.sealed.links import How, LinkRecord, Who, introduce, verify_by_pairing
from client_sim.sealed.pairing import Introduction
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
    """The seed file that makes a coordinator know them, and what each installation keeps.

    `links` has a person's first installation under the name, the others under `name 2`, `name 3` and so on.
    """

    links: Mapping[str, Keeping]
    seed: bytes


@dataclass(frozen=True, repr=False)
class _Installation:
    identity: Identity
    ring: KeyRing

    @property
    def keys(self) -> Introduction:
        return Introduction(self.identity.public_text, state_key(self.ring, self.identity.key))


def make_household(
    members: Sequence[Member] = FAMILY,
    *,
    how: How = How.QR,
    identities: Mapping[str, Identity] | None = None,
    parties: Mapping[str, str] | None = None,
) -> Household:
    """Fresh keys for everybody; those who are linked know each other's, as if they had met by `how`.

    `identities` and `parties` are of those who have moved in somewhere already; their first installations.
    """
    now = time.time()
    known_identities = identities or {}
    homes = {
        one.name: [
            _Installation(known_identities.get(one.name, Identity()) if number == 0 else Identity(), new_ring(now=now))
            for number in range(one.installations)
        ]
        for one in members
    }
    parties = parties or {one.name: base64url(secrets.token_bytes(16)) for one in members}
    pairs = [(one.name, other) for one in members for other in one.calls]
    records = {one.name: _records(one, parties[one.name], homes[one.name], how) for one in members}
    links = {}
    for one in members:
        known = tuple(record for ours, theirs in _both_ways(pairs) if ours == one.name for record in records[theirs])
        for number, home in enumerate(homes[one.name], start=1):
            name = one.name if number == 1 else f"{one.name} {number}"
            links[name] = Keeping(base64url(home.identity.seed), parties[one.name], one.name, home.ring, known)
    installed = {name: [home.identity for home in mine] for name, mine in homes.items()}
    return Household(links, _seed(members, parties, installed, pairs))


def _records(member: Member, party: str, homes: Sequence[_Installation], how: How) -> list[LinkRecord]:
    who = Who(party, member.name, member.kind)
    made = introduce if how is How.INTRODUCED else partial(verify_by_pairing, how=how)
    return [made(who, home.keys) for home in homes]


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
