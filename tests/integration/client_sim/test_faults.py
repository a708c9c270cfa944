"""A fault of the simulation's own is told, and not mistaken for a quiet coordinator."""

import asyncio
from typing import Any

import pytest

from client_sim import ceremonies
from client_sim.house import KOMP, open_house
from client_sim.meetings import MeetingError
from signalling.protocol import messages as wire


async def test_a_fault_while_a_device_takes_a_ring_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.set_result(context))

    def broken(_: wire.Message) -> None:
        raise RuntimeError

    async with open_house(countdown_seconds=1) as house:
        monkeypatch.setattr(house.komp.endpoint, "received", broken)
        app = await house.family_app()
        app.call(next(one for one in app.endpoint.book.links if one.name == KOMP))
        assert "fault" in (await asyncio.wait_for(told, 5))["message"]


async def test_a_house_in_which_a_ceremony_fails_leaves_no_endpoint_that_goes_on_trying(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise MeetingError("nobody_came")

    monkeypatch.setattr(ceremonies, "show_code", fails)
    before = asyncio.all_tasks()
    with pytest.raises(MeetingError):
        async with open_house():
            pass
    assert {task.get_name() for task in asyncio.all_tasks() - before} & {"session"} == set()
