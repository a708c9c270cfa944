"""How a Komp comes to answer a relative by itself: its square and its knob, a secret link, a voucher's word.

All of them are pages: the Komp, its administrator, and two relatives who come in by their numbers.
"""

from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, Page, expect

from client_sim.settling import PHONES
from tests.e2e.relatives import (
    CELLS,
    asks_for_a_code,
    browser_of_their_own,
    is_among_people,
    opens_circle,
    types_the_code,
    types_the_name,
)
from tests.e2e.square_reader import read_square
from tests.e2e.village import CELLS as KOMPS_CELLS
from tests.e2e.village import NAME, Town, town

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PHONE_3 = "+46701740607"
"""Of the range that is set aside for fiction."""


async def comes_in(page: Page, there: Town, number: str, name: str) -> None:
    await asks_for_a_code(page, number)
    _, code = await there.coordinator.texts.get()
    await types_the_code(page, code)
    await types_the_name(page, name)


async def is_answered_by_itself(page: Page, komp: Page, name: str) -> None:
    """The Komp counts down for that page's call; a letter to it may still be read."""
    for _ in range(10):
        await page.locator("#contacts .button.primary").first.click()
        state = page.locator("#call-state")
        await expect(state).to_contain_text("It rings")
        counts = "Picture in" in await state.inner_text()
        if counts:
            await expect(komp.locator("#ring-name")).to_have_text(name)
            await expect(komp.locator("#dial")).to_be_visible()
        await page.get_by_role("button", name="Stop ringing").click()
        await page.get_by_role("button", name="Back").click()
        if counts:
            return
    raise AssertionError("it waits for the knob")


async def test_a_komp_answers_whom_its_administrator_sent_a_secret_or_vouches_for(page: Page, browser: Browser) -> None:
    async with town() as there, AsyncExitStack() as phones:
        anna, bo, cleo = [await phones.enter_async_context(browser_of_their_own(browser)) for _ in range(3)]
        await page.goto(there.address(await there.set_up_code()).replace("countdown=1", "countdown=30"))
        await expect(page.locator("#pair-heading")).to_have_text("Let somebody call you")

        # Anna stands before the Komp: her phone comes in by its square.
        await anna.goto(read_square(await page.evaluate(KOMPS_CELLS)))
        await comes_in(anna, there, PHONES[0], "Anna")
        await expect(anna.locator("#pair-heading")).to_have_text(f"Pair with {NAME}?")
        await anna.get_by_role("button", name="Pair", exact=True).click()
        await expect(page.locator("#ask")).to_be_visible()
        await page.keyboard.press("ArrowUp")
        await expect(anna.locator("#pair-heading")).to_have_text(f"Paired with {NAME}")
        await anna.get_by_role("button", name="Go on").click()
        await expect(anna.locator("#contacts .keys")).to_have_text("Keys checked")

        # Bo is far away: a link from her own phone, through nobody.
        await opens_circle(anna)
        await expect(anna.locator("#invite-means")).to_contain_text("It carries a secret")
        await anna.locator("#invite-name").fill("Bo")
        await anna.get_by_role("button", name="Invite", exact=True).click()
        await expect(anna.locator("#invited-text")).to_contain_text("give it to nobody else")
        address = read_square(await anna.evaluate(CELLS, "invited-square"))
        assert "&pair=" in address
        await anna.get_by_role("button", name="Done").click()
        await bo.goto(address)
        await comes_in(bo, there, PHONES[1], "Bo")
        await bo.get_by_role("button", name="Pair", exact=True).click()
        await expect(bo.locator("#pair-heading")).to_have_text(f"Paired with {NAME}")
        await bo.get_by_role("button", name="Go on").click()
        await is_among_people(bo)
        await is_answered_by_itself(bo, page, "Bo")

        # Cleo comes by SMS, which proves nothing. Then she and Anna sit together, and Anna vouches.
        await anna.get_by_label("By SMS").check()
        await anna.locator("#invite-number").fill(PHONE_3)
        await anna.get_by_role("button", name="Invite", exact=True).click()
        _, link = await there.coordinator.texts.get()
        await cleo.goto(link)
        await comes_in(cleo, there, PHONE_3, "Cleo")
        await cleo.get_by_role("button", name="Go on").click()
        await is_among_people(cleo)
        await expect(cleo.locator("#contacts .keys")).to_contain_text("somebody there must turn the knob")
        card = anna.locator(".member").filter(has=anna.get_by_role("heading", name="Cleo"))
        await card.locator("summary").click()
        await expect(card.get_by_role("button", name="Vouch for Cleo")).to_have_count(0)
        await card.get_by_role("button", name="Show a square").click()
        await cleo.goto("about:blank")
        await cleo.goto(read_square(await anna.evaluate(CELLS, "meet-square")))
        await expect(cleo.locator("#pair-heading")).to_have_text("Pair with Anna?")
        await cleo.get_by_role("button", name="Pair", exact=True).click()
        await expect(anna.locator("#meet-state")).to_have_text("Done: you and Cleo know each other’s keys.")
        await cleo.get_by_role("button", name="Go on").click()
        await anna.get_by_role("button", name="Close", exact=True).click()
        await expect(card.locator(".keys")).to_have_text("Keys checked")
        await card.get_by_role("button", name="Vouch for Cleo").click()
        await expect(anna.locator("#circle-note")).to_contain_text(f"{NAME} gets your word")
        await is_answered_by_itself(cleo, page, "Cleo")
