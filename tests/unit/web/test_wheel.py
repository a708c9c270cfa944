"""One wheel for all sockets."""

from signalling.web.wheel import Wheel


class Counted:
    def __init__(self) -> None:
        self.beats = 0

    def beat(self) -> None:
        self.beats += 1


class Leaver(Counted):
    """Leaves the wheel while it is beaten, as a socket does that is closed for its silence."""

    def __init__(self, wheel: Wheel) -> None:
        super().__init__()
        self._wheel = wheel

    def beat(self) -> None:
        super().beat()
        self._wheel.remove(self)


def test_everything_is_beaten_once_a_turn() -> None:
    wheel = Wheel(turn_seconds=20)
    ones = [Counted() for _ in range(1000)]
    for one in ones:
        wheel.add(one)
    wheel.turn()
    wheel.turn()
    assert {one.beats for one in ones} == {2}


def test_newcomers_are_spread_over_the_turn() -> None:
    """A thousand clients that come back in one moment are not beaten in one moment."""
    wheel = Wheel(turn_seconds=20)
    ones = [Counted() for _ in range(1000)]
    for one in ones:
        wheel.add(one)
    wheel.tick()
    assert sum(one.beats for one in ones) == 5


def test_what_left_is_not_beaten_and_may_leave_twice() -> None:
    wheel = Wheel(turn_seconds=1)
    leaver, stayer = Leaver(wheel), Counted()
    wheel.add(leaver)
    wheel.add(stayer)
    for _ in range(3):
        wheel.turn()
    wheel.remove(leaver)
    assert (leaver.beats, stayer.beats, len(wheel)) == (1, 3, 1)


def test_a_short_turn_has_one_slice_at_least() -> None:
    wheel = Wheel(turn_seconds=0.01)
    one = Counted()
    wheel.add(one)
    wheel.tick()
    assert one.beats == 1
