"""How well a call goes, as a page counts it: figures that the coordinator takes, and true ones."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import Page, WebSocket, expect

from signalling.protocol.codec import decode_client
from signalling.protocol.messages import CallQuality
from tests.e2e.test_family_call import house_with_a_komp, page_of, press_call, see_the_picture_move

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

TOLD_MS = 10_000
QUALITY = "async ([before, now]) => (await import('/sdk/quality.js')).qualityOf(before, now)"
EARLIER = {
    "at": 1_000,
    "received": 10_000,
    "sent": 5_000,
    "arrived": 100,
    "missing": 0,
    "freezes": 0,
    "framesPerSecond": 24,
    "jitterMs": 3.4,
    "roundTripMs": 20.6,
}
LATER = EARLIER | {"at": 11_000, "received": 635_000, "sent": 130_000, "arrived": 1_080, "missing": 20, "freezes": 2}


async def test_figures_are_of_the_time_between_two_looks(page: Page, origin: str) -> None:
    await page.goto(origin)
    assert await page.evaluate(QUALITY, [EARLIER, LATER]) == {
        "received_kbps": 500,
        "sent_kbps": 100,
        "packets_lost_percent": 2,
        "jitter_ms": 3,
        "round_trip_ms": 21,
        "frames_per_second": 24,
        "freezes": 2,
    }
    assert await page.evaluate(QUALITY, [EARLIER, EARLIER]) is None
    backwards = await page.evaluate(QUALITY, [LATER, EARLIER | {"at": 20_000}])
    assert (backwards["received_kbps"], backwards["sent_kbps"]) == (0, 0)
    assert "packets_lost_percent" not in backwards


async def test_a_call_tells_every_ten_seconds_how_its_media_go(page: Page) -> None:
    said: list[dict[str, Any]] = []

    def note(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: said.append(json.loads(frame)))

    page.on("websocket", note)
    await page.clock.install()
    async with house_with_a_komp() as (house, _):
        await page.goto(page_of(house, "?stamps"))
        await press_call(page)
        await see_the_picture_move(page, distinct=20)
        assert figures(said) == []
        await page.clock.fast_forward(TOLD_MS)
        for _ in range(50):
            if figures(said):
                break
            await page.wait_for_timeout(100)
        (told,) = figures(said)
        assert told.received_kbps
        assert told.sent_kbps
        assert told.frames_per_second
        assert told.round_trip_ms is not None
        await expect(page.locator("#quality")).to_contain_text(re.compile(r"\d+ pictures a second, 0 % lost, \d+ ms"))
        await page.get_by_role("button", name="Hang up").click()


def figures(said: list[dict[str, Any]]) -> list[CallQuality]:
    """What was told, as the coordinator reads it: it refuses what isn't in its list."""
    told = [decode_client(json.dumps(one).encode()) for one in said if one["t"] == "call.quality"]
    return [one for one in told if isinstance(one, CallQuality)]
