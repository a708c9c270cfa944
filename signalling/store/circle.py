"""The circle from the store: `signalling.people.circle.Circle`, each answer of this moment."""

from signalling.observe.clock import Clock
from signalling.people.circle import Changes, Endpoint, Keys, Shown, Statement
from signalling.store.store import Store
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
        raise NotImplementedError

    async def refuses(self, party: str) -> bool:
        device = await self._store.devices.get(party)
        return device is not None and device.status.refuses_calls

    async def may_see(self, watcher: Endpoint, endpoint: str) -> bool:
        raise NotImplementedError

    async def shown_to(self, caller: Endpoint, callee: PartyId) -> Shown | None:
        raise NotImplementedError

    async def publish(self, endpoint: EndpointId, statement: Statement) -> bool:
        return await self._store.endpoints.publish(endpoint, statement)

    async def keys_of(self, endpoint: str) -> Keys | None:
        return await self._store.endpoints.keys_of(endpoint)

    async def admit(self, device: Endpoint, endpoint: str) -> bool:
        return await self._store.memberships.admit(device.party, endpoint, now=self._clock.now())

    async def changes(self, after: int) -> Changes:
        return await self._store.history.after(after)
