"""A clip for load: the test card encoded once, its packets sent over and over without encoding.

The picture can't say when it is sent, for it was encoded long before. Its stamp says at which *position* of the clip
it stands, and time 0; the sender's `SendLog` says which position went out when, and joins the two. A clip and its log
are of one process; neither is ever written anywhere.
"""

from dataclasses import dataclass
from datetime import UTC
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import av
from aiortc import RTCRtpSender

from client_sim.media.card import Card
from client_sim.media.clock import MediaClock
from client_sim.media.pace import PacedTrack
from client_sim.media.send_log import SendLog
from client_sim.media.stamp import Stamp
from client_sim.media.tracks import VIDEO_CLOCK_HZ, VIDEO_TIME_BASE, video_pacer

KEY_FRAME_INTERVAL = 16
"""A receiver that lost the picture has it back within so many frames."""


@dataclass(frozen=True)
class Clip:
    """Encoded VP8 frames; position 0 is a key frame, so the clip may follow itself."""

    packets: tuple[bytes, ...]
    frames_per_second: int
    source: int

    def is_key(self, position: int) -> bool:
        """Whether the frame there can be decoded by itself (RFC 6386 §9.1)."""
        return not self.packets[position][0] & 1

    def position_of(self, packet: bytes) -> int | None:
        """Which of its frames these bytes are: what a receiver that does not decode has instead of a stamp."""
        return self._positions.get(packet)

    @cached_property
    def _positions(self) -> dict[bytes, int]:
        return {packet: position for position, packet in enumerate(self.packets)}

    def next_key(self, position: int) -> int:
        """The first key frame at or after `position`, round the end of the clip."""
        length = len(self.packets)
        return next(at % length for at in range(position, position + length) if self.is_key(at % length))


@lru_cache(maxsize=4)
def encode_clip(
    label: str = "LOAD",
    *,
    width: int = 320,
    height: int = 240,
    frames_per_second: int = 10,
    frames: int = 64,
    bits_per_second: int = 250_000,
    source: int = 0,
) -> Clip:
    """Draw and encode the test card once; the same arguments give the same clip for as long as the process lives.

    A clip should last longer than any delay to be measured: 64 frames at 10 a second are 6.4 s.
    """
    card = Card(label, width, height, zone=UTC)
    encoder = _vp8_encoder(width, height, frames_per_second, bits_per_second)
    packets: list[bytes] = []
    for position in range(frames):
        picture = _picture(card, position, frames_per_second, source)
        packets += [bytes(packet) for packet in encoder.encode(picture)]
    assert len(packets) == frames, "an encoder without lag gives one packet for each frame"
    return Clip(tuple(packets), frames_per_second, source)


def _vp8_encoder(width: int, height: int, frames_per_second: int, bits_per_second: int) -> av.VideoCodecContext:
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = Fraction(1, frames_per_second)
    encoder.framerate = Fraction(frames_per_second)
    encoder.bit_rate = bits_per_second
    encoder.gop_size = KEY_FRAME_INTERVAL
    encoder.options = {"deadline": "good", "cpu-used": "4", "lag-in-frames": "0", "auto-alt-ref": "0"}
    return encoder


def _picture(card: Card, position: int, frames_per_second: int, source: int) -> av.VideoFrame:
    """The card at a clip's own time, from midnight on the first day of 1970."""
    at_ms = position * 1000 // frames_per_second
    picture = card.draw(Stamp(position, 0, source), shown_ms=at_ms)
    picture.pts = position
    picture.time_base = Fraction(1, frames_per_second)
    return picture


class ClipTrack(PacedTrack):
    """Sends a clip as it is, for ever, at its own pace; costs next to nothing.

    Used with `answer_key_frame_requests`, for aiortc itself can't force a key frame out of packets.
    """

    kind = "video"

    def __init__(self, clip: Clip, log: SendLog, *, clock: MediaClock | None = None) -> None:
        self._clock = clock or MediaClock()
        super().__init__(video_pacer(clip.frames_per_second, self._clock))
        self._clip = clip
        self._log = log
        self._position = 0

    def request_key_frame(self) -> None:
        """Go on from the clip's next key frame."""
        self._position = self._clip.next_key(self._position)

    async def recv(self) -> "av.Packet[Any]":
        """The next encoded frame, when it is due. Raises MediaStreamError once stopped."""
        tick = await self.next_tick()
        packet: av.Packet[Any] = av.Packet(self._clip.packets[self._position])
        packet.pts = round(tick * self.pacer.interval_ms * VIDEO_CLOCK_HZ / 1000)
        packet.time_base = VIDEO_TIME_BASE
        self._log.record(self._position, self._clock.epoch_ms())
        self._position = (self._position + 1) % len(self._clip.packets)
        return packet


def answer_key_frame_requests(sender: RTCRtpSender, track: ClipTrack) -> None:
    """Let the receiver's PLI and FIR reach the clip.

    aiortc has no event for them, and heeds them itself only when it encodes.
    """
    sender._send_keyframe = track.request_key_frame  # type: ignore[method-assign]
