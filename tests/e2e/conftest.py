"""Debian's Chromium, as a user would have it: no third party's flags, a camera that draws its own picture."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from client_sim.identity import Identity
from tests.e2e.classroom import Classroom, open_classroom
from tests.e2e.hours import NOON, zone_at
from tests.e2e.household import SEED
from tests.e2e.site import Coordinator, Site

CHROMIUM = Path("/usr/bin/chromium")
INSTALLED = CHROMIUM.exists()
FLAGS = [
    "--use-fake-device-for-media-stream=device-count=3",  # the second one gives pictures that no encoder takes
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for the session. Skips where Debian's isn't installed."""
    if not INSTALLED:
        pytest.skip("Debian's Chromium isn't installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A fresh browser profile's page. Whatever it throws fails the test."""
    context = await browser.new_context(
        locale="en-GB", viewport={"width": 1280, "height": 800}, timezone_id=zone_at(NOON)
    )
    page = await context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda problem: thrown.append(str(problem)))
    page.on("console", lambda line: thrown.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    await context.close()
    assert thrown == []


@pytest.fixture
def identity() -> Identity:
    """The linked browser's identity; its seed is known, so that signatures can be compared."""
    return Identity(SEED)


@pytest.fixture
def coordinator(identity: Identity) -> Coordinator:
    """A coordinator that knows the linked browser."""
    return Coordinator(identity.public)


@pytest_asyncio.fixture(loop_scope="session")
async def origin(coordinator: Coordinator) -> AsyncIterator[str]:
    """Where the pages are."""
    async with Site(coordinator) as origin:
        yield origin


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room() -> AsyncIterator[Classroom]:
    """One school for the tests of a module: each begins with a keyword of its own."""
    async with open_classroom() as one:
        yield one
