"""People with the family page open: browsers of their own, how they come in, and where they go from there."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, ViewportSize, expect

from client_sim.identity import Identity
from client_sim.sealed.keyring import new_ring, state_key
from signalling.people.circle import Statement
from signalling.store.circle import StoreCircle
from tests.e2e.hours import NOON, zone_at
from tests.protocol.society import App, Society

ARTEFACTS = Path(__file__).parents[2] / "out" / "family-page"
PHONE: Final[ViewportSize] = {"width": 412, "height": 860}
CELLS = """(id) => {
  const square = document.getElementById(id);
  const { data, width } = square.getContext("2d").getImageData(0, 0, square.width, square.height);
  const at = [...Array(width / 8).keys()].map((cell) => cell * 8 + 4);
  return at.map((y) => at.map((x) => data[4 * (y * width + x)] < 128));
}"""
"""A square's cells, dark ones true."""


@asynccontextmanager
async def browser_of_their_own(browser: Browser) -> AsyncIterator[Page]:
    """Somebody's phone: a profile that nobody else's page sees. Whatever it throws fails the test."""
    context = await browser.new_context(locale="en-GB", viewport=PHONE, timezone_id=zone_at(NOON))
    page = await context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda problem: thrown.append(str(problem)))
    page.on("console", lambda line: thrown.append(line.text) if "Content Security Policy" in line.text else None)
    try:
        yield page
    finally:
        await context.close()
    assert thrown == []


async def asks_for_a_code(page: Page, number: str) -> None:
    """From the first question to the second."""
    await page.locator("#arrive-phone").fill(number)
    await page.get_by_role("button", name="Send me a code").click()
    await expect(page.locator("#arrive-heading")).to_have_text("What does the SMS say?")


async def types_the_code(page: Page, code: str) -> None:
    await page.locator("#arrive-code").fill(code)
    await page.get_by_role("button", name="Go on").click()


async def types_the_name(page: Page, name: str) -> None:
    await expect(page.locator("#arrive-heading")).to_have_text("What are you called?")
    await page.locator("#arrive-name").fill(name)
    await page.get_by_role("button", name="Come in").click()


async def comes_in(page: Page, society: Society, number: str, name: str | None = None) -> None:
    """All of it, on a page that asks; `name` where the number is new."""
    before = len(society.mailman.texts)
    await asks_for_a_code(page, number)
    await society.texts_sent()
    await types_the_code(page, society.mailman.texts[before].body)
    if name is not None:
        await types_the_name(page, name)


async def is_among_people(page: Page) -> None:
    await expect(page.locator("#people-heading")).to_be_visible()
    await expect(page.locator("#connection")).to_have_text("Connected")


async def opens_circle(page: Page) -> None:
    """From the Komp's card to who is there."""
    await page.get_by_role("button", name="Who is here").first.click()
    await expect(page.locator("#circle-heading")).to_be_visible()


async def opens_oneself(page: Page) -> None:
    await page.get_by_role("button", name="You", exact=True).click()
    await expect(page.locator("#oneself-heading")).to_be_visible()


async def has_been_on(society: Society, app: App) -> None:
    """A device or a phone has shown its keys, as it does in its first session."""
    identity = Identity(app.key.private_bytes_raw())
    told = state_key(new_ring(now=time.time()), identity.key)
    statement = Statement(told.key, told.serial, told.not_after, told.signature)
    assert await StoreCircle(society.store, society.clock).publish(app.endpoint, statement)


async def pictured(page: Page, name: str) -> None:
    """A screenshot for whoever looks at it; nothing rests on it."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    await asyncio.sleep(0)
    await page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def fragment_in(text: str) -> str:
    """The address's fragment in an SMS."""
    found = re.search(r"/family(#\S+)$", text)
    assert found is not None
    return found[1]
