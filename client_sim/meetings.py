"""Pairings under way at one endpoint: two ends that share a one-time secret meet, and say who they are.

What is made of an introduction is its owner's: a record, after a turn of the knob or not. A box that doesn't open is
passed over; whoever has not the secret can neither find the rendezvous nor end a pairing. Whoever has it and is
somebody else ends it: the secret is known to more than two.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Self

from client_sim.sealed.pairing import Introduction, Pairing, PairingError, SomebodyElseError
from client_sim.socket import Socket
from signalling.protocol import messages as wire

MEETING_SECONDS = 300.0


class MeetingError(Exception):
    """No pairing came of it.

    `code` is the coordinator's where it refused, or `nobody_came`, `somebody_else`, `declined`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"no pairing came of it: {code}")
        self.code = code


class Meetings:
    """One endpoint's. Names are rendezvous names."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._heard: dict[str, asyncio.Queue[wire.PairMet | wire.ForwardedPairBox]] = {}

    def received(self, message: wire.PairMet | wire.ForwardedPairBox) -> None:
        """A message of the coordinator about a rendezvous."""
        waiting = self._heard.get(message.name)
        if waiting is not None:
            waiting.put_nowait(message)

    async def read(
        self, secret: bytes, own: Introduction, *, expected: bytes | None = None, seconds: float = MEETING_SECONDS
    ) -> Introduction:
        """This end has read the secret: who showed it; with `expected`, that identity alone. Raises MeetingError."""
        pairing = Pairing(secret, reads=True, expected=expected)
        async with _within(seconds), _Room(self, pairing.name) as room:
            await room.until(wire.PairMet)
            await room.say(pairing.write_first(own))
            return await room.opened(pairing.read_second)

    async def show(
        self,
        secret: bytes,
        own: Introduction,
        *,
        consents: Callable[[Introduction], Awaitable[bool]],
        seconds: float = MEETING_SECONDS,
    ) -> Introduction:
        """This end has shown the secret: who read it. `consents` is asked before it answers. Raises MeetingError."""
        pairing = Pairing(secret, reads=False)
        async with _within(seconds), _Room(self, pairing.name) as room:
            found = await room.opened(pairing.read_first)
            if not await consents(found):
                raise MeetingError("declined")
            await room.say(pairing.write_second(own))
            return found

    async def ask(self, message: wire.PairOpen | wire.PairBox) -> None:
        """Raises MeetingError with the coordinator's refusal."""
        answer = await self._socket.asked(message)
        if isinstance(answer, wire.Error):
            raise MeetingError(answer.code)


class _Room:
    """One rendezvous while this end is there."""

    def __init__(self, meetings: Meetings, name: str) -> None:
        self._meetings = meetings
        self._name = name
        self._heard: asyncio.Queue[wire.PairMet | wire.ForwardedPairBox] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        self._meetings._heard[self._name] = self._heard
        await self._meetings.ask(wire.PairOpen(self._name))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._meetings._heard.pop(self._name, None)

    async def until(self, kind: type[wire.PairMet]) -> None:
        while not isinstance(await self._heard.get(), kind):
            pass

    async def say(self, box: str) -> None:
        await self._meetings.ask(wire.PairBox(self._name, box))

    async def opened(self, read: Callable[[str], Introduction]) -> Introduction:
        while True:
            message = await self._heard.get()
            if isinstance(message, wire.ForwardedPairBox):
                try:
                    return read(message.box)
                except SomebodyElseError:
                    break
                except PairingError:
                    continue
        raise MeetingError("somebody_else")


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    """A deadline that is told as nobody coming."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        late = True
    else:
        late = False
    if late:
        raise MeetingError("nobody_came")
