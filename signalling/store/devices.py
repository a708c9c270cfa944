"""Komps and AV1s: registered to a customer, enrolled by a token, suspended, reset. Never to a user (P-20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from signalling.people.circle import ChangeKind
from signalling.people.device import DeviceMove, DeviceStatus, moved
from signalling.people.membership import may_manage
from signalling.people.profile import checked_name
from signalling.store import envelope
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope, Place, SubjectKey
from signalling.store.erasing import forget_circle
from signalling.store.faults import ConflictError
from signalling.store.rows import add_endpoint, fresh_id, locked_device, memberships_of, owner_of
from signalling.store.tables import customers, devices, endpoints, parties
from signalling.vocabulary import EndpointId, PartyId, PartyKind

FORGETTING: Final = frozenset({DeviceMove.RESET, DeviceMove.RETURN, DeviceMove.HAND_OVER})
_HEARD: Final = {
    DeviceMove.SUSPEND: ChangeKind.SUSPENDED,
    DeviceMove.BLOCK: ChangeKind.SUSPENDED,
    DeviceMove.RESUME: ChangeKind.LINKED,
    DeviceMove.UNBLOCK: ChangeKind.LINKED,
}


@dataclass(frozen=True, slots=True, repr=False)
class Device:
    """A device as its operator sees it."""

    party: PartyId
    kind: PartyKind
    customer: str
    name: str
    status: DeviceStatus


class Devices:
    """Registers devices and moves them through their life."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def add(self, kind: PartyKind, customer: str, name: str, *, now: float) -> tuple[PartyId, str] | None:
        """A new device and its one-time provisioning token; None without such a customer. Raises ProfileError."""
        if not kind.is_device:
            raise ValueError("a device is a Komp or an AV1")
        name = checked_name(name)
        party, token = PartyId(fresh_id()), _fresh_token()
        async with self._database.changing(now=now) as work:
            sealed = await self._sealed_name(work, customer, party, name)
            if sealed is None:
                return None
            await work.connection.execute(insert(parties).values(party=party, kind=kind))
            await work.connection.execute(
                insert(devices).values(
                    party=party,
                    kind=kind,
                    customer=customer,
                    status=DeviceStatus.PROVISIONED,
                    token=self._hashed(token),
                    sealed_name=sealed,
                )
            )
        return party, token

    async def enrol(self, token: str, *, endpoint: EndpointId, identity: bytes, now: float) -> PartyId | None:
        """The device of that token takes this identity; its older endpoints are revoked.

        None: the token is unknown or used, or the key is somebody else's.
        """
        try:
            return await self._enrol(self._hashed(token), endpoint, identity, now=now)
        except ConflictError:
            return None

    async def _enrol(self, token: bytes, endpoint: EndpointId, identity: bytes, *, now: float) -> PartyId | None:
        async with self._database.changing(now=now) as work:
            used = await work.connection.execute(
                update(devices)
                .where(devices.c.token == token)
                .values(token=None)
                .returning(devices.c.party, devices.c.status)
            )
            row = used.one_or_none()
            status = moved(DeviceStatus(row.status), DeviceMove.ENROL) if row is not None else None
            if row is None or status is None:
                return None
            party = PartyId(row.party)
            await work.connection.execute(update(endpoints).where(endpoints.c.party == party).values(revoked=True))
            if await owner_of(work, endpoint) == party:  # the same device, once more
                await work.connection.execute(
                    update(endpoints).where(endpoints.c.endpoint == endpoint).values(revoked=False)
                )
            else:
                await add_endpoint(work, party, endpoint, identity)
            await self._put(work, party, status=status)
            work.note(party, ChangeKind.REVOKED)
        return party

    async def new_token(self, party: PartyId, *, now: float) -> str | None:
        """Another provisioning token for a device that keeps its people; an older one is dead."""
        token = _fresh_token()
        async with self._database.changing(now=now) as work:
            row = await locked_device(work, party)
            if row is None or moved(DeviceStatus(row.status), DeviceMove.ENROL) is None:
                return None
            await self._put(work, party, token=self._hashed(token))
        return token

    async def get(self, party: str) -> Device | None:
        """The device of that id."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(devices).where(devices.c.party == party))).one_or_none()
            if row is None:
                return None
            return device_of(row, await self._keys.keys(connection, [envelope.customer(row.customer)]))

    async def status(self, party: str) -> DeviceStatus | None:
        """Where that device stands."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(devices.c.status).where(devices.c.party == party))
            status = found.scalar_one_or_none()
        return DeviceStatus(status) if status is not None else None

    async def all(self, customer: str | None = None) -> list[Device]:
        """Every device, or those of a customer, for the operator."""
        wanted = select(devices).order_by(devices.c.customer, devices.c.party)
        async with self._database.reading() as connection:
            rows = (
                await connection.execute(wanted if customer is None else wanted.where(devices.c.customer == customer))
            ).all()
            keys = await self._keys.keys(connection, {envelope.customer(row.customer) for row in rows})
        return [device_of(row, keys) for row in rows]

    async def rename(self, party: PartyId, name: str) -> bool:
        """Give it another name. Raises ProfileError."""
        name = checked_name(name)
        async with self._database.changing(erases=True) as work:
            row = await locked_device(work, party)
            sealed = await self._sealed_name(work, row.customer, party, name) if row is not None else None
            if sealed is not None:
                await self._put(work, party, sealed_name=sealed)
        return sealed is not None

    async def move(self, party: PartyId, move: DeviceMove, *, now: float) -> DeviceStatus | None:
        """Suspend, resume, block, unblock: where it stands then; None if it can't. A reset has a method of its own."""
        if move not in _HEARD:
            return None
        async with self._database.changing(now=now) as work:
            row = await locked_device(work, party)
            status = moved(DeviceStatus(row.status), move) if row is not None else None
            if status is None:
                return None
            if status is DeviceStatus.ACTIVE and not await _has_endpoint(work, party):
                status = DeviceStatus.PROVISIONED
            await self._put(work, party, status=status)
            work.note(party, _HEARD[move])
        return status

    async def recorded(self, robot: PartyId, *, now: float) -> bool:
        """Somebody tried to record through that AV1: it is blocked from now on. False: it is no AV1 in use."""
        async with self._database.changing(now=now) as work:
            row = await locked_device(work, robot)
            if row is None or row.kind != PartyKind.AV1:
                return False
            status = moved(DeviceStatus(row.status), DeviceMove.BLOCK)
            if status is not None and status != row.status:
                await self._put(work, robot, status=status)
                work.note(robot, ChangeKind.SUSPENDED)
        return status is not None

    async def restart(self, party: PartyId, *, now: float) -> bool:
        """It starts anew, if it is online; False: there is no such device in use."""
        async with self._database.changing(now=now) as work:
            row = await locked_device(work, party)
            if row is None or not await _has_endpoint(work, party):
                return False
            work.note(party, ChangeKind.RESTARTED)
        return True

    async def reset(
        self,
        party: PartyId,
        *,
        by: PartyId | None = None,
        move: DeviceMove = DeviceMove.RESET,
        customer: str | None = None,
        now: float,
    ) -> str | None:
        """Forget everybody, online or not, in a call or not; a new provisioning token, or None if it isn't allowed.

        Members, invitations, keywords, posts and the endpoint go; a profile with no Komp left goes too. `by` is the
        member who asks and must be an administrator; None is the operator. `move` may be RETURN, or HAND_OVER with the
        new `customer`. A returned device's token is good once it was reset or handed over again.
        """
        if move not in FORGETTING or (customer is not None) is not (move is DeviceMove.HAND_OVER):
            return None
        token = _fresh_token()
        async with self._database.changing(now=now, erases=True) as work:
            row = await locked_device(work, party)
            status = moved(DeviceStatus(row.status), move) if row is not None else None
            if row is None or status is None:
                return None
            if by is not None and not may_manage(by, party, await memberships_of(work.connection, [by])):
                return None
            if customer is not None:
                keys = await self._keys.keys(work.connection, [envelope.customer(row.customer)])
                sealed = await self._sealed_name(work, customer, party, device_of(row, keys).name)
                if sealed is None:
                    return None
                await self._put(work, party, customer=customer, sealed_name=sealed)
            await forget_circle(work, self._keys, party)
            await self._put(work, party, status=status, token=self._hashed(token))
        return token

    def _hashed(self, token: str) -> bytes:
        return self._keys.hashed("provisioning", token)

    async def _sealed_name(self, work: Work, customer: str, party: PartyId, name: str) -> bytes | None:
        there = await work.connection.execute(select(customers.c.customer).where(customers.c.customer == customer))
        key = await self._keys.key(work.connection, envelope.customer(customer))
        return key.seal_text(_place(party), name) if there.one_or_none() is not None and key is not None else None

    async def _put(self, work: Work, party: PartyId, **values: object) -> None:
        await work.connection.execute(update(devices).where(devices.c.party == party).values(**values))


def _fresh_token() -> str:
    return fresh_id(24)


def _place(party: str) -> Place:
    return Place("devices", "sealed_name", party)


def device_of(row: Row[Any], keys: Mapping[str, SubjectKey]) -> Device:
    """A row of `devices`, opened with the keys of customers."""
    name = keys[envelope.customer(row.customer)].open_text(_place(row.party), row.sealed_name)
    return Device(PartyId(row.party), PartyKind(row.kind), row.customer, name, DeviceStatus(row.status))


async def _has_endpoint(work: Work, party: PartyId) -> bool:
    wanted = select(endpoints.c.endpoint).where(endpoints.c.party == party, endpoints.c.revoked.is_(False)).limit(1)
    return (await work.connection.execute(wanted)).one_or_none() is not None
