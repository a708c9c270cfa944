"""Boxes arrive once and in order over a channel that drops, doubles and mixes them, and nothing is resent for ever."""

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from client_sim.mailbox import (
    ACK_WITHIN_SECONDS,
    RESEND_AFTER_SECONDS,
    WAITING,
    WINDOW,
    Letter,
    Mailbox,
)
from client_sim.sealed.seal import Binding
from signalling.protocol import CallId, EndpointId, Role
from tests.unit.client_sim.plain import PlainSeal


def pair_of_mailboxes(handshake: int = 0) -> tuple[Mailbox, Mailbox]:
    binding = Binding(CallId("c"), EndpointId("a"), EndpointId("b"), 1, 1, handshake)
    caller, callee = PlainSeal(binding, Role.CALLER), PlainSeal(binding, Role.CALLEE)
    callee.read_first(caller.write_first(b"{}"))
    caller.read_second(callee.write_second(b"{}"))
    return Mailbox(caller, handshake), Mailbox(callee, handshake)


def content(number: int) -> bytes:
    return b'{"n":%d}' % number


def test_a_box_is_resent_with_the_same_bytes_after_one_two_and_four_seconds_and_then_no_more() -> None:
    ours, _ = pair_of_mailboxes()
    (first,) = ours.put(content(1), now=100.0)
    assert ours.due(now=100.9) == []
    sent_at = []
    for tenth in range(600):
        now = 100.0 + tenth / 10
        for letter in ours.due(now=now):
            assert letter == first
            sent_at.append(now - 100.0)
    assert sent_at == [pytest.approx(1.0), pytest.approx(3.0), pytest.approx(7.0)]
    assert ours.next_due() is None
    assert ours.unacknowledged == 1


def test_an_acknowledged_box_is_not_resent() -> None:
    ours, theirs = pair_of_mailboxes()
    (letter,) = ours.put(content(1), now=0.0)
    assert theirs.take(letter, now=0.0) == ([content(1)], [])
    (acknowledgement,) = theirs.due(now=ACK_WITHIN_SECONDS)
    assert acknowledgement.seq is None
    assert acknowledgement.box is None
    ours.take(acknowledgement, now=0.2)
    assert ours.unacknowledged == 0
    assert ours.next_due() is None


def test_a_box_of_ones_own_carries_the_acknowledgement_so_none_travels_alone() -> None:
    ours, theirs = pair_of_mailboxes()
    (letter,) = ours.put(content(1), now=0.0)
    theirs.take(letter, now=0.0)
    (answer,) = theirs.put(content(2), now=0.01)
    assert answer.ack == 1
    assert theirs.due(now=0.5) == []


def test_an_idle_pair_falls_silent() -> None:
    ours, theirs = pair_of_mailboxes()
    (letter,) = ours.put(content(1), now=0.0)
    theirs.take(letter, now=0.0)
    for acknowledgement in theirs.due(now=1.0):
        ours.take(acknowledgement, now=1.0)
    assert ours.next_due() is None
    assert theirs.next_due() is None


def test_a_lost_acknowledgement_is_said_again_when_the_box_comes_again() -> None:
    ours, theirs = pair_of_mailboxes()
    (letter,) = ours.put(content(1), now=0.0)
    theirs.take(letter, now=0.0)
    theirs.due(now=0.1)
    (again,) = ours.due(now=RESEND_AFTER_SECONDS[0])
    assert theirs.take(again, now=1.0) == ([], [])
    (acknowledgement,) = theirs.due(now=1.0 + ACK_WITHIN_SECONDS)
    ours.take(acknowledgement, now=1.2)
    assert ours.unacknowledged == 0
    assert theirs.counts.repeated == 1


def test_a_return_sends_everything_unacknowledged_at_once_and_sets_the_pauses_anew() -> None:
    ours, _ = pair_of_mailboxes()
    letters = ours.put(content(1), now=0.0) + ours.put(content(2), now=0.0)
    for tenth in range(200):
        ours.due(now=tenth / 10)
    assert ours.next_due() is None
    assert ours.returned(now=50.0) == letters
    assert ours.next_due() == pytest.approx(51.0)


def test_at_most_sixty_four_boxes_are_under_way_and_the_rest_waits_in_order() -> None:
    ours, theirs = pair_of_mailboxes()
    sent = [letter for number in range(WINDOW + 3) for letter in ours.put(content(number), now=0.0)]
    assert len(sent) == WINDOW
    for letter in sent:
        theirs.take(letter, now=0.0)
    (acknowledgement,) = theirs.due(now=1.0)
    _, released = ours.take(acknowledgement, now=1.0)
    assert [letter.seq for letter in released] == [64, 65, 66]


def test_what_waits_for_the_window_has_a_bound() -> None:
    ours, _ = pair_of_mailboxes()
    for number in range(WINDOW + WAITING):
        ours.put(content(number), now=0.0)
    with pytest.raises(OverflowError):
        ours.put(content(0), now=0.0)


def test_a_box_that_does_not_open_is_counted_and_the_true_one_still_arrives() -> None:
    ours, theirs = pair_of_mailboxes()
    (true,) = ours.put(content(1), now=0.0)
    forged = Letter(0, 0, 0, "not-a-box")
    assert theirs.take(forged, now=0.0) == ([], [])
    assert theirs.counts.refused == 1
    assert theirs.received == 0
    assert theirs.take(true, now=0.0) == ([content(1)], [])


def test_a_forged_box_in_a_gap_does_not_take_the_place_of_the_true_one() -> None:
    ours, theirs = pair_of_mailboxes()
    first, second = ours.put(content(1), now=0.0) + ours.put(content(2), now=0.0)
    theirs.take(Letter(0, 0, 1, "not-a-box"), now=0.0)
    theirs.take(second, now=0.0)
    assert theirs.take(first, now=0.0)[0] == [content(1), content(2)]


def test_boxes_beyond_the_window_are_refused() -> None:
    ours, theirs = pair_of_mailboxes()
    (letter,) = ours.put(content(1), now=0.0)
    far = Letter(0, 0, WINDOW + 1, letter.box)
    assert theirs.take(far, now=0.0) == ([], [])
    assert theirs.counts.refused == 1


def test_a_letter_of_another_handshake_is_dropped_with_its_acknowledgement() -> None:
    ours, theirs = pair_of_mailboxes(handshake=2)
    (letter,) = ours.put(content(1), now=0.0)
    assert ours.take(Letter(1, 1), now=0.0) == ([], [])
    assert ours.unacknowledged == 1
    assert theirs.take(Letter(1, 0, letter.seq, letter.box), now=0.0) == ([], [])
    assert theirs.received == 0
    assert theirs.counts.foreign == 1


def test_an_acknowledgement_of_what_was_never_sent_changes_nothing() -> None:
    ours, _ = pair_of_mailboxes()
    ours.put(content(1), now=0.0)
    ours.take(Letter(0, 7), now=0.0)
    assert ours.unacknowledged == 1


@dataclass
class End:
    """A mailbox, what it was given to send, and what came out of it."""

    box: Mailbox
    said: list[bytes] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)


class BadChannel(RuleBasedStateMachine):
    """Two ends that talk over a channel which may lose, double, delay and mix what it carries, and add forgeries."""

    def __init__(self) -> None:
        super().__init__()
        one, other = pair_of_mailboxes()
        self.ends = (End(one), End(other))
        self.under_way: tuple[list[Letter], list[Letter]] = ([], [])
        self.now = 0.0
        self.number = 0
        self.first_bytes: dict[tuple[int, int], str] = {}

    def send(self, side: int, letters: list[Letter]) -> None:
        for letter in letters:
            if letter.seq is not None and letter.box is not None:
                assert self.first_bytes.setdefault((side, letter.seq), letter.box) == letter.box
        self.under_way[1 - side].extend(letters)

    def deliver(self, side: int, letter: Letter) -> None:
        heard, letters = self.ends[side].box.take(letter, now=self.now)
        self.ends[side].heard.extend(heard)
        self.send(side, letters)

    @rule(side=st.integers(0, 1), count=st.integers(1, 70))
    def say(self, side: int, count: int) -> None:
        end = self.ends[side]
        for _ in range(count):
            if end.box.unacknowledged >= WINDOW + WAITING:
                return
            self.number += 1
            end.said.append(content(self.number))
            self.send(side, end.box.put(content(self.number), now=self.now))

    @rule(side=st.integers(0, 1), data=st.data())
    def carry(self, side: int, data: st.DataObject) -> None:
        waiting = self.under_way[side]
        if waiting:
            self.deliver(side, waiting.pop(data.draw(st.integers(0, len(waiting) - 1))))

    @rule(side=st.integers(0, 1), data=st.data())
    def double(self, side: int, data: st.DataObject) -> None:
        waiting = self.under_way[side]
        if waiting:
            self.deliver(side, waiting[data.draw(st.integers(0, len(waiting) - 1))])

    @rule(side=st.integers(0, 1), data=st.data())
    def lose(self, side: int, data: st.DataObject) -> None:
        waiting = self.under_way[side]
        if waiting:
            del waiting[data.draw(st.integers(0, len(waiting) - 1)) :]

    @rule(side=st.integers(0, 1), seq=st.integers(0, 200), handshake=st.integers(0, 2))
    def forge(self, side: int, seq: int, handshake: int) -> None:
        self.deliver(side, Letter(handshake, 0, seq, "Zm9yZ2Vk"))

    @rule(seconds=st.floats(0.01, 5.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        for side in (0, 1):
            self.send(side, self.ends[side].box.due(now=self.now))

    @rule(side=st.integers(0, 1))
    def reconnect(self, side: int) -> None:
        self.under_way[side].clear()
        self.send(side, self.ends[side].box.returned(now=self.now))

    @invariant()
    def nothing_comes_twice_or_out_of_order(self) -> None:
        for end, other in (self.ends, self.ends[::-1]):
            assert end.heard == other.said[: len(end.heard)]

    def teardown(self) -> None:
        """When the channel is good again, everything arrives; then both fall silent for good."""
        for side in (0, 1):
            self.send(side, self.ends[side].box.returned(now=self.now))
        for _ in range(40):
            while any(self.under_way):
                for side in (0, 1):
                    while self.under_way[side]:
                        self.deliver(side, self.under_way[side].pop(0))
            self.now += ACK_WITHIN_SECONDS
            for side in (0, 1):
                self.send(side, self.ends[side].box.due(now=self.now))
        assert self.ends[0].heard == self.ends[1].said
        assert self.ends[1].heard == self.ends[0].said
        for end in self.ends:
            assert end.box.unacknowledged == 0
            assert end.box.next_due() is None
            assert end.box.due(now=self.now + 3600) == []


TestBadChannel = BadChannel.TestCase
TestBadChannel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
