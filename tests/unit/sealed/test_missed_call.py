"""A missed call in a post: its minute and nothing else, written and taken alike in Python and in the browser."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from client_sim.sealed.missed_call import LAST_MINUTE, MissedCallError, decode, encode

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "missed_call" / "missed_call.json").read_text(encoding="utf-8")
)
DECODE = "(text) => on.missedCall.decodeMissedCall(new TextEncoder().encode(text))"


def test_the_golden_missed_calls_are_written_and_taken_as_recorded() -> None:
    for one in GOLDEN["written"]:
        assert encode(one["minute"]) == one["content"].encode()
    for one in GOLDEN["written"] + GOLDEN["foreign"]:
        assert decode(one["content"].encode()) == one["minute"]


@pytest.mark.parametrize("content", GOLDEN["refused"])
def test_what_is_no_missed_call_is_refused_and_not_repeated(content: str) -> None:
    with pytest.raises(MissedCallError) as refused:
        decode(content.encode())
    assert refused.value.__context__ is None


@pytest.mark.parametrize("minute", [-1, LAST_MINUTE + 1])
def test_no_minute_is_written_that_could_not_be_read(minute: int) -> None:
    with pytest.raises(MissedCallError):
        encode(minute)


@pytest.mark.browser
def test_the_browser_writes_takes_and_refuses_the_same(page: Page) -> None:
    for one in GOLDEN["written"]:
        written = page.evaluate(
            "(minute) => new TextDecoder().decode(on.missedCall.encodeMissedCall(minute))", one["minute"]
        )
        assert written == one["content"]
    for one in GOLDEN["written"] + GOLDEN["foreign"]:
        assert page.evaluate(DECODE, one["content"]) == one["minute"]
    refusal = f"(text) => on.refusal(() => ({DECODE})(text))"
    told = [page.evaluate(refusal, content) for content in GOLDEN["refused"]]
    assert told == ["MissedCallError"] * len(GOLDEN["refused"])
