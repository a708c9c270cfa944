"""Komp and phones, all of them pages: busy, declined by the knob, a ring taken back, and a relay that dies."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from client_sim.house import BROWSER
from client_sim.link import fragment
from client_sim.netns import stop
from tests.coturn import running_coturn
from tests.e2e.hours import NOON, zone_at
from tests.e2e.kiosk import home, idles
from tests.e2e.test_family_call import CONNECTIONS, press_call
from tests.e2e.test_relayed_family_call import ONLY_RELAYED
from tests.e2e.test_resumed_call import SHOWN, moves, shows_a_picture
from tests.integration.client_sim.neighbourhood import KOMP, neighbourhood, until
from tests.twilio import SECRET, SID, fake_twilio

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RINGS: Final = re.compile(r"It rings. Picture in \d+ s")
RELAY: Final = """async () => {
  const stats = await connections.at(-1).getStats();
  const { selectedCandidatePairId } = [...stats.values()].find(({ type }) => type === "transport");
  return stats.get(stats.get(selectedCandidatePairId).localCandidateId).url;
}"""
"""Both providers' are offered: the one whose relay the page's media go through."""
PICTURE_SECONDS: Final = 8.0
"""After the kill: five are the aim, and four what a machine with little else to do needs."""


@asynccontextmanager
async def another_browser(browser: Browser, *scripts: str) -> AsyncIterator[Page]:
    """Somebody else's, with a profile of its own. Whatever it throws fails the test."""
    context = await browser.new_context(locale="en-GB", timezone_id=zone_at(NOON))
    page = await context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda problem: thrown.append(str(problem)))
    for script in scripts:
        await page.add_init_script(script)
    yield page
    await context.close()
    assert thrown == []


async def test_busy_a_ring_taken_back_and_a_knob_that_ends_ring_and_call(page: Page, browser: Browser) -> None:
    async with home() as there, another_browser(browser) as one, another_browser(browser) as other:
        await page.goto(there.address(countdown="3"))
        await idles(page)
        for phone, name in ((one, BROWSER), (other, "Cousin")):
            await phone.goto(f"{there.coordinator.origin}/family#link={fragment(there.household.links[name])}")
        await press_call(one)
        await expect(one.locator("#call-state")).to_have_text(RINGS)
        await expect(page.locator("#ring-name")).to_have_text(BROWSER)
        await press_call(other)
        await expect(other.get_by_role("heading", name="They are in another call.")).to_be_visible()
        await expect(page.locator("#ring-name")).to_have_text(BROWSER)

        await one.get_by_role("button", name="Stop ringing").click()
        await expect(page.locator("#after-text")).to_have_text("They stopped ringing")
        await other.get_by_role("button", name="Call again").click()
        await expect(page.locator("#ring-name")).to_have_text("Cousin")
        await page.keyboard.press("o")
        await expect(other.get_by_role("heading", name="It was turned off there, with the knob.")).to_be_visible()
        await one.get_by_role("button", name="Back").click()
        await expect(one.locator("#contacts .presence")).to_have_text(re.compile("Turned off since"))

        await page.keyboard.press("ArrowUp")
        await press_call(one)
        for screen in (page, one):
            await shows_a_picture(screen)
        await page.keyboard.press("o")
        await expect(one.get_by_role("heading", name="It was turned off there, with the knob.")).to_be_visible()
        for screen in (page, one):
            assert await screen.evaluate("document.getElementById('remote').srcObject") is None


async def stands_still(page: Page) -> None:
    """No frame of the other's comes for a third of a second."""
    shown = -1
    while shown != (shown := await page.evaluate(SHOWN)):
        await page.wait_for_timeout(300)


@pytest.mark.coturn
async def test_when_the_relay_is_killed_both_pages_have_their_picture_back_by_the_next_provider(
    tmp_path: Path, browser: Browser
) -> None:
    with running_coturn(tmp_path) as first, running_coturn(tmp_path) as second:
        for name, text in (("turn", second.secret), ("twilio", SECRET)):
            (tmp_path / name).write_text(text)
        async with (
            fake_twilio() as twilio,
            another_browser(browser, ONLY_RELAYED) as komp,
            another_browser(browser, ONLY_RELAYED, CONNECTIONS) as family,
        ):
            twilio.relay = first
            async with neighbourhood(
                TURN_URLS=second.url(),
                TURN_SECRET_FILE=str(tmp_path / "turn"),
                TWILIO_ACCOUNT_SID=SID,
                TWILIO_SECRET_FILE=str(tmp_path / "twilio"),
                TWILIO_REGION="global",
                TWILIO_ALLOW_GLOBAL="1",
                TWILIO_BASE_URL=twilio.url,
                RELAY_PROBE_SECONDS="0",
            ) as street:
                await until(lambda: len(twilio.asked) >= 32)
                links = street.household.links
                await komp.goto(f"{street.coordinator.origin}/komp?lang=en&countdown=0.5#link={fragment(links[KOMP])}")
                await idles(komp)
                await family.goto(f"{street.coordinator.origin}/family#link={fragment(links['Grandchild'])}")
                await press_call(family)
                for page in (komp, family):
                    await shows_a_picture(page)
                await moves(family)
                used = await family.evaluate(RELAY)
                stop(next(one for one in (first, second) if one.url().split("?")[0] in used).process)
                killed_at = time.monotonic()
                await asyncio.gather(stands_still(komp), stands_still(family))
                await asyncio.gather(moves(komp), moves(family))
                picture_seconds = time.monotonic() - killed_at
                assert await family.evaluate(RELAY) != used
                await family.get_by_role("button", name="Hang up").click()
                await expect(komp.locator("#after-heading")).to_have_text("The call is over")
    print(f"pictures both ways {picture_seconds:.2f} s after the kill")
    assert picture_seconds < PICTURE_SECONDS
