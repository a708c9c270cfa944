"""A classroom for the tests of the student's page: the real coordinator with a store, a robot online, keywords."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from playwright.async_api import Page, expect

from client_sim import aiortc_settings
from client_sim.av1 import Av1
from client_sim.control.words import Said
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.ends import live_ends
from client_sim.live_call import LiveCall
from client_sim.manner import Surroundings
from client_sim.sealed.pairing_code import read_pairing_link
from client_sim.settling import enrolled
from client_sim.timeline import Mark
from signalling.protocol import PartyKind

ROBOT = "Robot 7"
PIN = "2468"
BY_STAFF = ("--operator", "Staff One", "--purpose", "support")
CODE = "async () => (await import('/student/code.js')).contentShown()"


class HeardAv1(Av1):
    """A robot that tells the test what the student does."""

    def __init__(self, *told: object, heard: list[Said], **more: object) -> None:
        super().__init__(*told, **more)  # type: ignore[arg-type]
        self._heard = heard

    def overheard(self, call: LiveCall, word: Said) -> None:
        self._heard.append(word)
        super().overheard(call, word)


@dataclass(repr=False)
class Classroom:
    """What runs, and what the robot was told in its calls."""

    coordinator: Coordinator
    around: Surroundings
    customer: str
    av1: HeardAv1
    heard: list[Said]
    calls: list[LiveCall] = field(default_factory=list)

    async def keyword(self) -> str:
        """A new one; it cuts off whoever came by the last."""
        party = self.av1.endpoint.book.keeping.party
        said = await self.coordinator.operate("keywords", "new", "--device", party)
        return said.removeprefix("keyword ")

    async def another_robot(self) -> Av1:
        """One of another class of the same school, online."""
        newcomer, party = await enrolled(self.coordinator, self.around, self.customer, PartyKind.AV1, "Robot 8")
        av1 = Av1(newcomer.keeping(party, "Robot 8"), self.around, live_ends("AV1"))
        await av1.endpoint.start()
        return av1

    async def unblocks(self) -> None:
        """Somebody at school has seen to it, and the robot has heard so."""
        await self.coordinator.operate("devices", "unblock", *BY_STAFF, self.av1.endpoint.book.keeping.party)
        await until(lambda: not self.av1.standing.is_blocked, seconds=10)

    def page(self, query: str = "") -> str:
        return f"{self.coordinator.origin}/student{query}"

    async def comes_in(self, page: Page, keyword: str, *, query: str = "?stamps") -> None:
        """Keyword and PIN, and nothing else."""
        await page.goto(self.page(query))
        await page.get_by_label("Keyword", exact=True).fill(keyword)
        await page.get_by_role("button", name="Come in").click()
        await expect(page.get_by_role("heading", name="Choose a PIN")).to_be_visible()
        await page.get_by_label("PIN, four digits").and_(page.locator("#choose-field")).fill(PIN)
        await page.get_by_label("The same PIN once more").fill(PIN)
        await page.get_by_role("button", name="Keep this PIN").click()

    async def shows_its_code(self, page: Page) -> None:
        """The robot's camera sees what is on the page."""
        await expect(page.locator("#code-state")).to_have_text(f"Waiting for {ROBOT} to see the code…")
        await self.av1.see(read_pairing_link(await page.evaluate(CODE)))
        await expect(page.get_by_role("heading", name="Go to class")).to_be_visible()

    async def enters(self, page: Page, button: str = "Enter the classroom") -> LiveCall:
        """The student sees the classroom."""
        await page.get_by_role("button", name=button).click()
        await expect(page.locator("#call.has-picture")).to_be_visible(timeout=15_000)
        await expect(page.locator("#robot")).to_have_attribute("data-lit", "true", timeout=5_000)
        return self.calls[-1]

    async def visit(self, page: Page) -> LiveCall:
        """From a fresh browser to the classroom."""
        self.heard.clear()
        await self.comes_in(page, await self.keyword())
        await self.shows_its_code(page)
        return await self.enters(page)


@asynccontextmanager
async def open_classroom() -> AsyncIterator[Classroom]:
    """A coordinator with a store, and the robot of one class, online."""
    aiortc_settings.apply(loopback_only=True)
    heard: list[Said] = []
    calls: list[LiveCall] = []

    def observe(call: LiveCall, _: Mark) -> None:
        if call not in calls:
            calls.append(call)

    try:
        async with running_coordinator() as coordinator, aiohttp.ClientSession() as http:
            around = Surroundings(coordinator.origin, http)
            customer = await coordinator.operate("customers", "add", "--name", "The school")
            newcomer, party = await enrolled(coordinator, around, customer, PartyKind.AV1, ROBOT)
            av1 = HeardAv1(newcomer.keeping(party, ROBOT), around, live_ends("AV1"), observe=observe, heard=heard)
            await av1.endpoint.start()
            try:
                yield Classroom(coordinator, around, customer, av1, heard, calls)
            finally:
                await av1.endpoint.stop()
    finally:
        aiortc_settings.apply()


async def until(holds: object, *, seconds: float = 5.0) -> None:
    """Wait until a predicate holds."""
    assert callable(holds)
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.02)
