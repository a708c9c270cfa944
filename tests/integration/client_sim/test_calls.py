"""Real calls through the real coordinator: how they begin, what each end may do, and how they end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.household import Member, make_household
from client_sim.live_call import LiveCall
from client_sim.timeline import Step
from signalling.protocol import EndReason, Media, PresenceState
from signalling.vocabulary import PartyKind
from tests.integration.client_sim.neighbourhood import (
    Neighbourhood,
    call_of,
    cut_media,
    ends,
    neighbourhood,
    reaches,
    sends,
    until,
)

pytestmark = pytest.mark.slow


@pytest.fixture
async def street() -> AsyncIterator[Neighbourhood]:
    async with neighbourhood() as place:
        yield place


async def picture(call: LiveCall) -> LiveCall:
    await reaches(call, Step.FIRST_FRAME, Step.ENDED)
    assert call.timeline.has(Step.FIRST_FRAME), call.reason
    return call


async def test_a_komp_rings_counts_down_and_answers_by_itself(street: Neighbourhood) -> None:
    komp, app = await street.komp(countdown_seconds=0.5), await street.family()
    call = app.call(app.endpoint.book.links[0])
    ringing = await reaches(call, Step.RINGING)
    assert ringing.answers_in_ms == 500
    assert komp.call is not None
    assert komp.call.caller_name == "Grandchild"
    await picture(call)
    await picture(komp.call)
    counted_ms = komp.call.timeline.between_ms(Step.RINGING, Step.ACCEPTED)
    assert counted_ms is not None
    assert counted_ms >= 495
    call.stop()
    assert await ends(call) is EndReason.HANGUP
    await reaches(call, Step.ERASED, seconds=3)


async def test_a_call_rings_within_fifty_milliseconds_and_shows_a_picture_within_three_hundred(
    street: Neighbourhood,
) -> None:
    komp, app = await street.komp(), await street.family()
    ring_ms, picture_ms = [], []
    for _ in range(3):
        call = app.call(app.endpoint.book.links[0])
        await picture(call)
        assert komp.call is not None
        rung = komp.call.timeline.first(Step.RINGING)
        invited = call.timeline.first(Step.INVITED)
        assert rung is not None
        assert invited is not None
        ring_ms.append((rung.at - invited.at) * 1000)
        picture_ms.append(call.timeline.between_ms(Step.ACCEPTED, Step.FIRST_FRAME) or 0)
        call.stop()
        await asyncio.wait_for(call.gone.wait(), 10)
    assert min(ring_ms) < 50
    assert min(picture_ms) < 300


async def test_ends_are_connected_before_the_countdown_is_over(street: Neighbourhood) -> None:
    await street.komp(countdown_seconds=1.0)
    app = await street.family()
    call = app.call(app.endpoint.book.links[0])
    await reaches(call, Step.ACCEPTED)
    connected, accepted = call.timeline.first(Step.DTLS), call.timeline.first(Step.ACCEPTED)
    assert connected is not None
    assert accepted is not None
    assert connected.at < accepted.at


async def test_a_second_caller_gets_busy_and_the_first_call_goes_on(street: Neighbourhood) -> None:
    await street.komp()
    first, second = await street.family("Grandchild"), await street.family("Cousin")
    call = first.call(first.endpoint.book.links[0])
    await reaches(call, Step.ACCEPTED)
    refused = second.call(second.endpoint.book.links[0])
    assert await ends(refused) is EndReason.BUSY
    assert not call.over


async def test_turning_the_knob_off_refuses_and_ends(street: Neighbourhood) -> None:
    komp, app = await street.komp(countdown_seconds=5), await street.family()
    call = app.call(app.endpoint.book.links[0])
    await reaches(call, Step.RINGING)
    komp.turn_knob(on=False)
    assert await ends(call) is EndReason.KNOB_OFF
    await asyncio.wait_for(call.gone.wait(), 10)
    refused = app.call(app.endpoint.book.links[0])
    assert await ends(refused) is EndReason.KNOB_OFF
    await asyncio.wait_for(refused.gone.wait(), 10)
    komp.turn_knob(on=True)
    komp.countdown_seconds = 0.2
    answered = app.call(app.endpoint.book.links[0])
    await reaches(answered, Step.ACCEPTED)
    komp.turn_knob(on=False)
    assert await ends(answered) is EndReason.KNOB_OFF


async def test_a_komp_whose_knob_is_off_is_shown_as_off_also_after_its_socket_was_lost(
    street: Neighbourhood,
) -> None:
    komp, app = await street.komp(), await street.family()
    seen = app.endpoint.book.links[0].endpoint
    async with asyncio.timeout(5):
        await app.endpoint.sees(seen, PresenceState.ONLINE)
        komp.turn_knob(on=False)
        await app.endpoint.sees(seen, PresenceState.OFF)
        await komp.endpoint.socket.drop()
        await app.endpoint.sees(seen, PresenceState.DISCONNECTED)
        await app.endpoint.sees(seen, PresenceState.OFF)
    assert await ends(app.call(app.endpoint.book.links[0])) is EndReason.KNOB_OFF


async def test_a_caller_may_cancel_while_it_rings(street: Neighbourhood) -> None:
    komp, app = await street.komp(countdown_seconds=5), await street.family()
    call = app.call(app.endpoint.book.links[0])
    rung = await call_of(komp.endpoint)
    await reaches(rung, Step.RINGING)
    call.stop()
    assert await ends(rung) is EndReason.HANGUP or rung.reason is EndReason.CANCELLED
    await asyncio.sleep(0.3)
    assert not rung.accepted
    assert komp.call is None


async def test_a_komp_that_is_away_is_unreachable_and_one_that_comes_back_in_time_rings(
    street: Neighbourhood,
) -> None:
    app = await street.family()
    call = app.call(app.endpoint.book.links[0])
    await asyncio.sleep(0.5)
    assert not call.timeline.has(Step.RINGING)
    await street.komp()
    await picture(call)


async def test_a_person_who_does_not_answer_is_rung_for_the_lifetime_and_no_longer(street: Neighbourhood) -> None:
    caller, callee = await street.family("Cousin"), await street.family("Grandchild")
    contact = next(one for one in caller.endpoint.book.links if one.name == "Grandchild")
    call = caller.call(contact, lifetime_ms=1500)
    await reaches(call, Step.RINGING)
    assert len(callee.ringing) == 1
    assert await ends(call, seconds=5) is EndReason.NO_ANSWER
    assert callee.ringing == []


async def test_a_person_may_answer_or_decline(street: Neighbourhood) -> None:
    caller, callee = await street.family("Cousin"), await street.family("Grandchild")
    contact = next(one for one in caller.endpoint.book.links if one.name == "Grandchild")
    call = caller.call(contact)
    await reaches(call, Step.RINGING)
    callee.ringing[0].stop(EndReason.DECLINED)
    assert await ends(call) is EndReason.DECLINED
    await asyncio.wait_for(call.gone.wait(), 10)
    call = caller.call(contact)
    await reaches(call, Step.RINGING)
    callee.ringing[0].answer()
    await picture(call)


async def test_two_who_call_each_other_in_the_same_moment_end_up_in_one_call(street: Neighbourhood) -> None:
    cousin, grandchild = await street.family("Cousin"), await street.family("Grandchild")
    one = cousin.call(next(c for c in cousin.endpoint.book.links if c.name == "Grandchild"))
    other = grandchild.call(next(c for c in grandchild.endpoint.book.links if c.name == "Cousin"))
    loser, winner = (one, other) if one.id > other.id else (other, one)
    await picture(winner)
    assert loser.over
    assert loser.winner == winner.id
    assert loser.reason is EndReason.GLARE
    taken = (cousin if winner is other else grandchild).endpoint.calls[winner.id]
    assert taken.accepted


async def test_a_robot_lights_before_it_answers_and_goes_dark_when_its_student_leaves(
    street: Neighbourhood,
) -> None:
    av1, student = await street.av1(), await street.student()
    call = student.call(student.endpoint.book.links[0])
    rung = await call_of(av1.endpoint)
    await reaches(rung, Step.RINGING)
    dark_while_it_rings = not av1.eyes_are_lit
    await reaches(rung, Step.ACCEPTED)
    lit_when_it_answers = av1.eyes_are_lit
    assert (dark_while_it_rings, lit_when_it_answers) == (True, True)
    await picture(call)
    call.stop()
    await reaches(rung, Step.ENDED)
    await until(lambda: not av1.eyes_are_lit, seconds=0.1)


async def test_a_robot_refuses_an_app_that_offers_video(street: Neighbourhood, monkeypatch: pytest.MonkeyPatch) -> None:
    av1, student = await street.av1(), await street.student()
    monkeypatch.setattr(
        "client_sim.connection.directions",
        lambda media, role: {"audio": "sendrecv", "video": "sendrecv"},
    )
    call = student.call(student.endpoint.book.links[0])
    assert await ends(call) is EndReason.DECLINED
    assert not av1.eyes_are_lit


async def test_a_robot_takes_no_ordinary_video_call(street: Neighbourhood) -> None:
    await street.av1()
    student = await street.student()
    contact = student.endpoint.book.links[0]
    call = student.endpoint.call(contact.party, [contact.endpoint], Media.VIDEO)
    assert await ends(call) in (EndReason.DECLINED, EndReason.UNREACHABLE)
    assert not call.accepted


async def test_a_robot_whose_student_is_lost_is_dark_within_five_seconds_and_lights_before_it_goes_on(
    street: Neighbourhood,
) -> None:
    av1, student = await street.av1(), await street.student()
    call = student.call(student.endpoint.book.links[0])
    await picture(call)
    rung = await call_of(av1.endpoint)
    begun = asyncio.get_running_loop().time()
    cut_media(call)
    await reaches(rung, Step.LOST, seconds=5)
    await until(lambda: not av1.eyes_are_lit)
    assert asyncio.get_running_loop().time() - begun < 5
    assert not call.over
    await reaches(rung, Step.RETURNED, seconds=10)
    assert not sends(rung), "the path is back, the eyes are dark"
    await until(lambda: av1.eyes_are_lit)
    assert sends(rung)
    assert rung.connected
    assert not rung.over


async def test_lost_media_come_back_on_a_new_connection(street: Neighbourhood) -> None:
    komp, app = await street.komp(), await street.family()
    call = app.call(app.endpoint.book.links[0])
    await picture(call)
    cut_media(call)
    await reaches(call, Step.LOST, seconds=6)
    await reaches(call, Step.RETURNED, seconds=10)
    assert komp.call is not None
    await reaches(komp.call, Step.RETURNED, seconds=10)
    before = call.ends.figures().video
    assert before is not None

    def goes_on() -> bool:
        after = call.ends.figures().video
        return after is not None and (after.frames > before.frames or after.frames > 5)

    await until(goes_on)


async def test_a_call_with_several_phones_is_taken_by_one_and_stops_ringing_on_the_other() -> None:
    members = [
        Member("Aunt", PartyKind.PERSON, installations=2),
        Member("Grandchild", PartyKind.PERSON, ("Aunt",)),
    ]
    async with neighbourhood(members) as street:
        phone, tablet = await street.family("Aunt"), await street.family("Aunt 2")
        caller = await street.family("Grandchild")
        call = caller.call(caller.endpoint.book.links[0])
        for rung in (phone, tablet):
            ringing = await call_of(rung.endpoint)
            await reaches(ringing, Step.RINGING)
            assert not ringing.timeline.has(Step.JOINED)
        tablets = tablet.ringing[0]
        phone.ringing[0].answer()
        await picture(call)
        assert await ends(tablets) is None
        assert tablet.ringing == []


async def test_an_endpoint_that_nobody_knows_is_told_so(street: Neighbourhood) -> None:
    stranger = FamilyApp(make_household().links["Grandchild"], street.around, live_ends("FAMILY"))
    with pytest.raises(ConnectionError, match="doesn't know this endpoint"):
        await street.start(stranger.endpoint)
    await stranger.endpoint.stop()
