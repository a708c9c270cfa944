"""The browser's words, hand and robot are those of the headless endpoints: byte for byte, at the same moments."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from tests.unit.control.test_golden import read

CHROMIUM = Path("/usr/bin/chromium")
CONTROL = Path(__file__).parents[3] / "signalling" / "pages" / "sdk" / "control"
ORIGIN = "http://control.test"
MOVE = """(story) => {
  const hand = new on.Hand();
  return story.map(({ now, do: what, told }) => {
    let says = [];
    if (what === "due") says = hand.due(now);
    else if (what === "choose" || what === "hear") hand[what](told, now);
    else hand[what](...told, now);
    return { says, next_due: hand.nextDue(), acknowledged: hand.isAcknowledged, lost: hand.isLost(now) };
  });
}"""
VISIT = """(story) => {
  const body = new on.Body();
  return story.map(({ now, do: what, told }) => {
    let answers = null;
    if (what === "look" || what === "set") answers = body[what](told, now);
    else if (what === "beat") body.heard(now);
    else body[what](now);
    return { answers, stands: body.told({ batteryPercent: 80, signalDbm: -55 }), dropped: body.dropped };
  });
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """`on` names what the three files export."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path in ("/words.js", "/hand.js", "/robot.js"):
            route.fulfill(path=CONTROL / path[1:], content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium isn't installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto(ORIGIN + "/")
        page.evaluate(
            "async () => { globalThis.on = {}; "
            "for (const one of ['words', 'hand', 'robot']) Object.assign(on, await import(`/${one}.js`)); }"
        )
        yield page
        browser.close()


def test_the_browser_writes_and_takes_the_golden_words_byte_for_byte(page: Page) -> None:
    taken = read("words.json")["taken"]
    texts: list[Any] = page.evaluate(
        "(taken) => taken.map(({ text }) => [on.encode(on.decode(text)), on.decode(text)])", taken
    )
    assert texts == [[one["text"], one["word"]] for one in taken]


def test_the_browser_takes_what_another_program_says_in_its_own_way(page: Page) -> None:
    foreign = read("words.json")["foreign"]
    words = page.evaluate("(foreign) => foreign.map(({ text }) => on.decode(text))", foreign)
    assert words == [one["word"] for one in foreign]


def test_the_browser_passes_over_what_is_no_word(page: Page) -> None:
    refused = read("words.json")["refused"]
    taken = page.evaluate("(texts) => texts.filter((one) => on.decode(one) !== null)", refused)
    assert taken == []
    assert page.evaluate("on.decode(new ArrayBuffer(8))") is None


def test_a_hand_in_the_browser_says_the_same_at_the_same_moments(page: Page) -> None:
    story = read("hand.json")
    told = ("says", "next_due", "acknowledged", "lost")
    assert page.evaluate(MOVE, story) == [{name: step[name] for name in told} for step in story]


def test_a_robot_in_the_browser_stands_the_same_and_its_watchdogs_bite_at_the_same_moments(page: Page) -> None:
    story = read("robot.json")
    told = ("answers", "stands", "dropped")
    assert page.evaluate(VISIT, story) == [{name: step[name] for name in told} for step in story]
    nothing = {"t": "look", "seq": 1, "at": 0, "pan": None, "tilt": None, "pan_speed": None, "tilt_speed": None}
    still = """(look) => {
      const body = new on.Body();
      body.light(0);
      for (const pan of [NaN, Infinity, -Infinity]) body.look({ ...look, seq: look.seq++, pan, pan_speed: pan }, 0);
      body.tick(1);
      return body.pan;
    }"""
    assert page.evaluate(still, nothing) == 0
