"""What happens to a link record, a safety number and a person's lists, step by step, for both languages to live."""

from typing import Any

import msgspec

from client_sim.sealed.device_list import (
    DeviceList,
    DeviceListError,
    KnownPerson,
    additions,
    list_bytes,
    make_list,
    take_list,
)
from client_sim.sealed.links import How, LinkRecord, LinkRecordError, is_verified
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.safety_number import SafetyBinding, SafetyContent, SafetyNumber
from client_sim.sealed.statements import StatementError
from signalling.protocol import Role
from signalling.protocol.proof import base64url
from tests.unit.sealed.people import DAY, NOW, after_step, keys_of, met, person
from tests.unit.sealed.scene import BINDING, always_bytes, identity, public, seed


def links_story() -> dict[str, Any]:
    """A record from its introduction through changes and proofs, with what is refused on the way."""
    who, voucher = person("sara"), met("anna", How.QR)
    forged = Introduction(keys_of("sara").identity, keys_of("mallory").statement)
    steps: list[dict[str, Any]] = [
        {"does": "introduce", "keys": forged},
        {"does": "introduce", "keys": keys_of("sara")},
        {"does": "take_statement", "keys": keys_of("sara", serial=3)},
        {"does": "take_statement", "keys": keys_of("sara", serial=2)},
        {"does": "take_statement", "keys": forged},
        {"does": "verify_by_safety_number"},
        {"does": "verify_by_pairing", "keys": keys_of("sara"), "how": "vouched"},
        {"does": "verify_by_pairing", "keys": keys_of("sara", serial=2), "how": "qr"},
        {"does": "verify_by_voucher", "keys": keys_of("sara", serial=4)},
        {"does": "take_statement", "keys": keys_of("sara's new phone")},
        {"does": "take_statement", "keys": keys_of("sara", serial=5)},
        {"does": "verify_by_safety_number"},
        {"does": "verify_by_voucher", "keys": keys_of("sara's new phone")},
        {"does": "take_statement", "keys": keys_of("sara's new phone", serial=2, not_after=NOW - 1)},
        {"does": "verify_by_pairing", "keys": keys_of("sara's new phone", serial=3), "how": "secret_link"},
        {"does": "verify_by_voucher", "keys": keys_of("sara")},
    ]
    record: LinkRecord | None = None
    for step in steps:
        refused = None
        try:
            record = after_step(record, step, who=who, voucher=voucher)
        except (LinkRecordError, StatementError) as problem:
            refused = type(problem).__name__
        verified = record is not None and is_verified(record, now=NOW)
        step |= {"refused": refused, "record": msgspec.to_builtins(record), "verified": verified}
    shape = {"who": who, "now": NOW, "voucher": voucher, "steps": steps}
    told: dict[str, Any] = msgspec.to_builtins(shape)
    return told


def safety_number_story() -> dict[str, Any]:
    """What two ends say until both show the digits."""
    who = {Role.CALLER: "alice", Role.CALLEE: "bob"}
    binding = SafetyBinding(BINDING.call, *(public(identity(name)) for name in who.values()))
    nonces = {role: seed(f"{name}'s safety nonce") for role, name in who.items()}
    ends = {role: SafetyNumber(binding, role, random=always_bytes(nonces[role])) for role in who}
    said: list[SafetyContent] = [ends[Role.CALLER].begin()]
    for role in (Role.CALLEE, Role.CALLER, Role.CALLEE):
        answer = ends[role].take(said[-1])
        said += [answer] if answer is not None else []
    return {
        "call": binding.call,
        "identities": {Role.CALLER: binding.caller.hex(), Role.CALLEE: binding.callee.hex()},
        "nonces": {role: nonce.hex() for role, nonce in nonces.items()},
        "said": [msgspec.to_builtins(one) for one in said],
        "number": ends[Role.CALLEE].number,
    }


def device_list_story() -> dict[str, Any]:
    """A person's lists as they are handed over, with those that are refused."""

    def listed(*whose: str, version: int, by: str = "sara", days: int = 30) -> DeviceList:
        keys = [public(identity(one)) for one in whose]
        return make_list(identity(by), keys, version=version, not_after=NOW + days * DAY)

    handed = [
        listed("phone", version=2),
        listed("phone", version=2),
        listed("phone", "tablet", version=2),
        listed("phone", "tablet", version=1),
        msgspec.structs.replace(listed("phone", version=2), version=3),
        listed("phone", "tablet", version=4),
        listed("tablet", version=5, days=-1),
        listed("tablet", version=6),
        listed("mallory's", version=9, by="mallory"),
        listed("tablet", "phone", version=7),
        listed(version=8),
    ]
    first = known = KnownPerson(base64url(public(identity("sara"))))
    steps = []
    for one in handed:
        refused = None
        try:
            known = take_list(known, one)
        except DeviceListError as problem:
            refused = type(problem).__name__
        adds = [it.endpoint for it in additions(known, now=NOW)]
        steps.append(
            {"list": one, "signed": list_bytes(one).hex(), "refused": refused, "known": known, "additions": adds}
        )
    shape = {"person_seed": seed("sara").hex(), "now": NOW, "known": first, "steps": steps}
    told: dict[str, Any] = msgspec.to_builtins(shape)
    return told
