"""The first call: a browser, the coordinator, a simulated Komp; moving pictures both ways, and an end that is shown."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, Request, ViewportSize, expect

from client_sim import aiortc_settings
from client_sim.actions import StartMedia
from client_sim.house import BROWSER, KOMP, House, open_house
from client_sim.link import fragment
from client_sim.live_call import LiveCall
from client_sim.timeline import Mark, Step
from signalling.protocol import EndReason

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ARTEFACTS = Path(__file__).parents[2] / "out" / "family-page"
SIZES: dict[str, ViewportSize] = {"narrow": {"width": 360, "height": 740}, "wide": {"width": 1280, "height": 800}}
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
COUNTDOWN_SECONDS = 2.0
PICTURE_MS = 15_000
STAMPS = "async () => (await import('/family/stamps.js')).seen"
RINGS = re.compile(r"It rings. Picture in \d s")

CONNECTIONS = """{
  const Made = RTCPeerConnection;
  globalThis.connections = [];
  globalThis.RTCPeerConnection = class extends Made {
    constructor(...told) { super(...told); globalThis.connections.push(this); }
  };
}"""
"""Notes the page's connections."""
DECODED = """async () => {
  const [connection] = globalThis.connections;
  const entries = [...(await connection.getStats()).values()];
  const video = entries.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
  return { received: video?.packetsReceived ?? 0, decoded: video?.framesDecoded ?? 0 };
}"""
Shot = Callable[[str], Awaitable[None]]


@asynccontextmanager
async def house_with_a_komp() -> AsyncIterator[tuple[House, list[LiveCall]]]:
    """A house whose Komp is online, and the calls that the Komp gets."""
    aiortc_settings.apply(loopback_only=True)
    taken: list[LiveCall] = []

    def observe(call: LiveCall, _: Mark) -> None:
        if call not in taken:
            taken.append(call)

    try:
        async with open_house(countdown_seconds=COUNTDOWN_SECONDS, observe_komp=observe) as house:
            yield house, taken
    finally:
        aiortc_settings.apply()


def page_of(house: House, query: str = "") -> str:
    """What the grandchild opens."""
    return f"{house.coordinator.origin}/family{query}#link={fragment(house.household.links[BROWSER])}"


def shots_of(page: Page, name: str) -> Shot:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)

    async def shot(stage: str) -> None:
        await page.screenshot(path=ARTEFACTS / f"{name}-{stage}.png")

    return shot


async def press_call(page: Page) -> None:
    await expect(page.locator("#contacts .presence")).to_have_text("Can be reached now")
    await page.get_by_role("button", name=f"Call {KOMP}").click()


async def stamps(page: Page) -> list[int]:
    """Frame numbers that the page has read from its canvas."""
    return [one["frame"] for one in await page.evaluate(STAMPS)]


async def see_the_picture_move(page: Page, distinct: int) -> list[int]:
    """Wait until so many different stamps were read from the page's canvas."""
    await expect(page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PICTURE_MS)
    for _ in range(100):
        frames = await stamps(page)
        if len(set(frames)) >= distinct:
            return frames
        await page.wait_for_timeout(100)
    raise AssertionError("the stamps in the picture don't rise")


async def test_one_click_brings_moving_pictures_both_ways_and_hanging_up_leaves_nothing(page: Page) -> None:
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    shot = shots_of(page, "call")
    async with house_with_a_komp() as (house, taken):
        origin = house.coordinator.origin
        answer = await page.goto(page_of(house, "?stamps"))
        await press_call(page)
        await expect(page.locator("#call-state")).to_have_text(RINGS)
        assert await page.evaluate("document.getElementById('remote').srcObject") is None
        await shot("1-ringing")

        frames = await see_the_picture_move(page, distinct=20)
        assert frames == sorted(frames)
        await shot("2-picture")
        (call,) = taken
        video = call.ends.figures().video
        assert video is not None
        assert video.distinct_frames >= 10
        assert call.caller_name == BROWSER

        await page.get_by_role("button", name="Hang up").click()
        await expect(page.get_by_role("heading", name="The call is over.")).to_be_visible()
        await expect(page.get_by_text("The coordinator has erased the call.")).to_be_visible()
        await shot("3-after")
        assert call.reason is EndReason.HANGUP

    steps = await page.locator("#after-marks li").evaluate_all("(items) => items.map((item) => item.className)")
    assert set(steps) >= {"invited", "ringing", "joined", "ice", "connected", "accepted", "picture", "ended", "erased"}
    assert steps.index("connected") < steps.index("accepted") < steps.index("picture")

    assert {request.url.split("/")[2] for request in asked} == {origin.split("/")[2]}
    assert [request for request in asked if "link=" in request.url.split("#")[0]] == []
    assert await page.context.cookies() == []
    assert answer is not None
    headers = await answer.all_headers()
    assert "set-cookie" not in headers
    assert "unsafe" not in headers["content-security-policy"]
    assert "connect-src 'self'" in headers["content-security-policy"]


async def test_the_picture_comes_at_once_when_the_countdown_is_over(page: Page) -> None:
    async with house_with_a_komp() as (house, _):
        await page.goto(page_of(house, "?stamps"))
        await press_call(page)
        await see_the_picture_move(page, distinct=3)
        at = {
            step: float(await page.locator(f"#marks .{step}").get_attribute("data-at-ms") or "nan")
            for step in ("invited", "ringing", "accepted", "picture")
        }
        ages = sorted(one["ageMs"] for one in await page.evaluate(STAMPS))
        print(f"accept to picture {at['picture'] - at['accepted']:.0f} ms, median age {ages[len(ages) // 2]:.0f} ms")
        assert at["ringing"] - at["invited"] < 1_000
        assert at["picture"] - at["accepted"] < 1_000
        assert ages[len(ages) // 2] < 1_000

        house.komp.turn_knob(on=False)
        await expect(page.get_by_role("heading", name="It was turned off there, with the knob.")).to_be_visible()
        await page.get_by_role("button", name="Back").click()
        await expect(page.locator("#contacts .presence")).to_have_text(re.compile("Turned off since"))


async def test_a_call_outlives_its_coordinator_and_hanging_up_needs_none(page: Page) -> None:
    async with house_with_a_komp() as (house, taken):
        await page.goto(page_of(house, "?stamps"))
        await press_call(page)
        await see_the_picture_move(page, distinct=3)
        house.coordinator.process.kill()
        await expect(page.locator("#connection")).not_to_have_text("Connected")
        await see_the_picture_move(page, distinct=len(await stamps(page)) + 20)
        await page.get_by_role("button", name="Hang up").click()
        await expect(page.get_by_role("heading", name="The call is over.")).to_be_visible()
        (call,) = taken
        async with asyncio.timeout(2):
            await call.reached(Step.ENDED)
        assert call.reason is EndReason.HANGUP


async def test_nothing_is_seen_or_heard_when_the_ring_is_taken_back(page: Page) -> None:
    async with house_with_a_komp() as (house, taken):
        await page.goto(page_of(house))
        await press_call(page)
        await expect(page.locator("#call-state")).to_have_text(RINGS)
        await page.get_by_role("button", name="Stop ringing").click()
        await expect(page.get_by_role("heading", name="You stopped ringing.")).to_be_visible()
        await expect(page.get_by_text("The coordinator has erased the call.")).to_be_visible()
        (call,) = taken
        assert call.reason is EndReason.CANCELLED
        assert not call.timeline.has(Step.ACCEPTED)
        video = call.ends.figures().video
        assert video is None or video.frames == 0


async def test_what_a_komp_sends_before_the_accept_is_not_even_decoded(page: Page) -> None:
    await page.add_init_script(CONNECTIONS)
    async with house_with_a_komp() as (house, taken):
        await page.goto(page_of(house, "?stamps"))
        await press_call(page)
        await expect(page.locator("#call-state")).to_have_text(RINGS)
        (call,) = taken
        async with asyncio.timeout(10):
            await call.reached(Step.DTLS)
        call._peer.do(StartMedia())
        async with asyncio.timeout(5):
            while (await page.evaluate(DECODED))["received"] < 15:
                await page.wait_for_timeout(20)
        told = await page.evaluate(DECODED)
        await expect(page.locator("#call-state")).to_have_text(RINGS)
        assert told["decoded"] == 0
        await see_the_picture_move(page, distinct=3)
        assert (await page.evaluate(DECODED))["decoded"] > 0


async def test_the_page_is_whole_on_every_screen(browser: Browser) -> None:
    async with house_with_a_komp() as (house, _):
        for size, viewport in SIZES.items():
            context = await browser.new_context(viewport=viewport, locale="en-GB")
            page = await context.new_page()
            await see_every_view(page, house, by_day_and_night(page, size))
            await context.close()


def by_day_and_night(page: Page, size: str) -> Shot:
    """Looks at each view in both colour schemes."""

    async def look(stage: str) -> None:
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            if stage != "3-picture":
                await fits(page)
            await shots_of(page, f"{scheme}-{size}")(stage)

    return look


async def see_every_view(page: Page, house: House, look: Shot) -> None:
    """From the landing page through a call to its end; nothing is cut off, and the button is always there."""
    await page.goto(house.coordinator.origin)
    await look("0-landing")
    await page.goto(page_of(house))
    await expect(page.locator("#contacts .presence")).to_have_text("Can be reached now")
    await look("1-people")
    await press_call(page)
    await expect(page.locator("#call-state")).to_have_text(RINGS)
    await expect(page.get_by_role("button", name="Stop ringing")).to_be_in_viewport(ratio=1)
    await look("2-ringing")
    await expect(page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PICTURE_MS)
    await expect(page.locator("#own")).to_be_visible()
    await expect(page.get_by_role("button", name="Hang up")).to_be_in_viewport(ratio=1)
    await look("3-picture")
    await page.get_by_role("button", name="Hang up").click()
    await expect(page.get_by_text("The coordinator has erased the call.")).to_be_visible()
    await look("4-after")


async def fits(page: Page) -> None:
    """Nothing is cut off at the side."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
