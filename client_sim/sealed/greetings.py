"""What pictures and messages for a screen hold, inside their sealed posts (docs/reference/protocol.md, section 10).

A head as JSON, and after it the octets of a picture where there is one. A post of purpose `picture` holds a `Picture`;
one of purpose `message` a `Message`, or a `Removal` of either. Words and pictures of a family never print.
"""

import unicodedata
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from client_sim.sealed.post import POST_BYTES, PostPurpose
from signalling.protocol.fields import Key128

HEAD_BYTES: Final = 4096
CAPTION_CHARACTERS: Final = 200
TEXT_CHARACTERS: Final = 500
LEAST_SECONDS, MOST_SECONDS = 5, 60
"""For how long one may be shown each time."""
SHOWN_AT_MOST_SECONDS: Final = 28 * 86_400
"""However late its end is said to be, a screen shows nothing for longer than four weeks after it was taken."""
GREETING_PURPOSES: Final = frozenset({PostPurpose.PICTURE, PostPurpose.MESSAGE})
LONGEST_SIDE: Final = 1920
"""Pixels of a picture's longer side, as a sending page makes it."""

_LENGTH_BYTES: Final = 2

Shown = Annotated[int, Meta(ge=LEAST_SECONDS, le=MOST_SECONDS, description="seconds of each showing")]
Until = Annotated[int, Meta(ge=0, le=2**53 - 1, description="Unix time in seconds; not shown from then on")]


class GreetingError(ValueError):
    """The post opened, and what stood in it is for no screen; the message names the rule."""


class _Head(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="t"):
    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class PictureHead(_Head, frozen=True, tag="picture"):
    """What is said of a picture; its octets follow."""

    show_seconds: Shown
    until: Until
    type: Literal["image/jpeg", "image/webp"]
    caption: Annotated[str, Meta(max_length=CAPTION_CHARACTERS)] = ""


class Message(_Head, frozen=True, tag="message"):
    """Words for the screen."""

    show_seconds: Shown
    until: Until
    text: Annotated[str, Meta(min_length=1, max_length=TEXT_CHARACTERS)]


class Removal(_Head, frozen=True, tag="removal"):
    """Take that post of the same person's down, also if it comes only later."""

    removes: Key128


class Picture(msgspec.Struct, frozen=True):
    """A picture and what is said of it."""

    head: PictureHead
    octets: bytes

    def __repr__(self) -> str:
        return "Picture(…)"


Greeting = Picture | Message | Removal

_decoder: Final[msgspec.json.Decoder[PictureHead | Message | Removal]] = msgspec.json.Decoder(
    PictureHead | Message | Removal
)
_BEGINNINGS: Final = {"image/jpeg": b"\xff\xd8\xff", "image/webp": b"RIFF"}


def purpose_of(greeting: Greeting) -> PostPurpose:
    """Under which purpose it is sealed."""
    return PostPurpose.PICTURE if isinstance(greeting, Picture) else PostPurpose.MESSAGE


def encode(greeting: Greeting) -> bytes:
    """As it is sealed. Raises GreetingError where it couldn't be read again."""
    head, octets = (greeting.head, greeting.octets) if isinstance(greeting, Picture) else (greeting, b"")
    text = msgspec.json.encode(head)
    content = len(text).to_bytes(_LENGTH_BYTES, "big") + text + octets
    decode(content, purpose_of(greeting))
    return content


def decode(content: bytes, purpose: PostPurpose) -> Greeting:
    """What a post of that purpose held. Raises GreetingError."""
    length = int.from_bytes(content[:_LENGTH_BYTES], "big")
    head = _head(content[_LENGTH_BYTES : _LENGTH_BYTES + length])
    octets = content[_LENGTH_BYTES + length :]
    if len(content) < _LENGTH_BYTES + length or len(content) > POST_BYTES:
        raise GreetingError("a greeting is the length of its head, its head, and a picture's octets")
    if isinstance(head, PictureHead):
        if purpose is not PostPurpose.PICTURE or not _begins_as(octets, head.type):
            raise GreetingError("a picture is a JPEG or a WebP, in a post for pictures")
        _check_words(head.caption)
        return Picture(head, octets)
    if purpose is not PostPurpose.MESSAGE or octets:
        raise GreetingError("words and removals have no octets, and stand in a post for messages")
    if isinstance(head, Message):
        _check_words(head.text)
        if not head.text.strip(" \n"):
            raise GreetingError("a message says something")
    return head


def _head(text: bytes) -> PictureHead | Message | Removal:
    if len(text) <= HEAD_BYTES:
        try:
            return _decoder.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
    raise GreetingError("a greeting's head is JSON of the documented shape")


def _begins_as(octets: bytes, content_type: str) -> bool:
    begins = octets.startswith(_BEGINNINGS[content_type])
    return begins and (content_type != "image/webp" or octets[8:12] == b"WEBP")


def _check_words(text: str) -> None:
    """Lines of text: no other control character, and nothing that turns the direction of what stands around it."""
    if any(letter != "\n" and unicodedata.category(letter) == "Cc" for letter in text) or _turns(text):
        raise GreetingError("words are lines of text")


def _turns(text: str) -> bool:
    return any("\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069" for letter in text)
