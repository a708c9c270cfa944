"""What app and robot say to each other on the data channels of a call (docs/reference/control.md), what any two ends
say there (docs/reference/protocol.md §5.5), and their limits.

These are data about a sick child: they are never logged, counted or kept, and nothing here prints its content.
"""

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from client_sim.sealed.contents import Bye

MESSAGE_BYTES: Final = 1024
"""UTF-8 text of one message."""

Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Number = Annotated[float, Meta(description="degrees, or degrees a second; what is out of range is clamped")]


class Eyes(StrEnum):
    """What the robot's eyes show while they are lit."""

    NEUTRAL = "neutral"
    HAPPY = "happy"
    SAD = "sad"
    CONFUSED = "confused"


class Channel(StrEnum):
    """The three channels, negotiated beforehand (W3C `RTCDataChannelInit.negotiated`) under these labels."""

    CONTROL = "control"
    """Id 0. Reliable, in order."""
    LOOK = "look"
    """Id 1. Unordered, never sent again: a late glance is no glance."""
    TELEMETRY = "telemetry"
    """Id 2. Unordered, never sent again."""


CHANNEL_IDS: Final = {Channel.CONTROL: 0, Channel.LOOK: 1, Channel.TELEMETRY: 2}


class Word(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="t"):
    """One message. Fields that the reader doesn't know are ignored; it never prints its content."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class Look(Word, frozen=True, tag="look"):
    """App, on `look`: a tap is a target (`pan`, `tilt`), a swipe a velocity (`pan_speed`, `tilt_speed`)."""

    seq: Count
    at: Count
    """Milliseconds of the app's own monotonic clock when it was said."""
    pan: Number | None = None
    tilt: Number | None = None
    pan_speed: Number | None = None
    tilt_speed: Number | None = None


class Set(Word, frozen=True, tag="set"):
    """App, on `control`: everything that the student has chosen, each time, so that the newest is enough."""

    seq: Count
    hand: bool = False
    passive: bool = False
    whisper: bool = False
    mute: bool = False
    eyes: Eyes = Eyes.NEUTRAL
    volume: Annotated[int, Meta(ge=0, le=100)] = 50


class Done(Word, frozen=True, tag="done"):
    """Robot, on `control`: that `set` is what it shows now."""

    seq: Count


class Robot(Word, frozen=True, tag="robot"):
    """Robot, on `telemetry`, each second: how it really stands. It is also the robot's heartbeat."""

    lit: bool
    pan: float
    tilt: float
    hand: bool
    passive: bool
    whisper: bool
    mute: bool
    eyes: Eyes
    volume: int
    battery_percent: Annotated[int, Meta(ge=0, le=100)] | None = None
    signal_dbm: Annotated[int, Meta(ge=-140, le=0)] | None = None


class Beat(Word, frozen=True, tag="beat"):
    """App, on `telemetry`, each second: somebody is there."""


class Away(Word, frozen=True, tag="away"):
    """Either end, on `control`, in every kind of call: this page goes, and may be back at once."""


class Sends(Word, frozen=True, tag="sends"):
    """Either end, on `control`, in `video` and `audio` calls: whether its camera and its microphone are on."""

    camera: bool
    microphone: bool


Said = Look | Set | Done | Robot | Beat | Bye | Away | Sends
_decoder: Final[msgspec.json.Decoder[Said]] = msgspec.json.Decoder(Said)


def encode(word: Word | Bye) -> str:
    """A message as the text that goes over its channel."""
    return msgspec.json.encode(word).decode()


def decode(text: str | bytes) -> Said | None:
    """What came, or None: another type, another shape, or too long. Nothing comes of it either way."""
    if len(text) > MESSAGE_BYTES:
        return None
    try:
        return _decoder.decode(text if isinstance(text, str) else text.decode())
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
