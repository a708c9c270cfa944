"""The student's page up to the classroom: PIN, QR, languages, and every view on every screen."""

import re
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.async_api import Browser, Page, ViewportSize, expect

from client_sim.sealed.pairing_code import read_pairing_link
from tests.e2e.classroom import CODE, PIN, ROBOT, Classroom
from tests.e2e.hours import NOON, zone_at
from tests.e2e.household import Grandchild
from tests.e2e.test_family_call import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ARTEFACTS = Path(__file__).parents[2] / "out" / "student-page"
SIZES: dict[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 800},
    "upright": {"width": 360, "height": 740},
    "on-its-side": {"width": 740, "height": 360},
}
MODULES = """() => {
  const drawn = document.querySelector("#code-picture path").getAttribute("d");
  return [...drawn.matchAll(/M(\\d+) (\\d+)h/g)].map(([, x, y]) => [Number(y), Number(x)]);
}"""
ENCODED = """async (content) => {
  const { default: encodeQR } = await import("/vendor/qr.js");
  const code = encodeQR(content, "raw", { ecc: "medium", border: 1 }).slice(1, -1).map((cells) => cells.slice(1, -1));
  return code.flatMap((cells, row) => cells.flatMap((isDark, column) => (isDark ? [[row, column]] : [])));
}"""
FULL = "x" * 331
"""As much as fits into a QR of version 13 at level M: no padding, which encoders may choose."""


async def test_only_the_pin_opens_the_page_again_and_guessing_must_wait(page: Page, room: Classroom) -> None:
    await room.comes_in(page, await room.keyword())
    await room.shows_its_code(page)
    await page.reload()
    field = page.locator("#pin-field")
    await expect(field).to_be_focused()
    assert not room.av1.call
    for left in (4, 3):
        await field.fill("1357")
        await field.press("Enter")
        await expect(page.locator("#pin-problem")).to_have_text(f"That is not the PIN. Tries left: {left}.")
    await page.reload()  # tries are counted by what is kept, not by what is on the screen
    for told in (r"Tries left: 2\.", r"Tries left: 1\.", r"Too many wrong PINs\. Try again in \d\d s\."):
        await expect(field).to_be_enabled()
        await field.fill("1357")
        await field.press("Enter")
        await expect(page.locator("#pin-problem")).to_have_text(re.compile(told))
    await expect(field).to_be_disabled()
    await page.reload()
    await expect(field).to_be_disabled()
    await page.clock.install()
    await page.reload()
    await page.clock.fast_forward(31_000)
    await field.fill(PIN)
    await field.press("Enter")
    await expect(page.get_by_role("heading", name="Go to class")).to_be_visible()


async def test_the_code_is_a_true_qr_and_only_the_students_robot_may_have_read_it(page: Page, room: Classroom) -> None:
    await room.comes_in(page, await room.keyword())
    await expect(page.locator("#code-state")).to_have_text(f"Waiting for {ROBOT} to see the code…")
    content = await page.evaluate(CODE)
    code = read_pairing_link(content)
    assert await page.evaluate(MODULES) == await page.evaluate(ENCODED, content)
    encoded = {(row, column) for row, column in await page.evaluate(ENCODED, FULL)}
    others = [segno.make_qr(FULL, error="m", boost_error=False, mode="byte", mask=mask).matrix for mask in range(8)]
    assert encoded in [{(r, c) for r, row in enumerate(one) for c, dark in enumerate(row) if dark} for one in others]
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="Save picture").click()
    assert (await (await saved.value).path()).read_bytes().startswith(b"\x89PNG")

    met: dict[str, Any] = await stranger_reads(room, code)
    assert met == {"refused": True}
    await expect(page.locator("#code-problem")).to_contain_text("Something else than your robot read that code")
    assert await page.evaluate(CODE) != content
    await room.shows_its_code(page)


async def stranger_reads(room: Classroom, code: Any) -> dict[str, Any]:
    """Somebody else of the school's robots, with the code in a stolen picture."""
    stranger = await room.another_robot()
    try:
        await stranger.see(code, seconds=1.5)
    except Exception as problem:  # noqa: BLE001 - whatever it is, nothing came of it
        return {"refused": type(problem).__name__ == "MeetingError"}
    finally:
        await stranger.endpoint.stop()
    return {"refused": False}


async def test_a_relatives_browser_keeps_its_keys(page: Page, room: Classroom) -> None:
    await page.goto(f"{room.coordinator.origin}/family{Grandchild().link()}")
    await expect(page.get_by_role("heading", name="This browser isn’t linked here any more")).to_be_visible()
    await page.goto(room.page())
    await expect(page.get_by_role("heading", name="This browser belongs to the family page")).to_be_visible()
    await expect(page.locator("#keyword-field")).to_be_hidden()


@pytest.mark.parametrize(
    ("locale", "heading"),
    [
        ("sv-SE", "Kom in med ditt nyckelord"),
        ("nb-NO", "Kom inn med nøkkelordet ditt"),
        ("nn-NO", "Kom inn med nøkkelordet ditt"),
        ("de-DE", "Come in with your keyword"),
    ],
)
async def test_the_page_speaks_the_readers_language(
    browser: Browser, room: Classroom, locale: str, heading: str
) -> None:
    context = await browser.new_context(locale=locale, timezone_id=zone_at(NOON))
    page = await context.new_page()
    await page.goto(room.page())
    await expect(page.get_by_role("heading", name=heading)).to_be_visible()
    await page.locator("#language").select_option("en")
    await expect(page.get_by_role("heading", name="Come in with your keyword")).to_be_visible()
    await page.locator("#keyword-field").fill("ABCD-EFGH-JKMN")
    await page.locator("#keyword-field").press("Enter")
    await expect(page.locator("#keyword-problem")).to_contain_text("That keyword doesn’t work.")
    await context.close()


async def test_the_page_is_whole_on_every_screen(page: Page, room: Classroom) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)

    async def look(stage: str, *buttons: str) -> None:
        for size, viewport in SIZES.items():
            await page.set_viewport_size(viewport)
            for name in buttons:
                await expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
            await fits(page)
            await page.screenshot(path=ARTEFACTS / f"{size}-{stage}.png")

    await page.goto(room.page())
    await look("1-keyword")
    await room.comes_in(page, await room.keyword(), query="")
    await expect(page.locator("#code-picture svg")).to_be_visible()
    await look("2-code")
    await expect(page.locator("#code-picture")).to_be_in_viewport(ratio=1)
    await room.shows_its_code(page)
    await look("3-ready", "Enter the classroom")
    await room.enters(page)
    await page.get_by_role("button", name="Raise hand").click()
    await expect(page.locator("#robot")).to_have_attribute("data-light", "hand")
    await look("4-class", "Leave", "Raise hand", "Mute", "Whisper", "Just listen")
    await page.get_by_role("button", name="Leave").click()
    await expect(page.get_by_text("The coordinator has erased the visit.")).to_be_visible()
    await look("5-after", "Enter again")
