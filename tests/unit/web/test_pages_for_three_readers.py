"""A page that has no catalogue says all that it says in each language, side by side: headings and buttons too."""

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

PAGES: Final = Path(__file__).parents[3] / "signalling" / "pages"
SIDE_BY_SIDE: Final = ["withdraw"]
LANGUAGES: Final = {"sv", "nb", "en"}
VOID: Final = {"meta", "link", "img", "br", "input"}
SPOKEN: Final = ["h1", "button"]
"""Elements without which a page isn't understood."""


class Spoken(HTMLParser):
    """How often each language stands in each element, and under which tags."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[tuple[str, Counter[str]]] = []
        self.told: list[tuple[str, Counter[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        language = dict(attrs).get("lang")
        if self.path and language is not None:
            self.path[-1][1][language] += 1
        if tag not in VOID:
            self.path.append((tag, Counter()))

    def handle_endtag(self, tag: str) -> None:
        name, languages = self.path.pop()
        assert name == tag
        if self.path:
            self.told.append((f"{' '.join(one for one, _ in self.path)} {tag}", languages))


@pytest.mark.parametrize("name", SIDE_BY_SIDE)
def test_what_is_said_in_one_language_is_said_in_all_three(name: str) -> None:
    page = Spoken()
    page.feed((PAGES / f"{name}.html").read_text(encoding="utf-8"))
    spoken = {where: languages for where, languages in page.told if languages}
    for where, languages in spoken.items():
        assert set(languages) == LANGUAGES, where
        assert len(set(languages.values())) == 1, where
    for tag in SPOKEN:
        assert [where for where in spoken if f" {tag}" in where], f"a {tag} speaks"
