"""Pairing: whoever has the secret learns the true keys of the other, and nobody else learns or changes anything."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.noise import Pattern, begin_handshake, length_prefixed
from client_sim.sealed.padding import pad
from client_sim.sealed.pairing import (
    Introduction,
    Pairing,
    PairingError,
    SomebodyElseError,
    _derived,
    rendezvous_name,
)
from client_sim.sealed.statements import KeyStatement, make_statement
from signalling.protocol.proof import base64url, from_base64url
from tests.unit.sealed.scene import flipped, identity, key, public, seed

SECRET = seed("secret")[:16]


def introduction(who: str) -> Introduction:
    statement = make_statement(identity(who), public(key(who)), serial=1, not_after=1_800_000_000)
    return Introduction(base64url(public(identity(who))), statement)


KOMP, PHONE = introduction("komp"), introduction("phone")


def test_both_ends_learn_who_the_other_is() -> None:
    phone, komp = Pairing(SECRET, reads=True), Pairing(SECRET, reads=False)
    assert phone.name == komp.name
    assert komp.read_first(phone.write_first(PHONE)) == PHONE
    assert phone.read_second(komp.write_second(KOMP)) == KOMP


def test_the_rendezvous_says_nothing_of_the_secret() -> None:
    name = rendezvous_name(SECRET)
    assert len(name) == 22
    assert from_base64url(name) not in SECRET
    assert from_base64url(name) != _derived(SECRET, b"psk", 32)[:16]
    assert len({rendezvous_name(flipped(SECRET, bit)) for bit in range(128)} | {name}) == 129


@given(st.integers(0, 127))
def test_another_secret_opens_nothing(bit: int) -> None:
    phone, komp = Pairing(SECRET, reads=True), Pairing(flipped(SECRET, bit), reads=False)
    with pytest.raises(PairingError):
        komp.read_first(phone.write_first(PHONE))


@given(st.booleans(), st.data())
def test_a_tampered_box_opens_nowhere_and_the_true_one_still_does(second: bool, data: st.DataObject) -> None:
    phone, komp = Pairing(SECRET, reads=True), Pairing(SECRET, reads=False)
    box = phone.write_first(PHONE)
    opened = komp.read_first
    if second:
        assert komp.read_first(box) == PHONE
        box, opened = komp.write_second(KOMP), phone.read_second
    sealed = from_base64url(box)
    with pytest.raises(PairingError):
        opened(base64url(flipped(sealed, data.draw(st.integers(0, 8 * len(sealed) - 1)))))
    assert opened(box) == (KOMP if second else PHONE)


def test_somebody_else_with_the_secret_is_not_taken_for_the_komp_on_whose_screen_it_was() -> None:
    phone = Pairing(SECRET, reads=True, expected=public(identity("komp")))
    mallory = Pairing(SECRET, reads=False)
    mallory.read_first(phone.write_first(PHONE))
    with pytest.raises(SomebodyElseError):
        phone.read_second(mallory.write_second(introduction("mallory")))


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_secret_has_sixteen_bytes(length: int) -> None:
    with pytest.raises(PairingError):
        Pairing(bytes(length), reads=True)


def said(content: bytes) -> str:
    """Message 1 from somebody who has the secret, around any content."""
    handshake = begin_handshake(
        Pattern.NNPSK0,
        initiator=True,
        prologue=length_prefixed("narvaro.v1", "pairing", rendezvous_name(SECRET)),
        psk=_derived(SECRET, b"psk", 32),
    )
    return base64url(handshake.write_message(pad(content))[1])


def without(field: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(msgspec.json.encode(PHONE))
    del whole[field]
    return whole


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[" * 9000,
        b'{"identity": 1}',
        json.dumps(without("statement")).encode(),
        json.dumps(without("identity")).encode(),
        msgspec.json.encode(Introduction(KOMP.identity, PHONE.statement)),
        msgspec.json.encode(Introduction(base64url(bytes(32)), PHONE.statement)),
        msgspec.json.encode(
            Introduction(PHONE.identity, msgspec.structs.replace(PHONE.statement, key=KOMP.statement.key))
        ),
    ],
    ids=range(9),
)
def test_an_introduction_that_does_not_prove_itself_is_refused_and_changes_nothing(content: bytes) -> None:
    komp = Pairing(SECRET, reads=False)
    with pytest.raises(PairingError) as refused:
        komp.read_first(said(content))
    assert refused.value.__context__ is None
    assert komp.read_first(said(msgspec.json.encode(PHONE))) == PHONE


def test_it_reads_as_documented() -> None:
    """An introduction is {identity, statement}, and fields of a later version are ignored."""
    later = json.loads(msgspec.json.encode(PHONE)) | {"later": 1}
    assert set(later) == {"identity", "statement", "later"}
    assert set(later["statement"]) == {"endpoint", "key", "serial", "not_after", "signature"}
    assert Pairing(SECRET, reads=False).read_first(said(json.dumps(later).encode())) == PHONE
    assert isinstance(PHONE.statement, KeyStatement)


def test_nothing_of_an_introduction_prints() -> None:
    assert repr(PHONE) == "Introduction(…)"
    assert repr(SECRET) not in repr(Pairing(SECRET, reads=True))
