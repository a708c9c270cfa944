"""A relative with two devices is called: both ring, one takes the call, and the other says so."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from client_sim import aiortc_settings
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.household import Household, Member, make_household
from client_sim.link import fragment
from client_sim.live_call import LiveCall
from client_sim.manner import Surroundings
from client_sim.timeline import Step
from signalling.protocol import EndReason, PartyKind
from tests.e2e.relatives import browser_of_their_own

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

CALLER, COUSIN, SECOND = "Grandchild", "Cousin", "Cousin 2"
MEMBERS = (
    Member(CALLER, PartyKind.PERSON),
    Member(COUSIN, PartyKind.PERSON, (CALLER,), installations=2),
)
TAKEN = f"{CALLER}’s call was answered on another of your devices"
PICTURE_MS = 15_000


@dataclass(repr=False)
class Flat:
    """A coordinator, and whoever has a link to it."""

    coordinator: Coordinator
    household: Household
    around: Surroundings

    async def opens(self, page: Page, name: str) -> None:
        await page.goto(f"{self.coordinator.origin}/family#link={fragment(self.household.links[name])}")
        await expect(page.locator("#connection")).to_have_text("Connected", timeout=10_000)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def flat() -> AsyncIterator[Flat]:
    """The grandchild, and a cousin with two devices."""
    aiortc_settings.apply(loopback_only=True)
    household = make_household(MEMBERS)
    try:
        async with running_coordinator(household.seed) as coordinator, aiohttp.ClientSession() as http:
            yield Flat(coordinator, household, Surroundings(coordinator.origin, http))
    finally:
        aiortc_settings.apply()


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, flat: Flat) -> AsyncIterator[Page]:
    """The page on the cousin's phone."""
    async with browser_of_their_own(browser) as page:
        await flat.opens(page, COUSIN)
        yield page


async def calls(page: Page) -> None:
    await expect(page.locator("#relatives .presence")).to_have_text("Can be reached now", timeout=10_000)
    await page.get_by_role("button", name=f"Call {COUSIN}", exact=True).click()


async def rings_at(*pages: Page) -> None:
    for page in pages:
        await expect(page.get_by_role("heading", name=f"{CALLER} is calling")).to_be_visible()


async def sees(page: Page) -> None:
    await expect(page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PICTURE_MS)


async def test_both_pages_ring_also_one_that_opens_late_one_takes_it_and_a_no_is_a_no_on_both(
    page: Page, phone: Page, browser: Browser, flat: Flat
) -> None:
    async with browser_of_their_own(browser) as tablet:
        await flat.opens(page, CALLER)
        await calls(page)
        await rings_at(phone)
        await flat.opens(tablet, SECOND)
        await rings_at(tablet, phone)
        await expect(page.locator("#call-state")).to_have_text("It rings. They must press Answer.")
        await tablet.get_by_role("button", name="Answer").click()
        await expect(phone.locator("#missed li")).to_contain_text(TAKEN)
        await expect(phone.locator("#ring")).to_be_hidden()
        await sees(page)
        await sees(tablet)
        await page.get_by_role("button", name="Hang up").click()
        await expect(tablet.get_by_role("heading", name="The call is over.")).to_be_visible()

        await page.locator("#again").click()
        await rings_at(phone, tablet)
        await phone.get_by_role("button", name="Decline").click()
        await expect(page.locator("#after-heading")).to_have_text("They can’t take a call now.")
        await expect(tablet.locator("#ring")).to_be_hidden()
        await expect(phone.locator("#missed li")).to_have_count(1)


async def test_a_device_that_turns_a_ring_away_leaves_the_other_ringing_and_can_take_the_next(
    page: Page, phone: Page, flat: Flat
) -> None:
    tablet = FamilyApp(flat.household.links[SECOND], flat.around, live_ends("FAMILY"))
    await tablet.endpoint.start()
    try:
        await flat.opens(page, CALLER)
        await calls(page)
        rung = await ringing(tablet)
        await rings_at(phone)
        rung.stop(EndReason.DECLINED)
        await rung.gone.wait()
        await expect(page.locator("#call-state")).to_have_text("It rings. They must press Answer.")
        await rings_at(phone)
        await page.get_by_role("button", name="Stop ringing").click()

        await page.locator("#again").click()
        await rings_at(phone)
        rung = await ringing(tablet)
        rung.answer()
        await expect(phone.locator("#missed li").first).to_contain_text(TAKEN)
        await sees(page)
        async with asyncio.timeout(PICTURE_MS / 1000):
            await rung.reached(Step.FIRST_FRAME)
    finally:
        await tablet.endpoint.stop()


async def ringing(app: FamilyApp) -> LiveCall:
    """The call that rings there, as soon as one does."""
    async with asyncio.timeout(10):
        while not app.ringing:  # noqa: ASYNC110 - what is waited for is the app's plain list
            await asyncio.sleep(0.01)
    return app.ringing[0]
