"""Rings that a hostile coordinator changes, makes up, or plays again."""

import random
import secrets
import time
from dataclasses import replace

import msgspec
import pytest

from client_sim import answering, ending
from client_sim.av1 import Av1
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.household import FAMILY, Household, Member, make_household
from client_sim.identity import Identity
from client_sim.live_call import LiveCall
from client_sim.sealed.keyring import new_ring, state_key
from client_sim.sealed.links import How, LinkRecord
from client_sim.student import StudentApp
from client_sim.timeline import Step
from signalling.protocol import CallId, EndReason, PartyKind
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url, from_base64url
from tests.hostile.ledger import Outcome, attack
from tests.hostile.middle import Tamper, Way
from tests.hostile.stage import APP, AV1, COUSIN, KOMP, Stage
from tests.hostile.tampers import alter, flipped, in_turn, keep_back, replaced

pytestmark = pytest.mark.slow

ATTACKER = "Attacker"


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


def with_an_attacker() -> Household:
    """The coordinator lets one more in, whom nobody else knows."""
    calls = (KOMP, AV1, APP, COUSIN)
    household = make_household((*FAMILY, Member(ATTACKER, PartyKind.PERSON, calls)))
    stranger = household.links[ATTACKER].party
    links = {
        name: kept
        if name == ATTACKER
        else msgspec.structs.replace(kept, links=tuple(one for one in kept.links if one.party != stranger))
        for name, kept in household.links.items()
    }
    return Household(links, household.seed)


def pose_as(stage: Stage, name: str) -> Tamper:
    """Rings of the attacker come as that person's, and so do the attacker's keys."""
    attacker, party = stage.household.links[ATTACKER].party, stage.party_of(name)

    def theirs(ok: wire.Message) -> wire.Message | None:
        assert isinstance(ok, wire.Ok)
        if not any(one.party == attacker for one in ok.keys or []):
            return None
        return replaced(ok, keys=[msgspec.structs.replace(one, party=party) for one in ok.keys or []])

    return in_turn(change_profile(name), alter(wire.Ok, theirs))


def change_profile(name: str) -> Tamper:
    def change(ring: wire.Message) -> wire.Message | None:
        assert isinstance(ring, wire.CallRing)
        shown = ring.profile
        return replaced(ring, profile=wire.Profile(name)) if shown is not None and shown.name == ATTACKER else None

    return alter(wire.CallRing, change)


async def the_attacker(stage: Stage, name: str) -> FamilyApp:
    """Somebody with keys of their own, whom the coordinator lets pass as `name`."""
    keeping = msgspec.structs.replace(stage.household.links[ATTACKER], name=name)
    app = await stage.family(ATTACKER, keeping)
    stage.strangers.add(app.endpoint.identity.endpoint)
    stage.middle.tamper = pose_as(stage, name)
    return app


def link_to(app: FamilyApp, name: str) -> LinkRecord:
    return next(one for one in app.endpoint.book.links if one.name == name)


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


# ------------------------------------------------------------------------------ replays


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
