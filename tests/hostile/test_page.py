"""The same attacks on a page in Chromium that calls a Komp: the browser's endpoint holds where the Python one does."""

import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from client_sim import negotiation
from client_sim.aiortc_settings import apply
from client_sim.endpoint import prepare_process
from client_sim.household import FAMILY, Household, make_household
from client_sim.identity import Identity
from client_sim.sealed.keyring import new_ring, state_key
from client_sim.timeline import Step
from signalling.protocol import CallState, EndReason, Role
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url
from tests.e2e import conftest as chromium
from tests.hostile.attacker import link_to, the_attacker, with_an_attacker
from tests.hostile.caller_page import CallerPage
from tests.hostile.conftest import judged
from tests.hostile.ears import Ears
from tests.hostile.ledger import Outcome, Proof, attack
from tests.hostile.middle import Out, Passing, Way
from tests.hostile.stage import APP, COUSIN, KOMP, Stage
from tests.hostile.tampers import alter, replaced
from tests.hostile.test_boxes import on_boxes, turned
from tests.hostile.test_keys import hand_over
from tests.hostile.test_media import OtherCertificates

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

browser, page = chromium.browser, chromium.page


@pytest_asyncio.fixture(loop_scope="session")
async def stage(request: pytest.FixtureRequest, tmp_path: Path, ears: Ears) -> AsyncIterator[Stage]:
    """As for the other attacks, on the browser's loop."""
    prepare_process(loopback_only=True)
    async with judged(request, tmp_path, ears) as stage:
        yield stage
    apply()


@pytest.fixture
def caller(page: Page, stage: Stage) -> CallerPage:
    return CallerPage(page, stage)


async def call(caller: CallerPage) -> None:
    """It opens, and calls."""
    await caller.open()
    await caller.press_call()


async def test_an_honest_middle_is_only_a_longer_wire_for_a_page_too(stage: Stage, caller: CallerPage) -> None:
    await stage.komp()
    await call(caller)
    await caller.sees_the_picture()
    await stage.both_see(await stage.call_at("Komp"))
    assert stage.middle.altered == []
    assert stage.middle.withheld == 0


LATE = """
  const told = RTCDtlsTransport.prototype;
  const state = Object.getOwnPropertyDescriptor(told, "state").get;
  const certificates = told.getRemoteCertificates;
  let isLate = true;
  Object.defineProperty(told, "state", {
    get() {
      if (!isLate || state.call(this) !== "connected") return state.call(this);
      setTimeout(() => { isLate = false; this.dispatchEvent(new Event("statechange")); }, 300);
      return "connecting";
    },
  });
  told.getRemoteCertificates = function () { return isLate ? [] : certificates.call(this); };
"""
"""What a busy Chromium does by itself: the connection is connected, and the transport doesn't know it yet."""


async def test_a_certificate_that_comes_late_is_waited_for_and_no_alarm(stage: Stage, caller: CallerPage) -> None:
    await caller.page.add_init_script(LATE)
    await stage.komp()
    await call(caller)
    await caller.sees_the_picture()
    await stage.both_see(await stage.call_at("Komp"))


# --------------------------------------------------------------------------------- keys


@attack("hands a page its own agreement key as the Komp's", Outcome.UNHARMED)
async def test_a_page_takes_no_forged_statement(stage: Stage, caller: CallerPage) -> None:
    komp, attacker = await stage.komp(), Identity()
    true = komp.endpoint.book.statement()
    own = state_key(new_ring(now=time.time()), attacker.key)
    forged = msgspec.structs.replace(own, endpoint=true.endpoint, serial=9)
    public = komp.endpoint.identity.public_text
    stage.middle.tamper = hand_over(public, forged, party=stage.party_of(KOMP), of=true.endpoint)
    await call(caller)
    await caller.sees_the_picture()
    await stage.both_see(await stage.call_at("Komp"))


@attack("tells a page that the Komp is another endpoint now", Outcome.UNHARMED, "page: “Other keys were shown for it”")
async def test_a_page_marks_another_identity_of_a_device(stage: Stage, caller: CallerPage) -> None:
    komp, attacker = await stage.komp(), Identity()
    own = state_key(new_ring(now=time.time()), attacker.key)
    theirs = komp.endpoint.identity.endpoint
    stage.strangers.add(attacker.endpoint)
    stage.middle.tamper = hand_over(attacker.public_text, own, party=stage.party_of(KOMP), of=theirs)
    await caller.open()
    keys = caller.page.locator("#contacts .keys")
    await expect(keys).to_contain_text("Other keys were shown for it")
    stage.notes("page: “Other keys were shown for it”", await keys.is_visible())
    await caller.press_call()
    await caller.sees_the_picture()
    await stage.both_see(await stage.call_at("Komp"))


# --------------------------------------------------------------------- several endpoints


@attack(
    "says that an endpoint of its own is a relative's second phone, and that it joins the call of a page",
    Outcome.UNHARMED,
    household=with_an_attacker,
)
async def test_a_page_rings_no_ghost_beside_a_proven_phone(stage: Stage, caller: CallerPage) -> None:
    await stage.family(COUSIN)
    await caller.open("#relatives")
    attacker = await the_attacker(stage, COUSIN)
    attacker.call(link_to(attacker, APP))
    await expect(caller.page.locator("#ring-sure")).to_contain_text("Not checked")
    await caller.page.get_by_role("button", name="Decline").click()
    await expect(caller.page.locator("#relatives .contact")).to_have_count(1)  # it is one of the cousin's now
    await caller.press_call(COUSIN)
    invite = await stage.middle.comes(wire.CallInvite, way=Way.UP, who=stage.id_of(APP))
    assert [one.endpoint for one in invite.rings] == [stage.id_of(COUSIN)]
    ghost = attacker.endpoint.identity.endpoint
    forged = wire.CallJoined(invite.call, ghost, base64url(secrets.token_bytes(176)))
    await stage.middle.inject(Way.DOWN, stage.id_of(APP), forged)
    rung = await stage.call_at("cousin")
    await rung.reached(Step.RINGING)
    rung.answer()
    await caller.sees_the_picture()
    await stage.both_see(rung)


SECOND = f"{COUSIN} 2"


def with_two_phones() -> Household:
    """The cousin has a second phone, and both were met."""
    return make_household([replace(one, installations=2) if one.name == COUSIN else one for one in FAMILY])


@attack(
    "passes the join of one phone off as the other's in a page's call, before it says the truth",
    Outcome.UNHARMED,
    household=with_two_phones,
)
async def test_a_page_takes_no_join_in_another_endpoints_name(stage: Stage, caller: CallerPage) -> None:
    await stage.family(COUSIN)
    second = await stage.family(SECOND)

    def first_in_the_others_name(passing: Passing) -> Out:
        if not isinstance(passing.message, wire.CallJoined):
            return (passing.frame,)
        return (replaced(passing.message, endpoint=stage.id_of(COUSIN)), passing.frame)

    stage.middle.tamper = first_in_the_others_name
    await caller.open("#relatives")
    await caller.press_call(COUSIN)
    await (await stage.call_at("cousin")).reached(Step.RINGING)
    rung = await stage.call_at(SECOND)
    await rung.reached(Step.RINGING)
    rung.answer()
    await caller.sees_the_picture()
    await stage.both_see(rung)
    note = "JSON.parse(sessionStorage.getItem('narvaro.call')).peer"
    assert await caller.page.evaluate(note) == second.endpoint.identity.endpoint


# ------------------------------------------------------------------------ boxes and words


@attack(
    "puts an altered box before each true one on its way to a page, and sends that twice",
    Outcome.UNHARMED,
    "Komp counts boxes that don't open",
)
async def test_a_page_opens_no_altered_box_and_takes_each_once(stage: Stage, caller: CallerPage) -> None:
    await stage.komp()
    stage.middle.tamper = on_boxes(lambda passing, box: (turned(box), passing.frame, passing.frame))
    await call(caller)
    await caller.sees_the_picture()
    rung = await stage.call_at("Komp")
    await stage.both_see(rung)
    stage.notes("Komp counts boxes that don't open", stage.counts(rung).refused >= 3)


@attack(
    "alters every description and candidate on its way to a page",
    Outcome.NO_CALL,
    "Komp ends: ice_failed",
    "page: “No way was found for sound and picture. A firewall may be in the way.”",
)
async def test_an_altered_answer_fails_closed_and_the_page_says_so(
    stage: Stage, caller: CallerPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.komp()
    stage.middle.tamper = on_boxes(lambda _, box: (turned(box),), who=stage.id_of(APP))
    await call(caller)
    rung = await stage.call_at("Komp")
    await rung.reached(Step.ACCEPTED)
    await stage.until(lambda: stage.ears.arrived(stage.middle.altered))
    monkeypatch.setattr(negotiation, "CONNECT_SECONDS", 0.6)  # enough was waited: now, or at its next look
    stage.middle.tamper = lambda passing: (passing.frame,)
    await stage.ended(rung, "Komp")
    await caller.ends("No way was found for sound and picture. A firewall may be in the way.")


@attack("makes up the handshake's answer for a page", Outcome.UNHARMED)
async def test_a_page_passes_over_a_forged_join(stage: Stage, caller: CallerPage) -> None:
    await stage.komp()

    def first_a_forged_one(passing: Passing) -> Out:
        if not isinstance(passing.message, wire.CallJoined):
            return (passing.frame,)
        return (replaced(passing.message, box=base64url(secrets.token_bytes(176))), passing.frame)

    stage.middle.tamper = first_a_forged_one
    await call(caller)
    await caller.sees_the_picture()
    await stage.both_see(await stage.call_at("Komp"))


@attack("accepts in the Komp's name, and tells a page that it is so", Outcome.NO_CALL)
async def test_a_forged_accept_shows_no_picture_on_a_page(stage: Stage, caller: CallerPage) -> None:
    await stage.komp(countdown_seconds=30)
    await call(caller)
    rung = await stage.call_at("Komp")
    await rung.reached(Step.DTLS)
    await stage.middle.inject(Way.UP, stage.id_of(KOMP), wire.CallAccept(rung.id, id="forged"))
    known = wire.KnownCall(str(rung.id), CallState.ACTIVE, Role.CALLER, stage.id_of(KOMP))
    await stage.middle.inject(Way.DOWN, stage.id_of(APP), wire.Ready("s", 2, 20, [known]))
    await stage.stays(lambda: not rung.accepted)
    await caller.sees_nothing()


@attack("ends a page's call that nobody ended", Outcome.STOPPED, "page: “The call was stopped by an administrator.”")
async def test_it_can_end_a_pages_call(stage: Stage, caller: CallerPage) -> None:
    await stage.komp()
    await call(caller)
    await caller.sees_the_picture()
    rung = await stage.call_at("Komp")
    for name in (APP, KOMP):
        await stage.middle.inject(Way.DOWN, stage.id_of(name), wire.CallEnded(str(rung.id), EndReason.ADMIN_FORCED))
    await caller.ends("The call was stopped by an administrator.")
    await rung.reached(Step.ENDED)


@attack("swaps a key's serial in a page's ring", Outcome.NO_CALL, "page: “The two ends must be linked anew.”")
async def test_a_pages_ring_under_another_serial_opens_nowhere(stage: Stage, caller: CallerPage) -> None:
    await stage.komp()
    stage.middle.tamper = alter(wire.CallRing, lambda ring: replaced(ring, from_key=7))
    await call(caller)
    await caller.ends("The two ends must be linked anew.")


# -------------------------------------------------------------------------------- media


UNPROVEN = "Stopped: it couldn’t be proven who is at the other end."


@attack(
    "shows a page another certificate in DTLS than the one that was sealed",
    Outcome.NO_CALL,
    "Komp ends: peer_not_verified",
    f"page: “{UNPROVEN}”",
    "page warns",
    proof=Proof.OWN,
)
async def test_a_page_refuses_a_certificate_that_was_not_sealed(stage: Stage, caller: CallerPage) -> None:
    stage.around = replace(stage.around, certificates=OtherCertificates())
    await stage.komp(countdown_seconds=30)
    await call(caller)
    await stage.ended(await stage.call_at("Komp"), "Komp")
    await caller.ends(UNPROVEN)
    await caller.warns()


@attack("gives a page ICE servers that are none", Outcome.UNHARMED)
async def test_a_page_does_without_servers_that_it_can_not_use(stage: Stage, caller: CallerPage) -> None:
    await stage.komp()
    nonsense = [wire.IceServer(["nonsense"]), wire.IceServer(["turn:127.0.0.1:9"])]

    def change(ok: wire.Message) -> wire.Message | None:
        assert isinstance(ok, wire.Ok)
        return replaced(ok, ice_servers=nonsense) if ok.ice_servers is not None else None

    stage.middle.tamper = alter(wire.Ok, change)
    await call(caller)
    await caller.sees_the_picture()
    await stage.both_see(await stage.call_at("Komp"))
