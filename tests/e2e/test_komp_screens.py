"""What stands on a Komp's screen, in every state: whole, large, with nothing cut off, by day and by night."""

import re
from typing import Literal

import pytest
from playwright.async_api import Page, ViewportSize, expect

from client_sim.house import KOMP
from client_sim.household import Member, make_household
from client_sim.sealed.links import How
from signalling.protocol import PartyKind
from tests.e2e.kiosk import PICTURE_MS, calls, ended, home, idles, shot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SIZES: dict[str, ViewportSize] = {
    "1280x800": {"width": 1280, "height": 800},
    "1920x1080": {"width": 1920, "height": 1080},
}
UPRIGHT: ViewportSize = {"width": 1080, "height": 1920}
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
LONG_NAME = "Anna-Kristofferine-Wilhelmina-Hallgrimsdottir-von-Bjerkeeng"
"""Sixty letters without a space: as long as a name may be."""
READABLE = 1 / 30
"""Of the screen's lesser side: letters of a 24-inch screen at three metres."""
SMALL_OR_CUT = """(least) => [...document.querySelectorAll("main > :not([hidden]) :is(h1, p, li, span)")]
  .filter((one) => one.textContent.trim() && one.checkVisibility())
  .filter((one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const isCut = left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1
      || (one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1);
    return isCut || parseFloat(getComputedStyle(one).fontSize) < least * Math.min(innerWidth, innerHeight);
  })
  .map((one) => one.id || one.textContent)"""


async def is_whole(page: Page, name: str) -> None:
    """On every screen, by day and in the dark; a picture of each is kept."""
    await page.set_viewport_size(UPRIGHT)
    assert await page.evaluate(SMALL_OR_CUT, READABLE) == [], (name, "upright")
    for size, viewport in SIZES.items():
        await page.set_viewport_size(viewport)
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            assert await page.evaluate(SMALL_OR_CUT, READABLE) == [], (name, size)
            await shot(page, f"{name}-{size}-{scheme}")


async def test_everything_on_the_screen_is_whole_and_readable_at_three_metres(page: Page) -> None:
    async with home() as there:
        await page.goto(f"{there.coordinator.origin}/komp?lang=en")
        await expect(page.locator("#notice")).to_be_visible()
        await is_whole(page, "notice")
        await page.goto("about:blank")
        await page.goto(there.address(countdown="8"))
        await idles(page)
        await is_whole(page, "idle")
        await page.keyboard.press("p")
        await expect(page.locator("#pair")).to_be_visible()
        await is_whole(page, "pair")
        call = calls(await there.phone())
        await expect(page.locator("#ring")).to_be_visible()
        await is_whole(page, "ring")
        await expect(page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PICTURE_MS)
        await expect(page.locator("#own")).to_be_visible()
        await page.keyboard.press("ArrowUp")
        await page.wait_for_timeout(300)
        await is_whole(page, "call")
        call.stop()
        await expect(page.locator("#after")).to_be_visible()
        await is_whole(page, "after")
        await page.keyboard.press("o")
        await is_whole(page, "off")
        await ended(call)


async def test_a_ring_that_waits_for_the_knob_is_whole_in_the_longest_words(page: Page) -> None:
    members = (Member(KOMP, PartyKind.KOMP), Member(LONG_NAME, PartyKind.PERSON, (KOMP,)))
    async with home(household=make_household(members, how=How.INTRODUCED)) as there:
        await page.goto(there.address(lang="nb"))
        await idles(page, "Familien kan ringe deg her")
        call = calls(await there.phone(LONG_NAME))
        await expect(page.locator("#ring-name")).to_have_text(LONG_NAME)
        await expect(page.locator("#ring-next")).to_have_text("Vri knappen ett hakk for å svare")
        await is_whole(page, "knob-nb")
        call.stop()
        await ended(call)
