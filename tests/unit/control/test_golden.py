"""The golden words of the control channel are what Python says and takes, and its hand moves as recorded."""

import json
from pathlib import Path
from typing import Any

from client_sim.control.words import decode, encode
from tests.golden.control.make import hand, plain, robot, words

GOLDEN = Path(__file__).parents[2] / "golden" / "control"


def read(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def test_the_golden_words_are_written_and_taken_as_recorded() -> None:
    golden = read("words.json")
    assert golden == words()
    for one in golden["taken"]:
        word = decode(one["text"])
        assert plain(word) == one["word"]
        assert word is not None
        assert encode(word) == one["text"]
    assert all(one["word"] is not None for one in golden["foreign"])


def test_what_is_no_word_is_passed_over() -> None:
    assert [text for text in read("words.json")["refused"] if decode(text) is not None] == []


def test_a_hand_that_is_moved_says_what_is_recorded() -> None:
    assert read("hand.json") == hand()


def test_a_robot_that_is_visited_stands_as_recorded() -> None:
    assert read("robot.json") == robot()
