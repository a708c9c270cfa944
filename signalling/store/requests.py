"""Subject requests: kept sealed, each under a key of its own, until decided, told, and over (P-34, P-35, P-52).

Whoever asks by e-mail is not looked up when they ask: only an operator who reviews the request is shown whose it is.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update

from signalling.privacy.requests import (
    DECIDED_KEPT_DAYS,
    TOLD_KEPT_DAYS,
    CameBy,
    Outcome,
    Refusal,
    RequestKind,
    due_day,
)
from signalling.store import envelope
from signalling.store.addresses import Addresses
from signalling.store.agreements import erase_customer
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope, Place, SubjectKey
from signalling.store.erasing import erase_people, erase_requests
from signalling.store.holds import kept_back, reasons_of
from signalling.store.lists import erase_entries
from signalling.store.rows import day_of, fresh_id, locked_people
from signalling.store.support import erase_threads, threads_free_of
from signalling.store.tables import subject_requests
from signalling.vocabulary import PartyId

OPEN_AT_MOST: Final = 5
"""Undecided requests of one person."""
FORMS_AT_MOST: Final = 1000
"""Undecided requests by the form, of all: beyond that it is closed to everybody alike."""


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """A request as its operator, or the person who made it, sees it. Days are counted from 1970-01-01."""

    request: str
    kind: RequestKind
    came_by: CameBy
    subject: str | None
    """Whose data, as in `signalling.store.envelope`; None: it came by e-mail."""
    received_day: int
    due_day: int
    outcome: Outcome | None
    reason: Refusal | None
    decided_day: int | None
    told_day: int | None
    email: str | None = None
    text: str | None = None
    answer: str | None = None


class Requests:
    """Takes, decides and tells requests."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys
        self._addresses = Addresses(database, keys)

    async def ask(self, party: PartyId, kind: RequestKind, text: str | None, *, now: float) -> Request | None:
        """A person's own, from the app. None: no profile, or too many that aren't decided yet."""
        subject = envelope.person(party)
        async with self._database.changing(now=now) as work:
            if not await locked_people(work, [party]):
                return None
            if await _count(work, subject_requests.c.subject == subject) >= OPEN_AT_MOST:
                return None
            return await self._put(work, kind, CameBy.APP, subject=subject, email=None, text=text)

    async def ask_by_form(self, email: str, kind: RequestKind, text: str | None, *, now: float) -> Request | None:
        """Anybody's, with an e-mail address only. Nobody is looked up. None: too many wait, whoever they are of."""
        async with self._database.changing(now=now) as work:
            if await _count(work, subject_requests.c.came_by == CameBy.FORM) >= FORMS_AT_MOST:
                return None
            return await self._put(work, kind, CameBy.FORM, subject=None, email=email, text=text)

    async def of(self, party: PartyId, *, now: float) -> list[Request]:
        """A person's own, oldest first. What is decided counts as told from now on."""
        mine = subject_requests.c.subject == envelope.person(party)
        untold = and_(mine, subject_requests.c.decided_day.is_not(None), subject_requests.c.told_day.is_(None))
        found = await self._found(mine)
        if any(one.decided_day is not None and one.told_day is None for one in found):
            async with self._database.changing() as work:
                await work.connection.execute(update(subject_requests).where(untold).values(told_day=day_of(now)))
        return found

    async def all(self) -> list[Request]:
        """Every request, the most urgent first."""
        return await self._found()

    async def get(self, request: str) -> Request | None:
        """That request."""
        found = await self._found(subject_requests.c.request == request)
        return found[0] if found else None

    async def about(self, request: Request) -> list[str]:
        """Whose data it is about: the asker's own, or those that the address leads to, for whoever reviews it.

        Subjects as keys are named: `person:…`, `customer:…`, `listed:…`, `thread:…`, earlier requests as `request:…`.
        """
        if request.subject is not None:
            return [request.subject]
        found = await self._addresses.subjects(request.email) if request.email is not None else []
        return [one for one in found if one != envelope.request(request.request)]

    async def grant(self, request: Request, answer: str | None, *, now: float) -> Outcome | None:
        """Grant it; an erasure is done in the same transaction. None: decided already, or gone.

        Where a hold keeps some of what shall be erased, it is refused with the hold's reasons, and erased once that is
        over; the rest is erased now. Where there is nothing to erase, it is refused as that.
        """
        subjects = await self.about(request)
        people = [name for kind, _, name in (one.partition(":") for one in subjects) if kind == envelope.PERSON]
        async with self._database.changing(now=now, erases=True) as work:
            await locked_people(work, people)
            if not await _lock_open(work, request):
                return None
            if request.kind is RequestKind.ERASURE:
                if not subjects:
                    await self._decide(work, request, Outcome.REFUSED, Refusal.NOTHING_THERE, answer)
                    return Outcome.REFUSED
                held = await self._erase(work, subjects)
                if held:
                    await self._decide(work, request, Outcome.REFUSED, Refusal.KEPT, ", ".join(held))
                    return Outcome.REFUSED
            await self._decide(work, request, Outcome.GRANTED, None, answer)
        return Outcome.GRANTED

    async def refuse(self, request: Request, reason: Refusal, answer: str, *, now: float) -> bool:
        """Refuse it, with a reason and words. False: decided already, or gone."""
        async with self._database.changing(now=now) as work:
            if not await _lock_open(work, request):
                return False
            await self._decide(work, request, Outcome.REFUSED, reason, answer)
        return True

    async def told(self, request: str, *, now: float) -> bool:
        """Whoever asked by the form has been written to. False: not decided, or told already."""
        mine = and_(
            subject_requests.c.request == request,
            subject_requests.c.decided_day.is_not(None),
            subject_requests.c.told_day.is_(None),
        )
        async with self._database.changing() as work:
            changed = update(subject_requests).where(mine).values(told_day=day_of(now))
            return (await work.connection.execute(changed)).rowcount == 1

    async def overdue(self, *, now: float) -> int:
        """How many are past their day: not decided, or decided and whoever wrote by the form not told."""
        waits = or_(
            subject_requests.c.decided_day.is_(None),
            and_(subject_requests.c.came_by == CameBy.FORM, subject_requests.c.told_day.is_(None)),
        )
        late = select(func.count()).select_from(subject_requests)
        async with self._database.reading() as connection:
            found = await connection.execute(late.where(waits, subject_requests.c.due_day < day_of(now)))
            return int(found.scalar_one())

    async def sweep(self, *, now: float, at_most: int) -> int:
        """Erase those that are over, with their keys; how many."""
        today, table = day_of(now), subject_requests
        over = or_(table.c.told_day < today - TOLD_KEPT_DAYS, table.c.decided_day < today - DECIDED_KEPT_DAYS)
        wanted = select(table.c.request).where(over).limit(at_most)
        async with self._database.reading() as connection:
            if not (await connection.execute(wanted)).all():
                return 0
        async with self._database.changing(now=now, erases=True) as work:
            free = await work.connection.execute(wanted.with_for_update(skip_locked=True))
            return await erase_requests(work, self._keys, free.scalars().all())

    async def _put(
        self,
        work: Work,
        kind: RequestKind,
        came_by: CameBy,
        *,
        subject: str | None,
        email: str | None,
        text: str | None,
    ) -> Request:
        name, today = fresh_id(), day_of(work.now)
        key = await self._keys.new(work.connection, envelope.request(name))
        await work.connection.execute(
            insert(subject_requests).values(
                request=name,
                subject=subject,
                kind=kind,
                came_by=came_by,
                received_day=today,
                due_day=due_day(today),
                sealed_email=_sealed(key, "sealed_email", name, email),
                sealed_text=_sealed(key, "sealed_text", name, text),
            )
        )
        return Request(name, kind, came_by, subject, today, due_day(today), None, None, None, None, email, text)

    async def _found(self, *conditions: ColumnElement[bool]) -> list[Request]:
        wanted = select(subject_requests).where(*conditions).order_by(subject_requests.c.due_day)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).all()
            keys = await self._keys.keys(connection, [envelope.request(row.request) for row in rows])
        return [_request(row, keys[envelope.request(row.request)]) for row in rows]

    async def _erase(self, work: Work, subjects: Sequence[str]) -> list[str]:
        """Erase those that no hold keeps: the reasons why the others are kept."""
        kept = await kept_back(work, subjects)
        named: dict[str, list[str]] = defaultdict(list)
        for subject in subjects:
            kind, _, name = subject.partition(":")
            if subject not in kept:
                named[kind].append(name)
        for customer in named[envelope.CUSTOMER]:
            await erase_customer(work, self._keys, customer)
        await erase_people(work, self._keys, await locked_people(work, named[envelope.PERSON]))
        await erase_entries(work, self._keys, named[envelope.LISTED])
        await erase_threads(work, self._keys, await threads_free_of(work, named[envelope.THREAD], kept))
        await erase_requests(work, self._keys, await _told_among(work, named[envelope.REQUEST]))
        return sorted({reason.value for one in kept for reason in await reasons_of(work, one)})

    async def _decide(
        self, work: Work, request: Request, outcome: Outcome, reason: Refusal | None, answer: str | None
    ) -> None:
        """Nothing is left to note where the request went with the person whom it had erased."""
        key = await self._keys.key(work.connection, envelope.request(request.request))
        if key is None:
            return
        await work.connection.execute(
            update(subject_requests)
            .where(subject_requests.c.request == request.request)
            .values(
                outcome=outcome,
                reason=reason,
                decided_day=day_of(work.now),
                sealed_answer=_sealed(key, "sealed_answer", request.request, answer),
            )
        )


async def _count(work: Work, condition: ColumnElement[bool]) -> int:
    waiting = select(func.count()).select_from(subject_requests)
    found = await work.connection.execute(waiting.where(condition, subject_requests.c.decided_day.is_(None)))
    return int(found.scalar_one())


async def _told_among(work: Work, names: Sequence[str]) -> Sequence[str]:
    """Those that were answered: one that waits is answered first."""
    answered = and_(subject_requests.c.request.in_(names), subject_requests.c.told_day.is_not(None))
    return (await work.connection.execute(select(subject_requests.c.request).where(answered))).scalars().all()


async def _lock_open(work: Work, request: Request) -> bool:
    """Whether it isn't decided yet; its row is held."""
    mine = select(subject_requests.c.decided_day).where(subject_requests.c.request == request.request)
    row = (await work.connection.execute(mine.with_for_update())).one_or_none()
    return row is not None and row.decided_day is None


def _sealed(key: SubjectKey, column: str, request: str, text: str | None) -> bytes | None:
    return key.seal_text(_place(column, request), text) if text is not None else None


def _request(row: Row[Any], key: SubjectKey) -> Request:
    def text(column: str) -> str | None:
        sealed = getattr(row, column)
        return key.open_text(_place(column, row.request), sealed) if sealed is not None else None

    return Request(
        row.request,
        RequestKind(row.kind),
        CameBy(row.came_by),
        row.subject,
        row.received_day,
        row.due_day,
        Outcome(row.outcome) if row.outcome is not None else None,
        Refusal(row.reason) if row.reason is not None else None,
        row.decided_day,
        row.told_day,
        text("sealed_email"),
        text("sealed_text"),
        text("sealed_answer"),
    )


def _place(column: str, request: str) -> Place:
    return Place("subject_requests", column, request)
