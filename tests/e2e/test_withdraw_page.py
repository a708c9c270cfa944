"""The page that a mail links to: one press takes the address off the list, opening it changes nothing (P-32)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from signalling.people.lists import ListKind
from signalling.privacy.consent import WORDINGS, ConsentKind
from tests.protocol.society import Society, living

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


async def subscribed(society: Society) -> str:
    """Somebody is on the list; the token of their mails."""
    asked = {"email": "a@example.org", "consent": WORDINGS[ConsentKind.NEWSLETTER].version}
    assert (await society.post("/v1/lists/newsletter", asked)).status == 204
    (one,) = await society.store.lists.export(ListKind.NEWSLETTER)
    return one.token


async def test_one_press_withdraws_and_opening_the_page_does_not(page: Page, society: Society) -> None:
    token = await subscribed(society)
    await page.goto(f"{society.origin}/withdraw#{token}")
    await expect(page.locator("#withdraw")).to_be_enabled()
    assert page.url == f"{society.origin}/withdraw", "the token is gone from the address"
    assert len(await society.store.lists.export(ListKind.NEWSLETTER)) == 1
    await page.click("#withdraw")
    await expect(page.locator("#done")).to_be_visible()
    assert await society.store.lists.export(ListKind.NEWSLETTER) == []


@pytest.mark.parametrize("token", ["", "abc", "A" * 65])
async def test_a_link_that_is_not_whole_says_so(page: Page, society: Society, token: str) -> None:
    await subscribed(society)
    await page.goto(f"{society.origin}/withdraw#{token}")
    if len(token) == 65:
        await page.click("#withdraw")
    await expect(page.locator("#unknown")).to_be_visible()
    await expect(page.locator("#withdraw")).to_be_disabled()
    assert len(await society.store.lists.export(ListKind.NEWSLETTER)) == 1
