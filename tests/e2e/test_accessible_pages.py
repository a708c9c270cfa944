"""Every view of every page, for those who see, hear or press otherwise: WCAG 2.2 A and AA and axe's good practice.

Each view is brought out as it stands in the page, with words where the page would say something; what a call shows is
looked at in calls (tests.e2e.test_accessible_calls).
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from client_sim.coordinator import running_coordinator
from tests.e2e.eyes_and_hands import LANGUAGES, axe_finds, moves, speak, sticks_out, tab_misses, too_small
from tests.e2e.hours import NIGHT, zone_at

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PAGES = Path(__file__).parents[2] / "signalling" / "pages"
WRITTEN = sorted("" if page.stem == "index" else page.stem for page in PAGES.glob("*.html"))
MADE = ["my-data", "privacy"]
"""Pages that the coordinator makes itself."""
VIEWS = "[...document.querySelectorAll('main > section.view')].map(({ id }) => id)"
BRING_OUT = """(view) => {
  document.body.dataset.view = view;
  for (const one of document.querySelectorAll("main > section.view")) one.hidden = one.id !== view;
  const section = document.getElementById(view);
  for (const one of section.querySelectorAll("[hidden]")) one.hidden = false;
  for (const one of section.querySelectorAll("h1, h2, h3, p, button, span, summary, li:not(:has(*))")) {
    const isSilent = !one.firstElementChild && !one.textContent.trim() && !one.closest("[aria-hidden]");
    if (isSilent) one.textContent = one.matches("h1, h2, h3, p") ? `Of ${"Anna".repeat(15)}` : "Words of the page";
  }
  for (const list of section.querySelectorAll("ul:empty, ol:empty")) list.innerHTML = "<li>One</li><li>Two</li>";
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def origin() -> AsyncIterator[str]:
    """A coordinator that serves the pages to a stranger."""
    async with running_coordinator() as coordinator:
        yield coordinator.origin


@pytest.mark.parametrize("name", WRITTEN + MADE)
async def test_every_view_is_for_everybody(page: Page, origin: str, name: str) -> None:
    await page.goto(f"{origin}/{name}")
    await expect(page.locator("body")).not_to_have_attribute("data-view", "starting")
    faults: list[str] = []
    for view in await page.evaluate(VIEWS) or [""]:
        if view:
            await page.evaluate(BRING_OUT, view)
        found = [*await axe_finds(page), *await tab_misses(page), *await moves(page), *await too_small(page)]
        for language in LANGUAGES:
            await speak(page, language)
            if view:
                await page.evaluate(BRING_OUT, view)
            found += [f"{language}: {one}" for one in await sticks_out(page)]
        faults += [f"{view}: {one}" for one in found]
    assert not faults, "\n".join(dict.fromkeys(faults))


async def test_every_view_of_a_komp_can_be_read_at_night_too(browser: Browser, origin: str) -> None:
    context = await browser.new_context(locale="en-GB", timezone_id=zone_at(NIGHT))
    page = await context.new_page()
    await page.goto(f"{origin}/komp")
    await expect(page.locator("html")).to_have_attribute("data-hours", "night")
    faults: list[str] = []
    for view in await page.evaluate(VIEWS):
        await page.evaluate(BRING_OUT, view)
        faults += [f"{view}: {one}" for one in await axe_finds(page)]
    await context.close()
    assert not faults, "\n".join(dict.fromkeys(faults))


FLAWS = {
    "a button that has no name": ("<button class='button'></button>", "button-name"),
    "grey on white": ("<p data-style='color: #999; background: #fff'>Grey on white</p>", "color-contrast"),
    "a control that Tab passes by": (
        "<button class='button' tabindex='-1'>Pressed by a mouse alone</button>",
        "Pressed",
    ),
    "a control on which the focus isn't seen": ("<a href='/' data-style='outline: none'>Unseen</a>", "Unseen"),
    "what is wider than a phone": ("<p data-style='width: 330px'>Wide</p>", "ends at"),
    "what a finger misses": ("<button class='button' data-style='min-height: 30px; padding: 0'>Tiny</button>", "Tiny"),
    "what moves on and on": ("<p class='moves'>Moves</p>", "moves"),
}
PUT_IN = """(flaw) => {
  document.querySelector("main").insertAdjacentHTML("beforeend", flaw);
  for (const one of document.querySelectorAll("[data-style]")) one.style.cssText = one.dataset.style;
  for (const one of document.querySelectorAll(".moves")) {
    one.animate([{ opacity: 1 }, { opacity: 0.9 }], { duration: 1000, iterations: Infinity });
  }
}"""


@pytest.mark.parametrize("flaw", FLAWS)
async def test_a_flaw_in_a_page_is_found(page: Page, origin: str, flaw: str) -> None:
    html, named = FLAWS[flaw]
    await page.goto(f"{origin}/withdraw")
    await page.evaluate(PUT_IN, html)
    found = [*await axe_finds(page), *await tab_misses(page), *await moves(page), *await sticks_out(page)]
    found += await too_small(page)
    assert any(named in one for one in found)
