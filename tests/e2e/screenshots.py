"""The pictures in docs/screens.md, taken anew: `make screens`, about a minute. Needs Debian's Chromium.

Real pages against the simulated house, by day whatever the hour. Tours go side by side, each a process of its own; one
that can't be gone to its end leaves the rest of its pictures as they were. It writes pictures, the README's too, and
that one page.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

import uvloop
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.e2e import tour
from tests.e2e.classroom import open_classroom
from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.e2e.eyes_and_hands import LANGUAGES, speak
from tests.e2e.hours import zone_at
from tests.e2e.palette import in_few_colours

DOCS: Final = Path(__file__).parents[2] / "docs"
IMAGES: Final = DOCS / "images"
TOUR_SECONDS: Final = 150.0
AT_ONCE: Final = 3
AFTERNOON: Final = 14
SCREEN: Final[ViewportSize] = {"width": 960, "height": 600}
PHONE: Final[ViewportSize] = {"width": 390, "height": 780}
DESK: Final[ViewportSize] = {"width": 1180, "height": 700}
"""A Komp stands in a room, a class wants a wide picture; the others are held in a hand."""
NAMES: Final = ("Svenska", "Norsk", "English")
SHOWN: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "The front door": {"index-door": "Where everybody goes in"},
        "The family page": {
            "family-people": "Who can be called, whether they can be reached, and what their keys are worth",
            "family-ringing": "It rings there; the countdown is the Komp's",
            "family-call": "The call",
            "family-ring": "A relative calls: somebody presses Answer",
            "family-circle": "Who may call a Komp, and who looks after it",
            "family-send": "A picture or a message for a Komp's screen",
            "family-check": "Camera and microphone, before the first call",
            "family-oneself": "Oneself, one's devices and data",
            "family-after": "Why it ended, and that nothing of it is left",
        },
        "The Komp": {
            "komp-idle": "Between calls",
            "komp-pair": "The square that lets somebody in",
            "komp-ring": "A ring that opens by itself",
            "komp-knob": "A ring that waits for the knob",
            "komp-call": "The call",
        },
        "In class": {
            "student-keyword": "A keyword is all that is needed",
            "student-code": "What the robot's camera must see",
            "student-ready": "Before the classroom",
            "student-class": "In class",
        },
        "The robot in a browser": {"av1-idle": "Nobody is here", "av1-hand": "A student is here, and raises a hand"},
        "One's own data": {"my-data-form": "The form", "privacy-page": "How data are handled"},
    }
)
"""What the page shows, under its headings; other stops of the tours are passed by."""


@asynccontextmanager
async def opened(browser: Browser, viewport: ViewportSize, language: str = "en") -> AsyncIterator[Page]:
    """A fresh profile's page."""
    zone = zone_at(AFTERNOON)
    context = await browser.new_context(viewport=viewport, locale=language, timezone_id=zone, reduced_motion="reduce")
    try:
        yield await context.new_page()
    finally:
        await context.close()


class Album:
    """Takes the pictures, one for each language where the page can change it."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def in_all(self, page: Page, name: str, view: str) -> None:
        """A `tour.Look`."""
        for language in LANGUAGES:
            await speak(page, language)
            await self.one(page, name, view, language)
        await speak(page, "en")
        if (name, view) == ("family", "call"):
            await self._for_the_readme(page)

    async def _for_the_readme(self, page: Page) -> None:
        await page.set_viewport_size(DESK)
        await page.wait_for_timeout(tour.SETTLED_MS)
        (IMAGES / "family-call.png").write_bytes(in_few_colours(await page.screenshot()))
        await page.set_viewport_size(PHONE)

    def in_one(self, language: str) -> tour.Look:
        """A `tour.Look` at a page that speaks one language."""

        async def look(page: Page, name: str, view: str) -> None:
            await self.one(page, name, view, language)

        return look

    async def paper(self, page: Page, name: str, view: str) -> None:
        """A `tour.Look` at a page whose language stands in its address, or that has a choice."""
        has_choice = await page.locator("#language").count() > 0
        for language in LANGUAGES:
            if has_choice:
                await speak(page, language)
            else:
                await page.goto(f"{page.url.partition('#')[0]}#{language}")
            await self.one(page, name, view, language)

    async def one(self, page: Page, name: str, view: str, language: str) -> None:
        if not any(f"{name}-{view}" in part for part in SHOWN.values()):
            return
        file = f"{name}-{view}-{language}.png"
        (IMAGES / file).write_bytes(in_few_colours(await page.screenshot()))
        self.taken.append(file)


Tour = Callable[[Browser, Album], Coroutine[None, None, None]]


async def family(browser: Browser, album: Album) -> None:
    async with tour.house() as there, opened(browser, PHONE) as page:
        await tour.through_papers(page, there.coordinator.origin, album.paper)
        await tour.through_family(page, there, album.in_all)
        await tour.through_rooms(page, there, album.in_all)


async def classroom(browser: Browser, album: Album) -> None:
    async with open_classroom() as room, opened(browser, SCREEN) as page:
        await tour.through_class(page, room, album.in_all)


def devices(language: str) -> Tour:
    """They speak the language that they were started in."""

    async def each(browser: Browser, album: Album) -> None:
        for way in (tour.through_komp, tour.to_the_knob, tour.through_robot):
            async with opened(browser, SCREEN, language) as page:
                await way(page, language, album.in_one(language))

    return each


TOURS: Final[Mapping[str, Tour]] = MappingProxyType(
    {"family": family, "classroom": classroom} | {f"devices-{language}": devices(language) for language in LANGUAGES}
)


def screens() -> str:
    """The page that shows them."""
    lines = [
        "# What the pages look like",
        "",
        "Taken by `make screens` from the real pages, against the simulated house; the moving pictures are test cards.",
    ]
    for heading, views in SHOWN.items():
        lines += ["", f"## {heading}"]
        for view, said in views.items():
            pictures = [f"![{said}](images/{view}-{language}.png)" for language in LANGUAGES]
            lines += ["", f"{said}:", "", f"| {' | '.join(NAMES)} |", "|---|---|---|", f"| {' | '.join(pictures)} |"]
    return "\n".join(lines) + "\n"


async def gone(name: str) -> None:
    """One tour, to its end."""
    album, began = Album(), time.monotonic()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        async with asyncio.timeout(TOUR_SECONDS):
            await TOURS[name](browser, album)
        await browser.close()
    print(f"{name:12} {len(album.taken):3} pictures, {time.monotonic() - began:.0f} s", flush=True)


async def all_gone() -> bool:
    """Every tour; whether each was gone to its end."""
    room = asyncio.Semaphore(AT_ONCE)

    async def go(name: str) -> int:
        async with room:
            process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.e2e.screenshots", name)
            return await process.wait()

    return not any(await asyncio.gather(*map(go, TOURS)))


def main() -> None:
    """Without a name all tours. Exit code 1 where one was not gone to its end; what it took stays."""
    if sys.argv[1:]:
        return uvloop.run(gone(sys.argv[1]))
    IMAGES.mkdir(exist_ok=True)
    is_whole = uvloop.run(all_gone())
    (DOCS / "screens.md").write_text(screens(), encoding="utf-8")
    sys.exit(0 if is_whole else 1)


if __name__ == "__main__":
    main()
