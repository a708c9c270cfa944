"""What the findings mean: a find, a declared remainder, or a control that was not found and makes the scan blind.

It compares and decides, and reads nothing itself.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from client_sim.audit.promises import PROMISES, Kind, Marker, Place


class AuditError(RuntimeError):
    """The audit can't be run; the message says what it needs."""


class Verdict(IntEnum):
    """What a run says; the number is the exit code."""

    CLEAN = 0
    FOUND = 1
    BLIND = 2
    """A control was not found: the run says nothing."""


@dataclass(frozen=True)
class Seen:
    """A marker in a place: in what form, where exactly (a program's or a file's name), how often."""

    marker: Marker
    form: str
    place: Place
    where: str
    copies: int


@dataclass(frozen=True)
class Look:
    """One look at all places."""

    sought: Sequence[Marker]
    """What was planted by then."""
    seen: Sequence[Seen]
    memory_bytes: int
    file_bytes: int
    seconds: float

    def copies(self) -> Counter[tuple[str, Place]]:
        """How often each marker was seen in each place, in any form."""
        counts: Counter[tuple[str, Place]] = Counter()
        for one in self.seen:
            counts[one.marker.key, one.place] += one.copies
        return counts


@dataclass(frozen=True)
class Faults:
    """What is wrong in a look. `finds` ought not to be there, `missing` ought to be."""

    finds: Sequence[Seen] = ()
    declared: Sequence[Seen] = ()
    missing: Sequence[Marker] = ()


def judge_during(look: Look, planted: Iterable[Marker]) -> Faults:
    """While calls live: nothing outside its places, and every control found."""
    there = {(one.marker.key, one.place) for one in look.seen}
    missing = [one for one in planted if (place := PROMISES[one.kind].shows) and (one.key, place) not in there]
    return Faults([one for one in look.seen if one.place not in PROMISES[one.marker.kind].during], [], missing)


def judge_after(look: Look, before: Look) -> Faults:
    """After the end: nothing of a call, and of what lasts no more copies than `before` it."""
    was, now = before.copies(), look.copies()
    finds: list[Seen] = []
    declared: list[Seen] = []
    for one in look.seen:
        promise, key = PROMISES[one.marker.kind], (one.marker.key, one.place)
        more = promise.counted and one.place is not Place.SEED and now[key] > was[key]
        if promise.lasts and one.place in promise.during and not more:
            continue
        (declared if one.place in promise.declared else finds).append(one)
    return Faults(finds, declared)


def verdict(faults: Iterable[Faults]) -> Verdict:
    """Of all looks of a run. A find is a find, though something else was not seen."""
    every = list(faults)
    if any(one.finds for one in every):
        return Verdict.FOUND
    return Verdict.BLIND if any(one.missing for one in every) else Verdict.CLEAN


def by_kind(seen: Iterable[Seen]) -> dict[Kind, Counter[Place]]:
    """Copies by kind and place, for tables."""
    table: dict[Kind, Counter[Place]] = {}
    for one in seen:
        table.setdefault(one.marker.kind, Counter())[one.place] += one.copies
    return table
