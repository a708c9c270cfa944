"""A student's page that is loaded anew in a visit: the PIN, then the classroom again, and a robot that lights first."""

import pytest
from playwright.async_api import Page, expect

from client_sim.timeline import Step
from tests.e2e.classroom import PIN, Classroom, until
from tests.e2e.test_student_in_class import the_picture_moves

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_after_its_pin_the_visit_goes_on_and_the_robot_lights_before_it_is_seen(
    page: Page, room: Classroom
) -> None:
    call = await room.visit(page)
    await page.get_by_role("button", name="Whisper").click()
    await until(lambda: room.av1.body.told().whisper)
    await page.reload()
    await expect(page.locator("#pin-field")).to_be_visible()
    await until(lambda: not room.av1.eyes_are_lit, seconds=5)
    await page.wait_for_timeout(500)
    assert not call.over
    await page.locator("#pin-field").fill(PIN)
    await page.locator("#pin-button").click()
    await until(lambda: room.av1.eyes_are_lit, seconds=5)
    await expect(page.locator("#call.has-picture")).to_be_visible(timeout=5_000)
    await the_picture_moves(page)
    assert not call.over
    assert call.timeline.has(Step.RESUMED)
    assert len([one for one in call.timeline.marks if one.step is Step.RINGING]) == 1
    await page.get_by_role("button", name="Leave").click()
    await until(lambda: call.over)
    assert await page.evaluate("sessionStorage.length") == 0
