"""The student's hand: how often it speaks, what it repeats, and when it knows that the robot is lost."""

from client_sim.control.hand import Hand
from client_sim.control.robot import LOOKS_A_SECOND, Body
from client_sim.control.words import Beat, Done, Eyes, Look, Robot, Set

START = 50.0


def play(hand: Hand, since: float, seconds: float) -> list[tuple[float, Look | Set | Beat]]:
    """Everything that it says in that time, each word when it is due."""
    said: list[tuple[float, Look | Set | Beat]] = []
    now = since
    while (now := max(now, hand.next_due())) < since + seconds:
        said += [(now, word) for word in hand.due(now=now)]
    return said


def begun() -> Hand:
    hand = Hand()
    hand.due(now=START)
    return hand


def test_it_says_each_second_that_somebody_is_there() -> None:
    assert [word for _, word in play(begun(), START, 3.5)] == [Beat()] * 3


def test_a_tap_is_said_once() -> None:
    hand = begun()
    hand.tap(10.0, 5.0, now=START)
    looks = [word for _, word in play(hand, START, 2) if isinstance(word, Look)]
    assert [(look.pan, look.tilt, look.pan_speed) for look in looks] == [(10.0, 5.0, None)]


def test_a_swipe_is_repeated_each_fifth_of_a_second_until_it_stops() -> None:
    hand = begun()
    hand.swipe(30.0, 0.0, now=START)
    going = [word for _, word in play(hand, START, 1) if isinstance(word, Look)]
    assert len(going) == 5
    assert {look.pan_speed for look in going} == {30.0}
    hand.swipe(0.0, 0.0, now=START + 1)
    stopped = [word for _, word in play(hand, START + 1, 1) if isinstance(word, Look)]
    assert [look.pan_speed for look in stopped] == [0.0]
    assert [look.seq for look in (*going, *stopped)] == [1, 2, 3, 4, 5, 6]


def test_a_restless_finger_says_no_more_than_the_robot_takes() -> None:
    hand, body = begun(), Body()
    body.light(now=START)
    taken = 0
    for step in range(300):
        now = START + step * 0.01
        hand.tap(float(step), 0.0, now=now)
        for word in hand.due(now=now):
            if isinstance(word, Look):
                taken += 1
                assert body.look(word, now=now)
    assert taken <= 3 * LOOKS_A_SECOND
    assert body.dropped == 0


def test_a_choice_is_said_whole_until_it_is_acknowledged() -> None:
    hand = begun()
    hand.choose(now=START, hand=True)
    hand.choose(now=START, eyes=Eyes.HAPPY)
    said = [word for _, word in play(hand, START, 2.5) if isinstance(word, Set)]
    assert said == [Set(2, hand=True, eyes=Eyes.HAPPY)] * 3
    hand.hear(Done(1), now=START + 2.5)
    acknowledged = [hand.is_acknowledged]
    hand.hear(Done(2), now=START + 2.5)
    acknowledged.append(hand.is_acknowledged)
    assert acknowledged == [False, True]
    assert not [word for _, word in play(hand, START + 2.5, 3) if isinstance(word, Set)]


def test_three_seconds_without_a_word_of_the_robot_are_a_loss() -> None:
    hand = begun()
    assert not hand.is_lost(now=START + 60), "a robot that never spoke was never there"
    hand.hear(Body().told(), now=START)
    assert not hand.is_lost(now=START + 2.9)
    assert hand.is_lost(now=START + 3.0)
    assert isinstance(hand.robot, Robot)
