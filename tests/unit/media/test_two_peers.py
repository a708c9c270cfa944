"""Media between two real peers on loopback: what is sent is seen and heard, and decoded only where it was asked for."""

import asyncio
from collections.abc import Callable, Sequence

import aioice.ice
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender
from aiortc.mediastreams import MediaStreamTrack

from client_sim.media.audio_tally import AudioFigures
from client_sim.media.clip import ClipTrack, answer_key_frame_requests, encode_clip
from client_sim.media.send_log import SendLog
from client_sim.media.tone_clip import ToneClipTrack
from client_sim.media.tracks import CardTrack, ToneTrack
from client_sim.media.undecoded import Decoding, set_decoding
from client_sim.media.watch import AudioWatch, VideoWatch

pytestmark = pytest.mark.slow


class Pair:
    """A sender of one sound and one picture, silent at first, and a receiver, connected."""

    def __init__(self, *, decoding: Sequence[Decoding] = ()) -> None:
        self.sender, self.receiver = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
        self.audio: RTCRtpSender = self.sender.addTransceiver("audio", direction="sendonly").sender
        self.video: RTCRtpSender = self.sender.addTransceiver("video", direction="sendonly").sender
        self.tracks: dict[str, MediaStreamTrack] = {}

        @self.receiver.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            self.tracks[track.kind] = track
            for wanted in decoding:
                set_decoding(track, wanted)

    async def connect(self) -> "Pair":
        await self.sender.setLocalDescription(await self.sender.createOffer())
        await self.receiver.setRemoteDescription(self.sender.localDescription)
        await self.receiver.setLocalDescription(await self.receiver.createAnswer())
        await self.sender.setRemoteDescription(self.receiver.localDescription)
        await until(lambda: self.sender.connectionState == self.receiver.connectionState == "connected")
        return self

    async def close(self) -> None:
        await self.sender.close()
        await self.receiver.close()


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - figures are read; nothing announces them
            await asyncio.sleep(0.02)


def a_whole_second(hearing: AudioWatch) -> Callable[[], bool]:
    """Whether there was a second of which less than a twentieth was lost.

    Sound that a busy machine sends too late is lost, and says nothing of the tones; a second later there is another.
    """
    seen: list[AudioFigures] = []

    def heard() -> bool:
        now = hearing.figures()
        seen.append(now)
        return any(now.heard_ms - then.heard_ms >= 1000 and _lost_ms(now) - _lost_ms(then) < 50 for then in seen)

    return heard


def _lost_ms(figures: AudioFigures) -> float:
    return figures.missing_ms + figures.silent_ms + figures.other_ms


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice leaves 127.0.0.1 out of its candidates."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda *_args, **_kwargs: ["127.0.0.1"])


async def test_a_card_and_tones_given_at_the_accept_are_seen_and_heard_whole() -> None:
    pair = await Pair().connect()
    seeing, hearing = VideoWatch(pair.tracks["video"]), AudioWatch(pair.tracks["audio"])
    seeing.start()
    hearing.start()
    pair.video.replaceTrack(CardTrack("KOMP", source=3))
    pair.audio.replaceTrack(ToneTrack())
    await until(a_whole_second(hearing))
    await until(lambda: seeing.figures().frames >= 20)
    seen, heard = seeing.figures(), hearing.figures()
    await pair.close()
    await seeing.stop()
    await hearing.stop()
    assert (seen.width, seen.height, seen.source) == (640, 480, 3)
    assert (seen.lost_frames, seen.unstamped_frames, seen.distinct_frames) == (0, 0, seen.frames)
    assert seen.glass_to_glass is not None
    assert 10 < seen.glass_to_glass.p50_ms < 400
    assert heard.delay is not None
    assert 20 < heard.delay.p50_ms < 500
    assert (seeing.picture_png() or b"").startswith(b"\x89PNG")


@pytest.mark.parametrize("decoding", [Decoding.FULL, Decoding.PACKETS])
async def test_a_clip_is_timed_whether_it_is_decoded_or_not(decoding: Decoding) -> None:
    clip, log = encode_clip(width=160, height=120, frames=40, source=5), SendLog()
    pair = await Pair(decoding=[decoding]).connect()
    seeing = VideoWatch(pair.tracks["video"], clip=clip, log=log)
    seeing.start()
    pair.video.replaceTrack(ClipTrack(clip, log))
    await until(lambda: seeing.figures().frames >= 12)
    seen = seeing.figures()
    await pair.close()
    await seeing.stop()
    assert (seen.distinct_frames, seen.lost_frames, seen.unstamped_frames) == (seen.frames, 0, 0)
    assert seen.glass_to_glass is not None
    assert 50 < seen.glass_to_glass.p50_ms < 500, "aiortc lets a frame out when the next one begins"
    assert (seeing.picture_png() is not None) == (decoding is Decoding.FULL)


async def test_the_encoded_tones_are_heard_whole() -> None:
    pair = await Pair().connect()
    hearing = AudioWatch(pair.tracks["audio"])
    hearing.start()
    pair.audio.replaceTrack(ToneClipTrack())
    await until(a_whole_second(hearing))
    heard = hearing.figures()
    await pair.close()
    await hearing.stop()
    assert heard.delay is not None
    assert 20 < heard.delay.p50_ms < 500


async def test_of_two_ends_in_one_process_each_decodes_as_it_was_told() -> None:
    pairs = [await Pair(decoding=[decoding]).connect() for decoding in (Decoding.FULL, Decoding.PACKETS)]
    watches = [VideoWatch(pair.tracks["video"]) for pair in pairs]
    for pair, watch in zip(pairs, watches, strict=True):
        watch.start()
        pair.video.replaceTrack(CardTrack("AV1", width=160, height=120))
    await until(lambda: all(watch.figures().frames >= 5 for watch in watches))
    sizes = [watch.figures().width for watch in watches]
    for pair, watch in zip(pairs, watches, strict=True):
        await pair.close()
        await watch.stop()
    assert sizes == [160, 0]


async def test_before_the_accept_nothing_is_decoded_and_after_it_the_picture_comes() -> None:
    clip, log = encode_clip(width=160, height=120, frames=40, source=5), SendLog()
    pair = await Pair(decoding=[Decoding.NOTHING]).connect()
    track = ClipTrack(clip, log)
    answer_key_frame_requests(pair.video, track)
    seeing = VideoWatch(pair.tracks["video"], log=log)
    seeing.start()
    pair.video.replaceTrack(track)
    await until(lambda: log.frames_sent >= 4)
    before = seeing.figures()
    set_decoding(pair.tracks["video"], Decoding.FULL)
    await until(lambda: seeing.figures().frames >= 3)
    after = seeing.figures()
    await pair.close()
    await seeing.stop()
    assert before.frames == 0
    assert after.unstamped_frames == 0, "the first picture is a whole one"
    assert log.frames_sent < 16, "it came by a request, before the clip's next key frame was due"
