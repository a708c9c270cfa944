"""A phone gives up in the moment in which the Komp's page takes its call, twenty times: nobody is seen after it."""

import asyncio
import os
import random
from collections import Counter

import pytest
from playwright.async_api import Page, expect

from client_sim.timeline import Step
from tests.e2e.kiosk import calls, ended, frames, home, idles
from tests.e2e.test_family_call import CONNECTIONS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

TIMES = 20
COUNTDOWN_SECONDS = 0.3
AROUND_SECONDS = 0.15
IS_DARK = """() => ["remote", "own"].every((id) => document.getElementById(id).srcObject === null)
  && connections.every((one) => one.getSenders().every(({ track }) => track === null))"""


async def test_nothing_is_shown_or_sent_once_the_ring_was_taken_back(page: Page) -> None:
    dice = random.Random(os.environ.get("NARVARO_SEED", "a"))
    outcomes: Counter[str] = Counter()
    await page.add_init_script(CONNECTIONS)
    async with home() as there:
        await page.goto(there.address(countdown=str(COUNTDOWN_SECONDS), stamps="1"))
        await idles(page)
        phone = await there.phone()
        for _ in range(TIMES):
            shown_before = len(await frames(page))
            call = calls(phone)
            async with asyncio.timeout(10):
                await call.reached(Step.RINGING)
            await asyncio.sleep(COUNTDOWN_SECONDS + dice.uniform(-AROUND_SECONDS, AROUND_SECONDS))
            was_accepted = call.accepted
            call.stop()
            video = call.ends.figures().video
            seen = video.frames if video is not None else 0
            await expect(page.locator("#after")).to_be_visible()
            assert await page.evaluate(IS_DARK)
            shown = len(await frames(page))
            await asyncio.sleep(0.1)
            assert len(await frames(page)) == shown
            video = call.ends.figures().video
            assert (video.frames if video is not None else 0) == seen
            if not was_accepted:
                assert (shown - shown_before, seen) == (0, 0)
            await ended(call)
            outcomes["on both sides" if was_accepted else "not here"] += 1
    print(dict(outcomes))
    assert len(outcomes) == 2, "the moments no longer lie around the end of the countdown"
