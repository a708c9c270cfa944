"""The circle from the store: `signalling.people.circle.Circle`, each answer of this moment.

The rules are those of `signalling.people.membership`; here the few rows are read that they answer from. An endpoint
that is revoked in the meantime may nothing.
"""

from sqlalchemy import select

from signalling.observe.clock import Clock
from signalling.people.circle import Changes, Endpoint, Keys, Shown, Statement
from signalling.people.device import DeviceStatus
from signalling.people.membership import are_linked, may_ring, sees
from signalling.store import envelope
from signalling.store.profiles import shown_profile
from signalling.store.rows import is_live, live_endpoint, memberships_of, robots_of
from signalling.store.store import Store
from signalling.store.tables import profiles
from signalling.vocabulary import EndpointId, PartyId


class StoreCircle:
    """`signalling.people.circle.Circle` over a store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def endpoint(self, endpoint: str) -> Endpoint | None:
        return await self._store.endpoints.get(endpoint)

    async def endpoints_of(self, party: str) -> tuple[EndpointId, ...]:
        return await self._store.endpoints.of(party)

    async def may_ring(self, caller: Endpoint, party: str) -> bool:
        if caller.kind.is_device:
            return False
        async with self._store.database.reading() as connection:
            known = await memberships_of(connection, [caller.party, party], is_live(caller))
            if may_ring(caller.party, PartyId(party), known):
                return True
            robots = await robots_of(connection, [caller.party], is_live(caller))
            return may_ring(caller.party, PartyId(party), (), robots)

    async def refuses(self, party: str) -> bool:
        status = await self._store.devices.status(party)
        return status is not None and status.refuses_calls

    async def is_blocked(self, party: str) -> bool:
        return await self._store.devices.status(party) is DeviceStatus.BLOCKED

    async def block(self, robot: PartyId) -> bool:
        return await self._store.devices.recorded(robot, now=self._clock.now())

    async def may_see(self, watcher: Endpoint, endpoint: str) -> bool:
        async with self._store.database.reading() as connection:
            seen = await live_endpoint(connection, endpoint)
            if seen is None:
                return False
            if seen.party == watcher.party:
                return await live_endpoint(connection, watcher.endpoint) is not None
            known = await memberships_of(connection, [watcher.party, seen.party], is_live(watcher))
            robots = await robots_of(connection, [watcher.party], is_live(watcher))
        return are_linked(watcher.party, seen.party, known, robots)

    async def shown_to(self, caller: Endpoint, callee: PartyId) -> Shown | None:
        """An AV1 has no memberships, so it sees nobody, and its app has no profile that could be shown."""
        async with self._store.database.reading() as connection:
            known = await memberships_of(connection, [caller.party, callee], is_live(caller))
            found = await connection.execute(select(profiles).where(profiles.c.party == caller.party))
            row = found.one_or_none()
            if row is None or not sees(callee, caller.party, known):
                return None
            key = await self._store.keys.key(connection, envelope.person(caller.party))
        if key is None:
            return None
        profile = shown_profile(row, key)
        return Shown(profile.name, profile.picture)

    async def publish(self, endpoint: EndpointId, statement: Statement) -> bool:
        return await self._store.endpoints.publish(endpoint, statement)

    async def keys_of(self, endpoint: str) -> Keys | None:
        return await self._store.endpoints.keys_of(endpoint)

    async def admit(self, device: Endpoint, endpoint: str) -> bool:
        return await self._store.memberships.admit(device, endpoint, now=self._clock.now())

    async def changes(self, after: int) -> Changes:
        return await self._store.history.after(after)
