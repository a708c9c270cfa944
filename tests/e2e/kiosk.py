"""A Komp that is a browser page, and who is around it: a coordinator, headless phones, and what the screen shows."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from playwright.async_api import Page, expect

from client_sim import aiortc_settings
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.house import KOMP
from client_sim.household import FAMILY, Household, make_household
from client_sim.link import fragment
from client_sim.live_call import LiveCall
from client_sim.manner import Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.links import How
from client_sim.timeline import Step
from signalling.protocol import Media, PresenceState

ARTEFACTS = Path(__file__).parents[2] / "out" / "komp-page"
PICTURE_MS = 15_000
STAMPS = "async () => (await import('/family/stamps.js')).seen"


@dataclass(repr=False)
class Home:
    """Where the Komp stands."""

    coordinator: Coordinator
    household: Household
    around: Surroundings
    _apps: list[FamilyApp] = field(default_factory=list)

    def address(self, **options: str) -> str:
        """What the kiosk is started with: the Komp of the household, with a short countdown unless told otherwise."""
        asked = "&".join(f"{name}={value}" for name, value in ({"countdown": "1.5", "lang": "en"} | options).items())
        return f"{self.coordinator.origin}/komp?{asked}#link={fragment(self.household.links[KOMP])}"

    async def phone(self, name: str = "Cousin", *, keeping: Keeping | None = None) -> FamilyApp:
        """A relative's app, online, that sees the Komp."""
        app = FamilyApp(keeping or self.household.links[name], self.around, live_ends("FAMILY"))
        self._apps.append(app)
        await app.endpoint.start()
        async with asyncio.timeout(10):
            await app.endpoint.sees(komp_of(app), PresenceState.ONLINE)
        return app

    async def close(self) -> None:
        await asyncio.gather(*(app.endpoint.stop() for app in self._apps))


def komp_of(app: FamilyApp) -> str:
    """The endpoint of the Komp that this app knows."""
    return next(one.endpoint for one in app.endpoint.book.links if one.kind.value == "komp")


def calls(app: FamilyApp, *, media: Media = Media.VIDEO) -> LiveCall:
    """That app rings the Komp."""
    komp = next(one for one in app.endpoint.book.links if one.kind.value == "komp")
    return app.call(komp, media=media)


@asynccontextmanager
async def home(*, how: How = How.QR, household: Household | None = None) -> AsyncIterator[Home]:
    """A coordinator and its household; phones come online when they are asked for."""
    aiortc_settings.apply(loopback_only=True)
    household = household or make_household(FAMILY, how=how)
    try:
        async with running_coordinator(household.seed) as coordinator, aiohttp.ClientSession() as http:
            made = Home(coordinator, household, Surroundings(coordinator.origin, http))
            try:
                yield made
            finally:
                await made.close()
    finally:
        aiortc_settings.apply()


async def idles(page: Page, foot: str = "Your family can call you here") -> None:
    """The Komp is connected, and shows the time."""
    await expect(page.locator("#idle")).to_be_visible(timeout=10_000)
    await expect(page.locator("#time")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    await expect(page.locator("#idle-foot")).to_have_text(foot)


async def frames(page: Page) -> list[int]:
    """Numbers of the frames that the screen has shown, as stamps in them say."""
    return [int(one["frame"]) for one in await page.evaluate(STAMPS)]


async def sees_the_picture_move(page: Page, *, distinct: int = 8) -> list[int]:
    """Wait until so many different frames of the caller's were shown."""
    await expect(page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PICTURE_MS)
    for _ in range(100):
        seen = await frames(page)
        if len(set(seen)) >= distinct:
            return seen
        await page.wait_for_timeout(100)
    raise AssertionError("the stamps in the picture don't rise")


async def sees_the_komp(call: LiveCall, *, distinct: int = 8) -> None:
    """Wait until the caller has so many different frames of the Komp's."""
    async with asyncio.timeout(10):
        while (video := call.ends.figures().video) is None or video.distinct_frames < distinct:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def ended(call: LiveCall) -> None:
    async with asyncio.timeout(10):
        await call.reached(Step.ENDED)


async def shot(page: Page, name: str, *, full_page: bool = False) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=full_page)
