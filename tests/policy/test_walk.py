"""The walk finds a text wherever an object can hide it. What it can't see would be a promise nobody checks."""

import asyncio
import functools
import heapq
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from signalling.protocol import messages as msg
from signalling.protocol.codec import raw_box
from tests.policy.walk import everything_in, found_in

MARKER = "marker-in-the-haystack"


@dataclass(slots=True)
class Slotted:
    held: object


class Plain:
    def __init__(self, held: object) -> None:
        self.held = held

    def method(self) -> None:
        """Held by whoever keeps it bound."""


def closing_over(held: object) -> Callable[[], object]:
    return lambda: held


async def waiting(held: object) -> AsyncIterator[object]:
    yield held


def in_a_heap(held: str) -> list[tuple[float, str]]:
    heap: list[tuple[float, str]] = []
    heapq.heappush(heap, (1.0, held))
    return heap


@pytest.mark.parametrize(
    "hide",
    [
        str,
        str.encode,
        lambda text: bytearray(text.encode()),
        lambda text: memoryview(text.encode()),
        lambda text: {"key": [(text,)]},
        lambda text: {text: None},
        lambda text: {text: None, 1: None},
        lambda text: defaultdict(set, {text: set()}),
        lambda text: frozenset({text}),
        lambda text: deque([text]),
        Slotted,
        Plain,
        lambda text: Plain(text).method,
        closing_over,
        lambda text: functools.partial(print, text),
        lambda text: functools.partial(print, end=text),
        in_a_heap,
        lambda text: msg.CallTaken(call=text),
        lambda text: [msg.SealedBox(call="", handshake=0, ack=0, seq=0, box=raw_box(text))],
        ValueError,
        waiting,
    ],
)
def test_a_text_is_found_wherever_it_is(hide: Callable[[str], object]) -> None:
    root = Plain([hide(f"before {MARKER} after")])
    assert found_in([MARKER, "something else"], root) == {MARKER}


def test_a_text_in_a_task_that_waits_is_found() -> None:
    async def run() -> set[str]:
        async def keeps(text: str) -> None:
            await asyncio.sleep(60)
            print(text)

        task = asyncio.create_task(keeps(f"{MARKER}!"))
        await asyncio.sleep(0)
        found = found_in([MARKER], [task])
        task.cancel()
        return found

    assert asyncio.run(run()) == {MARKER}


def test_circles_end() -> None:
    one, other = Plain(None), Plain(None)
    one.held, other.held = other, one
    assert len([thing for thing in everything_in(one) if isinstance(thing, Plain)]) == 2


def test_what_is_left_out_is_not_entered() -> None:
    assert found_in([MARKER], [Slotted(f"{MARKER}!")], but=(Slotted,)) == set()


def test_the_program_is_no_data() -> None:
    """A function's globals hold every module; the walk must end, and not find what only the program says."""
    assert found_in([MARKER], [test_circles_end, Plain, pytest]) == set()
