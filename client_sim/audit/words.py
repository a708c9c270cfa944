"""What a report says in words, on the page and at the terminal alike: verdicts, and what a scan can and can't prove.

Words that never claim more than a search can.
"""

from typing import Final

from client_sim.audit.findings import Chapter, Report
from client_sim.audit.judgement import Verdict
from client_sim.audit.promises import PROMISES, Kind, Place


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.strip().split("\n\n"))


PROVES: Final = _paragraphs("""
That at the moment of each look none of the planted markers stood, in any of the forms listed, in the memory of
these processes or in any file that they wrote or had open.

That the search would have seen them: the same search found the call's id in the same memory while the call lived,
every form of a marker in a process and a file that certainly held it, and, under an allocator that does not wipe, what
calls had left.

That it holds for each way in which these calls were ended, killed programs among them.
""")
CANNOT_PROVE: Final = _paragraphs("""
That nothing is left in a form that was not looked for: encrypted under a key that is gone, compressed, hashed with a
salt, or in pieces shorter than a marker. The tombstone's salted hash of a call's id is such a form, kept for ten
minutes.

What root, a hypervisor or the hardware copied while the call lived: memory is read by whoever owns the machine.

Anything about other versions, other settings, other machines, or the ends' own devices.

What went over the network. That boxes are sealed between the ends, and that a relay sees only DTLS and SRTP, other
tests prove.

A receipt is a statement, signed; this is a search. Neither replaces the other.
""")
(HOW, ALL_FILES, SOME_FILES, WITNESS, UNWIPED, MADE_BY) = _paragraphs("""
Each marker was looked for plain, in hexadecimal (both cases), as UTF-16, and in base64 and base64url at all three
alignments. Scripted calls carry their contents unsealed, so that anything that is kept would be found; real calls are
sealed, and what only their ends know may be found nowhere at any time.

The kernel reported every file that these processes wrote, on every file system, also those that they deleted again
(fanotify).

The kernel could not report every file that these processes wrote: only their own directories, and what they had open,
were looked at.

A marker in every form, held by a process and a file of the audit's own.

at a coordinator that doesn't overwrite what it frees

Made by client-sim residue. The promise is P-02 of the privacy policy: stream and session data are held only
temporarily, and erased at once when the transmission ends.
""")
HEADLINES: Final = {
    Verdict.CLEAN: "Nothing of the ended calls was found",
    Verdict.FOUND: "Something was left",
    Verdict.BLIND: "This run says nothing",
}


def headline(report: Report) -> str:
    """One sentence that says it all."""
    match report.verdict:
        case Verdict.CLEAN:
            rest = f", except {declared(report)}, declared below." if report.declared else "."
            told = f"{ends(report)} calls ended in {ways(report)} ways; one second after each end, none of "
            return f"{told}{markers(report)} markers was found in memory, files, logs or metrics{rest}"
        case Verdict.FOUND:
            number = sum(1 for _ in report.finds())
            return f"{number} finds in {len({one.marker.way for one in report.finds()})} calls, each of them listed."
        case Verdict.BLIND:
            return "A control was not found, so that nothing was found means nothing: " + "; ".join(
                report.blind_because
            )


def declared(report: Report) -> str:
    """How much of what is left, and where."""
    places = sorted({one.place.value for one in report.declared})
    return f"{sum(one.copies for one in report.declared)} copies of dead credentials in the {' and the '.join(places)}"


def ends(report: Report) -> int:
    """How many calls ended."""
    return sum(len(chapter.ways) for chapter in report.chapters)


def ways(report: Report) -> int:
    """In how many ways, where a scripted and a sealed call that ended alike are one."""
    return len({way.name.partition(" (")[0] for chapter in report.chapters for way in chapter.ways})


def markers(report: Report) -> int:
    """How many texts were looked for, in every form each."""
    return sum(report.planted.values())


def seen_during(report: Report, kind: Kind) -> str:
    """Where that kind was seen while calls lived."""
    places = {place for chapter in report.chapters for place in chapter.copies_during().get(kind, {})}
    return ", ".join(place.value for place in Place if place in places) or "nowhere"


def seen_after(report: Report, kind: Kind) -> str:
    """What of that kind was found after the ends."""
    finds = sum(one.copies for one in report.finds() if one.marker.kind is kind)
    declared = sum(one.copies for one in report.declared if one.marker.kind is kind)
    if finds:
        return f"{finds} copies"
    if declared:
        return f"{declared} copies, as declared"
    return (
        "no more than before"
        if PROMISES[kind].counted
        else "while its session lasts"
        if PROMISES[kind].lasts
        else "none"
    )


def control_of(chapter: Chapter, way: str) -> str:
    """Whether that way's call was seen while it lived."""
    missing = [one for one in chapter.faults.missing if one.way == way]
    return "not seen" if missing else "seen"
