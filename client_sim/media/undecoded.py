"""Which of an endpoint's incoming tracks are decoded: pictures and sound, packets as they came, or nothing at all.

aiortc decodes everything that arrives, in a thread for each track, and has no public way to say otherwise. A load run
can't afford that, and a device whose person has not accepted must not. The two places of aiortc that have to change
are module globals, so the change is process-wide; it is made here and nowhere else, on the first call. A track that
nobody named is decoded as aiortc would.
"""

import asyncio
import queue
import threading
from enum import Enum
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary

import av
from aiortc import rtcrtpreceiver
from aiortc.codecs import get_decoder
from aiortc.codecs.base import Decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from av.frame import Frame


class Decoding(Enum):
    """What `recv` of a remote track yields."""

    FULL = "full"
    """Decoded frames, as always."""
    PACKETS = "packets"
    """`av.Packet`: encoded frames, to be counted."""
    NOTHING = "nothing"
    """Nothing: what arrives is dropped, and nothing queues up."""


def set_decoding(track: MediaStreamTrack, decoding: Decoding) -> None:
    """Decide what the remote `track` yields from its next frame on.

    First to be called on the peer connection's "track" event: a receiver already running when the process first calls
    this stays as it was. Going back to FULL in mid-stream needs a key frame, which the decoder's complaint asks for.
    """
    _patch_receivers()
    _wanted[track._queue] = decoding  # type: ignore[attr-defined]


_wanted: WeakKeyDictionary["asyncio.Queue[Any]", Decoding] = WeakKeyDictionary()
_worker = threading.local()
_decoder_worker = rtcrtpreceiver.decoder_worker


def _patch_receivers() -> None:
    rtcrtpreceiver.decoder_worker = _work
    rtcrtpreceiver.get_decoder = _SwitchedDecoder  # type: ignore[attr-defined]


def _work(
    loop: asyncio.AbstractEventLoop,
    input_q: "queue.Queue[Any]",
    output_q: "asyncio.Queue[Any]",
    decode_error: threading.Event,
) -> None:
    """aiortc's decoder thread, knowing by its outgoing queue which track it serves."""
    _worker.output_q = output_q
    try:
        _decoder_worker(loop, input_q, output_q, decode_error)
    finally:
        del _worker.output_q


class _SwitchedDecoder(Decoder):
    """Stands where a codec's decoder would; made in the thread of the track it serves."""

    def __init__(self, codec: RTCRtpCodecParameters) -> None:
        self._codec = codec
        self._output_q: asyncio.Queue[Any] | None = getattr(_worker, "output_q", None)
        self._decoder: Decoder | None = None

    def decode(self, encoded_frame: JitterFrame) -> list[Frame]:
        match _wanted.get(self._output_q, Decoding.FULL) if self._output_q else Decoding.FULL:
            case Decoding.NOTHING:
                return []
            case Decoding.PACKETS:
                packet = av.Packet(encoded_frame.data)
                packet.pts = encoded_frame.timestamp
                packet.time_base = Fraction(1, self._codec.clockRate)
                return [packet]  # type: ignore[list-item]
            case Decoding.FULL:
                if self._decoder is None:
                    self._decoder = get_decoder(self._codec)
                return self._decoder.decode(encoded_frame)
