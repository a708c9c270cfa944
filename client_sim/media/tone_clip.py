"""The tone sequence encoded once, for load: 50 small packets a second cost more to encode than the clip's pictures.

It sounds exactly like `ToneTrack` and is locked to the clock in the same way, so a listener can't tell them apart.
"""

from functools import cache
from typing import Any

import av
import numpy as np

from client_sim.media.clock import MediaClock
from client_sim.media.pace import PacedTrack
from client_sim.media.tone import PIECE_MS, SAMPLE_RATE, SEQUENCE_MS, place_at, tone_piece
from client_sim.media.tracks import AUDIO_TIME_BASE, tone_pacer

PIECES = SEQUENCE_MS // PIECE_MS
BITS_PER_SECOND = 48_000


@cache
def encode_tones() -> tuple[bytes, ...]:
    """The whole sequence in Opus, one packet for each 20 ms; made once in a process, in a quarter of a second."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = SAMPLE_RATE, "mono", "s16"
    encoder.bit_rate = BITS_PER_SECOND
    encoder.options = {"frame_duration": str(PIECE_MS)}
    packets = [bytes(packet) for number in range(PIECES) for packet in encoder.encode(_piece(number))]
    assert len(packets) == PIECES, "Opus gives one packet for each frame of its own length"
    return tuple(packets)


def _piece(number: int) -> av.AudioFrame:
    samples = tone_piece(place_at(number * PIECE_MS))
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, :]), format="s16", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    frame.pts = number * len(samples)
    frame.time_base = AUDIO_TIME_BASE
    return frame


class ToneClipTrack(PacedTrack):
    """Sends the encoded sequence, each packet when its last sample would have been recorded."""

    kind = "audio"

    def __init__(self, *, clock: MediaClock | None = None) -> None:
        super().__init__(tone_pacer(clock))
        self._packets = encode_tones()

    async def recv(self) -> "av.Packet[Any]":
        """The next 20 ms, when they are over. Raises MediaStreamError once stopped."""
        tick = await self.next_tick()
        began_ms = round(self.pacer.tick_ms(tick)) - PIECE_MS
        packet: av.Packet[Any] = av.Packet(self._packets[began_ms % SEQUENCE_MS // PIECE_MS])
        packet.pts = tick * SAMPLE_RATE * PIECE_MS // 1000
        packet.time_base = AUDIO_TIME_BASE
        return packet
