"""The browser states, takes and refuses keys as the headless endpoint does, and no key of its own can be taken out."""

import hashlib
import json
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from client_sim.sealed.statements import KeyStatement, make_statement, verify_statement
from signalling.protocol.proof import Purpose, base64url, endpoint_id, signed_bytes
from tests.unit.sealed.golden import STATEMENT
from tests.unit.sealed.scene import (
    P,
    flipped,
    identity,
    key,
    public,
    seed,
    small_order_agreements,
    small_order_identities,
)

pytestmark = pytest.mark.browser

ALICE = identity("alice")
TRUE = make_statement(ALICE, public(key("alice")), serial=3, not_after=1_800_000_000)
VERIFY = """([statement, identity]) => on.statements.verifyStatement(statement, on.unhex(identity)).then(on.hex)"""
REFUSALS = """([statements, identity]) => Promise.all(
  statements.map((one) => on.refusal(() => on.statements.verifyStatement(one, on.unhex(identity)))))"""


def changed(**fields: Any) -> dict[str, Any]:
    shape: dict[str, Any] = msgspec.to_builtins(TRUE)
    return shape | fields


def signed(purpose: Purpose, **fields: Any) -> dict[str, Any]:
    """Alice's signature under `purpose` over a statement of those fields."""
    shape = changed(**fields)
    words = [shape["endpoint"], shape["key"], str(shape["serial"]), str(shape["not_after"])]
    return shape | {"signature": base64url(ALICE.sign(signed_bytes(purpose, *words)))}


def test_the_browser_makes_and_takes_the_written_statement(page: Page) -> None:
    told = page.evaluate(
        """async ({ identity_seed, agreement_seed, statement }) => {
          const { serial, not_after } = statement;
          const told = { identity: identity_seed, agreement: agreement_seed, serial, notAfter: not_after };
          const { identity, statement: made } = await on.endpointOf(told);
          const signed = on.hex(on.statements.statementBytes(made));
          const key = await on.statements.verifyStatement(statement, on.publicKeys.bytesOf(identity));
          return { made, signed, key: on.hex(key) };
        }""",
        STATEMENT,
    )
    assert told["made"] == STATEMENT["statement"]
    assert told["signed"] == STATEMENT["signed"]
    assert told["key"] == public(key("alice")).hex()
    assert verify_statement(msgspec.convert(told["made"], KeyStatement), public(ALICE)) == public(key("alice"))


def test_the_browser_refuses_every_changed_statement(page: Page) -> None:
    bobs = endpoint_id(public(identity("bob")))
    forged = [
        changed(endpoint=bobs),
        signed(Purpose.AGREEMENT_KEY, endpoint=bobs),
        changed(key=base64url(public(key("mallory")))),
        changed(serial=4),
        changed(not_after=1_900_000_000),
        changed(signature=base64url(bytes(64))),
        changed(signature=TRUE.signature[:-1]),
        changed(signature=None),
        changed(serial="3"),
        changed(not_after=str(TRUE.not_after)),
        msgspec.to_builtins(make_statement(identity("mallory"), public(key("alice")), serial=3, not_after=1)),
        *(signed(purpose) for purpose in Purpose if purpose is not Purpose.AGREEMENT_KEY),
        *(signed(Purpose.AGREEMENT_KEY, key=base64url(point)) for point in small_order_agreements()),
    ]
    assert page.evaluate(REFUSALS, [forged, public(ALICE).hex()]) == ["StatementError"] * len(forged)


def test_the_browser_refuses_a_signature_with_any_bit_turned_and_any_other_spelling(page: Page) -> None:
    raw = ALICE.sign(bytes.fromhex(STATEMENT["signed"]))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    forged = [changed(signature=base64url(flipped(raw, bit))) for bit in range(0, 512, 5)]
    forged += [changed(signature=TRUE.signature[:-1] + one) for one in letters if one != TRUE.signature[-1]]
    assert page.evaluate(REFUSALS, [forged, public(ALICE).hex()]) == ["StatementError"] * len(forged)


def test_a_small_order_identity_that_signs_everything_is_refused_by_the_browser(page: Page) -> None:
    """Why: WebCrypto itself takes this signature, which nobody made, under such a key."""
    point = (1).to_bytes(32, "little")
    forged = changed(endpoint=endpoint_id(point), signature=base64url(point + bytes(32)))
    told = page.evaluate(
        """async ([statement, point]) => {
          const { signatureHolds, statementBytes, verifyStatement } = on.statements;
          const signature = on.publicKeys.bytesOf(statement.signature, 64);
          return {
            webCrypto: await signatureHolds(on.unhex(point), signature, statementBytes(statement)),
            ours: await on.refusal(() => verifyStatement(statement, on.unhex(point))),
          };
        }""",
        [forged, point.hex()],
    )
    assert told == {"webCrypto": True, "ours": "StatementError"}


def test_keys_that_are_nobodys_are_refused_wherever_they_come_in(page: Page) -> None:
    wrapped = [(P + above | sign << 255).to_bytes(32, "little") for above in range(19) for sign in (0, 1)]
    lengths = [bytes(range(1, length + 1)) for length in (0, 31, 33)]
    identities = [*small_order_identities(), *wrapped, *lengths]
    agreements = [*small_order_agreements(), *wrapped, *lengths, flipped(public(key("alice")), 255)]
    told = page.evaluate(
        """async ([identities, agreements]) => {
          const { identityKeyOf, agreementKeyOf } = on.publicKeys;
          const texts = identities.map((one) => on.encoding.base64url(on.unhex(one)));
          return {
            identities: await Promise.all(identities.map((one) => on.refusal(() => identityKeyOf(on.unhex(one))))),
            texts: await Promise.all(texts.map((one) => on.refusal(() => on.identities.identityKey(one)))),
            agreements: await Promise.all(agreements.map((one) => on.refusal(() => agreementKeyOf(on.unhex(one))))),
          };
        }""",
        [[one.hex() for one in identities], [one.hex() for one in agreements]],
    )
    assert {name: set(refusals) for name, refusals in told.items()} == {
        "identities": {"KeyRefused"},
        "texts": {"KeyRefused"},
        "agreements": {"KeyRefused"},
    }


def test_ordinary_keys_and_the_last_one_below_the_prime_are_taken(page: Page) -> None:
    last = (P - 2).to_bytes(32, "little").hex()
    identities = [public(identity(str(number))).hex() for number in range(20)] + [last]
    agreements = [public(key(str(number))).hex() for number in range(20)] + [last]
    told = page.evaluate(
        """([identities, agreements]) => [
          identities.map((one) => on.hex(on.publicKeys.identityKeyOf(on.unhex(one)))),
          agreements.map((one) => on.hex(on.publicKeys.agreementKeyOf(on.unhex(one)))),
        ]""",
        [identities, agreements],
    )
    assert told == [identities, agreements]


def test_a_key_that_can_be_taken_out_states_nothing(page: Page) -> None:
    told = page.evaluate(
        """async (seed) => {
          const own = await on.identities.Identity.fromSeed(on.unhex(seed));
          const loose = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
          const open = new on.identities.Identity(loose.privateKey, own.publicKey, own.endpoint);
          const told = { serial: 1, notAfter: 1 };
          return {
            kept: await on.refusal(() => crypto.subtle.exportKey("pkcs8", own.privateKey)),
            loose: await on.refusal(() => on.statements.makeStatement(open, new Uint8Array(32), told)),
          };
        }""",
        seed("alice").hex(),
    )
    assert told == {"kept": "DOMException", "loose": "TypeError"}


def test_the_browser_takes_only_a_higher_serial_and_knows_when_a_statement_has_run_out(page: Page) -> None:
    told = page.evaluate(
        """(statement) => ({
          newer: [null, 2, 3, 4].map((serial) => on.statements.supersedes(statement, serial)),
          current: [1_800_000_000, 1_800_000_000.5].map((now) => on.statements.isCurrent(statement, now)),
          lifetime: on.statements.LIFETIME_SECONDS,
        })""",
        msgspec.to_builtins(TRUE),
    )
    assert told == {"newer": [True, True, False, False], "current": [True, False], "lifetime": 90 * 86_400}


BROKEN: list[Any] = [None, 1, "", [], {}, *(changed(**{name: None}) for name in msgspec.to_builtins(TRUE))]
BROKEN += [
    changed(serial=-1),
    changed(serial=1.5),
    changed(serial=2**31),
    changed(not_after="1"),
    changed(key="A" * 44),
]


@pytest.mark.parametrize("value", BROKEN, ids=lambda value: hashlib.sha256(json.dumps(value).encode()).hexdigest()[:6])
def test_what_is_no_statement_is_refused_by_the_browser(page: Page, value: Any) -> None:
    assert page.evaluate("(value) => on.refusal(() => on.statements.statementFrom(value))", value) == "StatementError"
