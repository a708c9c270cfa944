"""What staff read of people and customers: every read says who and what for, and leaves its line first (P-04, P-13).

Commands come here, and the Admin tool's routes will: nothing else shows staff anything personal. The line is on the
disk before anything is opened; what got none isn't shown; a line that can't be written is a read that isn't done.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final

from signalling.people.device import DeviceMove, DeviceStatus
from signalling.people.lists import ListKind
from signalling.people.profile import Profile
from signalling.people.robot_log import LogPurpose, LogRow, Usage
from signalling.privacy.export import Held
from signalling.privacy.holds import HoldReason
from signalling.privacy.reading import Looking, Read, Record
from signalling.store import envelope
from signalling.store.customers import CustomerData
from signalling.store.devices import Device
from signalling.store.lists import Exported
from signalling.store.requests import Request
from signalling.store.store import Store
from signalling.store.support import Thread
from signalling.vocabulary import PartyId


@dataclass(frozen=True, slots=True, repr=False)
class Reviewed:
    """A subject request, and whose data it leads to (subjects as keys are named)."""

    request: Request
    about: list[str]


class Staff:
    """Reads, each behind its line. Methods raise ReadingError for a purpose that isn't the record's, and StoreError."""

    def __init__(self, store: Store) -> None:
        self._store: Final = store

    async def profile(self, looking: Looking, party: str, *, now: float) -> Profile | None:
        """A person's profile. For support and security alone."""
        is_noted = await self._noted(looking, Record.PROFILE, envelope.person(party), now=now)
        return await self._store.profiles.get(party) if is_noted else None

    async def customers(self, looking: Looking, *, now: float) -> dict[str, CustomerData]:
        """All customers by id."""
        noted = await self._each(looking, Record.CUSTOMER, await self._store.customers.names(), now=now)
        return {name: data for name, data in (await self._store.customers.all()).items() if name in noted}

    async def customer(self, looking: Looking, customer: str, *, now: float) -> CustomerData | None:
        """One customer."""
        is_noted = await self._noted(looking, Record.CUSTOMER, envelope.customer(customer), now=now)
        return await self._store.customers.get(customer) if is_noted else None

    async def devices(self, looking: Looking, customer: str | None = None, *, now: float) -> list[Device]:
        """The devices of a customer or of all, with what their customers call them."""
        return await self._devices(looking, Record.DEVICES, customer, now=now)

    async def unblock(self, looking: Looking, device: str, *, now: float) -> DeviceStatus | None:
        """Let a blocked device take calls again; its customer sees who did it. None: no such device, or not blocked."""
        owner = (await self._store.devices.owners(device)).get(device)
        if owner is None or not await self._noted(looking, Record.UNBLOCKING, envelope.customer(owner), now=now):
            return None
        return await self._store.devices.move(PartyId(device), DeviceMove.UNBLOCK, now=now)

    async def usage(
        self, looking: Looking, customer: str | None = None, *, now: float
    ) -> tuple[list[Device], list[Usage]]:
        """Summed minutes of a customer's AV1s or of all, with those robots."""
        devices = await self._devices(looking, Record.USAGE, customer, now=now)
        shown = {one.customer for one in devices}
        return devices, [one for one in await self._store.robot_log.usage(customer) if one.customer in shown]

    async def sums(self, looking: Looking, device: str | None = None, *, now: float) -> list[Usage]:
        """Summed minutes for an invoice, of one AV1 or of all, also of robots that are another's now."""
        used = [one for one in await self._store.robot_log.usage() if device in {None, one.device}]
        noted = await self._each(looking, Record.USAGE, {one.customer for one in used}, now=now)
        return [one for one in used if one.customer in noted]

    async def robot_log(self, looking: Looking, device: str | None = None, *, now: float) -> AsyncIterator[LogRow]:
        """The log of one AV1 or of all, for one of its four purposes."""
        owners = await self._store.devices.owners(device)
        noted = await self._each(looking, Record.AV1_LOG, owners.values(), now=now)
        async for row in self._store.robot_log.rows(LogPurpose(looking.purpose), device):
            if owners.get(row.device) in noted:
                yield row

    async def holds(self, looking: Looking, *, now: float) -> tuple[list[tuple[str, HoldReason, int]], list[str]]:
        """Why whose data are kept, and whose erasure waits for it."""
        held = await self._store.holds.all()
        noted = await self._store.reads.note(looking, Record.HOLDS, [subject for subject, _, _ in held], now=now)
        return [one for one in held if one[0] in noted], await self._store.holds.due()

    async def request(self, looking: Looking, request: str, *, now: float) -> Reviewed | None:
        """A subject request, with all that was said, and whose data its address leads to: they have a line too."""
        if not await self._noted(looking, Record.REQUEST, envelope.request(request), now=now):
            return None
        one = await self._store.requests.get(request)
        if one is None:
            return None
        noted = await self._store.reads.note(
            looking, Record.REQUEST, found := await self._store.requests.about(one), now=now
        )
        return Reviewed(one, [subject for subject in found if subject in noted])

    async def thread(self, looking: Looking, thread: str, *, now: float) -> Thread | None:
        """A support thread, with its address if one was left. A customer's is noted with the customer too."""
        if not await self._noted(looking, Record.THREAD, envelope.thread(thread), now=now):
            return None
        owner = await self._store.support.customer_of(thread)
        if owner is not None and not await self._noted(looking, Record.THREAD, envelope.customer(owner), now=now):
            return None
        return await self._store.support.show(thread, now=now)

    async def listed(self, looking: Looking, kind: ListKind, *, now: float) -> list[Exported]:
        """A whole list, to be written to."""
        names = await self._store.lists.names(kind)
        noted = await self._store.reads.note(looking, Record.LIST_ENTRY, map(envelope.listed, names), now=now)
        return [one for one in await self._store.lists.export(kind) if envelope.listed(one.name) in noted]

    async def reads(self, looking: Looking, subject: str, *, now: float) -> list[Read]:
        """The lines about a subject, with the names of staff. This read has its line there too."""
        is_noted = await self._noted(looking, Record.READS, subject, now=now)
        return await self._store.reads.of(subject) if is_noted else []

    async def all_of_customer(self, looking: Looking, customer: str, *, now: float) -> Held | None:
        """All that is stored about a customer, for an answer."""
        is_noted = await self._noted(looking, Record.EXPORT, envelope.customer(customer), now=now)
        return await self._store.holdings.of_customer(customer) if is_noted else None

    async def all_of_request(self, looking: Looking, request: str, *, now: float) -> Held | None:
        """All that the address leads to from which a request came. None: no such request, or it came from the app."""
        if not await self._noted(looking, Record.EXPORT, envelope.request(request), now=now):
            return None
        one = await self._store.requests.get(request)
        if one is None or one.email is None:
            return None
        found = await self._store.requests.about(one)
        noted = await self._store.reads.note(looking, Record.EXPORT, found, now=now)
        return await self._store.holdings.of_subjects(
            [envelope.request(request), *(subject for subject in found if subject in noted)], one.email
        )

    async def _devices(self, looking: Looking, record: Record, customer: str | None, *, now: float) -> list[Device]:
        owners = await self._store.devices.owners()
        wanted = {one for one in owners.values() if customer in {None, one}}
        noted = await self._each(looking, record, wanted, now=now)
        return [one for one in await self._store.devices.all(customer) if one.customer in noted]

    async def _each(self, looking: Looking, record: Record, customers: Iterable[str], *, now: float) -> set[str]:
        named = {envelope.customer(one): one for one in customers}
        return {named[one] for one in await self._store.reads.note(looking, record, named, now=now)}

    async def _noted(self, looking: Looking, record: Record, subject: str, *, now: float) -> bool:
        return subject in await self._store.reads.note(looking, record, [subject], now=now)
