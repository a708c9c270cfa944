"""Sockets that are lost, coordinators that restart, endpoints that vanish: what goes on, what ends, and who says so."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from client_sim.endpoint import Endpoint
from client_sim.ends import live_ends
from client_sim.family import FamilyApp
from client_sim.household import Household, make_household
from client_sim.live_call import LiveCall
from client_sim.socket import Away
from client_sim.timeline import Step
from signalling.protocol import EndReason
from tests.integration.client_sim.neighbourhood import (
    Neighbourhood,
    call_of,
    ends,
    neighbourhood,
    reaches,
    until,
)

pytestmark = pytest.mark.slow


@pytest.fixture
async def street() -> AsyncIterator[Neighbourhood]:
    async with neighbourhood() as place:
        yield place


async def talking(street: Neighbourhood) -> tuple[LiveCall, LiveCall]:
    """A grandchild and a Komp in a call with pictures both ways."""
    komp, app = await street.komp(), await street.family()
    call = app.call(app.endpoint.book.links[0])
    await reaches(call, Step.FIRST_FRAME)
    rung = await call_of(komp.endpoint)
    await reaches(rung, Step.FIRST_FRAME)
    return call, rung


def frames(call: LiveCall) -> int:
    video = call.ends.figures().video
    return video.frames if video is not None else 0


async def keeps_moving(call: LiveCall) -> None:
    """Pictures go on arriving."""
    before = frames(call)
    await until(lambda: frames(call) >= before + 5)


def endpoint_of(street: Neighbourhood, call: LiveCall) -> Endpoint:
    return next(one for one in street._online if call.id in one.calls and one.calls[call.id] is call)


async def test_a_lost_socket_leaves_the_call_alone(street: Neighbourhood) -> None:
    call, rung = await talking(street)
    for one in (call, rung):
        endpoint = endpoint_of(street, one)
        await endpoint.socket.drop()
        await reaches(one, Step.DISCONNECTED)
        await reaches(one, Step.RECONNECTED)
    await keeps_moving(call)
    call.stop()
    assert await ends(rung) is EndReason.HANGUP
    await reaches(call, Step.ERASED, seconds=4)


async def test_a_socket_lost_while_it_rings_does_not_lose_the_call(street: Neighbourhood) -> None:
    komp, app = await street.komp(countdown_seconds=1.5), await street.family()
    call = app.call(app.endpoint.book.links[0])
    await reaches(call, Step.RINGING)
    await app.endpoint.socket.drop()
    await komp.endpoint.socket.drop()
    await reaches(call, Step.FIRST_FRAME)


@asynccontextmanager
async def a_free_port() -> AsyncIterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    yield port


async def test_a_coordinator_that_is_killed_and_comes_back_finds_the_call_going_on() -> None:
    household: Household = make_household()
    async with a_free_port() as port, neighbourhood(household=household, port=port) as street:
        call, rung = await talking(street)
        os.kill(street.coordinator.pid, signal.SIGKILL)
        await reaches(call, Step.DISCONNECTED)
        await keeps_moving(call)
        async with neighbourhood(household=household, port=port):
            await reaches(call, Step.RECONNECTED)
            await reaches(rung, Step.RECONNECTED)
            await keeps_moving(call)
            await keeps_moving(rung)
            await asyncio.sleep(0.5)
            call.stop()
            assert await ends(rung) is EndReason.HANGUP
            await reaches(rung, Step.ERASED, seconds=4)


async def test_hanging_up_works_while_no_coordinator_runs() -> None:
    household: Household = make_household()
    async with a_free_port() as port, neighbourhood(household=household, port=port) as street:
        call, rung = await talking(street)
        os.kill(street.coordinator.pid, signal.SIGKILL)
        await reaches(call, Step.DISCONNECTED)
        await reaches(rung, Step.DISCONNECTED)
        rung.stop(EndReason.KNOB_OFF)
        assert await ends(call, seconds=2) is EndReason.KNOB_OFF


async def test_a_stopping_coordinator_leaves_a_call_with_media_alone() -> None:
    async with neighbourhood() as street:
        call, rung = await talking(street)
        street.coordinator.process.send_signal(signal.SIGTERM)
        await reaches(call, Step.DISCONNECTED, seconds=12)
        await keeps_moving(call)
        await keeps_moving(rung)


async def test_a_ring_that_is_on_when_the_coordinator_stops_ends_as_drained() -> None:
    async with neighbourhood() as street:
        komp, app = await street.komp(countdown_seconds=20), await street.family()
        call = app.call(app.endpoint.book.links[0])
        await reaches(call, Step.RINGING)
        street.coordinator.process.send_signal(signal.SIGTERM)
        assert await ends(call) is EndReason.DRAINED
        assert komp.call is None or await ends(komp.call) is EndReason.DRAINED


async def test_a_killed_app_is_missed_and_the_call_ends(street: Neighbourhood, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection closes with it, nobody answers repairs, and after a while (here a short one) nobody waits."""
    monkeypatch.setattr("client_sim.negotiation.LOST_SECONDS", 3.0)
    call, rung = await talking(street)
    app = endpoint_of(street, call)
    assert app._running is not None
    app._running.cancel()
    connection = call._peer._connection
    assert connection is not None
    await connection._pc.close()
    await reaches(rung, Step.LOST, seconds=6)
    assert await ends(rung, seconds=8) is EndReason.LOST_NETWORK


async def test_the_newer_session_of_an_endpoint_takes_over_and_the_older_stays_away(
    street: Neighbourhood,
) -> None:
    older = await street.family()
    newer = FamilyApp(street.household.links["Grandchild"], street.around, live_ends("FAMILY"))
    await street.start(newer.endpoint)
    await until(lambda: older.endpoint.away is Away.SUPERSEDED)
    assert not older.endpoint.socket.is_live
    assert newer.endpoint.socket.is_live
