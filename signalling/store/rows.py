"""The few rows from which the rules of `signalling.people` answer, and the locks that keep two changes apart.

A transaction takes its locks in one order, so that no two wait for each other: devices, people, what is about one of
them (invitations, requests), endpoints, posts, and what belongs to those; several of a kind by name, in one statement.
A sweep passes over rows that somebody holds: the next one finds them.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, exists, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signalling.people.circle import Endpoint, Keys, Statement
from signalling.people.device import DeviceStatus
from signalling.people.membership import MemberRole, Membership, RobotLink, Side
from signalling.store.database import Work
from signalling.store.tables import devices, endpoints, memberships, parties, profiles, robot_links
from signalling.vocabulary import EndpointId, PartyId, PartyKind

DAY_SECONDS: Final = 86_400
BATCH: Final = 500
"""Rows that one transaction of a sweep erases at most: nobody waits long for it."""
DEVICE_KINDS: Final = tuple(kind for kind in PartyKind if kind.is_device)


def fresh_id(random_bytes: int = 16) -> str:
    """Random bits in base64url: 128 of them are 22 characters. It never looks like a flag to a shell."""
    while True:
        name = urlsafe_b64encode(secrets.token_bytes(random_bytes)).rstrip(b"=").decode("ascii")
        if not name.startswith("-"):
            return name


def day_of(now: float) -> int:
    """Days since 1970-01-01: the finest time that a lasting row needs."""
    return int(now // DAY_SECONDS)


def membership_of(row: Row[Any]) -> Membership:
    """A row of `memberships`."""
    return Membership(PartyId(row.komp), PartyId(row.person), MemberRole(row.role), Side(row.side), row.video_only)


def keys_of(row: Row[Any]) -> Keys:
    """The keys in a row of `endpoints`."""
    if row.statement_serial is None:
        return Keys(row.identity, None)
    statement = Statement(row.statement_key, row.statement_serial, row.statement_not_after, row.statement_signature)
    return Keys(row.identity, statement)


def is_live(endpoint: Endpoint) -> ColumnElement[bool]:
    """A condition: that endpoint is still there, the same party's, and not revoked."""
    return exists().where(
        endpoints.c.endpoint == endpoint.endpoint,
        endpoints.c.party == endpoint.party,
        endpoints.c.revoked.is_(False),
    )


async def memberships_of(
    connection: AsyncConnection, persons: Iterable[str], *conditions: ColumnElement[bool]
) -> list[Membership]:
    """All memberships of those persons."""
    wanted = select(memberships).where(memberships.c.person.in_(list(persons)), *conditions)
    return [membership_of(row) for row in await connection.execute(wanted)]


async def members_of(connection: AsyncConnection, komp: str) -> list[Membership]:
    """All memberships of that Komp."""
    wanted = select(memberships).where(memberships.c.komp == komp).order_by(memberships.c.person)
    return [membership_of(row) for row in await connection.execute(wanted)]


async def robots_of(
    connection: AsyncConnection, some: Iterable[str], *conditions: ColumnElement[bool]
) -> list[RobotLink]:
    """The links of those AV1s and apps."""
    named = list(some)
    wanted = select(robot_links).where(or_(robot_links.c.app.in_(named), robot_links.c.av1.in_(named)), *conditions)
    return [RobotLink(PartyId(row.av1), PartyId(row.app)) for row in await connection.execute(wanted)]


async def live_endpoint(connection: AsyncConnection, endpoint: str) -> Endpoint | None:
    """The endpoint of that id that isn't revoked."""
    wanted = (
        select(endpoints.c.endpoint, endpoints.c.identity, endpoints.c.party, parties.c.kind)
        .join(parties, parties.c.party == endpoints.c.party)
        .where(endpoints.c.endpoint == endpoint, endpoints.c.revoked.is_(False))
    )
    row = (await connection.execute(wanted)).one_or_none()
    if row is None:
        return None
    return Endpoint(EndpointId(row.endpoint), row.identity, PartyId(row.party), PartyKind(row.kind))


async def locked_device(work: Work, party: str, kind: PartyKind | None = None) -> Row[Any] | None:
    """A device's row, held until the transaction ends: memberships, keywords and resets of one device take turns."""
    wanted = select(devices).where(devices.c.party == party).with_for_update()
    row = (await work.connection.execute(wanted)).one_or_none()
    return row if row is not None and kind in {None, PartyKind(row.kind)} else None


async def locked_devices(work: Work, condition: ColumnElement[bool]) -> list[PartyId]:
    """Those of which the condition holds; their rows are held."""
    wanted = select(devices.c.party).where(condition).order_by(devices.c.party).with_for_update()
    return [PartyId(party) for party in (await work.connection.execute(wanted)).scalars()]


async def locked_komp(work: Work, komp: str) -> bool:
    """Whether it is a Komp that takes links; its row is held."""
    row = await locked_device(work, komp, PartyKind.KOMP)
    return row is not None and DeviceStatus(row.status).takes_links


async def locked_people(work: Work, people: Iterable[str]) -> list[str]:
    """Those of them who have a profile. Their rows are held, in one order, and after a device's if that is held too."""
    wanted = select(profiles.c.party).where(profiles.c.party.in_(list(people)))
    return list((await work.connection.execute(wanted.order_by(profiles.c.party).with_for_update())).scalars())


async def locked_endpoints(work: Work, condition: ColumnElement[bool], *, shared: bool = False) -> list[EndpointId]:
    """Those of which the condition holds, held, so that no post is put for them meanwhile.

    `shared`: whoever puts posts holds them so, and only those who revoke or erase wait.
    """
    wanted = select(endpoints.c.endpoint).where(condition).order_by(endpoints.c.endpoint)
    held = await work.connection.execute(wanted.with_for_update(read=shared))
    return [EndpointId(endpoint) for endpoint in held.scalars()]


async def owner_of(work: Work, endpoint: str) -> PartyId | None:
    """Whose endpoint it is, or was before it was revoked. An identity key belongs to one party, once."""
    known = await work.connection.execute(select(endpoints.c.party).where(endpoints.c.endpoint == endpoint))
    party = known.scalar_one_or_none()
    return PartyId(party) if party is not None else None


async def add_endpoint(work: Work, party: PartyId, endpoint: EndpointId, identity: bytes) -> None:
    """A new endpoint. Raises ConflictError, at the latest with the transaction, if its key is known already."""
    await work.connection.execute(
        insert(endpoints).values(endpoint=endpoint, party=party, identity=identity, revoked=False)
    )
