"""The browser's pictures and messages are those of the headless endpoints: the same octets, taken and refused alike."""

import pytest
from playwright.sync_api import Page

from tests.unit.sealed.test_greetings import GOLDEN

pytestmark = pytest.mark.browser

SAYS = """({ content, purpose }) => {
  const said = on.greetings.decodeGreeting(on.unhex(content), purpose);
  const seen = said.octets ? { ...said, octets: on.hex(said.octets) } : said;
  return [seen, on.hex(on.greetings.encodeGreeting(said)), on.greetings.purposeOf(said)];
}"""


def test_the_browser_writes_and_takes_the_golden_greetings_octet_for_octet(page: Page) -> None:
    for one in GOLDEN["written"]:
        assert page.evaluate(SAYS, one) == [one["says"], one["content"], one["purpose"]]


def test_the_browser_takes_what_another_program_says_in_its_own_way(page: Page) -> None:
    for one in GOLDEN["foreign"]:
        assert page.evaluate(SAYS, one)[0] == one["says"]


def test_the_browser_refuses_what_is_for_no_screen(page: Page) -> None:
    refusal = f"(one) => on.refusal(() => ({SAYS})(one))"
    told = [page.evaluate(refusal, one) for one in GOLDEN["refused"]]
    assert told == ["GreetingError"] * len(GOLDEN["refused"])
