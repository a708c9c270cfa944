"""A link is what its two ends know of each other: proven or only introduced, and never another's in silence."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.links import (
    PAIRED,
    How,
    LinkRecord,
    LinkRecordError,
    Voucher,
    Who,
    check_record,
    doubt_by_safety_number,
    introduce,
    is_verified,
    take_statement,
    verify_by_pairing,
    verify_by_safety_number,
    verify_by_voucher,
)
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.statements import StatementError
from signalling.protocol import PartyId, PartyKind
from signalling.protocol.proof import base64url, from_base64url
from tests.unit.sealed.golden import LINKS
from tests.unit.sealed.people import DAY, NOW, after_step, keys_of, met, person
from tests.unit.sealed.scene import flipped, identity, public, small_order_identities

SARA = person("sara")


def altered(record: LinkRecord, **fields: object) -> LinkRecord:
    return msgspec.structs.replace(record, **fields)


def test_keys_from_the_coordinator_make_an_introduced_link_and_nothing_answers_on_it() -> None:
    record = introduce(SARA, keys_of("sara"))
    assert record.how is How.INTRODUCED
    assert record.who == SARA
    assert record.identity_bytes == public(identity("sara"))
    assert record.endpoint == keys_of("sara").statement.endpoint
    assert not is_verified(record, now=NOW)


@pytest.mark.parametrize("how", sorted(PAIRED))
def test_a_paired_link_is_verified(how: How) -> None:
    record = verify_by_pairing(SARA, keys_of("sara"), how)
    assert record.how is how
    assert is_verified(record, now=NOW)


@pytest.mark.parametrize("how", sorted(set(How) - PAIRED))
def test_a_pairing_goes_by_qr_or_secret_link_only(how: How) -> None:
    with pytest.raises(LinkRecordError):
        verify_by_pairing(SARA, keys_of("sara"), how)


def test_a_pairing_verifies_a_link_that_was_introduced() -> None:
    record = verify_by_pairing(SARA, keys_of("sara"), How.QR, known=met("sara", How.INTRODUCED))
    assert record == met("sara", How.QR)


def test_a_statement_older_than_ninety_days_stops_what_answers_by_itself() -> None:
    record = met("sara", How.QR)
    assert is_verified(record, now=NOW + 90 * DAY)
    assert not is_verified(record, now=NOW + 90 * DAY + 1)
    renewed = take_statement(record, keys_of("sara", serial=2, not_after=NOW + 170 * DAY))
    assert is_verified(renewed, now=NOW + 90 * DAY + 1)


@given(st.lists(st.integers(0, 6), max_size=6))
def test_only_a_higher_serial_is_taken(serials: list[int]) -> None:
    record, highest = met("sara", How.QR), 1
    for serial in serials:
        before = record
        record = take_statement(record, keys_of("sara", serial=serial))
        assert (record is before) is (serial <= highest)
        highest = max(highest, serial)
        assert record.statement.serial == highest
    assert is_verified(record, now=NOW)


def test_another_key_under_a_known_serial_is_not_taken() -> None:
    """Two statements of one serial: the first one seen stays."""
    record = met("sara", How.QR)
    twin = keys_of("sara", not_after=NOW + 91 * DAY)
    assert take_statement(record, twin) is record


def test_another_identity_is_never_taken_in_silence() -> None:
    record = take_statement(met("sara", How.QR), keys_of("mallory", serial=9))
    assert record == altered(met("sara", How.QR), changed=True)
    assert not is_verified(record, now=NOW)


def test_nothing_the_coordinator_hands_over_afterwards_takes_the_mark_away() -> None:
    record = take_statement(met("sara", How.QR), keys_of("mallory"))
    again = take_statement(take_statement(record, keys_of("mallory", serial=3)), keys_of("sara", serial=5))
    assert again.changed
    assert again.statement.serial == 5
    assert not is_verified(again, now=NOW)
    assert take_statement(again, keys_of("mallory")) is again
    with pytest.raises(LinkRecordError):
        verify_by_safety_number(again)


@pytest.mark.parametrize("who", ["sara", "sara's new phone"])
def test_a_pairing_takes_the_mark_away_whoever_it_proves(who: str) -> None:
    marked = take_statement(met("sara", How.QR), keys_of("sara's new phone"))
    record = verify_by_pairing(SARA, keys_of(who), How.QR, known=marked)
    assert is_verified(record, now=NOW)
    assert record.identity_bytes == public(identity(who))


def test_a_pairing_never_brings_an_older_key_back() -> None:
    known = take_statement(met("sara", How.INTRODUCED), keys_of("sara", serial=4))
    record = verify_by_pairing(SARA, keys_of("sara", serial=3), How.QR, known=known)
    assert record.statement.serial == 4
    assert verify_by_pairing(SARA, keys_of("sara", serial=5), How.QR, known=known).statement.serial == 5


def test_attempts_at_a_safety_number_are_not_forgotten_by_being_met_anew() -> None:
    known = altered(met("sara", How.INTRODUCED), compared=(NOW, NOW + 1))
    assert verify_by_pairing(SARA, keys_of("sara"), How.QR, known=known).compared == (NOW, NOW + 1)
    assert verify_by_pairing(SARA, keys_of("new"), How.QR, known=known).compared == ()


def test_a_verified_relative_vouches_for_a_newcomer_by_name() -> None:
    anna = met("anna", How.QR)
    for known in (None, met("sara", How.INTRODUCED)):
        record = verify_by_voucher(SARA, keys_of("sara"), anna, now=NOW, known=known)
        assert (record.how, record.voucher) == (How.VOUCHED, Voucher(anna.endpoint, "Anna"))
        assert is_verified(record, now=NOW)
        assert check_record(record) is record


def test_whoever_is_not_verified_vouches_for_nobody() -> None:
    anna = met("anna", How.QR)
    for voucher, now in (
        (met("anna", How.INTRODUCED), NOW),
        (take_statement(anna, keys_of("mallory")), NOW),
        (anna, NOW + 91 * DAY),
    ):
        with pytest.raises(LinkRecordError):
            verify_by_voucher(SARA, keys_of("sara"), voucher, now=now)


def test_a_voucher_does_not_weaken_a_pairing() -> None:
    known = met("sara", How.QR)
    assert verify_by_voucher(SARA, keys_of("sara"), met("anna", How.QR), now=NOW, known=known) is known


def test_a_voucher_moves_nobody_to_another_identity_unseen() -> None:
    anna, known, other = met("anna", How.QR), met("sara", How.SECRET_LINK), keys_of("sara's new phone")
    marked = verify_by_voucher(SARA, other, anna, now=NOW, known=known)
    assert marked == altered(known, changed=True)
    moved = verify_by_voucher(SARA, other, anna, now=NOW, known=marked)
    assert (moved.how, moved.identity, moved.changed) == (How.VOUCHED, other.identity, False)


def test_a_safety_number_that_two_people_compared_verifies_an_introduced_link() -> None:
    record = verify_by_safety_number(met("sara", How.INTRODUCED))
    assert record.how is How.SAFETY_NUMBER
    assert is_verified(record, now=NOW)
    assert verify_by_safety_number(met("sara", How.QR)) == met("sara", How.QR)


def spelled_otherwise(text: str) -> str:
    """43 characters hold two bits more than 32 bytes."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters[letters.index(text[-1]) ^ 1]
    assert from_base64url(text[:-1] + last) == from_base64url(text)
    return text[:-1] + last


FORGED = {
    "another's statement": Introduction(keys_of("sara").identity, keys_of("mallory").statement),
    "no signature": Introduction(
        keys_of("sara").identity, msgspec.structs.replace(keys_of("sara").statement, signature="A" * 86)
    ),
    "a raised serial": Introduction(
        keys_of("sara").identity, msgspec.structs.replace(keys_of("sara").statement, serial=2)
    ),
    "a turned identity": Introduction(
        base64url(flipped(from_base64url(keys_of("sara").identity), 0)), keys_of("sara").statement
    ),
    "another spelling": Introduction(spelled_otherwise(keys_of("sara").identity), keys_of("sara").statement),
    "no base64url": Introduction("å" * 43, keys_of("sara").statement),
    **{
        f"small order {at}": Introduction(base64url(point), keys_of("sara").statement)
        for at, point in enumerate(sorted(small_order_identities()))
    },
}


@pytest.mark.parametrize("name", FORGED)
def test_keys_that_do_not_prove_themselves_are_refused_everywhere(name: str) -> None:
    keys, record, anna = FORGED[name], met("sara", How.QR), met("anna", How.QR)
    with pytest.raises(StatementError):
        introduce(SARA, keys)
    with pytest.raises(StatementError):
        take_statement(record, keys)
    with pytest.raises(StatementError):
        verify_by_pairing(SARA, keys, How.QR, known=record)
    with pytest.raises(StatementError):
        verify_by_voucher(SARA, keys, anna, now=NOW)


@pytest.mark.parametrize("how", sorted(set(How) - {How.VOUCHED}))
def test_a_record_is_the_documented_json(how: How) -> None:
    record = altered(met("sara", How.QR), how=how, changed=True, compared=(NOW,))
    shape = json.loads(msgspec.json.encode(record))
    assert shape == {
        "party": SARA.party,
        "endpoint": record.endpoint,
        "identity": base64url(public(identity("sara"))),
        "name": "Sara",
        "kind": "person",
        "how": how.value,
        "statement": msgspec.to_builtins(keys_of("sara").statement),
        "voucher": None,
        "changed": True,
        "compared": [NOW],
    }
    assert check_record(msgspec.convert(shape | {"later": 1}, LinkRecord)) == record


@pytest.mark.parametrize(
    "broken",
    [
        altered(met("sara", How.QR), endpoint=met("anna", How.QR).endpoint),
        altered(met("sara", How.QR), identity=met("anna", How.QR).identity),
        altered(met("sara", How.QR), statement=keys_of("anna").statement),
        altered(met("sara", How.QR), voucher=Voucher("A" * 22, "Anna")),
        altered(met("sara", How.QR), how=How.VOUCHED),
    ],
    ids=["endpoint", "identity", "statement", "voucher", "how"],
)
def test_a_kept_record_that_does_not_hold_together_is_refused(broken: LinkRecord) -> None:
    with pytest.raises((StatementError, LinkRecordError)):
        check_record(broken)


def test_a_record_about_a_party_that_does_not_print_can_be_kept() -> None:
    record = introduce(Who(PartyId(SARA.party), "Sara", PartyKind.PERSON), keys_of("sara"))
    assert msgspec.json.decode(msgspec.json.encode(record), type=LinkRecord) == record


def test_nothing_of_a_link_prints() -> None:
    record = verify_by_voucher(SARA, keys_of("sara"), met("anna", How.QR), now=NOW)
    assert [repr(one) for one in (record, record.voucher, record.who)] == ["LinkRecord(…)", "Voucher(…)", "Who(…)"]
    assert isinstance(record.who, Who)


def test_the_written_story_of_a_link_holds() -> None:
    who, voucher = msgspec.convert(LINKS["who"], Who), msgspec.convert(LINKS["voucher"], LinkRecord)
    record: LinkRecord | None = None
    for step in LINKS["steps"]:
        refused = None
        try:
            record = after_step(record, step, who=who, voucher=voucher)
        except (LinkRecordError, StatementError) as problem:
            refused = type(problem).__name__
        assert refused == step["refused"]
        assert json.loads(msgspec.json.encode(record)) == step["record"]
        assert (record is not None and is_verified(record, now=NOW)) is step["verified"]


def test_digits_that_differ_mark_the_link_until_the_two_meet_anew() -> None:
    record = doubt_by_safety_number(verify_by_safety_number(met("sara", How.INTRODUCED)))
    assert not is_verified(record, now=NOW)
    with pytest.raises(LinkRecordError, match="paired anew"):
        verify_by_safety_number(record)
    assert doubt_by_safety_number(record) is record
