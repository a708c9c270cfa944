"""What a run found, as data: for the JSON report, the page and the table.

It holds kinds, places and counts, never a marker's text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from client_sim.audit.judgement import Faults, Look, Seen, Verdict, by_kind, verdict
from client_sim.audit.promises import PROMISES, Kind, Place


@dataclass(frozen=True)
class Way:
    """One way in which calls ended."""

    name: str
    words: str
    sealed: bool
    """Between real ends; otherwise scripted, with everything unsealed."""
    by_itself: bool = False
    """Only time ends it."""


@dataclass
class Chapter:
    """Calls that lived at the same time, and the looks at them."""

    title: str
    ways: Sequence[Way]
    during: Look | None = None
    after: Look | None = None
    """The last look at this round."""
    after_seconds: Mapping[str, float] = field(default_factory=dict)
    """By way, from its end to the look after it."""
    faults: Faults = field(default_factory=Faults)
    notes: list[str] = field(default_factory=list)
    relays: tuple[int, int] | None = None
    """Relay ports that coturn held open: while the calls lived, and after."""

    def copies_during(self) -> Mapping[Kind, Mapping[Place, int]]:
        """What was seen of these calls while they lived."""
        mine = {one.name for one in self.ways}
        return by_kind(one for one in (self.during.seen if self.during else ()) if way_of(one) in mine)


def way_of(seen: Seen) -> str:
    """The name of the way whose call a marker belongs to."""
    return seen.marker.way


@dataclass(frozen=True)
class Process:
    """How one of the programs ran."""

    name: str
    wipes: bool
    core_bytes: str
    locked_kib: int


@dataclass
class Report:
    """All of it."""

    began: str
    versions: Mapping[str, str]
    swap: str = ""
    """Whether this machine has any."""
    processes: list[Process] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    control: Chapter | None = None
    """Under the default allocator, where the same search must find what is left."""
    declared: Sequence[Seen] = ()
    """What was left as declared, at the last look: earlier looks saw the same copies."""
    control_copies: int = 0
    witness: Mapping[str, int] = field(default_factory=dict)
    """By form, how often a marker that a process and a file of ours hold was found."""
    planted: Mapping[Kind, int] = field(default_factory=dict)
    forms_each: int = 0
    files: Sequence[str] = ()
    files_complete: bool = False
    seconds: float = 0.0
    strict: bool = False

    @property
    def blind_because(self) -> list[str]:
        """Why the run says nothing, if so."""
        reasons = [
            f"{one.way}: {PROMISES[one.kind].words} were not seen while the call lived"
            for chapter in self.chapters
            for one in chapter.faults.missing
        ]
        if any(not copies for copies in self.witness.values()) or not self.witness:
            reasons.append("the search did not find every form of a marker that was there")
        if self.control is not None and self.control_copies == 0:
            reasons.append(
                "under the default allocator nothing was left: the search can't tell wiped from unwiped memory"
            )
        return sorted(set(reasons))

    @property
    def verdict(self) -> Verdict:
        """What the run says."""
        told = verdict(chapter.faults for chapter in self.chapters)
        if told is Verdict.CLEAN and self.strict and self.declared:
            told = Verdict.FOUND
        return Verdict.BLIND if told is Verdict.CLEAN and self.blind_because else told

    def finds(self) -> Iterator[Seen]:
        """All that ought not to be there."""
        for chapter in self.chapters:
            yield from chapter.faults.finds

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "verdict": self.verdict.name.lower(),
            "blind_because": self.blind_because,
            "began": self.began,
            "seconds": round(self.seconds, 1),
            "versions": dict(self.versions),
            "swap": self.swap,
            "processes": [vars(one) for one in self.processes],
            "planted": {kind.value: number for kind, number in self.planted.items()},
            "forms_each": self.forms_each,
            "chapters": [_chapter(one) for one in self.chapters],
            "control": _chapter(self.control) | {"copies": self.control_copies} if self.control else None,
            "witness": dict(self.witness),
            "finds": [_seen(one) for one in self.finds()],
            "declared": [_seen(one) for one in self.declared],
            "files": list(self.files),
            "files_complete": self.files_complete,
        }


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "title": chapter.title,
        "ways": [vars(one) for one in chapter.ways],
        "during": _table(chapter.copies_during()),
        "finds": [_seen(one) for one in chapter.faults.finds],
        "missing": [{"way": one.way, "kind": one.kind.value} for one in chapter.faults.missing],
        "after_seconds": {name: round(seconds, 3) for name, seconds in chapter.after_seconds.items()},
        "memory_bytes": chapter.after.memory_bytes if chapter.after else 0,
        "file_bytes": chapter.after.file_bytes if chapter.after else 0,
        "notes": chapter.notes,
        "relays_open": list(chapter.relays) if chapter.relays else None,
    }


def _table(copies: Mapping[Kind, Mapping[Place, int]]) -> dict[str, dict[str, int]]:
    return {kind.value: {place.value: number for place, number in row.items()} for kind, row in copies.items()}


def _seen(seen: Seen) -> dict[str, Any]:
    return {
        "way": seen.marker.way,
        "kind": seen.marker.kind.value,
        "what": seen.marker.label,
        "form": seen.form,
        "place": seen.place.value,
        "where": seen.where,
        "copies": seen.copies,
    }
