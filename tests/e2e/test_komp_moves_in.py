"""A browser becomes a Komp by its set-up code, and comes to know people by a square on its screen and its knob."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

import aiohttp
import pytest
from playwright.async_api import Page, expect

from client_sim import aiortc_settings, ceremonies
from client_sim.account import Account
from client_sim.asking import Asking
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.identity import Identity
from client_sim.letters import Letters
from client_sim.manner import Surroundings
from client_sim.meetings import MeetingError
from client_sim.post_box import PostBox
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.keyring import new_ring
from client_sim.sealed.links import How, Who, introduce
from client_sim.sealed.pairing_code import PairingCode, read_pairing_link
from client_sim.settling import PHONES
from client_sim.timeline import Step
from signalling.protocol import PartyKind, api
from signalling.protocol.proof import base64url
from tests.e2e.kiosk import calls, ended, idles, sees_the_komp, sees_the_picture_move
from tests.e2e.square_reader import read_square

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PHONE_3 = "+46701740607"
"""Of the same range, set aside for fiction."""
NAME = "Grandma’s Komp"
CELLS = """() => {
  const square = document.getElementById("square");
  const { data, width } = square.getContext("2d").getImageData(0, 0, square.width, square.height);
  const at = [...Array(width / 8).keys()].map((cell) => cell * 8 + 4);
  return at.map((y) => at.map((x) => data[4 * (y * width + x)] < 128));
}"""


@dataclass(repr=False)
class Town:
    """A coordinator that knows nobody yet."""

    coordinator: Coordinator
    around: Surroundings
    phones: list[FamilyApp] = field(default_factory=list)

    async def set_up_code(self) -> str:
        """What the operator prints for a new Komp."""
        customer = await self.coordinator.operate("customers", "add", "--name", "The household")
        said = await self.coordinator.operate(
            "devices", "add", "--kind", "komp", "--customer", customer, "--name", "Komp 1"
        )
        return said.rpartition(" ")[2]

    def address(self, code: str) -> str:
        return f"{self.coordinator.origin}/komp?lang=en&countdown=1&stamps#enrol={code}&name={quote(NAME)}"

    def asking(self, identity: Identity) -> Asking:
        return Asking(identity, origin=self.around.origin, http=self.around.http)

    async def phone(self, name: str, *, number: str = PHONES[0], invitation: str | None = None) -> FamilyApp:
        """Somebody registers, and has the app open."""
        identity = Identity()
        account = Account(self.asking(identity))
        await account.ask_code(number)
        number, code = await self.coordinator.texts.get()
        came = await account.register(number, code, name=name, invitation=invitation)
        kept = Keeping(base64url(identity.seed), came.party, name, new_ring(now=time.time()))
        app = FamilyApp(kept, self.around, live_ends("FAMILY"))
        self.phones.append(app)
        await app.endpoint.start()
        return app


@asynccontextmanager
async def town() -> AsyncIterator[Town]:
    aiortc_settings.apply(loopback_only=True)
    try:
        async with running_coordinator() as coordinator, aiohttp.ClientSession() as http:
            made = Town(coordinator, Surroundings(coordinator.origin, http))
            try:
                yield made
            finally:
                await asyncio.gather(*(phone.endpoint.stop() for phone in made.phones))
    finally:
        aiortc_settings.apply()


async def code_on(page: Page) -> PairingCode:
    """What a phone's camera reads off the screen."""
    await expect(page.locator("#pair-heading")).to_have_text("Let somebody call you")
    return read_pairing_link(read_square(await page.evaluate(CELLS)))


async def test_a_new_komp_moves_in_lets_somebody_in_by_its_knob_and_takes_their_call(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    async with town() as there:
        await page.goto(there.address(await there.set_up_code()))
        code = await code_on(page)
        assert page.url.endswith("/komp?lang=en&countdown=1&stamps")
        assert code.name == NAME

        phone = await there.phone("Anna")
        reading = asyncio.create_task(ceremonies.read_code(phone.endpoint, code))
        await expect(page.locator("#ask-heading")).to_have_text("Turn the knob one step to let them in")
        assert not reading.done()
        await page.keyboard.press("ArrowUp")
        met = await reading
        assert (met.name, met.how) == (NAME, How.QR)
        await expect(page.locator("#after-heading")).to_have_text("Anna can call you now")

        call = calls(phone)
        await expect(page.locator("#ring-name")).to_have_text("Anna")
        await sees_the_picture_move(page, distinct=3)
        await sees_the_komp(call, distinct=3)
        call.stop()
        await ended(call)
        assert not any(code.secret in one for one in asked)

        # The same address each morning: the code was used, and the Komp is who it was.
        await page.goto("about:blank")
        await page.goto(there.address("used-used-used"))
        await idles(page)


async def test_a_relative_far_away_comes_by_a_secret_link_and_another_by_a_vouchers_word(page: Page) -> None:
    async with town() as there:
        await page.goto(there.address(await there.set_up_code()).replace("countdown=1", "countdown=30"))
        anna = await there.phone("Anna")
        reading = asyncio.create_task(ceremonies.read_code(anna.endpoint, await code_on(page)))
        await expect(page.locator("#ask")).to_be_visible()
        await page.keyboard.press("ArrowUp")
        komp = await reading
        await expect(page.locator("#after-heading")).to_have_text("Anna can call you now")
        asking = there.asking(anna.endpoint.identity)
        letters = Letters(anna.endpoint.book, PostBox(asking))

        asked = api.InvitationRequest(role="user", side="family")
        invitation = (await Account(asking).invite(komp.party, asked)).code
        secret = await ceremonies.expect(letters, komp, "Bo", now=time.time())
        bo = await there.phone("Bo", number=PHONES[1], invitation=invitation)
        await ceremonies.read_code(bo.endpoint, secret, how=How.SECRET_LINK)
        await taken_by_itself(page, bo, "Bo")

        invitation = (await Account(asking).invite(komp.party, asked)).code
        cleo = await there.phone("Cleo", number=PHONE_3, invitation=invitation)
        cleo.endpoint.book.put(bo.endpoint.book.links[0])
        call = calls(cleo)
        await expect(page.locator("#ring-next")).to_have_text("Turn the knob one step to answer")
        call.stop()
        await ended(call)
        kept = cleo.endpoint.book
        who = Who(kept.keeping.party, "Cleo", PartyKind.PERSON)
        await ceremonies.vouch(letters, komp, introduce(who, kept.introduction()))
        await taken_by_itself(page, cleo, "Cleo")


async def taken_by_itself(page: Page, phone: FamilyApp, name: str) -> None:
    """The Komp counts down for that phone: nobody needs to turn anything. A letter to the Komp may still be read."""
    for _ in range(10):
        call = calls(phone)
        mark = await call.reached(Step.RINGING, Step.ENDED)
        if mark.answers_in_ms is not None:
            await expect(page.locator("#ring-name")).to_have_text(name)
            await expect(page.locator("#dial")).to_be_visible()
        call.stop()
        await ended(call)
        if mark.answers_in_ms is not None:
            return
    raise AssertionError("it waits for the knob")


async def test_nobody_gets_in_without_the_knob_and_a_shut_door_tells_the_phone(page: Page) -> None:
    async with town() as there:
        await page.goto(there.address(await there.set_up_code()))
        code = await code_on(page)
        phone = await there.phone("Anna")
        reading = asyncio.create_task(ceremonies.read_code(phone.endpoint, code, seconds=3))
        await expect(page.locator("#ask")).to_be_visible()
        await page.keyboard.press("o")
        await expect(page.locator("#off")).to_be_visible()
        with pytest.raises(MeetingError):
            await reading
        await page.keyboard.press("o")
        assert (await code_on(page)).secret != code.secret


async def test_a_browser_that_is_nobody_says_so_and_so_does_a_code_that_was_used(page: Page) -> None:
    async with town() as there:
        await page.goto(f"{there.coordinator.origin}/komp?lang=en")
        await expect(page.locator("#notice-heading")).to_have_text("This Komp isn’t set up yet")
        await page.goto("about:blank")
        await page.goto(there.address("wrong-wrong-wrong"))
        await expect(page.locator("#notice-heading")).to_have_text("The set-up code doesn’t work")
        await page.goto("about:blank")
        await page.goto(f"{there.coordinator.origin}/komp?lang=sv#link=damaged")
        await expect(page.locator("#notice-heading")).to_have_text("Adressen fungerar inte")
