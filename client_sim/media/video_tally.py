"""Counting pictures: what arrived, what is missing, how late, and when it stood still. No I/O, no clock.

Pictures with our stamp are counted by their numbers; pictures of anyone else by whether they differ from the one
before, so that a browser's camera can be judged too. Nothing of a picture is kept but a thumbnail to compare with.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from client_sim.media.latency import Latency, LatencyRecord
from client_sim.media.stamp import Luma, Stamp, stamp_height

FREEZE_WINDOW = 30
FREEZE_FACTOR, FREEZE_EXTRA_MS = 3, 150

CHANGE_LEVELS = 12
"""A spot of the thumbnail has changed when its brightness differs by more than this of 255."""
CHANGED_SPOTS = 3

_THUMBNAIL_ROWS, _THUMBNAIL_COLUMNS = 48, 64


@dataclass(frozen=True)
class VideoFigures:
    """What a watcher saw until now."""

    frames: int
    """All that arrived."""
    distinct_frames: int
    """Frames with another number, or for unstamped ones another picture, than the one before."""
    duplicated_frames: int
    lost_frames: int
    """Numbers that never came, between the first and the newest."""
    unstamped_frames: int
    frames_last_second: int
    freezes: int
    freeze_ms: float
    glass_to_glass: Latency | None
    first_frame_at_ms: float | None
    newest_frame: int | None
    source: int | None
    width: int
    height: int


class Freezes:
    """`freezeCount` and `totalFreezesDuration` as W3C webrtc-stats defines them.

    An interval between two frames is a freeze when it is at least max(3 × average, average + 150 ms), the average
    being that of the last 30 intervals.
    """

    def __init__(self) -> None:
        self._intervals_ms: deque[float] = deque(maxlen=FREEZE_WINDOW)
        self._last_ms: float | None = None
        self._count = 0
        self._total_ms = 0.0

    def add(self, at_ms: float) -> None:
        """A frame was shown."""
        if self._last_ms is not None:
            interval_ms = at_ms - self._last_ms
            if self._is_freeze(interval_ms):
                self._count += 1
                self._total_ms += interval_ms
            self._intervals_ms.append(interval_ms)
        self._last_ms = at_ms

    def figures(self, now_ms: float) -> tuple[int, float]:
        """How many and how long in all, one that is still going on included."""
        running_ms = now_ms - self._last_ms if self._last_ms is not None else 0.0
        if self._is_freeze(running_ms):
            return self._count + 1, self._total_ms + running_ms
        return self._count, self._total_ms

    def _is_freeze(self, interval_ms: float) -> bool:
        if not self._intervals_ms:
            return False
        average_ms = sum(self._intervals_ms) / len(self._intervals_ms)
        return interval_ms >= max(FREEZE_FACTOR * average_ms, average_ms + FREEZE_EXTRA_MS)


class VideoTally:
    """Judges one incoming video; told of every frame as it comes."""

    def __init__(self) -> None:
        self._frames = self._distinct = self._duplicated = self._lost = self._unstamped = 0
        self._unstamped_since_number = 0
        self._newest: Stamp | None = None
        self._first_at_ms: float | None = None
        self._recent_ms: deque[float] = deque()
        self._freezes = Freezes()
        self._latency = LatencyRecord()
        self._thumbnail: npt.NDArray[np.int16] | None = None
        self._size = (0, 0)

    def add_stamped(self, stamp: Stamp, at_ms: float) -> None:
        """A frame that says which one it is and when it was sent."""
        self._arrived(at_ms)
        self._latency.add(at_ms - stamp.sent_at_ms)
        newest = self._newest
        if newest is not None and stamp.source == newest.source:
            if stamp.frame == newest.frame and stamp.sent_at_ms == newest.sent_at_ms:
                self._duplicated += 1
                return
            missing = stamp.frame - newest.frame - 1
            self._lost += max(0, missing - self._unstamped_since_number)
        self._distinct += 1
        self._unstamped_since_number = 0
        self._newest = stamp

    def add_unstamped(self, luma: Luma, at_ms: float) -> None:
        """A frame without a stamp, or whose stamp did not survive."""
        self._arrived(at_ms)
        self._unstamped += 1
        self._unstamped_since_number += 1
        thumbnail = _thumbnail(luma)
        if self._thumbnail is None or _differ(thumbnail, self._thumbnail):
            self._distinct += 1
            self._thumbnail = thumbnail
        else:
            self._duplicated += 1

    def add_unseen(self, at_ms: float) -> None:
        """A frame that was not decoded and says nothing: counted as a new one."""
        self._arrived(at_ms)
        self._unstamped += 1
        self._distinct += 1

    def set_size(self, width: int, height: int) -> None:
        """The size of the newest frame, in pixels."""
        self._size = (width, height)

    def figures(self, now_ms: float) -> VideoFigures:
        """Everything until now."""
        freezes, freeze_ms = self._freezes.figures(now_ms)
        return VideoFigures(
            frames=self._frames,
            distinct_frames=self._distinct,
            duplicated_frames=self._duplicated,
            lost_frames=self._lost,
            unstamped_frames=self._unstamped,
            frames_last_second=sum(at_ms > now_ms - 1000 for at_ms in self._recent_ms),
            freezes=freezes,
            freeze_ms=freeze_ms,
            glass_to_glass=self._latency.figures(),
            first_frame_at_ms=self._first_at_ms,
            newest_frame=self._newest.frame if self._newest else None,
            source=self._newest.source if self._newest else None,
            width=self._size[0],
            height=self._size[1],
        )

    def _arrived(self, at_ms: float) -> None:
        self._frames += 1
        if self._first_at_ms is None:
            self._first_at_ms = at_ms
        self._freezes.add(at_ms)
        self._recent_ms.append(at_ms)
        while self._recent_ms[0] <= at_ms - 1000:
            self._recent_ms.popleft()


def _thumbnail(luma: Luma) -> npt.NDArray[np.int16]:
    """Single pixels in an even grid, below where a stamp would be; 16 bits so that differences fit."""
    height, width = luma.shape
    rows = np.linspace(stamp_height(height), height - 1, _THUMBNAIL_ROWS).astype(np.intp)
    columns = np.linspace(0, width - 1, _THUMBNAIL_COLUMNS).astype(np.intp)
    return luma[np.ix_(rows, columns)].astype(np.int16)


def _differ(one: npt.NDArray[np.int16], other: npt.NDArray[np.int16]) -> bool:
    return int((np.abs(one - other) > CHANGE_LEVELS).sum()) >= CHANGED_SPOTS
