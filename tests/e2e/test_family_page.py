"""The family page and a coordinator that does as it is told: linking, presence, coming back, and each call's ways."""

import re

import pytest
from playwright.async_api import Page, expect

from client_sim.sealed.profile import profile_digest
from signalling.protocol import EndReason
from signalling.protocol.errors import ErrorCode
from signalling.protocol.messages import (
    Bye,
    CallCancel,
    CallHangup,
    CallInvite,
    Pong,
    PresenceWatch,
)
from tests.e2e import household
from tests.e2e.eyes_and_hands import is_covered
from tests.e2e.komp import ScriptedKomp
from tests.e2e.site import Coordinator

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

GRANDCHILD = household.Grandchild()
KOMP = household.komp()
ROBOT = household.robot()
SLOW_LOCKS = """(() => {
  const request = LockManager.prototype.request;
  LockManager.prototype.request = async function (name, how, held) {
    await new Promise((done) => setTimeout(done, 1_000));
    how.signal?.throwIfAborted();
    return request.call(this, name, how, held);
  };
})()"""


def private_link() -> str:
    return GRANDCHILD.link(KOMP.record(), ROBOT.record())


REFUSALS = [
    ErrorCode.NOT_FOUND,
    ErrorCode.NOT_ALLOWED,
    ErrorCode.DEVICE_SUSPENDED,
    ErrorCode.BUSY,
    ErrorCode.GLARE,
    ErrorCode.CONFLICT,
    ErrorCode.ENDED,
    ErrorCode.TOO_MANY,
    ErrorCode.UNAVAILABLE,
    ErrorCode.DRAINING,
]
"""With what a coordinator may refuse an invite."""


async def call_from(page: Page, origin: str, coordinator: Coordinator) -> ScriptedKomp:
    """Link the browser, press Call, and be the Komp that is rung."""
    await page.goto(f"{origin}/family{private_link()}")
    socket = await coordinator.session()
    await page.get_by_role("button", name="Call Grandma’s Komp").click()
    invite = await coordinator.hears(CallInvite)
    return ScriptedKomp(coordinator, socket, invite, device=KOMP, caller=GRANDCHILD)


async def accepted_call(page: Page, origin: str, coordinator: Coordinator) -> ScriptedKomp:
    komp = await call_from(page, origin, coordinator)
    await komp.answers_the_invite()
    await komp.joins()
    await komp.hears("here")
    await komp.rings()
    await komp.says({"t": "accepted"})
    await expect(page.get_by_text("Answered. Here comes the picture…")).to_be_visible()
    return komp


async def test_a_private_link_is_gone_from_the_address_and_kept_without_a_cookie(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    await page.goto(f"{origin}/family{private_link()}")
    await coordinator.session()
    assert page.url == f"{origin}/family"
    await page.goto(f"{origin}/family")
    await coordinator.session()
    await expect(page.get_by_role("heading", name="Grandma’s Komp")).to_be_visible()
    assert await page.context.cookies() == []
    assert await page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


async def test_only_komps_are_listed_and_watched(page: Page, origin: str, coordinator: Coordinator) -> None:
    await page.goto(f"{origin}/family{private_link()}")
    socket = await coordinator.session()
    watched = await coordinator.hears(PresenceWatch)
    assert watched.endpoints == [KOMP.endpoint]
    await expect(page.get_by_role("listitem")).to_have_count(1)
    expected: list[tuple[str, str | re.Pattern[str]]] = [
        ("online", "Can be reached now"),
        ("disconnected", re.compile("Disconnected since .*2 January")),
        ("turned_off", re.compile("Turned off since")),
        ("blocked", "Blocked"),
    ]
    for state, words in expected:
        since = 1_767_355_200  # 2 January 2026, noon
        await socket.send_json({"t": "presence", "endpoint": KOMP.endpoint, "state": state, "since": since})
        await expect(page.locator("#contacts .presence")).to_have_text(words)


async def test_a_browser_that_is_nobodys_asks_for_a_number(page: Page, origin: str, coordinator: Coordinator) -> None:
    await page.goto(f"{origin}/family")
    await expect(page.get_by_role("heading", name="What is your mobile number?")).to_be_visible()
    assert coordinator.tokens == 0


async def test_a_damaged_link_says_so_and_is_gone_from_the_address(page: Page, origin: str) -> None:
    await page.goto(f"{origin}/family{private_link()[:-40]}")
    await expect(page.get_by_role("heading", name="That link doesn’t work")).to_be_visible()
    assert page.url == f"{origin}/family"


async def test_an_endpoint_that_isnt_known_is_told_so_and_doesnt_try_for_ever(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    coordinator.knows_endpoint = False
    await page.clock.install()
    await page.goto(f"{origin}/family{private_link()}")
    await expect(page.get_by_role("heading", name="This browser isn’t linked here any more")).to_be_visible()
    coordinator.knows_endpoint = True
    await page.clock.run_for(120_000)
    assert coordinator.tokens == 0


async def test_a_ping_is_answered_and_after_45_seconds_of_silence_a_new_socket_comes(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    await page.clock.install()
    await page.goto(f"{origin}/family{private_link()}")
    first = await coordinator.session()
    await page.clock.run_for(44_000)
    await first.send_json({"t": "ping"})
    await coordinator.hears(Pong)
    await page.clock.run_for(44_000)
    assert coordinator.waiting_sockets == 0
    assert not first.closed
    await page.clock.run_for(2_000)
    await coordinator.session()


async def test_a_lost_socket_comes_back_and_a_stopping_server_is_left(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    await page.goto(f"{origin}/family{private_link()}")
    await (await coordinator.session()).close(code=1001)
    second = await coordinator.session()
    await second.send_json({"t": "goaway", "reconnect_after_ms": 200})
    await coordinator.session()
    await expect(page.locator("#connection")).to_have_text("Connected")


async def test_a_page_leaves_a_coordinator_that_is_full_alone_for_long(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    await page.clock.install()
    await page.goto(f"{origin}/family{private_link()}")
    await (await coordinator.session()).close(code=1013)
    await expect(page.locator("#connection")).not_to_have_text("Connected")
    await page.clock.run_for(7_000)
    assert coordinator.waiting_sockets == 0
    await page.clock.run_for(8_500)
    await coordinator.session()


async def test_a_superseded_page_stays_away_until_its_user_says_otherwise(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    await page.clock.install()
    await page.goto(f"{origin}/family{private_link()}")
    await (await coordinator.session()).close(code=4003)
    await expect(page.get_by_role("heading", name="Närvaro is open in another window")).to_be_visible()
    await page.clock.run_for(300_000)
    assert coordinator.waiting_sockets == 0
    await page.get_by_role("button", name="Use it here").click()
    await coordinator.session()
    await expect(page.get_by_role("heading", name="Grandma’s Komp")).to_be_visible()


async def test_a_page_whose_browser_is_slow_to_give_it_its_place_is_no_second_tab(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    await page.add_init_script(SLOW_LOCKS)
    await page.goto(f"{origin}/family{private_link()}")
    await coordinator.session()
    await expect(page.get_by_role("heading", name="Grandma’s Komp")).to_be_visible()


async def test_a_page_that_is_left_says_goodbye(page: Page, origin: str, coordinator: Coordinator) -> None:
    await page.goto(f"{origin}/family{private_link()}")
    await coordinator.session()
    await expect(page.locator("#connection")).to_have_text("Connected")
    await page.goto("about:blank")
    await coordinator.hears(Bye)


async def test_one_click_rings_and_tells_when_the_picture_comes(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    komp = await call_from(page, origin, coordinator)
    assert komp.invite.to == KOMP.who.party
    assert komp.invite.media == "video"
    assert komp.ring["rung"] == 1
    assert komp.ring["media"] == "video"
    assert komp.ring["profile"] == profile_digest(GRANDCHILD.name, None)
    await komp.answers_the_invite()
    await komp.joins()
    assert await komp.hears("here")
    offer = await komp.hears("offer")
    assert re.findall(r"^m=(\w+)", offer["sdp"], re.MULTILINE) == ["audio", "video", "application"]
    assert offer["generation"] == 0
    assert "a=candidate" not in offer["sdp"]
    await komp.rings(answers_in_ms=9_500)
    await expect(page.locator("#call-state")).to_have_text(re.compile(r"It rings. Picture in \d+ s"))
    await expect(page.locator("#status")).to_have_text(re.compile("It rings at Grandma’s Komp"))
    assert await page.evaluate("document.getElementById('remote').srcObject") is None


async def test_nothing_of_the_connection_is_said_before_the_other_end_has_joined(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    komp = await call_from(page, origin, coordinator)
    await komp.answers_the_invite()
    await expect(page.locator("#marks .offered")).to_have_count(1)
    said = {type(message).__name__ for message in coordinator.heard}
    assert said == {"Hello", "PresenceWatch", "KeysGet", "KeysPublish", "CallInvite"}


async def test_after_a_lost_socket_the_same_ring_is_repeated_and_the_call_is_named(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    komp = await call_from(page, origin, coordinator)
    await komp._socket.close(code=1001)
    komp.is_now_at(await coordinator.session())
    again = await coordinator.hears(CallInvite)
    assert (again.call, again.rings) == (komp.invite.call, komp.invite.rings)
    (named,) = coordinator.hellos[-1].calls  # its join may be on the way
    assert (named.call, named.peer, named.role, named.phase) == (komp.call, KOMP.endpoint, "caller", "joined")
    komp.invite = again
    await komp.answers_the_invite()
    await komp.joins()
    await komp.hears("here")
    await komp._socket.close(code=1001)
    komp.is_now_at(await coordinator.session())
    assert coordinator.hellos[-1].calls == [named]


async def test_stopping_to_ring_is_a_cancel_and_stops_the_camera(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    komp = await call_from(page, origin, coordinator)
    await komp.answers_the_invite()
    await expect(page.locator("#own")).to_be_visible()
    await page.evaluate("window.tracks = document.getElementById('own').srcObject.getTracks()")
    await page.get_by_role("button", name="Stop ringing").click()
    assert (await coordinator.hears(CallCancel)).call == komp.call
    await expect(page.get_by_role("heading", name="You stopped ringing.")).to_be_focused()
    assert await page.evaluate("tracks.map((track) => track.readyState)") == ["ended", "ended"]


async def test_hanging_up_says_goodbye_in_a_box_and_then_to_the_server(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    komp = await accepted_call(page, origin, coordinator)
    await page.get_by_role("button", name="Hang up").click()
    assert (await komp.hears("bye"))["reason"] == "hangup"
    assert (await coordinator.hears(CallHangup)).reason == "hangup"
    await expect(page.get_by_role("heading", name="The call is over.")).to_be_visible()
    await komp.ends("hangup")
    await expect(page.get_by_text("The coordinator has erased the call.")).to_be_visible()


async def test_a_hang_up_without_a_server_is_told_to_the_next_one(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    komp = await accepted_call(page, origin, coordinator)
    await komp._socket.close(code=1001)
    await page.get_by_role("button", name="Hang up").click()
    await expect(page.get_by_role("heading", name="The call is over.")).to_be_visible()
    await coordinator.session()
    assert (await coordinator.hears(CallHangup)).call == komp.call


async def test_a_knob_turned_off_ends_the_call_at_once(page: Page, origin: str, coordinator: Coordinator) -> None:
    komp = await accepted_call(page, origin, coordinator)
    await komp.says({"t": "bye", "reason": "knob_off"})
    await expect(page.get_by_role("heading", name="It was turned off there, with the knob.")).to_be_visible()
    assert await page.evaluate("document.getElementById('remote').srcObject") is None


async def test_an_end_says_why_in_words(page: Page, origin: str, coordinator: Coordinator) -> None:
    komp = await call_from(page, origin, coordinator)
    await komp.answers_the_invite()
    await komp.ends("no_answer")
    await expect(page.locator("#after-heading")).to_have_text("Nobody answered.")
    await page.get_by_role("button", name="Back").click()
    await expect(page.get_by_role("heading", name="Whom do you want to see?")).to_be_focused()
    said = await page.evaluate(
        "async (reasons) => reasons.map((await import('/family/words.js')).endedWords)",
        [str(reason) for reason in [*EndReason, *REFUSALS]],
    )
    assert "The call ended." not in said


async def test_a_refused_ring_says_why_and_can_be_tried_again(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    komp = await call_from(page, origin, coordinator)
    await komp.tells({"t": "error", "ref": komp.invite.id, "code": "busy"})
    await expect(page.locator("#after-heading")).to_contain_text("They are in another call.")
    await page.get_by_role("button", name="Call again").click()
    assert (await coordinator.hears(CallInvite)).call != komp.call


async def test_a_refusal_that_time_heals_is_waited_out_with_the_same_ring(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    komp = await call_from(page, origin, coordinator)
    await komp.tells({"t": "error", "ref": komp.invite.id, "code": "too_many", "retry_after_ms": 50})
    again = await coordinator.hears(CallInvite)
    assert (again.call, again.rings) == (komp.invite.call, komp.invite.rings)
    await komp.tells({"t": "error", "ref": again.id, "code": "too_many", "retry_after_ms": 60_000})
    await expect(page.locator("#call-state")).to_have_text("That was too often. Waiting a little before the next try…")
    await page.get_by_role("button", name="Stop ringing").click()
    await coordinator.hears(CallCancel)


REFUSED_PICTURE = """(name) => {
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    await new Promise((done) => setTimeout(done, 300));
    if (wanted.video) throw new DOMException("no", name);
    return ask(wanted);
  };
}"""


async def test_without_permission_for_the_camera_the_ring_is_taken_back(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    await page.add_init_script(f"({REFUSED_PICTURE})('NotAllowedError')")
    await call_from(page, origin, coordinator)
    await coordinator.hears(CallCancel)
    await expect(page.locator("#after-heading")).to_contain_text("may not use your camera")


async def test_without_a_camera_there_is_still_a_call_with_sound_and_a_note_that_lies_on_no_other_words(
    page: Page, origin: str, coordinator: Coordinator
) -> None:
    await page.add_init_script(f"({REFUSED_PICTURE})('NotFoundError')")
    await accepted_call(page, origin, coordinator)
    await expect(page.locator("#call-note")).to_contain_text("No camera was found.")
    assert await is_covered(page) == []
    await expect(page.locator("#own")).to_be_hidden()
    await expect(page.get_by_role("button", name="Hang up")).to_be_visible()


async def test_the_call_can_be_made_with_the_keyboard_alone(page: Page, origin: str, coordinator: Coordinator) -> None:
    await page.goto(f"{origin}/family{private_link()}")
    await coordinator.session()
    await expect(page.get_by_role("button", name="Call Grandma’s Komp")).to_be_enabled()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await coordinator.hears(CallInvite)
    await expect(page.get_by_role("button", name="Stop ringing")).to_be_focused()
    await page.keyboard.press("Enter")
    await coordinator.hears(CallCancel)
