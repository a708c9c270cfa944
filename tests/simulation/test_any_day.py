"""Any day of a family: calls, crossing calls, lost sockets, restarts, drains, repeats, in any order and at once."""

from collections.abc import Awaitable, Sequence
from typing import Any

import pytest
import uvloop
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from signalling.calls.record import CallRecord
from signalling.calls.table import NOT_ACCEPTED
from signalling.protocol import messages as msg
from signalling.vocabulary import CallState, Role
from tests.policy.walk import found_in
from tests.simulation.book import Book
from tests.simulation.coordinator import Socket
from tests.simulation.deeds import OF_A_CALL, Deed, deeds
from tests.simulation.ends import End
from tests.simulation.house import House
from tests.simulation.people import CALLERS, EVERYBODY, name, party_of

GOOD_NIGHT = st.booleans()
"""Whether at the end of the day everybody hangs up and stays online."""
HOW_FAR = st.sampled_from([6, 5, 3, 2, 1, 6, 6, 0])


class AnyDay(RuleBasedStateMachine):
    """Two people with two endpoints each, a Komp, and a coordinator that may die at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = uvloop.new_event_loop()
        self.house = House()
        self.calls: list[str] = []
        self.good_night = False

    @property
    def book(self) -> Book:
        return self.house.coordinator.book

    def run(self, work: Awaitable[Any]) -> None:
        self.loop.run_until_complete(work)

    def new_call(self, first: str) -> str:
        """Ids that sort as Hypothesis likes, so that each end wins a glare now and then."""
        self.calls.append(name(f"{first}-call-{len(self.calls):04d}"))
        return self.calls[-1]

    # --------------------------------------------------------------- deeds

    @initialize(
        caller=st.sampled_from(CALLERS),
        callee=st.sampled_from(EVERYBODY),
        how_far=HOW_FAR,
        good_night=GOOD_NIGHT,
    )
    def a_day_begins(self, caller: str, callee: str, how_far: int, *, good_night: bool) -> None:
        """Most days begin with a call that has come somewhere."""
        self.good_night = good_night
        self.run(self.house.connect())
        self.a_call_goes_as_it_should(caller, callee, "m", how_far)

    @rule(
        caller=st.sampled_from(CALLERS), callee=st.sampled_from(EVERYBODY), first=st.sampled_from("az"), how_far=HOW_FAR
    )
    def a_call_goes_as_it_should(self, caller: str, callee: str, first: str, how_far: int) -> None:
        if party_of(caller) != party_of(callee):
            self.run(self.house.call(self.new_call(first), caller, callee, up_to=how_far))

    @rule(happen=st.lists(deeds, min_size=1, max_size=3))
    def things_happen_at_once(self, happen: list[Deed]) -> None:
        by_end: dict[str, list[msg.ClientMessage]] = {}
        for deed in happen:
            end, messages = self.messages(deed)
            by_end.setdefault(end.endpoint, []).extend(messages)
        self.run(self.house.happen(*(self.says(endpoint, said) for endpoint, said in by_end.items())))

    async def says(self, endpoint: str, messages: Sequence[msg.ClientMessage]) -> None:
        for message in messages:
            await self.house.ends[endpoint].say(self.house.coordinator, message)

    def messages(self, deed: Deed) -> tuple[End, list[msg.ClientMessage]]:
        """Who does it, and what that one says: mostly about a call it is in, sometimes about another's."""
        end = self.house.ends[deed.by]
        if deed.kind == "invite":
            return end, [end.invites(self.new_call(deed.first), deed.to)]
        if deed.kind == "repeat":
            return end, end.said[-1 - deed.nth :][:1]
        if not self.calls:
            return end, []
        call = self.calls[-1 - deed.nth % min(2, len(self.calls))]
        in_it = [one for one in self.house.ends.values() if call in one.calls]
        if in_it and not deed.is_stranger:
            end = in_it[EVERYBODY.index(deed.by) % len(in_it)]
        return end, OF_A_CALL[deed.kind](end, call, deed.nth)

    @rule(one=st.sampled_from(CALLERS), other=st.sampled_from(CALLERS), firsts=st.permutations("az"))
    def two_call_each_other_at_once(self, one: str, other: str, firsts: list[str]) -> None:
        if party_of(one) != party_of(other):
            ends, to = [self.house.ends[one], self.house.ends[other]], [party_of(other), party_of(one)]
            invites = [end.invites(self.new_call(firsts[i]), to[i]) for i, end in enumerate(ends)]
            self.run(self.house.happen(self.says(one, invites[:1]), self.says(other, invites[1:])))

    # ------------------------------------------------------------- sockets

    @rule(endpoint=st.sampled_from(EVERYBODY), how=st.sampled_from(["lost", "bye", "back", "back", "reloaded"]))
    def a_socket_comes_or_goes(self, endpoint: str, how: str) -> None:
        """`back` may come while the older socket still seems alive: that one is superseded."""
        end = self.house.ends[endpoint]
        if how != "back":
            self.run(self.house.happen(end.lose(self.house.coordinator, said_bye=how == "bye")))
        if how == "reloaded":
            end.calls.clear()
        if how in ("back", "reloaded"):
            old = end.socket
            self.run(self.house.connect(endpoint))
            assert old is None or not old.is_open

    @rule(seconds=st.sampled_from([0.3, 0.6, 1.0, 1.0, 5.0, 9.0, 21.0, 31.0, 46.0, 601.0]))
    def time_passes(self, seconds: float) -> None:
        self.run(self.house.pass_time(seconds))

    @precondition(lambda self: self.book.live())
    @rule(
        gracefully=st.booleans(),
        order=st.permutations(EVERYBODY),
        come_back=st.integers(0, len(EVERYBODY)),
        seconds=st.sampled_from([0.1, 5.0, 40.0]),
    )
    def the_server_stops_and_starts_again(
        self, *, gracefully: bool, order: list[str], come_back: int, seconds: float
    ) -> None:
        """Killed, or drained: then only calls without media end. The endpoints come back as they like."""
        if gracefully:
            with_media = {record.call for record in self.book.live() if record.state not in NOT_ACCEPTED}
            self.run(self.house.happen(self.house.coordinator.hub.drain()))
            assert {record.call for record in self.book.live()} == with_media
            self.nothing_happened_that_may_not()
        self.house.restart()
        for endpoint in order[:come_back]:
            self.run(self.house.connect(endpoint))
        self.run(self.house.pass_time(seconds))

    # ---------------------------------------------------------- invariants

    @invariant()
    def nothing_happened_that_may_not(self) -> None:
        """One winner; nothing after the end; each hears of it once, and those who are there do hear."""
        assert self.book.faults == []
        assert self.book.who_missed_the_end() == []
        assert self.house.coordinator.log.getvalue() == ""

    @invariant()
    def leases_hold_the_parties_of_live_calls_and_nobody_else(self) -> None:
        leases = self.loop.run_until_complete(self.house.coordinator.state.leases.every())
        held = {party: (lease.call, lease.peer, lease.role) for party, lease in leases}
        wanted = {}
        for record in self.book.live():
            assert record.caller_party not in wanted
            assert record.callee_party not in wanted
            wanted[record.caller_party] = (record.call, record.callee_party, Role.CALLER)
            wanted[record.callee_party] = (record.call, record.caller_party, Role.CALLEE)
        assert held == wanted

    @invariant()
    def every_ring_ends(self) -> None:
        """An endpoint that heard a ring, and is still there, rings only as long as the call waits for it."""
        live: dict[str, CallRecord] = {record.call: record for record in self.book.live()}
        for end in self.house.ends.values():
            for call, mine in end.calls.items():
                if mine.role is Role.CALLEE and mine.phase is None and mine.heard_on is end.socket and end.is_connected:
                    assert call in live
                    assert live[call].callee in (None, end.endpoint)
        for record in live.values():
            assert record.state not in NOT_ACCEPTED or record.deadline <= self.house.clock.now() + 60

    # ------------------------------------------------------- the day's end

    def teardown(self) -> None:
        """Everybody hangs up and stays online, or just leaves.

        After the last deadline nothing is left but tombstones, and then not even those.
        """
        try:
            if self.good_night:
                self.run(self.house.happen(*(self.stops(end) for end in self.house.ends.values())))
            else:
                self.run(self.house.lose())
            self.run(self.house.pass_time(62))
            self.nothing_happened_that_may_not()
            self.nothing_is_left()
            self.run(self.house.pass_time(601))
            assert self.house.coordinator.tombstones() == 0
        finally:
            self.loop.close()

    async def stops(self, end: End) -> None:
        for call, mine in list(end.calls.items()):
            await end.say(self.house.coordinator, mine.stop(call))

    def nothing_is_left(self) -> None:
        stories = [story for told in self.book.stories.values() for story in told]
        assert all(story.record.state is CallState.ENDED and story.is_buried for story in stories)
        self.leases_hold_the_parties_of_live_calls_and_nobody_else()
        assert found_in(self.calls, self.house.coordinator.hub, but=(Book, Socket)) == set()


def test_any_day_of_a_family_keeps_the_rules() -> None:
    run(AnyDay, settings=settings(max_examples=250, stateful_step_count=25))


@pytest.mark.slow
def test_many_days_of_a_family_keep_the_rules() -> None:
    run(AnyDay, settings=settings(max_examples=600, stateful_step_count=50))
