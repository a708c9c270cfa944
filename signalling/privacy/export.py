"""Access (P-36): all that is stored about one person, as a ZIP that needs nothing else to be read.

What goes in is what the data map declares `given`; what it declares `masked` goes in where it is the person's own.
Nothing of anybody else does, and no key. The manifest says of each file what it is for, and what is left out and why.
"""

import hashlib
import io
import json
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from signalling.privacy import export_page
from signalling.privacy.authorities import AUTHORITIES, OF_THE_CONTROLLER, authority_of
from signalling.privacy.datamap import COLUMNS, MEMORY, SENT
from signalling.privacy.declaring import TERMS, Declaration, Export
from signalling.privacy.export_words import SOURCES
from signalling.privacy.notice import Controller
from signalling.privacy.processors import Processor
from signalling.privacy.wording import LANGUAGES

MASK: Final = "•••"
"""Stands for what is about somebody else."""
_TOLD: Final = frozenset({Export.GIVEN, Export.MASKED})
_FORMAT: Final = "narvaro.export.v1"
_PICTURE_NAMES: Final = ((b"\xff\xd8\xff", "picture.jpg"), (b"\x89PNG", "picture.png"), (b"RIFF", "picture.webp"))


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """What the store has about a person, opened: for each table its rows, by column."""

    own: frozenset[str]
    """Their own ids and number: what is one of these is theirs, also in a column that others stand in too."""
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers: the controller, its processors, and the country whose authority a complaint goes to."""

    controller: Controller
    processors: Sequence[Processor]
    country: str = OF_THE_CONTROLLER


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """What one table has of the person, as it is told."""

    table: str
    rows: Sequence[Mapping[str, Any]]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def declared(self) -> Declaration:
        """A column of it: all of one table's are of one activity."""
        return next(one for name, one in COLUMNS.items() if name.partition(".")[0] == self.table)


def archive(held: Held, answering: Answering, *, day: str) -> bytes:
    """The ZIP. `day` is today's date (ISO 8601)."""
    parts = [_part(table, rows, held.own) for table, rows in held.rows.items()]
    files: dict[str, bytes] = {}
    listed: list[dict[str, Any]] = []
    for part in parts:
        mine = {f"data/{part.table}.json": _json(part.rows)} | {f"data/{name}": it for name, it in part.files.items()}
        files |= mine
        listed.extend(_listed(name, content, part, answering) for name, content in mine.items())
    country = answering.country if answering.country in AUTHORITIES else OF_THE_CONTROLLER
    for language in LANGUAGES:
        page = export_page.page(language, parts, answering.controller, authority_of(country), day)
        files[f"{language}.html"] = page
        listed.append({"file": f"{language}.html", "sha256": hashlib.sha256(page).hexdigest(), "about": "to be read"})
    manifest = _manifest(held, answering, country, day) | {"files": listed}
    return _zipped({"manifest.json": _json(manifest), **files})


def _part(table: str, rows: Sequence[Mapping[str, Any]], own: frozenset[str]) -> Part:
    files: dict[str, bytes] = {}
    return Part(table, [_told(table, row, own, files) for row in rows], files)


def _told(table: str, row: Mapping[str, Any], own: frozenset[str], files: dict[str, bytes]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for column, value in row.items():
        how = COLUMNS[f"{table}.{column}"].export
        if how not in _TOLD:
            continue
        shown = value if how is Export.GIVEN or value is None or value in own else MASK
        if table == "pictures" and isinstance(shown, bytes):
            name = next((name for start, name in _PICTURE_NAMES if shown.startswith(start)), "picture.bin")
            files[name] = shown
            shown = f"data/{name}"
        told[column.removeprefix("sealed_")] = _plain(shown)
    return told


def _plain(value: object) -> object:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii") if isinstance(value, bytes) else value


def _manifest(held: Held, answering: Answering, country: str, day: str) -> dict[str, Any]:
    controller, authority = answering.controller, authority_of(country)
    return {
        "format": _FORMAT,
        "made": day,
        "controller": {"name": controller.name, "contact": controller.contact},
        "policy": {"date": controller.policy_date, "version": controller.policy_version},
        "authority": {"country": country, "name": authority.name, "site": authority.site},
        "left_out": list(_left_out(held)),
        "passing": list(_passing()),
        "masked": f"{MASK} stands for what is about somebody else",
    }


def _listed(name: str, content: bytes, part: Part, answering: Answering) -> dict[str, Any]:
    activity = part.declared.activity
    return {
        "file": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "about": f"table {part.table}",
        "source": SOURCES[part.table].en,
        "purpose": activity.purpose,
        "basis": activity.basis.value,
        "kept": TERMS[part.declared.kept].words,
        "readers": [reader.value for reader in activity.readers],
        "processors": [f"{row.name} ({row.region})" for row in answering.processors if row.name == activity.processor],
    }


def _left_out(held: Held) -> Iterator[dict[str, str]]:
    """Columns of the tables in which the person stands, whose values are not told; and why."""
    for name, one in COLUMNS.items():
        if name.partition(".")[0] in held.rows and one.export not in _TOLD:
            yield {"column": name, "what": one.what, "why": one.export.value}


def _passing() -> Iterator[dict[str, str]]:
    """What is about people but is never stored: it lasts only as long as a connection, a call or a text."""
    for name, one in {**MEMORY, **SENT}.items():
        if one.is_personal:
            yield {"field": name, "what": one.what, "kept": TERMS[one.kept].words}


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """In memory: an export never stands in a temporary file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, content in files.items():
            archived.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
