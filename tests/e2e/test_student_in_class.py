"""A student in class from a browser: a picture one way, and the robot's body moved.

P-16: keyword and PIN alone, nothing about the child, and the PIN never leaves the app; and the policy's third decision:
what the child does goes to the robot alone.
"""

import json
import re

import pytest
from playwright.async_api import Page, Request, expect

from client_sim.control.words import Eyes, Look
from signalling.protocol import EndReason
from tests.e2e.classroom import PIN, Classroom, until
from tests.e2e.test_family_call import stamps

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ATTEMPTS = (
    "document.body.dispatchEvent(new KeyboardEvent('keyup', { key: 'PrintScreen', bubbles: true }))",
    "navigator.mediaDevices.getDisplayMedia({ video: true }).catch(() => undefined)",
    "try { document.getElementById('remote').captureStream() } catch { }",
    "dispatchEvent(new Event('beforeprint'))",
)
KEYWORD_USE = {"keyword", "identity", "nonce", "signature"}


async def the_picture_moves(page: Page) -> None:
    seen = len(await stamps(page))
    for _ in range(100):
        if len(set((await stamps(page))[seen:])) >= 10:
            return
        await page.wait_for_timeout(50)
    raise AssertionError("the stamps in the picture don't rise")


def said_in(texts: list[str], digits: str) -> list[str]:
    """The words in which those digits stand. Ids, boxes and tokens, 22 letters or more, have any four by chance."""
    words = [word for text in texts for word in re.findall(r"[A-Za-z0-9_-]+", text)]
    return [word for word in words if len(word) < 22 and re.search(rf"(?<!\d){digits}(?!\d)", word)]


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
    assert not said_in(bodies + told, PIN)
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


async def test_an_attempt_to_record_ends_the_visit_and_blocks_the_robot(page: Page, room: Classroom) -> None:
    call = await room.visit(page)
    for attempt in ATTEMPTS:
        await page.evaluate(attempt)
        await expect(page.locator("#after-heading")).to_contain_text("a screenshot or a recording was noticed")
        assert await page.evaluate("document.getElementById('remote').srcObject") is None
        await until(lambda: room.calls[-1].over)
        assert room.calls[-1].reason is EndReason.RECORDING
        await until(lambda: not room.av1.eyes_are_lit, seconds=1)
        assert room.av1.standing.is_blocked
        if attempt is ATTEMPTS[0]:
            await page.get_by_role("button", name="Enter again").click()
            await expect(page.locator("#after-heading")).to_contain_text("The robot takes no visits now.")
        await room.unblocks()
        if attempt is not ATTEMPTS[-1]:
            call = await room.enters(page, "Enter again")
            assert not call.over
