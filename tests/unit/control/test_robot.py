"""The robot's body: where it looks, what it shows, and when its watchdogs take it back. Time is turned by hand."""

import math

import pytest

from client_sim.control.robot import DARK_SECONDS, PAN_DEGREES, REST_TILT_DEGREES, SPEED_DEGREES, Body
from client_sim.control.words import Done, Eyes, Look, Set

START = 1000.0


def awake() -> Body:
    body = Body()
    body.light(now=START)
    body.tick(now=START + 1)
    body.heard(now=START + 1)
    return body


def run(body: Body, since: float, until: float, *, step: float = 0.05) -> None:
    now = since
    while now < until:
        now = min(until, now + step)
        body.tick(now=now)


def look(seq: int, at: float, **where: float) -> Look:
    return Look(seq, int(at * 1000), **where)


def test_a_robot_that_is_lit_raises_its_head() -> None:
    body = Body()
    assert (body.lit, body.tilt) == (False, REST_TILT_DEGREES)
    body.light(now=START)
    run(body, START, START + 1)
    assert (body.lit, body.tilt) == (True, 0.0)


def test_a_tap_is_a_target_and_the_head_stops_there() -> None:
    body = awake()
    assert body.look(look(1, START + 1, pan=60.0, tilt=10.0), now=START + 1)
    run(body, START + 1, START + 1.25)
    assert 0 < body.pan < 60
    run(body, START + 1.25, START + 2)
    assert (body.pan, body.tilt) == (60.0, 10.0)


def test_a_swipe_is_a_velocity_that_stops_half_a_second_after_the_last_word_of_it() -> None:
    body = awake()
    body.look(look(1, START + 1, pan_speed=20.0), now=START + 1)
    run(body, START + 1, START + 3, step=0.01)
    assert body.pan == pytest.approx(20.0 * 0.5, abs=0.3)


def test_a_velocity_that_is_repeated_goes_on() -> None:
    body = awake()
    for step in range(10):
        now = START + 1 + step * 0.2
        body.look(look(step, now, pan_speed=20.0), now=now)
        run(body, now, now + 0.2)
    assert body.pan == pytest.approx(40.0, abs=0.5)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_moves_nothing(wrong: float) -> None:
    body = awake()
    body.look(look(1, START + 1, pan=wrong, tilt_speed=wrong), now=START + 1)
    run(body, START + 1, START + 2)
    assert (body.pan, body.tilt) == (0.0, 0.0)


def test_range_and_speed_are_clamped() -> None:
    body = awake()
    body.look(look(1, START + 1, pan=1e9), now=START + 1)
    body.tick(now=START + 1.5)
    assert body.pan == pytest.approx(SPEED_DEGREES * 0.5)
    run(body, START + 1.5, START + 4)
    assert body.pan == PAN_DEGREES


def test_the_newest_look_wins_whatever_order_they_come_in() -> None:
    body = awake()
    assert body.look(look(5, START + 1, pan=30.0), now=START + 1)
    assert not body.look(look(4, START + 1, pan=-30.0), now=START + 1.01)
    run(body, START + 1.01, START + 2)
    assert body.pan == 30.0


def test_a_look_that_was_under_way_for_too_long_is_dropped() -> None:
    body = awake()
    body.look(look(1, 5.0, pan=0.0), now=START + 1)
    assert body.look(look(2, 5.1, pan=10.0), now=START + 1.39)
    assert not body.look(look(3, 5.2, pan=20.0), now=START + 1.51)
    assert body.dropped == 1


def test_no_more_than_twenty_looks_a_second_are_taken() -> None:
    body = awake()
    taken = [body.look(look(n, START + 1 + n * 0.01, pan=float(n)), now=START + 1 + n * 0.01) for n in range(60)]
    assert sum(taken) == 20


def test_a_choice_is_shown_and_acknowledged_and_an_older_one_changes_nothing() -> None:
    body = awake()
    assert body.set(Set(2, hand=True, eyes=Eyes.HAPPY), now=START + 1) == Done(2)
    assert body.set(Set(1, hand=False, eyes=Eyes.SAD), now=START + 1) == Done(1)
    told = body.told()
    assert (told.hand, told.eyes, told.lit) == (True, Eyes.HAPPY, True)


def test_five_seconds_of_silence_darken_the_eyes_lower_the_head_and_forget_hand_and_mood() -> None:
    body = awake()
    body.set(Set(1, hand=True, passive=True, eyes=Eyes.SAD, volume=90), now=START + 1)
    run(body, START + 1, START + 1 + DARK_SECONDS - 0.1)
    assert body.told().lit
    run(body, START + 1 + DARK_SECONDS - 0.1, START + 1 + DARK_SECONDS + 0.05)
    told = body.told()
    assert not told.lit
    assert (told.hand, told.passive, told.eyes, told.volume) == (False, False, Eyes.NEUTRAL, 50)
    run(body, START + 1 + DARK_SECONDS, START + 1 + DARK_SECONDS + 3)
    assert body.tilt == REST_TILT_DEGREES


def test_a_dark_robot_moves_for_nobody_and_shows_nothing() -> None:
    body = Body()
    assert not body.look(look(1, START, pan=90.0), now=START)
    assert body.set(Set(1, hand=True), now=START) == Done(1)
    run(body, START, START + 2)
    assert body.pan == 0.0
    assert not body.told().hand


def test_a_new_visit_begins_with_nothing_chosen_and_its_own_numbers() -> None:
    body = awake()
    body.look(look(50, START + 1, pan=10.0), now=START + 1)
    body.set(Set(9, hand=True), now=START + 1)
    body.darken()
    body.light(now=START + 20)
    assert body.look(look(1, 3.0, pan=5.0), now=START + 20)
    body.set(Set(1, passive=True), now=START + 20)
    assert (body.told().hand, body.told().passive) == (False, True)
