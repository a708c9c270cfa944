"""Calls placed between connected pairs: as many as the server carries, or at a rate, with what they took.

A call is paced: each step waits for the arrival of the one before it. In the first call of every pair each arrival is
held against what was sent; in every call each frame that is due must come, no more and no fewer.
"""

import asyncio
import gc
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random
from time import perf_counter

from benchmarks.call import CALL_ID_CHARACTERS, Script
from benchmarks.faults import LoadError
from benchmarks.line import Line, client_frame
from benchmarks.procfs import Usage, between, moment

UNDER_WAY = 100
"""Calls at once when the server is to be busy all the time."""
_SETTLE_SECONDS = 10.0
_ERASED_SECONDS = 2.0
_NOBODY, _FAILED = -1, -2
"""Who is awaited when no call is under way, and after one went wrong."""
_ERASED = b'{"t":"call.erased"'
_ERROR = b'{"t":"error"'
_PING = b'{"t":"ping"'
_PONG = b'{"t":"pong"}'
_PONG_FRAME = client_frame(len(_PONG)) + _PONG


@dataclass(frozen=True, slots=True)
class Carried:
    """What a server carried in a measured time."""

    calls: int
    usage: Usage
    unplaced: int
    """Calls that found every pair busy: the server did not keep up with the rate, or was not let."""
    delays: Sequence[float]
    """Seconds from sending to arrival of each forwarded message, in ascending order; empty where not asked for."""


class Pair:
    """Two connected endpoints that place one call after another."""

    __slots__ = (
        "_at",
        "_begins",
        "_call",
        "_carries",
        "_checks",
        "_due",
        "_has_call_id",
        "_is_forwarded",
        "_load",
        "_received",
        "_sent_at",
        "_steps",
        "_to",
        "_writes",
    )

    def __init__(self, script: Script, caller: Line, callee: Line, load: "Load") -> None:
        self._load = load
        self._writes = writes = (caller.write, callee.write)
        self._steps = [
            (
                [(writes[one.by], one.before, one.after) for one in step.sent],
                step.to,
                step.begins,
                step.carries,
                step.is_forwarded,
            )
            for step in script.steps
        ]
        self._has_call_id = script.has_call_id
        self._due = script.received
        self._checks = True
        self._at = self._received = 0
        self._to = _NOBODY
        self._begins = self._carries = self._call = b""
        self._is_forwarded = False
        self._sent_at = 0.0
        caller.listener = partial(self._heard, 0)
        callee.listener = partial(self._heard, 1)

    def begin(self, call: bytes) -> None:
        """Place a call of that id."""
        self._call = call if self._has_call_id else b""
        self._at = self._received = 0
        self._step()

    def _step(self) -> None:
        if self._at == len(self._steps):
            self._to = _NOBODY
            return
        sent, self._to, self._begins, self._carries, self._is_forwarded = self._steps[self._at]
        self._at += 1
        call = self._call
        self._sent_at = perf_counter()
        for write, before, after in sent:
            write(before + call + after)

    def _heard(self, end: int, frame: bytes) -> None:
        if end == self._to and frame.startswith(self._begins):
            if self._is_forwarded and self._load.delays is not None:
                self._load.delays.append(perf_counter() - self._sent_at)
            if self._checks and self._is_forwarded and not (self._carries in frame and self._call in frame):
                self._fail("a message arrived other than it was sent")
                return
            self._received += 1
            self._step()
        elif frame.startswith(_ERASED):
            self._load.forgotten()
            return
        elif frame.startswith(_PING):
            self._writes[end](_PONG_FRAME)
            return
        elif frame.startswith(_ERROR):
            self._fail(f"the server refused step {self._at} of {len(self._steps)}")
            return
        else:
            self._received += 1
        if self._to == _NOBODY and self._received >= self._due:
            self._finish()

    def _finish(self) -> None:
        if self._received > self._due:
            self._load.faults["a message too many arrived"] += 1
            return
        self._checks = False
        self._load.finished(self)

    def _fail(self, why: str) -> None:
        if self._to != _FAILED:
            self._to = _FAILED
            self._load.failed(why)


class Load:
    """All pairs of one server."""

    def __init__(self) -> None:
        self._idle: deque[Pair] = deque()
        self._ids = count()
        self._keeps_on = False
        self._under_way = 0
        self._erased = 0
        self._unplaced = 0
        self._still = asyncio.Event()
        self.calls = 0
        self.faults: Counter[str] = Counter()
        self.delays: list[float] | None = None

    def add(self, pair: Pair) -> None:
        """One more pair that may call."""
        self._idle.append(pair)

    def finished(self, pair: Pair) -> None:
        """A call is through; its pair may place the next."""
        self.calls += 1
        self._idle.append(pair)
        self._over()
        if self._keeps_on:
            self._begin()

    def failed(self, why: str) -> None:
        """A call went wrong; its pair places no more."""
        self.faults[why] += 1
        self._over()

    def forgotten(self) -> None:
        """An end heard that the record of its call is gone."""
        self._erased += 1
        if self._erased == 2 * self.calls:
            self._still.set()

    def _over(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._still.set()

    async def place(self, calls: int) -> None:
        """One call after another, unmeasured. Raises LoadError."""
        for _ in range(calls):
            self._begin()
            await self._settle()

    async def saturate(self, server: int, *, warm_seconds: float, seconds: float) -> Carried:
        """Keep the server busy, and measure after the warm-up. Raises LoadError."""
        self._keeps_on = True
        for _ in range(UNDER_WAY):
            self._begin()
        carried = await self._measure(server, warm_seconds, seconds)
        self._keeps_on = False
        await self._settle()
        return carried

    async def pace(self, server: int, *, rate: float, warm_seconds: float, seconds: float) -> Carried:
        """Place `rate` calls a second at random moments (Poisson), whatever the server does. Raises LoadError."""
        random = Random(1)
        arrivals = asyncio.create_task(self._arrive(lambda: random.expovariate(rate)))
        try:
            carried = await self._measure(server, warm_seconds, seconds, delays=[])
        finally:
            arrivals.cancel()
        await self._settle()
        return carried

    async def _arrive(self, pause: Callable[[], float]) -> None:
        due = perf_counter()
        while True:
            due += pause()
            await asyncio.sleep(max(0.0, due - perf_counter()))
            self._begin()

    async def _measure(
        self, server: int, warm_seconds: float, seconds: float, delays: list[float] | None = None
    ) -> Carried:
        await asyncio.sleep(warm_seconds)
        gc.collect()
        gc.disable()
        try:
            calls, unplaced, start = self.calls, self._unplaced, moment(server)
            self.delays = delays
            await asyncio.sleep(seconds)
            self.delays = None
            calls, unplaced, end = self.calls - calls, self._unplaced - unplaced, moment(server)
        finally:
            gc.enable()
        self._no_faults()
        if calls == 0:
            raise LoadError("no call went through in the measured time")
        return Carried(calls, between(start, end), unplaced, sorted(delays or ()))

    async def _settle(self) -> None:
        """Wait for the calls under way. Raises LoadError if one went wrong or does not end."""
        if not await self._come_true(lambda: self._under_way == 0, _SETTLE_SECONDS):
            raise LoadError(f"{self._under_way} calls did not end")
        self._no_faults()

    def _no_faults(self) -> None:
        if self.faults:
            why, times = self.faults.most_common(1)[0]
            raise LoadError(f"{sum(self.faults.values())} calls failed; {times} times: {why}")

    async def all_erased(self) -> None:
        """Both ends of every call hear in time that its record is gone. Raises LoadError."""
        if not await self._come_true(lambda: self._erased == 2 * self.calls, _ERASED_SECONDS):
            raise LoadError("not both ends of every call heard in time that its record is gone")

    async def _come_true(self, holds: Callable[[], bool], seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not holds():
                    self._still.clear()
                    await self._still.wait()
        return holds()

    def _begin(self) -> None:
        if self._idle:
            self._under_way += 1
            self._idle.popleft().begin(b"%0*d" % (CALL_ID_CHARACTERS, next(self._ids)))
        else:
            self._unplaced += 1
