"""A Komp's page and rings that are made up, played again, or can't be opened: nothing sounds on their word."""

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from client_sim.sealed.links import Who
from signalling.protocol import PartyKind
from signalling.protocol.messages import (
    CallAccept,
    CallDecline,
    CallHangup,
    CallJoin,
    CallRinging,
    ClientMessage,
    KeysGet,
)
from signalling.protocol.proof import base64url
from tests.e2e.household import Device, Grandchild
from tests.e2e.ringing import ScriptedPhone
from tests.e2e.site import Coordinator

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


FIRST = base64url(b"c" * 16)


class Room:
    """The Komp's page, and a phone that may ring it."""

    def __init__(self, page: Page, origin: str, coordinator: Coordinator) -> None:
        self.page = page
        self.coordinator = coordinator
        self.komp = Grandchild()
        self.phone = Device(3, Who(base64url(b"f" * 16), "Anna", PartyKind.PERSON))
        self._origin = origin

    async def opens(self, *, knows: bool = True, countdown: str = "") -> web.WebSocketResponse:
        known = [self.phone.record()] if knows else []
        await self.page.goto(f"{self._origin}/komp?lang=en{countdown}{self.komp.link(*known)}")
        return await self.coordinator.session()

    def phone_at(
        self, socket: web.WebSocketResponse, *, key: int | None = None, call: str = FIRST, rung: int = 1
    ) -> ScriptedPhone:
        return ScriptedPhone(self.coordinator, socket, phone=self.phone, komp=self.komp, call=call, key=key, rung=rung)

    def said(self, kind: type[ClientMessage]) -> int:
        """How many messages of that kind it has said."""
        return sum(isinstance(message, kind) for message in self.coordinator.heard)


@pytest.fixture
def room(page: Page, origin: str, coordinator: Coordinator) -> Room:
    return Room(page, origin, coordinator)


async def test_a_ring_that_somebody_plays_again_never_sounds_and_is_forgotten(room: Room) -> None:
    await room.page.clock.install()
    phone = room.phone_at(await room.opens())
    await phone.rings()
    join = await phone.hears_the_join()
    await room.page.clock.run_for(1_000)
    assert await phone.hears_the_join() == CallJoin(join.call, join.box, id=room_id(room, CallJoin))
    await room.page.clock.run_for(7_000)
    declined: CallDecline = await room.coordinator.hears(CallDecline)
    assert declined.reason == "unreachable"
    await expect(room.page.locator("#ring")).to_be_hidden()
    assert not any(isinstance(message, CallRinging) for message in room.coordinator.heard)


async def test_it_rings_for_ten_seconds_after_the_callers_first_box_and_then_takes_the_call(room: Room) -> None:
    await room.page.clock.install()
    phone = room.phone_at(await room.opens())
    await phone.rings()
    phone.opens(await phone.hears_the_join())
    await phone.says({"t": "here"})
    ringing: CallRinging = await room.coordinator.hears(CallRinging)
    assert ringing.answers_in_ms == 10_000
    await expect(room.page.locator("#ring-name")).to_have_text("Anna")
    await phone.rings()  # the same once more: it tells again, and counts down no longer
    await room.coordinator.hears(CallRinging)
    await room.page.clock.run_for(9_000)
    assert not any(isinstance(message, CallAccept) for message in room.coordinator.heard)
    await room.page.clock.run_for(1_500)
    await phone.hears("accepted")
    await room.coordinator.hears(CallAccept)


async def test_a_ring_to_a_key_that_is_gone_is_stale_and_a_strangers_is_not_taken(room: Room) -> None:
    socket = await room.opens()
    await room.phone_at(socket, key=7).rings()
    declined: CallDecline = await room.coordinator.hears(CallDecline)
    assert declined.reason == "stale_key"


async def test_a_caller_whose_keys_the_coordinator_does_not_give_is_declined(room: Room) -> None:
    socket = await room.opens(knows=False)
    await room.phone_at(socket).rings()
    asked: KeysGet = await room.coordinator.hears(KeysGet)
    assert asked.endpoints == [room.phone.endpoint]
    declined: CallDecline = await room.coordinator.hears(CallDecline)
    assert declined.reason == "peer_not_verified"


async def test_a_caller_that_the_coordinator_introduces_rings_and_is_not_answered_by_itself(room: Room) -> None:
    room.coordinator.keys[room.phone.endpoint] = room.phone.handed_over()
    phone = room.phone_at(await room.opens(knows=False))
    await phone.rings()
    phone.opens(await phone.hears_the_join())
    await phone.says({"t": "here"})
    ringing: CallRinging = await room.coordinator.hears(CallRinging)
    assert ringing.answers_in_ms is None
    await expect(room.page.locator("#ring-next")).to_have_text("Turn the knob one step to answer")
    await room.page.keyboard.press("ArrowUp")
    await phone.hears("accepted")


async def test_a_callers_reload_is_answered_with_new_keys_and_nothing_counts_down_anew(room: Room) -> None:
    phone = room.phone_at(await room.opens(countdown="&countdown=0.2"))
    await phone.rings()
    phone.opens(await phone.hears_the_join())
    await phone.says({"t": "here"})
    await phone.hears("accepted")

    resume = await phone.resumes(1)
    first = await phone.is_answered()
    await phone.socket.send_json(resume)
    assert await phone.is_answered() == first
    phone.opens_again(first)
    await phone.says({"t": "here"})
    await expect(room.page.locator("#call")).to_be_visible()
    rung = sum(isinstance(message, CallRinging) for message in room.coordinator.heard)
    await phone.says({"t": "bye", "reason": "hangup"})
    await expect(room.page.locator("#after-heading")).to_have_text("The call is over")
    assert sum(isinstance(message, CallRinging) for message in room.coordinator.heard) == rung


async def test_where_several_are_rung_it_rings_at_once_and_joins_only_with_its_accept(room: Room) -> None:
    await room.page.clock.install()
    phone = room.phone_at(await room.opens(countdown="&countdown=2"), rung=2)
    await phone.rings()
    await room.coordinator.hears(CallRinging)
    await expect(room.page.locator("#ring-name")).to_have_text("Anna")
    await room.page.clock.run_for(1_500)
    assert room.said(CallJoin) == 0
    await room.page.clock.run_for(1_000)
    phone.opens(await phone.hears_the_join())
    await phone.hears("accepted")
    await room.coordinator.hears(CallAccept)
    await expect(room.page.locator("#call")).to_be_visible()


async def test_where_several_are_rung_and_another_takes_it_the_ring_stops_and_nothing_is_joined(room: Room) -> None:
    phone = room.phone_at(await room.opens(countdown="&countdown=30"), rung=2)
    await phone.rings()
    await expect(room.page.locator("#ring")).to_be_visible()
    await phone.socket.send_json({"t": "call.taken", "call": phone.call})
    await expect(room.page.locator("#ring")).to_be_hidden()
    assert (room.said(CallJoin), room.said(CallDecline)) == (0, 0)


async def test_a_join_that_comes_too_late_is_no_call_and_no_picture(room: Room) -> None:
    phone = room.phone_at(await room.opens(countdown="&countdown=0.2"), rung=2)
    await phone.rings()
    join = await phone.hears_the_join()
    await phone.socket.send_json({"t": "error", "code": "taken", "ref": join.id})
    await expect(room.page.locator("#call")).to_be_hidden()
    await expect(room.page.locator("#ring")).to_be_hidden()
    assert await room.page.evaluate("document.getElementById('own').srcObject") is None
    assert await room.page.evaluate("sessionStorage.length") == 0
    assert (room.said(CallHangup), room.said(CallDecline)) == (0, 0)


async def test_a_second_ring_is_busy_by_the_komps_own_word_whatever_the_coordinator_believes(room: Room) -> None:
    socket = await room.opens()
    phone = room.phone_at(socket)
    await phone.rings()
    phone.opens(await phone.hears_the_join())
    await phone.says({"t": "here"})
    await room.coordinator.hears(CallRinging)
    second = room.phone_at(socket, call=base64url(b"d" * 16))
    await second.rings()
    declined: CallDecline = await room.coordinator.hears(CallDecline)
    assert (declined.call, declined.reason) == (second.call, "busy")
    await expect(room.page.locator("#ring")).to_be_visible()


def room_id(room: Room, kind: type[CallJoin]) -> str | None:
    """The id of the newest request of that kind: each sending has another."""
    return [message for message in room.coordinator.heard if isinstance(message, kind)][-1].id
