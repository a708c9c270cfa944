"""The family page is rung by a phone that does as it is told: who calls, what a press does, and what is turned away."""

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from client_sim.sealed.links import How, Who
from signalling.protocol import PartyKind
from signalling.protocol.messages import CallAccept, CallCancel, CallDecline, CallInvite, CallJoin, CallRinging
from signalling.protocol.proof import base64url
from tests.e2e.eyes_and_hands import PHONES
from tests.e2e.household import Device, Grandchild
from tests.e2e.ringing import ScriptedPhone
from tests.e2e.site import Coordinator

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ASKED = """() => {
  window.asked = 0;
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => ((window.asked += 1), ask(wanted));
}"""
"""Counts how often camera or microphone are asked for."""
SOUNDS = """() => {
  window.sounds = { strokes: 0, buzzes: 0 };
  const stroke = BaseAudioContext.prototype.createOscillator;
  BaseAudioContext.prototype.createOscillator = function () {
    sounds.strokes += 1;
    return stroke.call(this);
  };
  Navigator.prototype.vibrate = (pattern) => ((sounds.buzzes += Number(pattern !== 0)), true);
}"""
"""Counts the bell's tones, and how often a phone would buzz."""


class Home:
    """The grandchild's page, and Anna's phone that rings it."""

    def __init__(self, page: Page, origin: str, coordinator: Coordinator) -> None:
        self.page = page
        self.coordinator = coordinator
        self.grandchild = Grandchild()
        self.anna = Device(3, Who(base64url(b"f" * 16), "Anna", PartyKind.PERSON))
        self._origin = origin
        self._calls = 0

    async def opens(self, how: How = How.QR) -> web.WebSocketResponse:
        await self.page.goto(f"{self._origin}/family{self.grandchild.link(self.anna.record(how))}")
        return await self.coordinator.session()

    async def is_rung(self, socket: web.WebSocketResponse) -> ScriptedPhone:
        """A call of Anna's, until it sounds here."""
        phone = self.phone_at(socket)
        await phone.rings()
        phone.opens(await phone.hears_the_join())
        await phone.says({"t": "here"})
        ringing: CallRinging = await self.coordinator.hears(CallRinging)
        assert (ringing.call, ringing.answers_in_ms) == (phone.call, None)
        return phone

    def phone_at(self, socket: web.WebSocketResponse, media: str = "video", rung: int = 1) -> ScriptedPhone:
        self._calls += 1
        call = base64url(bytes([self._calls]) * 16)
        return ScriptedPhone(
            self.coordinator, socket, phone=self.anna, komp=self.grandchild, call=call, media=media, rung=rung
        )

    async def is_listened_to(self) -> None:
        """Before it opens: its clock is moved by hand from now on, and whoever stands beside it hears it."""
        await self.page.add_init_script(f"({SOUNDS})()")
        await self.page.clock.install()

    async def sounds(self) -> tuple[bool, bool]:
        """Whether the next seconds ring, and whether they buzz."""
        await self.page.evaluate("Object.assign(sounds, { strokes: 0, buzzes: 0 })")
        await self.page.clock.run_for(4_000)
        strokes, buzzes = await self.page.evaluate("[sounds.strokes, sounds.buzzes]")
        return strokes > 0, buzzes > 0

    async def declines(self, socket: web.WebSocketResponse, times: int) -> None:
        """So many calls of Anna's, each heard and turned away by hand."""
        for _ in range(times):
            await self.is_rung(socket)
            assert await self.sounds() == (True, True)
            await self.page.get_by_role("button", name="Decline").click()
            await self.coordinator.hears(CallDecline)


@pytest.fixture
def home(page: Page, origin: str, coordinator: Coordinator) -> Home:
    return Home(page, origin, coordinator)


async def test_it_rings_until_a_person_presses_and_nothing_is_asked_for_before(home: Home) -> None:
    await home.page.add_init_script(f"({ASKED})()")
    await home.is_listened_to()
    phone = await home.is_rung(await home.opens())
    page = home.page
    await expect(page.get_by_role("heading", name="Anna is calling")).to_be_focused()
    await expect(page.locator("#ring-sure")).to_have_text("Keys checked: it is really Anna’s app.")
    await expect(page).to_have_title("☎ Anna is calling")
    await page.clock.run_for(26_000)
    assert await home.sounds() == (True, True)
    assert not any(isinstance(message, CallAccept) for message in home.coordinator.heard)
    assert await page.evaluate("[asked, document.getElementById('remote').srcObject]") == [0, None]
    await page.get_by_role("button", name="Answer").click()
    await phone.hears("accepted")
    await home.coordinator.hears(CallAccept)
    await expect(page.get_by_role("button", name="Hang up")).to_be_focused()
    await expect(page.locator("#own")).to_be_visible()
    assert await page.evaluate("asked") == 1
    assert await home.sounds() == (False, False)
    await phone.says({"t": "bye", "reason": "hangup"})
    await expect(page.get_by_role("heading", name="The call is over.")).to_be_visible()
    await expect(page).to_have_title("Family · Närvaro")


async def test_who_was_only_introduced_is_said_to_be_unproven(home: Home) -> None:
    await home.is_rung(await home.opens(How.INTRODUCED))
    await expect(home.page.locator("#ring-sure")).to_have_text(
        "Not checked: nobody has confirmed that this is Anna. Answer, and see for yourself."
    )
    for size in PHONES:
        await home.page.set_viewport_size(size)
        for answer in ("Answer", "Decline"):
            await expect(home.page.get_by_role("button", name=answer)).to_be_in_viewport(ratio=1)


async def test_a_no_is_everywhere_and_a_ring_that_stops_is_a_missed_call(home: Home) -> None:
    socket = await home.opens()
    phone = await home.is_rung(socket)
    await home.page.get_by_role("button", name="Decline").click()
    declined: CallDecline = await home.coordinator.hears(CallDecline)
    assert (declined.call, declined.reason, declined.everywhere) == (phone.call, "declined", True)
    await expect(home.page.get_by_role("heading", name="Whom do you want to see?")).to_be_visible()
    await expect(home.page.locator("#missed")).to_be_hidden()

    phone = await home.is_rung(socket)
    await phone.says({"t": "bye", "reason": "cancelled"})
    await socket.send_json({"t": "call.ended", "call": phone.call, "reason": "cancelled"})
    missed = home.page.locator("#missed li")
    await expect(missed).to_contain_text("Anna called at")
    await missed.get_by_role("button", name="Take away the notice of Anna’s call").click()
    await expect(home.page.locator("#missed")).to_be_hidden()


async def test_a_call_that_another_device_took_stops_ringing_and_says_so(home: Home) -> None:
    await home.is_listened_to()
    socket = await home.opens()
    phone = await home.is_rung(socket)
    assert await home.sounds() == (True, True)
    await socket.send_json({"t": "call.taken", "call": phone.call})
    await expect(home.page.locator("#missed li")).to_contain_text("Anna’s call was answered on another of your devices")
    await expect(home.page.locator("#ring")).to_be_hidden()
    assert await home.sounds() == (False, False)


@pytest.mark.parametrize("why", ["an answer came first", "a call of theirs won"])
async def test_a_ring_that_another_device_settled_says_so_and_is_no_call_here(home: Home, why: str) -> None:
    socket = await home.opens()
    phone = home.phone_at(socket, rung=2)
    await phone.rings()
    answer = home.page.get_by_role("button", name="Answer")
    await expect(answer).to_be_visible()
    if why == "an answer came first":
        await answer.click()
        join = await phone.hears_the_join()
        await socket.send_json({"t": "error", "code": "taken", "ref": join.id})
    else:
        over = {"t": "call.ended", "call": phone.call, "reason": "glare", "winner": base64url(b"w" * 16)}
        await socket.send_json(over)
    await expect(home.page.locator("#missed li")).to_contain_text("Anna’s call was answered on another of your devices")
    await expect(home.page.get_by_role("heading", name="Whom do you want to see?")).to_be_visible()
    assert await home.page.evaluate("document.getElementById('own').srcObject") is None


async def test_who_is_blocked_is_declined_unheard_until_unblocked(home: Home) -> None:
    socket = await home.opens()
    await home.page.get_by_role("button", name="Block Anna", exact=True).click()
    await expect(home.page.locator("#relatives .keys")).to_contain_text("It holds for this browser only")
    await home.page.reload()
    socket = await home.coordinator.session()
    phone = home.phone_at(socket)
    await phone.rings()
    declined: CallDecline = await home.coordinator.hears(CallDecline)
    assert (declined.reason, declined.everywhere) == ("declined", False)
    assert not any(isinstance(message, CallJoin | CallRinging) for message in home.coordinator.heard)
    await expect(home.page.locator("#ring")).to_be_hidden()
    await home.page.get_by_role("button", name="Unblock Anna").click()
    await home.is_rung(socket)
    await expect(home.page.locator("#ring")).to_be_visible()


async def test_the_fourth_ring_in_ten_minutes_makes_no_sound_and_can_still_be_answered(home: Home) -> None:
    await home.is_listened_to()
    socket = await home.opens()
    await home.declines(socket, 3)
    await home.is_rung(socket)
    await expect(home.page.locator("#strip-text")).to_contain_text("Anna is calling again, without sound")
    await expect(home.page.locator("#people")).to_be_visible()
    assert await home.sounds() == (False, False)
    await home.page.locator("#strip-decline").click()
    await home.coordinator.hears(CallDecline)
    await home.page.clock.run_for(601_000)
    socket = await home.coordinator.session() if socket.closed else socket
    await home.declines(socket, 3)
    phone = await home.is_rung(socket)
    await home.page.locator("#strip-accept").click()
    await phone.hears("accepted")
    await expect(home.page.get_by_role("button", name="Hang up")).to_be_visible()


async def test_a_robots_ring_is_turned_away(home: Home) -> None:
    await home.phone_at(await home.opens(), media="telepresence").rings()
    assert (await home.coordinator.hears(CallDecline)).reason == "declined"
    assert not any(isinstance(message, CallJoin) for message in home.coordinator.heard)


async def test_of_two_that_call_each_other_theirs_is_taken_by_itself_where_the_coordinator_says_so(home: Home) -> None:
    socket = await home.opens()
    await home.page.get_by_role("button", name="Try to call Anna").click()
    invite: CallInvite = await home.coordinator.hears(CallInvite)
    phone = await home.is_rung(socket)
    await expect(home.page.get_by_role("heading", name="Anna is calling")).to_be_visible()
    await socket.send_json({"t": "error", "ref": invite.id, "code": "glare", "winner": phone.call})
    await phone.hears("accepted")
    await expect(home.page.get_by_role("button", name="Hang up")).to_be_visible()


async def test_of_two_that_call_each_other_theirs_waits_for_a_press_where_ones_own_merely_failed(home: Home) -> None:
    socket = await home.opens()
    await home.page.get_by_role("button", name="Try to call Anna").click()
    invite: CallInvite = await home.coordinator.hears(CallInvite)
    phone = await home.is_rung(socket)
    await socket.send_json({"t": "error", "ref": invite.id, "code": "unreachable"})
    await phone.says({"t": "bye", "reason": "cancelled"})
    await expect(home.page.locator("#missed li")).to_contain_text("Anna called at")
    assert not any(isinstance(message, CallAccept) for message in home.coordinator.heard)


async def test_of_two_that_call_each_other_ones_own_goes_on_where_theirs_lost(home: Home) -> None:
    socket = await home.opens()
    await home.page.get_by_role("button", name="Try to call Anna").click()
    invite: CallInvite = await home.coordinator.hears(CallInvite)
    phone = await home.is_rung(socket)
    await socket.send_json({"t": "call.ended", "call": phone.call, "reason": "glare", "winner": invite.call})
    await home.page.get_by_role("button", name="Stop ringing").click()
    cancelled: CallCancel = await home.coordinator.hears(CallCancel)
    assert cancelled.call == invite.call
