"""Pairing in the page: a code from a screen is asked about, met at the rendezvous, kept, and gone from the address."""

import asyncio
import re
import secrets
from typing import Literal

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from client_sim.sealed.links import How
from client_sim.sealed.pairing import Pairing
from client_sim.sealed.pairing_code import PairingCode, pairing_link
from signalling.protocol.messages import CallInvite, PairBox, PairOpen, PresenceWatch
from signalling.protocol.proof import base64url
from tests.e2e.household import Device, Grandchild, komp
from tests.e2e.komp import ScriptedKomp
from tests.e2e.site import Coordinator
from tests.e2e.test_family_call import fits, shots_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

NAME = "Grandma’s Komp"
HEADING = "#pair-heading"


def code_of(device: Device, secret: bytes) -> PairingCode:
    who = device.who
    return PairingCode(base64url(secret), device.identity.public_text, who.party, who.kind, who.name)


class Meeting:
    """A linked browser that opens a code, and the end that showed it."""

    def __init__(self, page: Page, origin: str, coordinator: Coordinator) -> None:
        self.page = page
        self.origin = origin
        self.coordinator = coordinator
        self.grandchild = Grandchild()
        self.komp = komp()
        self.secret = secrets.token_bytes(16)
        self.link = pairing_link(origin, code_of(self.komp, self.secret))

    async def is_asked(self, *, how: How | None = None) -> web.WebSocketResponse:
        """Link the browser, to somebody or nobody, then open the code in it."""
        known = [] if how is None else [self.komp.record(how)]
        await self.page.goto(f"{self.origin}/family{self.grandchild.link(*known)}")
        await self.coordinator.session()
        await self.page.goto("about:blank")
        await self.page.goto(self.link)
        await expect(self.page.locator(HEADING)).to_have_text(f"Pair with {NAME}?")
        return await self.coordinator.session()

    async def says_yes(self, socket: web.WebSocketResponse) -> PairOpen:
        await self.page.get_by_role("button", name="Pair", exact=True).click()
        opened: PairOpen = await self.coordinator.hears(PairOpen)
        await socket.send_json({"t": "ok", "ref": opened.id})
        return opened

    async def meets(self, socket: web.WebSocketResponse, shown_by: Device) -> None:
        """The other end is there too: what it answers."""
        opened = await self.says_yes(socket)
        shows = Pairing(self.secret, reads=False)
        assert shows.name == opened.name
        await socket.send_json({"t": "pair.met", "name": opened.name})
        said: PairBox = await self.coordinator.hears(PairBox)
        await socket.send_json({"t": "ok", "ref": said.id})
        met = shows.read_first(said.box)
        assert met.identity == self.grandchild.identity.public_text
        assert met.statement.serial == self.grandchild.ring.current.serial
        for box in ("A" * 400, shows.write_second(shown_by.introduction)):  # the first is nobody's
            await socket.send_json({"t": "pair.box", "name": opened.name, "box": box})


@pytest.fixture
def meeting(page: Page, origin: str, coordinator: Coordinator) -> Meeting:
    return Meeting(page, origin, coordinator)


async def test_a_code_is_gone_from_the_address_and_used_only_when_its_user_says_so(meeting: Meeting) -> None:
    await meeting.is_asked()
    assert meeting.page.url == f"{meeting.origin}/family"
    assert not any(isinstance(message, PairOpen) for message in meeting.coordinator.heard)
    await meeting.page.get_by_role("button", name="Not now").click()
    await expect(meeting.page.get_by_role("heading", name="Whom do you want to see?")).to_be_visible()
    await meeting.page.reload()
    await meeting.coordinator.session()
    await expect(meeting.page.locator(HEADING)).to_be_hidden()


async def test_whoever_showed_the_code_is_known_from_then_on_and_can_be_called(meeting: Meeting) -> None:
    page, socket = meeting.page, await meeting.is_asked()
    await meeting.meets(socket, meeting.komp)
    await expect(page.locator(HEADING)).to_have_text(f"Paired with {NAME}")
    await expect(page.locator(HEADING)).to_be_focused()
    while meeting.komp.endpoint not in (await meeting.coordinator.hears(PresenceWatch)).endpoints:
        pass
    await page.get_by_role("button", name="Go on").click()
    await expect(page.locator(".keys")).to_have_text("Keys checked")
    await page.reload()
    socket = await meeting.coordinator.session()
    await page.get_by_role("button", name=f"Call {NAME}").click()
    invite = await meeting.coordinator.hears(CallInvite)
    rung = ScriptedKomp(meeting.coordinator, socket, invite, device=meeting.komp, caller=meeting.grandchild)
    assert rung.ring["rung"] == 1


async def test_pairing_makes_an_introduced_link_a_checked_one(meeting: Meeting) -> None:
    socket = await meeting.is_asked(how=How.INTRODUCED)
    await meeting.meets(socket, meeting.komp)
    await meeting.page.get_by_role("button", name="Go on").click()
    await expect(meeting.page.locator(".keys")).to_have_text("Keys checked")


async def test_a_komp_that_was_set_up_anew_takes_the_place_of_the_old_one(meeting: Meeting) -> None:
    socket = await meeting.is_asked(how=How.QR)
    anew = Device(9, meeting.komp.who)
    await meeting.page.goto("about:blank")
    await meeting.page.goto(pairing_link(meeting.origin, code_of(anew, meeting.secret)))
    socket = await meeting.coordinator.session()
    await meeting.meets(socket, anew)
    await meeting.page.get_by_role("button", name="Go on").click()
    await expect(meeting.page.get_by_role("listitem")).to_have_count(1)
    await meeting.page.get_by_role("button", name=f"Call {NAME}").click()
    assert (await meeting.coordinator.hears(CallInvite)).rings[0].endpoint == anew.endpoint


async def test_somebody_else_with_the_secret_is_not_paired_with(meeting: Meeting) -> None:
    page, socket = meeting.page, await meeting.is_asked()
    await meeting.meets(socket, Device(9, meeting.komp.who))
    await expect(page.locator(HEADING)).to_have_text("You are not paired")
    await expect(page.locator("#pair-text")).to_contain_text("Somebody else answered, so nothing was kept.")
    await expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    await page.get_by_role("button", name="Back").click()
    await expect(page.get_by_role("listitem")).to_have_count(0)


async def test_nobody_who_comes_within_five_minutes_is_said_and_can_be_tried_again(meeting: Meeting) -> None:
    page = meeting.page
    await page.clock.install()
    socket = await meeting.is_asked()
    await meeting.says_yes(socket)
    await expect(page.locator(HEADING)).to_have_text(f"Waiting for {NAME}…")
    for _ in range(31):  # in steps shorter than the silence that drops a socket
        await page.clock.run_for(10_000)
        await socket.send_json({"t": "ping"})
    await expect(page.locator("#pair-text")).to_contain_text("Nobody came.")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(HEADING)).to_have_text(f"Waiting for {NAME}…")


async def test_a_code_that_two_others_have_used_is_taken(meeting: Meeting) -> None:
    socket = await meeting.is_asked()
    await meeting.page.get_by_role("button", name="Pair", exact=True).click()
    opened = await meeting.coordinator.hears(PairOpen)
    await socket.send_json({"t": "error", "ref": opened.id, "code": "taken"})
    await expect(meeting.page.locator("#pair-text")).to_contain_text("Two others have met by this code already.")


async def test_a_pairing_outlives_a_lost_socket(meeting: Meeting) -> None:
    socket = await meeting.is_asked()
    opened = await meeting.says_yes(socket)
    await socket.close(code=1001)
    again = await meeting.coordinator.session()
    assert (await meeting.coordinator.hears(PairOpen)).name == opened.name
    shows = Pairing(meeting.secret, reads=False)
    await again.send_json({"t": "pair.met", "name": opened.name})
    shows.read_first((await meeting.coordinator.hears(PairBox)).box)
    answer = shows.write_second(meeting.komp.introduction)
    await again.send_json({"t": "pair.box", "name": opened.name, "box": answer})
    await expect(meeting.page.locator(HEADING)).to_have_text(f"Paired with {NAME}")


async def test_a_pairing_that_was_stopped_keeps_nothing_that_comes_later(meeting: Meeting) -> None:
    socket = await meeting.is_asked()
    opened = await meeting.says_yes(socket)
    await meeting.page.get_by_role("button", name="Stop").click()
    shows = Pairing(meeting.secret, reads=False)
    await socket.send_json({"t": "pair.met", "name": opened.name})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            shows.read_first((await meeting.coordinator.hears(PairBox)).box)
    await expect(meeting.page.get_by_role("listitem")).to_have_count(0)


async def test_a_damaged_code_says_so_and_is_gone_from_the_address(meeting: Meeting) -> None:
    await meeting.page.goto(meeting.link[:-30])
    await expect(meeting.page.get_by_role("heading", name="That code doesn’t work")).to_be_visible()
    assert meeting.page.url == f"{meeting.origin}/family"


async def test_a_browser_that_is_nobodys_comes_in_before_it_pairs(meeting: Meeting) -> None:
    await meeting.page.goto(meeting.link)
    await expect(meeting.page.get_by_role("heading", name="What is your mobile number?")).to_be_visible()
    await expect(meeting.page.locator("#arrive-text")).to_have_text(re.compile("then you are paired"))
    assert meeting.page.url == f"{meeting.origin}/family"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_question_the_wait_and_the_answer_fit_a_small_screen(
    meeting: Meeting, scheme: Literal["light", "dark"]
) -> None:
    page = meeting.page
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.emulate_media(color_scheme=scheme)
    shot = shots_of(page, f"{scheme}-narrow-pair")
    socket = await meeting.is_asked()
    await expect(page.get_by_role("button", name="Not now")).to_be_in_viewport(ratio=1)
    await fits(page)
    await shot("1-asking")
    opened = await meeting.says_yes(socket)
    await fits(page)
    await shot("2-waiting")
    await socket.send_json({"t": "pair.met", "name": opened.name})
    refused = await meeting.coordinator.hears(PairBox)
    await socket.send_json({"t": "error", "ref": refused.id, "code": "unavailable"})
    await expect(page.locator("#pair-text")).to_contain_text("Try again in a moment.")
    await fits(page)
    await shot("3-failed")
    await page.get_by_role("button", name="Try again").click()
    again = await meeting.coordinator.hears(PairOpen)
    await socket.send_json({"t": "ok", "ref": again.id})
    await socket.send_json({"t": "pair.met", "name": opened.name})
    shows = Pairing(meeting.secret, reads=False)
    shows.read_first((await meeting.coordinator.hears(PairBox)).box)
    answer = shows.write_second(meeting.komp.introduction)
    await socket.send_json({"t": "pair.box", "name": opened.name, "box": answer})
    await expect(page.locator(HEADING)).to_have_text(f"Paired with {NAME}")
    await fits(page)
    await page.wait_for_timeout(700)  # until the rings have met
    await shot("4-paired")
