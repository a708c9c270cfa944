"""A key statement is its identity's word alone, and no key is taken that could stand for everybody."""

from typing import Any

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.statements import (
    KeyStatement,
    StatementError,
    agreement_key,
    identity_key,
    make_statement,
    statement_bytes,
    verify_statement,
)
from signalling.protocol.proof import Purpose, base64url, endpoint_id, from_base64url, signed_bytes
from tests.unit.sealed.scene import (
    P,
    flipped,
    identity,
    key,
    public,
    small_order_agreements,
    small_order_identities,
)

ALICE = identity("alice")
STATEMENT = make_statement(ALICE, public(key("alice")), serial=3, not_after=1_800_000_000)


def changed(**fields: Any) -> KeyStatement:
    return msgspec.structs.replace(STATEMENT, **fields)


def test_a_statement_gives_the_agreement_key_that_the_identity_stated() -> None:
    assert verify_statement(STATEMENT, public(ALICE)) == public(key("alice"))
    assert STATEMENT.endpoint == endpoint_id(public(ALICE))


def test_it_survives_the_wire() -> None:
    text = msgspec.json.encode(STATEMENT)
    assert verify_statement(msgspec.json.decode(text, type=KeyStatement), public(ALICE))


@pytest.mark.parametrize(
    "forged",
    [
        changed(endpoint=endpoint_id(public(identity("bob")))),
        changed(key=base64url(public(key("mallory")))),
        changed(serial=4),
        changed(not_after=1_900_000_000),
        changed(signature=base64url(bytes(64))),
        make_statement(identity("mallory"), public(key("alice")), serial=3, not_after=1_800_000_000),
        changed(signature=base64url(ALICE.sign(b"something else"))),
    ],
    ids=["endpoint", "key", "serial", "not_after", "no signature", "another's", "other words"],
)
def test_a_changed_statement_is_refused(forged: KeyStatement) -> None:
    with pytest.raises(StatementError):
        verify_statement(forged, public(ALICE))


def test_an_identity_speaks_for_its_own_endpoint_alone() -> None:
    bobs = endpoint_id(public(identity("bob")))
    covered = statement_bytes(bobs, STATEMENT.key, STATEMENT.serial, STATEMENT.not_after)
    forged = changed(endpoint=str(bobs), signature=base64url(ALICE.sign(covered)))
    with pytest.raises(StatementError):
        verify_statement(forged, public(ALICE))


@given(st.integers(0, 511))
def test_a_signature_with_any_bit_turned_is_refused(bit: int) -> None:
    signature = base64url(flipped(from_base64url(STATEMENT.signature), bit))
    with pytest.raises(StatementError):
        verify_statement(changed(signature=signature), public(ALICE))


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.AGREEMENT_KEY])
def test_a_signature_for_another_purpose_states_no_key(purpose: Purpose) -> None:
    fields = [STATEMENT.endpoint, STATEMENT.key, str(STATEMENT.serial), str(STATEMENT.not_after)]
    signature = base64url(ALICE.sign(signed_bytes(purpose, *fields)))
    with pytest.raises(StatementError):
        verify_statement(changed(signature=signature), public(ALICE))


def test_a_signature_has_one_spelling() -> None:
    """86 characters hold four bits more than 64 bytes."""
    last = STATEMENT.signature[-1]
    others = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" if letter != last]
    same_bytes = [
        STATEMENT.signature[:-1] + letter
        for letter in others
        if from_base64url(STATEMENT.signature[:-1] + letter) == from_base64url(STATEMENT.signature)
    ]
    assert len(same_bytes) == 15
    for spelling in same_bytes:
        with pytest.raises(StatementError):
            verify_statement(changed(signature=spelling), public(ALICE))


def test_only_a_higher_serial_is_taken() -> None:
    assert [STATEMENT.supersedes(serial) for serial in (None, 2, 3, 4)] == [True, True, False, False]


def test_a_statement_runs_out() -> None:
    assert STATEMENT.is_current(now=1_800_000_000)
    assert not STATEMENT.is_current(now=1_800_000_000.5)


def test_a_key_of_small_order_would_sign_for_everybody() -> None:
    """Why they are refused: this signature was made by nobody, and the library takes it for every message."""
    point = (1).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(point).verify(point + bytes(32), b"whatever anybody says")
    with pytest.raises(StatementError):
        identity_key(point)


@pytest.mark.parametrize("point", sorted(small_order_identities()), ids=lambda point: point.hex()[:12])
def test_an_identity_of_small_order_is_refused(point: bytes) -> None:
    with pytest.raises(StatementError):
        identity_key(point)


@pytest.mark.parametrize("point", sorted(small_order_agreements()), ids=lambda point: point.hex()[:12])
def test_an_agreement_key_of_small_order_is_refused(point: bytes) -> None:
    with pytest.raises(StatementError):
        agreement_key(point)


@given(st.integers(0, 18), st.booleans())
def test_a_key_spelled_in_another_way_is_refused(above: int, sign: bool) -> None:
    raw = (P + above | sign << 255).to_bytes(32, "little")
    for taken in (identity_key, agreement_key):
        with pytest.raises(StatementError):
            taken(raw)


def test_an_agreement_key_with_its_unused_bit_set_is_refused() -> None:
    """X25519 ignores that bit, so the same key would have two names."""
    raw = public(key("alice"))
    with pytest.raises(StatementError):
        agreement_key(flipped(raw, 255))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    for taken in (identity_key, agreement_key):
        with pytest.raises(StatementError):
            taken(bytes(range(1, length + 1)))


def test_ordinary_keys_are_taken() -> None:
    for number in range(20):
        assert identity_key(public(identity(str(number)))) == public(identity(str(number)))
        assert agreement_key(public(key(str(number)))) == public(key(str(number)))


def test_a_statement_under_a_small_order_identity_is_refused_before_its_signature_is_looked_at() -> None:
    point = (1).to_bytes(32, "little")
    text = base64url(public(key("mallory")))
    forged = KeyStatement(endpoint_id(point), text, 9, 2_000_000_000, base64url(point + bytes(32)))
    try:
        Ed25519PublicKey.from_public_bytes(point).verify(
            point + bytes(32), statement_bytes(endpoint_id(point), text, 9, 2_000_000_000)
        )
    except InvalidSignature:  # pragma: no cover
        pytest.fail("the library would have refused it; this test proves nothing")
    with pytest.raises(StatementError):
        verify_statement(forged, point)


def test_nothing_of_a_statement_prints() -> None:
    assert repr(STATEMENT) == "KeyStatement(…)"
