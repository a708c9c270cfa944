"""The end of an agreement: the customer goes, with its devices and all that those know of people (P-07)."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from signalling.people.circle import ChangeKind
from signalling.privacy.holds import HoldReason
from signalling.store import envelope
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope
from signalling.store.erasing import forget_circle, hold_circles
from signalling.store.holds import forget_holds, kept_back, reasons_of
from signalling.store.rows import locked_devices
from signalling.store.support import erase_threads_of
from signalling.store.tables import customers, devices, parties
from signalling.vocabulary import PartyId


class Agreements:
    """Ends them."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def end(self, customer: str, *, now: float) -> frozenset[HoldReason] | None:
        """Erase a customer and its devices. Not empty: kept for these reasons, until they are lifted. None: unknown."""
        async with self._database.changing(now=now, erases=True) as work:
            there = await work.connection.execute(select(customers.c.customer).where(customers.c.customer == customer))
            if there.one_or_none() is None:
                return None
            subject = envelope.customer(customer)
            if await kept_back(work, [subject]):
                return await reasons_of(work, subject)
            await erase_customer(work, self._keys, customer)
        return frozenset()


async def erase_customer(work: Work, keys: Envelope, customer: str) -> None:
    """Its key, its devices with their circles, its support threads, its row. The books have a key of their own."""
    await keys.erase(work.connection, [envelope.customer(customer)])
    await _erase_devices(work, keys, await locked_devices(work, devices.c.customer == customer))
    await erase_threads_of(work, keys, customer)
    await work.connection.execute(delete(customers).where(customers.c.customer == customer))
    await forget_holds(work, [envelope.customer(customer)])
    work.erased("customer", customer)


async def _erase_devices(work: Work, keys: Envelope, gone: Sequence[PartyId]) -> None:
    await hold_circles(work, gone)
    for device in gone:
        await forget_circle(work, keys, device)
        await work.connection.execute(delete(parties).where(parties.c.party == device))
        work.note(device, ChangeKind.ERASED)
