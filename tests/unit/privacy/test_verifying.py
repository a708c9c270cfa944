"""What a receipt is said to show, in Python and in Chromium, of the same written receipts, heads and proofs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from signalling.privacy import verifying
from signalling.privacy.receipts import read_receipt, to_text
from signalling.privacy.tree import leaf_hash
from tests.golden.receipts import make

ROOT = Path(__file__).parents[3]
GOLDEN: dict[str, Any] = json.loads((ROOT / "tests" / "golden" / "receipts" / "receipts.json").read_text())
KEYS, OTHERS = [make.KEY.public_key()], [make.OTHER.public_key()]
SDK = ROOT / "signalling" / "pages" / "sdk"
ORIGIN = "https://receipts.test"


def leaf_of(number: int) -> str:
    """Under what name the leaf of that written receipt is looked up."""
    return to_text(leaf_hash(read_receipt(GOLDEN["receipts"][number]["text"]).leaf))


def hold(findings: list[verifying.Finding]) -> list[bool]:
    return [finding.holds for finding in findings]


def test_the_written_receipts_are_what_the_code_makes() -> None:
    assert make.document() == GOLDEN


def test_receipts_hold_for_their_call_and_key_alone() -> None:
    for one in GOLDEN["receipts"]:
        read = read_receipt(one["text"])
        assert hold(verifying.check_receipt(read, KEYS, one["call"])) == [True, True]
        assert hold(verifying.check_receipt(read, OTHERS, "x" * 22)) == [False, False]
    assert hold(verifying.check_receipt(read_receipt(GOLDEN["forged"]), KEYS, None)) == [False]
    for text in GOLDEN["refused"]:
        with pytest.raises(ValueError):
            read_receipt(text)


def test_places_and_growth_hold_as_written_and_not_when_touched() -> None:
    for told in GOLDEN["places"]:
        placed = verifying.read_placed(told)
        right, wrong = (read_receipt(GOLDEN["receipts"][(told["number"] + by) % 21]["text"]) for by in (0, 1))
        assert hold(verifying.check_place(right, KEYS, placed)) == [True, True]
        assert hold(verifying.check_place(wrong, OTHERS, placed)) == [False, False]
    for told in GOLDEN["growths"]:
        old, new = verifying.read_head(told["old"]), verifying.read_head(told["new"])
        path = verifying.read_path(told)
        assert hold(verifying.check_growth(old, new, path, KEYS)) == [True, True]
        assert hold(verifying.check_growth(old, new, [*path, bytes(32)], OTHERS)) == [False, False]


def test_the_words_never_claim_absence() -> None:
    said = verifying.told(read_receipt(GOLDEN["receipts"][1]["text"]))
    assert "nothing is kept here" in said
    assert "open nothing new after 10 s" in said
    assert "does not show that nothing is left" in verifying.LIMITS


HEAD = GOLDEN["places"][0]["head"]
PLACE = GOLDEN["places"][0]


@pytest.mark.parametrize(
    "told",
    [
        *({}, [], "x", None, 7, {"index": 1}, {"index": "1", "head": {}, "path": None}, {"path": ["x"]}),
        *({**PLACE, "index": index, "path": [1], **HEAD, "size": index} for index in (True, 0.0, -1, "0", None)),
        {**PLACE, "path": {}, "head": [], **HEAD, "minute": float("inf")},
    ],
)
def test_an_answer_of_another_shape_is_refused(told: object) -> None:
    for read in (verifying.read_head, verifying.read_path, verifying.read_placed):
        with pytest.raises(ValueError, match=r"has a|made of|base64"):
            read(told)


@pytest.mark.parametrize("text", [b"", b"\xff", b"{", b"[" * 60_000, b'"' + b"x" * 65_536 + b'"', b"1" * 5000])
def test_nonsense_and_what_has_no_end_is_refused_with_the_rule(text: bytes) -> None:
    with pytest.raises(ValueError, match="an answer is JSON, and not longer than a proof can be"):
        verifying.read_answer(text)


# ------------------------------------------------------------- in Chromium


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    newest = [place for place in GOLDEN["places"] if place["head"]["size"] == 21]
    answers = {f"v1/receipts/leaves/{leaf_of(place['number'])}": place for place in newest[:20]}
    answers |= {f"v1/receipts/growth/{told['old']['size']}/21": told for told in GOLDEN["growths"]}

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(ORIGIN + "/")
        if name == "":
            route.fulfill(body="<!doctype html>", content_type="text/html")
        elif name.startswith("v1/receipts/"):
            told = answers.get(name)
            route.fulfill(status=404) if told is None else route.fulfill(json=told)
        elif (SDK / name).is_file():
            route.fulfill(path=SDK / name, content_type="text/javascript")
        else:
            route.fulfill(status=404)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto(ORIGIN + "/")
        page.evaluate("async () => { globalThis.on = await import('/receipts.js'); }")
        yield page
        browser.close()


@pytest.mark.browser
def test_the_browser_judges_receipts_alike(page: Page) -> None:
    told = page.evaluate(
        """async ({ receipts, key, other_key, forged, refused }) => {
          const holds = async (checked) => (await checked).map((finding) => finding.holds);
          const right = [], wrong = [];
          for (const { text, call } of receipts) {
            right.push(await holds(on.checkReceipt(on.readReceipt(text), key, call)));
            wrong.push(await holds(on.checkReceipt(on.readReceipt(text), other_key, "x".repeat(22))));
          }
          const refusal = (text) => {
            try { on.readReceipt(text); return "taken"; } catch (problem) { return problem.constructor.name; }
          };
          const found = await holds(on.checkReceipt(on.readReceipt(forged), key));
          return { right, wrong, forged: found, refused: refused.map(refusal) };
        }""",
        GOLDEN,
    )
    assert told["right"] == [[True, True]] * 21
    assert told["wrong"] == [[False, False]] * 21
    assert told["forged"] == [False]
    assert told["refused"] == ["ReceiptError"] * len(GOLDEN["refused"])


@pytest.mark.browser
def test_the_browser_judges_the_tree_alike(page: Page) -> None:
    told = page.evaluate(
        """async ({ receipts, places, growths, key, other_key }) => {
          const holds = async (checked) => (await checked).map((finding) => finding.holds).join();
          const at = (number) => on.readReceipt(receipts[number % receipts.length].text);
          const counted = {};
          const count = (name) => { counted[name] = (counted[name] ?? 0) + 1; };
          for (const placed of places) {
            count("place " + await holds(on.checkPlace(at(placed.number), key, placed)));
            count("other " + await holds(on.checkPlace(at(placed.number + 1), other_key, placed)));
          }
          const extra = "A".repeat(43);
          for (const { old, new: newer, path } of growths) {
            count("grew " + await holds(on.checkGrowth(old, newer, path, key)));
            count("forged " + await holds(on.checkGrowth(old, newer, [...path, extra], other_key)));
          }
          return counted;
        }""",
        GOLDEN,
    )
    places, growths = len(GOLDEN["places"]), len(GOLDEN["growths"])
    assert told == {
        "place true,true": places,
        "other false,false": places,
        "grew true,true": growths,
        "forged false,false": growths,
    }


@pytest.mark.browser
def test_the_page_looks_a_receipt_up_and_keeps_the_head_for_the_next_time(page: Page) -> None:
    told = page.evaluate(
        """async ({ receipts, heads, key }) => {
          const older = heads.find((head) => head.size === 8);
          const { text, call } = receipts[5];
          const found = await on.lookUp(on.readReceipt(text), key, { call, older });
          const forged = { ...older, root: "A".repeat(43) };
          const rewritten = await on.lookUp(on.readReceipt(text), key, { call, older: forged });
          const absent = await on.lookUp(on.readReceipt(receipts[20].text), key);
          const holds = ({ findings }) => findings.map((finding) => finding.holds);
          return [holds(found), found.head.size, holds(rewritten), holds(absent), absent.head];
        }""",
        GOLDEN,
    )
    assert told == [[True] * 6, 21, [True, True, True, True, False, False], [True, False], None]


@pytest.mark.browser
def test_both_say_the_same_of_what_a_receipt_cannot_show(page: Page) -> None:
    assert page.evaluate("() => on.LIMITS") == verifying.LIMITS
