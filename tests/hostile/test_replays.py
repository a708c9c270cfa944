"""Rings that a hostile coordinator plays again: later, elsewhere, under another name. They ring nowhere."""

import secrets
from dataclasses import replace

import pytest

from client_sim import answering, ending
from client_sim.household import FAMILY, Household, make_household
from client_sim.timeline import Step
from signalling.protocol import CallId
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url
from tests.hostile.attacker import link_to
from tests.hostile.ledger import Outcome, attack
from tests.hostile.middle import Way
from tests.hostile.stage import COUSIN, KOMP, Stage
from tests.hostile.tampers import keep_back, replaced

pytestmark = pytest.mark.slow


async def recorded_ring(stage: Stage) -> wire.CallRing:
    """A ring of an ordinary call to the Komp, which is over."""
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    await stage.rings(call)
    call.stop()
    await call.gone.wait()
    return await stage.middle.comes(wire.CallRing, way=Way.DOWN, who=stage.id_of(KOMP))


@attack("plays a ring again after the call", Outcome.NO_CALL)
async def test_a_ring_of_an_ended_call_rings_nowhere(stage: Stage) -> None:
    komp = await stage.komp(countdown_seconds=5)
    ring = await recorded_ring(stage)
    await (await stage.call_at("Komp")).gone.wait()
    await stage.middle.inject(Way.DOWN, stage.id_of(KOMP), ring)
    again = await stage.call_at("Komp", 1)
    await again.reached(Step.ENDED)
    assert not again.timeline.has(Step.RINGING)
    assert komp.call is None


@attack("plays a ring again at a Komp that has been restarted", Outcome.NO_CALL, "Komp ends: unreachable")
async def test_a_replayed_ring_never_sounds(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "HERE_SECONDS", 0.4)
    first = await stage.komp(countdown_seconds=5)
    ring = await recorded_ring(stage)
    await first.endpoint.stop()
    stage.calls["Komp"].clear()
    await stage.komp(countdown_seconds=5)
    stage.middle.tamper = keep_back(wire.CallJoin)  # or the coordinator behind would say that the call is over
    await stage.middle.inject(Way.DOWN, stage.id_of(KOMP), ring)
    again = await stage.call_at("Komp")
    await stage.ended(again, "Komp")
    assert not again.timeline.has(Step.RINGING)


@attack("plays a ring again at somebody else", Outcome.NO_CALL, "cousin ends: peer_not_verified")
async def test_a_ring_opens_at_nobody_else(stage: Stage) -> None:
    await stage.komp(countdown_seconds=5)
    cousin = await stage.family(COUSIN)
    ring = await recorded_ring(stage)
    await stage.middle.inject(Way.DOWN, stage.id_of(COUSIN), ring)
    again = await stage.call_at("cousin")
    await stage.ended(again, "cousin")
    assert cousin.ringing == []


@attack("plays a ring again under another call's name", Outcome.NO_CALL, "Komp ends: peer_not_verified")
async def test_a_ring_opens_in_no_other_call(stage: Stage) -> None:
    await stage.komp(countdown_seconds=5)
    ring = await recorded_ring(stage)
    other = replaced(ring, call=CallId(base64url(secrets.token_bytes(16))))
    await stage.middle.inject(Way.DOWN, stage.id_of(KOMP), other)
    again = await stage.call_at("Komp", 1)
    await stage.ended(again, "Komp")
    assert not again.timeline.has(Step.RINGING)


def cousin_with_two_phones() -> Household:
    """Both ring at once, on message 1."""
    return make_household([replace(one, installations=2) if one.name == COUSIN else one for one in FAMILY])


@attack(
    "plays a ring again at a phone whose call the other phone took",
    Outcome.UNHARMED,
    "cousin ends: unreachable",
    household=cousin_with_two_phones,
)
async def test_a_call_taken_elsewhere_does_not_ring_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "ERASED_SECONDS", 0.3)
    app = await stage.family()
    first = await stage.family(COUSIN)
    second = await stage.family(f"{COUSIN} 2")
    call = app.call(link_to(app, COUSIN))
    await stage.rings(call)
    rung, other = await stage.call_at(f"{COUSIN} 2"), await stage.call_at("cousin")
    await stage.until(lambda: second.ringing)
    rung.answer()
    await stage.both_see(call, rung)
    await other.gone.wait()
    ring = await stage.middle.comes(wire.CallRing, way=Way.DOWN, who=stage.id_of(COUSIN))
    await stage.middle.inject(Way.DOWN, stage.id_of(COUSIN), ring)
    await stage.ended(await stage.call_at("cousin", 1), "cousin")
    assert first.ringing == []


@attack(
    "plays a ring again, more than a minute old, at a phone that has been restarted",
    Outcome.NO_CALL,
    "cousin ends: unreachable",
    household=cousin_with_two_phones,
)
async def test_an_old_ring_is_not_fresh(stage: Stage) -> None:
    app = await stage.family()
    first = await stage.family(COUSIN)
    call = app.call(link_to(app, COUSIN))
    await stage.rings(call)
    ring = await stage.middle.comes(wire.CallRing, way=Way.DOWN, who=stage.id_of(COUSIN))
    call.stop()
    await call.gone.wait()
    await first.endpoint.stop()
    stage.calls["cousin"].clear()
    stage.wall.ahead_seconds = 61
    again = await stage.family(COUSIN)
    await stage.middle.inject(Way.DOWN, stage.id_of(COUSIN), ring)
    await stage.ended(await stage.call_at("cousin"), "cousin")
    assert again.ringing == []
