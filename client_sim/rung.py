"""Which of somebody's endpoints a call rings: docs/reference/protocol.md §4. The twin of `sdk/rung.js`.

Where this end has verified any of them, those alone: a coordinator could add one of its own, and answer first. Where a
person has told which are theirs, no other is ever rung, however few the coordinator names.
"""

from collections.abc import Sequence

from client_sim.linkbook import LinkBook
from client_sim.sealed.device_list import is_listed
from client_sim.sealed.links import LinkRecord
from signalling.protocol.fields import RINGS


def rung_of(book: LinkBook, records: Sequence[LinkRecord]) -> list[LinkRecord]:
    """Of these endpoints of one party, in their order, those to ring: all of them verified, or none."""
    verified = [one for one in records if book.is_verified(one.endpoint)]
    return (verified or [one for one in records if may_ring(book, one)])[:RINGS]


def may_ring(book: LinkBook, record: LinkRecord) -> bool:
    """Whether an unverified endpoint may be rung at all: not where its person's newest list doesn't name it."""
    person = book.person(record.party)
    return person is None or is_listed(person, record.endpoint)
