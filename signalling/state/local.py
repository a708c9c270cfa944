"""The embedded default: everything in this process, in dicts. A restart forgets it all, as it should."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from secrets import token_bytes
from typing import Final

from signalling.calls.leases import Lease
from signalling.calls.record import CallRecord
from signalling.state.port import ABSENT, Facts, Inbox, Notice, Present, State, Tombstone, Versioned
from signalling.vocabulary import CallId, EndpointId, Epoch, PartyId

PAIR: Final = 2
"""Endpoints that one rendezvous holds."""


class LocalCalls:
    """Records by call id, tombstones by the call id's salted hash."""

    def __init__(self) -> None:
        self._records: dict[str, Versioned] = {}
        self._tombstones: dict[bytes, tuple[float, Tombstone]] = {}
        self._salt = token_bytes(32)

    async def get(self, call: str) -> Versioned | None:
        return self._records.get(call)

    async def create(self, record: CallRecord) -> bool:
        if record.call in self._records:
            return False
        self._records[record.call] = Versioned(record, 1)
        return True

    async def update(self, record: CallRecord, version: int) -> bool:
        if not self._has(record.call, version):
            return False
        self._records[record.call] = Versioned(record, version + 1)
        return True

    async def bury(self, record: CallRecord, version: int, tombstone: Tombstone, *, until: float) -> bool:
        if not self._has(record.call, version):
            return False
        del self._records[record.call]
        self._tombstones[self._hash(record.call)] = (until, tombstone)
        return True

    async def tombstone(self, call: str, *, now: float) -> Tombstone | None:
        until, tombstone = self._tombstones.get(self._hash(call), (0.0, None))
        return tombstone if until > now else None

    async def receipted(self, call: str, receipt: str, *, now: float) -> None:
        name = self._hash(call)
        until, tombstone = self._tombstones.get(name, (0.0, None))
        if tombstone is not None and until > now:
            self._tombstones[name] = (until, replace(tombstone, receipt=receipt))

    async def every(self) -> Sequence[CallRecord]:
        return [kept.record for kept in self._records.values()]

    async def sweep(self, *, now: float) -> None:
        for name in [name for name, (until, _) in self._tombstones.items() if until <= now]:
            del self._tombstones[name]

    def _has(self, call: str, version: int) -> bool:
        kept = self._records.get(call)
        return kept is not None and kept.version == version

    def _hash(self, call: str) -> bytes:
        return blake2b(call.encode(), key=self._salt, digest_size=16).digest()


class LocalLeases:
    """Leases by party."""

    def __init__(self) -> None:
        self._leases: dict[PartyId, Lease] = {}

    async def get(self, party: PartyId) -> Lease | None:
        return self._leases.get(party)

    async def take(self, party: PartyId, lease: Lease, *, instead_of: Lease | None) -> bool:
        if self._leases.get(party) != instead_of:
            return False
        self._leases[party] = lease
        return True

    async def release(self, party: PartyId, call: CallId) -> None:
        held = self._leases.get(party)
        if held is not None and held.call == call:
            del self._leases[party]

    async def every(self) -> Sequence[tuple[PartyId, Lease]]:
        return list(self._leases.items())


class LocalSessions:
    """One live session for each endpoint. Epochs only rise, over all endpoints."""

    def __init__(self) -> None:
        self._live: dict[str, tuple[Epoch, Facts, Inbox]] = {}
        self._epoch = 0

    async def open(self, facts: Facts, inbox: Inbox) -> Epoch:
        self._epoch += 1
        older = self._live.get(facts.endpoint)
        self._live[facts.endpoint] = (Epoch(self._epoch), facts, inbox)
        if older is not None:
            older[2].superseded()
        return Epoch(self._epoch)

    async def close(self, endpoint: EndpointId, epoch: Epoch) -> bool:
        live = self._live.get(endpoint)
        if live is None or live[0] != epoch:
            return False
        del self._live[endpoint]
        return True

    async def facts(self, endpoint: str) -> Facts | None:
        live = self._live.get(endpoint)
        return live[1] if live is not None else None

    async def forget(self, endpoint: str, call: CallId) -> None:
        live = self._live.get(endpoint)
        if live is None or not live[1].named:
            return
        epoch, facts, inbox = live
        named = tuple(one for one in facts.named if one.call != call)
        self._live[endpoint] = (epoch, replace(facts, named=named), inbox)

    async def deliver(self, endpoint: str, frame: bytes) -> bool:
        live = self._live.get(endpoint)
        if live is None:
            return False
        live[2].deliver(frame)
        return True


class LocalPresence:
    """States by endpoint, and who watches whom."""

    def __init__(self) -> None:
        self._states: dict[str, Present] = {}
        self._watched: dict[EndpointId, tuple[tuple[EndpointId, ...], Notice]] = {}
        self._watchers: defaultdict[EndpointId, set[EndpointId]] = defaultdict(set)

    async def put(self, endpoint: EndpointId, present: Present) -> None:
        if present == ABSENT:
            self._states.pop(endpoint, None)
        else:
            self._states[endpoint] = present
        for watcher in tuple(self._watchers.get(endpoint, ())):
            self._watched[watcher][1](endpoint, present)

    async def get(self, endpoint: str) -> Present:
        return self._states.get(endpoint, ABSENT)

    async def watch(self, watcher: EndpointId, endpoints: Sequence[EndpointId], notice: Notice) -> None:
        self._forget(watcher)
        self._watched[watcher] = (tuple(endpoints), notice)
        for endpoint in endpoints:
            self._watchers[endpoint].add(watcher)

    async def unwatch(self, watcher: EndpointId, notice: Notice) -> None:
        if watcher in self._watched and self._watched[watcher][1] == notice:
            self._forget(watcher)

    def _forget(self, watcher: EndpointId) -> None:
        endpoints, _ = self._watched.pop(watcher, ((), None))
        for endpoint in endpoints:
            self._watchers[endpoint].discard(watcher)
            if not self._watchers[endpoint]:
                del self._watchers[endpoint]


class LocalRendezvous:
    """Who is where, by name, until when. The first to open a name sets its time."""

    def __init__(self) -> None:
        self._there: dict[str, tuple[float, tuple[EndpointId, ...]]] = {}

    async def open(self, name: str, endpoint: EndpointId, *, now: float, until: float) -> bool:
        ends, there = self._there.get(name, (0.0, ()))
        if ends <= now:
            ends, there = until, ()
        if endpoint not in there:
            if len(there) >= PAIR:
                return False
            there = (*there, endpoint)
        self._there[name] = (ends, there)
        return True

    async def peer(self, name: str, endpoint: EndpointId, *, now: float) -> EndpointId | None:
        ends, there = self._there.get(name, (0.0, ()))
        if ends <= now or endpoint not in there:
            return None
        return next((one for one in there if one != endpoint), None)

    async def sweep(self, *, now: float) -> None:
        for name in [name for name, (ends, _) in self._there.items() if ends <= now]:
            del self._there[name]


def local_state() -> State:
    """A fresh state in this process."""
    return State(LocalCalls(), LocalLeases(), LocalSessions(), LocalPresence(), LocalRendezvous())
