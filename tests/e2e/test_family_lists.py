"""A person's own list of devices: what stands on it is answered by itself at the Komp, and what was taken off is not.

All of them are pages: the Komp, and a phone and a tablet of the same person.
"""

import asyncio
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Page, expect

from client_sim.settling import PHONES
from tests.e2e.relatives import (
    CELLS,
    asks_for_a_code,
    browser_of_their_own,
    is_among_people,
    opens_oneself,
    pictured,
    types_the_code,
    types_the_name,
)
from tests.e2e.square_reader import read_square
from tests.e2e.village import CELLS as KOMPS_CELLS
from tests.e2e.village import NAME, Town, town

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LISTED = """async () => {
  const kept = (await (await import('/sdk/keeping.js')).keptUnder('persons')) ?? [];
  return kept.map(([, { newest }]) => newest.endpoints.length);
}"""
"""How many devices the lists name that this page has taken."""


async def has_taken(page: Page, *counts: int) -> None:
    async with asyncio.timeout(10):
        while tuple(await page.evaluate(LISTED)) != counts:
            await page.wait_for_timeout(50)


async def comes_in(page: Page, there: Town, name: str | None = None) -> None:
    await asks_for_a_code(page, PHONES[0])
    _, code = await there.coordinator.texts.get()
    await types_the_code(page, code)
    if name is not None:
        await types_the_name(page, name)


async def rings(tablet: Page, komp: Page) -> str:
    """What the Komp's screen says to a call from there."""
    await tablet.locator("#contacts .button.primary").first.click()
    await expect(tablet.locator("#call-state")).to_contain_text("It rings")
    await expect(komp.locator("#ring")).to_be_visible()
    said = await komp.locator("#ring").inner_text()
    await tablet.get_by_role("button", name="Stop ringing").click()
    await tablet.get_by_role("button", name="Back").click()
    await is_among_people(tablet)
    return said


async def test_a_listed_tablet_is_answered_by_itself_and_one_that_was_taken_off_is_not(
    page: Page, browser: Browser
) -> None:
    async with town() as there, AsyncExitStack() as devices:
        phone, tablet = [await devices.enter_async_context(browser_of_their_own(browser)) for _ in range(2)]
        await page.goto(there.address(await there.set_up_code()).replace("countdown=1", "countdown=30"))
        await expect(page.locator("#pair-heading")).to_have_text("Let somebody call you")
        await phone.goto(read_square(await page.evaluate(KOMPS_CELLS)))
        await comes_in(phone, there, "Anna")
        await phone.get_by_role("button", name="Pair", exact=True).click()
        await expect(page.locator("#ask")).to_be_visible()
        await page.keyboard.press("ArrowUp")
        await expect(phone.locator("#pair-heading")).to_have_text(f"Paired with {NAME}")
        await phone.get_by_role("button", name="Go on").click()
        await tablet.goto(f"{there.coordinator.origin}/family")
        await comes_in(tablet, there)
        await is_among_people(tablet)
        assert "Nobody in the family has confirmed this phone yet." in await rings(tablet, page)

        # Her phone shows a square, and the tablet reads it.
        await opens_oneself(phone)
        await expect(phone.locator("#own-list")).to_contain_text("You have several, and no list of them.")
        await phone.get_by_role("button", name="Put it on my list").click()
        await expect(phone.locator("#meet-heading")).to_have_text("Let your other device read this")
        await tablet.goto(read_square(await phone.evaluate(CELLS, "meet-square")))
        await tablet.get_by_role("button", name="Pair", exact=True).click()
        await expect(tablet.locator("#pair-heading")).to_have_text("Paired with Anna")
        await tablet.get_by_role("button", name="Go on").click()
        await expect(phone.locator("#meet-state")).to_have_text("Done: the two devices know each other’s keys.")
        await phone.locator("#meet").get_by_role("button", name="Close").click()
        await expect(phone.locator("#own-devices")).to_contain_text("On your list")
        await expect(phone.locator("#own-list")).to_contain_text("Your list is kept on this device")
        await pictured(phone, "own-list")
        await has_taken(page, 2)
        assert "The picture comes in" in await rings(tablet, page)
        await has_taken(tablet, 2)
        await opens_oneself(tablet)
        await expect(tablet.locator("#own-list")).to_contain_text("Your list is kept on another device of yours")
        await tablet.get_by_role("button", name="Back").click()

        await phone.get_by_role("button", name="Take it off my list").click()
        await phone.get_by_role("button", name="Take it off", exact=True).click()
        await expect(phone.locator("#own-devices")).to_contain_text("Not on your list yet")
        await has_taken(page, 1)
        assert "This phone isn’t on its owner’s list of phones." in await rings(tablet, page)
