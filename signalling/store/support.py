"""Support threads: sealed questions and answers, reached by a reference of which only a hash is kept.

A thread refers to no person, device, robot or call; to a customer only if the operator ties it to one. An e-mail
address is there only with a consent. Erased a year after the last message, on request at once, and with its customer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, or_, select, update

from signalling.people.lists import folded
from signalling.people.support import MESSAGES_AT_MOST, By, Message, oldest_day
from signalling.privacy.consent import Consent
from signalling.store import envelope
from signalling.store.consents import end, give
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope, Place, SubjectKey
from signalling.store.rows import day_of, fresh_id
from signalling.store.tables import customers, support_messages, support_threads

REFERENCE_BYTES = 24


@dataclass(frozen=True, slots=True, repr=False)
class Thread:
    """A thread as its asker and the operator read it."""

    thread: str
    messages: tuple[Message, ...]
    email: str | None
    customer: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thread in the operator's list: nothing of what it says."""

    thread: str
    last_day: int
    messages: int
    by: By
    """Who wrote last."""
    has_email: bool
    customer: str | None


class SupportThreads:
    """Opens, answers, ties and erases threads."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def open(self, question: str, *, address: tuple[str, Consent] | None = None, now: float) -> str:
        """A new thread; the reference that reaches it, told once. An address comes with its consent, or not at all."""
        name, reference, today = fresh_id(), fresh_id(REFERENCE_BYTES), day_of(now)
        async with self._database.changing(now=now) as work:
            key = await self._keys.new(work.connection, envelope.thread(name))
            ground = await give(work, address[1]) if address is not None else None
            sealed = key.seal_text(_email_place(name), address[0]) if address is not None else None
            await work.connection.execute(
                insert(support_threads).values(
                    thread=name,
                    reference=self._hashed(reference),
                    last_day=today,
                    consent=ground,
                    address_index=address_index(self._keys, address[0]) if address is not None else None,
                    sealed_email=sealed,
                )
            )
            await _write(work, key, name, 0, Message(By.ASKER, today, question))
        return reference

    async def read(self, reference: str, *, now: float) -> Thread | None:
        """The thread of that reference; None: unknown, erased or over."""
        return await self._read(support_threads.c.reference == self._hashed(reference), now=now)

    async def show(self, thread: str, *, now: float) -> Thread | None:
        """The same, for the operator, by the thread's id."""
        return await self._read(support_threads.c.thread == thread, now=now)

    async def customer_of(self, thread: str) -> str | None:
        """To which customer it is tied."""
        wanted = select(support_threads.c.customer).where(support_threads.c.thread == thread)
        async with self._database.reading() as connection:
            return (await connection.execute(wanted)).scalar_one_or_none()

    async def ask(self, reference: str, text: str, *, now: float) -> bool | None:
        """One more message of the asker. None: unknown, erased or over; False: the thread is full."""
        mine = support_threads.c.reference == self._hashed(reference)
        return await self._say(mine, By.ASKER, text, now=now)

    async def answer(self, thread: str, text: str, *, now: float) -> bool | None:
        """A message of the staff's. As `ask`."""
        return await self._say(support_threads.c.thread == thread, By.STAFF, text, now=now)

    async def erase(self, reference: str, *, now: float) -> bool:
        """Erase the thread of that reference at once (P-30). False: there is none."""
        return await self._erase(support_threads.c.reference == self._hashed(reference), now=now)

    async def remove(self, thread: str, *, now: float) -> bool:
        """The same, for somebody who asked the operator."""
        return await self._erase(support_threads.c.thread == thread, now=now)

    async def tie(self, thread: str, customer: str, *, now: float) -> bool:
        """From now on kept as long as that customer is one (P-33). False: no such thread, or no such customer."""
        async with self._database.changing(now=now) as work:
            is_there = select(customers.c.customer).where(customers.c.customer == customer).with_for_update()
            if (await work.connection.execute(is_there)).one_or_none() is None:
                return False
            tied = update(support_threads).where(support_threads.c.thread == thread, _is_kept(now))
            return (await work.connection.execute(tied.values(customer=customer))).rowcount == 1

    async def all(self, *, now: float) -> list[Waiting]:
        """Every thread, the one that has waited longest first."""
        last = (
            select(support_messages.c.thread, func.max(support_messages.c.place).label("place"))
            .group_by(support_messages.c.thread)
            .subquery()
        )
        wanted = (
            select(support_threads, support_messages.c.place, support_messages.c.by)
            .join(last, last.c.thread == support_threads.c.thread)
            .join(
                support_messages,
                and_(support_messages.c.thread == last.c.thread, support_messages.c.place == last.c.place),
            )
            .where(_is_kept(now))
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted.order_by(support_threads.c.last_day, support_threads.c.thread))
            return [
                Waiting(row.thread, row.last_day, row.place + 1, By(row.by), row.sealed_email is not None, row.customer)
                for row in rows
            ]

    async def sweep(self, *, now: float, at_most: int) -> int:
        """Erase those that have had their time; how many."""
        over = select(support_threads.c.thread).where(~_is_kept(now)).limit(at_most)
        async with self._database.reading() as connection:
            if not (await connection.execute(over)).all():
                return 0
        async with self._database.changing(now=now, erases=True) as work:
            free = await work.connection.execute(over.with_for_update(skip_locked=True))
            return await erase_threads(work, self._keys, free.scalars().all())

    async def _read(self, mine: ColumnElement[bool], *, now: float) -> Thread | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(support_threads).where(mine, _is_kept(now)))).one_or_none()
            key = await self._keys.key(connection, envelope.thread(row.thread)) if row is not None else None
            if row is None or key is None:
                return None
            said = select(support_messages).where(support_messages.c.thread == row.thread)
            rows = (await connection.execute(said.order_by(support_messages.c.place))).all()
        return _thread(row, rows, key)

    async def _say(self, mine: ColumnElement[bool], by: By, text: str, *, now: float) -> bool | None:
        today = day_of(now)
        async with self._database.changing(now=now) as work:
            wanted = select(support_threads.c.thread).where(mine, _is_kept(now)).with_for_update()
            name = (await work.connection.execute(wanted)).scalar_one_or_none()
            key = await self._keys.key(work.connection, envelope.thread(name)) if name is not None else None
            if name is None or key is None:
                return None
            counted = select(func.count()).where(support_messages.c.thread == name)
            place = (await work.connection.execute(counted)).scalar_one()
            if place >= MESSAGES_AT_MOST:
                return False
            await _write(work, key, name, place, Message(by, today, text))
            await work.connection.execute(
                update(support_threads).where(support_threads.c.thread == name).values(last_day=today)
            )
        return True

    async def _erase(self, mine: ColumnElement[bool], *, now: float) -> bool:
        async with self._database.changing(now=now, erases=True) as work:
            wanted = select(support_threads.c.thread).where(mine, _is_kept(now)).with_for_update()
            found = (await work.connection.execute(wanted)).scalars().all()
            return await erase_threads(work, self._keys, found) == 1

    def _hashed(self, reference: str) -> bytes:
        return self._keys.hashed("support", reference)


async def erase_threads(work: Work, keys: Envelope, names: Iterable[str]) -> int:
    """Threads: their keys, the end of their consents, messages, rows; how many."""
    gone = list(names)
    if not gone:
        return 0
    mine = support_threads.c.thread.in_(gone)
    held = select(support_threads.c.consent).where(mine).order_by(support_threads.c.thread).with_for_update()
    grounds = [one for one in (await work.connection.execute(held)).scalars() if one is not None]
    await keys.erase(work.connection, [envelope.thread(one) for one in gone])
    await end(work, grounds, day=day_of(work.now))
    await work.connection.execute(delete(support_threads).where(mine))
    work.erased("thread", *gone)
    return len(gone)


async def erase_threads_of(work: Work, keys: Envelope, customer: str) -> int:
    """What a customer asked, with the customer; how many."""
    found = await work.connection.execute(
        select(support_threads.c.thread).where(support_threads.c.customer == customer)
    )
    return await erase_threads(work, keys, found.scalars().all())


async def threads_free_of(work: Work, names: Iterable[str], kept: Iterable[str]) -> list[str]:
    """Those of these threads that are no kept customer's (`customer:…`): with a customer its threads are kept too."""
    held = [one.partition(":")[2] for one in kept]
    is_free = or_(support_threads.c.customer.is_(None), support_threads.c.customer.not_in(held))
    found = select(support_threads.c.thread).where(support_threads.c.thread.in_(list(names)), is_free)
    return list((await work.connection.execute(found)).scalars())


def address_index(keys: Envelope, email: str) -> bytes:
    """Under what a thread is found by the address that was left in it, when its owner asks."""
    return keys.address_index("support", folded(email))


async def index_addresses(work: Work, keys: Envelope) -> None:
    """Give threads their index that were there before there was one."""
    lacking = and_(support_threads.c.sealed_email.is_not(None), support_threads.c.address_index.is_(None))
    rows = (await work.connection.execute(select(support_threads).where(lacking))).all()
    for row in rows:
        key = await keys.key(work.connection, envelope.thread(row.thread))
        if key is not None:
            index = address_index(keys, key.open_text(_email_place(row.thread), row.sealed_email))
            mine = update(support_threads).where(support_threads.c.thread == row.thread)
            await work.connection.execute(mine.values(address_index=index))


def _is_kept(now: float) -> ColumnElement[bool]:
    """`signalling.people.support.is_over`, turned round, as a condition."""
    return or_(support_threads.c.customer.is_not(None), support_threads.c.last_day >= oldest_day(day_of(now)))


async def _write(work: Work, key: SubjectKey, thread: str, place: int, message: Message) -> None:
    await work.connection.execute(
        insert(support_messages).values(
            thread=thread,
            place=place,
            by=message.by,
            day=message.day,
            sealed_text=key.seal_text(_text_place(thread, place), message.text),
        )
    )


def _thread(row: Row[Any], rows: Iterable[Row[Any]], key: SubjectKey) -> Thread:
    messages = (
        Message(By(one.by), one.day, key.open_text(_text_place(one.thread, one.place), one.sealed_text)) for one in rows
    )
    email = key.open_text(_email_place(row.thread), row.sealed_email) if row.sealed_email is not None else None
    return Thread(row.thread, tuple(messages), email, row.customer)


def _email_place(thread: str) -> Place:
    return Place("support_threads", "sealed_email", thread)


def _text_place(thread: str, place: int) -> Place:
    return Place("support_messages", "sealed_text", f"{thread}:{place}")
