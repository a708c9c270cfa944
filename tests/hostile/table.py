"""The table of attacks in docs/design/hostile-coordinator.md, made of the rows that the tests declare.

`python -m tests.hostile.table` writes it; a test fails when the page says anything else.
"""

import importlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.hostile.ledger import ATTACKS, Attack

PAGE: Final = Path(__file__).parents[2] / "docs" / "design" / "hostile-coordinator.md"
BEGIN: Final = "<!-- made from the tests: attacks -->\n"
END: Final = "<!-- end -->\n"
CHAPTERS: Final = {
    "keys": "Keys",
    "rings": "Rings",
    "boxes": "Boxes",
    "words": "The coordinator's own words",
    "excess": "Out of all measure",
    "media": "The way of media",
    "pairing": "Pairing",
    "signatures": "Signatures",
    "posts": "Letters",
    "device lists": "Device lists",
    "page": "A page in Chromium",
}
"""The modules that declare attacks, in the page's order."""


def attacks() -> list[Attack]:
    """All rows, whichever tests were asked for."""
    for chapter in CHAPTERS:
        importlib.import_module(f"tests.hostile.test_{chapter.replace(' ', '_')}")
    order = list(CHAPTERS)
    unique = {(one.chapter, one.test): one for one in ATTACKS}
    return sorted(unique.values(), key=lambda one: order.index(one.chapter))


def table(rows: Iterable[Attack]) -> str:
    """The page's part that is made."""
    return "".join(_chapter(CHAPTERS[name], list(theirs)) for name, theirs in groupby(rows, lambda one: one.chapter))


def in_page(page: str, made: str) -> str:
    """The page with what is made in its place."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + "\n" + made + END + rest.split(END, 1)[1]


def _chapter(title: str, rows: list[Attack]) -> str:
    lines = [f"### {title}", "", "| The attacker … | What comes of it | What is shown |", "|---|---|---|"]
    lines += [f"| {one.does} | {one.outcome} | {'; '.join(_words(one.shown)) or '–'} |" for one in rows]
    return "\n".join(lines) + "\n\n"


def _words(shown: Iterable[str]) -> Iterator[str]:
    """A reason of the protocol in its own type."""
    for one in shown:
        who, ends, reason = one.partition(" ends: ")
        yield f"{who} ends `{reason}`" if ends else one


if __name__ == "__main__":
    PAGE.write_text(in_page(PAGE.read_text(encoding="utf-8"), table(attacks())), encoding="utf-8")
