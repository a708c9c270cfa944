"""The keyword that links one app with one AV1: single use, seven days, and a new one cuts the old app off. Pure.

It asks for nothing about the child, and the app that uses it is a random key.
"""

from enum import StrEnum
from typing import Final

from signalling.people import codes

LIFETIME_SECONDS: Final = 7 * 86_400
KEYWORD_CHARACTERS: Final = 12
"""60 bits; guesses are counted at the door."""


class KeywordState(StrEnum):
    """What has become of a robot's keyword. Told to whoever may make a new one, and to nobody else."""

    NEW = "new"
    USED = "used"
    EXPIRED = "expired"


def state_of(*, is_used: bool, expires_at: float, now: float) -> KeywordState:
    """Where a keyword stands."""
    if is_used:
        return KeywordState.USED
    return KeywordState.NEW if now < expires_at else KeywordState.EXPIRED


def fresh_keyword(randomness: bytes) -> str:
    """A keyword to hand on: `ABCD-EFGH-JKMN`."""
    return codes.written(randomness, KEYWORD_CHARACTERS)


def read_keyword(typed: str) -> str | None:
    """The keyword that somebody typed, in the one form that is compared."""
    return codes.read(typed, KEYWORD_CHARACTERS)
