"""A pairing code says whom one pairs with, all of it behind the `#` of an address."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.pairing_code import PairingCode, PairingCodeError, pairing_link, read_pairing_link
from signalling.protocol import PartyKind
from signalling.protocol.proof import base64url
from tests.unit.sealed.golden import PAIRING_CODE
from tests.unit.sealed.scene import identity, public, seed

ORIGIN = "https://calls.example"
CODE = PairingCode(
    secret=base64url(seed("secret")[:16]),
    identity=base64url(public(identity("komp"))),
    party=base64url(seed("komp's party")[:16]),
    kind=PartyKind.KOMP,
    name="Grandma’s Komp",
)
SHAPE = json.loads(msgspec.json.encode(CODE))
BROKEN: list[dict[str, Any]] = [
    {"secret": base64url(bytes(15))},
    {"secret": "A" * 21 + "B"},
    {"identity": base64url(bytes(32))},
    {"identity": base64url(bytes(31))},
    {"party": "A" * 21},
    {"kind": "stranger"},
    {"name": ""},
    {"name": "x" * 81},
    {"name": None},
]
"""What no code says, as changes to one that is good."""


def link_of(shape: Any) -> str:
    return f"{ORIGIN}/family#pair={base64url(json.dumps(shape).encode())}"


def test_the_golden_code_is_written_and_read_byte_for_byte() -> None:
    golden = PAIRING_CODE
    code = msgspec.convert(golden["code"], PairingCode)
    assert pairing_link(golden["origin"], code) == golden["link"]
    assert read_pairing_link(golden["link"]) == code


def test_a_server_sees_nothing_of_it_and_neither_does_a_log() -> None:
    link = pairing_link(ORIGIN, CODE)
    assert link.partition("#")[0] == f"{ORIGIN}/family"
    assert "…" in repr(CODE)
    assert CODE.secret not in repr(CODE)


@given(st.text(min_size=1, max_size=80))
def test_whatever_name_is_written_is_read(name: str) -> None:
    code = msgspec.structs.replace(CODE, name=name)
    assert read_pairing_link(pairing_link(ORIGIN, code)) == code


@pytest.mark.parametrize("change", BROKEN)
def test_a_code_that_breaks_a_rule_is_refused_without_repeating_it(change: dict[str, Any]) -> None:
    with pytest.raises(PairingCodeError) as refused:
        read_pairing_link(link_of(SHAPE | change))
    assert CODE.secret not in str(refused.value)


@pytest.mark.parametrize("link", ["", "#pair=", "#pair=e30", "#link=e30", f"{ORIGIN}/family#pair=nonsense!"])
def test_what_is_no_code_is_refused(link: str) -> None:
    with pytest.raises(PairingCodeError):
        read_pairing_link(link)


def test_a_field_of_a_later_version_is_passed_over() -> None:
    assert read_pairing_link(link_of(SHAPE | {"later": 1})) == CODE
