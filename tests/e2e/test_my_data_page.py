"""The my-data form (P-52) in a real browser: an address, a kind, words; the same words come back for every address."""

import time
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from signalling.privacy.form_page import LATER, TAKEN
from signalling.privacy.requests import RequestKind, due_day
from tests.clock import ManualClock
from tests.protocol.society import Society, living

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

EMAIL = "astrid@example.org"


@pytest_asyncio.fixture(loop_scope="session")
async def society() -> AsyncIterator[Society]:
    async with living(clock=ManualClock(time.time()), newcomers_per_minute=2) as one:
        yield one


async def test_a_request_is_sent_and_its_day_is_told(page: Page, society: Society) -> None:
    await page.goto(f"{society.origin}/my-data")
    form = page.locator("section#nb form")
    day = date(1970, 1, 1) + timedelta(days=due_day(int(society.clock.now() // 86_400)))
    for said in ("Fordi.", ""):
        await form.locator("[name=email]").fill(EMAIL)
        await form.locator("[name=kind]").select_option("erasure")
        await form.locator("[name=text]").fill(said)
        await form.locator("button").click()
        await expect(form.get_by_role("status")).to_have_text(f"{TAKEN.nb}{day.isoformat()}.")
        await expect(form.locator("[name=email]")).to_have_value("")
        assert page.url == f"{society.origin}/my-data", "nothing that was typed stands in an address"
    found = await society.store.requests.all()
    assert sorted((one.email, one.kind, one.text) for one in found if one.text) == [
        (EMAIL, RequestKind.ERASURE, "Fordi.")
    ]
    assert len(found) == 2


async def test_what_was_not_taken_is_said_with_whom_to_write_to(page: Page, society: Society) -> None:
    for _ in range(2):
        assert (await society.post("/v1/my-data", {"email": EMAIL, "kind": "access"})).status == 200
    await page.goto(f"{society.origin}/my-data")
    form = page.locator("section#sv form")
    await form.locator("[name=email]").fill(EMAIL)
    await form.locator("button").click()
    told = LATER.sv.format(contact="contact@noisolation.com")
    await expect(form.get_by_role("status")).to_have_text(told)
    await expect(form.locator("[name=email]")).to_have_value(EMAIL)
