"""What a headless endpoint sends: the live test card and the tone sequence, as aiortc tracks.

A track is made when the call is accepted and given to a sender that had none; it must not be made before, for its
first `recv` starts its clock. Being stopped ends it at its next frame.
"""

from datetime import tzinfo
from fractions import Fraction

import av

from client_sim.media.card import Card
from client_sim.media.clock import MediaClock
from client_sim.media.pace import PacedTrack, Pacer
from client_sim.media.stamp import Stamp
from client_sim.media.tone import PIECE_MS, SAMPLE_RATE, place_at, tone_piece

VIDEO_CLOCK_HZ = 90_000
VIDEO_TIME_BASE = Fraction(1, VIDEO_CLOCK_HZ)
AUDIO_TIME_BASE = Fraction(1, SAMPLE_RATE)
_PIECE_SAMPLES = SAMPLE_RATE * PIECE_MS // 1000


class CardTrack(PacedTrack):
    """The test card, drawn live; every frame stamped with its number and the time it was drawn.

    Frame numbers have no gaps; when the encoder can't keep up whole intervals are left out instead.
    """

    kind = "video"

    def __init__(
        self,
        label: str,
        *,
        width: int = 640,
        height: int = 480,
        frames_per_second: int = 15,
        source: int = 0,
        clock: MediaClock | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        self._clock = clock or MediaClock()
        super().__init__(video_pacer(frames_per_second, self._clock))
        self._card = Card(label, width, height, zone=zone)
        self._source = source
        self.frames_sent = 0

    async def recv(self) -> av.VideoFrame:
        """The next frame, when it is due. Raises MediaStreamError once stopped."""
        tick = await self.next_tick()
        stamp = Stamp(self.frames_sent, int(self._clock.epoch_ms()), self._source)
        self.frames_sent += 1
        frame = self._card.draw(stamp)
        frame.pts = round(tick * self.pacer.interval_ms * VIDEO_CLOCK_HZ / 1000)
        frame.time_base = VIDEO_TIME_BASE
        return frame


class ToneTrack(PacedTrack):
    """The tone sequence in frames of 20 ms, each handed over when its last sample would have been recorded."""

    kind = "audio"

    def __init__(self, *, channels: int = 1, clock: MediaClock | None = None) -> None:
        """`channels` is 1 or 2; both carry the same sound."""
        super().__init__(tone_pacer(clock))
        if channels not in (1, 2):
            raise ValueError("sound has one channel or two")
        self._channels = channels

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, when they are over. Raises MediaStreamError once stopped."""
        tick = await self.next_tick()
        piece = tone_piece(place_at(self.pacer.tick_ms(tick) - PIECE_MS))
        frame = av.AudioFrame(format="s16", layout="mono" if self._channels == 1 else "stereo", samples=len(piece))
        frame.planes[0].update(piece.repeat(self._channels).tobytes())
        frame.sample_rate = SAMPLE_RATE
        frame.pts = tick * _PIECE_SAMPLES
        frame.time_base = AUDIO_TIME_BASE
        return frame


def tone_pacer(clock: MediaClock | None) -> Pacer:
    """Ticks for the tone sequence: every 20 ms since 1970, so that the sequence is where the clock says."""
    return Pacer(PIECE_MS, clock or MediaClock(), patience_ms=5 * PIECE_MS, aligned=True)


def video_pacer(frames_per_second: int, clock: MediaClock) -> Pacer:
    """Ticks for pictures, from the first one asked for."""
    interval_ms = 1000 / frames_per_second
    return Pacer(interval_ms, clock, patience_ms=interval_ms)
