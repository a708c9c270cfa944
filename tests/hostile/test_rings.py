"""Rings that a hostile coordinator changes or makes up."""

import random
import secrets
import time

import msgspec
import pytest

from client_sim.av1 import Av1
from client_sim.ends import live_ends
from client_sim.identity import Identity
from client_sim.live_call import LiveCall
from client_sim.sealed.keyring import new_ring, state_key
from client_sim.sealed.links import How
from client_sim.student import StudentApp
from client_sim.timeline import Step
from signalling.protocol import EndReason
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url, from_base64url
from tests.hostile.attacker import ATTACKER, change_profile, link_to, pose_as, the_attacker, with_an_attacker
from tests.hostile.ledger import Outcome, attack
from tests.hostile.middle import Tamper, Way
from tests.hostile.stage import APP, AV1, COUSIN, KOMP, Stage
from tests.hostile.tampers import alter, flipped, in_turn, replaced

pytestmark = pytest.mark.slow


def change_rings(**fields: object) -> Tamper:
    """Every ring comes with these fields instead of its own."""
    return alter(wire.CallRing, lambda ring: replaced(ring, **fields))


async def refused_at_both_ends(stage: Stage) -> LiveCall:
    """The app calls the Komp; it is turned away there, and both ends say so."""
    await stage.komp()
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    await stage.ended(call, "app")
    await stage.ended(await stage.call_at("Komp"), "Komp")
    return call


# ------------------------------------------------------------------- what stands beside the box


@pytest.mark.parametrize("field", ["from_key", "key"])
@attack("swaps a key's serial in the ring", Outcome.NO_CALL, "app ends: stale_key")
async def test_a_ring_under_another_serial_opens_nowhere(stage: Stage, field: str) -> None:
    await stage.komp()
    app = await stage.family()
    stage.middle.tamper = change_rings(**{field: 7})
    call = app.call(app.endpoint.book.links[0])
    await stage.ended(call, "app")
    await stage.ended(await call.successor, "app")


@attack("swaps the caller's serial in the invite", Outcome.NO_CALL, "app ends: stale_key")
async def test_an_invite_under_another_serial_opens_nowhere(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()
    stage.middle.tamper = alter(wire.CallInvite, lambda invite: replaced(invite, from_key=7), way=Way.UP)
    call = app.call(app.endpoint.book.links[0])
    await stage.ended(call, "app")
    await stage.ended(await call.successor, "app")


VERIFIED_NOT = ("app ends: peer_not_verified", "Komp ends: peer_not_verified")


@attack("says that the ring is from another relative", Outcome.NO_CALL, *VERIFIED_NOT)
async def test_a_ring_in_another_relatives_name_is_declined(stage: Stage) -> None:
    stage.middle.tamper = change_rings(from_=stage.id_of(COUSIN))
    await refused_at_both_ends(stage)


@attack("puts a box of its own in the ring", Outcome.NO_CALL, *VERIFIED_NOT)
async def test_a_ring_around_another_box_is_declined(stage: Stage) -> None:
    stage.middle.tamper = change_rings(box=base64url(secrets.token_bytes(176)))
    await refused_at_both_ends(stage)


@attack("says that it is a call without pictures", Outcome.NO_CALL, *VERIFIED_NOT)
async def test_a_ring_for_other_media_is_declined(stage: Stage) -> None:
    stage.middle.tamper = change_rings(media="audio")
    await refused_at_both_ends(stage)


@attack("turns a bit of the ring's box", Outcome.NO_CALL, *VERIFIED_NOT)
async def test_whichever_bit_of_a_ring_is_turned_it_is_declined(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()
    for number in range(12):
        stage.middle.tamper = alter(wire.CallRing, _turn_a_bit)
        call = app.call(app.endpoint.book.links[0])
        await stage.ended(call, "app")
        await stage.ended(await stage.call_at("Komp", number), "Komp")


def _turn_a_bit(ring: wire.Message) -> wire.Message:
    assert isinstance(ring, wire.CallRing)
    return replaced(ring, box=flipped(ring.box, random.randrange(8 * len(from_base64url(ring.box)))))


@attack("shows another name than the caller's", Outcome.UNHARMED, "Komp warns, and shows the name that it knows")
async def test_a_swapped_profile_is_not_shown(stage: Stage) -> None:
    komp = await stage.komp()
    app = await stage.family()
    stage.middle.tamper = change_rings(profile=wire.Profile("Your bank"))
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.both_see(call, rung)
    known = komp.endpoint.book.link(str(rung.peer_endpoint))
    assert known is not None
    warns = rung.profile_is_false and rung.caller_name is None and known.name == APP
    stage.notes("Komp warns, and shows the name that it knows", warns)


@attack("rings with the same ring three times", Outcome.UNHARMED)
async def test_a_ring_that_comes_thrice_rings_once(stage: Stage) -> None:
    komp = await stage.komp()
    app = await stage.family()
    stage.middle.tamper = lambda passing: (
        (passing.frame,) * 3 if isinstance(passing.message, wire.CallRing) else (passing.frame,)
    )
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.both_see(call, rung)
    assert [mark.step for mark in rung.timeline.marks].count(Step.RINGING) == 1
    assert len(stage.calls["Komp"]) == 1
    assert komp.call is rung


# ------------------------------------------------------------------------- whole rings


@attack(
    "lets an endpoint of its own ring as the grandchild",
    Outcome.ASKS,
    "Komp says that they were never verified, and waits for the knob",
    household=with_an_attacker,
)
async def test_a_whole_swapped_ring_waits_for_the_knob(stage: Stage) -> None:
    komp = await stage.komp()
    attacker = await the_attacker(stage, APP)
    call = attacker.call(link_to(attacker, KOMP))
    ringing = await stage.rings(call)
    rung = await stage.call_at("Komp")
    record = komp.endpoint.book.link(attacker.endpoint.identity.endpoint)
    assert record is not None
    introduced = record.how is How.INTRODUCED and not rung.verified and ringing.answers_in_ms is None
    stage.notes("Komp says that they were never verified, and waits for the knob", introduced)
    await stage.stays(lambda: not rung.accepted)
    true = komp.endpoint.book.link(stage.id_of(APP))
    assert true is not None
    assert true.how is How.QR


@attack(
    "lets an endpoint of its own ring at a robot as its student",
    Outcome.NO_CALL,
    "student's call ends: peer_not_verified",
    household=with_an_attacker,
)
async def test_a_robot_takes_no_swapped_ring(stage: Stage) -> None:
    av1 = Av1(stage.household.links[AV1], stage.around, live_ends("AV1"))
    await stage.bring_online(av1.endpoint)
    attacker = StudentApp(stage.household.links[ATTACKER], stage.around, live_ends("STUDENT"))
    await stage.bring_online(attacker.endpoint)
    stage.middle.tamper = pose_as(stage, "Student")
    (robot,) = (one for one in attacker.endpoint.book.links if one.name == AV1)
    await stage.ended(attacker.call(robot), "student's call")
    assert not any(one.timeline.has(Step.JOINED) for one in av1.endpoint.calls.values())


@attack(
    "slips in keys of its own with a newcomer's",
    Outcome.ASKS,
    household=with_an_attacker,
)
async def test_a_ring_brings_in_its_own_caller_and_nobody_else(stage: Stage) -> None:
    komp = await stage.komp()
    attacker = await the_attacker(stage, APP)
    extra = Identity()
    stated = state_key(new_ring(now=time.time()), extra.key)
    written = wire.KeyStatement(**msgspec.structs.asdict(stated))
    more = wire.EndpointKeys(str(extra.endpoint), stage.party_of(COUSIN), extra.public_text, written)

    def with_more(ok: wire.Message) -> wire.Message | None:
        assert isinstance(ok, wire.Ok)
        return replaced(ok, keys=[more, *ok.keys]) if ok.keys else None

    stage.middle.tamper = in_turn(change_profile(APP), alter(wire.Ok, with_more))
    await stage.rings(attacker.call(link_to(attacker, KOMP)))
    assert komp.endpoint.book.link(attacker.endpoint.identity.endpoint) is not None
    assert komp.endpoint.book.link(extra.endpoint) is None


@attack(
    "says that an endpoint of its own is a relative's second phone, and waits to be called",
    Outcome.NO_CALL,
    "app says that they were never verified",
    "app ends: unreachable",
    household=with_an_attacker,
)
async def test_a_ghost_device_of_a_known_person_is_never_called(stage: Stage) -> None:
    app = await stage.family()
    attacker = await the_attacker(stage, COUSIN)
    attacker.call(link_to(attacker, APP))
    rung = await stage.call_at("app")
    ghost = app.endpoint.book.link(attacker.endpoint.identity.endpoint)
    assert ghost is not None
    assert ghost.party == stage.party_of(COUSIN)
    stage.notes("app says that they were never verified", not rung.verified)
    rung.stop(EndReason.DECLINED)
    await rung.reached(Step.ENDED)
    call = app.call(link_to(app, COUSIN))
    assert call.invite is not None
    assert [one.endpoint for one in call.invite.rings] == [stage.id_of(COUSIN)]
    call.stop(EndReason.UNREACHABLE)
    await stage.ended(call, "app")


@attack(
    "says that a call of the attacker's won over the one to the cousin",
    Outcome.ASKS,
    "app ends: glare",
    household=with_an_attacker,
)
async def test_a_forged_glare_opens_no_camera(stage: Stage) -> None:
    app = await stage.family()
    await stage.family(COUSIN)
    attacker = await the_attacker(stage, COUSIN)
    theirs = attacker.call(link_to(attacker, APP))
    rung = await stage.call_at("app")
    mine = app.call(link_to(app, COUSIN))
    ended = wire.CallEnded(mine.id, EndReason.GLARE, winner=theirs.id)
    await stage.middle.inject(Way.DOWN, app.endpoint.identity.endpoint, ended)
    await stage.ended(mine, "app")
    await stage.stays(lambda: not rung.accepted)
