"""A clip costs no encoding, and still every frame of it can be told from the others and timed."""

import av
import pytest

from client_sim.media.clip import KEY_FRAME_INTERVAL, Clip, ClipTrack, encode_clip
from client_sim.media.picture import luma_of
from client_sim.media.send_log import LOG_LENGTH, SendLog
from client_sim.media.stamp import Stamp, read_stamp
from tests.unit.media.scene import MediaTime


def small_clip() -> Clip:
    return encode_clip(width=160, height=120, frames=40, source=5)


def decoded(packets: list[bytes]) -> list[Stamp | None]:
    decoder = av.CodecContext.create("vp8", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    return [read_stamp(luma_of(frame)) for packet in packets for frame in decoder.decode(av.Packet(packet))]


async def positions(track: ClipTrack, clip: Clip, count: int) -> list[int | None]:
    return [clip.position_of(bytes(await track.recv())) for _ in range(count)]


def test_the_frames_of_a_clip_carry_their_position_again_and_again() -> None:
    clip = small_clip()
    expected = [Stamp(frame=position, sent_at_ms=0, source=5) for position in range(40)]
    assert decoded([*clip.packets, *clip.packets]) == expected * 2


def test_a_clip_is_encoded_once() -> None:
    assert small_clip() is small_clip()


@pytest.mark.slow
def test_a_clip_of_the_size_of_load_needs_few_bits() -> None:
    clip = encode_clip()
    assert sum(map(len, clip.packets)) * 8 / (len(clip.packets) / clip.frames_per_second) < 300_000


def test_a_clip_can_be_joined_at_every_key_frame() -> None:
    clip = small_clip()
    keys = [position for position in range(40) if clip.is_key(position)]
    assert keys == list(range(0, 40, KEY_FRAME_INTERVAL))
    for key in keys:
        assert decoded(list(clip.packets[key:]))[0] == Stamp(frame=key, sent_at_ms=0, source=5)


async def test_a_lost_picture_is_answered_with_the_next_key_frame(media_time: MediaTime) -> None:
    clip = small_clip()
    track = ClipTrack(clip, SendLog(), clock=media_time.clock)
    assert await positions(track, clip, 3) == [0, 1, 2]
    track.request_key_frame()
    assert await positions(track, clip, 2) == [16, 17]
    track.request_key_frame()
    track.request_key_frame()
    assert await positions(track, clip, 9) == [32, 33, 34, 35, 36, 37, 38, 39, 0]


async def test_the_log_tells_when_a_frame_went_out(media_time: MediaTime) -> None:
    clip, log = small_clip(), SendLog()
    track = ClipTrack(clip, log, clock=media_time.clock)
    sent_at_ms = []
    for _ in range(100):
        await track.recv()
        sent_at_ms.append(media_time.now_ms)
    for frame in (0, 39, 40, 79, 99):
        found = log.find(frame % 40, sent_at_ms[frame] + 1500)
        assert found is not None
        assert (found.frame, found.sent_at_ms) == (frame, sent_at_ms[frame])


def test_what_was_seen_before_it_was_sent_is_not_found() -> None:
    log = SendLog()
    log.record(3, 1000.0)
    assert log.find(3, 999.0) is None
    assert log.find(4, 2000.0) is None


def test_the_log_does_not_grow_without_end() -> None:
    log = SendLog()
    for frame in range(3 * LOG_LENGTH):
        log.record(frame % 40, float(frame))
    assert sum(map(len, log._by_position.values())) == LOG_LENGTH
    newest = log.find(7, float(3 * LOG_LENGTH))
    assert newest is not None
    assert newest.frame > 3 * LOG_LENGTH - 41
