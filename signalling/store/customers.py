"""Customers: who owns devices and pays. Name, phone, e-mail, address, payment reference; nothing else (P-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, delete, insert, select, update

from signalling.store import envelope
from signalling.store.database import Database
from signalling.store.envelope import Envelope, Place, SubjectKey
from signalling.store.faults import AgreementError, ConflictError
from signalling.store.holds import reasons_of
from signalling.store.rows import day_of, fresh_id
from signalling.store.support import erase_threads_of
from signalling.store.tables import customers

SEALED: Final = ("name", "phone", "email", "address", "payment_reference")


class CustomerKind(StrEnum):
    """Who it is."""

    PRIVATE = "private"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True, repr=False)
class CustomerData:
    """What is known of a customer. The payment reference is the payment provider's, never card data."""

    kind: CustomerKind
    name: str
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    payment_reference: str | None = None
    dpa_version: str | None = None
    """Version of the data-processing agreement that was signed."""


class Customers:
    """Adds, reads, corrects and removes customers."""

    def __init__(self, database: Database, keys: Envelope, *, dpa_required: bool = False) -> None:
        """`dpa_required`: an organisation has a data-processing agreement, or isn't taken."""
        self._database = database
        self._keys = keys
        self._dpa_required = dpa_required

    async def add(self, data: CustomerData, *, now: float) -> str:
        """A new customer; its id. Raises AgreementError."""
        self._check(data)
        customer = fresh_id()
        async with self._database.changing() as work:
            key = await self._keys.new(work.connection, envelope.customer(customer))
            await work.connection.execute(
                insert(customers).values(customer=customer, created_day=day_of(now), **_row(customer, data, key))
            )
        return customer

    async def get(self, customer: str) -> CustomerData | None:
        """What is known of that customer."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(customers).where(customers.c.customer == customer))
            row = found.one_or_none()
            key = await self._keys.key(connection, envelope.customer(customer))
        return _data(row, key) if row is not None and key is not None else None

    async def correct(self, customer: str, data: CustomerData) -> bool:
        """Put new data in place of the old. Raises AgreementError."""
        self._check(data)
        async with self._database.changing(erases=True) as work:
            key = await self._keys.key(work.connection, envelope.customer(customer))
            if key is None:
                return False
            await work.connection.execute(
                update(customers).where(customers.c.customer == customer).values(**_row(customer, data, key))
            )
        return True

    async def names(self) -> list[str]:
        """Every customer's id, and nothing of theirs."""
        async with self._database.reading() as connection:
            return list((await connection.execute(select(customers.c.customer))).scalars())

    async def all(self) -> dict[str, CustomerData]:
        """Every customer by id, for the operator."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(customers).order_by(customers.c.created_day))).all()
            keys = await self._keys.keys(connection, [envelope.customer(row.customer) for row in rows])
        return {row.customer: _data(row, keys[envelope.customer(row.customer)]) for row in rows}

    async def remove(self, customer: str, *, now: float) -> bool:
        """Erase a customer that has no device any more; False if it has, a hold keeps it, or it isn't there."""
        try:
            async with self._database.changing(now=now, erases=True) as work:
                if await reasons_of(work, envelope.customer(customer)):
                    return False
                await self._keys.erase(work.connection, [envelope.customer(customer)])
                await erase_threads_of(work, self._keys, customer)
                gone = await work.connection.execute(delete(customers).where(customers.c.customer == customer))
                work.erased("customer", customer)
                return gone.rowcount == 1
        except ConflictError:  # a device refers to it
            return False

    def _check(self, data: CustomerData) -> None:
        if self._dpa_required and data.kind is CustomerKind.ORGANISATION and not data.dpa_version:
            raise AgreementError


def _row(customer: str, data: CustomerData, key: SubjectKey) -> Mapping[str, Any]:
    texts: dict[str, str | None] = {field: getattr(data, field) for field in SEALED}
    return {
        "kind": data.kind,
        "dpa_version": data.dpa_version,
        **{
            f"sealed_{field}": key.seal_text(_place(customer, field), text) if text is not None else None
            for field, text in texts.items()
        },
    }


def _data(row: Row[Any], key: SubjectKey) -> CustomerData:
    texts = {
        field: key.open_text(_place(row.customer, field), sealed) if sealed is not None else None
        for field in SEALED
        for sealed in [getattr(row, f"sealed_{field}")]
    }
    name = texts.pop("name")
    return CustomerData(CustomerKind(row.kind), name or "", **texts, dpa_version=row.dpa_version)


def _place(customer: str, field: str) -> Place:
    return Place("customers", f"sealed_{field}", customer)
