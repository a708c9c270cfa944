"""The picture of the rules, drawn from the table itself, for docs/design/calls.md."""

from collections import defaultdict
from inspect import getdoc

from signalling.calls import deadlines
from signalling.calls.events import DeadlinePassed, Event
from signalling.calls.table import TRANSITIONS
from signalling.vocabulary import CallState


def mermaid() -> str:
    """A Mermaid state diagram: an arrow for each pair of states, with the events that lead along it."""
    arrows: dict[tuple[CallState, CallState], list[str]] = defaultdict(list)
    for (state, event), targets in TRANSITIONS.items():
        for target in targets:
            if target is not state:
                arrows[state, target].append(event.__name__)
    lines = ["stateDiagram-v2", "    [*] --> invited : call.invite"]
    lines += [f"    {state} --> {target} : {', '.join(names)}" for (state, target), names in arrows.items()]
    lines.append("    ended --> [*] : erased")
    return "\n".join(lines)


def event_table() -> str:
    """Every event with what it means and what it does in each state; a dash is a refusal."""
    states = list(CallState)
    rows = ["| event | " + " | ".join(states) + " |", "|---" * (len(states) + 1) + "|"]
    for event in Event.__args__:
        cells = [_cell(state, event) for state in states]
        rows.append(f"| **{event.__name__}**: {_meaning(event)} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def deadline_table() -> str:
    """How long each state may last, and the reason when it ends by itself."""
    rows = ["| state | seconds | then |", "|---|---|---|"]
    for state in CallState:
        ends = deadlines.deadline(state, now=0.0, rings_until=1e9)
        seconds = "`lifetime_ms`" if ends == 1e9 else f"{ends:g}"
        meaning = deadlines.MEANING.get(state)
        rows.append(f"| {state} | {seconds} | {f'ended, `{meaning}`' if meaning else 'erased'} |")
    return "\n".join(rows)


def markdown() -> str:
    """The whole page."""
    return PAGE.format(mermaid=mermaid(), events=event_table(), deadlines=deadline_table())


def _cell(state: CallState, event: type[Event]) -> str:
    if (state, event) == (CallState.ENDED, DeadlinePassed):
        return "erased"
    targets = TRANSITIONS.get((state, event))
    return "–" if targets is None else " or ".join("stays" if to is state else to for to in targets)


def _meaning(event: type[object]) -> str:
    return (getdoc(event) or "").split("\n")[0].rstrip(".")


PAGE = """# The rules of a call

This page is made from [`table.py`](../../signalling/calls/table.py) by `make docs`; a test keeps it in step.
A call is one small record in memory. An event leads it from state to state along this table and no other way: a pair
that isn't here is refused and changes nothing. What decides between two targets stands in
[`machine.py`](../../signalling/calls/machine.py), one function for each event.

```mermaid
{mermaid}
```

## Deadlines

Every state ends by itself. The moment stands in the record, so any node can act on it.

{deadlines}

`active` is renewed while either end's session is alive; a call without media for thirty seconds is ended by its ends.
A tombstone (salted hash of the call id, reason, receipt) stays in memory for ten minutes after the erasure.

## Events

{events}

## Who may say what

The caller invites and cancels. A rung endpoint rings, joins and declines; once another has joined it hears `taken`. The
joined endpoint accepts. Both ends say connected, lost and resume, and hang up from the join on. Anybody else hears
`unknown_call`, as if there were none.

## One call at a time

A person or device is held by one call ([`leases.py`](../../signalling/calls/leases.py)). Two that ring each other
at once are glare: the smaller call id goes on. The same endpoint calling the same party again replaces its earlier
call. All else is busy.
"""
