"""The report for an auditor: it says what was found in plain words, escapes everything, and loads nothing."""

import io
import re

import pytest
from rich.console import Console

from client_sim.audit.findings import Report
from client_sim.audit.judgement import Faults
from client_sim.audit.page import page
from client_sim.audit.promises import PROMISES, Kind, Place
from client_sim.audit.table import print_report
from client_sim.report import to_json
from tests.unit.client_sim.audit.looks import marker, report, seen

FOUND = report(Faults([seen(Kind.CALL, Place.LOGS, copies=7, where="…/log<1>.jsonl")]))
BLIND = report(Faults(missing=[marker(Kind.CALL)]))


def terminal(shown: Report) -> str:
    out = io.StringIO()
    print_report(Console(file=out, width=140), shown)
    return out.getvalue()


@pytest.mark.parametrize(
    ("shown", "sign", "headline"),
    [
        (report(), "clean", "Nothing of the ended calls was found"),
        (FOUND, "found", "Something was left"),
        (BLIND, "blind", "This run says nothing"),
    ],
)
def test_page_and_terminal_begin_with_the_same_verdict(shown: Report, sign: str, headline: str) -> None:
    text = page(shown).decode()
    assert f'class="verdict {sign}"' in text
    assert headline in text
    assert headline in terminal(shown)


def test_a_find_is_told_with_its_call_place_and_copies_and_never_its_text() -> None:
    for text in (page(FOUND).decode(), terminal(FOUND), to_json(FOUND.as_data()).decode()):
        assert "hang-up" in text
        assert "7" in text
        assert "text-of-a-marker" not in text
    assert "…/log&lt;1&gt;.jsonl" in page(FOUND).decode()
    assert "log<1>" not in page(FOUND).decode()


def test_what_is_left_as_declared_stands_in_the_first_lines() -> None:
    left = report(Faults(declared=[seen(Kind.TURN_KEY, Place.RELAY, copies=4)]))
    for text in (page(left).decode(), terminal(left)):
        assert "except 4 copies of dead credentials in the memory of coturn, declared below" in " ".join(text.split())
        assert "the credential is dead 120 s after it was given" in " ".join(text.split())


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    for shown in (report(), FOUND, BLIND):
        text = page(shown).decode()
        assert "default-src 'none'" in text
        assert not re.search(r"<script|<link|<img|src=|href=|url\(|@import|https?://", text)


def test_the_page_says_what_it_can_not_show() -> None:
    text = page(report()).decode()
    assert "It can't show" in text
    assert "salted hash" in text


def test_every_tag_of_the_page_is_closed() -> None:
    text = page(FOUND).decode()
    for tag in ("section", "table", "tr", "td", "th", "ul", "li", "p", "div", "main", "body", "html"):
        assert len(re.findall(rf"<{tag}[ >]", text)) == text.count(f"</{tag}>"), tag


def test_every_kind_has_words_and_a_place_for_its_control() -> None:
    assert set(PROMISES) == set(Kind)
    for promise in PROMISES.values():
        assert promise.words
        assert promise.shows is None or promise.shows in promise.during
