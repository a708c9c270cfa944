"""How much one session may ask for: lanes of their own, so that stopping a call is never refused for other traffic."""

from dataclasses import dataclass
from enum import Enum

from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.messages import (
    CallAccept,
    CallCancel,
    CallDecline,
    CallHangup,
    CallInvite,
    CallJoin,
    CallResume,
    CallRinging,
    ClientMessage,
    PresenceWatch,
    SealedBox,
    TokenRefresh,
)


class Lane(Enum):
    """Messages that share a budget."""

    STOP = "stop"
    ANSWER = "answer"
    BEGIN = "begin"
    BOX = "box"
    OTHER = "other"


_ROOM: dict[Lane, tuple[int, float]] = {
    Lane.STOP: (60, 10.0),
    Lane.ANSWER: (60, 10.0),
    Lane.BEGIN: (20, 2.0),
    Lane.BOX: (400, 100.0),
    Lane.OTHER: (60, 10.0),
}
"""How many at once, and how many a second after that."""


_LANES: dict[type[object], Lane] = {
    CallHangup: Lane.STOP,
    CallCancel: Lane.STOP,
    CallDecline: Lane.STOP,
    CallAccept: Lane.ANSWER,
    CallJoin: Lane.ANSWER,
    CallRinging: Lane.ANSWER,
    CallInvite: Lane.BEGIN,
    CallResume: Lane.BEGIN,
    TokenRefresh: Lane.BEGIN,
    PresenceWatch: Lane.BEGIN,
    SealedBox: Lane.BOX,
}


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Budgets:
    """The token buckets of one session."""

    __slots__ = ("_buckets",)

    def __init__(self) -> None:
        self._buckets: dict[Lane, _Bucket] = {}

    def spend(self, message: ClientMessage, *, now: float) -> None:
        """Count a message. Raises ProtocolError `too_many` with the time until the lane has room again."""
        lane = _LANES.get(type(message), Lane.OTHER)
        burst, per_second = _ROOM[lane]
        bucket = self._buckets.get(lane)
        if bucket is None:
            bucket = self._buckets[lane] = _Bucket(burst, now)
        bucket.tokens = min(float(burst), bucket.tokens + (now - bucket.filled_at) * per_second)
        bucket.filled_at = now
        if bucket.tokens < 1:
            raise ProtocolError(ErrorCode.TOO_MANY, retry_after_ms=int((1 - bucket.tokens) / per_second * 1000) + 1)
        bucket.tokens -= 1
