"""A receipt says one thing, of one call, signed; and who hasn't both the receipt and the call's id learns nothing."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.privacy import receipts
from signalling.privacy.receipts import OUTCOMES, Outcome, Receipt, Relay, Statement, issue, read_receipt, sign_head
from signalling.vocabulary import EndReason

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
CALL = "Y2FsbC0wMDAwMDAwMDAwMQ"
SAID = Statement(Outcome.FINISHED, 30_000_000, "node-1", Relay.EXPIRING, 120)
SALT = b"\x07" * 32


@pytest.fixture
def receipt() -> Receipt:
    return issue(KEY, CALL, SAID, SALT)


def test_every_reason_has_one_class() -> None:
    assert set(OUTCOMES) == set(EndReason)


def test_a_receipt_comes_back_from_the_wire_and_holds(receipt: Receipt) -> None:
    read = read_receipt(receipt.text())
    assert read == receipt
    assert read.statement == SAID
    assert read.is_about(CALL)
    assert read.is_signed_by(KEY.public_key())
    assert len(receipt.text()) < 300


def test_it_is_about_no_other_call_and_by_no_other_key(receipt: Receipt) -> None:
    assert not receipt.is_about("Y2FsbC0wMDAwMDAwMDAwMg")
    assert not receipt.is_signed_by(OTHER.public_key())


def test_a_leaf_alone_tells_neither_call_nor_salt(receipt: Receipt) -> None:
    """What is kept for good can be tied to no call, not even by who knows every call's id."""
    assert CALL.encode() not in receipt.leaf
    assert receipts.to_text(SALT).encode() not in receipt.leaf
    assert issue(KEY, CALL, SAID, b"\x08" * 32).leaf != receipt.leaf
    assert "narvaro" not in repr(receipt)


@pytest.mark.parametrize(
    "changed",
    [
        Statement(Outcome.LOST, 30_000_000, "node-1", Relay.EXPIRING, 120),
        Statement(Outcome.FINISHED, 30_000_001, "node-1", Relay.EXPIRING, 120),
        Statement(Outcome.FINISHED, 30_000_000, "node-2", Relay.EXPIRING, 120),
        Statement(Outcome.FINISHED, 30_000_000, "node-1", Relay.CLOSED, 120),
        Statement(Outcome.FINISHED, 30_000_000, "node-1", Relay.EXPIRING, 0),
    ],
)
def test_none_of_its_words_can_be_changed(receipt: Receipt, changed: Statement) -> None:
    forged = Receipt(SALT, issue(OTHER, CALL, changed, SALT).leaf, receipt.signature)
    assert not forged.is_signed_by(KEY.public_key())


def test_a_head_cannot_stand_in_for_a_receipt_nor_the_other_way_round(receipt: Receipt) -> None:
    head = sign_head(KEY, size=3, root=bytes(32), minute=30_000_000)
    assert head.is_signed_by(KEY.public_key())
    assert not sign_head(OTHER, size=3, root=bytes(32), minute=30_000_000).is_signed_by(KEY.public_key())
    assert not receipts.Head(4, head.root, head.minute, head.signature).is_signed_by(KEY.public_key())
    assert not Receipt(SALT, receipt.leaf, head.signature).is_signed_by(KEY.public_key())
    assert receipts.signers([OTHER.public_key(), KEY.public_key()], head) == [KEY.public_key()]


@pytest.mark.parametrize("node", ["two words", "", "UPPER", "n" * 33])
def test_a_node_whose_name_would_change_the_words_is_refused(node: str) -> None:
    with pytest.raises(ValueError, match="seven words"):
        issue(KEY, CALL, Statement(Outcome.LOST, 1, node, Relay.NONE, 0), SALT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "AA.AA.AA",
        ".".join([receipts.to_text(SALT), receipts.to_text(b"narvaro-receipt-1 nothing"), "AA"]),
        "x+y+z",
        issue(KEY, CALL, SAID, SALT).text() + "=",
        issue(KEY, CALL, SAID, SALT).text().replace("BwcHBw", "BwcHB!"),
        "A" * 600,
    ],
)
def test_a_malformed_receipt_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        read_receipt(text)
    assert len(text) < 4 or text not in str(refused.value)
