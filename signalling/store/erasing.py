"""How people, apps and a device's circle are erased: wrapped keys first, then every row that knows of them.

Each function works inside a transaction that says `erases=True`. Live sockets hear of all of it. Whoever calls holds
the rows of the people and of the device; what hangs on them is locked here, in the order that `signalling.store.rows`
gives.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, ColumnElement, delete, exists, or_, select, update

from signalling.people.circle import ChangeKind
from signalling.store import envelope
from signalling.store.database import Work
from signalling.store.envelope import Envelope
from signalling.store.holds import forget_holds, kept_back
from signalling.store.robot_log import forget_log
from signalling.store.rows import locked_endpoints, locked_people, members_of
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
    subjects = [envelope.person(one) for one in gone]
    invited = await _locked(work, invitations.c.invitation, invitations.c.inviter.in_(gone))
    asked = await _locked(work, subject_requests.c.request, subject_requests.c.subject.in_(subjects))
    awaited = await hold_posts(work, endpoints.c.party.in_(gone))
    await keys.erase(work.connection, subjects)
    await erase_invitations(work, keys, invited)
    left = select(memberships.c.komp).where(memberships.c.person.in_(gone)).distinct()
    for komp in (await work.connection.execute(left)).scalars().all():
        work.note(PartyId(komp), ChangeKind.UNLINKED)
    await work.connection.execute(delete(parties).where(parties.c.party.in_(gone)))
    await drop_unread(work, among=awaited)
    await forget_holds(work, subjects)
    await erase_requests(work, keys, asked)
    work.erased("person", *gone)
    for one in gone:
        work.note(PartyId(one), ChangeKind.ERASED)
    return len(gone)


async def erase_invitations(work: Work, keys: Envelope, names: Iterable[str]) -> int:
    """Invitations with the numbers that they were sent to; how many."""
    gone = await _locked(work, invitations.c.invitation, invitations.c.invitation.in_(list(names)))
    await keys.erase(work.connection, [envelope.invitation(one) for one in gone])
    await work.connection.execute(delete(invitations).where(invitations.c.invitation.in_(gone)))
    work.erased("invitation", *gone)
    return len(gone)


async def erase_requests(work: Work, keys: Envelope, names: Iterable[str]) -> int:
    """Subject requests with what was said in them; how many."""
    gone = await _locked(work, subject_requests.c.request, subject_requests.c.request.in_(list(names)))
    await keys.erase(work.connection, [envelope.request(one) for one in gone])
    await work.connection.execute(delete(subject_requests).where(subject_requests.c.request.in_(gone)))
    work.erased("request", *gone)
    return len(gone)


async def erase_app_of(work: Work, keys: Envelope, av1: PartyId) -> None:
    """The app that this AV1 is linked with: a party without a profile, gone with its key."""
    apps = await _apps_of(work, [av1])
    if apps:
        await erase_people(work, keys, apps)
        work.note(av1, ChangeKind.UNLINKED)


async def hold_circles(work: Work, some: Sequence[PartyId]) -> None:
    """Before several circles are forgotten in one transaction: all that they erase, in the order of locks."""
    wanted = select(memberships.c.person).where(memberships.c.komp.in_(some)).distinct()
    members = (await work.connection.execute(wanted)).scalars().all()
    await locked_people(work, members)
    await _locked(work, invitations.c.invitation, or_(invitations.c.komp.in_(some), invitations.c.inviter.in_(members)))
    await hold_posts(work, endpoints.c.party.in_([*some, *members, *await _apps_of(work, some)]))


async def forget_circle(work: Work, keys: Envelope, device: PartyId) -> None:
    """All that a device knows of people: members, invitations, keyword, app, posts, log, endpoint (P-15)."""
    connection = work.connection
    await hold_circles(work, [device])
    members = [membership.person for membership in await members_of(connection, device)]
    await connection.execute(delete(memberships).where(memberships.c.komp == device))
    await erase_invitations(work, keys, await _locked(work, invitations.c.invitation, invitations.c.komp == device))
    await connection.execute(delete(keywords).where(keywords.c.av1 == device))
    await erase_app_of(work, keys, device)
    await forget_log(work, device)
    awaited = await hold_posts(work, endpoints.c.party == device)
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


async def hold_posts(work: Work, condition: ColumnElement[bool]) -> list[str]:
    """The posts by or for the endpoints of which the condition holds; these and those are held."""
    named = await locked_endpoints(work, condition)
    read = select(post_readers.c.post).where(post_readers.c.endpoint.in_(named))
    return await _locked(work, posts.c.post, or_(posts.c.author.in_(named), posts.c.post.in_(read)))


async def drop_unread(work: Work, *, among: Iterable[str]) -> int:
    """Those of these posts that nobody waits for any more; how many."""
    is_awaited = exists().where(post_readers.c.post == posts.c.post)
    unread = delete(posts).where(posts.c.post.in_(list(among)), ~is_awaited)
    return (await work.connection.execute(unread)).rowcount


async def _locked(work: Work, name: Column[str], condition: ColumnElement[bool]) -> list[str]:
    held = await work.connection.execute(select(name).where(condition).order_by(name).with_for_update())
    return list(held.scalars())


async def _apps_of(work: Work, av1s: Sequence[PartyId]) -> list[str]:
    found = await work.connection.execute(select(robot_links.c.app).where(robot_links.c.av1.in_(av1s)))
    return list(found.scalars())
