"""Calls between ends that hold each other's keys, and what becomes of them where the keys are new, old or unproven."""

import asyncio
import secrets
import time

import msgspec
import pytest

from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.household import make_household
from client_sim.komp import Komp
from client_sim.live_call import LiveCall
from client_sim.meetings import MeetingError
from client_sim.sealed.keyring import rotate
from client_sim.sealed.links import How
from client_sim.sealed.pairing import Introduction
from client_sim.sealed.safety_number import SafetyNumberError
from client_sim.timeline import Step
from signalling.protocol import EndReason
from tests.integration.client_sim.neighbourhood import (
    KOMP,
    call_of,
    ends,
    neighbourhood,
    reaches,
    sends,
    until,
)

pytestmark = pytest.mark.slow


async def picture(call: LiveCall) -> None:
    await reaches(call, Step.FIRST_FRAME, Step.ENDED)
    assert call.timeline.has(Step.FIRST_FRAME), call.reason


async def test_a_komp_takes_a_caller_it_was_only_introduced_to_when_somebody_turns_the_knob() -> None:
    async with neighbourhood(household=make_household(how=How.INTRODUCED)) as street:
        komp, app = await street.komp(countdown_seconds=0.1), await street.family()
        call = app.call(app.endpoint.book.links[0])
        ringing = await reaches(call, Step.RINGING)
        assert ringing.answers_in_ms is None
        rung = await call_of(komp.endpoint)
        with pytest.raises(TimeoutError):
            await reaches(call, Step.ACCEPTED, Step.DTLS, seconds=0.6)
        assert not sends(call)
        assert not sends(rung)
        komp.turn_knob_a_step()
        await picture(call)
        await picture(rung)
        assert [one.verified for one in (call, rung)] == [False, False]


async def test_a_robot_takes_no_call_of_an_app_it_was_only_introduced_to() -> None:
    async with neighbourhood(household=make_household(how=How.INTRODUCED)) as street:
        await street.av1()
        student = await street.student()
        call = student.call(student.endpoint.book.links[0])
        assert await ends(call) is EndReason.PEER_NOT_VERIFIED


async def test_a_caller_nobody_knows_yet_is_introduced_by_its_ring_and_waits_for_the_knob() -> None:
    async with neighbourhood() as street:
        kept = msgspec.structs.replace(street.household.links[KOMP], links=())
        komp = Komp(kept, street.around, live_ends("KOMP"), countdown_seconds=0.1)
        await street.start(komp.endpoint)
        app = await street.family()
        call = app.call(app.endpoint.book.links[0])
        await reaches(call, Step.RINGING)
        rung = await call_of(komp.endpoint)
        assert rung.caller_name == "Grandchild"
        record = komp.endpoint.book.link(app.endpoint.identity.endpoint)
        assert record is not None
        assert (record.how, record.name) == (How.INTRODUCED, "Grandchild")
        komp.turn_knob_a_step()
        await picture(call)


async def test_a_caller_with_an_old_key_of_the_komp_learns_the_new_one_and_calls_once_more() -> None:
    async with neighbourhood() as street:
        household, app = street.household.links, await street.family()
        now = time.time()
        old = household[KOMP].ring
        twice = rotate(rotate(old, now=now + 31 * 86_400), now=now + 62 * 86_400)
        assert twice.current.serial == old.current.serial + 2
        komp = Komp(
            msgspec.structs.replace(household[KOMP], ring=twice),
            street.around,
            live_ends("KOMP"),
            countdown_seconds=0.3,
        )
        await street.start(komp.endpoint)
        call = app.call(app.endpoint.book.links[0])
        assert await ends(call) is EndReason.STALE_KEY
        again = await call.successor
        await picture(again)
        assert again.id != call.id
        learnt = app.endpoint.book.link(komp.endpoint.identity.endpoint)
        assert learnt is not None
        assert learnt.statement.serial == twice.current.serial


async def test_two_people_who_read_the_same_digits_prove_a_link_that_was_only_introduced() -> None:
    async with neighbourhood(household=make_household(how=How.INTRODUCED)) as street:
        cousin, grandchild = await street.family("Cousin"), await street.family("Grandchild")
        record = next(one for one in cousin.endpoint.book.links if one.name == "Grandchild")
        call = cousin.call(record)
        await until(lambda: grandchild.ringing)
        rung = grandchild.ringing[0]
        rung.answer()
        await picture(call)
        call.compare()
        await until(lambda: call.safety_number is not None and rung.safety_number is not None)
        assert call.safety_number == rung.safety_number
        assert len(call.safety_number or "") == 6
        assert not cousin.endpoint.book.is_verified(record.endpoint), "digits alone prove nothing"
        call.numbers_match()
        assert cousin.endpoint.book.is_verified(record.endpoint)
        for _ in range(2):
            call.compare()
        with pytest.raises(SafetyNumberError):
            call.compare()


async def test_two_ends_meet_by_a_secret_and_hold_each_others_keys() -> None:
    async with neighbourhood() as street:
        komp, app = await street.komp(), await street.family()
        secret = secrets.token_bytes(16)
        shown, read = await both(komp, app, secret, expected=komp.endpoint.identity.public)
        assert shown.identity == app.endpoint.identity.public_text
        assert read.identity == komp.endpoint.identity.public_text


async def test_a_reader_who_expected_somebody_else_pairs_with_nobody() -> None:
    async with neighbourhood() as street:
        komp, app = await street.komp(), await street.family()
        secret = secrets.token_bytes(16)
        with pytest.raises(ExceptionGroup) as nobody:
            await both(komp, app, secret, expected=app.endpoint.identity.public, seconds=0.6)
        assert nobody.group_contains(MeetingError, match="somebody_else")


async def anybody(_: Introduction) -> bool:
    return True


async def both(
    komp: Komp, app: FamilyApp, secret: bytes, *, expected: bytes, seconds: float = 5.0
) -> tuple[Introduction, Introduction]:
    """The Komp shows a secret, the app reads it: whom each of them met."""
    shows, reads = komp.endpoint, app.endpoint
    async with asyncio.TaskGroup() as group:
        shown = group.create_task(
            shows.meetings.show(secret, shows.book.introduction(), consents=anybody, seconds=seconds)
        )
        read = group.create_task(
            reads.meetings.read(secret, reads.book.introduction(), expected=expected, seconds=seconds)
        )
    return shown.result(), read.result()
