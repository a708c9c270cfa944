"""What a robot tells of itself, made coarse at once and put into the store in batches, off the hang-up path.

Fed by the robot's own figures alone: whatever an app says of itself never comes this far. While a call lives its stream
is timed here; with the call that goes, and a bucket of its length and whole minutes are what is left. Where there is no
store nothing is kept. A process that is killed loses what waits for its batch.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import uniform
from types import MappingProxyType
from typing import Final

from signalling.people.circle import Endpoint
from signalling.people.robot_log import LogField, Streamed, Told, bucket_of, minutes_of, when
from signalling.protocol.messages import CallQuality, DeviceReport
from signalling.store import robot_log as kept
from signalling.store.faults import StoreError
from signalling.vocabulary import CallId, EndpointId, PartyKind

BATCH_SECONDS: Final = 60.0
WAITING_AT_MOST: Final = 100_000
"""Different figures that wait while the database can't be reached; more are dropped."""

_QUALITY: Final[Mapping[str, LogField]] = MappingProxyType(
    {
        "frames_per_second": LogField.FRAMES,
        "freezes": LogField.FREEZES,
        "packets_lost_percent": LogField.LOST,
        "jitter_ms": LogField.JITTER,
        "round_trip_ms": LogField.ROUND_TRIP,
    }
)
_REPORT: Final[Mapping[str, LogField]] = MappingProxyType(
    {"network": LogField.NETWORK, "signal_dbm": LogField.SIGNAL, "mobile_network": LogField.MOBILE}
)


@dataclass(slots=True, repr=False)
class Stream:
    """A robot's media in a live call: gone with the call."""

    robot: EndpointId
    began: float
    since: float | None
    seconds: float = 0.0

    def pause(self, now: float) -> None:
        """The media are away."""
        if self.since is not None:
            self.seconds += max(0.0, now - self.since)
        self.since = None


class RobotLog:
    """Listens to robots, and to nobody else."""

    def __init__(self, store: kept.RobotLog | None) -> None:
        """Without a store it hears nothing."""
        self._store = store
        self._streams: dict[CallId, Stream] = {}
        self._told: Counter[Told] = Counter()
        self._streamed: Counter[Streamed] = Counter()

    @property
    def live(self) -> int:
        """How many streams are timed now."""
        return len(self._streams)

    @property
    def waiting(self) -> int:
        """How many different figures wait for the next batch."""
        return len(self._told) + len(self._streamed)

    def connected(self, by: Endpoint, call: str, now: float) -> None:
        """An end's media are through."""
        if not self._hears(by):
            return
        stream = self._streams.setdefault(CallId(call), Stream(by.endpoint, now, now))
        if stream.robot == by.endpoint and stream.since is None:
            stream.since = now

    def lost(self, by: Endpoint, call: str, now: float) -> None:
        """An end's media are away."""
        stream = self._streams.get(CallId(call))
        if stream is not None and stream.robot == by.endpoint:
            stream.pause(now)

    def over(self, call: CallId, now: float) -> None:
        """The call is over: what its stream was becomes a bucket and minutes."""
        stream = self._streams.pop(call, None)
        if stream is None:
            return
        stream.pause(now)
        self._note(stream.robot, LogField.DURATION, stream.seconds / 60, stream.began)
        self._streamed[Streamed(stream.robot, when(stream.began)[0])] += minutes_of(stream.seconds)

    def quality(self, by: Endpoint, said: CallQuality, now: float) -> None:
        """An end's figures of its call."""
        if self._hears(by):
            self._note_all(by, said, _QUALITY, now)

    def report(self, by: Endpoint, said: DeviceReport, now: float) -> None:
        """A device's own network."""
        if self._hears(by):
            self._note_all(by, said, _REPORT, now)

    async def flush(self) -> None:
        """Put what waits into the store. What can't be put waits on. Raises StoreError."""
        told, self._told = self._told, Counter()
        streamed, self._streamed = self._streamed, Counter()
        if self._store is None or not (told or streamed):
            return
        try:
            await self._store.add(told, streamed)
        except BaseException:
            self._told.update(told)
            self._streamed.update(streamed)
            raise

    async def run(self, told: Callable[[BaseException], object]) -> None:
        """Until cancelled; with jitter. `told` hears of a batch that has to wait."""
        while True:
            await asyncio.sleep(BATCH_SECONDS * uniform(0.8, 1.2))
            await self.tick(told)

    async def tick(self, told: Callable[[BaseException], object]) -> None:
        """One batch now."""
        try:
            await self.flush()
        except StoreError as problem:
            told(problem)

    async def close(self, told: Callable[[BaseException], object], now: float) -> None:
        """The last batch, with what streams were until now; they are begun anew where their calls are found again."""
        for call in list(self._streams):
            self.over(call, now)
        await self.tick(told)

    def _hears(self, by: Endpoint) -> bool:
        return self._store is not None and by.kind is PartyKind.AV1

    def _note_all(
        self, by: Endpoint, said: CallQuality | DeviceReport, fields: Mapping[str, LogField], now: float
    ) -> None:
        for name, field in fields.items():
            value = getattr(said, name)
            if value is not None:
                self._note(by.endpoint, field, value, now)

    def _note(self, robot: EndpointId, field: LogField, value: float | str, now: float) -> None:
        bucket = bucket_of(field, value)
        if bucket is None:
            return
        one = Told(robot, *when(now), field, bucket)
        if one in self._told or len(self._told) < WAITING_AT_MOST:
            self._told[one] += 1
