"""Writes the golden greetings: `python -m tests.golden.greetings.make`. Needed only when the layout changes.

Python and JavaScript must write the same octets, and take and refuse the same.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from client_sim.sealed.greetings import (
    CAPTION_CHARACTERS,
    HEAD_BYTES,
    TEXT_CHARACTERS,
    Greeting,
    Message,
    Picture,
    PictureHead,
    Removal,
    decode,
    encode,
    purpose_of,
)
from client_sim.sealed.post import PostPurpose

HERE = Path(__file__).parent
JPEG = b"\xff\xd8\xff\xe0 no more than a beginning"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "
UNTIL = 1_798_761_600
GREETINGS: tuple[Greeting, ...] = (
    Picture(PictureHead(10, UNTIL, "image/jpeg", "Midsommar på Öland 🌼"), JPEG),
    Picture(PictureHead(5, 0, "image/webp"), WEBP),
    Picture(PictureHead(60, 2**53 - 1, "image/jpeg", "ö" * CAPTION_CHARACTERS), JPEG),
    Message(10, UNTIL, "Vi kommer på söndag!\nKram, Anna"),
    Message(5, 0, "🌼" * TEXT_CHARACTERS),
    Removal("QEFCQ0RFRkdISUpLTE1OTw"),
)


def content(head: str | bytes, octets: bytes = b"", *, length: int | None = None) -> bytes:
    """A greeting as somebody else may write it."""
    text = head.encode() if isinstance(head, str) else head
    return (len(text) if length is None else length).to_bytes(2, "big") + text + octets


P, M = PostPurpose.PICTURE, PostPurpose.MESSAGE
FOREIGN = (
    (P, content('{"colour":"blue","until":9,"t":"picture","type":"image/jpeg","show_seconds":7}', JPEG)),
    (M, content(' { "text" : " . " , "show_seconds" : 5 , "until" : 0 , "t" : "message" } ')),
    (M, content('{"t":"removal","removes":"QEFCQ0RFRkdISUpLTE1OTw","why":"no more"}')),
)
"""What another program, or a later version, may say in its own way."""

_MESSAGE = '{{"t":"message","show_seconds":{},"until":{},"text":{}}}'
_PICTURE = '{{"t":"picture","show_seconds":10,"until":{},"type":{},"caption":{}}}'
REFUSED = (
    (M, b""),
    (M, b"\0"),
    (M, content("")),
    (M, content("null")),
    (M, content("7")),
    (M, content("[1]")),
    (M, content("{}")),
    (M, content('{"t":"song"}')),
    (M, content("[" * 2000)),
    (M, content(b'\xef\xbb\xbf{"t":"removal","removes":"QEFCQ0RFRkdISUpLTE1OTw"}')),
    (M, content(b'{"t":"message","show_seconds":10,"until":1,"text":"\xff"}')),
    (M, content(_MESSAGE.format(10, 1, '"cut"'), length=80)),
    (M, content(_MESSAGE.format(10, 1, '"more"'), b"x")),
    (M, content(_MESSAGE.format(4, 1, '"short"'))),
    (M, content(_MESSAGE.format(61, 1, '"long"'))),
    (M, content(_MESSAGE.format(10.5, 1, '"half"'))),
    (M, content(_MESSAGE.format('"10"', 1, '"text"'))),
    (M, content(_MESSAGE.format(10, -1, '"before"'))),
    (M, content(_MESSAGE.format(10, 2**53, '"for ever"'))),
    (M, content(_MESSAGE.format(10, "null", '"some day"'))),
    (M, content(_MESSAGE.format(10, 1, '""'))),
    (M, content(_MESSAGE.format(10, 1, '" \\n "'))),
    (M, content(_MESSAGE.format(10, 1, "null"))),
    (M, content(_MESSAGE.format(10, 1, '"a\\u0007b"'))),
    (M, content(_MESSAGE.format(10, 1, '"a\\tb"'))),
    (M, content(_MESSAGE.format(10, 1, '"a\\u0085b"'))),
    (M, content(_MESSAGE.format(10, 1, '"a\\u202eb"'))),
    (M, content(_MESSAGE.format(10, 1, '"a\\ud800b"'))),
    (M, content(_MESSAGE.format(10, 1, json.dumps("x" * (TEXT_CHARACTERS + 1))))),
    (M, content(_MESSAGE.format(10, 1, '"pad"') + " " * HEAD_BYTES)),
    (M, content('{"t":"message","show_seconds":10,"until":1}')),
    (M, content('{"t":"removal"}')),
    (M, content('{"t":"removal","removes":"short"}')),
    (M, content('{"t":"removal","removes":7}')),
    (M, content(_PICTURE.format(1, '"image/jpeg"', '"in a post for words"'), JPEG)),
    (P, content(_MESSAGE.format(10, 1, '"in a post for pictures"'))),
    (P, content('{"t":"removal","removes":"QEFCQ0RFRkdISUpLTE1OTw"}')),
    (PostPurpose.VOUCHING, content(_MESSAGE.format(10, 1, '"in a voucher"'))),
    (P, content(_PICTURE.format(1, '"image/jpeg"', '"nothing"'))),
    (P, content(_PICTURE.format(1, '"image/jpeg"', '"another kind"'), WEBP)),
    (P, content(_PICTURE.format(1, '"image/webp"', '"another kind"'), JPEG)),
    (P, content(_PICTURE.format(1, '"image/webp"', '"a sound"'), b"RIFF\x10\x00\x00\x00WAVEfmt ")),
    (P, content(_PICTURE.format(1, '"image/svg+xml"', '"a program"'), b"<svg>")),
    (P, content(_PICTURE.format(1, '"toString"', '"no kind"'), JPEG)),
    (P, content(_PICTURE.format(1, '"image/jpeg"', json.dumps("x" * (CAPTION_CHARACTERS + 1))), JPEG)),
    (P, content(_PICTURE.format(1, '"image/jpeg"', "null"), JPEG)),
    (P, content(_PICTURE.format(1, '"image/jpeg"', '"a\\u0000b"'), JPEG)),
)


def told(greeting: Greeting) -> dict[str, Any]:
    """As JavaScript has it."""
    if isinstance(greeting, Picture):
        head = msgspec.to_builtins(greeting.head)
        return {**head, "caption": greeting.head.caption, "octets": greeting.octets.hex()}
    said: dict[str, Any] = msgspec.to_builtins(greeting)
    return said


def _post(purpose: PostPurpose, written: bytes) -> dict[str, Any]:
    return {"purpose": purpose.value, "content": written.hex(), "says": told(decode(written, purpose))}


def greetings() -> dict[str, Any]:
    """All of them."""
    return {
        "written": [_post(purpose_of(one), encode(one)) for one in GREETINGS],
        "foreign": [_post(purpose, written) for purpose, written in FOREIGN],
        "refused": [{"purpose": purpose.value, "content": written.hex()} for purpose, written in REFUSED],
    }


if __name__ == "__main__":
    text = json.dumps(greetings(), ensure_ascii=False, indent=1)
    (HERE / "greetings.json").write_text(text + "\n", encoding="utf-8")
