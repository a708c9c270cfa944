"""The table by rows, written from the design and not from the code, and every state with every event."""

import itertools
from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest

from signalling.calls import events as ev
from signalling.calls.effects import Refusal
from signalling.calls.machine import Step, step
from signalling.calls.table import TRANSITIONS
from signalling.vocabulary import CallState, EndpointId, EndReason
from tests.unit.calls.scene import CALLER, DIGESTS, EVERYBODY, JOIN, PHONE, START, STRANGER, TABLET, call_in

# Who says what, and where that leads. The tablet joined, the phone was rung beside it. `-` stays; `!` is a refusal.
ROWS = """
event               by       invited       ringing       joined        accepted      active        reconnecting  ended
invite              caller   -             -             -             -             -             -             !ended
other_invite        caller   !conflict     !conflict     !conflict     !conflict     !conflict     !conflict     !ended
invite              tablet   !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed
invite              phone    !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed
ringing             caller   !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed
ringing             tablet   ringing       -             -             -             -             -             !ended
ringing             phone    ringing       -             !taken        !taken        !taken        !taken        !ended
join                caller   !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed
join                tablet   joined        joined        -             -             -             -             !ended
other_join          tablet   joined        joined        !conflict     !conflict     !conflict     !conflict     !ended
join                phone    joined        joined        !taken        !taken        !taken        !taken        !ended
accept              caller   !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed
accept              tablet   !wrong_state  !wrong_state  accepted      -             -             -             !ended
accept              phone    !wrong_state  !wrong_state  !taken        !taken        !taken        !taken        !ended
decline             caller   !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed
decline             tablet   -             -             ended         !wrong_state  !wrong_state  !wrong_state  -
decline             phone    -             -             !taken        !taken        !taken        !taken        -
decline_everywhere  phone    ended         ended         !taken        !taken        !taken        !taken        -
cancel              caller   ended         ended         ended         ended         ended         ended         -
cancel              tablet   !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed
cancel              phone    !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed  !not_allowed
hangup              caller   !wrong_state  !wrong_state  ended         ended         ended         ended         -
hangup              tablet   !wrong_state  !wrong_state  ended         ended         ended         ended         -
hangup              phone    !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state
connected           caller   !wrong_state  !wrong_state  -             -             -             active        !ended
connected           tablet   !wrong_state  !wrong_state  -             -             -             -             !ended
connected           phone    !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state
lost                caller   !wrong_state  !wrong_state  -             -             reconnecting  -             !ended
lost                tablet   !wrong_state  !wrong_state  -             -             reconnecting  -             !ended
lost                phone    !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state
resume              caller   !wrong_state  !wrong_state  !wrong_state  -             reconnecting  -             !ended
resume              tablet   !wrong_state  !wrong_state  !wrong_state  -             reconnecting  -             !ended
resume              phone    !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state
resume_answer       caller   !wrong_state  !wrong_state  !wrong_state  !conflict     !conflict     !conflict     !ended
resume_answer       tablet   !wrong_state  !wrong_state  !wrong_state  !conflict     !conflict     !conflict     !ended
not_in_hello        caller   !wrong_state  !wrong_state  ended         ended         ended         ended         !ended
not_in_hello        tablet   !wrong_state  !wrong_state  ended         ended         ended         ended         !ended
not_in_hello        phone    !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state
sessions_seen       nobody   !wrong_state  !wrong_state  !wrong_state  !wrong_state  -             !wrong_state  !ended
deadline            nobody   ended         ended         ended         ended         ended         ended         erased
too_early_deadline  nobody   !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state  !wrong_state
stopped             nobody   ended         ended         ended         ended         ended         ended         !ended
"""  # noqa: E501 - a table is read by its columns

PEOPLE = {"caller": CALLER, "tablet": TABLET, "phone": PHONE, "nobody": STRANGER}
SAYS: dict[str, Callable[[EndpointId], ev.Event]] = {
    "invite": lambda by: ev.Invited(by, DIGESTS),
    "other_invite": lambda by: ev.Invited(by, ((TABLET, b"another ring"), (PHONE, b"ring for phone"))),
    "ringing": ev.Rang,
    "join": lambda by: ev.Joined(by, JOIN),
    "other_join": lambda by: ev.Joined(by, b"another join"),
    "accept": ev.Accepted,
    "decline": lambda by: ev.Declined(by, EndReason.DECLINED),
    "decline_everywhere": lambda by: ev.Declined(by, EndReason.DECLINED, everywhere=True),
    "cancel": ev.Cancelled,
    "hangup": lambda by: ev.HungUp(by, EndReason.HANGUP),
    "connected": ev.Connected,
    "lost": ev.Lost,
    "resume": lambda by: ev.Resumed(by, 1, b"a new handshake"),
    "resume_answer": lambda by: ev.ResumeAnswered(by, 1),
    "not_in_hello": ev.Forgotten,
    "sessions_seen": lambda by: ev.SessionsSeen(),
    "deadline": lambda by: ev.DeadlinePassed(),
    "too_early_deadline": lambda by: ev.DeadlinePassed(),
    "stopped": lambda by: ev.Stopped(EndReason.DRAINED),
}
HEAD, *LINES = (line.split() for line in ROWS.strip().splitlines())
CELLS = [
    pytest.param(name, by, CallState(state), cell, id=f"{name}-by-{by}-when-{state}")
    for name, by, *cells in LINES
    for state, cell in zip(HEAD[2:], cells, strict=True)
]


def every_event() -> Iterator[ev.Event]:
    for name, by in itertools.product(SAYS, EVERYBODY):
        yield SAYS[name](by)


def where_it_leads(outcome: Step | Refusal, before: CallState) -> str:
    if isinstance(outcome, Refusal):
        return f"!{outcome}"
    if outcome.record is None:
        return "erased"
    return "-" if outcome.record.state is before else outcome.record.state


@pytest.mark.parametrize(("name", "by", "state", "cell"), CELLS)
def test_an_event_leads_where_the_design_says(name: str, by: str, state: CallState, cell: str) -> None:
    record = call_in(state)
    now = record.deadline if name == "deadline" else START
    outcome = step(record, SAYS[name](PEOPLE[by]), now=now)
    assert where_it_leads(outcome, state) == cell


def test_the_rows_name_every_event_and_every_state() -> None:
    assert {type(SAYS[name](CALLER)) for name, *_ in LINES} == set(ev.Event.__args__)
    assert HEAD[2:] == list(CallState)


@pytest.mark.parametrize("state", CallState)
def test_a_stranger_hears_that_there_is_no_such_call(state: CallState) -> None:
    for says in SAYS.values():
        event = says(STRANGER)
        if isinstance(event, ev.ByAnEnd):
            assert step(call_in(state), event, now=START) is Refusal.UNKNOWN_CALL


@pytest.mark.parametrize("state", CallState)
def test_a_pair_that_is_not_in_the_table_is_refused(state: CallState) -> None:
    for event in every_event():
        if (state, type(event)) not in TRANSITIONS:
            assert isinstance(step(call_in(state), event, now=START + 1e6), Refusal)


@pytest.mark.parametrize("state", CallState)
def test_nothing_is_changed_in_place(state: CallState) -> None:
    for event in every_event():
        record = call_in(state)
        before = deepcopy(record)
        step(record, event, now=START + 1e6)
        assert record == before


def test_nothing_leaves_ended_but_into_oblivion() -> None:
    record = call_in(CallState.ENDED)
    for event in every_event():
        outcome = step(record, event, now=START)
        if isinstance(outcome, Step):
            assert outcome.record == record
            assert outcome.effects == ()


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.ENDED])
def test_every_state_can_be_stopped_and_ends_by_itself(state: CallState) -> None:
    assert TRANSITIONS[state, ev.Stopped] == (CallState.ENDED,)
    assert TRANSITIONS[state, ev.DeadlinePassed] == (CallState.ENDED,)
