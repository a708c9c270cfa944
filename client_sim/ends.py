"""What an end shows and hears in a call: tracks out, watches in. Made for one call and let go with it.

A track is made when the call is accepted and not before; a receiver may come earlier, and stays silent until then.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from aiortc import RTCRtpSender
from aiortc.mediastreams import MediaStreamTrack

from client_sim.media.audio_tally import AudioFigures
from client_sim.media.clip import ClipTrack, answer_key_frame_requests, encode_clip
from client_sim.media.send_log import SendLog
from client_sim.media.tone_clip import ToneClipTrack, encode_tones
from client_sim.media.tracks import CardTrack, ToneTrack
from client_sim.media.undecoded import Decoding, set_decoding
from client_sim.media.video_tally import VideoFigures
from client_sim.media.watch import AudioWatch, VideoWatch
from signalling.protocol import Media, Role

_LETTERING: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ0123456789:.-/× ")
"""What the test card can write."""


@dataclass(frozen=True)
class Figures:
    """What an end saw and heard until now; None where it got no such track."""

    video: VideoFigures | None
    audio: AudioFigures | None


class Ends(Protocol):
    """One end's media in one call."""

    def feed(self, sender: RTCRtpSender) -> None:
        """Give this sender its track: the call is accepted."""

    def receive(self, track: MediaStreamTrack) -> None:
        """A track of the other end came, perhaps long before anything arrives on it."""

    def figures(self) -> Figures:
        """What arrived until now, or until the call was over."""

    def picture_png(self) -> bytes | None:
        """The newest picture as a PNG file, where one was decoded."""

    def halt(self) -> None:
        """The call is over: figures and picture stay as they are now, whatever still comes."""

    async def close(self) -> None:
        """Receive no more; figures and picture remain."""


class WatchedEnds:
    """Receives with a watch on each track; what is sent is the subclass's business."""

    def __init__(self, first_frame: Callable[[], None]) -> None:
        self._first_frame = first_frame
        self._videos: list[VideoWatch] = []
        self._audios: list[AudioWatch] = []
        self._waiting: list[asyncio.Task[None]] = []

    def receive(self, track: MediaStreamTrack) -> None:
        """See `Ends.receive`."""
        if track.kind == "video":
            video = self.video_watch(track)
            video.start()
            self._videos.append(video)
            self._waiting.append(asyncio.create_task(self._tell_first(video)))
        else:
            audio = AudioWatch(track)
            audio.start()
            self._audios.append(audio)

    def video_watch(self, track: MediaStreamTrack) -> VideoWatch:
        """The watch for a track; a clip's needs its log."""
        return VideoWatch(track)

    def figures(self) -> Figures:
        """See `Ends.figures`; of the newest connection that brought anything."""
        videos = [watch.figures() for watch in self._videos]
        audios = [watch.figures() for watch in self._audios]
        seen = [one for one in videos if one.frames] or videos
        heard = [one for one in audios if one.first_sound_at_ms is not None] or audios
        return Figures(seen[-1] if seen else None, heard[-1] if heard else None)

    def picture_png(self) -> bytes | None:
        """See `Ends.picture_png`."""
        pictures = (watch.picture_png() for watch in reversed(self._videos))
        return next((picture for picture in pictures if picture is not None), None)

    def halt(self) -> None:
        """See `Ends.halt`."""
        for watch in self._watches:
            watch.halt()

    async def close(self) -> None:
        """See `Ends.close`."""
        for task in self._waiting:
            task.cancel()
        for watch in self._watches:
            await watch.stop()

    @property
    def _watches(self) -> list[VideoWatch | AudioWatch]:
        return [*self._videos, *self._audios]

    async def _tell_first(self, watch: VideoWatch) -> None:
        await watch.first_frame()
        self._first_frame()


class Cards:
    """Keeps one test card painted ahead: painting takes longer than anything else between accept and first picture."""

    def __init__(self, label: str, *, width: int = 640, height: int = 480, frames_per_second: int = 15) -> None:
        self._label = "".join(letter for letter in label.upper() if letter in _LETTERING) or "NÄRVARO"
        self._width, self._height, self._rate = width, height, frames_per_second
        self._next: CardTrack | None = self._paint()

    def take(self) -> CardTrack:
        """A track that nobody else gets. Needs a running loop, in whose spare thread the next is painted."""
        taken, self._next = self._next or self._paint(), None
        asyncio.get_running_loop().run_in_executor(None, self._paint_ahead)
        return taken

    def _paint_ahead(self) -> None:
        self._next = self._paint()

    def _paint(self) -> CardTrack:
        return CardTrack(self._label, width=self._width, height=self._height, frames_per_second=self._rate)


class LiveEnds(WatchedEnds):
    """Draws and encodes the test card and the tones; decodes and judges what comes."""

    def __init__(self, first_frame: Callable[[], None], cards: Cards) -> None:
        super().__init__(first_frame)
        self._cards = cards

    def feed(self, sender: RTCRtpSender) -> None:
        """See `Ends.feed`."""
        sender.replaceTrack(self._cards.take() if sender.kind == "video" else ToneTrack())


class ClipEnds(WatchedEnds):
    """Sends what was encoded once, for load. It decodes, or only counts packets."""

    def __init__(self, first_frame: Callable[[], None], *, own_log: SendLog, their_log: SendLog, decodes: bool) -> None:
        super().__init__(first_frame)
        self._own_log = own_log
        self._their_log = their_log
        self._decodes = decodes

    @staticmethod
    def prepare() -> None:
        """Encode clip and tones now, so that no call has to wait for it."""
        encode_clip()
        encode_tones()

    def feed(self, sender: RTCRtpSender) -> None:
        """See `Ends.feed`."""
        if sender.kind == "video":
            clip = ClipTrack(encode_clip(), self._own_log)
            answer_key_frame_requests(sender, clip)
            sender.replaceTrack(clip)
        else:
            sender.replaceTrack(ToneClipTrack())

    def receive(self, track: MediaStreamTrack) -> None:
        """See `Ends.receive`."""
        if not self._decodes:
            set_decoding(track, Decoding.PACKETS if track.kind == "video" else Decoding.NOTHING)
        super().receive(track)

    def video_watch(self, track: MediaStreamTrack) -> VideoWatch:
        """See `WatchedEnds.video_watch`."""
        return VideoWatch(track, clip=encode_clip(), log=self._their_log)


def live_ends(label: str) -> Callable[[Media, Role, Callable[[], None]], Ends]:
    """Makes media that are drawn and encoded live. The card shows `label`: what sends it, never who."""
    cards = Cards(label)

    def make(media: Media, role: Role, first_frame: Callable[[], None]) -> Ends:  # noqa: ARG001 - all alike
        return LiveEnds(first_frame, cards)

    return make
