"""A Komp's circle on the family page: members, roles, invitations, leaving, and having the Komp forget everybody."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from signalling.vocabulary import PartyId
from tests.clock import ManualClock
from tests.e2e.relatives import (
    CELLS,
    browser_of_their_own,
    comes_in,
    fragment_in,
    has_been_on,
    is_among_people,
    opens_circle,
    pictured,
)
from tests.e2e.square_reader import read_square
from tests.protocol.society import App, Society, living

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

OWN_ENDPOINT = "async () => (await (await import('/sdk/keeping.js')).keptSelf()).identity.endpoint"


@pytest_asyncio.fixture(loop_scope="session")
async def society() -> AsyncIterator[Society]:
    async with living(clock=ManualClock(time.time())) as one:
        yield one


async def administers(page: Page, society: Society, komp: App, name: str = "Anna") -> None:
    """Somebody comes in, and the Komp's knob makes them its administrator; they see who is there."""
    await page.goto(f"{society.origin}/family")
    await comes_in(page, society, society.fresh_phone(), name)
    await is_among_people(page)
    await has_been_on(society, komp)
    await society.knob_turned_for(komp, await page.evaluate(OWN_ENDPOINT))
    await opens_circle(page)


def member(page: Page, name: str) -> Locator:
    return page.locator(".member").filter(has=page.get_by_role("heading", name=name))


async def invited(page: Page) -> str:
    """The address that the square holds, which is the one that is shown as text."""
    await expect(page.locator("#invited-heading")).to_have_text("Here is the invitation")
    address = read_square(await page.evaluate(CELLS, "invited-square"))
    assert address == await page.locator("#invited-address").input_value()
    return address


async def test_an_administrator_invites_by_a_square_and_gives_roles(
    page: Page, society: Society, browser: Browser
) -> None:
    komp = await society.device()
    await administers(page, society, komp)
    await expect(page.locator("#circle-own")).to_contain_text("You are administrator here")
    await page.locator("#invite-name").fill("Bo")
    await page.get_by_role("button", name="Invite", exact=True).click()
    address = await invited(page)
    await pictured(page, "invited")
    await expect(page.locator("#circle-invitations .row")).to_have_count(1)
    await page.get_by_role("button", name="Done").click()
    assert await page.locator("#invited-address").input_value() == "", "nothing of it stays in the page"
    assert await page.evaluate("document.getElementById('invited-square').width") == 1

    async with browser_of_their_own(browser) as other:
        await other.goto(address)
        await comes_in(other, society, society.fresh_phone(), "Bo")
        await other.get_by_role("button", name="Go on").click()
        await is_among_people(other)
        await expect(member(page, "Bo")).to_contain_text("member")
        await expect(member(page, "Bo").locator(".presence")).to_have_text("Can be reached now")
        await expect(member(page, "Bo").locator(".keys")).to_contain_text("Not confirmed yet")
        await expect(page.locator("#circle-none-open")).to_have_text("None.")
        await opens_circle(other)
        await expect(other.locator(".member")).to_have_count(2)
        await pictured(other, "circle-of-a-member")
        for part in ("#circle-invite", "#circle-open", "#circle-reset"):
            await expect(other.locator(part)).to_be_hidden()
        await expect(other.locator(".manage")).to_have_count(0)

        await member(page, "Bo").locator("summary").click()
        await member(page, "Bo").locator("select").select_option("restricted")
        await expect(member(page, "Bo").locator(".role")).to_have_text("restricted member")
        await member(page, "Bo").get_by_label("Video calls only").check()
        await expect(member(page, "Bo").locator(".role")).to_have_text("restricted member, video calls only")
        await expect(other.locator("#circle-own")).to_contain_text("You are restricted member, video calls only")
        await pictured(page, "circle")

        await member(page, "Bo").get_by_role("button", name="Remove").click()
        await page.get_by_role("button", name="No, leave it").click()
        await expect(page.locator(".member")).to_have_count(2)
        await member(page, "Bo").get_by_role("button", name="Remove").click()
        await page.locator("#sure-yes").click()
        await expect(page.locator(".member")).to_have_count(1)
        await expect(other.locator("#people-heading")).to_be_visible()
        await expect(other.locator(".contact")).to_have_count(0)


async def test_an_invitation_by_sms_holds_a_code_alone_and_can_be_taken_back(page: Page, society: Society) -> None:
    await administers(page, society, await society.device())
    await page.get_by_label("By SMS").check()
    await page.locator("#invite-number").fill("+1 202 555 0100")
    await page.get_by_role("button", name="Invite", exact=True).click()
    await expect(page.locator("#invite-problem")).to_contain_text("No SMS goes to that kind of number")
    number = society.fresh_phone()
    await page.locator("#invite-number").fill(number)
    await page.get_by_role("button", name="Invite", exact=True).click()
    await expect(page.locator("#invited-text")).to_contain_text(f"It goes to {number}")
    await expect(page.locator("#invited-square")).to_be_hidden()
    await society.texts_sent()
    fragment = fragment_in(society.mailman.texts[-1].body)
    assert set(fragment.removeprefix("#").split("&")) == {f"invitation={fragment.partition('=')[2]}"}

    await page.get_by_role("button", name="Take back").click()
    await expect(page.locator("#circle-none-open")).to_have_text("None.")
    late = await society.person("Bo")
    used = await society.ask(late, "POST", "/v1/invitations", {"code": fragment.partition("=")[2]})
    assert used.code == "code_refused"

    for leaves in (page.go_back, page.get_by_role("button", name="Back", exact=True).first.click):
        await leaves()
        await is_among_people(page)
        await opens_circle(page)


async def test_p_15_the_last_administrator_can_have_the_komp_forget_everybody(page: Page, society: Society) -> None:
    komp = await society.device()
    await administers(page, society, komp)
    await society.person("Bo", invitation=await code_made_on(page))
    await member(page, "Anna").locator("summary").click()
    await member(page, "Anna").locator("select").select_option("user")
    await expect(page.locator("#circle-note")).to_contain_text("There must always be an administrator")
    await expect(member(page, "Anna").locator("select")).to_have_value("admin")

    await page.locator("#circle > details summary").click()
    await page.get_by_role("button", name="Leave this Komp").click()
    await expect(page.locator("#sure-text")).to_contain_text("You are the only administrator")
    await page.get_by_role("button", name="No, leave it").click()
    await page.get_by_role("button", name="Have the Komp forget everybody").click()
    await expect(page.locator("#sure-yes")).to_be_disabled()
    await page.locator("#sure-typed").fill("grandmother’s komp")
    await page.locator("#sure-yes").click()
    await expect(page.locator("#notice-heading")).to_have_text("This browser isn’t linked here any more")
    assert await society.store.contacts.of(PartyId(komp.party)) == []


async def code_made_on(page: Page) -> str:
    """The code of an invitation that is made on the page."""
    await page.get_by_role("button", name="Invite", exact=True).click()
    return (await invited(page)).partition("invitation=")[2]
