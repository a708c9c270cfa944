"""Both ends of a visit in browsers: a student's page, and a robot that reads its code by a camera."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from tests.e2e.camera_file import CameraFile
from tests.e2e.classroom import CODE, Classroom
from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.e2e.hours import NOON, zone_at
from tests.e2e.robot_page import WATCH, School, clock, school, seen

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SIZES: list[ViewportSize] = [
    {"width": 800, "height": 390},
    {"width": 390, "height": 800},
    {"width": 1920, "height": 1080},
    {"width": 1280, "height": 800},
]


async def comes_in(there: School, page: Page) -> None:
    """The student's browser, by keyword and PIN, as far as the code."""
    said = await there.coordinator.operate("keywords", "new", "--device", there.party)
    room = Classroom(there.coordinator, there.around, there.customer, None, [])  # type: ignore[arg-type]
    await room.comes_in(page, said.removeprefix("keyword "))
    await expect(page.locator("#code-state")).to_have_text("Waiting for Robot 7 to see the code…")


async def test_a_robot_reads_the_students_code_by_its_camera_and_takes_the_visit(page: Page, tmp_path: Path) -> None:
    camera = CameraFile(tmp_path / "camera.y4m")
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={camera.path}"]
    async with school() as there, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=flags)
        robots = await (await browser.new_context(locale="en-GB", timezone_id=zone_at(NOON))).new_page()
        await there.moves_in(robots)
        assert await robots.evaluate("'BarcodeDetector' in globalThis") is False
        await is_whole(robots)
        await comes_in(there, page)
        camera.holds("https://elsewhere.example/family#nothing")
        await expect(robots.locator("#text")).to_have_text("That isn’t a student’s code.")
        camera.holds(await page.evaluate(CODE))
        await expect(robots.locator("#heading")).to_have_text("The robot knows its student now", timeout=15_000)
        await expect(page.get_by_role("heading", name="Go to class")).to_be_visible()
        await expect(robots.locator("#viewfinder")).to_be_hidden()
        assert await robots.evaluate("document.getElementById('viewfinder').srcObject") is None

        await robots.evaluate(WATCH)
        await page.get_by_role("button", name="Enter the classroom").click()
        await expect(page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=15_000)
        robot = robots.locator("#robot")
        await expect(robots.locator("#heading")).to_have_text("A student is here")
        await expect(page.locator("#robot")).to_have_attribute("data-lit", "true")
        await page.get_by_role("button", name="Raise hand").click()
        await expect(robot).to_have_attribute("data-light", "hand")
        await expect(page.locator("#robot")).to_have_attribute("data-light", "hand")
        await page.get_by_label("Sad").check()
        await expect(robot).to_have_attribute("data-eyes", "sad")
        await page.locator("#picture").focus()
        await page.keyboard.down("ArrowRight")
        await expect(robot).not_to_have_attribute("data-pan", "0")
        await page.keyboard.up("ArrowRight")
        assert all(float(one["pan"]) >= 0 for one in await seen(robots))

        # The student's browser is gone without a word: dark within five seconds of the loss, by the robot's own clock.
        lost_at = await clock(robots)
        await crashed(page)
        await expect(robot).to_have_attribute("data-lit", "false", timeout=7_000)
        dark_at = next(one["at"] for one in reversed(await seen(robots)) if one["lit"] == "true")
        assert dark_at - lost_at <= 5_000 + 300
        await expect(robots.locator("#heading")).to_have_text("The student is lost")
        await browser.close()


async def is_whole(page: Page) -> None:
    """Caption, picture and buttons stand beside each other on every screen."""
    for size in SIZES:
        await page.set_viewport_size(size)
        for part in ("#heading", "#text", "#viewfinder", "#read", "#power"):
            await expect(page.locator(part)).to_be_in_viewport(ratio=1)
        picture, button = [await page.locator(part).bounding_box() for part in ("#viewfinder", "#read")]
        assert picture is not None
        assert button is not None
        assert picture["y"] + picture["height"] <= button["y"], size


async def crashed(page: Page) -> None:
    """Its renderer is killed: no goodbye is said."""
    session = await page.context.new_cdp_session(page)
    async with page.expect_event("crash"):
        saying = asyncio.create_task(session.send("Page.crash"))
    saying.cancel()  # nobody is left to answer
    await asyncio.gather(saying, return_exceptions=True)
