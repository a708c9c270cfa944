"""The page about the hostile coordinator says what the attacks say, and each attack is a test."""

import importlib
from pathlib import Path

from tests.hostile.table import CHAPTERS, PAGE, attacks, in_page, table


def test_the_page_says_what_the_attacks_say() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == in_page(page, table(attacks())), "python -m tests.hostile.table writes it anew"


def test_every_module_with_an_attack_is_a_chapter() -> None:
    declaring = {
        path.stem.removeprefix("test_").replace("_", " ")
        for path in Path(__file__).parent.glob("test_*.py")
        if "\n@attack(" in path.read_text(encoding="utf-8")
    }
    assert declaring == set(CHAPTERS)


def test_every_attack_is_a_test_of_its_own() -> None:
    for one in attacks():
        module = importlib.import_module(f"tests.hostile.test_{one.chapter.replace(' ', '_')}")
        assert one.test.startswith("test_")
        assert getattr(module, one.test).attack is one
    told = [one.does for one in attacks()]
    assert len(set(told)) == len(told)
