"""Calls count when they are right: nothing altered, refused, missing or too many."""

from collections.abc import Callable

import pytest

from benchmarks.call import End, Script, Sent, Step
from benchmarks.line import Line
from benchmarks.load import Load, Pair

Says = Callable[[End, bytes], None]


def _step(by: End, to: End, says: bytes, begins: bytes, *, forwarded: bool = True) -> Step:
    return Step((Sent(by, says, b""),), to, begins, b"inside" if forwarded else b"", forwarded)


SCRIPT = Script(
    (
        _step(End.CALLER, End.CALLEE, b"question", b'{"t":"box"'),
        _step(End.CALLEE, End.CALLER, b"answer", b'{"t":"box"'),
        _step(End.CALLER, End.CALLER, b"stop", b'{"t":"ok"', forwarded=False),
    ),
    has_call_id=True,
    received=4,
)
"""A question, an answer, and a stop that is answered by `ok` and told to the callee by `call.ended`."""

CALL = b"c" * 22
BOX = b'{"t":"box","call":"' + CALL + b'","box":"inside"}'
OK = b'{"t":"ok","ref":"1"}'
ENDED = b'{"t":"call.ended"}'


class Scene:
    """One pair, and a server in the test's hands."""

    def __init__(self) -> None:
        self.written: list[tuple[End, bytes]] = []
        self.lines = [Line(), Line()]
        for end, line in zip(End, self.lines, strict=True):
            line.write = self._writer(end)
        self.load = Load()
        self.pair = Pair(SCRIPT, self.lines[0], self.lines[1], self.load)

    def _writer(self, end: End) -> Callable[[bytes], None]:
        return lambda data: self.written.append((end, data))

    def server_says(self, end: End, frame: bytes) -> None:
        self.lines[end].listener(frame)

    def call(self, *frames: tuple[End, bytes]) -> None:
        self.pair.begin(CALL)
        for end, frame in frames:
            self.server_says(end, frame)


GOOD = ((End.CALLEE, BOX), (End.CALLER, BOX), (End.CALLEE, ENDED), (End.CALLER, OK))


@pytest.fixture
def stage() -> Scene:
    return Scene()


def test_a_call_in_which_everything_arrives_counts(stage: Scene) -> None:
    stage.call(*GOOD)

    assert (stage.load.calls, dict(stage.load.faults)) == (1, {})


def test_each_step_waits_for_the_arrival_of_the_one_before_it(stage: Scene) -> None:
    stage.call()
    assert len(stage.written) == 1

    stage.server_says(*GOOD[0])

    assert stage.written == [(End.CALLER, b"question" + CALL), (End.CALLEE, b"answer" + CALL)]


def test_a_call_of_which_a_message_is_missing_never_counts(stage: Scene) -> None:
    stage.call(*(said for said in GOOD if said[1] is not ENDED))

    assert stage.load.calls == 0


def test_a_message_too_many_is_a_fault(stage: Scene) -> None:
    stage.call(*GOOD, (End.CALLEE, ENDED))

    assert dict(stage.load.faults) == {"a message too many arrived": 1}


def test_a_message_too_many_within_a_call_is_a_fault(stage: Scene) -> None:
    stage.call(GOOD[0], (End.CALLEE, ENDED), *GOOD[1:])

    assert stage.load.calls == 0 or stage.load.faults


def test_an_altered_message_is_a_fault_and_stops_the_pair(stage: Scene) -> None:
    stage.call((End.CALLEE, BOX.replace(b"inside", b"instead")), *GOOD[1:])

    assert dict(stage.load.faults) == {"a message arrived other than it was sent": 1}
    assert len(stage.written) == 1


def test_a_message_of_another_call_is_a_fault(stage: Scene) -> None:
    stage.call((End.CALLEE, BOX.replace(CALL, b"d" * 22)))

    assert stage.load.faults.total() == 1


def test_an_error_is_a_fault_told_once(stage: Scene) -> None:
    stage.call((End.CALLER, b'{"t":"error","code":"busy"}'), (End.CALLER, b'{"t":"error","code":"busy"}'))

    assert dict(stage.load.faults) == {"the server refused step 1 of 3": 1}


def test_a_ping_is_answered_and_counts_for_nothing(stage: Scene) -> None:
    stage.call(*GOOD[:2], (End.CALLEE, b'{"t":"ping"}'), *GOOD[2:])

    assert stage.load.calls == 1
    assert (End.CALLEE, b'\x81\x8c\0\0\0\0{"t":"pong"}') in stage.written


def test_forwarded_messages_are_timed_and_answers_are_not(stage: Scene) -> None:
    stage.load.delays = []

    stage.call(*GOOD)

    assert len(stage.load.delays) == 2
