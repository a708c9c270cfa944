"""Sealed calls between the browser and a real Komp: proven, introduced, with new keys, or with a false certificate."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import msgspec
import pytest
from playwright.async_api import Page, expect

from client_sim import aiortc_settings
from client_sim.aiortc_settings import CallCertificate
from client_sim.certificates import Certificates
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.ends import live_ends
from client_sim.house import BROWSER, KOMP
from client_sim.household import Household, make_household
from client_sim.identity import Identity
from client_sim.komp import Komp
from client_sim.link import fragment
from client_sim.live_call import LiveCall
from client_sim.manner import Surroundings
from client_sim.sealed.keeping import Keeping
from client_sim.sealed.keyring import rotate
from client_sim.sealed.links import How
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.pairing_code import PairingCode, pairing_link
from client_sim.timeline import Mark, Step
from signalling.protocol import EndReason, PartyKind
from signalling.protocol.proof import base64url, from_base64url
from tests.e2e.test_family_call import press_call, see_the_picture_move, shots_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

MONTH_SECONDS = 31 * 86_400


@dataclass(repr=False)
class Street:
    """A coordinator, a browser's private link, and a Komp with the calls that it gets."""

    coordinator: Coordinator
    household: Household
    around: Surroundings
    calls: list[LiveCall] = field(default_factory=list)
    komps: list[Komp] = field(default_factory=list)

    async def komp(self, keeping: Keeping | None = None) -> Komp:
        komp = Komp(
            keeping or self.household.links[KOMP],
            self.around,
            live_ends("KOMP"),
            countdown_seconds=1.0,
            observe=self._observe,
        )
        self.komps.append(komp)
        await komp.endpoint.start()
        return komp

    def page(self, keeping: Keeping | None = None) -> str:
        return f"{self.coordinator.origin}/family?stamps#link={fragment(keeping or self.household.links[BROWSER])}"

    def _observe(self, call: LiveCall, _: Mark) -> None:
        if call not in self.calls:
            self.calls.append(call)


@asynccontextmanager
async def street(*, how: How = How.QR, certificates: Certificates | None = None) -> AsyncIterator[Street]:
    """A coordinator that runs, and who may come online there."""
    aiortc_settings.apply(loopback_only=True)
    household = make_household(how=how)
    try:
        async with running_coordinator(household.seed) as coordinator, aiohttp.ClientSession() as http:
            around = Surroundings(coordinator.origin, http, certificates=certificates or Certificates())
            made = Street(coordinator, household, around)
            try:
                yield made
            finally:
                await asyncio.gather(*(komp.endpoint.stop() for komp in made.komps))
    finally:
        aiortc_settings.apply()


async def moves(page: Page) -> None:
    await see_the_picture_move(page, distinct=5)


class FalseCertificates(Certificates):
    """Whoever sits in the middle: the description names one certificate, and DTLS shows another."""

    def take(self) -> CallCertificate:
        shown, named = super().take(), CallCertificate.generateCertificate()
        shown.getFingerprints = named.getFingerprints  # type: ignore[method-assign]
        return shown


async def test_a_false_certificate_ends_the_call_and_both_ends_are_told(page: Page) -> None:
    async with street(certificates=FalseCertificates()) as there:
        await there.komp()
        await page.goto(there.page())
        await press_call(page)
        await expect(page.locator("#after-heading")).to_have_text(
            "Stopped: it couldn’t be proven who is at the other end.", timeout=10_000
        )
        await expect(page.locator("#after-warning")).to_contain_text("No sound or picture reached whoever that was.")
        await shots_of(page, "sealed")("not-verified")
        (call,) = there.calls
        async with asyncio.timeout(5):
            await call.reached(Step.ENDED)
        assert call.reason is EndReason.PEER_NOT_VERIFIED
        assert not call.timeline.has(Step.FIRST_FRAME)
        await expect(page.get_by_text("The coordinator has erased the call.")).to_be_visible()


async def test_an_introduced_caller_is_seen_when_somebody_turns_the_knob(page: Page) -> None:
    async with street(how=How.INTRODUCED) as there:
        komp = await there.komp()
        await page.goto(there.page())
        await expect(page.locator("#contacts .presence")).to_have_text("Can be reached now")
        await shots_of(page, "sealed")("introduced")
        await press_call(page)
        await expect(page.locator("#call-state")).to_have_text("It rings. Somebody must turn the knob there.")
        await page.wait_for_timeout(1_500)
        (call,) = there.calls
        assert not call.accepted
        assert await page.locator("#marks .offered").count() == 0
        komp.turn_knob_a_step()
        await moves(page)


async def test_a_komp_with_a_newer_key_is_called_with_one_click_all_the_same(page: Page) -> None:
    async with street() as there:
        old = there.household.links[KOMP]
        now = time.time()
        ring = rotate(rotate(old.ring, now=now + MONTH_SECONDS), now=now + 2 * MONTH_SECONDS)
        await page.goto(there.page())
        await expect(page.locator("#connection")).to_have_text("Connected")
        await there.komp(msgspec.structs.replace(old, ring=ring))
        await press_call(page)
        await moves(page)
        assert [call.reason for call in there.calls] == [None]


async def test_a_code_from_the_komps_screen_pairs_the_browser_and_its_calls_are_answered(page: Page) -> None:
    async with street() as there:
        komp = await there.komp()
        endpoint, secret = komp.endpoint, secrets.token_bytes(16)
        code = PairingCode(
            base64url(secret), endpoint.identity.public_text, endpoint.book.keeping.party, PartyKind.KOMP, KOMP
        )

        async def consents(_: Introduction) -> bool:
            await komp.knob_turned()
            return True

        own = endpoint.book.introduction()
        showing = asyncio.create_task(endpoint.meetings.show(secret, own, consents=consents))
        nobody = msgspec.structs.replace(there.household.links[BROWSER], links=())
        await page.goto(there.page(nobody))
        await expect(page.locator("#people-note")).to_contain_text("There is nobody to call yet.")
        await page.goto("about:blank")
        await page.goto(pairing_link(there.coordinator.origin, code).replace("/family", "/family?stamps"))
        shot = shots_of(page, "sealed")
        await expect(page.locator("#pair-heading")).to_have_text(f"Pair with {KOMP}?")
        await shot("pair-1-asking")
        await page.get_by_role("button", name="Pair", exact=True).click()
        await expect(page.locator("#pair-heading")).to_have_text(f"Waiting for {KOMP}…")
        await asyncio.wait([showing], timeout=0.5)
        await shot("pair-3-waiting")
        komp.turn_knob_a_step()
        met = await showing
        assert met.identity == Identity(from_base64url(nobody.key)).public_text
        await expect(page.locator("#pair-heading")).to_have_text(f"Paired with {KOMP}")
        await shot("pair-2-paired")
        await page.get_by_role("button", name="Go on").click()
        await expect(page.locator(".keys")).to_have_text("Keys checked")
        await press_call(page)
        await moves(page)
