"""Camera and microphone in words: what is said when, on which connection, and that the last word counts."""

from client_sim.control.words import Sends
from client_sim.sending import BOTH_ON, Sending

CAMERA_OFF = Sends(camera=False, microphone=True)
MUTED = Sends(camera=True, microphone=False)


class Wire:
    """The channel of the present connection; it may not be open yet."""

    def __init__(self) -> None:
        self.is_open = True
        self.said: list[Sends] = []

    def put(self, word: Sends) -> bool:
        if self.is_open:
            self.said.append(word)
        return self.is_open


def begun() -> tuple[Sending, Wire]:
    wire = Wire()
    return Sending(wire.put), wire


def test_where_nothing_was_turned_off_nothing_is_said() -> None:
    sending, wire = begun()
    sending.say_on(0)
    sending.choose(BOTH_ON)
    sending.say_on(0)
    assert wire.said == []


def test_a_change_is_said_whole_and_once() -> None:
    sending, wire = begun()
    for own in (CAMERA_OFF, CAMERA_OFF, MUTED, BOTH_ON):
        sending.choose(own)
        sending.say_on(0)
        sending.say_on(0)
    assert wire.said == [CAMERA_OFF, MUTED, BOTH_ON]


def test_what_cannot_be_said_yet_is_said_as_soon_as_it_can_be() -> None:
    sending, wire = begun()
    wire.is_open = False
    sending.choose(CAMERA_OFF)
    sending.say_on(0)
    assert wire.said == []
    wire.is_open = True
    sending.say_on(0)
    assert wire.said == [CAMERA_OFF]


def test_each_connection_is_told_anew_and_begins_with_both_on() -> None:
    sending, wire = begun()
    sending.choose(CAMERA_OFF)
    sending.hear(0, MUTED)
    sending.hear(0, CAMERA_OFF)
    assert sending.theirs(0) == CAMERA_OFF, "the last word counts"
    for generation in (0, 1):
        sending.say_on(generation)
    assert wire.said == [CAMERA_OFF, CAMERA_OFF]
    assert sending.theirs(1) == BOTH_ON


def test_an_end_that_counts_its_connections_anew_is_told_again_and_has_said_nothing() -> None:
    sending, wire = begun()
    sending.choose(CAMERA_OFF)
    sending.say_on(0)
    sending.hear(0, MUTED)
    sending.begin_again()
    sending.say_on(0)
    assert wire.said == [CAMERA_OFF, CAMERA_OFF]
    assert sending.theirs(0) == BOTH_ON
