"""A student steers a real robot over real data channels; its lights and its watchdogs follow who is there."""

import asyncio
import os
import signal
import time

import pytest

from client_sim.av1 import Av1
from client_sim.control.words import Eyes
from client_sim.live_call import LiveCall
from client_sim.standing import Block
from client_sim.student import StudentApp
from client_sim.timeline import Step
from signalling.protocol import EndReason
from tests.integration.client_sim.neighbourhood import (
    Neighbourhood,
    call_of,
    ends,
    neighbourhood,
    reaches,
    sends,
    until,
)

pytestmark = pytest.mark.slow


async def in_class(street: Neighbourhood) -> tuple[Av1, StudentApp, LiveCall]:
    """A student who sees the classroom."""
    av1, student = await street.av1(), await street.student()
    call = student.call(student.endpoint.book.links[0])
    await reaches(call, Step.FIRST_FRAME)
    await until(lambda: student.hand.robot is not None)
    return av1, student, call


async def test_the_robot_looks_where_the_student_taps_and_tells_how_it_really_stands() -> None:
    async with neighbourhood() as street:
        av1, student, _ = await in_class(street)
        student.look_at(40.0, 10.0)
        await until(lambda: (av1.body.pan, av1.body.tilt) == (40.0, 10.0), seconds=2)
        await until(lambda: student.hand.robot is not None and student.hand.robot.pan == 40.0, seconds=2)
        assert student.hand.robot is not None
        assert (student.hand.robot.lit, student.hand.robot.battery_percent) == (True, 80)


async def test_a_swipe_turns_the_head_until_it_stops_and_no_longer_than_half_a_second_after_the_last_word() -> None:
    async with neighbourhood() as street:
        av1, student, _ = await in_class(street)
        student.turn(30.0, 0.0)
        await until(lambda: av1.body.pan > 20, seconds=3)
        assert student._next is not None
        student._next.cancel()  # the finger still rests on the glass; the words of it are lost from here on
        stopped_at = time.monotonic()
        await until(lambda: av1.body._pan.speed == 0.0, seconds=2)
        assert time.monotonic() - stopped_at <= 0.5 + 0.15


async def test_hand_and_mood_are_shown_and_acknowledged_and_gone_when_the_student_leaves() -> None:
    async with neighbourhood() as street:
        av1, student, call = await in_class(street)
        student.choose(hand=True, eyes=Eyes.HAPPY, volume=70)
        await until(lambda: student.hand.is_acknowledged, seconds=2)
        told = av1.body.told()
        assert (told.hand, told.eyes, told.volume) == (True, Eyes.HAPPY, 70)
        call.stop()
        await ends(call)
        await until(lambda: not av1.eyes_are_lit, seconds=0.5)
        told = av1.body.told()
        assert (told.hand, told.eyes, told.volume) == (False, Eyes.NEUTRAL, 50)


async def test_an_app_that_hangs_is_missed_though_its_path_works_and_lights_the_robot_again_when_it_speaks() -> None:
    """The page stands still, its transport does not: only the heartbeat tells."""
    async with neighbourhood() as street:
        av1, student, call = await in_class(street)
        rung = await call_of(av1.endpoint)
        visited, student._visited = student._visited, None
        began = time.monotonic()
        await until(lambda: not av1.eyes_are_lit, seconds=7)
        assert 4.0 <= time.monotonic() - began <= 5.3
        assert not sends(rung)
        assert not call.over
        await asyncio.sleep(0.3)
        assert not av1.eyes_are_lit
        student._visited = visited
        student._say()
        await until(lambda: av1.eyes_are_lit, seconds=2)
        await until(lambda: sends(rung), seconds=1)


async def test_the_app_knows_after_three_seconds_that_the_robot_is_lost() -> None:
    async with neighbourhood() as street:
        av1, student, _ = await in_class(street)
        assert not student.robot_is_lost
        assert av1._watching is not None
        av1._watching.cancel()
        began = time.monotonic()
        await until(lambda: student.robot_is_lost, seconds=5)
        assert 1.9 <= time.monotonic() - began <= 3.3


async def test_the_off_button_ends_the_visit_whatever_is_being_steered() -> None:
    async with neighbourhood() as street:
        av1, student, call = await in_class(street)
        student.turn(30.0, 0.0)
        av1.press_off()
        assert await ends(call) is EndReason.POWER_OFF
        assert not av1.eyes_are_lit


async def test_a_robot_that_hears_of_a_recording_while_no_coordinator_answers_blocks_itself_and_says_so_later() -> None:
    async with neighbourhood() as street:
        av1, student, call = await in_class(street)
        os.kill(street.coordinator.pid, signal.SIGSTOP)
        try:
            call.stop(EndReason.RECORDING)
            await until(lambda: av1.standing.block is Block.UNTOLD, seconds=3)
            assert not av1.eyes_are_lit
        finally:
            os.kill(street.coordinator.pid, signal.SIGCONT)
        await until(lambda: av1.standing.block is Block.TOLD)
        refused = student.call(student.endpoint.book.links[0])
        await ends(refused)
        assert all(mark.step is not Step.RINGING for mark in refused.timeline.marks)


async def test_a_restart_ends_the_visit_and_lets_the_student_in_again_but_lifts_no_block() -> None:
    async with neighbourhood() as street:
        av1, student, call = await in_class(street)
        av1.commanded("restart")
        assert await ends(call) is EndReason.POWER_OFF
        assert not av1.eyes_are_lit
        await until(lambda: av1.endpoint.socket.is_live)
        call = student.call(student.endpoint.book.links[0])
        await reaches(call, Step.FIRST_FRAME)
        call.stop(EndReason.RECORDING)
        await until(lambda: av1.standing.block is Block.TOLD)
        av1.commanded("restart")
        await until(lambda: not av1.endpoint.socket.is_live)
        await until(lambda: av1.endpoint.socket.is_live)
        assert av1.standing.is_blocked
