"""Erases again, in a database that was restored from a backup, what its log of erasures says was erased since (P-38).

Done when the store is opened, before anything is answered. Holds of the backup's day don't stop it: they were
lifted, or there would be no line.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, delete, select, update

from signalling.people.circle import ChangeKind
from signalling.store.agreements import erase_customer
from signalling.store.database import Work
from signalling.store.envelope import Envelope
from signalling.store.erasing import erase_invitations, erase_people, erase_requests, forget_circle
from signalling.store.erasure_log import ErasureLog, matching
from signalling.store.lists import erase_entries
from signalling.store.rows import DEVICE_KINDS
from signalling.store.support import erase_threads
from signalling.store.tables import (
    customers,
    devices,
    endpoints,
    invitations,
    keywords,
    list_entries,
    memberships,
    parties,
    subject_requests,
    support_threads,
)
from signalling.vocabulary import PartyId


async def erase_again(work: Work, keys: Envelope, log: ErasureLog) -> int:
    """Do the lines beyond this database's mark; how many rows they led to."""
    beyond = await log.beyond(work.connection)
    if not beyond:
        return 0
    wanted: dict[str, set[str]] = defaultdict(set)
    for one in beyond:
        wanted[one.kind].add(one.hashed)
    done = await _erased(work, keys, log, wanted)
    await log.come_to(work.connection, max(one.seq for one in beyond))
    work.is_told = False  # these lines are in the log already
    return done


async def _erased(work: Work, keys: Envelope, log: ErasureLog, wanted: Mapping[str, set[str]]) -> int:
    async def found(kind: str, column: ColumnElement[str], *conditions: ColumnElement[bool]) -> list[str]:
        if not wanted.get(kind):
            return []
        names = (await work.connection.execute(select(column).where(*conditions))).scalars().all()
        return matching(log, kind, names, wanted[kind])

    gone = await found("customer", customers.c.customer)
    for customer in gone:
        await erase_customer(work, keys, customer)
    reset = await found("device", devices.c.party)
    for device in reset:
        await forget_circle(work, keys, PartyId(device))
    people = await found("person", parties.c.party, parties.c.kind.not_in(DEVICE_KINDS))
    await erase_people(work, keys, people, despite_holds=True)
    used = await found("invitation", invitations.c.invitation)
    await erase_invitations(work, keys, used)
    spent = await found("keyword", keywords.c.av1)
    await work.connection.execute(delete(keywords).where(keywords.c.av1.in_(spent)))
    cut_off = await found("endpoint", endpoints.c.endpoint)
    await work.connection.execute(update(endpoints).where(endpoints.c.endpoint.in_(cut_off)).values(revoked=True))
    listed = await found("listed", list_entries.c.entry)
    await erase_entries(work, keys, listed)
    threads = await found("thread", support_threads.c.thread)
    await erase_threads(work, keys, threads)
    answered = await found("request", subject_requests.c.request)
    await erase_requests(work, keys, answered)
    left = await _left(work, log, wanted.get("membership", set()))
    return sum(map(len, (gone, reset, people, used, spent, cut_off, listed, threads, answered, left)))


async def _left(work: Work, log: ErasureLog, wanted: set[str]) -> Sequence[tuple[str, str]]:
    if not wanted:
        return []
    rows = await work.connection.execute(select(memberships.c.person, memberships.c.komp))
    left = [(row.person, row.komp) for row in rows if log.hash_of("membership", f"{row.person} {row.komp}") in wanted]
    for person, komp in left:
        await work.connection.execute(
            delete(memberships).where(memberships.c.person == person, memberships.c.komp == komp)
        )
        work.note(PartyId(person), ChangeKind.UNLINKED)
        work.note(PartyId(komp), ChangeKind.UNLINKED)
    return left
