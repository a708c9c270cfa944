"""Two people read six digits to each other in a call between apps: the link is proven, or somebody is between them."""

import pytest
from playwright.async_api import Page, expect

from client_sim.family import FamilyApp
from client_sim.live_call import LiveCall
from client_sim.sealed.links import How
from client_sim.settling import PHONES
from client_sim.timeline import Step
from tests.e2e.relatives import asks_for_a_code, is_among_people, opens_circle, pictured, types_the_code, types_the_name
from tests.e2e.village import Town, town

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

BOS_KEYS = """async (party) => {
  const { keptLinks } = await import("/sdk/keeping.js");
  return (await keptLinks()).filter(({ name }) => name === "Bo").map(({ how, changed }) => [how, changed]);
}"""


async def anna_and_bo(page: Page, there: Town) -> FamilyApp:
    """Members of one Komp whom the coordinator introduced: Anna's page, and Bo's phone without a screen."""
    customer = await there.coordinator.operate("customers", "add", "--name", "The household")
    said = await there.coordinator.operate(
        "devices", "add", "--kind", "komp", "--customer", customer, "--name", "Komp 1"
    )
    komp = next(word for word in said.split() if len(word) == 22)
    codes = [
        (await there.coordinator.operate("invitations", "new", "--device", komp, "--role", role)).split()[-1]
        for role in ("admin", "user")
    ]
    await page.goto(f"{there.coordinator.origin}/family#invitation={codes[0]}")
    await asks_for_a_code(page, PHONES[0])
    _, code = await there.coordinator.texts.get()
    await types_the_code(page, code)
    await types_the_name(page, "Anna")
    await page.get_by_role("button", name="Go on").click()
    await is_among_people(page)
    bo = await there.phone("Bo", number=PHONES[1], invitation=codes[1])
    await page.reload()
    await is_among_people(page)
    return bo


async def answers(page: Page, bo: FamilyApp) -> LiveCall:
    """Anna calls, and Bo takes it."""
    await page.get_by_role("button", name="Call Bo").click()
    await expect(page.locator("#call-state")).to_contain_text("It rings")
    (call,) = bo.ringing
    call.answer()
    await expect(page.locator("#compare")).to_be_visible()
    return call


async def digits_on(page: Page) -> str:
    await page.locator("#compare").click()
    await expect(page.locator("#comparing-text")).to_contain_text("Do both of you see the same")
    return (await page.locator("#comparing-number").inner_text()).replace(" ", "")


async def test_the_same_digits_at_both_ends_prove_the_link_and_different_ones_warn(page: Page) -> None:
    async with town() as there:
        bo = await anna_and_bo(page, there)
        call = await answers(page, bo)
        number = await digits_on(page)
        await pictured(page, "digits")
        assert await page.evaluate(BOS_KEYS) == [["introduced", False]]
        await page.get_by_role("button", name="The same", exact=True).click()
        assert (len(number), number) == (6, call.safety_number)
        call.numbers_match()
        await expect(page.locator("#comparing-text")).to_contain_text("Keys checked")
        assert await page.evaluate(BOS_KEYS) == [["safety_number", False]]
        assert {one.how for one in bo.endpoint.book.links if one.name == "Anna"} == {How.SAFETY_NUMBER}
        await page.get_by_role("button", name="Hang up").click()
        await call.reached(Step.ENDED)
        await page.get_by_role("button", name="Back").click()
        await expect(page.get_by_role("button", name="Call Bo")).to_be_visible()


async def test_digits_that_differ_are_said_aloud_and_end_the_trust_in_that_link(page: Page) -> None:
    async with town() as there:
        bo = await anna_and_bo(page, there)
        call = await answers(page, bo)
        await digits_on(page)
        await page.get_by_role("button", name="Not the same").click()
        await expect(page.locator("#comparing-text")).to_contain_text("Somebody is between you")
        assert await page.evaluate(BOS_KEYS) == [["introduced", True]]
        await page.get_by_role("button", name="Hang up").click()
        await call.reached(Step.ENDED)
        await page.get_by_role("button", name="Back").click()
        await opens_circle(page)
        bos = page.locator(".member").filter(has=page.get_by_role("heading", name="Bo"))
        await expect(bos.locator(".keys")).to_contain_text("check them anew")
        await bos.locator("summary").click()
        await expect(bos.get_by_role("button", name="Vouch for Bo")).to_have_count(0)
