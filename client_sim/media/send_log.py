"""What went out when: turns the position in a clip that a receiver saw into a frame and its time.

It lives in the sender's process, as long as its call, and is never written anywhere.
"""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

LOG_LENGTH = 1024


@dataclass(frozen=True)
class Sent:
    """One sending of one frame of a clip."""

    frame: int
    """Counted from 0, one for each frame sent, whatever its position in the clip."""
    sent_at_ms: float


class SendLog:
    """Which position of the clip went out when: the last thousand or so frames.

    It turns a position that a receiver saw into the frame and its time. That is exact as long as the delay is
    shorter than the clip and the receiver did not ask for key frames several times within the delay.
    """

    def __init__(self) -> None:
        self._by_position: dict[int, deque[Sent]] = {}
        self._order: deque[int] = deque()
        self.frames_sent = 0

    def record(self, position: int, sent_at_ms: float) -> None:
        """`position` is being handed to the network now."""
        self._by_position.setdefault(position, deque()).append(Sent(self.frames_sent, sent_at_ms))
        self._order.append(position)
        self.frames_sent += 1
        if len(self._order) > LOG_LENGTH:
            self._by_position[self._order.popleft()].popleft()

    def find(self, position: int, seen_at_ms: float) -> Sent | None:
        """The newest sending of that position that can have been seen by then."""
        sendings = self._by_position.get(position, ())
        count = bisect_right(sendings, seen_at_ms, key=lambda sent: sent.sent_at_ms)
        return sendings[count - 1] if count else None
