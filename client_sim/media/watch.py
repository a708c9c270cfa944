"""Watching and listening: takes the frames of a remote track as they come and has them judged.

A watch runs one task, between `start` and `stop`, and never longer than its track. It shows nothing and records
nothing; the newest picture is kept in memory, to be looked at on request, until the watch itself is let go.
"""

import asyncio
from typing import Any, Protocol

import av
import numpy as np
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from client_sim.media.audio_tally import AudioFigures, AudioTally
from client_sim.media.clip import Clip
from client_sim.media.clock import MediaClock
from client_sim.media.picture import luma_of, png_of
from client_sim.media.send_log import SendLog
from client_sim.media.stamp import Stamp, read_stamp
from client_sim.media.tone import Sound
from client_sim.media.video_tally import VideoFigures, VideoTally


class _Judge(Protocol):
    """Takes one frame or packet."""

    def __call__(self, frame: object, at_ms: float) -> None: ...


class _Reading:
    """The one task: receives until stopped or until the track ends."""

    def __init__(self, track: MediaStreamTrack, clock: MediaClock, judge: _Judge) -> None:
        self._track = track
        self._clock = clock
        self._judge = judge
        self._task: asyncio.Task[None] | None = None
        self._until_ms: float | None = None
        self.began, self.ended = asyncio.Event(), asyncio.Event()

    def start(self) -> None:
        if self._task is not None:
            raise RuntimeError("a watch is started once")
        self._task = asyncio.create_task(self._read(), name=f"watch-{self._track.kind}")

    def now_ms(self) -> float:
        return self._clock.epoch_ms() if self._until_ms is None else self._until_ms

    def halt(self) -> None:
        self._until_ms = self.now_ms()

    async def stop(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    async def _read(self) -> None:
        try:
            while True:
                frame = await self._track.recv()
                if self._until_ms is not None:
                    return
                self._judge(frame, self._clock.epoch_ms())
                self.began.set()
        except MediaStreamError:
            pass
        finally:
            self.ended.set()


class VideoWatch:
    """Judges a remote video track."""

    def __init__(
        self,
        track: MediaStreamTrack,
        *,
        clock: MediaClock | None = None,
        clip: Clip | None = None,
        log: SendLog | None = None,
    ) -> None:
        """`log` is the sender's, where it sends a clip; `clip` lets packets be known that were not decoded."""
        self._clock = clock or MediaClock()
        self._clip = clip
        self._log = log
        self._tally = VideoTally()
        self._newest: av.VideoFrame | None = None
        self._reading = _Reading(track, self._clock, self.judge)

    def start(self) -> None:
        """Begin to receive. Needs a running loop; once."""
        self._reading.start()

    def halt(self) -> None:
        """Count and keep nothing more: what comes from now on is not looked at, and what doesn't come is not missed."""
        self._reading.halt()

    async def stop(self) -> None:
        """Receive no more; figures and picture remain. Raises what the task died of, if it did."""
        await self._reading.stop()

    async def ended(self) -> None:
        """Return when nothing more will come: the track has ended, or the watch was stopped."""
        await self._reading.ended.wait()

    async def first_frame(self) -> None:
        """Return when a frame has come. Waits for ever if none does: the caller has the deadline."""
        await self._reading.began.wait()

    def figures(self) -> VideoFigures:
        """What was seen until now, or until it was halted."""
        return self._tally.figures(self._reading.now_ms())

    def picture_png(self) -> bytes | None:
        """The newest decoded picture as a PNG file; None if there was none."""
        return png_of(self._newest) if self._newest is not None else None

    def judge(self, frame: object, at_ms: float) -> None:
        """Count a frame or packet that came at `at_ms`; the watch does it with everything it receives."""
        if isinstance(frame, av.Packet):
            self._judge_packet(frame, at_ms)
        elif isinstance(frame, av.VideoFrame):
            self._newest = frame
            self._tally.set_size(frame.width, frame.height)
            luma = luma_of(frame)
            stamp = self._joined(read_stamp(luma), at_ms)
            if stamp is None:
                self._tally.add_unstamped(luma, at_ms)
            else:
                self._tally.add_stamped(stamp, at_ms)

    def _judge_packet(self, packet: "av.Packet[Any]", at_ms: float) -> None:
        position = self._clip.position_of(bytes(packet)) if self._clip else None
        stamp = Stamp(position, 0, self._clip.source) if self._clip and position is not None else None
        joined = self._joined(stamp, at_ms) if self._log else None
        if joined is None:
            self._tally.add_unseen(at_ms)
        else:
            self._tally.add_stamped(joined, at_ms)

    def _joined(self, stamp: Stamp | None, at_ms: float) -> Stamp | None:
        """A clip's stamp holds a position; the sender's log makes a frame number and a time of it."""
        if stamp is None or self._log is None:
            return stamp
        sent = self._log.find(stamp.frame, at_ms)
        return Stamp(sent.frame, int(sent.sent_at_ms), stamp.source) if sent else None


class AudioWatch:
    """Judges a remote audio track. Of packets that were not decoded it says nothing."""

    def __init__(self, track: MediaStreamTrack, *, clock: MediaClock | None = None) -> None:
        self._clock = clock or MediaClock()
        self._tally = AudioTally()
        self._reading = _Reading(track, self._clock, self.judge)

    def start(self) -> None:
        """Begin to receive. Needs a running loop; once."""
        self._reading.start()

    def halt(self) -> None:
        """Count nothing more: what comes from now on is not heard, and what doesn't come is not missed."""
        self._reading.halt()

    async def stop(self) -> None:
        """Receive no more; the figures remain. Raises what the task died of, if it did."""
        await self._reading.stop()

    async def ended(self) -> None:
        """Return when nothing more will come: the track has ended, or the watch was stopped."""
        await self._reading.ended.wait()

    def figures(self) -> AudioFigures:
        """What was heard until now, or until it was halted."""
        return self._tally.figures(self._reading.now_ms())

    def judge(self, frame: object, at_ms: float) -> None:
        """Count a frame that came at `at_ms`; the watch does it with everything it receives."""
        if isinstance(frame, av.AudioFrame) and frame.sample_rate and frame.pts is not None:
            self._tally.add(frame.pts, _first_channel(frame), frame.sample_rate, at_ms)


def _first_channel(frame: av.AudioFrame) -> Sound:
    samples = frame.to_ndarray()
    channel = samples[0] if frame.format.is_planar else samples.reshape(frame.samples, -1)[:, 0]
    if np.issubdtype(channel.dtype, np.integer):
        return channel.astype(np.float32) / np.float32(np.iinfo(channel.dtype).max)
    return channel.astype(np.float32)
