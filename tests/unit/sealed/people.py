"""Who meets whom in the tests of link records: keys, introductions and records that are the same in every run."""

from client_sim.sealed.links import How, LinkRecord, Who, introduce, verify_by_pairing
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.statements import make_statement
from signalling.protocol import PartyKind
from signalling.protocol.proof import base64url
from tests.unit.sealed.scene import identity, key, public, seed

DAY = 86_400
NOW = 1_800_000_000
"""When everything below is met for the first time."""


def keys_of(who: str, *, serial: int = 1, not_after: int = NOW + 90 * DAY) -> Introduction:
    """What `who` says of itself, or the coordinator of it."""
    agreement = public(key(f"{who}'s agreement {serial}"))
    return Introduction(
        base64url(public(identity(who))),
        make_statement(identity(who), agreement, serial=serial, not_after=not_after),
    )


def person(name: str) -> Who:
    """A relative."""
    return Who(base64url(seed(f"{name}'s party")[:16]), name.title(), PartyKind.PERSON)


def met(who: str, how: How) -> LinkRecord:
    """A record of `who` that came about so."""
    if how is How.INTRODUCED:
        return introduce(person(who), keys_of(who))
    return verify_by_pairing(person(who), keys_of(who), how)
