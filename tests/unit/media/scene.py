"""What the media tests play with: time turned by hand, codecs without a network, tracks that play a list."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from client_sim.media.clock import MediaClock
from tests.clock import ManualClock

GOLDEN = Path(__file__).parents[2] / "golden" / "stamps"

_LIVE = {
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "6", "lag-in-frames": "0"}),
    "h264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency"}),
}


@dataclass
class MediaTime:
    """Time that passes only when a test lets it, or when something sleeps."""

    hand: ManualClock = field(default_factory=ManualClock)

    @property
    def clock(self) -> MediaClock:
        return MediaClock(monotonic=self.hand.now, wall=self.hand.now, sleep=self._sleep)

    @property
    def now_ms(self) -> float:
        return self.hand.now() * 1000

    def advance_ms(self, milliseconds: float) -> None:
        self.hand.advance(milliseconds / 1000)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.hand.advance(seconds)


class Played(MediaStreamTrack):
    """A remote track: yields what it is given, time passing before each, and then ends."""

    def __init__(self, kind: str, frames: Iterable[tuple[float, object]], time: MediaTime) -> None:
        super().__init__()
        self.kind = kind
        self._frames = iter(frames)
        self._time = time

    async def recv(self) -> av.VideoFrame:
        for wait_ms, frame in self._frames:
            self._time.advance_ms(wait_ms)
            return frame  # type: ignore[return-value]
        raise MediaStreamError


def through_codec(codec: str, frames: Iterable[av.VideoFrame], *, bits_per_second: int) -> list[av.VideoFrame]:
    """The frames, 15 a second, as a receiver of `codec` (vp8 or h264) would see them."""
    name, options = _LIVE[codec]
    encoder, decoder = av.CodecContext.create(name, "w"), av.CodecContext.create(codec, "r")
    assert isinstance(encoder, av.VideoCodecContext)
    assert isinstance(decoder, av.VideoCodecContext)
    seen: list[av.VideoFrame] = []
    for number, frame in enumerate(frames):
        if number == 0:
            encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuv420p"
            encoder.time_base, encoder.bit_rate, encoder.options = Fraction(1, 15), bits_per_second, options
        frame.pts, frame.time_base = number, Fraction(1, 15)
        for packet in encoder.encode(frame):
            seen += decoder.decode(packet)
    return seen + decoder.decode(None)
