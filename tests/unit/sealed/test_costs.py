"""Sealing is small: a whole video call's boxes, with aiortc's own descriptions, stay under ten kilobytes of text."""

import asyncio

from benchmarks.sealing import BYTES_TARGET, Costs, descriptions, run_call, script
from signalling.protocol import Role


def a_call() -> Costs:
    return run_call(script(*asyncio.run(descriptions())))


def test_all_boxes_of_a_call_are_under_ten_kilobytes() -> None:
    costs = a_call()
    assert costs.total_bytes < costs.total_characters < BYTES_TARGET


def test_a_ring_a_join_and_a_goodbye_are_as_small_as_a_box_can_be() -> None:
    """The ring with a profile's hash, too: its length doesn't tell whether there is one."""
    costs = a_call()
    assert costs.box_bytes[Role.CALLER][0] == costs.box_bytes[Role.CALLEE][0] == 32 + 128 + 16
    assert costs.box_bytes[Role.CALLER][-1] == 128 + 16
