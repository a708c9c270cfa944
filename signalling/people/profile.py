"""What a profile is: a name, a phone number, a picture. Nothing else (P-10). Pure.

A student's app has none.
"""

import re
from dataclasses import dataclass
from typing import Final

NAME_CHARACTERS: Final = 60
PICTURE_BYTES: Final = 512 * 1024
ALONE_DAYS: Final = 30
"""A profile that has been linked with no Komp for so long goes: nobody is left who could see it."""

_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_PICTURES: Final = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}


class ProfileError(ValueError):
    """What was given isn't of a profile. Names the rule, never the value."""


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """What a person told of themselves."""

    name: str
    phone: str | None
    """E.164; None where the reader gets no number."""
    picture: str | None
    """SHA-256 of the picture, hexadecimal."""


def checked_name(text: str) -> str:
    """The name without outer blanks. Raises ProfileError."""
    name = text.strip()
    if not 1 <= len(name) <= NAME_CHARACTERS:
        raise ProfileError(f"a name has 1 to {NAME_CHARACTERS} characters")
    if not name.isprintable():
        raise ProfileError("a name has printable characters only")
    return name


def checked_phone(number: str) -> str:
    """The number itself, if it is written as E.164 (ITU-T): a plus and 7 to 15 digits. Raises ProfileError."""
    if _PHONE.fullmatch(number) is None:
        raise ProfileError("a phone number is a plus and 7 to 15 digits")
    return number


def picture_type(picture: bytes) -> str:
    """The media type that a picture's first bytes show. Raises ProfileError."""
    if len(picture) > PICTURE_BYTES:
        raise ProfileError(f"a picture has at most {PICTURE_BYTES} bytes")
    for media_type, signature in _PICTURES.items():
        if signature.match(picture):
            return media_type
    raise ProfileError("a picture is JPEG, PNG or WebP")
