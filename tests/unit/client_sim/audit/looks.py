"""Looks and reports made by hand, for what is decided from them."""

from collections.abc import Sequence

from client_sim.audit.findings import Chapter, Report, Way
from client_sim.audit.judgement import Faults, Look, Seen
from client_sim.audit.promises import Kind, Marker, Place

WAY = Way("hang-up (scripted)", "The caller hangs up.", sealed=False)


def marker(kind: Kind, way: str = WAY.name, text: str = "text-of-a-marker") -> Marker:
    return Marker(way, kind, "label", text.encode())


def seen(kind: Kind, place: Place, *, copies: int = 1, way: str = WAY.name, where: str = "") -> Seen:
    return Seen(marker(kind, way), "plain", place, where or place.value, copies)


def look(*found: Seen, sought: Sequence[Marker] = ()) -> Look:
    return Look(sought, found, 45_000_000, 90_000, 0.2)


def report(faults: Faults = Faults(), *, witness: int = 2, copies: int = 200, strict: bool = False) -> Report:  # noqa: B008
    during = look(seen(Kind.CALL, Place.COORDINATOR, copies=3), sought=[marker(Kind.CALL)])
    chapter = Chapter("Scripted calls", [WAY], during, look(), {WAY.name: 1.04}, faults)
    return Report(
        "2026-11-26T18:00:00+00:00",
        {"Python": "3.11.7"},
        chapters=[chapter],
        control=Chapter("Control", [WAY], during, look(), {WAY.name: 1.1}),
        control_copies=copies,
        witness={"plain": witness, "hex": 2},
        planted={Kind.CALL: 1},
        forms_each=10,
        declared=faults.declared,
        strict=strict,
    )
