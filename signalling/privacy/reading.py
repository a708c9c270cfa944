"""What staff may read of people and customers, and what for: closed lists. Pure; the lines are kept by the store.

A read without one of its record's purposes is refused. There is no purpose that fits everything, and none is "other".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from signalling.privacy.declaring import DAY_SECONDS, TERMS, Kept

NAME_AT_MOST: Final = 60
KEPT_MINUTES: Final = (TERMS[Kept.READS].seconds or 0) // 60
"""How long the line of a read is kept."""
DAY_MINUTES: Final = DAY_SECONDS // 60


class ReadingError(ValueError):
    """A read that may not be. The message is the rule."""


class Record(StrEnum):
    """What was read."""

    PROFILE = "profile"
    CUSTOMER = "customer"
    DEVICES = "devices"
    USAGE = "usage"
    AV1_LOG = "av1_log"
    HOLDS = "holds"
    REQUEST = "request"
    THREAD = "support_thread"
    LIST_ENTRY = "list_entry"
    EXPORT = "export"
    """All that is stored, taken out to answer a request."""
    UNBLOCKING = "unblocking"
    """A robot through which somebody tried to record takes visits again: no read, and as much staff's to answer for."""
    READS = "staff_reads"
    """The lines themselves, with the names of staff."""


class ReadPurpose(StrEnum):
    """What for."""

    SUPPORT = "support"
    PROACTIVE_SUPPORT = "proactive_support"
    INVOICING = "invoicing"
    SECURITY = "security"
    DELIVERY = "delivery"
    MAILING = "mailing"
    """To write to those who asked for it."""
    SUBJECT_REQUEST = "subject_request"
    """To answer what somebody asked about their own data."""
    LEGAL = "legal"
    """An outstanding sum, a claim, or an authority's order."""


_CUSTOMERS: Final = frozenset(ReadPurpose) - {ReadPurpose.MAILING, ReadPurpose.PROACTIVE_SUPPORT}
_RIGHTS: Final = frozenset({ReadPurpose.SUBJECT_REQUEST, ReadPurpose.SECURITY})

ALLOWED: Final[Mapping[Record, frozenset[ReadPurpose]]] = MappingProxyType(
    {
        Record.PROFILE: frozenset({ReadPurpose.SUPPORT, ReadPurpose.SECURITY}),  # the policy's own two (P-13)
        Record.CUSTOMER: _CUSTOMERS,
        Record.DEVICES: _CUSTOMERS | {ReadPurpose.PROACTIVE_SUPPORT},
        Record.USAGE: frozenset({ReadPurpose.SUPPORT, ReadPurpose.PROACTIVE_SUPPORT, ReadPurpose.INVOICING}),
        Record.AV1_LOG: frozenset(
            {ReadPurpose.SUPPORT, ReadPurpose.PROACTIVE_SUPPORT, ReadPurpose.INVOICING, ReadPurpose.SECURITY}
        ),  # the policy's own four (P-19)
        Record.HOLDS: frozenset({ReadPurpose.INVOICING, ReadPurpose.LEGAL, ReadPurpose.SUBJECT_REQUEST}),
        Record.REQUEST: _RIGHTS,
        Record.THREAD: frozenset({ReadPurpose.SUPPORT, ReadPurpose.SECURITY, ReadPurpose.SUBJECT_REQUEST}),
        Record.LIST_ENTRY: frozenset({ReadPurpose.MAILING}),
        Record.EXPORT: frozenset({ReadPurpose.SUBJECT_REQUEST}),
        Record.UNBLOCKING: frozenset({ReadPurpose.SUPPORT, ReadPurpose.SECURITY}),
        Record.READS: _RIGHTS,
    }
)
"""For each record its purposes, and no others."""


@dataclass(frozen=True, slots=True, repr=False)
class Looking:
    """Who of staff looks, and what for."""

    operator: str
    purpose: ReadPurpose

    def __post_init__(self) -> None:
        """Raises ReadingError."""
        name = self.operator
        if not name.strip() or name != name.strip() or len(name) > NAME_AT_MOST or not name.isprintable():
            raise ReadingError(f"an operator's name has 1 to {NAME_AT_MOST} printable characters, no outer blanks")


@dataclass(frozen=True, slots=True, repr=False)
class Read:
    """The line of one read."""

    record: Record
    purpose: ReadPurpose
    minute: int
    """Minutes since 1970-01-01."""
    operator: str
    """A name of staff: told to whoever answers for them, masked for the person (C-579/21)."""


def check_purpose(looking: Looking, record: Record) -> None:
    """Raises ReadingError where that record isn't read for that purpose."""
    if looking.purpose not in ALLOWED[record]:
        allowed = ", ".join(sorted(ALLOWED[record]))
        raise ReadingError(f"this is read for one of these purposes: {allowed}")
