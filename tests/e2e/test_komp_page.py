"""A Komp in a browser, called by headless phones: ring, countdown, pictures both ways, a knob that ends everything."""

import asyncio
import re

import msgspec
import pytest
from playwright.async_api import Browser, Page, Request, expect

from client_sim.actions import StartMedia
from client_sim.house import BROWSER, KOMP
from client_sim.link import fragment
from client_sim.sealed.links import How
from client_sim.timeline import Step
from signalling.protocol import EndReason, Media, PresenceState
from tests.e2e.hours import NOON, zone_at
from tests.e2e.kiosk import (
    PICTURE_MS,
    calls,
    ended,
    frames,
    home,
    idles,
    komp_of,
    sees_the_komp,
    sees_the_picture_move,
)
from tests.e2e.test_family_call import CONNECTIONS, DECODED

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

NO_PICTURE = "['remote', 'own'].every((id) => document.getElementById(id).srcObject === null)"


async def test_it_rings_counts_down_and_shows_pictures_both_ways_and_nothing_is_pressed(page: Page) -> None:
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    async with home() as there:
        answer = await page.goto(there.address(stamps="1"))
        await idles(page)
        phone = await there.phone()
        call = calls(phone)
        await expect(page.locator("#ring-name")).to_have_text("Cousin")
        await expect(page.locator("#ring-next")).to_contain_text("The picture comes in")
        ringing = await call.reached(Step.RINGING)
        assert ringing.answers_in_ms is not None
        assert 1_000 <= ringing.answers_in_ms <= 1_500
        assert await frames(page) == []
        seen = await sees_the_picture_move(page)
        assert seen == sorted(seen)
        await sees_the_komp(call)
        call.stop()
        await expect(page.locator("#after-heading")).to_have_text("The call is over")
        await ended(call)
        assert call.reason is EndReason.HANGUP
    assert {request.url.split("/")[2] for request in asked} == {there.coordinator.origin.split("/")[2]}
    assert await page.context.cookies() == []
    assert answer is not None
    policy = (await answer.all_headers())["content-security-policy"]
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy


async def test_the_knob_turned_off_in_a_ring_ends_it_and_refuses_calls_until_it_is_on_again(page: Page) -> None:
    async with home() as there:
        await page.goto(there.address(countdown="30"))
        await idles(page)
        phone = await there.phone()
        call = calls(phone)
        await expect(page.locator("#ring")).to_be_visible()
        await page.keyboard.press("o")
        await expect(page.locator("#off-heading")).to_have_text("Turned off")
        await ended(call)
        assert call.reason is EndReason.KNOB_OFF
        async with asyncio.timeout(5):
            await phone.endpoint.sees(komp_of(phone), PresenceState.OFF)

        await page.reload()
        await expect(page.locator("#off-heading")).to_have_text("Turned off")
        async with asyncio.timeout(5):
            await phone.endpoint.sees(komp_of(phone), PresenceState.OFF)
        refused = calls(phone)
        await ended(refused)
        assert refused.reason is EndReason.KNOB_OFF
        await expect(page.locator("#off")).to_be_visible()

        await page.keyboard.press("ArrowUp")
        await idles(page)
        async with asyncio.timeout(5):
            await phone.endpoint.sees(komp_of(phone), PresenceState.ONLINE)


async def test_the_knob_turned_off_in_a_call_ends_it_at_once_and_no_picture_stays(page: Page) -> None:
    async with home() as there:
        await page.goto(there.address(countdown="0.5", stamps="1"))
        await idles(page)
        call = calls(await there.phone())
        await sees_the_picture_move(page, distinct=3)
        await sees_the_komp(call, distinct=2)
        await page.mouse.wheel(0, -100)
        await expect(page.locator("#loudness")).to_be_visible()
        assert await page.evaluate("document.getElementById('remote').volume") == pytest.approx(0.7)
        await page.keyboard.press("O")
        await expect(page.locator("#off")).to_be_visible()
        assert await page.evaluate(NO_PICTURE)
        await ended(call)
        assert call.reason is EndReason.KNOB_OFF


async def test_a_ring_that_is_taken_back_in_the_countdown_shows_and_sends_no_frame(page: Page) -> None:
    async with home() as there:
        await page.goto(there.address(stamps="1"))
        await idles(page)
        call = calls(await there.phone())
        await expect(page.locator("#ring")).to_be_visible()
        async with asyncio.timeout(10):
            await call.reached(Step.DTLS)
        call.stop()
        await expect(page.locator("#after-text")).to_have_text("They stopped ringing")
        await page.wait_for_timeout(1_700)  # the countdown that was: nothing may come of it
        assert await frames(page) == []
        assert await page.evaluate(NO_PICTURE)
        assert not call.timeline.has(Step.ACCEPTED)
        video = call.ends.figures().video
        assert video is None or video.frames == 0


async def test_one_call_at_a_time_and_none_of_another_kind(page: Page) -> None:
    async with home() as there:
        await page.goto(there.address(countdown="30"))
        await idles(page)
        cousin, grandchild = await there.phone("Cousin"), await there.phone("Grandchild")
        robot_call = calls(cousin, media=Media.TELEPRESENCE)
        await ended(robot_call)
        assert robot_call.reason is EndReason.DECLINED
        first = calls(cousin)
        await expect(page.locator("#ring-name")).to_have_text("Cousin")
        second = calls(grandchild)
        await ended(second)
        assert second.reason is EndReason.BUSY
        await expect(page.locator("#ring-name")).to_have_text("Cousin")
        first.stop()
        await ended(first)


async def test_a_caller_whose_keys_nobody_proved_waits_for_a_turn_of_the_knob(page: Page) -> None:
    async with home(how=How.INTRODUCED) as there:
        await page.goto(there.address(countdown="0.5", stamps="1"))
        await idles(page)
        call = calls(await there.phone())
        await expect(page.locator("#ring-next")).to_have_text("Turn the knob one step to answer")
        await expect(page.locator("#ring-why")).to_contain_text("Nobody in the family has confirmed this phone yet.")
        await expect(page.locator("#dial")).to_be_hidden()
        await page.wait_for_timeout(1_000)  # longer than any countdown here
        assert not call.accepted
        assert not call.timeline.has(Step.ICE)
        await page.keyboard.press("ArrowUp")
        await sees_the_picture_move(page, distinct=3)
        await sees_the_komp(call, distinct=3)


async def test_another_name_than_the_callers_own_is_not_shown_and_the_screen_says_so(page: Page) -> None:
    async with home() as there:
        await page.goto(there.address(countdown="30"))
        await idles(page)
        honest = there.household.links["Cousin"]
        call = calls(await there.phone(keeping=msgspec.structs.replace(honest, name="Cousin Ada")))
        await expect(page.locator("#ring-name")).to_have_text("Cousin")
        await expect(page.locator("#ring-warning")).to_contain_text("didn’t fit")
        call.stop()
        await ended(call)


async def test_two_browsers_see_each_other(page: Page, browser: Browser) -> None:
    async with home() as there:
        await page.goto(there.address(countdown="1"))
        await idles(page)
        context = await browser.new_context(locale="en-GB", timezone_id=zone_at(NOON))
        family = await context.new_page()
        await family.goto(f"{there.coordinator.origin}/family#link={fragment(there.household.links[BROWSER])}")
        await family.get_by_role("button", name=f"Call {KOMP}").click()
        await expect(page.locator("#ring-name")).to_have_text(BROWSER)
        for screen in (page, family):
            await expect(screen.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PICTURE_MS)
        await expect(page.locator("#own")).to_be_visible()
        await family.get_by_role("button", name="Hang up").click()
        await expect(page.locator("#after-heading")).to_have_text("The call is over")
        await context.close()


async def test_what_a_caller_sends_before_the_accept_is_not_even_decoded(page: Page) -> None:
    await page.add_init_script(CONNECTIONS)
    async with home() as there:
        await page.goto(there.address(countdown="4", stamps="1"))
        await idles(page)
        call = calls(await there.phone())
        async with asyncio.timeout(10):
            await call.reached(Step.DTLS)
        call._peer.do(StartMedia())
        async with asyncio.timeout(5):
            while (await page.evaluate(DECODED))["received"] < 30:
                await page.wait_for_timeout(50)
        assert (await page.evaluate(DECODED))["decoded"] == 0
        await expect(page.locator("#ring")).to_be_visible()
        await sees_the_picture_move(page, distinct=3)
        assert (await page.evaluate(DECODED))["decoded"] > 0
