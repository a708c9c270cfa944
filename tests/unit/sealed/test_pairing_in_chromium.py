"""A browser pairs with a headless endpoint, byte for byte as it is written, and learns nothing from anybody else."""

import json
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from client_sim.sealed.pairing import Introduction, Pairing, PairingError
from signalling.protocol.proof import base64url, from_base64url
from tests.unit.sealed.golden import PAIRING
from tests.unit.sealed.scene import flipped, identity, public, seed
from tests.unit.sealed.test_pairing import KOMP, PHONE, SECRET, introduction, said, without

pytestmark = pytest.mark.browser

BEGIN = """async ([secret, options]) => {
  const expected = options.expected ? on.unhex(options.expected) : null;
  globalThis.end = await on.pairing.Pairing.begin(on.unhex(secret), { ...options, expected });
  return end.name;
}"""
SAY = "([method, own]) => end[method](own)"
HEAR = "([method, box]) => end[method](box)"
REFUSE = "([method, box]) => on.refusal(() => end[method](box))"


def shape(one: Introduction) -> Any:
    return msgspec.to_builtins(one)


def test_the_browser_says_the_written_pairing(page: Page) -> None:
    told = page.evaluate("(transcript) => on.sayPairing(transcript)", PAIRING)
    assert told["names"] == [PAIRING["name"]] * 2
    for message in ("first", "second"):
        assert told[message] == {name: PAIRING[message][name] for name in ("box", "introduction")}


def test_a_browser_pairs_with_a_komp_whose_qr_it_read(page: Page) -> None:
    komp = Pairing(SECRET, reads=False)
    options = {"reads": True, "expected": public(identity("komp")).hex()}
    assert page.evaluate(BEGIN, [SECRET.hex(), options]) == komp.name
    assert komp.read_first(page.evaluate(SAY, ["writeFirst", shape(PHONE)])) == PHONE
    assert page.evaluate(HEAR, ["readSecond", komp.write_second(KOMP)]) == shape(KOMP)


def test_a_browser_that_showed_the_secret_learns_who_read_it(page: Page) -> None:
    phone = Pairing(SECRET, reads=True)
    page.evaluate(BEGIN, [SECRET.hex(), {"reads": False}])
    assert page.evaluate(HEAR, ["readFirst", phone.write_first(PHONE)]) == shape(PHONE)
    assert phone.read_second(page.evaluate(SAY, ["writeSecond", shape(KOMP)])) == KOMP


def test_somebody_else_with_the_secret_is_not_taken_for_the_komp(page: Page) -> None:
    mallory = Pairing(SECRET, reads=False)
    page.evaluate(BEGIN, [SECRET.hex(), {"reads": True, "expected": public(identity("komp")).hex()}])
    mallory.read_first(page.evaluate(SAY, ["writeFirst", shape(PHONE)]))
    assert page.evaluate(REFUSE, ["readSecond", mallory.write_second(introduction("mallory"))]) == "SomebodyElse"


def test_another_secret_opens_nothing_in_the_browser(page: Page) -> None:
    page.evaluate(BEGIN, [flipped(SECRET, 3).hex(), {"reads": False}])
    box = Pairing(SECRET, reads=True).write_first(PHONE)
    assert page.evaluate(REFUSE, ["readFirst", box]) == "PairingError"


def test_a_tampered_box_opens_nowhere_and_the_true_one_still_does(page: Page) -> None:
    page.evaluate(BEGIN, [SECRET.hex(), {"reads": False}])
    box = Pairing(SECRET, reads=True).write_first(PHONE)
    sealed = from_base64url(box)
    turned = [base64url(flipped(sealed, bit)) for bit in range(0, 8 * len(sealed), 97)]
    for forged in [*turned, "", "A", box[:-4], box + "AAAA"]:
        assert page.evaluate(REFUSE, ["readFirst", forged]) == "PairingError"
    assert page.evaluate(HEAR, ["readFirst", box]) == shape(PHONE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"null",
        b"[" * 9000,
        b'{"identity": 1}',
        json.dumps(without("statement")).encode(),
        json.dumps(without("identity")).encode(),
        b"\xef\xbb\xbf" + msgspec.json.encode(PHONE),
        msgspec.json.encode(Introduction(KOMP.identity, PHONE.statement)),
        msgspec.json.encode(Introduction(base64url(bytes(32)), PHONE.statement)),
        msgspec.json.encode(
            Introduction(PHONE.identity, msgspec.structs.replace(PHONE.statement, key=KOMP.statement.key))
        ),
    ],
    ids=range(11),
)
def test_an_introduction_that_does_not_prove_itself_is_refused_by_both_and_changes_nothing(
    page: Page, content: bytes
) -> None:
    page.evaluate(BEGIN, [SECRET.hex(), {"reads": False}])
    assert page.evaluate(REFUSE, ["readFirst", said(content)]) == "PairingError"
    assert page.evaluate(HEAR, ["readFirst", said(msgspec.json.encode(PHONE))]) == shape(PHONE)
    with pytest.raises(PairingError):
        Pairing(SECRET, reads=False).read_first(said(content))


def test_fields_of_a_later_version_are_ignored(page: Page) -> None:
    later = json.loads(msgspec.json.encode(PHONE)) | {"later": 1}
    page.evaluate(BEGIN, [SECRET.hex(), {"reads": False}])
    assert page.evaluate(HEAR, ["readFirst", said(json.dumps(later).encode())]) == shape(PHONE)


def test_each_end_speaks_in_its_turn_and_a_secret_serves_one_answer(page: Page) -> None:
    page.evaluate(BEGIN, [SECRET.hex(), {"reads": False}])
    box = Pairing(SECRET, reads=True).write_first(PHONE)
    told = page.evaluate(
        """([own, box]) => on.outcomes([
          end.writeFirst(own), end.readFirst(box), end.readFirst(box), end.writeSecond(own), end.writeSecond(own),
        ])""",
        [shape(KOMP), box],
    )
    assert told == ["TypeError", "fulfilled", "TypeError", "fulfilled", "TypeError"]


def test_a_secret_has_sixteen_bytes_in_the_browser_too(page: Page) -> None:
    begin = "(secret) => on.refusal(() => on.pairing.Pairing.begin(on.unhex(secret), { reads: true }))"
    assert [page.evaluate(begin, seed("secret")[:length].hex()) for length in (0, 15, 17)] == ["PairingError"] * 3
