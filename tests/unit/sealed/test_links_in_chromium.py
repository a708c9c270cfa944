"""The browser's link records are the headless ones: the same story, the same JSON, the same refusals."""

import json
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from client_sim.sealed.links import How, LinkRecord, Voucher, check_record
from tests.unit.sealed.golden import LINKS
from tests.unit.sealed.people import DAY, NOW, keys_of, met, person
from tests.unit.sealed.test_links import FORGED, altered

pytestmark = pytest.mark.browser

REFUSE = "(kept) => on.refusal(() => on.links.recordFrom(kept))"


def shape(one: Any) -> Any:
    return json.loads(msgspec.json.encode(one))


def test_the_browser_lives_the_written_story_of_a_link(page: Page) -> None:
    told = page.evaluate("(story) => on.liveLink(story)", LINKS)
    assert told == [{name: step[name] for name in ("refused", "record", "verified")} for step in LINKS["steps"]]


def test_what_changes_nothing_is_the_same_record(page: Page) -> None:
    told = page.evaluate(
        """async ([record, older, others]) => {
          const marked = await on.links.takeStatement(record, others);
          return [
            (await on.links.takeStatement(record, older)) === record,
            (await on.links.takeStatement(marked, others)) === marked,
            Object.isFrozen(marked),
            marked === record,
          ];
        }""",
        [shape(met("sara", How.QR)), shape(keys_of("sara", serial=0)), shape(keys_of("mallory"))],
    )
    assert told == [True, True, True, False]


def test_nothing_answers_by_itself_in_the_browser_on_an_old_statement_or_an_introduction(page: Page) -> None:
    told = page.evaluate(
        """([records, times]) => records.map((one) => times.map((now) => on.links.isVerified(one, now)))""",
        [
            [
                shape(met("sara", How.QR)),
                shape(altered(met("sara", How.QR), changed=True)),
                shape(met("sara", How.INTRODUCED)),
                shape(met("sara", How.QR)) | {"how": "guessed"},
            ],
            [NOW, NOW + 90 * DAY, NOW + 90 * DAY + 1],
        ],
    )
    assert told == [[True, True, False], [False] * 3, [False] * 3, [False] * 3]


def test_whoever_is_not_verified_vouches_for_nobody_in_the_browser(page: Page) -> None:
    told = page.evaluate(
        """([who, keys, vouchers, now]) => on.outcomes(
          vouchers.map((voucher) => on.links.verifyByVoucher(who, keys, voucher, { now })))""",
        [
            shape(person("sara")),
            shape(keys_of("sara")),
            [shape(met("anna", How.INTRODUCED)), shape(altered(met("anna", How.QR), changed=True))],
            NOW,
        ],
    )
    assert told == ["LinkRecordError"] * 2


@pytest.mark.parametrize("name", FORGED)
def test_keys_that_do_not_prove_themselves_are_refused_everywhere_in_the_browser(page: Page, name: str) -> None:
    told = page.evaluate(
        """([who, keys, record, voucher, now]) => on.outcomes([
          on.links.introduce(who, keys),
          on.links.takeStatement(record, keys),
          on.links.verifyByPairing(who, keys, "qr", record),
          on.links.verifyByVoucher(who, keys, voucher, { now }),
        ])""",
        [shape(person("sara")), shape(FORGED[name]), shape(met("sara", How.QR)), shape(met("anna", How.QR)), NOW],
    )
    assert told == ["StatementError"] * 4


def test_a_kept_record_comes_back_without_what_this_version_does_not_know(page: Page) -> None:
    vouched = altered(met("sara", How.QR), how=How.VOUCHED, voucher=Voucher("A" * 22, "Anna"), compared=(NOW, NOW))
    for record in (vouched, met("sara", How.INTRODUCED)):
        told = page.evaluate("(kept) => on.links.recordFrom(kept)", shape(record) | {"later": 1})
        assert told == shape(record)
        assert check_record(msgspec.convert(told, LinkRecord)) == record


SARA = met("sara", How.QR)
BROKEN: list[Any] = [None, 1, [], {}, *({**shape(SARA), name: 7} for name in shape(SARA))]
BROKEN += [
    shape(SARA) | changed
    for changed in (
        {"endpoint": met("anna", How.QR).endpoint},
        {"identity": met("anna", How.QR).identity},
        {"statement": shape(keys_of("anna").statement)},
        {"voucher": {"endpoint": "A" * 22, "name": "Anna"}},
        {"how": "vouched"},
        {"how": "vouched", "voucher": {"endpoint": "A" * 22, "name": ""}},
        {"how": "guessed"},
        {"kind": "cat"},
        {"name": ""},
        {"name": "x" * 81},
        {"compared": [1, 2, 3, 4]},
        {"compared": [1.5]},
    )
]


def test_a_kept_record_that_does_not_hold_together_is_refused_by_both(page: Page) -> None:
    refusals = {json.dumps(one): page.evaluate(REFUSE, one) for one in BROKEN}
    assert {
        text: refusal for text, refusal in refusals.items() if refusal not in ("StatementError", "LinkRecordError")
    } == {}
    for one in BROKEN:
        with pytest.raises(ValueError):
            check_record(msgspec.convert(one, LinkRecord))
