"""What a person may ask about their own data, how it is decided, and by when (P-34, P-35): closed lists, no I/O."""

import calendar
import datetime as dt
from enum import StrEnum
from typing import Final

TOLD_KEPT_DAYS: Final = 30
"""A request stays so long after its answer was told: time to read it again, or to object."""
DECIDED_KEPT_DAYS: Final = 365
"""And so long after it was decided if nobody ever fetched the answer."""
TEXT_AT_MOST: Final = 2000
"""Characters of what somebody says beside a request, and of an answer's words."""
_EPOCH: Final = dt.date(1970, 1, 1)


class RequestKind(StrEnum):
    """Which right is used (GDPR articles 15, 16, 17, 18 and 21)."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"


class CameBy(StrEnum):
    """Which way it came."""

    APP = "app"
    FORM = "form"


class Outcome(StrEnum):
    """How it was decided."""

    GRANTED = "granted"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why it was refused. Told to whoever asked, beside an answer in words."""

    KEPT = "kept"
    """A hold or a law keeps the data; the answer names which."""
    NOT_IDENTIFIED = "not_identified"
    """It can't be told that the data are the asker's."""
    NOTHING_THERE = "nothing_there"
    """Nothing is stored about the asker."""
    OTHERS_RIGHTS = "others_rights"
    """It would take from somebody else's rights."""
    EXCESSIVE = "excessive"
    """Manifestly unfounded, or the same again and again."""


def due_day(day: int) -> int:
    """One month after that day, counted from 1970-01-01; the month's last day where it has no such day."""
    came = _EPOCH + dt.timedelta(days=day)
    year, month = (came.year + 1, 1) if came.month == 12 else (came.year, came.month + 1)
    last = calendar.monthrange(year, month)[1]
    return (dt.date(year, month, min(came.day, last)) - _EPOCH).days
