"""The page and a sealed Komp: whose keys it seals to, what it holds back, and what it makes of what it is handed."""

import asyncio
import re

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from client_sim.sealed.links import How
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.statements import KeyStatement, make_statement, verify_statement
from signalling.protocol.messages import CallInvite, KeysGet, KeysPublish, SealedBox
from tests.e2e.household import MONTH_SECONDS, Device, Grandchild, komp
from tests.e2e.komp import ScriptedKomp
from tests.e2e.site import Coordinator

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

RINGS = re.compile("It rings")
ENDED = "#after-heading"
KEPT_SERIAL = """async (endpoint) => (await (await import("/sdk/keeping.js")).keptLink(endpoint)).statement.serial"""


class Street:
    """A linked browser and the Komp that it knows."""

    def __init__(self, page: Page, origin: str, coordinator: Coordinator, *, how: How = How.QR) -> None:
        self.page = page
        self.coordinator = coordinator
        self.grandchild = Grandchild()
        self.komp: Device = komp()
        self._address = f"{origin}/family{self.grandchild.link(self.komp.record(how))}"

    async def opens(self) -> web.WebSocketResponse:
        await self.page.goto(self._address)
        return await self.coordinator.session()

    async def calls(self, socket: web.WebSocketResponse) -> ScriptedKomp:
        await self.page.get_by_role("button", name="Call Grandma’s Komp").click()
        return await self.rung(socket)

    async def rung(self, socket: web.WebSocketResponse) -> ScriptedKomp:
        invite = await self.coordinator.hears(CallInvite)
        return ScriptedKomp(self.coordinator, socket, invite, device=self.komp, caller=self.grandchild)

    async def learns_what_the_coordinator_hands_over(self, socket: web.WebSocketResponse, keys: Introduction) -> None:
        self.coordinator.keys[self.komp.endpoint] = self.komp.handed_over(keys)
        await socket.send_json({"t": "circle.changed"})
        await self.coordinator.hears(KeysGet)

    async def keeps(self, serial: int) -> None:
        """Wait until the browser has put away the Komp's statement of that serial: a reload finds what is put away."""
        async with asyncio.timeout(10):
            while (await self.page.evaluate(KEPT_SERIAL, self.komp.endpoint)) != serial:  # noqa: ASYNC110 - a page tells nobody
                await asyncio.sleep(0.05)


@pytest.fixture
def street(page: Page, origin: str, coordinator: Coordinator) -> Street:
    return Street(page, origin, coordinator)


@pytest.fixture
def introduced(page: Page, origin: str, coordinator: Coordinator) -> Street:
    return Street(page, origin, coordinator, how=How.INTRODUCED)


async def test_the_page_states_its_key_and_asks_for_those_of_whom_it_knows(
    street: Street, coordinator: Coordinator
) -> None:
    await street.opens()
    asked = await coordinator.hears(KeysGet)
    assert asked.endpoints == [street.komp.endpoint]
    said = (await coordinator.hears(KeysPublish)).statement
    statement = KeyStatement(said.endpoint, said.key, said.serial, said.not_after, said.signature)
    assert verify_statement(statement, street.grandchild.identity.public) == street.grandchild.ring.current.public


async def test_a_key_that_is_thirty_days_old_gives_way_to_a_new_one_that_outlives_the_page(
    street: Street, coordinator: Coordinator
) -> None:
    made_at = street.grandchild.ring.current.made_at
    await street.page.clock.install(time=made_at + MONTH_SECONDS)
    await street.opens()
    first = (await coordinator.hears(KeysPublish)).statement
    assert first.serial == street.grandchild.ring.current.serial + 1
    await street.page.reload()
    assert (await coordinator.hears(KeysPublish)).statement == first


async def test_what_the_page_says_opens_with_the_komps_key_and_with_no_other(street: Street) -> None:
    socket = await street.opens()
    rung = await street.calls(socket)
    assert rung.ring["t"] == "ring"
    assert abs(rung.ring["sent_at"] / 1000 - street.komp.ring.current.made_at) < 60
    other = komp()
    other.ring = Grandchild().ring
    with pytest.raises(ValueError, match="doesn't open"):
        ScriptedKomp(street.coordinator, socket, rung.invite, device=other, caller=street.grandchild)


async def test_a_join_that_does_not_open_changes_nothing_and_the_true_one_still_joins(street: Street) -> None:
    socket = await street.opens()
    rung = await street.calls(socket)
    await rung.answers_the_invite()
    joined = {"t": "call.joined", "call": rung.call, "endpoint": street.komp.endpoint}
    for box in ("A" * 200, "eyJ0Ijoiam9pbiJ9"):
        await rung.tells(joined | {"box": box})
    await rung.joins()
    assert await rung.hears("here")


# ------------------------------------------------------------------ on an introduced link


async def test_on_an_introduced_link_nothing_is_described_before_the_accept(introduced: Street) -> None:
    page, socket = introduced.page, await introduced.opens()
    await expect(page.locator(".keys")).to_have_text("Not confirmed yet: somebody there must turn the knob")
    rung = await introduced.calls(socket)
    await rung.answers_the_invite()
    await rung.joins()
    await rung.hears("here")
    await rung.tells(
        {"t": "call.progress", "call": rung.call, "endpoint": introduced.komp.endpoint, "state": "ringing"}
    )
    await expect(page.locator("#call-state")).to_have_text("It rings. Somebody must turn the knob there.")
    await expect(page.locator("#own")).to_be_visible()
    for number in range(50):  # the other end may hold us for verified
        await rung.says({"t": "candidates", "generation": 0, "candidates": [{"candidate": f"candidate:{number}"}]})
    await page.wait_for_timeout(300)
    assert await page.locator("#marks .offered").count() == 0
    await rung.says({"t": "accepted"})
    offer = await rung.hears("offer")
    assert offer["generation"] == 0
    assert {one["t"] for one in rung.heard} == {"here", "offer"}


async def test_on_a_verified_link_the_description_follows_the_join(street: Street) -> None:
    await expect_checked(street)
    rung = await street.calls(await street.coordinator.session())
    await rung.answers_the_invite()
    await rung.joins()
    assert await rung.hears("offer")


async def expect_checked(street: Street) -> None:
    await street.page.goto(street._address)
    await expect(street.page.locator(".keys")).to_have_text("Keys checked")


async def test_a_statement_that_has_run_out_is_no_proof_any_more(street: Street) -> None:
    after = street.komp.introduction.statement.not_after + 60
    await street.page.clock.install(time=after)
    await street.opens()
    await expect(street.page.locator(".keys")).to_have_text(
        "Its keys are out of date: somebody there must turn the knob"
    )


# ----------------------------------------------------------------------------- newer keys


async def test_a_komp_with_a_newer_key_is_rung_once_more_and_nobody_notices(
    street: Street, coordinator: Coordinator
) -> None:
    page, socket = street.page, await street.opens()
    await coordinator.hears(KeysGet)
    first = await street.calls(socket)
    await first.answers_the_invite()
    await expect(page.locator("#own")).to_be_visible()
    await page.evaluate("window.tracks = document.getElementById('own').srcObject.getTracks()")
    await page.evaluate(
        """() => {
          window.views = [];
          const seen = new MutationObserver(() => views.push(document.body.dataset.view));
          seen.observe(document.body, { attributes: true });
        }"""
    )
    street.komp.turn_ring(times=2)
    coordinator.keys[street.komp.endpoint] = street.komp.handed_over()
    await first.ends("stale_key")
    second = await street.rung(socket)
    assert second.call != first.call
    assert second.invite.rings[0].key == first.invite.rings[0].key + 2
    await second.answers_the_invite()
    await second.joins()
    assert await second.hears("here")
    await second.rings()
    await expect(page.locator("#call-state")).to_have_text(RINGS)
    assert await page.evaluate("[views, tracks.map((one) => one.readyState)]") == [[], ["live", "live"]]
    await second.says({"t": "accepted"})
    await expect(page.get_by_text("Answered. Here comes the picture…")).to_be_visible()
    assert await page.locator("#marks .erased").count() == 0


async def test_a_second_stale_key_ends_the_call_and_says_so(street: Street) -> None:
    socket = await street.opens()
    first = await street.calls(socket)
    await first.ends("stale_key")
    second = await street.rung(socket)
    await second.ends("stale_key")
    await expect(street.page.locator(ENDED)).to_have_text("The two ends must be linked anew.")


async def test_hanging_up_between_two_attempts_is_a_hang_up(street: Street, coordinator: Coordinator) -> None:
    socket = await street.opens()
    await coordinator.hears(KeysGet)
    first = await street.calls(socket)
    coordinator.answers_keys = False
    await first.ends("stale_key")
    asked = await coordinator.hears(KeysGet)
    await street.page.get_by_role("button", name="Stop ringing").click()
    await socket.send_json({"t": "ok", "ref": asked.id, "keys": []})
    await expect(street.page.locator(ENDED)).to_have_text("You stopped ringing.")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await coordinator.hears(CallInvite)


async def test_an_older_statement_is_ignored_also_after_a_reload(street: Street, coordinator: Coordinator) -> None:
    old = street.komp.introduction
    street.komp.turn_ring(times=2)
    new = street.komp.introduction
    socket = await street.opens()
    await coordinator.hears(KeysGet)
    await street.learns_what_the_coordinator_hands_over(socket, new)
    await street.keeps(new.statement.serial)
    await street.learns_what_the_coordinator_hands_over(socket, old)
    await street.page.reload()
    socket = await coordinator.session()
    rung = await street.calls(socket)
    assert rung.invite.rings[0].key == new.statement.serial


async def test_a_statement_that_another_identity_signed_changes_nothing(
    street: Street, coordinator: Coordinator
) -> None:
    mallory = Grandchild()
    forged = make_statement(mallory.identity.key, mallory.ring.current.public, serial=9, not_after=2_000_000_000)
    socket = await street.opens()
    await coordinator.hears(KeysGet)
    for identity in (mallory.identity.public_text, street.komp.identity.public_text):
        for named in (forged.endpoint, street.komp.endpoint):
            said = KeyStatement(named, forged.key, forged.serial, forged.not_after, forged.signature)
            await street.learns_what_the_coordinator_hands_over(socket, Introduction(identity, said))
    rung = await street.calls(socket)
    assert rung.invite.rings[0].key == street.komp.ring.current.serial
    await expect(street.page.locator(".keys").first).to_have_text("Keys checked")


async def test_no_word_of_a_call_reaches_the_coordinator_in_clear(street: Street, coordinator: Coordinator) -> None:
    rung = await street.calls(await street.opens())
    await rung.answers_the_invite()
    await rung.joins()
    await rung.hears("offer")
    await rung.hears("end_of_candidates")
    boxes = [bytes(one.box) for one in coordinator.heard if isinstance(one, SealedBox) and one.box]
    boxes.append(rung.invite.rings[0].box.encode())
    assert len(boxes) >= 4
    for box in boxes:
        assert not any(word in box for word in (b"candidate", b"fingerprint", b"eyJ0Ijoi"))
