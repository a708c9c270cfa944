"""The page tells a person what staff have read of them: what, what for and when, never who (P-04)."""

import datetime as dt
import time
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from signalling.privacy.reading import Looking, ReadPurpose, Record
from signalling.service.staff import Staff
from tests.clock import ManualClock
from tests.e2e.eyes_and_hands import axe_finds, speak, sticks_out, tab_misses
from tests.e2e.relatives import browser_of_their_own, comes_in, is_among_people, opens_oneself, pictured
from tests.protocol.society import Society, living

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

OPERATOR: Final = "Staff One"
HOUR, DAY = 3_600, 86_400
PARTY = "async () => (await (await import('/sdk/keeping.js')).keptSelf()).party"
SAID = "async () => (await import('/family/oneself/words.js')).CATALOGUES.en"
WHEN = "(times) => times.map(({ dateTime }) => dateTime)"
NOBODY = "Nobody on the staff has opened anything of yours in the last year."
IN = {
    "en": ["What staff have read about you", "Your profile", "To help you", "Earlier ones: 2"],
    "nb": ["Hva de ansatte har lest om deg", "Profilen din", "For å hjelpe deg", "Tidligere: 2"],
    "sv": ["Vad personalen har läst om dig", "Din profil", "För att hjälpa dig", "Tidigare: 2"],
}


@pytest_asyncio.fixture(loop_scope="session")
async def society() -> AsyncIterator[Society]:
    async with living(clock=ManualClock(time.time())) as one:
        yield one


async def looks_again(page: Page) -> None:
    await page.locator("#oneself-back").click()
    await is_among_people(page)
    await opens_oneself(page)


async def test_p_04_p_13_the_page_says_what_staff_read_of_oneself_and_not_who_and_nothing_of_anybody_else(
    page: Page, society: Society, browser: Browser
) -> None:
    state, rows = page.locator("#reads-state"), page.locator("#own-reads .row")
    await page.goto(f"{society.origin}/family")
    await comes_in(page, society, society.fresh_phone(), "Anna")
    await is_among_people(page)
    await opens_oneself(page)
    await expect(state).to_have_text(NOBODY)

    staff, party, now = Staff(society.store), await page.evaluate(PARTY), society.clock.now()
    for hours in range(2, 13):
        looking = Looking(OPERATOR, ReadPurpose.SECURITY)
        assert await staff.profile(looking, party, now=now - 3 * DAY - hours * HOUR) is not None
    assert await staff.profile(Looking(OPERATOR, ReadPurpose.SUPPORT), party, now=now) is not None

    await page.route("**/v1/me/reads", lambda route: route.abort())
    await looks_again(page)
    await expect(state).to_have_text("There is no connection just now. Try again in a moment.")
    await expect(rows).to_have_count(0)
    await page.unroute("**/v1/me/reads")
    await page.get_by_role("button", name="Try again").press("Enter")

    await expect(rows).to_have_count(10)
    await expect(state).to_be_empty()
    await expect(rows.first).to_contain_text("Your profile")
    await expect(rows.first).to_contain_text("To help you")
    await expect(rows.nth(1)).to_contain_text("For security")
    moments = await page.locator("#own-reads time, #own-reads-earlier time").evaluate_all(WHEN)
    assert moments == sorted(moments, reverse=True)
    assert moments[0] == dt.datetime.fromtimestamp(now // 60 * 60, dt.UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")
    await page.get_by_text("Earlier ones: 2").press("Enter")
    await expect(page.locator("#own-reads-earlier .row").last).to_be_visible()
    assert OPERATOR not in await page.content()

    faults = [*await axe_finds(page), *await tab_misses(page)]
    for language, said in IN.items():
        await speak(page, language)
        for words in said:
            await expect(page.locator("#oneself")).to_contain_text(words)
        faults += await sticks_out(page)
        await pictured(page, f"reads-{language}")
    assert faults == []

    async with browser_of_their_own(browser) as other:
        await other.goto(f"{society.origin}/family")
        await comes_in(other, society, society.fresh_phone(), "Berit")
        await is_among_people(other)
        await opens_oneself(other)
        await expect(other.locator("#reads-state")).to_have_text(NOBODY)
        await expect(other.locator("#own-reads .row")).to_have_count(0)


async def test_there_are_words_for_everything_that_staff_read_and_for_every_purpose(
    page: Page, society: Society
) -> None:
    await page.goto(f"{society.origin}/family")
    said = set(await page.evaluate(SAID))
    assert {f"reads.record.{one}" for one in Record} | {f"reads.purpose.{one}" for one in ReadPurpose} <= said
