"""A coordinator and everybody's endpoints, brought to rest after each thing that happens."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from signalling.protocol import messages as msg
from signalling.service.refresh import MintIce
from tests.simulation.coordinator import Coordinator, HandClock, minted_a_moment_later
from tests.simulation.ends import End, new_ref
from tests.simulation.people import EVERYBODY, party_of

STEPS = ("invite", "ringing", "join", "caller connected", "accept", "callee connected")
"""The course of an ordinary call. After the last it is active."""


class House:
    """Everything of one day. Tests speak to the ends; the ends speak to the server."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.coordinator = Coordinator(self.clock)
        self.ends = {endpoint: End(endpoint) for endpoint in EVERYBODY}

    async def happen(self, *work: Awaitable[Any]) -> None:
        """Let these happen at once, then let everybody answer what they heard, until nobody has anything to say."""
        await asyncio.gather(*work)
        for _ in range(20):
            answers = [(end, answer) for end in self.ends.values() for answer in end.listen()]
            if not answers:
                return
            for end, answer in answers:
                await end.say(self.coordinator, answer)
        raise AssertionError("they talk without end")

    async def connect(self, *endpoints: str) -> None:
        """These come, one after the other; without names, everybody."""
        for endpoint in endpoints or EVERYBODY:
            await self.happen(self.ends[endpoint].connect(self.coordinator))

    async def lose(self, *endpoints: str) -> None:
        """The sockets of these are lost; without names, everybody's."""
        await self.happen(*(self.ends[endpoint].lose(self.coordinator) for endpoint in endpoints or EVERYBODY))

    async def say(self, endpoint: str, *messages: msg.ClientMessage) -> None:
        """That end says this."""
        for message in messages:
            await self.happen(self.ends[endpoint].say(self.coordinator, message))

    async def pass_time(self, seconds: float) -> None:
        """Time passes; deadlines fire at their moment."""
        await self.happen(self.coordinator.pass_time(seconds))

    async def call(self, call: str, caller: str, callee: str, *, up_to: int = len(STEPS)) -> None:
        """An ordinary call, as far as so many of `STEPS`."""
        one, other = self.ends[caller], self.ends[callee]
        course: list[tuple[End, list[msg.ClientMessage]]] = [
            (one, [one.invites(call, party_of(callee))]),
            (other, [msg.CallRinging(call=call, id=new_ref())]),
            (other, [other.joins(call)]),
            (one, [msg.CallConnected(call=call, id=new_ref())]),
            (other, other.accepts(call)),
            (other, [msg.CallConnected(call=call, id=new_ref())]),
        ]
        for end, messages in course[:up_to]:
            await self.say(end.endpoint, *messages)

    def restart(self, mint_ice: MintIce = minted_a_moment_later) -> None:
        """The process dies: another takes its place, and every socket is gone."""
        self.coordinator = Coordinator(self.clock, mint_ice)
        for end in self.ends.values():
            if end.socket is not None:
                end.socket.is_open = False
