"""ICE servers of live calls: given with the invite and the ring, fresh ones at half life, none left after the end.

It holds, for each call of this node, when the next are due and under which random names relays may be open: in memory,
for as long as the call lives. A call that another node ended is found out when its next are due.
"""

from collections.abc import Awaitable, Callable, Sequence
from random import uniform
from typing import NamedTuple

from signalling.calls.record import CallRecord
from signalling.calls.table import BEFORE_THE_JOIN
from signalling.observe.clock import Clock
from signalling.protocol.codec import encode
from signalling.protocol.messages import IceRefresh, IceServer
from signalling.service.deadlines import Deadlines
from signalling.state.port import State
from signalling.vocabulary import CallId, CallState, EndpointId

SOONEST_SECONDS = 1.0
"""Not sooner than this after the last ones, however short-lived those are."""
SPREAD_SECONDS = 1.0
"""When a provider falls every call gets fresh ones within this."""


class Given(NamedTuple):
    """ICE servers for one endpoint and one call, until when they serve, and the names in them that can be ended."""

    ice_servers: list[IceServer]
    expires_at: float
    names: tuple[str, ...] = ()


MintIce = Callable[[float], Awaitable[Given]]
"""Fresh ICE servers for one endpoint and one call, at that Unix time. A call never waits for a provider."""
EndRelays = Callable[[Sequence[str]], None]
"""Delete what is still open under these names. Neither waits nor raises."""


def nothing_to_end(_names: Sequence[str]) -> None:
    """For providers that can end nothing."""


class Refresh:
    """Gives ICE servers to the ends of calls, and takes back what can be taken back.

    After `cap_seconds` a call gets no more: its relays end where they can be ended, and a direct path goes on.
    """

    def __init__(
        self,
        state: State,
        clock: Clock,
        mint: MintIce,
        end: EndRelays = nothing_to_end,
        *,
        cap_seconds: float = float("inf"),
    ) -> None:
        self._state = state
        self._clock = clock
        self._mint = mint
        self._end = end
        self._cap_seconds = cap_seconds
        self._due_at: dict[CallId, float] = {}
        self._first_at: dict[CallId, float] = {}
        self._names: dict[CallId, list[str]] = {}
        self.deadlines = Deadlines(clock, self._due)

    @property
    def live(self) -> int:
        """How many calls this node has given ICE servers to that run out."""
        return len(self._due_at)

    async def give(self, call: CallId) -> list[IceServer]:
        """ICE servers for one end of that call."""
        now = self._clock.now()
        if now - self._first_at.get(call, now) > self._cap_seconds:
            return []  # it has had its share
        given = await self._mint(now)
        if given.names or given.expires_at < float("inf"):
            await self._note(call, given, now)
        return given.ice_servers

    async def renew(self, record: CallRecord, *endpoints: EndpointId) -> None:
        """Send fresh ones to these ends of the call."""
        for endpoint in endpoints:
            ice_servers = await self.give(record.call)
            latest = await self._live(record.call)
            if latest is not None and latest.role_of(endpoint) is not None:
                message = IceRefresh(call=record.call, ice_servers=ice_servers)
                await self._state.sessions.deliver(endpoint, encode(message))

    def renew_all(self) -> None:
        """A provider fell: every call of this node gets fresh ones in a moment."""
        for call in list(self._due_at):
            self._schedule(call, self._clock.now() + uniform(0, SPREAD_SECONDS))

    def forget(self, call: CallId) -> None:
        """The call is over: its relays are ended where they can be, and nothing is held of it."""
        self._due_at.pop(call, None)
        self._first_at.pop(call, None)
        self.deadlines.forget(call)
        names = self._names.pop(call, None)
        if names:
            self._end(names)

    async def _note(self, call: CallId, given: Given, now: float) -> None:
        if await self._live(call) is None:  # it ended while they were minted
            self._end(given.names)
            return
        self._first_at.setdefault(call, now)
        if given.names:
            self._names.setdefault(call, []).extend(given.names)
        half_life = now + max((given.expires_at - now) / 2, SOONEST_SECONDS)
        if half_life < self._due_at.get(call, float("inf")):
            self._schedule(call, half_life)

    async def _due(self, call: CallId) -> None:
        self._due_at.pop(call, None)
        record = await self._live(call)
        if record is None:
            self.forget(call)
        elif record.state in BEFORE_THE_JOIN or record.callee is None:
            self._schedule(call, self._clock.now() + SOONEST_SECONDS)  # whoever joins soon gets them then
        elif self._clock.now() - self._first_at.get(call, self._clock.now()) > self._cap_seconds:
            self._end(self._names.pop(call, []))
        else:
            await self.renew(record, record.caller, record.callee)

    def _schedule(self, call: CallId, at: float) -> None:
        self._due_at[call] = at
        self.deadlines.schedule(call, at)

    async def _live(self, call: CallId) -> CallRecord | None:
        kept = await self._state.calls.get(call)
        return kept.record if kept is not None and kept.record.state is not CallState.ENDED else None
