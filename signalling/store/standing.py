"""In which tables somebody can stand, and which rows are about them: a person, a customer, or whoever left an address.

A test compares this with a scan of every table: a table that knows somebody and isn't here fails it. A customer's rows
are the customer's own: never a member's profile, nor the log of a robot.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, literal, or_, select

from signalling.store import envelope
from signalling.store.tables import (
    av1_usage,
    books,
    consents,
    customers,
    devices,
    endpoints,
    erasures_due,
    holds,
    invitations,
    keywords,
    list_entries,
    memberships,
    parties,
    pictures,
    post_readers,
    posts,
    profiles,
    robot_links,
    staff_reads,
    subject_requests,
    support_messages,
    support_threads,
)

Wanted = Mapping[Table, ColumnElement[bool]]
"""Each table, and the condition of the rows that are about somebody."""


def of_person(party: str, apps: list[str], phone_index: bytes) -> Wanted:
    """A person's rows."""
    read = select(post_readers.c.post).where(post_readers.c.endpoint.in_(apps))
    written = select(posts.c.post).where(posts.c.author.in_(apps))
    subject = envelope.person(party)
    return {
        profiles: profiles.c.party == party,
        pictures: pictures.c.party == party,
        parties: parties.c.party == party,
        endpoints: endpoints.c.party == party,
        memberships: memberships.c.person == party,
        invitations: or_(invitations.c.inviter == party, invitations.c.phone_index == phone_index),
        posts: or_(posts.c.author.in_(apps), posts.c.post.in_(read)),
        post_readers: or_(post_readers.c.endpoint.in_(apps), post_readers.c.post.in_(written)),
        holds: holds.c.subject == subject,
        erasures_due: erasures_due.c.subject == subject,
        subject_requests: subject_requests.c.subject == subject,
        staff_reads: staff_reads.c.subject == subject,
    }


def of_customer(customer: str) -> Wanted:
    """A customer's rows. Of invitations those that staff made: a member's are the member's."""
    mine = select(devices.c.party).where(devices.c.customer == customer)
    threads = support_threads.c.customer == customer
    asked = select(support_threads.c.thread).where(threads)
    subject = envelope.customer(customer)
    return {
        customers: customers.c.customer == customer,
        devices: devices.c.customer == customer,
        av1_usage: av1_usage.c.customer == customer,
        keywords: keywords.c.av1.in_(mine),
        robot_links: robot_links.c.av1.in_(mine),
        invitations: and_(invitations.c.komp.in_(mine), invitations.c.inviter.is_(None)),
        books: books.c.customer == customer,
        holds: holds.c.subject == subject,
        erasures_due: erasures_due.c.subject == subject,
        support_threads: threads,
        support_messages: support_messages.c.thread.in_(asked),
        consents: consents.c.consent.in_(select(support_threads.c.consent).where(threads)),
        staff_reads: or_(
            staff_reads.c.subject == subject,
            staff_reads.c.subject.in_(select(literal(f"{envelope.THREAD}:") + support_threads.c.thread).where(threads)),
        ),
    }


def of_entry(entry: str) -> Wanted:
    """The rows of an entry of a list."""
    mine = list_entries.c.entry == entry
    return {
        list_entries: mine,
        consents: consents.c.consent.in_(select(list_entries.c.consent).where(mine)),
        staff_reads: staff_reads.c.subject == envelope.listed(entry),
    }


def of_thread(thread: str) -> Wanted:
    """The rows of a support thread."""
    mine = support_threads.c.thread == thread
    return {
        support_threads: mine,
        support_messages: support_messages.c.thread == thread,
        consents: consents.c.consent.in_(select(support_threads.c.consent).where(mine)),
        staff_reads: staff_reads.c.subject == envelope.thread(thread),
    }


def of_request(request: str) -> Wanted:
    """The rows of a subject request."""
    return {
        subject_requests: subject_requests.c.request == request,
        staff_reads: staff_reads.c.subject == envelope.request(request),
    }


_OF: Final = {
    envelope.CUSTOMER: of_customer,
    envelope.LISTED: of_entry,
    envelope.THREAD: of_thread,
    envelope.REQUEST: of_request,
}


def of_all(subjects: Iterable[str]) -> Wanted:
    """The rows of those subjects together; none of them is a person, whose rows need their number and apps."""
    together: dict[Table, ColumnElement[bool]] = {}
    for subject in subjects:
        kind, _, name = subject.partition(":")
        for table, is_mine in _OF[kind](name).items():
            together[table] = or_(together[table], is_mine) if table in together else is_mine
    return together
