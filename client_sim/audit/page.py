"""The report as one HTML page to hand to an auditor: nothing is loaded from anywhere, no script, fit for printing.

It shows kinds, places and counts, never a marker's text.
"""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from client_sim.audit import words
from client_sim.audit.findings import Chapter, Report
from client_sim.audit.judgement import Seen, Verdict
from client_sim.audit.promises import PROMISES, Kind, Place

_STYLE = Path(__file__).with_name("page.css")
SHOWN_FINDS = 200


def page(report: Report) -> bytes:
    """The whole document, UTF-8."""
    sections = [
        _finds(report),
        _endings(report),
        _kinds(report),
        _places(report),
        _declared(report),
        _controls(report),
        _meaning(),
        _machine(report),
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Närvaro: residue audit of {escape(report.began[:10])}</title>",
            f"<style>{_STYLE.read_text(encoding='utf-8')}</style></head><body><main>",
            _head(report),
            *(section for section in sections if section),
            "</main></body></html>\n",
        ]
    ).encode()


def _head(report: Report) -> str:
    sign = {Verdict.CLEAN: "clean", Verdict.FOUND: "found", Verdict.BLIND: "blind"}[report.verdict]
    figures = [
        (str(words.ends(report)), "calls, each ended in its own way"),
        (
            f"{words.markers(report) * report.forms_each:,}",
            f"texts: {words.markers(report)} markers, in {report.forms_each} forms each",
        ),
        (str(sum(one.copies for one in report.finds())), f"copies found after the ends{_besides(report)}"),
        (str(report.control_copies or "–"), "copies found by the control"),
    ]
    told = "".join(f"<li><b>{escape(number)}</b> {escape(what)}</li>" for number, what in figures)
    return (
        '<header><p class="mark">Närvaro <span>residue audit</span></p>'
        f'<p class="when">{escape(_moment(report.began))} · {report.seconds:.0f} s</p></header>'
        f'<section class="verdict {sign}"><h1>{escape(words.HEADLINES[report.verdict])}</h1>'
        f"<p>{escape(words.headline(report))}</p></section>"
        f'<ul class="figures">{told}</ul>'
    )


def _besides(report: Report) -> str:
    number = sum(one.copies for one in report.declared)
    return f", besides {number} declared" if number else ""


def _finds(report: Report) -> str:
    finds = list(report.finds())
    if not finds:
        return ""
    more = f"<p>And {len(finds) - SHOWN_FINDS} more, in the JSON report.</p>" if len(finds) > SHOWN_FINDS else ""
    return _section("What was found", _seen_table(finds[:SHOWN_FINDS]) + more)


def _endings(report: Report) -> str:
    parts = []
    for chapter in report.chapters:
        rows = [_ending(chapter, way.name, way.words) for way in chapter.ways]
        notes = [
            f"Each look went through {_amount(chapter)}.",
            *chapter.notes,
        ]
        if chapter.relays is not None and any(way.sealed for way in chapter.ways):
            notes.append(_relays(chapter.relays))
        parts.append(
            f"<h3>{escape(chapter.title)}</h3>"
            + _table(("The end", "What happened", "While it lived", "After it"), rows)
            + "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
        )
    return _section("How calls ended", "".join(parts))


def _amount(chapter: Chapter) -> str:
    look = chapter.after
    return f"{_bytes(look.memory_bytes)} of memory and {_bytes(look.file_bytes)} of files" if look else "nothing"


def _relays(relays: tuple[int, int]) -> str:
    during, after = relays
    left = (
        f"{after} were left, of ends that were killed or cut off; they close within 120 s" if after else "none was left"
    )
    return f"coturn held {during} relay ports open while these calls lived. One second after, {left}."


def _ending(chapter: Chapter, way: str, what: str) -> list[str]:
    finds = sum(one.marker.way == way for one in chapter.faults.finds)
    seen = words.control_of(chapter, way)
    return [
        escape(way.partition(" (")[0]),
        escape(what),
        _badge("seen", "good") if seen == "seen" else _badge("not seen", "warn"),
        (_badge(f"{finds} finds", "bad") if finds else _badge("nothing", "good"))
        + f' <span class="soft">{chapter.after_seconds.get(way, 0.0):.2f} s</span>',
    ]


def _kinds(report: Report) -> str:
    rows = []
    for kind, number in report.planted.items():
        promise = PROMISES[kind]
        after = words.seen_after(report, kind)
        look = "warn" if "declared" in after else "bad" if after.endswith("copies") else "good"
        allowed = ", ".join(place.value for place in Place if place in promise.during) or "nowhere"
        rows.append(
            [
                escape(promise.words),
                str(number),
                escape(allowed),
                escape(words.seen_during(report, kind)),
                _badge(after, look),
            ]
        )
    head = (
        "What was planted or listened for",
        "Markers",
        "May be, while a call lives",
        "Was seen then",
        "After the ends",
    )
    return _section(
        "What was looked for",
        f"<p>{escape(words.HOW)}</p>" + _table(head, rows, numbers={1}),
    )


def _places(report: Report) -> str:
    files = "".join(f"<li><code>{escape(name)}</code></li>" for name in report.files)
    whole = words.ALL_FILES if report.files_complete else words.SOME_FILES
    rows = [
        [
            escape(one.name),
            _badge("yes", "good") if one.wipes else _badge("no", "warn"),
            escape("leaves no core file" if one.core_bytes == "0" else f"leaves core files, {one.core_bytes}"),
            escape(f"{one.locked_kib // 1024} MB locked" if one.locked_kib else f"not locked; {report.swap}"),
        ]
        for one in report.processes
    ]
    return _section(
        "Where was looked",
        "<p>In all memory that these processes could have written, copied while they stood still:</p>"
        + _table(("Process", "Overwrites what it frees", "A crash", "Swap"), rows)
        + f"<p>In the text of <code>/metrics</code>, and in these files, their names included. {escape(whole)}</p>"
        f'<ul class="files">{files}</ul>',
    )


def _declared(report: Report) -> str:
    seen = report.declared
    if not seen:
        return ""
    reasons = {reason for one in seen for reason in PROMISES[one.marker.kind].declared.values()}
    rows = [
        [escape(PROMISES[kind].words), escape(place.value), str(copies)]
        for (kind, place), copies in _summed(seen).items()
    ]
    return _section(
        "What is left, and declared",
        "".join(f"<p>{escape(reason)}</p>" for reason in sorted(reasons))
        + _table(("What", "Where", "Copies"), rows, numbers={2}),
    )


def _summed(seen: Iterable[Seen]) -> dict[tuple[Kind, Place], int]:
    rows: dict[tuple[Kind, Place], int] = {}
    for one in seen:
        rows[one.marker.kind, one.place] = rows.get((one.marker.kind, one.place), 0) + one.copies
    return rows


def _controls(report: Report) -> str:
    missing = sum(len(chapter.faults.missing) for chapter in report.chapters)
    forms = sum(copies == 2 for copies in report.witness.values())
    rows = [
        [
            "The search sees what is there",
            f"{words.WITNESS} {forms} of {report.forms_each} forms were found in both.",
            _badge("found", "good") if forms == report.forms_each else _badge("blind", "warn"),
        ],
        [
            "Calls are seen while they live",
            "The call's id in the coordinator's memory and the relay's credentials in coturn's, for every call.",
            _badge("found", "good") if not missing else _badge(f"{missing} not seen", "warn"),
        ],
    ]
    if report.control is not None:
        calls, seconds = len(report.control.ways), max(report.control.after_seconds.values())
        told = f"{calls} calls {words.UNWIPED}, looked at {seconds:.2f} s after: {report.control_copies} copies found."
        sign = _badge("found", "good") if report.control_copies else _badge("blind", "warn")
        rows.append(["What is left is seen after the end", told, sign])
    return _section("Controls", _table(("Control", "How", "Result"), rows))


def _meaning() -> str:
    def listed(lines: Sequence[str]) -> str:
        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"

    return _section(
        "What this shows, and what it can't",
        f'<div class="two"><div><h3>It shows</h3>{listed(words.PROVES)}</div>'
        f"<div><h3>It can't show</h3>{listed(words.CANNOT_PROVE)}</div></div>",
    )


def _machine(report: Report) -> str:
    rows = [[escape(name), escape(version)] for name, version in report.versions.items()]
    return _section(
        "What ran",
        _table(("Part", "Version"), rows) + f'<p class="note">{escape(words.MADE_BY)}</p>',
    )


def _seen_table(seen: Iterable[Seen]) -> str:
    rows = [
        [
            escape(one.marker.way),
            escape(f"{PROMISES[one.marker.kind].words}: {one.marker.label}"),
            escape(one.form),
            escape(one.where),
            str(one.copies),
        ]
        for one in seen
    ]
    return _table(("Call", "What", "Form", "Where", "Copies"), rows, numbers={4})


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int] = ()) -> str:
    """Cells are HTML already; heads are text."""
    right = set(numbers)

    def cell(tag: str, number: int, content: str) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{scope}{' class=number' if number in right else ''}>{content}</{tag}>"

    top = "".join(cell("th", number, escape(text)) for number, text in enumerate(head))
    body = "".join("<tr>" + "".join(cell("td", n, text) for n, text in enumerate(row)) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _badge(text: str, look: str) -> str:
    return f'<span class="badge {look}">{escape(text)}</span>'


def _bytes(number: int) -> str:
    return f"{number / 1e6:.0f} MB" if number >= 1e6 else f"{number / 1e3:.0f} KB"


def _moment(text: str) -> str:
    return text.replace("T", " ").replace("+00:00", " UTC")
