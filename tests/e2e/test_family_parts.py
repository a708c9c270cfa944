"""Small rules of the family page, alone: numbers as people write them, invitations, squares of a picture."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def said(page: Page, origin: str, script: str, told: Any) -> Any:
    await page.goto(f"{origin}/")
    return await page.evaluate(f"async (told) => {{ {script} }}", told)


NUMBERS = {
    "sv": {
        "070-123 45 67": "+46701234567",
        "0047 406 12 345": "+4740612345",
        "+46 (70) 123 45 67": "+46701234567",
        "ring mig": None,
    },
    "nb": {"406 12 345": "+4740612345", "+46701234567": "+46701234567", "+0701234567": None},
    "en": {"+353 85 012 3456": "+353850123456", "085 012 3456": None, "": None, "+1": None},
}


async def test_a_number_gets_its_country_from_the_language_or_none(page: Page, origin: str) -> None:
    script = """
      const { numberFrom } = await import("/family/coming-in/number.js");
      return Object.fromEntries(Object.entries(told).map(([language, numbers]) =>
        [language, Object.fromEntries(Object.keys(numbers).map((one) => [one, numberFrom(one, language)]))]));
    """
    assert await said(page, origin, script, NUMBERS) == NUMBERS


async def test_an_invitation_is_a_code_and_may_carry_a_secret(page: Page, origin: str) -> None:
    script = """
      const { invitationAddress, invitationFrom } = await import("/family/coming-in/invitation.js");
      return [...told.map(invitationFrom), invitationAddress("https://a.example", "AB-CD"),
        invitationAddress("https://a.example", "AB-CD", "#pair=xyz")];
    """
    fragments = [
        "#invitation=PZV4-KQ38-K4YZ-QBS7",
        "#pair=abc&invitation=ABCDEF12",
        "#invitation=<script>",
        "#invitation=",
        "",
    ]
    assert await said(page, origin, script, fragments) == [
        "PZV4-KQ38-K4YZ-QBS7",
        "ABCDEF12",
        None,
        None,
        None,
        "https://a.example/family#invitation=AB-CD",
        "https://a.example/family#invitation=AB-CD&pair=xyz",
    ]


async def test_a_square_never_leaves_its_picture_however_it_is_moved(page: Page, origin: str) -> None:
    script = """
      const { MIDDLE, moved, squareOf } = await import("/family/oneself/crop.js");
      const seen = [];
      for (const [width, height] of told) {
        let crop = MIDDLE;
        const start = squareOf({ width, height }, crop);
        for (let step = 0; step < 60; step += 1) {
          const by = { right: Math.sin(step * 7) * 2, down: Math.cos(step * 3) * 2, zoom: 1 + (step % 9) };
          crop = moved({ width, height }, crop, by);
          seen.push({ ...squareOf({ width, height }, crop), width, height, zoom: crop.zoom });
        }
        seen.push({ ...start, width, height, zoom: 1 });
      }
      return seen;
    """
    for one in await said(page, origin, script, [[4000, 3000], [300, 4000], [512, 512], [64, 48]]):
        assert 0 <= one["left"] <= one["width"] - one["side"] + 1e-6
        assert 0 <= one["top"] <= one["height"] - one["side"] + 1e-6
        assert abs(one["side"] * one["zoom"] - min(one["width"], one["height"])) < 1e-6
        assert 1 <= one["zoom"] <= 4
