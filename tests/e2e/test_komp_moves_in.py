"""A browser becomes a Komp by its set-up code, and comes to know people by a square on its screen and its knob."""

import asyncio
import time

import pytest
from playwright.async_api import Page, expect

from client_sim import ceremonies
from client_sim.account import Account
from client_sim.family import FamilyApp
from client_sim.letters import Letters
from client_sim.meetings import MeetingError
from client_sim.post_box import PostBox
from client_sim.sealed.links import How, Who, introduce
from client_sim.settling import PHONES
from client_sim.timeline import Step
from signalling.protocol import PartyKind, api
from tests.e2e.kiosk import calls, ended, idles, sees_the_komp, sees_the_picture_move
from tests.e2e.village import NAME, code_on, town

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PHONE_3, PHONE_4 = "+46701740607", "+46701740608"
"""Of the same range, set aside for fiction."""


async def test_a_new_komp_moves_in_lets_somebody_in_by_its_knob_and_takes_their_call(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    async with town() as there:
        await page.goto(there.address(await there.set_up_code()))
        code = await code_on(page)
        assert page.url.endswith("/komp?lang=en&countdown=1&stamps")
        assert code.name == NAME

        phone = await there.phone("Anna")
        reading = asyncio.create_task(ceremonies.read_code(phone.endpoint, code))
        await expect(page.locator("#ask-heading")).to_have_text("Turn the knob one step to let them in")
        assert not reading.done()
        await page.keyboard.press("ArrowUp")
        met = await reading
        assert (met.name, met.how) == (NAME, How.QR)
        await expect(page.locator("#after-heading")).to_have_text("Anna can call you now")

        call = calls(phone)
        await expect(page.locator("#ring-name")).to_have_text("Anna")
        await sees_the_picture_move(page, distinct=3)
        await sees_the_komp(call, distinct=3)
        call.stop()
        await ended(call)
        assert not any(code.secret in one for one in asked)

        # The same address each morning: the code was used, and the Komp is who it was.
        await page.goto("about:blank")
        await page.goto(there.address("used-used-used"))
        await idles(page)


async def test_a_relative_far_away_comes_by_a_secret_link_and_another_by_a_vouchers_word(page: Page) -> None:
    async with town() as there:
        await page.goto(there.address(await there.set_up_code()).replace("countdown=1", "countdown=30"))
        anna = await there.phone("Anna")
        reading = asyncio.create_task(ceremonies.read_code(anna.endpoint, await code_on(page)))
        await expect(page.locator("#ask")).to_be_visible()
        await page.keyboard.press("ArrowUp")
        komp = await reading
        await expect(page.locator("#after-heading")).to_have_text("Anna can call you now")
        asking = there.asking(anna.endpoint.identity)
        letters = Letters(anna.endpoint.book, PostBox(asking))

        asked = api.InvitationRequest(role="user", side="family")
        invitation = (await Account(asking).invite(komp.party, asked)).code
        secret = await ceremonies.expect(letters, komp, "Bo", now=time.time())
        bo = await there.phone("Bo", number=PHONES[1], invitation=invitation)
        await ceremonies.read_code(bo.endpoint, secret, how=How.SECRET_LINK)
        await taken_by_itself(page, bo, "Bo")

        # The secret proves keys; without an invitation it lets nobody in.
        secret = await ceremonies.expect(letters, komp, "Dan", now=time.time())
        dan = await there.phone("Dan", number=PHONE_4)
        await ceremonies.read_code(dan.endpoint, secret, how=How.SECRET_LINK)
        assert await Account(there.asking(dan.endpoint.identity)).circle() == []

        invitation = (await Account(asking).invite(komp.party, asked)).code
        cleo = await there.phone("Cleo", number=PHONE_3, invitation=invitation)
        cleo.endpoint.book.put(bo.endpoint.book.links[0])
        call = calls(cleo)
        await expect(page.locator("#ring-next")).to_have_text("Turn the knob one step to answer")
        call.stop()
        await ended(call)
        kept = cleo.endpoint.book
        who = Who(kept.keeping.party, "Cleo", PartyKind.PERSON)
        await ceremonies.vouch(letters, komp, introduce(who, kept.introduction()))
        await taken_by_itself(page, cleo, "Cleo")


async def taken_by_itself(page: Page, phone: FamilyApp, name: str) -> None:
    """The Komp counts down for that phone: nobody needs to turn anything. A letter to the Komp may still be read."""
    for _ in range(10):
        call = calls(phone)
        mark = await call.reached(Step.RINGING, Step.ENDED)
        if mark.answers_in_ms is not None:
            await expect(page.locator("#ring-name")).to_have_text(name)
            await expect(page.locator("#dial")).to_be_visible()
        call.stop()
        await ended(call)
        if mark.answers_in_ms is not None:
            return
    raise AssertionError("it waits for the knob")


async def test_nobody_gets_in_without_the_knob_and_a_shut_door_tells_the_phone(page: Page) -> None:
    async with town() as there:
        await page.goto(there.address(await there.set_up_code()))
        code = await code_on(page)
        phone = await there.phone("Anna")
        reading = asyncio.create_task(ceremonies.read_code(phone.endpoint, code, seconds=3))
        await expect(page.locator("#ask")).to_be_visible()
        await page.keyboard.press("o")
        await expect(page.locator("#off")).to_be_visible()
        with pytest.raises(MeetingError):
            await reading
        await page.keyboard.press("o")
        assert (await code_on(page)).secret != code.secret


async def test_a_browser_that_is_nobody_says_so_and_so_does_a_code_that_was_used(page: Page) -> None:
    async with town() as there:
        await page.goto(f"{there.coordinator.origin}/komp?lang=en")
        await expect(page.locator("#notice-heading")).to_have_text("This Komp isn’t set up yet")
        await page.goto("about:blank")
        await page.goto(there.address("wrong-wrong-wrong"))
        await expect(page.locator("#notice-heading")).to_have_text("The set-up code doesn’t work")
        await page.goto("about:blank")
        await page.goto(f"{there.coordinator.origin}/komp?lang=sv#link=damaged")
        await expect(page.locator("#notice-heading")).to_have_text("Adressen fungerar inte")
