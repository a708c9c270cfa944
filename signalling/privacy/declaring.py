"""What a declaration of the data map is made of: whose, what for, on what basis, how long, who reads, what erases it.

Closed lists. A promise that is not one of these can't be declared, and what isn't declared can't be stored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

DAY_SECONDS: Final = 86_400


class Subject(StrEnum):
    """Whom a value is about."""

    PERSON = "a user of the Komp app"
    CUSTOMER = "a customer"
    DEVICE = "a device; it is registered to a customer"
    WRITER = "somebody who writes to us, with an account or without"
    NOBODY = "nobody"


class Basis(StrEnum):
    """The legal basis (GDPR article 6(1))."""

    CONSENT = "consent, 6(1)(a)"
    CONTRACT = "contract, 6(1)(b)"
    LAW = "legal obligation, 6(1)(c)"
    INTEREST = "legitimate interest in security, 6(1)(f)"
    NONE = "none needed: no personal data"


class Reader(StrEnum):
    """Who can read it. Nobody is not in the list: then it is empty."""

    SELF = "the person or customer themselves"
    CIRCLE = "members of the same Komp, on the same side"
    DEVICE = "the device"
    ENDS = "the ends it is sealed for, and nobody between"
    OPERATOR = "technical staff under obligation of secrecy"
    ANYONE = "anyone"


class Export(StrEnum):
    """Whether a person who asks for their data is given it (GDPR article 15)."""

    GIVEN = "given"
    MASKED = "given, with other people's part masked"
    TECHNICAL = "not given: a key, a hash or a counter that says nothing by itself"
    SEALED = "not given: the server can't open it; the person's own app has it"
    NOT_ABOUT_ANYBODY = "not given: about nobody"


class Kept(StrEnum):
    """How long."""

    CALL = "call"
    SESSION = "session"
    TOMBSTONE = "tombstone"
    CHANGES = "changes"
    CODE = "code"
    MINUTE = "minute"
    TODAY = "today"
    WEEK = "week"
    PROFILE = "profile"
    MEMBERSHIP = "membership"
    DEVICE = "device"
    AGREEMENT = "agreement"
    BOOKS = "books"
    HOLD = "hold"
    REQUEST = "request"
    BACKUPS = "backups"
    AV1_LOG = "av1_log"
    AV1_USAGE = "av1_usage"
    LOG = "log"
    FOR_GOOD = "for_good"
    CONSENT = "consent"
    SUPPORT = "support"
    READS = "reads"


class Eraser(StrEnum):
    """What erases it. A test holds that each of them is there, and erases."""

    CALL = "the end of the call, and the sweeper (signalling.service.calls, .sweeper)"
    SESSION = "the end of the session (signalling.service.hub)"
    TOMBSTONES = "the sweeper of calls (signalling.service.sweeper)"
    PERSON = "erase_people (signalling.store.erasing)"
    CIRCLE = "forget_circle (signalling.store.erasing)"
    CUSTOMER = "Customers.remove (signalling.store.customers)"
    AGREEMENT = "Agreements.end (signalling.store.agreements)"
    MEMBERSHIP = "Memberships.remove (signalling.store.memberships)"
    POSTS = "the retention run: posts"
    INVITATIONS = "the retention run: invitations"
    PROFILES = "the retention run: profiles without a Komp"
    CHANGES = "the retention run: changes"
    BOOKS = "the retention run: books"
    REQUESTS = "the retention run: requests"
    HOLDS = "Holds.lift (signalling.store.holds)"
    LIFTED = "the retention run: erasures that a hold kept back"
    ERASURE_LOG = "the retention run: the log of erasures"
    AV1_LOG = "the retention run: the AV1 log"
    AV1_USAGE = "the retention run: summed minutes"
    WITHDRAWAL = "Lists.withdraw (signalling.store.lists)"
    THREAD = "SupportThreads.erase (signalling.store.support)"
    THREADS = "the retention run: support threads"
    READS = "the retention run: staff reads"
    PROCESS = "the end of the process"
    OPERATOR = "the operator's rotation of logs"
    NOTHING = "nothing: it names nobody"


@dataclass(frozen=True, slots=True)
class Term:
    """A period in words, and in seconds where it is one."""

    words: str
    seconds: int | None = None


TERMS: Final[Mapping[Kept, Term]] = MappingProxyType(
    {
        Kept.CALL: Term("until the call ends; gone within 1 s of it", 1),
        Kept.SESSION: Term("while the app or device is connected"),
        Kept.TOMBSTONE: Term("10 minutes, in memory", 600),
        Kept.CHANGES: Term("10 minutes", 600),
        Kept.CODE: Term("until used, 10 minutes at most, in memory", 600),
        Kept.MINUTE: Term("a minute after the last request, in memory", 60),
        Kept.TODAY: Term("until the day (UTC) is over, in memory", DAY_SECONDS),
        Kept.WEEK: Term("until used, fetched or withdrawn, 7 days at most", 7 * DAY_SECONDS),
        Kept.PROFILE: Term(
            "until the profile is closed, or its last Komp is reset, or 30 days without any Komp", 30 * DAY_SECONDS
        ),
        Kept.MEMBERSHIP: Term("until the person or the Komp leaves, or the Komp is reset"),
        Kept.DEVICE: Term("until the device is reset, returned or removed"),
        Kept.AGREEMENT: Term("while the agreement lives"),
        Kept.BOOKS: Term("5 years (Norwegian bookkeeping law)"),
        Kept.HOLD: Term("while the sum is outstanding or the claim is open"),
        Kept.REQUEST: Term(
            "until 30 days after it is answered, or the person is erased; 365 days after the decision at most"
        ),
        Kept.BACKUPS: Term("as long as a backup may be restored (NARVARO_BACKUP_DAYS)"),
        Kept.AV1_LOG: Term("90 days, unless NARVARO_AV1_LOG_DAYS says otherwise", 90 * DAY_SECONDS),
        Kept.AV1_USAGE: Term("13 months after the last use of that month", 396 * DAY_SECONDS),
        Kept.LOG: Term("as the operator rotates logs, 90 days advised", 90 * DAY_SECONDS),
        Kept.FOR_GOOD: Term("for good: it names nobody"),
        Kept.CONSENT: Term("until the consent is withdrawn, in one step"),
        Kept.SUPPORT: Term(
            "1 year after the last message, or until its asker erases it; a customer's while the agreement lives",
            365 * DAY_SECONDS,
        ),
        Kept.READS: Term("1 year, or until whom it is about is erased", 365 * DAY_SECONDS),
    }
)


@dataclass(frozen=True, slots=True)
class Activity:
    """One purpose for which values are kept together: an entry of the Article 30 record."""

    key: str
    purpose: str
    subject: Subject
    basis: Basis
    kept: Kept
    erasers: tuple[Eraser, ...]
    readers: tuple[Reader, ...]
    processor: str = "hosting"
    """A name in the register of processors."""

    @property
    def is_personal(self) -> bool:
        """Whether any of it is personal data."""
        return self.basis is not Basis.NONE


@dataclass(frozen=True, slots=True)
class Declaration:
    """One stored column, field of memory, log field, label or field that a processor is sent."""

    name: str
    what: str
    activity: Activity
    export: Export
    kept: Kept
    sealed: str | None = None
    """Under whose key it is sealed; None: in clear, or not by us."""

    @property
    def is_personal(self) -> bool:
        """Whether it is personal data: about somebody, by itself or with what lies beside it."""
        return self.activity.is_personal and self.export is not Export.NOT_ABOUT_ANYBODY


Fields = Mapping[str, tuple[str, Export] | tuple[str, Export, str]]
"""Name to what it is, whether it is exported, and under whose key it is sealed."""


def declared(prefix: str, activity: Activity, fields: Fields, kept: Kept | None = None) -> Iterator[Declaration]:
    """The declarations of one table, class, event or processor."""
    for name, (what, export, *sealed) in fields.items():
        under = sealed[0] if sealed else None
        yield Declaration(f"{prefix}.{name}", what, activity, export, kept or activity.kept, under)
