"""The page with the picture of the rules is the one that the table draws."""

from pathlib import Path

from signalling.calls.diagram import markdown, mermaid
from signalling.calls.events import Event
from signalling.calls.table import TRANSITIONS
from signalling.vocabulary import CallState

PAGE = Path(__file__).parents[3] / "docs" / "design" / "calls.md"


def test_the_page_of_the_rules_is_in_step_with_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "`make docs` writes it anew"


def test_the_picture_has_an_arrow_for_each_way_from_state_to_state() -> None:
    drawn = mermaid()
    for (state, event), targets in TRANSITIONS.items():
        for target in targets:
            if target is not state:
                arrow = next(line for line in drawn.splitlines() if line.strip().startswith(f"{state} --> {target} :"))
                assert event.__name__ in arrow


def test_the_page_names_every_event_and_every_state() -> None:
    page = markdown()
    assert all(f"**{event.__name__}**" in page for event in Event.__args__)
    assert all(f"| {state} |" in page for state in CallState)
