"""Customers: who owns devices and pays. Name, phone, e-mail, address, payment reference; nothing else (P-06)."""

from dataclasses import dataclass
from enum import StrEnum


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

    async def add(self, data: CustomerData, *, now: float) -> str:
        """A new customer; its id."""
        raise NotImplementedError

    async def get(self, customer: str) -> CustomerData | None:
        """What is known of that customer."""
        raise NotImplementedError

    async def correct(self, customer: str, data: CustomerData) -> bool:
        """Put new data in place of the old."""
        raise NotImplementedError

    async def all(self) -> dict[str, CustomerData]:
        """Every customer by id, for the operator."""
        raise NotImplementedError

    async def remove(self, customer: str) -> bool:
        """Erase a customer that has no device any more; False if it has, or isn't there."""
        raise NotImplementedError
