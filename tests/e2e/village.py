"""A coordinator that knows nobody yet, a Komp that moves in, and phones that register, pages or headless ones."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

import aiohttp
from playwright.async_api import Page, expect

from client_sim import aiortc_settings
from client_sim.account import Account
from client_sim.asking import Asking
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.identity import Identity
from client_sim.manner import Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.keyring import new_ring
from client_sim.sealed.pairing_code import PairingCode, read_pairing_link
from client_sim.settling import PHONES
from signalling.protocol.proof import base64url
from tests.e2e.square_reader import read_square

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
