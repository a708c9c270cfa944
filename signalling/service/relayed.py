"""How long and how much the ends of calls are relayed, as they tell it: sums by transport, and nothing kept of a call.

An end says how its media go when it is connected, and how fast in its figures. What is told of an AV1 call comes from
the robot alone; whoever asks here has seen to that.
"""

from collections.abc import Callable
from typing import NamedTuple

from signalling.protocol.messages import CallConnected, CallQuality
from signalling.vocabulary import CallId, EndpointId

RELAY = "relay"
LONGEST_GAP_SECONDS = 60.0
"""A rate holds for no longer than this after the figures before it."""
BYTES_PER_KBIT = 125

TellRelayed = Callable[[str, float, float], None]
"""Hears transport (`udp`, `tcp`, `tls`), seconds and bytes of one end. Neither waits nor raises."""


class _Leg(NamedTuple):
    transport: str
    since: float
    told_at: float


def nobody_counts(_transport: str, _seconds: float, _bytes: float) -> None:
    """For a coordinator without relays."""


class Relayed:
    """The legs of live calls that go through a relay."""

    def __init__(self, tell: TellRelayed = nobody_counts) -> None:
        self._tell = tell
        self._legs: dict[CallId, dict[EndpointId, _Leg]] = {}

    def connected(self, by: EndpointId, told: CallConnected, now: float) -> None:
        """An end's media go this way from now on."""
        self.lost(by, told.call, now)
        if told.path is not None and told.path.local == RELAY:
            leg = _Leg(told.path.relay or "udp", now, now)
            self._legs.setdefault(CallId(told.call), {})[by] = leg

    def quality(self, by: EndpointId, told: CallQuality, now: float) -> None:
        """An end's figures since the last ones."""
        legs = self._legs.get(CallId(told.call), {})
        leg = legs.get(by)
        if leg is None:
            return
        rate_kbps = (told.received_kbps or 0) + (told.sent_kbps or 0)
        seconds = min(now - leg.told_at, LONGEST_GAP_SECONDS)
        self._tell(leg.transport, now - leg.since, rate_kbps * BYTES_PER_KBIT * seconds)
        legs[by] = leg._replace(since=now, told_at=now)

    def lost(self, by: EndpointId, call: str, now: float) -> None:
        """An end's media go no way any more."""
        leg = self._legs.get(CallId(call), {}).pop(by, None)
        if leg is not None:
            self._tell(leg.transport, now - leg.since, 0.0)

    def forget(self, call: CallId, now: float) -> None:
        """The call is over."""
        for leg in self._legs.pop(call, {}).values():
            self._tell(leg.transport, now - leg.since, 0.0)

    @property
    def live(self) -> int:
        """How many legs are relayed now."""
        return sum(map(len, self._legs.values()))
