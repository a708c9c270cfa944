"""In a call from the family page: what its buttons do is measured at the other end, and devices come and go."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from client_sim.live_call import LiveCall
from tests.e2e.test_family_call import house_with_a_komp, page_of, press_call

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

QUIET_DBFS, LOUD_DBFS = -60, -45
BEEPS_SECONDS = 1.5
"""Chromium's microphone beeps once in half a second."""
UNPLUG = """(kind) => {
  const devices = navigator.mediaDevices;
  const all = devices.enumerateDevices.bind(devices);
  const inUse = document.getElementById("own").srcObject.getTracks().map((track) => track.getSettings().deviceId);
  devices.enumerateDevices = async () => (await all()).filter((one) => one.kind !== kind
    || !inUse.includes(one.deviceId));
  devices.dispatchEvent(new Event("devicechange"));
}"""
TAKE_AWAY = """() => document.getElementById("own").srcObject.getAudioTracks()[0].dispatchEvent(new Event("ended"))"""
CAMERA = """() => document.getElementById("own").srcObject.getVideoTracks().map((track) => track.label)"""


@pytest_asyncio.fixture(loop_scope="session")
async def call(page: Page) -> AsyncIterator[LiveCall]:
    """A call to the simulated Komp, whose end tells what it sees and hears."""
    async with house_with_a_komp() as (house, taken):
        await page.goto(page_of(house))
        await press_call(page)
        await expect(page.get_by_role("button", name="Hang up")).to_be_visible(timeout=15_000)
        async with asyncio.timeout(20):
            while not taken or frames(taken[0]) < 10:  # noqa: ASYNC110 - what a watch has counted is asked for
                await asyncio.sleep(0.05)
        yield taken[0]


def frames(call: LiveCall) -> int:
    """Pictures that the Komp has seen."""
    video = call.ends.figures().video
    return video.frames if video is not None else 0


async def loudest(call: LiveCall, seconds: float = BEEPS_SECONDS) -> float:
    """The loudest moment of what the Komp hears from now on."""
    levels = [-120.0]
    for _ in range(int(seconds / 0.05)):
        audio = call.ends.figures().audio
        if audio is not None and audio.level_dbfs is not None:
            levels.append(audio.level_dbfs)
        await asyncio.sleep(0.05)
    return max(levels)


async def rises(call: LiveCall) -> None:
    """More pictures come."""
    before = frames(call)
    async with asyncio.timeout(10):
        while frames(call) < before + 5:  # noqa: ASYNC110 - what a watch has counted is asked for
            await asyncio.sleep(0.05)


async def films(page: Page, camera: str) -> None:
    """One's own picture comes from that camera."""
    async with asyncio.timeout(10):
        while await page.evaluate(CAMERA) != [camera]:  # noqa: ASYNC110 - what the browser films with is asked for
            await asyncio.sleep(0.05)


async def test_muted_is_silence_there_and_a_camera_that_is_off_sends_no_picture(page: Page, call: LiveCall) -> None:
    mute = page.get_by_role("button", name="Mute the microphone")
    assert await loudest(call) > LOUD_DBFS
    await page.keyboard.press("m")
    await expect(mute).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#said")).to_have_text("Your microphone is off.")
    await asyncio.sleep(0.5)  # what was on its way
    assert await loudest(call) < QUIET_DBFS
    await mute.click()
    await expect(mute).to_have_attribute("aria-pressed", "false")
    await asyncio.sleep(0.3)
    assert await loudest(call) > LOUD_DBFS

    camera = page.get_by_role("button", name="Turn the camera off")
    await page.evaluate("window.track = document.getElementById('own').srcObject.getVideoTracks()[0]")
    await page.keyboard.press("v")
    await expect(camera).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#call-note")).to_have_text("Your camera is off. They don’t see you.")
    await expect(page.locator("#own")).to_be_hidden()
    assert await page.evaluate("track.readyState") == "ended"  # its light is out
    await asyncio.sleep(0.5)
    before = frames(call)
    await asyncio.sleep(1.5)
    assert frames(call) == before
    await page.reload()  # who had turned the camera off isn't seen when the page comes back into the call
    await expect(page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=20_000)
    await expect(page.locator("#call-note")).to_have_text("Your camera is off. They don’t see you.")
    assert frames(call) == before
    await camera.click()
    await expect(page.locator("#own")).to_be_visible()
    await rises(call)


async def test_devices_are_changed_unplugged_and_taken_away_in_the_call(page: Page, call: LiveCall) -> None:
    assert await page.evaluate(CAMERA) == ["fake_device_0"]
    offered = await page.locator("#marks .offered").count()
    await page.get_by_role("button", name="Camera, microphone and speaker").click()
    await page.get_by_label("Camera", exact=True).select_option(label="fake_device_2")
    await films(page, "fake_device_2")
    await rises(call)
    await page.get_by_role("button", name="Done").click()

    await page.evaluate(UNPLUG, "videoinput")
    await expect(page.locator("#call-note")).to_contain_text("That device was unplugged. Now in use: fake_device_0")
    await rises(call)

    await page.get_by_role("button", name="Use the other camera").click()
    await films(page, "fake_device_1")

    await page.evaluate(TAKE_AWAY)
    await expect(page.locator("#call-note")).to_contain_text("The browser turned your microphone off.")
    await expect(page.get_by_role("button", name="Mute the microphone")).to_be_disabled()
    await page.get_by_role("button", name="Camera, microphone and speaker").click()
    await page.get_by_label("Microphone", exact=True).select_option(label="Fake Audio Input 2")
    await expect(page.locator("#call-note")).not_to_contain_text("microphone")
    assert await loudest(call) > LOUD_DBFS
    assert await page.locator("#marks .offered").count() == offered == 1
    assert await page.locator("#marks .lost").count() == 0
