"""A town for tests of the store: customers, Komps, robots and people who are really there, in a few words each."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.people.circle import Endpoint
from signalling.people.membership import MemberRole, Membership, Side
from signalling.people.post import NewPost, Wrap
from signalling.protocol.proof import base64url, endpoint_id
from signalling.store.circle import StoreCircle
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.envelope import Master
from signalling.store.master import MemoryMaster
from signalling.store.store import Store, open_store
from signalling.vocabulary import PartyId, PartyKind
from tests.clock import ManualClock

NOW: Final = 1_800_000_000.0


def fresh_key() -> dict[str, Any]:
    """An endpoint's name and identity key, as keyword arguments."""
    identity = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return {"endpoint": endpoint_id(identity), "identity": identity}


def key_of(one: Endpoint) -> dict[str, Any]:
    """Somebody's own endpoint and key, as keyword arguments."""
    return {"endpoint": one.endpoint, "identity": one.identity}


class Town:
    """Those who live around one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        self.circle = StoreCircle(store, self.clock)
        self._numbers = count(secrets.randbelow(10**8))
        self._customer = ""

    @property
    def now(self) -> float:
        return self.clock.now()

    def number(self) -> str:
        """A phone number that nobody has yet."""
        return f"+467{next(self._numbers):09d}"

    async def customer(self) -> str:
        """The customer who owns this town's devices."""
        if not self._customer:
            data = CustomerData(CustomerKind.PRIVATE, "Grandmother", "+4712345678", "g@example.org")
            self._customer = await self.store.customers.add(data, now=self.now)
        return self._customer

    async def device(self, kind: PartyKind, name: str) -> Endpoint:
        """A device that is enrolled."""
        made = await self.store.devices.add(kind, await self.customer(), name, now=self.now)
        assert made is not None
        party, token = made
        key = fresh_key()
        assert await self.store.devices.enrol(token, **key, now=self.now) == party
        return Endpoint(key["endpoint"], key["identity"], party, kind)

    async def komp(self, name: str = "Grandmother's Komp") -> Endpoint:
        return await self.device(PartyKind.KOMP, name)

    async def av1(self, name: str = "Robot 7") -> Endpoint:
        return await self.device(PartyKind.AV1, name)

    async def person(self, name: str, number: str | None = None) -> Endpoint:
        """Somebody with a profile and one phone."""
        key = fresh_key()
        party = await self.store.profiles.create(name, number or self.number(), **key, now=self.now)
        assert party is not None
        return Endpoint(key["endpoint"], key["identity"], party, PartyKind.PERSON)

    async def phone(self, person: Endpoint) -> Endpoint:
        """One more phone of theirs."""
        key = fresh_key()
        assert await self.store.endpoints.add(person.party, **key, now=self.now)
        return Endpoint(key["endpoint"], key["identity"], person.party, PartyKind.PERSON)

    async def joins(
        self,
        person: Endpoint,
        komp: Endpoint,
        role: MemberRole = MemberRole.USER,
        side: Side = Side.FAMILY,
        *,
        video_only: bool = False,
    ) -> None:
        """That person becomes a member."""
        member = Membership(komp.party, person.party, role, side, video_only)
        assert await self.store.memberships.add(member, now=self.now)

    async def member(self, name: str, komp: Endpoint, role: MemberRole = MemberRole.USER, **more: Any) -> Endpoint:
        """A new person who is a member."""
        person = await self.person(name)
        await self.joins(person, komp, role, **more)
        return person

    async def student(self, av1: Endpoint) -> Endpoint:
        """The app that is linked with that robot by a fresh keyword."""
        keyword = await self.store.keywords.create(av1.party, now=self.now)
        assert keyword is not None
        key = fresh_key()
        redeemed = await self.store.keywords.redeem(keyword, **key, now=self.now)
        assert redeemed is not None
        return Endpoint(key["endpoint"], key["identity"], redeemed[0], PartyKind.PERSON)


def post_to(*readers: Endpoint, purpose: str = "message", box: bytes = b"sealed") -> NewPost:
    """A post whose box and wraps are stand-ins: the store can open neither."""
    wraps = tuple(Wrap(reader.endpoint, 1, f"wrap for {number}") for number, reader in enumerate(readers))
    return NewPost(base64url(secrets.token_bytes(16)), purpose, 1, wraps, box)


def somebody_else() -> PartyId:
    """An id that nobody has."""
    return PartyId(base64url(secrets.token_bytes(16)))


@asynccontextmanager
async def town(url: str, master: Master | None = None) -> AsyncIterator[Town]:
    """A town around the store at that URL."""
    async with open_store(url, master or MemoryMaster(), upgrade=True) as store:
        yield Town(store)
