"""A call told in any order by anybody, with time passing: Hypothesis writes the stories, the rules keep them sane."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from signalling.calls import effects as fx
from signalling.calls import events as ev
from signalling.calls.deadlines import ACCEPTED_SECONDS, RECONNECTING_SECONDS
from signalling.calls.effects import Refusal
from signalling.calls.machine import step
from signalling.calls.record import CallRecord, Standing
from signalling.calls.table import NOT_ACCEPTED
from signalling.vocabulary import CallState, EndpointId, EndReason, Role
from tests.unit.calls.everywhere import remade
from tests.unit.calls.scene import (
    CALLER,
    DIGESTS,
    EVERYBODY,
    LIFETIME,
    PHONE,
    RINGS,
    START,
    STRANGER,
    TABLET,
    invite,
    record_of,
    standing,
)

somebody = st.sampled_from(EVERYBODY)
handshakes = st.integers(1, 4)
bytes_sent = st.sampled_from([b"one", b"two"])
reasons = st.sampled_from([EndReason.HANGUP, EndReason.KNOB_OFF, EndReason.BUSY])
events = st.one_of(
    st.builds(ev.Invited, somebody, st.sampled_from([DIGESTS, DIGESTS[:1]])),
    st.builds(ev.Rang, somebody, st.none() | st.integers(0, 30_000)),
    st.builds(ev.Joined, somebody, bytes_sent),
    st.builds(ev.Accepted, somebody),
    st.builds(ev.Declined, somebody, reasons, st.booleans()),
    st.builds(ev.Cancelled, somebody),
    st.builds(ev.HungUp, somebody, reasons),
    st.builds(ev.Connected, somebody),
    st.builds(ev.Lost, somebody),
    st.builds(ev.Resumed, somebody, handshakes, bytes_sent),
    st.builds(ev.ResumeAnswered, somebody, handshakes),
    st.builds(ev.Forgotten, somebody),
    st.builds(ev.SessionsSeen),
    st.builds(ev.Stopped, st.just(EndReason.DRAINED)),
)
"""Whoever says whatever. A deadline fires in its own rule, when a node thinks it is due."""


class AnyStory(RuleBasedStateMachine):
    """One call and a clock. What each endpoint heard is kept, to be judged."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.record: CallRecord | None = None
        self.heard: dict[EndpointId, list[fx.Effect]] = {endpoint: [] for endpoint in EVERYBODY}
        self.joined: EndpointId | None = None
        self.accepted_at: float | None = None

    @initialize(away=st.booleans(), one=st.booleans(), again=st.sampled_from([None, False, True]))
    def begins(self, *, away: bool, one: bool, again: bool | None) -> None:
        rings = standing(RINGS, phone=Standing.AWAY) if away else RINGS
        self.record = record_of(invite(rings[:1] if one else rings)) if again is None else remade(accepted=again)
        self.joined = self.record.callee

    @rule(event=events)
    def somebody_says(self, event: ev.Event) -> None:
        self.happens(event)

    @rule(by=st.sampled_from([TABLET, PHONE]), data=st.data())
    def the_call_goes_as_it_should(self, by: EndpointId, data: st.DataObject) -> None:
        """Ordinary stories are likelier than Hypothesis would find them."""
        ends = (CALLER, by)
        course: list[ev.Event] = [ev.Rang(by), ev.Joined(by, b"one"), ev.Accepted(by), *map(ev.Connected, ends)]
        for event in course[: data.draw(st.integers(1, len(course)))]:
            self.happens(event)

    @rule(seconds=st.sampled_from([0.1, 1.0, 7.0, 20.0, 29.0, 44.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(early=st.floats(0, 2))
    def a_deadline_fires(self, early: float) -> None:
        """A node's timer is early or right; another was faster, or not."""
        if self.record is not None:
            self.now = max(self.now, self.record.deadline - early)
            self.happens(ev.DeadlinePassed())

    def happens(self, event: ev.Event) -> None:
        before = self.record
        if before is None:
            return
        outcome = step(before, event, now=self.now)
        if isinstance(outcome, Refusal):
            return
        assert not (isinstance(event, ev.DeadlinePassed) and self.now < before.deadline)
        assert not (isinstance(event, ev.ByAnEnd) and event.by == STRANGER)
        for effect in outcome.effects:
            self.hears(effect)
        self.record = outcome.record
        if outcome.record is not None and outcome.record.accepted and self.accepted_at is None:
            self.accepted_at = self.now

    def hears(self, effect: fx.Effect) -> None:
        match effect:
            case fx.ReleaseLeases() | fx.Erase() | fx.BlockRobot():
                pass
            case fx.ForwardJoin(_, endpoint) if self.joined is None:
                self.joined = endpoint
                self.heard[effect.to].append(effect)
            case _:
                assert not self.ends(effect.to), "something was said after the end"
                self.heard[effect.to].append(effect)

    def ends(self, endpoint: EndpointId) -> list[Any]:
        return [one for one in self.heard[endpoint] if isinstance(one, fx.TellEnded)]

    @invariant()
    def there_is_one_winner(self) -> None:
        if self.record is not None and self.record.callee is not None:
            assert self.record.callee == self.joined

    @invariant()
    def a_stranger_hears_nothing(self) -> None:
        assert self.heard[STRANGER] == []

    @invariant()
    def each_end_hears_of_the_end_once(self) -> None:
        assert all(len(self.ends(endpoint)) <= 1 for endpoint in EVERYBODY)
        if self.record is not None and self.record.state is not CallState.ENDED:
            assert not any(self.ends(endpoint) for endpoint in EVERYBODY)
        elif self.record is not None:
            assert all(self.ends(endpoint) for endpoint in self.record.audience())

    @invariant()
    def every_ring_ends(self) -> None:
        if self.record is not None and self.record.state in NOT_ACCEPTED:
            assert self.record.deadline <= START + max(LIFETIME, 30)

    @precondition(lambda self: self.record is not None and self.record.state is not CallState.ENDED)
    @invariant()
    def no_state_without_media_lasts(self) -> None:
        assert self.record is not None
        if self.record.state is CallState.ACCEPTED:
            assert self.record.deadline <= self.now + ACCEPTED_SECONDS
        if self.record.state is CallState.RECONNECTING:
            assert self.record.deadline <= self.now + RECONNECTING_SECONDS
        if self.record.state is CallState.ACTIVE:
            assert self.record.connected == frozenset(Role)

    def teardown(self) -> None:
        """Left alone, the call is gone after its last deadline."""
        for _ in range(2):
            if self.record is not None:
                self.now = max(self.now, self.record.deadline)
                self.happens(ev.DeadlinePassed())
        assert self.record is None


TestAnyStory = AnyStory.TestCase
TestAnyStory.settings = settings(max_examples=60, stateful_step_count=25)
