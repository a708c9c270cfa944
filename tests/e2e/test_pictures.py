"""A picture from a family's browser to a Komp: what is seen and no more, for its time, and gone when it must be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, BrowserContext, FilePayload, Locator, Page, Request, ViewportSize, expect

from client_sim import ceremonies
from client_sim.account import Account
from client_sim.link import fragment
from tests.e2e.hours import zone_at
from tests.e2e.kiosk import idles, shot
from tests.e2e.photograph import MAKER, PLACE, photograph
from tests.e2e.test_komp_screens import is_whole
from tests.e2e.village import NAME, Town, code_on, town

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

KEPT = """async () => {
  const { keptSelf } = await import("/sdk/keeping.js");
  const { Shelf } = await import("/komp/shelf.js");
  const shelf = await Shelf.of((await keptSelf()).identity.endpoint);
  const kept = await Promise.all((await shelf.labels()).map(({ post }) => shelf.content(post)));
  return kept.map((content) => String.fromCharCode(...content.subarray(0, 4096)));
}"""
"""What lies on the Komp's shelf; the beginning of each."""
PIXEL = """(at) => {
  const canvas = document.getElementById("slide-picture");
  const [x, y] = [Math.floor(at[0] * canvas.width), Math.floor(at[1] * canvas.height)];
  return [canvas.width, canvas.height, ...canvas.getContext("2d").getImageData(x, y, 1, 1).data.slice(0, 3)];
}"""
CUT = """async (texts) => {
  const { setWords } = await import("/family/greeting-look.js");
  const show = (id) => (document.getElementById(id).hidden = false);
  document.getElementById("notice").hidden = true;
  show("idle");
  document.getElementById("idle").dataset.slide = "message";
  document.getElementById("slide-from").textContent = "From somebody";
  document.getElementById("time").textContent = "22:44";
  const words = document.getElementById("slide-text");
  return texts.filter((text) => {
    setWords(words, text);
    return words.scrollHeight > words.clientHeight || words.scrollWidth > words.clientWidth;
  });
}"""
LONG = ("Hälsningar från oss alla vid sjön, där solen skiner och barnen badar. " * 8)[:500]
"""As much as a message holds."""
COTTAGE = (0.20, 0.79)
"""Where the photograph is red."""
RED = (168, 50, 40)
DIM = "rgb(180, 143, 90)"
"""The clock at night, when its screen may stand by a bed."""


@dataclass
class Kitchen:
    """A Komp's page, the family page of its first relative, and that relative's account."""

    komp: Page
    family: Page
    anna: Account
    party: str
    komps_party: str

    @property
    def idle(self) -> Locator:
        return self.komp.locator("#idle")

    async def sends_words(self, words: str) -> None:
        await self.family.get_by_role("radio", name="A message").check()
        await self.family.get_by_label("Your message").fill(words)
        await self.family.get_by_role("button", name="Send", exact=True).click()
        await expect(self.family.locator("#send-state")).to_contain_text("It is on its way.")

    async def sends_a_picture(self, caption: str) -> None:
        photo = FilePayload(name="IMG_0001.JPG", mimeType="image/jpeg", buffer=photograph())
        await self.family.locator("#send-file").set_input_files(files=[photo])
        await expect(self.family.locator("#send-preview")).to_be_visible()
        await self.family.get_by_label("A line below it").fill(caption)
        await shot(self.family, "send-picture", full_page=True)
        await self.family.get_by_role("button", name="Send", exact=True).click()
        await expect(self.family.locator("#send-state")).to_contain_text("It is on its way.")

    async def has_kept(self, count: int) -> None:
        """Wait until so many lie on its shelf; what is on its way doesn't heed a clock that is moved on."""
        async with asyncio.timeout(10):
            while len(await self.komp.evaluate(KEPT)) != count:
                await self.family.wait_for_timeout(50)

    async def shows(self, slide: str | None) -> None:
        """Wait until the screen shows a picture, words, or the clock alone; with a clock that is moved on."""
        for _ in range(40):
            if await self.idle.get_attribute("data-slide") == slide:
                return
            await self.komp.clock.run_for(1_000)
        raise AssertionError(f"the screen doesn't show {slide}")


@asynccontextmanager
async def kitchen(browser: Browser, there: Town) -> AsyncIterator[Kitchen]:
    """Anna has paired by the square on the screen; her phone goes on as a browser."""
    contexts: list[BrowserContext] = []
    try:
        komp = await opened(browser, contexts, hour=10)
        await komp.clock.install()
        await komp.goto(there.address(await there.set_up_code()).replace("countdown=1", "countdown=30"))
        anna = await there.phone("Anna")
        reading = asyncio.create_task(ceremonies.read_code(anna.endpoint, await code_on(komp)))
        await expect(komp.locator("#ask")).to_be_visible()
        await komp.keyboard.press("ArrowUp")
        met = await reading
        await expect(komp.locator("#after-heading")).to_have_text("Anna can call you now")
        await komp.clock.run_for(7_000)
        await idles(komp)
        await anna.endpoint.stop()
        there.phones.remove(anna)
        family = await opened(browser, contexts, hour=10)
        kept = anna.endpoint.book.keeping
        await family.goto(f"{there.coordinator.origin}/family#link={fragment(kept)}")
        await family.get_by_role("button", name=f"Send a picture or a message to {NAME}").click()
        asking = there.asking(anna.endpoint.identity)
        yield Kitchen(komp, family, Account(asking), kept.party, met.party)
    finally:
        for context in contexts:
            await context.close()


async def opened(browser: Browser, contexts: list[BrowserContext], *, hour: int) -> Page:
    context = await browser.new_context(
        locale="en-GB", viewport={"width": 1280, "height": 800}, timezone_id=zone_at(hour)
    )
    contexts.append(context)
    page = await context.new_page()
    page.on("pageerror", lambda problem: pytest.fail(f"the page threw: {problem}"))
    return page


async def test_a_picture_goes_from_a_phone_to_the_screen_and_down_again(browser: Browser) -> None:
    async with town() as there, kitchen(browser, there) as home:
        posted: list[Request] = []
        home.family.on("request", lambda one: posted.append(one) if one.url.endswith("/v1/posts") else None)
        await home.sends_a_picture("Midsommar vid sjön")
        await expect(home.idle).to_have_attribute("data-slide", "picture")
        await expect(home.komp.locator("#slide-from")).to_have_text("From Anna")
        await expect(home.komp.locator("#slide-caption")).to_have_text("Midsommar vid sjön")
        await expect(home.komp.locator("#time")).to_be_visible()
        width, height, *colour = await home.komp.evaluate(PIXEL, COTTAGE)
        assert (width, height) == (1920, 1200)
        await is_whole(home.komp, "idle-picture")
        assert all(abs(seen - drawn) < 30 for seen, drawn in zip(colour, RED, strict=True))

        (kept,) = await home.komp.evaluate(KEPT)
        assert "Midsommar" in kept
        assert all(mark.decode() not in kept for mark in (PLACE, MAKER, b"Exif"))
        (sent,) = [one for one in posted if one.method == "POST"]
        assert sent.post_data_buffer is not None
        assert all(mark not in sent.post_data_buffer for mark in (PLACE, MAKER, b"Exif", b"Midsommar", b"JFIF"))

        await home.komp.reload()
        await expect(home.idle).to_have_attribute("data-slide", "picture")

        await shot(home.family, "send-sent")
        await home.family.get_by_role("button", name="Take down: “Midsommar vid sjön”").click()
        await expect(home.idle).not_to_have_attribute("data-slide", "picture")
        await home.has_kept(0)
        await expect(home.family.locator("#sent")).to_be_hidden()

        await home.family.get_by_label("Each time for").fill("60")
        await home.sends_words(LONG)
        await expect(home.idle).to_have_attribute("data-slide", "message")
        await is_whole(home.komp, "idle-message")
        await home.anna.reset(home.komps_party)
        await expect(home.komp.locator("#notice-heading")).to_have_text("This Komp isn’t known here any more")
        await expect(home.idle).to_be_hidden()
        await home.has_kept(0)


async def test_pictures_and_words_take_turns_until_their_time_is_over_and_rest_at_night(browser: Browser) -> None:
    async with town() as there, kitchen(browser, there) as home:
        await home.sends_words("Vi kommer på söndag!\nKram")
        await expect(home.idle).to_have_attribute("data-slide", "message")
        await expect(home.komp.locator("#slide-text")).to_have_text("Vi kommer på söndag! Kram")
        await shot(home.family, "send-message")
        await home.sends_a_picture("Sjön")
        await home.has_kept(2)
        for slide in ("picture", None, "message", "picture"):
            await home.shows(slide)

        # A ring comes at once, and nothing of the picture stays behind it.
        await home.family.get_by_role("button", name="Back").click()
        await home.family.get_by_role("button", name=f"Call {NAME}").click()
        await expect(home.komp.locator("#ring-name")).to_have_text("Anna")
        assert await home.komp.evaluate("document.getElementById('slide-picture').width") == 1
        await home.family.get_by_role("button", name="Stop ringing").click()
        await expect(home.komp.locator("#after")).to_be_visible()
        await home.komp.clock.run_for(7_000)
        await home.shows("message")

        await home.komp.clock.fast_forward("12:00:00")
        for _ in range(35):  # a whole round, if there were one
            await home.komp.clock.run_for(1_000)
            assert await home.idle.get_attribute("data-slide") is None
        await expect(home.komp.locator("#time")).to_have_css("color", DIM)
        await home.komp.clock.fast_forward("10:00:00")
        await home.shows("message")
        await home.komp.clock.fast_forward((6 * 24 + 3) * 3_600_000)
        await home.komp.clock.run_for(1_000)
        assert await home.idle.get_attribute("data-slide") is None
        await home.has_kept(0)


async def test_what_is_of_who_has_left_goes_at_once_and_nothing_more_of_theirs_is_taken(browser: Browser) -> None:
    async with town() as there, kitchen(browser, there) as home:
        await home.sends_words("Hej!")
        await expect(home.idle).to_have_attribute("data-slide", "message")
        await home.anna.remove_member(home.komps_party, home.party)
        await expect(home.idle).not_to_have_attribute("data-slide", "message")
        await home.has_kept(0)
        await home.family.get_by_role("radio", name="A message").check()
        await home.family.get_by_label("Your message").fill("Hej igen!")
        await home.family.get_by_role("button", name="Send", exact=True).click()
        await expect(home.family.locator("#send-state")).to_contain_text("You can’t send there.")
        await expect(home.family.get_by_role("button", name="Take down: “Hej igen!”")).to_be_hidden()


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, {"width": 1920, "height": 1080}])
async def test_words_of_any_length_stand_whole_on_the_screen(page: Page, origin: str, viewport: ViewportSize) -> None:
    await page.set_viewport_size(viewport)
    await page.goto(f"{origin}/komp?lang=en")
    await expect(page.locator("#notice")).to_be_visible()
    texts = [
        *(LONG[:length] for length in (1, 40, 64, 65, 150, 151, 306, 307, 500)),
        "\n".join("abcdefghi"),
        "\n\n".join(["En hälsning på flera rader"] * 12),
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "Å" * 500,
    ]
    cut = await page.evaluate(CUT, texts)
    assert cut == []
