"""What happens at a device, for whoever sets it up: shown by `T`, with the reason of an end and what can be done."""

import pytest
from playwright.async_api import Page, expect

from client_sim.house import AV1
from client_sim.link import fragment
from client_sim.sealed.links import How
from signalling.protocol import EndReason
from tests.e2e.eyes_and_hands import axe_finds
from tests.e2e.kiosk import PICTURE_MS, calls, ended, home, idles
from tests.e2e.tour import CALLER, HAS_PICTURE, household

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SAID = """async (kind) => {
  const { happensWords } = await import("/words/happens.js");
  return Object.fromEntries(["en", "nb", "sv"].map((language) => [language, happensWords(language, kind)]));
}"""
ELSEWHERE = {"komp": {EndReason.GLARE, EndReason.RECORDING}, "av1": {EndReason.GLARE}}
"""No call to such a device ends so."""


async def test_the_steps_of_a_call_are_there_for_whoever_asks_and_gone_when_hidden(page: Page) -> None:
    panel, steps = page.locator("#happens"), page.locator("#happens-steps li")
    async with home(household=household(How.QR)) as there:
        await page.goto(there.address())
        await idles(page)
        await expect(panel).to_be_hidden()
        await page.keyboard.press("t")
        await expect(panel).to_contain_text("Connected to the coordinator")
        await expect(panel).to_contain_text("Nobody has called since this was opened.")
        call = calls(await there.phone(CALLER))
        await expect(page.locator("#call")).to_have_class(HAS_PICTURE, timeout=PICTURE_MS)
        await expect(steps.filter(has_text="First picture")).to_be_visible()
        assert await axe_finds(page) == []
        call.stop()
        await ended(call)
        await expect(steps.filter(has_text="The call ended")).to_contain_text("One of the two hung up.")
        await expect(steps.filter(has_text="The coordinator erased the call")).to_be_visible()
        names = await steps.evaluate_all("(items) => items.map((item) => item.className)")
        assert names.index("ringing") < names.index("connected") < names.index("accepted") < names.index("picture")
        assert CALLER not in await panel.inner_text()
        await page.keyboard.press("t")
        await expect(panel).to_be_hidden()
        await page.keyboard.press("t")
        await expect(steps).to_have_count(0)


async def test_a_ring_that_fails_says_why_and_a_lost_coordinator_what_to_do(page: Page) -> None:
    async with home(household=household(How.QR)) as there:
        await page.goto(there.address(countdown="30", lang="sv"))
        await expect(page.locator("#idle-foot")).not_to_be_empty()
        await page.keyboard.press("T")
        call = calls(await there.phone(CALLER))
        await expect(page.locator("#ring")).to_be_visible()
        call.stop()
        await ended(call)
        await expect(page.locator("#happens-steps .ended")).to_contain_text("De slutade ringa.")
        there.coordinator.process.kill()
        await expect(page.locator("#happens-standing")).to_contain_text("port 443 utåt måste vara öppen")


async def test_an_av1_says_how_it_is_connected(page: Page) -> None:
    async with home() as there:
        link = fragment(there.household.links[AV1])
        await page.goto(f"{there.coordinator.origin}/av1?lang=nb#link={link}")
        await expect(page.locator("#back")).to_be_visible()
        await page.keyboard.press("t")
        await expect(page.locator("#happens-standing")).to_have_text("Koblet til sentralen")
        assert await axe_finds(page) == []


@pytest.mark.parametrize("kind", ELSEWHERE)
async def test_every_reason_has_words_in_every_language(page: Page, origin: str, kind: str) -> None:
    await page.goto(f"{origin}/")
    said = await page.evaluate(SAID, kind)
    reasons = {one.value for one in EndReason} - {one.value for one in ELSEWHERE[kind]}
    assert reasons <= set(said["en"]["causes"])
    assert set(said["en"]["todo"]) <= reasons
    for part in ("standing", "steps", "causes", "todo"):
        assert set(said["en"][part]) == set(said["nb"][part]) == set(said["sv"][part])
