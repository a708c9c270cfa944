"""Support threads: a question and its answers, without any personal data unless somebody chooses to give some. Pure.

A thread is not joined to a robot, a device or a call (P-17). It is reached by a reference that its asker alone has.
Kept for a year after the last message; a thread of an active customer as long as they are one (P-28, P-29, P-33).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

KEPT_DAYS: Final = 365
TEXT_CHARACTERS: Final = 2000
MESSAGES_AT_MOST: Final = 200
_ALSO: Final = "\n\t\u200c\u200d"
"""Line ends, tabs, and the joiners of emoji and of scripts that need them."""


class By(StrEnum):
    """Who wrote a message. Staff have no names here."""

    ASKER = "asker"
    STAFF = "staff"


class SupportError(ValueError):
    """What was given isn't of a thread. Names the rule, never the value."""


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One message."""

    by: By
    day: int
    text: str


def checked_text(text: str) -> str:
    """The text without outer blanks. Raises SupportError."""
    bare = text.replace("\r\n", "\n").strip()
    if not 1 <= len(bare) <= TEXT_CHARACTERS:
        raise SupportError(f"a message has 1 to {TEXT_CHARACTERS} characters")
    if not all(one.isprintable() or one in _ALSO for one in bare):
        raise SupportError("a message has printable characters, line ends and tabs only")
    return bare


def is_over(last_day: int, *, today: int, is_customers: bool) -> bool:
    """Whether a thread whose last message is of that day has had its time."""
    return not is_customers and last_day < oldest_day(today)


def oldest_day(today: int) -> int:
    """Of which day a thread's last message is at least, if the thread is no customer's."""
    return today - KEPT_DAYS
