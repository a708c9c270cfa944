"""The family page in Chromium as the caller, behind the hostile middle: what it does, and what it shows."""

import re

from playwright.async_api import Page, WebSocket, expect

from client_sim.link import fragment
from tests.hostile.middle import digest
from tests.hostile.stage import APP, KOMP, Stage

PICTURE_MS = 15_000


class CallerPage:
    """One page. Every text frame that its sockets take is counted for its endpoint."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page = page
        self._stage = stage
        self._heard = stage.ears.heard[stage.id_of(APP)]
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._frame)

    def _frame(self, frame: str | bytes) -> None:
        self._heard[digest(frame.encode() if isinstance(frame, str) else frame)] += 1

    async def open(self, listed: str = "#contacts") -> None:
        """Open the page as the grandchild, and wait until whoever stands in that list can be called."""
        await self.page.goto(f"{self._stage.around.origin}/family#link={fragment(self._stage.household.links[APP])}")
        await expect(self.page.locator(f"{listed} .presence")).to_have_text("Can be reached now")

    async def press_call(self, whom: str = KOMP) -> None:
        """Call them."""
        await self.page.get_by_role("button", name=f"Call {whom}", exact=True).click()

    async def sees_the_picture(self) -> None:
        """Wait for the other end's picture."""
        await expect(self.page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PICTURE_MS)
        self._stage.seen_by_pages.add("caller")

    async def sees_nothing(self) -> None:
        """There is no picture, and the page doesn't even hold one."""
        assert await self.page.evaluate("document.getElementById('remote').srcObject") is None
        await expect(self.page.locator("#call")).not_to_have_class(re.compile("has-picture"))

    async def ends(self, words: str | re.Pattern[str]) -> None:
        """Wait until it says why the call is over, and note it."""
        heading = self.page.locator("#after-heading")
        await expect(heading).to_have_text(words, timeout=PICTURE_MS)
        self._stage.shown.add(f"page: “{await heading.text_content()}”")

    async def warns(self) -> None:
        """It says aloud that something is wrong with the other end's keys."""
        await expect(self.page.locator("#after-warning")).to_be_visible()
        self._stage.shown.add("page warns")
