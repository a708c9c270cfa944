"""The family page calls somebody with a phone and a tablet: who is rung, and who the call is with."""

import json

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from client_sim.sealed.links import How, Who
from signalling.protocol import PartyKind
from signalling.protocol.messages import CallInvite, KeysGet, SealedBox
from signalling.protocol.proof import base64url
from tests.e2e.household import Device, Grandchild
from tests.e2e.komp import ScriptedKomp
from tests.e2e.ringing import ScriptedPhone
from tests.e2e.site import Coordinator

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SLOW = """
  const derive = SubtleCrypto.prototype.deriveBits;
  SubtleCrypto.prototype.deriveBits = async function (...told) {
    await new Promise((go) => setTimeout(go, 20));
    return derive.apply(this, told);
  };
"""
"""A machine that takes its time for a handshake, as old phones do."""


class Anna:
    """She has a phone and a tablet, and is called from the grandchild's page."""

    def __init__(self, page: Page, origin: str, coordinator: Coordinator) -> None:
        self.page = page
        self.coordinator = coordinator
        self.grandchild = Grandchild()
        who = Who(base64url(b"f" * 16), "Anna", PartyKind.PERSON)
        self.phone, self.tablet = Device(3, who), Device(4, who)
        self.socket: web.WebSocketResponse
        self._origin = origin

    async def is_called(self, *, tablet: How = How.QR) -> CallInvite:
        """The page opens, and somebody presses Call. `tablet`: how it came to be known there."""
        known = [self.tablet.record(tablet), self.phone.record()]
        await self.page.goto(f"{self._origin}/family{self.grandchild.link(*known)}")
        self.socket = await self.coordinator.session()
        await self.page.get_by_role("button", name="Try to call Anna").click()
        return await self.is_rung()

    async def is_rung(self) -> CallInvite:
        invite: CallInvite = await self.coordinator.hears(CallInvite)
        return invite

    def at(self, device: Device, invite: CallInvite) -> ScriptedKomp:
        """That endpoint's end of the call."""
        return ScriptedKomp(self.coordinator, self.socket, invite, device=device, caller=self.grandchild)

    async def both(self, invite: CallInvite) -> tuple[ScriptedKomp, ScriptedKomp]:
        """The endpoint that is named first, and the other."""
        devices = {one.endpoint: one for one in (self.phone, self.tablet)}
        assert {one.endpoint for one in invite.rings} == set(devices)
        first, second = (devices[one.endpoint] for one in invite.rings)
        return self.at(first, invite), self.at(second, invite)


@pytest.fixture
def anna(page: Page, origin: str, coordinator: Coordinator) -> Anna:
    return Anna(page, origin, coordinator)


async def test_the_call_is_with_the_endpoint_whose_own_join_opens_first_and_with_no_other(anna: Anna) -> None:
    await anna.page.add_init_script(SLOW)
    phone, tablet = await anna.both(await anna.is_called())  # whichever of them is which
    assert phone.ring["rung"] == tablet.ring["rung"] == 2
    await phone.answers_the_invite()
    await phone.rings(None)
    await phone.declines()
    assert (await anna.coordinator.hears(KeysGet)).endpoints == [phone.endpoint]  # its key may have been an old one
    await tablet.rings(None)
    await expect(anna.page.locator("#call-state")).to_have_text("It rings. They must press Answer.")

    await tablet.joins(named=phone.endpoint)
    await phone.joins(named=tablet.endpoint)
    await tablet.joins()
    await tablet.says({"t": "accepted"})  # on the heels of its join, and not once more
    await tablet.hears("here")
    await phone.joins()
    for _ in range(2):
        await phone.says({"t": "bye", "reason": "hangup"})
    await expect(anna.page.get_by_role("button", name="Hang up")).to_be_visible()
    note = json.loads(await anna.page.evaluate("sessionStorage.getItem('narvaro.call')"))
    assert note["peer"] == tablet.endpoint
    await anna.socket.close(code=1001)
    await anna.coordinator.session()
    (named,) = anna.coordinator.hellos[-1].calls
    assert (named.peer, named.phase) == (tablet.endpoint, "accepted")


async def test_one_whose_keys_were_proven_rings_without_those_that_only_the_coordinator_names(anna: Anna) -> None:
    invite = await anna.is_called(tablet=How.INTRODUCED)
    assert [one.endpoint for one in invite.rings] == [anna.phone.endpoint]
    assert anna.at(anna.phone, invite).ring["rung"] == 1


async def test_one_that_comes_back_while_it_rings_is_rung_with_the_same_bytes(anna: Anna) -> None:
    invite = await anna.is_called()
    phone, tablet = await anna.both(invite)
    state = anna.page.locator("#call-state")
    await phone.answers_the_invite(away=[phone.endpoint, tablet.endpoint])
    await expect(state).to_have_text("It isn’t connected at the moment. Trying…")
    await anna.socket.send_json({"t": "call.wanted", "call": invite.call, "endpoint": tablet.endpoint})
    again = await anna.is_rung()
    assert (again.call, again.rings) == (invite.call, invite.rings)
    phone.invite = again
    await phone.answers_the_invite(away=[phone.endpoint])
    await expect(state).not_to_have_text("It isn’t connected at the moment. Trying…")

    await anna.socket.close(code=1001)
    anna.socket = await anna.coordinator.session()
    (named,) = anna.coordinator.hellos[-1].calls  # a join may be on its way, nobody knows whose
    assert (named.peer, named.phase) == (invite.rings[0].endpoint, "joined")
    assert (await anna.is_rung()).rings == invite.rings
    tablet.is_now_at(anna.socket)
    await tablet.joins()
    await tablet.hears("here")


async def test_of_two_that_call_each_other_any_endpoint_of_whom_was_called_may_win(anna: Anna) -> None:
    invite = await anna.is_called()
    (second,) = (one for one in (anna.phone, anna.tablet) if one.endpoint == invite.rings[1].endpoint)
    call = base64url(b"c" * 16)
    theirs = ScriptedPhone(anna.coordinator, anna.socket, phone=second, komp=anna.grandchild, call=call, rung=2)
    await theirs.rings()
    await expect(anna.page.get_by_role("heading", name="Anna is calling")).to_be_visible()
    await anna.socket.send_json({"t": "error", "ref": invite.id, "code": "glare", "winner": call})
    theirs.opens(await theirs.hears_the_join())
    await theirs.hears("accepted")


async def test_where_a_key_is_gone_both_are_rung_once_more_under_their_newest(anna: Anna) -> None:
    invite = await anna.is_called()
    for device in (anna.phone, anna.tablet):
        device.turn_ring(times=2)
        anna.coordinator.keys[device.endpoint] = device.handed_over()
    await anna.socket.send_json({"t": "call.ended", "call": invite.call, "reason": "stale_key"})
    second = await anna.is_rung()
    assert second.call != invite.call
    assert {one.key for one in second.rings} == {anna.phone.ring.current.serial}
    _, tablet = await anna.both(second)
    await tablet.answers_the_invite()
    assert not any(isinstance(message, SealedBox) for message in anna.coordinator.heard)
    await tablet.joins()
    await tablet.hears("here")
