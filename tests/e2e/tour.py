"""Through the pages as their users go, with a stop in every view: what pictures in the docs and some tests look at.

Whoever goes along (`Look`) is called at each stop with the page, its name and the view's. It may take its time, within
a ring's ten seconds, and change nothing but the language, which it puts back.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Page, expect

from client_sim import aiortc_settings
from client_sim.control.words import Eyes
from client_sim.ends import live_ends
from client_sim.house import BROWSER, TERMINAL, House, open_house
from client_sim.household import Household, Member, make_household
from client_sim.link import fragment
from client_sim.sealed.links import How
from client_sim.student import StudentApp
from signalling.protocol import PartyKind, PresenceState
from tests.e2e.classroom import Classroom
from tests.e2e.hours import NOON, zone_at
from tests.e2e.kiosk import PICTURE_MS, calls, ended, home

Look = Callable[[Page, str, str], Awaitable[None]]

COUNTDOWN_SECONDS: Final = 12.0
KOMP: Final = "Grandmother's Komp"
CALLER: Final = "Astrid"
ROBOT: Final = "Robot 7"
ROOMS: Final = (
    ("circle", ".circle-open", "#circle-members li"),
    ("send", ".of-contact .button:not(.primary)", "#send-heading"),
    ("oneself", "#open-oneself", "#own-devices li"),
    ("check", "#check-open", "#check-picture"),
)
"""A room, the way to it, and what stands there once it is furnished."""
HAS_PICTURE: Final = re.compile("has-picture")
SETTLED_MS: Final = 600
"""So long a picture that has come is let move before it is looked at."""


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """Whose Komp the family page calls."""
    aiortc_settings.apply(loopback_only=True)
    try:
        async with open_house(countdown_seconds=COUNTDOWN_SECONDS) as one:
            yield one
    finally:
        aiortc_settings.apply()


def household(how: How) -> Household:
    """A Komp, and one who calls it."""
    members = (Member(KOMP, PartyKind.KOMP), Member(CALLER, PartyKind.PERSON, (KOMP,)))
    return make_household(members, how=how)


async def through_family(page: Page, there: House, look: Look) -> None:
    """A stranger's browser, then a linked one: whom it may call, ring, picture, end."""
    await page.goto(f"{there.coordinator.origin}/family")
    await expect(page.locator("#arrive")).to_be_visible()
    await look(page, "family", "arrive")
    await page.goto("about:blank")
    await page.goto(f"{there.coordinator.origin}/family#link={fragment(there.household.links[BROWSER])}")
    await expect(page.locator("#contacts .presence.online")).to_be_visible()
    await look(page, "family", "people")
    await page.locator("#contacts .contact .button.primary").first.click()
    await expect(page.locator("#dial-seconds")).not_to_be_empty()
    await expect(page.locator("#own")).to_be_visible()
    await look(page, "family", "ringing")
    await expect(page.locator("#call")).to_have_class(HAS_PICTURE, timeout=PICTURE_MS)
    await page.wait_for_timeout(SETTLED_MS)
    await look(page, "family", "call")
    await page.locator("#hang-up").click()
    await expect(page.locator("#after-erased")).to_be_visible()
    await look(page, "family", "after")


async def through_rooms(page: Page, there: House, look: Look) -> None:
    """What else a linked page has: a Komp's people, a picture to send, oneself, the try, and a relative's ring."""
    await page.goto(f"{there.coordinator.origin}/family#link={fragment(there.household.links[BROWSER])}")
    await expect(page.locator("#contacts .presence.online")).to_be_visible()
    for view, way, settled in ROOMS:
        await page.locator(way).first.click()
        await expect(page.locator(settled).first).to_be_visible()
        await look(page, "family", view)
        await page.locator(f"#{view}-back, #{view}-done").and_(page.locator(":visible")).first.click()
        await expect(page.locator("#people")).to_be_visible()
    browser = page.context.browser
    assert browser is not None
    context = await browser.new_context(locale="en-GB", timezone_id=zone_at(NOON))
    cousin = await context.new_page()
    await cousin.goto(f"{there.coordinator.origin}/family#link={fragment(there.household.links[TERMINAL])}")
    await cousin.locator("#relatives .presence.online").wait_for()
    await cousin.locator("#relatives .contact .button").first.click()
    await expect(page.locator("#ring")).to_be_visible()
    await look(page, "family", "ring")
    await context.close()


async def through_komp(page: Page, language: str, look: Look) -> None:
    """A Komp that isn't set up, then one that is: clock, square, ring, picture, end, and turned off."""
    async with home(household=household(How.QR)) as there:
        await page.goto(f"{there.coordinator.origin}/komp?lang={language}")
        await expect(page.locator("#notice")).to_be_visible()
        await look(page, "komp", "notice")
        await page.goto("about:blank")
        await page.goto(there.address(lang=language, countdown="3"))
        await expect(page.locator("#idle")).to_be_visible()
        await expect(page.locator("#idle-foot")).not_to_be_empty()
        await look(page, "komp", "idle")
        await page.keyboard.press("p")
        await expect(page.locator("#pair")).to_be_visible()
        await look(page, "komp", "pair")
        await page.keyboard.press("p")
        call = calls(await there.phone(CALLER))
        await expect(page.locator("#ring")).to_be_visible()
        await look(page, "komp", "ring")
        await expect(page.locator("#call")).to_have_class(HAS_PICTURE, timeout=PICTURE_MS)
        await expect(page.locator("#own")).to_be_visible()
        await page.wait_for_timeout(SETTLED_MS)
        await look(page, "komp", "call")
        call.stop()
        await expect(page.locator("#after")).to_be_visible()
        await look(page, "komp", "after")
        await page.keyboard.press("o")
        await expect(page.locator("#off")).to_be_visible()
        await look(page, "komp", "off")
        await ended(call)


async def to_the_knob(page: Page, language: str, look: Look) -> None:
    """The ring of somebody whose keys nobody has confirmed."""
    async with home(household=household(How.INTRODUCED)) as there:
        await page.goto(there.address(lang=language))
        await expect(page.locator("#idle-foot")).not_to_be_empty()
        call = calls(await there.phone(CALLER))
        await expect(page.locator("#ring-knob")).to_be_visible()
        await look(page, "komp", "knob")
        call.stop()
        await ended(call)


async def through_class(page: Page, room: Classroom, look: Look) -> None:
    """Keyword, code, robot, classroom, end."""
    await page.goto(room.page())
    await expect(page.locator("#keyword")).to_be_visible()
    await look(page, "student", "keyword")
    await room.comes_in(page, await room.keyword(), query="")
    await expect(page.locator("#code-picture svg")).to_be_visible()
    await look(page, "student", "code")
    await room.shows_its_code(page)
    await expect(page.locator("#enter")).to_be_enabled()
    await look(page, "student", "ready")
    await room.enters(page)
    await page.wait_for_timeout(SETTLED_MS)
    await look(page, "student", "class")
    await page.locator("#leave").click()
    await expect(page.locator("#after-erased")).to_be_visible()
    await look(page, "student", "after")


async def through_robot(page: Page, language: str, look: Look) -> None:
    """A robot that isn't set up, then one that is: alone, visited, a raised hand, alone again."""
    members = (Member(ROBOT, PartyKind.AV1), Member(CALLER, PartyKind.PERSON, (ROBOT,)))
    async with home(household=make_household(members)) as there:
        await page.goto(f"{there.coordinator.origin}/av1?lang={language}")
        await expect(page.locator("body")).to_have_attribute("data-view", "notice")
        await look(page, "av1", "notice")
        await page.goto("about:blank")
        link = fragment(there.household.links[ROBOT])
        await page.goto(f"{there.coordinator.origin}/av1?lang={language}#link={link}")
        await expect(page.locator("body")).to_have_attribute("data-view", "idle")
        await look(page, "av1", "idle")
        student = StudentApp(there.household.links[CALLER], there.around, live_ends("STUDENT"))
        await student.endpoint.start()
        (robot,) = student.endpoint.book.links
        await student.endpoint.sees(robot.endpoint, PresenceState.ONLINE)
        call = student.call(robot)
        await expect(page.locator("body")).to_have_attribute("data-view", "here", timeout=PICTURE_MS)
        student.choose(hand=True, eyes=Eyes.HAPPY)
        await expect(page.locator("#robot")).to_have_attribute("data-light", "hand")
        await look(page, "av1", "hand")
        call.stop()
        await ended(call)
        await expect(page.locator("#robot")).to_have_attribute("data-lit", "false")
        await look(page, "av1", "after")
        await student.endpoint.stop()


async def through_papers(page: Page, origin: str, look: Look) -> None:
    """The front door, one's own data, how they are handled."""
    await page.goto(f"{origin}/")
    await look(page, "index", "door")
    for name, view in (("my-data", "form"), ("privacy", "page")):
        await page.goto(f"{origin}/{name}")
        await look(page, name, view)
