"""The face on a Komp's screen is that of the caller's own profile; another that the coordinator gives isn't shown."""

import asyncio

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.test_pictures import Kitchen, kitchen
from tests.e2e.village import NAME, town
from tests.faces import face

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

KNOWS = """async (picture) => {
  const { keptSelf } = await import("/sdk/keeping.js");
  return (await keptSelf()).picture === picture;
}"""
CORNER = """() => {
  const face = document.getElementById("face").getContext("2d");
  return [...face.getImageData(5, 5, 1, 1).data.slice(0, 3)].join();
}"""
LETTERS_GROUND = "242,184,75"
"""What stands behind a letter where there is no picture."""


async def rings(home: Kitchen) -> None:
    await home.family.get_by_role("button", name=f"Call {NAME}").click()
    await expect(home.komp.locator("#ring-name")).to_have_text("Anna")


async def test_a_caller_is_shown_with_the_own_picture_and_with_no_other(browser: Browser) -> None:
    async with town() as there, kitchen(browser, there) as home:
        own = await home.anna.set_picture(face(shade=30), "image/png")
        await home.family.reload()
        async with asyncio.timeout(10):
            while not await home.family.evaluate(KNOWS, own):
                await home.family.wait_for_timeout(50)
        await rings(home)
        await expect(home.komp.locator("#ring-warning")).to_be_hidden()
        async with asyncio.timeout(10):
            while await home.komp.evaluate(CORNER) == LETTERS_GROUND:
                await home.family.wait_for_timeout(50)
        await home.family.get_by_role("button", name="Stop ringing").click()
        await expect(home.komp.locator("#after")).to_be_visible()

        await home.anna.set_picture(face(shade=200), "image/png")  # and the caller's page hears nothing of it
        await home.family.get_by_role("button", name="Back").click()
        asked: list[str] = []
        home.komp.on("request", lambda one: asked.append(one.url))
        await rings(home)
        await expect(home.komp.locator("#ring-warning")).to_contain_text("didn’t fit")
        assert await home.komp.evaluate(CORNER) == LETTERS_GROUND
        await home.family.get_by_role("button", name="Stop ringing").click()
        await expect(home.komp.locator("#after")).to_be_visible()
        assert not any("/v1/pictures/" in url for url in asked), "it is not even fetched"
