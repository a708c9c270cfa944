"""Contacts: everybody whom a party may see now, with what it may see of them. The answer to `GET /v1/circle`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signalling.people.circle import Keys
from signalling.people.device import DeviceStatus
from signalling.people.membership import MemberRole, Membership, RobotLink, Side, are_linked
from signalling.store import envelope
from signalling.store.database import Database
from signalling.store.devices import device_of
from signalling.store.envelope import Envelope
from signalling.store.profiles import shown_profile
from signalling.store.rows import keys_of, membership_of, robots_of
from signalling.store.tables import devices, endpoints, memberships, parties, profiles
from signalling.vocabulary import EndpointId, PartyId, PartyKind


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """A person or device of somebody's circle."""

    party: PartyId
    kind: PartyKind
    name: str | None
    """None where an AV1 asks: it gets no names."""
    picture: str | None = None
    role: MemberRole | None = None
    """Of a Komp: what the asker is there. Of a member, where a Komp asks: what they are."""
    side: Side | None = None
    status: DeviceStatus | None = None
    """Of devices only."""
    endpoints: tuple[tuple[EndpointId, Keys], ...] = ()


class Contacts:
    """Reads circles."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def of(self, party: PartyId) -> list[Contact]:
        """The circle of a person, a student's app, a Komp or an AV1, by id."""
        async with self._database.reading() as connection:
            known, robots = await _around(connection, party)
            others = {one.person for one in known} | {one.komp for one in known}
            others |= {one.av1 for one in robots} | {one.app for one in robots}
            linked = sorted(other for other in others if are_linked(party, other, known, robots))
            own = {one.komp if one.person == party else one.person: one for one in known if party in _ends(one)}
            people = [
                *await self._people(connection, linked, own),
                *await self._devices(connection, linked, own),
                *await _apps(connection, linked, robots),
            ]
            homes = await _endpoints(connection, linked)
        return sorted((_at_home(one, homes) for one in people), key=lambda contact: contact.party)

    async def _people(
        self, connection: AsyncConnection, linked: list[PartyId], own: dict[PartyId, Membership]
    ) -> list[Contact]:
        rows = (await connection.execute(select(profiles).where(profiles.c.party.in_(linked)))).all()
        keys = await self._keys.keys(connection, [envelope.person(row.party) for row in rows])
        contacts = []
        for row in rows:
            key = keys.get(envelope.person(row.party))
            if key is None:
                continue
            shown = shown_profile(row, key)
            membership = own.get(PartyId(row.party))
            role, side = (membership.role, membership.side) if membership is not None else (None, None)
            contacts.append(
                Contact(PartyId(row.party), PartyKind.PERSON, shown.name, shown.picture, role=role, side=side)
            )
        return contacts

    async def _devices(
        self, connection: AsyncConnection, linked: list[PartyId], own: dict[PartyId, Membership]
    ) -> list[Contact]:
        rows = (await connection.execute(select(devices).where(devices.c.party.in_(linked)))).all()
        keys = await self._keys.keys(connection, {envelope.customer(row.customer) for row in rows})
        contacts = []
        for device in [device_of(row, keys) for row in rows]:
            membership = own.get(device.party)
            role, side = (membership.role, membership.side) if membership is not None else (None, None)
            contacts.append(Contact(device.party, device.kind, device.name, role=role, side=side, status=device.status))
        return contacts


async def _around(connection: AsyncConnection, party: PartyId) -> tuple[list[Membership], list[RobotLink]]:
    """The memberships of a Komp; or those of a person, and of everybody else in the same Komps."""
    komps = select(memberships.c.komp).where(memberships.c.person == party)
    wanted = select(memberships).where(or_(memberships.c.komp == party, memberships.c.komp.in_(komps)))
    known = [membership_of(row) for row in await connection.execute(wanted)]
    return known, await robots_of(connection, [party])


async def _apps(connection: AsyncConnection, linked: list[PartyId], robots: list[RobotLink]) -> list[Contact]:
    """A student's app, as its AV1 sees it: without a name."""
    apps = {one.app for one in robots} & set(linked)
    found = await connection.execute(select(parties.c.party).where(parties.c.party.in_(list(apps))))
    return [Contact(PartyId(party), PartyKind.PERSON, None) for party in found.scalars()]


async def _endpoints(
    connection: AsyncConnection, linked: Iterable[PartyId]
) -> dict[str, list[tuple[EndpointId, Keys]]]:
    wanted = select(endpoints).where(endpoints.c.party.in_(list(linked)), endpoints.c.revoked.is_(False))
    homes: dict[str, list[tuple[EndpointId, Keys]]] = defaultdict(list)
    for row in await connection.execute(wanted.order_by(endpoints.c.endpoint)):
        homes[row.party].append((EndpointId(row.endpoint), keys_of(row)))
    return homes


def _ends(membership: Membership) -> tuple[PartyId, PartyId]:
    return membership.komp, membership.person


def _at_home(contact: Contact, homes: dict[str, list[tuple[EndpointId, Keys]]]) -> Contact:
    return replace(contact, endpoints=tuple(homes.get(contact.party, ())))
