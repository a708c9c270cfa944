"""A student in class from a browser: keyword, PIN, QR, visit; a picture one way, and the robot's body moved.

P-16: keyword and PIN alone, nothing about the child, and the PIN never leaves the app; and the policy's third decision:
what the child does goes to the robot alone.
"""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import segno
from playwright.async_api import Browser, Page, Request, ViewportSize, expect

from client_sim.control.words import Eyes, Look
from client_sim.sealed.pairing_code import read_pairing_link
from signalling.protocol import EndReason
from tests.e2e.classroom import CODE, PIN, ROBOT, Classroom, open_classroom, until
from tests.e2e.household import Grandchild
from tests.e2e.test_family_call import fits, stamps

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
  const code = (await import("/vendor/qrcode.js")).qrcode(0, "M");
  code.addData(content);
  code.make();
  const each = [...Array(code.getModuleCount()).keys()];
  return each.flatMap((row) => each.filter((column) => code.isDark(row, column)).map((column) => [row, column]));
}"""
ATTEMPTS = (
    "document.body.dispatchEvent(new KeyboardEvent('keyup', { key: 'PrintScreen', bubbles: true }))",
    "navigator.mediaDevices.getDisplayMedia({ video: true }).catch(() => undefined)",
    "try { document.getElementById('remote').captureStream() } catch { }",
    "dispatchEvent(new Event('beforeprint'))",
)
KEYWORD_USE = {"keyword", "identity", "nonce", "signature"}
WANTED = """[...document.querySelectorAll("[data-words], [data-label]")]
  .map(({ dataset: { words, label } }) => words ?? label)"""
BRACES = re.compile(r"\{\w+\}")
FULL = "x" * 331
"""As much as fits into a QR of version 13 at level M: no padding, which encoders may choose."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room() -> AsyncIterator[Classroom]:
    """One school for all tests: each begins with a keyword of its own."""
    async with open_classroom() as one:
        yield one


async def the_picture_moves(page: Page) -> None:
    seen = len(await stamps(page))
    for _ in range(100):
        if len(set((await stamps(page))[seen:])) >= 10:
            return
        await page.wait_for_timeout(50)
    raise AssertionError("the stamps in the picture don't rise")


async def test_a_keyword_a_pin_and_a_code_lead_into_class_and_nothing_about_the_child_is_sent(
    page: Page, room: Classroom
) -> None:
    asked: list[Request] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - it must be a function
    page.on("websocket", lambda socket: socket.on("framesent", lambda text: told.append(str(text))))
    call = await room.visit(page)
    await the_picture_moves(page)

    assert call.ends.figures().video is None
    audio = call.ends.figures().audio
    assert audio is not None
    await until(lambda: (call.ends.figures().audio or audio).first_sound_at_ms is not None)

    assert {request.url.split("/")[2] for request in asked} == {room.coordinator.origin.split("/")[2]}
    bodies = [request.post_data or "" for request in asked if request.method == "POST"]
    assert PIN not in "".join(bodies + told)
    assert [set(json.loads(body)) for body in bodies if "keyword" in body] == [KEYWORD_USE]
    assert not re.search(r'"(phone|e_?mail|pin)"', "".join(bodies + told))
    assert not re.search(r'call\.quality|"path"|"phases_ms"|"profile"', "".join(told))
    assert await page.context.cookies() == []
    await page.get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("heading", name="You left the classroom.")).to_be_visible()
    await expect(page.get_by_text("The coordinator has erased the visit.")).to_be_visible()
    assert call.reason is EndReason.HANGUP
    await until(lambda: not room.av1.eyes_are_lit, seconds=1)


async def test_finger_and_keys_turn_the_robots_head(page: Page, room: Classroom) -> None:
    await room.visit(page)
    body = room.av1.body
    picture = await page.locator("#picture").bounding_box()
    assert picture is not None
    x, y = picture["x"] + picture["width"] / 2, picture["y"] + picture["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 200, y, steps=5)
    await expect(page.locator("#stick")).to_be_visible()
    await until(lambda: body.pan > 15)
    await page.mouse.up()
    await until(lambda: body._pan.speed == 0, seconds=0.45)
    looks = [word for word in room.heard if isinstance(word, Look)]
    assert any(look.pan_speed for look in looks)
    assert all(look.pan is None for look in looks)
    assert body.dropped == 0

    await page.keyboard.press("Home")
    await until(lambda: (body.pan, body.tilt) == (0, 0))
    await page.mouse.click(x + 100, y - 50)
    await until(lambda: body.pan > 4 and body.tilt > 2)
    await page.keyboard.down("ArrowLeft")
    await until(lambda: body.pan < -5)
    await page.keyboard.up("ArrowLeft")
    await until(lambda: body._pan.speed == 0, seconds=0.45)


async def test_hand_light_mood_and_volume_arrive_and_the_page_shows_how_the_robot_really_stands(
    page: Page, room: Classroom
) -> None:
    call = await room.visit(page)
    lights = page.locator("#robot")
    await expect(page.locator("#robot-battery")).to_have_text("Battery 80 %")
    await expect(page.locator("#robot-signal")).to_have_text("Signal very good")
    await page.get_by_role("button", name="Raise hand").click()
    await until(lambda: room.av1.body.told().hand)
    await expect(lights).to_have_attribute("data-light", "hand")
    await expect(page.locator("#status")).to_have_text("The robot shows your raised hand.")
    await page.get_by_role("button", name="Raise hand").click()
    await page.get_by_role("button", name="Just listen").click()
    await page.get_by_role("button", name="Whisper").click()
    await page.get_by_label("Happy").check()
    await page.locator("#volume").fill("80")
    await page.get_by_role("button", name="Mute").click()
    await expect(lights).to_have_attribute("data-light", "passive")
    shown = room.av1.body.told
    await until(lambda: shown().mute and shown().volume == 80)
    assert (shown().hand, shown().passive, shown().whisper, shown().eyes) == (False, True, True, Eyes.HAPPY)

    # A robot that misses the student goes dark and shows nothing; its return brings the choices, but for hand and mood.
    room.av1._go_dark(call)
    await expect(page.locator("#banner")).to_have_text("The robot’s eyes are dark: nobody hears you.")
    await expect(lights).to_have_attribute("data-lit", "true")
    await until(lambda: shown().mute and shown().volume == 80)
    assert (shown().hand, shown().eyes, shown().whisper) == (False, Eyes.NEUTRAL, True)
    await expect(page.get_by_label("Neutral")).to_be_checked()


async def test_a_robot_that_falls_silent_is_shown_as_reconnecting_after_three_seconds(
    page: Page, room: Classroom
) -> None:
    call = await room.visit(page)
    assert room.av1._watching is not None
    room.av1._watching.cancel()
    await expect(page.locator("#banner")).to_have_text("Reconnecting…", timeout=5_000)
    await expect(page.locator("#robot-lit")).to_have_text("No word of the robot yet")
    room.av1._watch(call)
    await expect(page.locator("#banner")).to_be_hidden()


async def test_a_new_keyword_cuts_the_page_off_in_the_middle_of_a_visit(page: Page, room: Classroom) -> None:
    call = await room.visit(page)
    await room.keyword()
    await expect(page.get_by_role("heading", name="This page is no longer linked")).to_be_visible()
    await expect(page.locator("#notice-text")).to_contain_text("neither sees nor hears the classroom any more")
    assert await page.evaluate("document.getElementById('remote').srcObject") is None
    await until(lambda: call.over and not room.av1.eyes_are_lit)
    await page.get_by_role("button", name="Enter a new keyword").click()
    await expect(page.get_by_role("heading", name="Come in with your keyword")).to_be_visible()


async def test_an_attempt_to_record_ends_the_visit_and_the_robot_is_told(page: Page, room: Classroom) -> None:
    call = await room.visit(page)
    for attempt in ATTEMPTS:
        await page.evaluate(attempt)
        await expect(page.locator("#after-heading")).to_contain_text("a screenshot or a recording was noticed")
        assert await page.evaluate("document.getElementById('remote').srcObject") is None
        await until(lambda: room.calls[-1].over)
        assert room.calls[-1].reason is EndReason.RECORDING
        await until(lambda: not room.av1.eyes_are_lit, seconds=1)
        if attempt is not ATTEMPTS[-1]:
            call = await room.enters(page, "Enter again")
            assert not call.over


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
    for _ in range(3):
        await expect(field).to_be_enabled()
        await field.fill("1357")
        await field.press("Enter")
        await expect(field).to_have_value("")
        await expect(page.locator("#pin-problem")).not_to_be_empty()
        await page.wait_for_timeout(700)
    await expect(page.locator("#pin-problem")).to_have_text(re.compile(r"Too many wrong PINs. Try again in \d\d s."))
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


async def test_every_language_says_the_same_things(page: Page, room: Classroom) -> None:
    await page.goto(room.page())
    spoken = await page.evaluate("async () => (await import('/student/words.js')).CATALOGUES")
    assert set(spoken) == {"sv", "nb", "en"}
    braces = {
        language: {key: set(BRACES.findall(text)) for key, text in said.items()} for language, said in spoken.items()
    }
    assert braces["sv"] == braces["nb"] == braces["en"]
    wanted = await page.evaluate(WANTED)
    assert set(wanted) <= set(spoken["en"])


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
    context = await browser.new_context(locale=locale)
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
