"""A repair that begins while the old path still carries: it goes on carrying until the new one is connected."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Any, Final

import pytest

from client_sim.actions import Connected, FirstFrame, Gathered, PeerEvent
from client_sim.media.watch import VideoWatch
from client_sim.peer import OVERLAP_SECONDS
from client_sim.timeline import Step
from signalling.protocol import Role
from signalling.protocol.messages import IceServer
from tests.integration.client_sim.neighbourhood import neighbourhood, reaches, until
from tests.integration.client_sim.pair import Pair

HELD_SECONDS: Final = 1.5
"""How long the new connection is kept from its candidates: a gap that breaking first would show."""
ORDINARY_SECONDS: Final = 0.75
"""Between two pictures; 0.07 s where the machine has nothing else to do."""


class SlowPair(Pair):
    """Everything after the first connection takes its time to be connected."""

    def _tell(self, role: Role, event: PeerEvent) -> None:
        if isinstance(event, Gathered) and event.generation > 0:
            asyncio.get_running_loop().call_later(HELD_SECONDS, super()._tell, role, event)
        else:
            super()._tell(role, event)


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """Which watch got a picture, and when, of all watches of this process."""
    came: list[tuple[int, float]] = []
    judge = VideoWatch.judge

    def judged(watch: VideoWatch, frame: object, at_ms: float) -> None:
        came.append((id(watch), asyncio.get_running_loop().time()))
        judge(watch, frame, at_ms)

    monkeypatch.setattr(VideoWatch, "judge", judged)
    return came


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    pair = SlowPair()
    yield pair
    await pair.close()


def longest_gap(pictures: list[tuple[int, float]], watches: set[int], since: float) -> float:
    """The longest time in which an end saw nothing; `watches` are its own."""
    times = [at for watch, at in pictures if watch in watches and at >= since]
    return max(later - earlier for earlier, later in pairwise(times))


def watches(ends: Any) -> set[int]:
    return {id(one) for one in ends._videos}


async def test_pictures_go_on_by_the_old_path_until_the_new_one_is_connected(
    pair: Pair, pictures: list[tuple[int, float]]
) -> None:
    loop = asyncio.get_running_loop()
    pair.connect()
    for role in Role:
        await pair.until(role, Connected)
    pair.accept()
    for role in Role:
        await pair.until(role, FirstFrame)
    await asyncio.sleep(1.0)  # both ends at their pace

    began = loop.time()
    old = {role: pair.peers[role]._connection for role in Role}
    pair.connect(1)
    await until(lambda: all(Connected in _kinds(pair, role, 1) for role in Role), seconds=10)
    connected = loop.time()
    await asyncio.sleep(OVERLAP_SECONDS + 1.0)

    assert connected - began > HELD_SECONDS
    for role in Role:
        peer = pair.peers[role]
        gap = longest_gap(pictures, watches(peer.ends), began - 0.5)
        assert gap < ORDINARY_SECONDS, f"{role}: {gap:.2f} s"
        first, second = (id(one) for one in peer.ends._videos)  # type: ignore[attr-defined]
        assert any(watch == first and began + 0.5 < at < connected for watch, at in pictures), "the old one carried"
        assert any(watch == second and at > connected for watch, at in pictures), "the new one carries"
        kept = old[role]
        assert kept is not None
        assert kept._pc.connectionState == "closed", "and the old one is closed then"
        assert peer._before is None


async def test_an_old_connection_that_is_dead_is_not_kept(pair: Pair) -> None:
    pair.connect()
    for role in Role:
        await pair.until(role, Connected)
    old = pair.peers[Role.CALLER]._connection
    assert old is not None
    await old._pc.close()

    pair.connect(1)
    await until(lambda: pair.peers[Role.CALLER]._connection not in (None, old))

    assert pair.peers[Role.CALLER]._before is None


async def test_closing_and_shutting_reach_both_connections(pair: Pair) -> None:
    pair.connect()
    for role in Role:
        await pair.until(role, Connected)
    pair.accept()
    peer = pair.peers[Role.CALLEE]
    pair.connect(1)
    await until(lambda: len(peer._connections) == 2)
    both = peer._connections

    peer.shut()
    assert not any(sender._enabled for one in both for sender in one._pc.getSenders())
    assert not any(receiver._enabled for one in both for receiver in one._pc.getReceivers())

    await pair.close()
    assert [one._pc.connectionState for one in both] == ["closed", "closed"]


@pytest.mark.slow
async def test_a_call_that_is_repaired_while_its_path_is_alive_loses_no_picture_time(
    pictures: list[tuple[int, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    async with neighbourhood() as street:
        komp = await street.komp()
        app = await street.family()
        call = app.call(app.endpoint.book.links[0])
        await reaches(call, Step.FIRST_FRAME)
        answered = next(iter(komp.endpoint.calls.values()))
        await reaches(answered, Step.FIRST_FRAME)
        await asyncio.sleep(1.0)
        ordered = street.around.paths.ordered

        async def slowly(offered: Sequence[IceServer]) -> Any:
            await asyncio.sleep(HELD_SECONDS)
            return await ordered(offered)

        monkeypatch.setattr(street.around.paths, "ordered", slowly)
        began = loop.time()
        call._rules.negotiation.offer()
        call._pump()
        for end in (call, answered):
            await until(lambda end=end: end._rules.negotiation.generation == 1 and end.connected, seconds=10)  # type: ignore[misc]
        await asyncio.sleep(OVERLAP_SECONDS + 1.0)

        for end in (call, answered):
            gap = longest_gap(pictures, watches(end.ends), began - 0.5)
            assert gap < ORDINARY_SECONDS, f"{gap:.2f} s"
            assert len(watches(end.ends)) == 2
        call.stop()
        await reaches(call, Step.ERASED)
        await call.gone.wait()


def _kinds(pair: Pair, role: Role, generation: int) -> list[type[PeerEvent]]:
    return [type(event) for event in pair.events[role] if getattr(event, "generation", None) == generation]
