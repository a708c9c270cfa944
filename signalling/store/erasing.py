"""How people, apps and a device's circle are erased: wrapped keys first, then every row that knows of them.

Each function works inside a transaction that says `erases=True`. Live sockets hear of all of it.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, exists, select, update

from signalling.people.circle import ChangeKind
from signalling.store import envelope
from signalling.store.database import Work
from signalling.store.envelope import Envelope
from signalling.store.holds import forget_holds, kept_back
from signalling.store.robot_log import forget_log
from signalling.store.rows import locked_people, members_of
from signalling.store.tables import (
    endpoints,
    invitations,
    keywords,
    memberships,
    parties,
    post_readers,
    posts,
    profiles,
    robot_links,
    subject_requests,
)
from signalling.vocabulary import PartyId


async def erase_people(work: Work, keys: Envelope, people: Iterable[str], *, despite_holds: bool = False) -> int:
    """Persons or apps: their keys, invitations that they made, and, with the party's row, all that refers to it.

    How many. Whom a hold keeps stays, and is noted as due: erased with the first retention run after it is lifted.
    """
    gone = list(people)
    if gone and not despite_holds:
        kept = await kept_back(work, map(envelope.person, gone))
        gone = [one for one in gone if envelope.person(one) not in kept]
    if not gone:
        return 0
    await keys.erase(work.connection, [envelope.person(one) for one in gone])
    await erase_invitations(work, keys, await _named(work, invitations.c.inviter.in_(gone)))
    awaited = await awaited_by(work, endpoints.c.party.in_(gone))
    left = select(memberships.c.komp).where(memberships.c.person.in_(gone)).distinct()
    for komp in (await work.connection.execute(left)).scalars().all():
        work.note(PartyId(komp), ChangeKind.UNLINKED)
    await work.connection.execute(delete(parties).where(parties.c.party.in_(gone)))
    await drop_unread(work, among=awaited)
    await forget_holds(work, map(envelope.person, gone))
    asked = select(subject_requests.c.request).where(subject_requests.c.subject.in_(map(envelope.person, gone)))
    await erase_requests(work, keys, (await work.connection.execute(asked)).scalars().all())
    work.erased("person", *gone)
    for one in gone:
        work.note(PartyId(one), ChangeKind.ERASED)
    return len(gone)


async def erase_invitations(work: Work, keys: Envelope, names: Iterable[str]) -> int:
    """Invitations with the numbers that they were sent to; how many."""
    gone = list(names)
    await keys.erase(work.connection, [envelope.invitation(one) for one in gone])
    await work.connection.execute(delete(invitations).where(invitations.c.invitation.in_(gone)))
    work.erased("invitation", *gone)
    return len(gone)


async def erase_requests(work: Work, keys: Envelope, names: Iterable[str]) -> int:
    """Subject requests with what was said in them; how many."""
    gone = list(names)
    await keys.erase(work.connection, [envelope.request(one) for one in gone])
    await work.connection.execute(delete(subject_requests).where(subject_requests.c.request.in_(gone)))
    work.erased("request", *gone)
    return len(gone)


async def erase_app_of(work: Work, keys: Envelope, av1: PartyId) -> None:
    """The app that this AV1 is linked with: a party without a profile, gone with its key."""
    linked = await work.connection.execute(select(robot_links.c.app).where(robot_links.c.av1 == av1))
    app = linked.scalar_one_or_none()
    if app is not None:
        await erase_people(work, keys, [app])
        work.note(av1, ChangeKind.UNLINKED)


async def forget_circle(work: Work, keys: Envelope, device: PartyId) -> None:
    """All that a device knows of people: members, invitations, keyword, app, posts, log, endpoint (P-15)."""
    connection = work.connection
    members = [membership.person for membership in await members_of(connection, device)]
    await locked_people(work, members)
    await connection.execute(delete(memberships).where(memberships.c.komp == device))
    await erase_invitations(work, keys, await _named(work, invitations.c.komp == device))
    await connection.execute(delete(keywords).where(keywords.c.av1 == device))
    await erase_app_of(work, keys, device)
    await forget_log(work, device)
    awaited = await awaited_by(work, endpoints.c.party == device)
    await connection.execute(delete(endpoints).where(endpoints.c.party == device))
    for member in members:
        work.note(member, ChangeKind.UNLINKED)
    await erase_people(work, keys, await without_komp(work, members))
    await drop_unread(work, among=awaited)
    work.erased("device", device)
    work.note(device, ChangeKind.RESET)


async def without_komp(work: Work, people: Iterable[str]) -> list[str]:
    """Those of these people who are members of no Komp."""
    is_member = exists().where(memberships.c.person == profiles.c.party)
    found = await work.connection.execute(
        select(profiles.c.party).where(profiles.c.party.in_(list(people)), ~is_member)
    )
    return list(found.scalars())


async def mark_alone(work: Work, person: str, *, day: int) -> None:
    """From that day on a profile without any Komp is on its way out."""
    if await without_komp(work, [person]):
        await work.connection.execute(update(profiles).where(profiles.c.party == person).values(alone_since_day=day))


async def awaited_by(work: Work, condition: ColumnElement[bool]) -> list[str]:
    """The posts that wait for the endpoints of which the condition holds."""
    named = select(endpoints.c.endpoint).where(condition)
    wanted = select(post_readers.c.post).where(post_readers.c.endpoint.in_(named)).distinct()
    return list((await work.connection.execute(wanted)).scalars())


async def drop_unread(work: Work, *, among: Iterable[str]) -> int:
    """Those of these posts that nobody waits for any more; how many."""
    is_awaited = exists().where(post_readers.c.post == posts.c.post)
    unread = delete(posts).where(posts.c.post.in_(list(among)), ~is_awaited)
    return (await work.connection.execute(unread)).rowcount


async def _named(work: Work, condition: ColumnElement[bool]) -> list[str]:
    found = await work.connection.execute(select(invitations.c.invitation).where(condition))
    return list(found.scalars())
