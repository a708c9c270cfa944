"""A camera or microphone that is turned off is told in words at the other end: between the two ends, nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from client_sim.control.words import Sends
from client_sim.ends import live_ends
from client_sim.house import BROWSER, KOMP
from client_sim.komp import Komp
from client_sim.link import fragment
from client_sim.live_call import LiveCall
from client_sim.sending import BOTH_ON
from tests.e2e.eyes_and_hands import axe_finds, speak, sticks_out
from tests.e2e.kiosk import PICTURE_MS, Home, home, shot
from tests.e2e.test_family_call import press_call
from tests.e2e.test_resumed_call import Heard, moves, see_each_other, shows_a_picture
from tests.e2e.test_two_pages import another_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

AT_ONCE_MS: Final = 1_000
BACK_MS: Final = 5_000
"""A page that is loaded anew has its picture back within three seconds; the machine may be busy."""
NO_CAMERA: Final = Sends(camera=False, microphone=True)
SAYS: Final = {
    "nb": f"Kameraet til {KOMP} er av.",
    "sv": f"{KOMP} har kameran avstängd.",
    "en": f"{KOMP}’s camera is off.",
}


def sealed(heard: Heard) -> set[int]:
    """The numbers of the boxes in which that page has said something."""
    return {message["seq"] for message in heard.said if message["t"] == "box" and "seq" in message}


async def says(page: Page, words: str, *, within_ms: int = AT_ONCE_MS) -> None:
    await expect(page.locator("#theirs")).to_have_text(words, timeout=within_ms)


async def shows_nothing(page: Page) -> None:
    """Not even the last picture."""
    await expect(page.locator("#remote")).to_be_hidden(timeout=AT_ONCE_MS)


async def shows_it_again(page: Page) -> None:
    await says(page, "", within_ms=BACK_MS)
    await expect(page.locator("#remote")).to_be_visible(timeout=BACK_MS)
    await moves(page)


async def hears(call: LiveCall, sends: Sends) -> None:
    """What a headless end is told."""
    async with asyncio.timeout(AT_ONCE_MS / 1000):
        while call.theirs != sends:  # noqa: ASYNC110 - what was heard is asked for
            await asyncio.sleep(0.01)


@asynccontextmanager
async def a_headless_komp(there: Home) -> AsyncIterator[Komp]:
    """The household's Komp, online."""
    komp = Komp(there.household.links[KOMP], there.around, live_ends("KOMP"), countdown_seconds=0.5)
    await komp.endpoint.start()
    try:
        yield komp
    finally:
        await komp.endpoint.stop()


async def test_a_komp_says_that_the_callers_camera_or_microphone_is_off_and_after_each_reload_too(
    page: Page, browser: Browser
) -> None:
    off, muted = f"{BROWSER}’s camera is off", f"{BROWSER}’s microphone is off"
    async with home() as there, another_browser(browser) as family:
        placed = Heard(family)
        await page.set_viewport_size({"width": 1920, "height": 1080})
        await see_each_other(page, family, there)
        boxes = sealed(placed)
        await family.keyboard.press("m")
        await says(page, muted)
        await expect(page.locator("#remote")).to_be_visible()
        await shot(page, "words-muted")
        await family.keyboard.press("v")
        await says(page, f"{BROWSER}’s camera and microphone are off")
        await shows_nothing(page)
        await family.keyboard.press("m")
        await says(page, off)
        await shot(page, "words-camera")
        assert await axe_finds(page) == []
        assert sealed(placed) == boxes, "the coordinator carried no word of it, not even a sealed one"

        await family.reload()
        await shows_a_picture(family)
        await says(page, off, within_ms=BACK_MS)
        await shows_nothing(page)
        await page.reload()
        await says(page, off, within_ms=PICTURE_MS)
        await shows_nothing(page)
        await expect(family.locator("#theirs")).to_be_empty()

        await family.keyboard.press("v")
        await shows_it_again(page)
        await family.get_by_role("button", name="Hang up").click()
        await expect(page.locator("#after-heading")).to_have_text("The call is over")
        assert await page.evaluate("document.getElementById('call').className") == "view call"


async def test_the_family_page_says_it_in_the_pictures_place_and_says_its_own_with_no_coordinator_there(
    page: Page,
) -> None:
    async with home() as there, a_headless_komp(there) as komp:
        await page.goto(f"{there.coordinator.origin}/family#link={fragment(there.household.links[BROWSER])}")
        await press_call(page)
        async with asyncio.timeout(5):
            while (call := komp.call) is None:  # noqa: ASYNC110 - whether it rings is asked for
                await asyncio.sleep(0.01)
        call.tell_sending(camera=False, microphone=True)
        await expect(page.locator("#theirs")).to_be_empty()
        await shows_a_picture(page)
        await says(page, SAYS["en"])
        await shows_nothing(page)
        assert await page.locator("#theirs").get_attribute("aria-live") == "polite"
        faults = await axe_finds(page)
        for language, words in SAYS.items():
            await speak(page, language)
            await says(page, words)
            faults += await sticks_out(page)
        assert faults == []
        call.tell_sending(camera=True, microphone=False)
        await says(page, f"{KOMP}’s microphone is off.")
        await expect(page.locator("#remote")).to_be_visible(timeout=AT_ONCE_MS)
        call.tell_sending(camera=True, microphone=True)
        await shows_it_again(page)
        assert call.theirs == BOTH_ON

        there.coordinator.process.kill()
        await expect(page.locator("#connection")).not_to_have_text("Connected")
        await page.keyboard.press("v")
        await hears(call, NO_CAMERA)
        await page.keyboard.press("m")
        await hears(call, Sends(camera=False, microphone=False))
        call.tell_sending(camera=False, microphone=False)
        await says(page, f"{KOMP}’s camera and microphone are off.")
