"""A Komp in a browser, called by headless phones: ring, countdown, pictures both ways, and a knob that ends everything."""

import asyncio

import pytest
from playwright.async_api import Page, Request, expect

from client_sim.sealed.links import How
from client_sim.timeline import Step
from signalling.protocol import EndReason, Media
from tests.e2e.kiosk import calls, ended, frames, home, idles, sees_the_komp, sees_the_picture_move

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


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
