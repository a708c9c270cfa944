"""An AV1 in a browser: what is drawn is what it does, and nobody watches unseen."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from client_sim.control.words import Eyes
from client_sim.timeline import Step
from signalling.protocol import EndReason, PresenceState
from tests.e2e.classroom import BY_STAFF
from tests.e2e.robot_page import (
    WATCH,
    clock,
    enters,
    in_class,
    reaches,
    robot_of,
    school,
    seen,
    sees,
    until,
    with_a_private_link,
)

HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_the_drawing_is_lit_before_anything_leaves_it_and_shows_what_the_student_does(page: Page) -> None:
    async with school() as there:
        app, call = await in_class(there, page)
        call.stop()
        robot = page.locator("#robot")
        await expect(robot).to_have_attribute("data-lit", "false")
        await page.evaluate(WATCH)
        await page.evaluate("sending.length = 0")
        call = await enters(app)
        lit_at = next(one["at"] for one in await seen(page) if one["lit"] == "true")
        sent: list[dict[str, Any]] = await page.evaluate("sending.filter(({ isTrack }) => isTrack)")
        assert len(sent) == 2
        assert min(one["at"] for one in sent) - lit_at >= 400
        await expect(page.get_by_role("heading", name="A student is here")).to_be_visible()

        app.look_at(40.0, 10.0)
        await expect(robot).to_have_attribute("data-pan", "40")
        await expect(robot).to_have_attribute("data-tilt", "10")
        app.choose(hand=True, eyes=Eyes.HAPPY, volume=70)
        await expect(robot).to_have_attribute("data-light", "hand")
        await expect(robot).to_have_attribute("data-eyes", "happy")
        await expect(page.get_by_role("heading", name="The student raises a hand")).to_be_visible()
        await until(lambda: app.hand.is_acknowledged and app.hand.robot is not None and app.hand.robot.hand)
        app.choose(hand=False, passive=True, mute=True, eyes=Eyes.CONFUSED)
        await expect(robot).to_have_attribute("data-light", "passive")
        await expect(robot).to_have_accessible_name(
            "A robot. Its eyes are lit and confused. It looks to its right, upwards. "
            "A blue light: just listening. Its student is muted."
        )
        assert await page.evaluate("document.getElementById('sound').volume") == pytest.approx(0.7)

        # A page that nobody can see has no eyes.
        await page.evaluate(HIDDEN, True)
        await expect(robot).to_have_attribute("data-lit", "false")
        assert not await page.evaluate("sending.at(-1).isTrack")
        await page.evaluate(HIDDEN, False)
        await expect(robot).to_have_attribute("data-lit", "true")
        call.stop()
        await reaches(call, Step.ENDED)
        await expect(robot).to_have_attribute("data-lit", "false", timeout=1_000)
        assert (await robot.get_attribute("data-light"), await robot.get_attribute("data-eyes")) == ("none", "dark")
        await expect(robot).to_have_attribute("data-tilt", "-35")
        assert not await page.evaluate("document.getElementById('sound').srcObject")


async def test_watchdogs_stop_the_head_and_darken_the_eyes_and_whoever_returns_is_seen_first(page: Page) -> None:
    async with school() as there:
        app, call = await in_class(there, page)
        robot = page.locator("#robot")
        await page.evaluate(WATCH)
        app.choose(hand=True)
        app.turn(30.0, 0.0)
        await until(lambda: app.hand.robot is not None and app.hand.robot.pan > 10)
        assert app._next is not None
        app._next.cancel()  # the page of the student hangs; its transport doesn't
        visited, app._visited = app._visited, None
        hung_at = await clock(page)
        await expect(page.get_by_role("heading", name="Reconnecting…")).to_be_visible(timeout=4_000)
        assert 2_900 <= await clock(page) - hung_at <= 3_900
        await expect(robot).to_have_attribute("data-lit", "false", timeout=4_000)
        told = await seen(page)
        turning = [one for one in told if one["lit"] == "true"]
        last_turn = next(one["at"] for one in reversed(turning) if one["pan"] != turning[-1]["pan"])
        assert last_turn - hung_at <= 500 + 100
        dark_at = next(one["at"] for one in told if one["lit"] == "false")
        assert 3_900 <= dark_at - hung_at <= 5_200
        assert (told[-1]["light"], told[-1]["eyes"]) == ("none", "dark")
        await expect(page.get_by_role("heading", name="The student is lost")).to_be_visible()
        assert not call.over
        last = await page.evaluate("sending.at(-1)")
        assert not last["isTrack"]
        assert abs(last["at"] - dark_at) <= 50
        assert not await page.evaluate("document.getElementById('sound').srcObject")

        await page.evaluate("(sending.length = 0, seen.length = 0)")
        app._visited = visited
        app._say()
        await expect(page.get_by_role("heading", name="A student is here")).to_be_visible()
        while not await page.evaluate("sending.some(({ isTrack }) => isTrack)"):
            await page.wait_for_timeout(50)
        lit_at = next(one["at"] for one in await seen(page) if one["lit"] == "true")
        sent: list[dict[str, Any]] = await page.evaluate("sending.filter(({ isTrack }) => isTrack)")
        assert min(one["at"] for one in sent) - lit_at >= 400
        assert await robot.get_attribute("data-light") == "none"
        await page.get_by_role("button", name="Turn off").click()
        await reaches(call, Step.ENDED)
        assert call.reason is EndReason.POWER_OFF


async def test_a_new_keyword_cuts_the_app_off_and_off_and_restart_are_what_they_say(page: Page) -> None:
    async with school() as there:
        app, call = await in_class(there, page)
        await there.coordinator.operate("keywords", "new", "--device", there.party)
        await reaches(call, Step.ENDED)
        await expect(page.locator("#robot")).to_have_attribute("data-lit", "false")
        await expect(page.locator("#text")).to_have_text(
            "The robot has a new keyword: the app that was here is cut off."
        )
        # The app that was cut off is forgotten here too: another code is looked for.
        await expect(page.locator("#heading")).to_have_text("Hold the code before the camera", timeout=10_000)
        await expect(page.locator("#viewfinder")).to_be_visible()
        await page.set_viewport_size({"width": 1024, "height": 600})
        picture, buttons = await page.locator("#viewfinder").bounding_box(), await page.locator("#back").bounding_box()
        assert picture is not None
        assert buttons is not None
        assert picture["y"] + picture["height"] <= buttons["y"]

        app = await there.student()
        await there.pairs(app, page)
        await page.keyboard.press("o")
        await expect(page.get_by_role("heading", name="Turned off")).to_be_visible()
        await sees(app, PresenceState.OFF)
        call = app.call(robot_of(app))
        assert (await reaches(call, Step.ENDED)).reason is EndReason.POWER_OFF
        await page.reload()
        await expect(page.get_by_role("heading", name="Turned off")).to_be_visible()
        await sees(app, PresenceState.OFF)
        await page.get_by_role("button", name="Turn on").press("Enter")
        await sees(app, PresenceState.ONLINE)

        call = await enters(app)
        born_at = await page.evaluate("performance.timeOrigin")
        assert await there.coordinator.operate("devices", "restart", there.party) == "told"
        assert (await reaches(call, Step.ENDED)).reason is not None
        await expect(page.get_by_role("heading", name="Nobody is here")).to_be_visible(timeout=10_000)
        assert await page.evaluate("performance.timeOrigin") > born_at
        call = await enters(app)
        call.stop()


async def test_an_attempt_to_record_blocks_the_robot_until_somebody_unblocks_it(page: Page) -> None:
    async with school() as there:
        app, call = await in_class(there, page)
        call.stop(EndReason.RECORDING)
        await expect(page.get_by_role("heading", name="Blocked")).to_be_visible()
        await expect(page.locator("#robot")).to_have_attribute("data-power", "blocked")
        await expect(page.locator("#robot")).to_have_attribute("data-lit", "false")
        await expect(page.get_by_role("button", name="Read a code")).to_be_disabled()
        await sees(app, PresenceState.BLOCKED)
        refused = app.call(robot_of(app))
        assert (await reaches(refused, Step.ENDED)).reason is not None
        assert not [one for one in refused.timeline.marks if one.step is Step.RINGING]

        # Nothing that is done to the robot lifts it.
        await page.reload()
        await expect(page.get_by_role("heading", name="Blocked")).to_be_visible()
        for button in ("Turn off", "Turn on"):
            await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("heading", name="Blocked")).to_be_visible()
        await page.evaluate("localStorage.clear()")
        await page.reload()
        await expect(page.get_by_role("heading", name="Blocked")).to_be_visible()
        assert await there.coordinator.operate("devices", "unblock", *BY_STAFF, there.party) == "active"
        await expect(page.get_by_role("heading", name="Nobody is here")).to_be_visible()
        await sees(app, PresenceState.ONLINE)
        call = await enters(app)
        call.stop()


async def test_a_robot_with_a_private_link_takes_one_app_at_a_time_and_no_picture(page: Page) -> None:
    async with with_a_private_link() as (address, first, second):
        await page.goto(address)
        await expect(page.get_by_role("heading", name="Nobody is here")).to_be_visible()
        call = await enters(first)
        refused = second.call(robot_of(second))
        assert (await reaches(refused, Step.ENDED)).reason is EndReason.BUSY
        call.stop()
        await reaches(call, Step.ENDED)
        await expect(page.locator("#robot")).to_have_attribute("data-lit", "false")
        call = await enters(second)
        call.stop()
        await reaches(call, Step.ENDED)
