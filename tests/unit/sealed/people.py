"""Who meets whom in the tests of link records: keys, introductions and records that are the same in every run."""

from typing import Any

import msgspec

from client_sim.sealed.links import (
    How,
    LinkRecord,
    Who,
    introduce,
    take_statement,
    verify_by_pairing,
    verify_by_safety_number,
    verify_by_voucher,
)
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


def after_step(record: LinkRecord | None, step: dict[str, Any], *, who: Who, voucher: LinkRecord) -> LinkRecord:
    """The record after one step of a golden story (`links.json`)."""
    keys = msgspec.convert(step["keys"], Introduction) if "keys" in step else keys_of("nobody")
    if step["does"] == "introduce":
        return introduce(who, keys)
    if step["does"] == "verify_by_pairing":
        return verify_by_pairing(who, keys, How(step["how"]), known=record)
    if step["does"] == "verify_by_voucher":
        return verify_by_voucher(who, keys, voucher, now=NOW, known=record)
    assert record is not None
    if step["does"] == "take_statement":
        return take_statement(record, keys)
    return verify_by_safety_number(record)
