"""What is sent keeps its pace, says when it was made, and ends when it is stopped."""

import asyncio
from datetime import UTC

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from client_sim.media.audio_tally import AudioTally
from client_sim.media.clip import ClipTrack, encode_clip
from client_sim.media.picture import luma_of
from client_sim.media.send_log import SendLog
from client_sim.media.stamp import Stamp, read_stamp
from client_sim.media.tone import place_at, tone_piece
from client_sim.media.tone_clip import ToneClipTrack, encode_tones
from client_sim.media.tracks import CardTrack, ToneTrack
from tests.unit.media.scene import MediaTime


def card_track(time: MediaTime, frames_per_second: int = 10) -> CardTrack:
    return CardTrack(
        "KOMP", width=160, height=120, frames_per_second=frames_per_second, source=9, clock=time.clock, zone=UTC
    )


async def test_every_frame_is_stamped_with_its_number_and_the_time_it_was_drawn(media_time: MediaTime) -> None:
    track = card_track(media_time)
    for number in range(5):
        frame = await track.recv()
        assert read_stamp(luma_of(frame)) == Stamp(frame=number, sent_at_ms=int(media_time.now_ms), source=9)


async def test_pictures_keep_their_pace_however_long_the_encoder_takes(media_time: MediaTime) -> None:
    track = card_track(media_time)
    began_ms = media_time.now_ms
    for number in range(300):
        frame = await track.recv()
        assert media_time.now_ms == pytest.approx(began_ms + 100 * number, abs=0.1)
        assert frame.pts == 9000 * number
        media_time.advance_ms(number % 95)


async def test_pictures_that_are_too_late_are_left_out_and_never_hurried(media_time: MediaTime) -> None:
    track = card_track(media_time)
    first = await track.recv()
    media_time.advance_ms(730)
    second, third = await track.recv(), await track.recv()
    assert [frame.pts for frame in (first, second, third)] == [0, 7 * 9000, 8 * 9000]
    stamps = [read_stamp(luma_of(frame)) for frame in (first, second, third)]
    assert [stamp.frame for stamp in stamps if stamp] == [0, 1, 2], "the sender's own gaps are not losses"


@pytest.mark.parametrize("channels", [1, 2])
async def test_the_tones_are_where_the_clock_says(media_time: MediaTime, channels: int) -> None:
    media_time.advance_ms(7)
    track = ToneTrack(channels=channels, clock=media_time.clock)
    for number in range(30):
        frame = await track.recv()
        assert round(media_time.now_ms, 1) % 20 == 0
        assert (frame.pts, frame.sample_rate, frame.samples) == (960 * number, 48_000, 960)
        samples = frame.to_ndarray().reshape(960, channels)
        for channel in range(channels):
            assert np.array_equal(samples[:, channel], tone_piece(place_at(media_time.now_ms - 19)))


async def test_a_sender_that_stood_still_goes_on_where_the_clock_is(media_time: MediaTime) -> None:
    track = ToneTrack(clock=media_time.clock)
    tally = AudioTally()
    for number in range(200):
        if number == 100:
            media_time.advance_ms(600)
        frame = await track.recv()
        assert frame.pts is not None
        sound = frame.to_ndarray().ravel().astype(np.float32) / np.float32(32767)
        tally.add(frame.pts, sound, frame.sample_rate, media_time.now_ms)
    heard = tally.figures(media_time.now_ms)
    assert heard.missing_ms == pytest.approx(600, abs=20)
    assert heard.delay is not None
    assert heard.delay.max_ms == pytest.approx(20, abs=3), "a piece is handed over when its last sample is there"


async def test_the_encoded_tones_follow_the_clock_as_the_live_ones_do(media_time: MediaTime) -> None:
    packets = encode_tones()
    assert len(packets) == 640
    track = ToneClipTrack(clock=media_time.clock)
    for number in range(30):
        packet = await track.recv()
        began_ms = round(media_time.now_ms) - 20
        assert bytes(packet) == packets[began_ms % 12_800 // 20]
        assert packet.pts == 960 * number


@pytest.mark.parametrize("kind", ["card", "tone", "clip", "tone clip"])
async def test_a_stopped_track_ends(media_time: MediaTime, kind: str) -> None:
    clip = encode_clip(width=160, height=120, frames=4)
    tracks: dict[str, MediaStreamTrack] = {
        "card": card_track(media_time),
        "tone": ToneTrack(clock=media_time.clock),
        "clip": ClipTrack(clip, SendLog(), clock=media_time.clock),
        "tone clip": ToneClipTrack(clock=media_time.clock),
    }
    track = tracks[kind]
    await track.recv()
    track.stop()
    with pytest.raises(MediaStreamError):
        await track.recv()


async def test_a_track_that_is_stopped_while_it_waits_gives_no_more(media_time: MediaTime) -> None:
    track = card_track(media_time)
    await track.recv()
    waiting = asyncio.ensure_future(track.recv())
    await asyncio.sleep(0)
    track.stop()
    with pytest.raises(MediaStreamError):
        await waiting


def test_sound_with_three_channels_is_refused() -> None:
    with pytest.raises(ValueError, match="one channel or two"):
        ToneTrack(channels=3)
