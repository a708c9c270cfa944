"""A page that is loaded anew in the middle of a call is back in it: new keys, no ring, no countdown, nothing to press.

Whoever closes the page instead is gone: the other end says so at once, and doesn't wait for long.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, WebSocket, expect

from client_sim.house import BROWSER
from client_sim.link import fragment
from client_sim.timeline import Step
from signalling.protocol import EndReason
from tests.e2e.hours import NOON, zone_at
from tests.e2e.kiosk import (
    PICTURE_MS,
    Home,
    calls,
    ended,
    home,
    idles,
    sees_the_komp,
    sees_the_picture_move,
)
from tests.e2e.test_family_call import house_with_a_komp, page_of, press_call, see_the_picture_move, stamps

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

BACK_SECONDS = 3.0
NOTE = "JSON.parse(sessionStorage.getItem('narvaro.call'))"
SHOWN = "document.getElementById('remote').getVideoPlaybackQuality().totalVideoFrames"
SOUND_IS_HELD_BACK = """
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  const isHeldBack = !this.muted && !window.isTouched;
  return isHeldBack ? Promise.reject(new DOMException("no touch yet", "NotAllowedError")) : play.call(this);
};
addEventListener("click", () => (window.isTouched = true), true);
"""


class Heard:
    """What a page says to the coordinator, over all its sockets."""

    def __init__(self, page: Page) -> None:
        self.said: list[dict[str, Any]] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda text: self.said.append(json.loads(text)))

    def count(self, kind: str) -> int:
        return sum(message["t"] == kind for message in self.said)


@pytest_asyncio.fixture(loop_scope="session")
async def family(browser: Browser) -> AsyncIterator[Page]:
    """The grandchild's browser."""
    context = await browser.new_context(locale="en-GB", timezone_id=zone_at(NOON))
    page = await context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda problem: thrown.append(str(problem)))
    yield page
    await context.close()
    assert thrown == []


async def see_each_other(komp: Page, family: Page, there: Home, **options: str) -> None:
    """Both pages in one call, with pictures both ways."""
    await komp.goto(there.address(**({"countdown": "0.5"} | options)))
    await idles(komp)
    await family.goto(f"{there.coordinator.origin}/family#link={fragment(there.household.links[BROWSER])}")
    await press_call(family)
    for page in (komp, family):
        await shows_a_picture(page)


async def shows_a_picture(page: Page) -> None:
    await expect(page.locator("#call.has-picture")).to_be_visible(timeout=PICTURE_MS)


async def moves(page: Page) -> None:
    """The other end's picture moves on."""
    before = await page.evaluate(SHOWN)
    async with asyncio.timeout(10):
        while await page.evaluate(SHOWN) < before + 5:
            await page.wait_for_timeout(50)


async def test_either_page_may_be_loaded_anew_and_the_picture_is_back_within_three_seconds(
    page: Page, family: Page
) -> None:
    async with home() as there:
        rung, placed = Heard(page), Heard(family)
        await see_each_other(page, family, there)
        note = await family.evaluate(NOTE)
        assert set(note) == {"call", "peer", "role", "handshake", "since"}
        for reloaded, other in ((family, page), (page, family), (family, page)):
            began = time.monotonic()
            await reloaded.reload()
            await shows_a_picture(reloaded)
            back_seconds = time.monotonic() - began
            print(f"the picture is back {back_seconds:.2f} s after the reload")
            assert back_seconds < BACK_SECONDS
            await moves(reloaded)
            await moves(other)
            await expect(other.locator("#banner")).to_be_hidden()
        assert (await family.evaluate(NOTE))["handshake"] == 3
        await family.get_by_role("button", name="Hang up").click()
        await expect(page.locator("#after-heading")).to_have_text("The call is over")
        await expect(family.locator("#after-text")).to_contain_text("You were together for")
        for one in (page, family):
            assert await one.evaluate("sessionStorage.length") == 0
    assert (placed.count("call.invite"), rung.count("call.ringing")) == (1, 1)
    assert rung.count("call.resume") + placed.count("call.resume") == 3


async def test_both_pages_may_be_loaded_anew_at_once(page: Page, family: Page) -> None:
    async with home() as there:
        await see_each_other(page, family, there)
        await asyncio.gather(page.reload(), family.reload())
        for one in (page, family):
            await shows_a_picture(one)
        await moves(page)
        await moves(family)
        await page.keyboard.press("o")
        await expect(family.get_by_role("heading", name="It was turned off there, with the knob.")).to_be_visible()


async def test_a_page_that_is_closed_in_a_call_is_said_to_be_gone_at_once_and_waited_for_no_longer_than_ten_seconds(
    page: Page, family: Page
) -> None:
    async with home() as there:
        await page.clock.install()
        await see_each_other(page, family, there)
        await family.close()
        await expect(page.locator("#banner")).to_be_visible(timeout=1_500)
        await page.clock.fast_forward(7_000)
        await expect(page.locator("#call")).to_be_visible()
        await page.clock.fast_forward(3_500)
        await expect(page.locator("#after-heading")).to_have_text("The call is over")


async def test_a_page_that_is_loaded_anew_while_it_rings_has_taken_its_ring_back(page: Page, family: Page) -> None:
    async with home() as there:
        await page.goto(there.address(countdown="30"))
        await idles(page)
        await family.goto(f"{there.coordinator.origin}/family#link={fragment(there.household.links[BROWSER])}")
        await press_call(family)
        await expect(page.locator("#ring")).to_be_visible()
        assert await family.evaluate(NOTE) is None
        await family.reload()
        await expect(page.locator("#after-text")).to_have_text("They stopped ringing", timeout=2_000)
        await expect(family.locator("#people")).to_be_visible()


async def test_a_komp_that_is_loaded_anew_goes_on_with_a_phone_that_is_no_browser(page: Page) -> None:
    async with home() as there:
        await page.goto(there.address(countdown="0.5", stamps="1"))
        await idles(page)
        call = calls(await there.phone())
        await sees_the_picture_move(page, distinct=3)
        await sees_the_komp(call, distinct=3)
        began = time.monotonic()
        await page.reload()
        await sees_the_picture_move(page, distinct=1)
        print(f"the picture is back {time.monotonic() - began:.2f} s after the reload")
        assert time.monotonic() - began < BACK_SECONDS
        await sees_the_picture_move(page)
        video = call.ends.figures().video
        assert video is not None
        await sees_the_komp(call, distinct=video.distinct_frames + 5)
        assert call.timeline.has(Step.RESUMED)
        call.stop()
        await ended(call)
        await expect(page.locator("#after-heading")).to_have_text("The call is over")


async def test_a_phone_that_is_loaded_anew_goes_on_with_a_komp_that_is_no_browser_and_offers_its_sound(
    page: Page,
) -> None:
    async with house_with_a_komp() as (house, taken):
        await page.goto(page_of(house, "?stamps"))
        await press_call(page)
        await see_the_picture_move(page, distinct=3)
        await page.add_init_script(SOUND_IS_HELD_BACK)
        began = time.monotonic()
        await page.reload()
        await see_the_picture_move(page, distinct=1)
        print(f"the picture is back {time.monotonic() - began:.2f} s after the reload")
        assert time.monotonic() - began < BACK_SECONDS
        (call,) = taken
        assert len([mark for mark in call.timeline.marks if mark.step is Step.RINGING]) == 1
        assert await page.evaluate("document.getElementById('remote').muted")
        await page.get_by_role("button", name="Turn the sound on").click()
        await expect(page.locator("#sound-on")).to_be_hidden()
        assert not await page.evaluate("document.getElementById('remote').muted")
        seen = len(await stamps(page))
        await see_the_picture_move(page, distinct=seen)
        await page.get_by_role("button", name="Hang up").click()
        async with asyncio.timeout(5):
            await call.reached(Step.ENDED)
        assert call.reason is EndReason.HANGUP
