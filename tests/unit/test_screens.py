"""docs/screens.md shows what the tool took, each picture small enough to be loaded on a phone."""

from pathlib import Path

from tests.e2e.eyes_and_hands import LANGUAGES
from tests.e2e.screenshots import DOCS, IMAGES, SHOWN, screens

AT_MOST_BYTES = 120_000


def pictures() -> list[Path]:
    return [IMAGES / f"{view}-{one}.png" for part in SHOWN.values() for view in part for one in LANGUAGES]


def test_the_page_of_screens_is_the_tools_own() -> None:
    assert (DOCS / "screens.md").read_text(encoding="utf-8") == screens()


def test_every_view_is_there_in_every_language_and_small() -> None:
    assert {one.name: one.stat().st_size for one in pictures() if one.stat().st_size > AT_MOST_BYTES} == {}
