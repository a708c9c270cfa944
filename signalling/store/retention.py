"""The retention run: what the data map gives a period goes when that is over, in small transactions.

Each of its duties is an eraser of the data map (`signalling.privacy.declaring.Eraser`), and a test holds that none of
those is without one here. A duty erases at most a batch at a time, so that nobody waits long for it and little is held
in memory, however much is due.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import exists, select, update

from signalling.privacy.declaring import Eraser
from signalling.store import envelope
from signalling.store.agreements import erase_customer
from signalling.store.books import Books
from signalling.store.database import Database
from signalling.store.envelope import Envelope
from signalling.store.erasing import erase_people
from signalling.store.history import History
from signalling.store.holds import forget_holds
from signalling.store.invitations import Invitations
from signalling.store.posts import Posts
from signalling.store.profiles import Profiles
from signalling.store.reads import StaffReads
from signalling.store.requests import Requests
from signalling.store.robot_log import LOG_DAYS, RobotLog
from signalling.store.rows import BATCH, day_of, locked_people
from signalling.store.support import SupportThreads
from signalling.store.tables import erasure_marks, erasures_due, holds

Duty = Callable[[float, int], Awaitable[int]]
"""Erases what is over at that Unix time, at most so many; how many it did."""


class Retention:
    """Erases what has had its time."""

    def __init__(self, database: Database, keys: Envelope, *, backup_days: int, av1_log_days: int = LOG_DAYS) -> None:
        self._database = database
        self._keys = keys
        self._backup_days = backup_days
        posts, invitations = Posts(database), Invitations(database, keys)
        profiles, history, books = Profiles(database, keys), History(database, keys), Books(database, keys)
        robots = RobotLog(database, days=av1_log_days)
        requests = Requests(database, keys)
        support = SupportThreads(database, keys)
        reads = StaffReads(database, keys)
        self.duties: Final[Mapping[Eraser, Duty]] = MappingProxyType(
            {
                Eraser.POSTS: lambda now, at_most: posts.sweep(now=now, at_most=at_most),
                Eraser.INVITATIONS: lambda now, at_most: invitations.sweep(now=now, at_most=at_most),
                Eraser.PROFILES: lambda now, at_most: profiles.sweep(now=now, at_most=at_most),
                Eraser.LIFTED: self._erase_lifted,
                Eraser.BOOKS: lambda now, at_most: books.sweep(now=now, at_most=at_most),
                Eraser.AV1_LOG: lambda now, at_most: robots.sweep(now=now, at_most=at_most),
                Eraser.AV1_USAGE: lambda now, at_most: robots.sweep_usage(now=now, at_most=at_most),
                Eraser.REQUESTS: lambda now, at_most: requests.sweep(now=now, at_most=at_most),
                Eraser.CHANGES: lambda now, at_most: history.prune(now=now, at_most=at_most),
                Eraser.THREADS: lambda now, at_most: support.sweep(now=now, at_most=at_most),
                Eraser.READS: lambda now, at_most: reads.sweep(now=now, at_most=at_most),
                Eraser.ERASURE_LOG: self._prune_log,
            }
        )

    async def run(self, *, now: float, batch: int = BATCH) -> dict[Eraser, int]:
        """Once over everything; how many rows each duty erased."""
        done = {}
        for eraser, duty in self.duties.items():
            done[eraser] = erased = await duty(now, batch)
            while erased >= batch:
                await asyncio.sleep(0)  # whoever waits for the database comes first
                erased = await duty(now, batch)
                done[eraser] += erased
        if self._database.owes_checkpoint:
            await self._database.checkpoint()
        async with self._database.reading() as connection:
            await self._keys.forget_gone(connection)
        return done

    async def _erase_lifted(self, now: float, at_most: int) -> int:
        is_held = exists().where(holds.c.subject == erasures_due.c.subject)
        lifted = select(erasures_due.c.subject).where(~is_held).limit(at_most)
        async with self._database.reading() as connection:
            if not (await connection.execute(lifted)).all():
                return 0
        async with self._database.changing(now=now, erases=True) as work:
            subjects = (await work.connection.execute(lifted.with_for_update(skip_locked=True))).scalars().all()
            named = [subject.partition(":") for subject in subjects]
            people = [name for kind, _, name in named if kind == envelope.PERSON]
            await erase_people(work, self._keys, await locked_people(work, people))
            for customer in [name for kind, _, name in named if kind == envelope.CUSTOMER]:
                await erase_customer(work, self._keys, customer)
            await forget_holds(work, subjects)
        return len(subjects)

    async def _prune_log(self, now: float, _at_most: int) -> int:
        log = self._database.log
        before = day_of(now) - self._backup_days
        if log is None or not any(one.day < before for one in log.lines()):
            return 0
        async with self._database.changing() as work:
            mine = erasure_marks.c.log == log.name
            # Whoever writes to the log holds this row, so nobody does meanwhile.
            await work.connection.execute(update(erasure_marks).where(mine).values(seq=erasure_marks.c.seq))
            log.prune(before_day=before)
        return 0
