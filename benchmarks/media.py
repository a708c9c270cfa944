"""What the media of a headless endpoint cost: `python -m benchmarks.media`, half a minute.

First each step by itself, then whole ends in calls on loopback, sound and picture both ways. CPU is that of the process
with all its threads, in per cent of one core. It fails when an end that draws, encodes, decodes and judges 640 × 480 at
15 frames a second costs more than `BUDGET_PERCENT`.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

import av
import uvloop
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.codecs.opus import OpusDecoder, OpusEncoder
from aiortc.codecs.vpx import Vp8Decoder, Vp8Encoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamTrack
from rich.console import Console
from rich.table import Table

from client_sim import aiortc_settings
from client_sim.media.card import Card
from client_sim.media.clip import ClipTrack, encode_clip
from client_sim.media.clock import MediaClock
from client_sim.media.picture import luma_of
from client_sim.media.send_log import SendLog
from client_sim.media.stamp import Stamp, read_stamp
from client_sim.media.tone_clip import ToneClipTrack, encode_tones
from client_sim.media.tracks import VIDEO_TIME_BASE, CardTrack, ToneTrack
from client_sim.media.undecoded import Decoding, set_decoding
from client_sim.media.watch import AudioWatch, VideoWatch

BUDGET_PERCENT: Final = 35.0
FRAMES: Final = 150
PIECES: Final = 500
ROUNDS: Final = 3
SECONDS: Final = 4.0

T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """One step, `rate` times a second."""

    step: str
    microseconds: float
    rate: int

    @property
    def percent(self) -> float:
        return self.microseconds * self.rate / 10_000


def cost(step: str, rate: int, work: Callable[[T], object], items: Iterable[T]) -> Cost:
    """The median CPU time of doing `work` with each of the items."""
    spent: list[int] = []
    for item in items:
        began = time.process_time_ns()
        work(item)
        spent.append(time.process_time_ns() - began)
    return Cost(step, statistics.median(spent) / 1000, rate)


def picture_costs() -> list[Cost]:
    """What 640 × 480 costs, a frame at a time."""
    card, encoder, decoder = Card("KOMP", 640, 480), Vp8Encoder(), Vp8Decoder()
    drawn: list[av.VideoFrame] = []
    encoded: list[JitterFrame] = []
    seen: list[av.VideoFrame] = []
    watch = VideoWatch(CardTrack("KOMP"))

    def draw(number: int) -> None:
        frame = card.draw(Stamp(number, 1_800_000_000_000 + 67 * number))
        frame.pts, frame.time_base = 6000 * number, VIDEO_TIME_BASE
        drawn.append(frame)

    def encode(frame: av.VideoFrame) -> None:
        payloads, timestamp = encoder.encode(frame)
        encoded.append(JitterFrame(b"".join(vp8_payload(payload) for payload in payloads), timestamp))

    def decode(one: JitterFrame) -> None:
        seen.extend(frame for frame in decoder.decode(one) if isinstance(frame, av.VideoFrame))

    return [
        cost("draw and stamp a picture", 15, draw, range(FRAMES)),
        cost("encode it (VP8, 500 kbit/s)", 15, encode, drawn),
        cost("decode it", 15, decode, encoded),
        cost("read its stamp", 15, lambda frame: read_stamp(luma_of(frame)), seen),
        cost("judge it, stamp and all", 15, lambda frame: watch.judge(frame, 0.0), seen),
    ]


def vp8_payload(payload: bytes) -> bytes:
    """Without the four bytes of description that aiortc's packets begin with (RFC 7741)."""
    return payload[4:]


async def sound_costs() -> list[Cost]:
    """What sound costs, 20 ms at a time."""

    async def at_once(_seconds: float) -> None:
        return None

    clock = MediaClock(sleep=at_once)
    track, encoder, decoder = ToneTrack(clock=clock), OpusEncoder(), OpusDecoder()
    watch = AudioWatch(track)
    made = [await track.recv() for _ in range(PIECES)]
    encoded: list[JitterFrame] = []
    heard: list[av.AudioFrame] = []

    def encode(frame: av.AudioFrame) -> None:
        payloads, timestamp = encoder.encode(frame)
        encoded.extend(JitterFrame(payload, timestamp) for payload in payloads)

    def decode(one: JitterFrame) -> None:
        heard.extend(frame for frame in decoder.decode(one) if isinstance(frame, av.AudioFrame))

    return [
        cost("encode 20 ms of tones (Opus)", 50, encode, made),
        cost("decode it", 50, decode, encoded),
        cost("judge it", 50, lambda frame: watch.judge(frame, 0.0), heard),
    ]


class Call:
    """Two ends that send to each other and watch each other."""

    def __init__(self, sent: Callable[[], tuple[MediaStreamTrack, MediaStreamTrack]], decoding: Decoding) -> None:
        self._ends = [RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2)]
        self._watches: list[VideoWatch | AudioWatch] = []
        for end in self._ends:
            for track in sent():
                end.addTrack(track)
            end.on("track", lambda track: self._watch(track, decoding))

    def _watch(self, track: MediaStreamTrack, decoding: Decoding) -> None:
        set_decoding(track, decoding)
        watch = VideoWatch(track) if track.kind == "video" else AudioWatch(track)
        watch.start()
        self._watches.append(watch)

    async def connect(self) -> None:
        caller, callee = self._ends
        await caller.setLocalDescription(await caller.createOffer())
        await callee.setRemoteDescription(caller.localDescription)
        await callee.setLocalDescription(await callee.createAnswer())
        await caller.setRemoteDescription(callee.localDescription)
        for watch in self._watches:
            if isinstance(watch, VideoWatch):
                await asyncio.wait_for(watch.first_frame(), 10)

    async def close(self) -> None:
        for end in self._ends:
            await end.close()
        for watch in self._watches:
            await watch.stop()


async def end_percent(calls: int, *, live: bool, decoding: Decoding) -> float:
    """What one end costs while `calls` are running in this process."""

    def sent() -> tuple[MediaStreamTrack, MediaStreamTrack]:
        return (ToneTrack(), CardTrack("KOMP")) if live else (ToneClipTrack(), ClipTrack(encode_clip(), SendLog()))

    encode_tones()
    running = [Call(sent, decoding) for _ in range(calls)]
    for call in running:
        await call.connect()
    began, began_cpu = time.monotonic(), time.process_time()
    await asyncio.sleep(SECONDS)
    spent = (time.process_time() - began_cpu) / (time.monotonic() - began)
    for call in running:
        await call.close()
    return 100 * spent / (2 * calls)


async def measure(console: Console) -> float:
    """Print everything; the cost of a live end in per cent of a core."""
    steps = Table(title="each step by itself")
    for heading in ("step", "µs", "a second", "% of a core"):
        steps.add_column(heading, justify="left" if heading == "step" else "right")
    for one in [*picture_costs(), *await sound_costs()]:
        steps.add_row(one.step, f"{one.microseconds:,.0f}", str(one.rate), f"{one.percent:.1f}")
    console.print(steps)

    ends = Table(title=f"whole ends, median of {ROUNDS} (lowest to highest)")
    ends.add_column("end")
    ends.add_column("% of a core", justify="right")
    medians = []
    for title, calls, live, decoding in (
        ("live: 640 × 480 at 15/s and tones, all decoded", 1, True, Decoding.FULL),
        ("clip: 320 × 240 at 10/s and encoded tones, all decoded", 3, False, Decoding.FULL),
        ("clip, counted as packets", 3, False, Decoding.PACKETS),
    ):
        found = [await end_percent(calls, live=live, decoding=decoding) for _ in range(ROUNDS)]
        medians.append(statistics.median(found))
        ends.add_row(title, f"{medians[-1]:.1f} ({min(found):.1f} to {max(found):.1f})")
    console.print(ends)
    return medians[0]


def main() -> int:
    """0 when a live end is within its budget."""
    aiortc_settings.apply(loopback_only=True)
    console = Console(width=None if sys.stdout.isatty() else 100)
    load = os.getloadavg()[0]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        live_percent = runner.run(measure(console))
    verdict = "within" if live_percent <= BUDGET_PERCENT else "over"
    console.print(
        f"live end {live_percent:.1f} %, {verdict} {BUDGET_PERCENT:.0f} %; load of the machine before: {load:.1f}"
    )
    return 0 if live_percent <= BUDGET_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main())
