"""A watch counts what came, notices what did not, and keeps nothing running when it is stopped."""

import asyncio
from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
import pytest

from client_sim.media.card import Card
from client_sim.media.clip import Clip, ClipTrack, encode_clip
from client_sim.media.picture import luma_of
from client_sim.media.send_log import SendLog
from client_sim.media.stamp import Stamp, read_stamp
from client_sim.media.tone import place_at, tone_piece
from client_sim.media.watch import AudioWatch, VideoWatch
from tests.clock import ManualClock
from tests.unit.media.scene import MediaTime, Played, through_codec

CARD = Card("KOMP", 320, 240)


async def watched(
    frames: Iterable[tuple[float, object]], time: MediaTime, *, log: SendLog | None = None, clip: Clip | None = None
) -> VideoWatch:
    """What is left of a watch after the track has played and ended."""
    watch = VideoWatch(Played("video", frames, time), clock=time.clock, log=log, clip=clip)
    watch.start()
    await watch.ended()
    await watch.stop()
    return watch


def sent(
    numbers: Iterable[int], time: MediaTime, *, every_ms: float = 100, late_ms: int = 40
) -> list[tuple[float, object]]:
    """Stamped frames at an even pace, each coming `late_ms` after it was drawn."""
    arrivals = [(number, time.now_ms + every_ms * (place + 1)) for place, number in enumerate(numbers)]
    return [
        (every_ms, CARD.draw(Stamp(frame=number, sent_at_ms=round(at_ms) - late_ms, source=4)))
        for number, at_ms in arrivals
    ]


def spoken(count: int, time: MediaTime, sample_format: str = "s16", layout: str = "mono") -> list[tuple[float, object]]:
    """So many pieces of tone, each 20 ms after the one before."""
    frames: list[tuple[float, object]] = []
    resampler = av.AudioResampler(format=sample_format, layout=layout, rate=48_000)
    began_ms = time.now_ms
    for number in range(count):
        samples = np.ascontiguousarray(tone_piece(place_at(began_ms + 20 * number))[None, :])
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, 960 * number, Fraction(1, 48_000)
        frames += [(20.0, converted) for converted in resampler.resample(frame)]
    return frames


async def test_a_steady_picture_has_no_fault(media_time: MediaTime) -> None:
    began_ms = media_time.now_ms
    watch = await watched(sent(range(40), media_time), media_time)
    media_time.advance_ms(30)
    seen = watch.figures()
    assert (seen.frames, seen.distinct_frames, seen.duplicated_frames, seen.lost_frames) == (40, 40, 0, 0)
    assert (seen.freezes, seen.freeze_ms, seen.unstamped_frames) == (0, 0, 0)
    assert seen.frames_last_second == 10
    assert seen.first_frame_at_ms == pytest.approx(began_ms + 100, abs=0.1)
    assert (seen.newest_frame, seen.source, seen.width, seen.height) == (39, 4, 320, 240)
    assert seen.glass_to_glass is not None
    assert seen.glass_to_glass.count == 40
    assert seen.glass_to_glass.p50_ms == pytest.approx(40, abs=1)


async def test_frames_that_never_came_are_told_by_their_numbers(media_time: MediaTime) -> None:
    seen = (await watched(sent([5, 6, 9, 10, 14], media_time), media_time)).figures()
    assert (seen.frames, seen.distinct_frames, seen.lost_frames) == (5, 5, 5)


async def test_the_same_frame_again_is_a_duplicate(media_time: MediaTime) -> None:
    [one, two] = sent([1, 2], media_time)
    seen = (await watched([one, one, one, two], media_time)).figures()
    assert (seen.frames, seen.distinct_frames, seen.duplicated_frames, seen.lost_frames) == (4, 2, 2, 0)


async def test_a_sender_that_begins_anew_has_lost_nothing(media_time: MediaTime) -> None:
    seen = (await watched(sent([500, 501, 0, 1], media_time), media_time)).figures()
    assert (seen.distinct_frames, seen.duplicated_frames, seen.lost_frames) == (4, 0, 0)


async def test_a_frame_whose_stamp_did_not_survive_is_not_called_lost(media_time: MediaTime) -> None:
    frames = sent(range(6), media_time)
    spoilt = frames[3][1]
    assert isinstance(spoilt, av.VideoFrame)
    luma_of(spoilt)[:10] = 128
    seen = (await watched(frames, media_time)).figures()
    assert (seen.frames, seen.unstamped_frames, seen.lost_frames) == (6, 1, 0)


async def test_a_picture_that_stands_still_is_a_freeze_by_the_words_of_the_w3c(media_time: MediaTime) -> None:
    frames = sent(range(60), media_time, every_ms=50)
    frames[40] = (199.0, frames[40][1])
    frames[50] = (420.0, frames[50][1])
    seen = (await watched(frames, media_time)).figures()
    assert seen.freezes == 1, "199 ms is less than the average of 50 and 150 more"
    assert seen.freeze_ms == pytest.approx(420, abs=0.1)


async def test_a_freeze_counts_while_it_lasts(media_time: MediaTime) -> None:
    watch = await watched(sent(range(40), media_time), media_time)
    media_time.advance_ms(2000)
    assert watch.figures().freezes == 1
    assert watch.figures().freeze_ms == pytest.approx(2000, abs=0.1)
    assert watch.figures().frames_last_second == 0


async def test_what_comes_or_stays_away_after_a_call_is_not_counted(media_time: MediaTime) -> None:
    """Half a second passes from a call's end to the report of it: no freeze of its picture, no hole in its sound."""

    class OneByOne(Played):
        async def recv(self) -> av.VideoFrame:
            await asyncio.sleep(0)
            return await super().recv()

    seen = VideoWatch(OneByOne("video", sent([1, 2, 3], media_time), media_time), clock=media_time.clock)
    heard = AudioWatch(Played("audio", spoken(60, media_time), media_time), clock=media_time.clock)
    heard.start()
    await heard.ended()
    seen.start()
    await seen.first_frame()
    seen.halt()
    heard.halt()
    before = (seen.figures(), heard.figures())
    await seen.ended()
    media_time.advance_ms(2000)
    seen.halt()
    assert (seen.figures(), heard.figures()) == before
    assert (seen.figures().frames, seen.figures().freezes, heard.figures().missing_ms) == (1, 0, 0)
    await seen.stop()
    await heard.stop()


@pytest.mark.slow
async def test_a_camera_without_stamps_is_counted_by_what_it_shows(media_time: MediaTime) -> None:
    moving = [camera_picture(ball=8 * number) for number in range(12)]
    standing = [camera_picture(ball=88)] * 12
    seen_frames = through_codec("vp8", moving + standing, bits_per_second=150_000)
    seen = (await watched([(50.0, frame) for frame in seen_frames], media_time)).figures()
    assert (seen.frames, seen.unstamped_frames, seen.glass_to_glass) == (24, 24, None)
    assert 12 <= seen.distinct_frames <= 14, "the encoder goes on polishing a picture that stands still"


def camera_picture(ball: int) -> av.VideoFrame:
    luma = np.tile(np.linspace(40, 200, 320, dtype=np.uint8), (240, 1))
    luma[100:130, 20 + ball : 50 + ball] = 230
    return av.VideoFrame.from_ndarray(luma, format="gray").reformat(format="yuv420p")


@pytest.mark.parametrize("packets", [False, True], ids=["decoded", "packets"])
async def test_a_clip_is_timed_by_its_senders_log(media_time: MediaTime, packets: bool) -> None:
    clip, log = encode_clip(width=160, height=120, frames=40, source=5), SendLog()
    track = ClipTrack(clip, log, clock=media_time.clock)
    decoder = av.CodecContext.create("vp8", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    arrivals: list[tuple[float, object]] = []
    for number in range(100):
        packet = await track.recv()
        frame = packet if packets else decoder.decode(packet)[0]
        if number not in (50, 51):
            arrivals.append((100.0, frame))
        else:
            arrivals.append((100.0, None))
    late_ms = 130
    media_time.hand = ManualClock((media_time.now_ms - 99 * 100 - 100 + late_ms) / 1000)
    seen = (await watched(arrivals, media_time, log=log, clip=clip)).figures()
    assert (seen.distinct_frames, seen.lost_frames, seen.newest_frame, seen.source) == (98, 2, 99, 5)
    assert seen.glass_to_glass is not None
    assert seen.glass_to_glass.p95_ms == pytest.approx(late_ms, abs=2)


async def test_packets_of_a_stranger_are_counted_and_no_more(media_time: MediaTime) -> None:
    watch = await watched([(100.0, av.Packet(b"anything"))] * 3, media_time)
    assert (watch.figures().frames, watch.figures().glass_to_glass) == (3, None)
    assert watch.picture_png() is None


async def test_the_newest_picture_can_be_looked_at(media_time: MediaTime) -> None:
    watch = await watched(sent([1, 2], media_time), media_time)
    png = watch.picture_png()
    assert png is not None
    decoder = av.CodecContext.create("png", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    stamp = read_stamp(luma_of(decoder.decode(av.Packet(png))[0]))
    assert stamp is not None
    assert stamp.frame == 2


async def test_a_stopped_watch_leaves_no_task() -> None:
    class Silent(Played):
        async def recv(self) -> av.VideoFrame:
            await asyncio.Event().wait()
            raise AssertionError

    before = asyncio.all_tasks()
    watches: list[VideoWatch | AudioWatch] = [
        VideoWatch(Silent("video", [], MediaTime())),
        AudioWatch(Silent("audio", [], MediaTime())),
    ]
    for watch in watches:
        watch.start()
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == len(before) + 2
    for watch in watches:
        await watch.stop()
        await watch.stop()
    assert asyncio.all_tasks() == before


async def test_a_watch_is_started_once(media_time: MediaTime) -> None:
    watch = VideoWatch(Played("video", [], media_time), clock=media_time.clock)
    watch.start()
    with pytest.raises(RuntimeError, match="started once"):
        watch.start()
    await watch.stop()


async def test_a_watch_that_was_never_started_can_be_stopped(media_time: MediaTime) -> None:
    await AudioWatch(Played("audio", [], media_time), clock=media_time.clock).stop()


async def test_the_first_frame_can_be_waited_for(media_time: MediaTime) -> None:
    watch = VideoWatch(Played("video", sent([1], media_time), media_time), clock=media_time.clock)
    watch.start()
    await asyncio.wait_for(watch.first_frame(), 5)
    assert watch.figures().frames == 1
    await watch.stop()


@pytest.mark.parametrize(
    ("sample_format", "layout"), [("s16", "mono"), ("s16", "stereo"), ("fltp", "stereo"), ("s16p", "mono")]
)
async def test_sound_of_any_format_is_heard(media_time: MediaTime, sample_format: str, layout: str) -> None:
    frames = spoken(60, media_time, sample_format, layout)
    watch = AudioWatch(Played("audio", frames, media_time), clock=media_time.clock)
    watch.start()
    await watch.ended()
    await watch.stop()
    heard = watch.figures()
    assert (heard.heard_ms, heard.loss_percent) == (1200, 0)
    assert heard.delay is not None
    assert heard.delay.p50_ms == pytest.approx(20, abs=2)
