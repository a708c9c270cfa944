"""The example of docs/howto/javascript.md, as it stands: somebody else's page, from another origin, calls a Komp."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from client_sim import aiortc_settings
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.ends import live_ends
from client_sim.house import BROWSER, KOMP
from client_sim.household import Household, make_household
from client_sim.komp import Komp
from client_sim.link import fragment
from client_sim.manner import Surroundings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples"
SDK = ROOT / "signalling" / "pages" / "sdk"
LINES = 40
SHOWN = "https://calls.example"
MOVES = "document.getElementById('remote').currentTime > 0.2"


class Elsewhere:
    """Somebody else's site: the two files of the example, a copy of the SDK, and a strict policy of its own."""

    def __init__(self) -> None:
        self.coordinator = ""
        app = web.Application()
        app.router.add_get("/{path:.+}", self._file)
        self.server = TestServer(app, host="localhost")

    @property
    def origin(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def _file(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        file = SDK.parent / path if path.startswith("sdk/") else EXAMPLE / path
        kind = "text/html" if file.suffix == ".html" else "text/javascript"
        socket = self.coordinator.replace("http", "ws", 1)
        policy = f"default-src 'self'; connect-src {self.coordinator} {socket}"
        text = file.read_text(encoding="utf-8").replace(SHOWN, self.coordinator)
        return web.Response(text=text, content_type=kind, headers={"Content-Security-Policy": policy})


@asynccontextmanager
async def elsewhere(*, is_allowed: bool = True) -> AsyncIterator[tuple[Elsewhere, Household, Coordinator]]:
    """That site, and a coordinator that lets its pages in, with a Komp online."""
    aiortc_settings.apply(loopback_only=True)
    household, site = make_household(), Elsewhere()
    try:
        async with site.server, aiohttp.ClientSession() as http:
            settings = {"ALLOWED_ORIGINS": site.origin} if is_allowed else {}
            async with running_coordinator(household.seed, settings=settings) as coordinator:
                site.coordinator = coordinator.origin
                around = Surroundings(coordinator.origin, http)
                komp = Komp(household.links[KOMP], around, live_ends("KOMP"), countdown_seconds=1.0)
                await komp.endpoint.start()
                yield site, household, coordinator
                await komp.endpoint.stop()
    finally:
        aiortc_settings.apply()


async def test_a_page_from_elsewhere_calls_a_komp(page: Page) -> None:
    async with elsewhere() as (site, household, coordinator):
        assert site.origin != coordinator.origin
        assert len((EXAMPLE / "call.js").read_text(encoding="utf-8").splitlines()) == LINES
        await page.goto(f"{site.origin}/call.html#link={fragment(household.links[BROWSER])}")
        await expect(page.get_by_role("status")).to_have_text(f"{KOMP}: online")
        assert page.url == f"{site.origin}/call.html"
        await page.get_by_role("button", name="Call").click()
        await expect(page.get_by_role("status")).to_have_text(f"{KOMP}: accepted", timeout=15_000)
        for _ in range(150):
            if await page.evaluate(MOVES):
                break
            await page.wait_for_timeout(100)
        assert await page.evaluate(MOVES)
        await page.get_by_role("button", name="Hang up").click()
        await expect(page.get_by_role("status")).to_have_text(f"{KOMP}: hangup")
        await page.reload()
        await expect(page.get_by_role("status")).to_have_text(f"{KOMP}: online")


async def test_a_page_of_an_origin_that_is_not_allowed_stays_outside(browser: Browser) -> None:
    async with elsewhere(is_allowed=False) as (site, household, _):
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"{site.origin}/call.html#link={fragment(household.links[BROWSER])}")
        await expect(page.get_by_role("status")).to_have_text(re.compile("offline|connecting"))
        await page.wait_for_timeout(500)
        await expect(page.get_by_role("button", name="Call")).to_be_disabled()
        await context.close()


async def test_without_a_private_link_the_page_says_what_to_do(page: Page) -> None:
    async with elsewhere() as (site, _, _):
        await page.goto(f"{site.origin}/call.html")
        await expect(page.get_by_role("status")).to_have_text("Open your private link here, once.")
