"""What bookkeeping law wants kept for five years (P-08): amounts and goods, and no person inside.

Every field is of a closed form: there is none that a name would fit into.
"""

import datetime as dt
import json
import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

YEARS_KEPT: Final = 5
_EPOCH: Final = dt.date(1970, 1, 1)
_NUMBER: Final = re.compile(r"[A-Z]{0,4}[0-9]{1,20}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class Product(StrEnum):
    """What was sold."""

    KOMP = "komp"
    AV1 = "av1"
    SUBSCRIPTION = "subscription"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One entry. Amounts are in the currency's smallest unit; the day is counted from 1970-01-01."""

    number: str
    """Of the invoice: at most four letters, then digits."""
    day: int
    product: Product
    quantity: int
    currency: str
    """ISO 4217."""
    total: int
    vat: int

    def __post_init__(self) -> None:
        """Raises ValueError with the rule that doesn't hold."""
        if not _NUMBER.fullmatch(self.number):
            raise ValueError("an invoice's number is at most four capital letters, then digits")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError("a currency is three capital letters (ISO 4217)")

    def encoded(self) -> bytes:
        """As it is sealed."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()


def decoded(content: bytes) -> BookEntry:
    """The entry again."""
    values = json.loads(content)
    return BookEntry(**{**values, "product": Product(values["product"])})


def last_day(day: int) -> int:
    """The last day on which an entry of that day is kept: five years after it. After a leap day, the first of March."""
    booked = _EPOCH + dt.timedelta(days=day)
    try:
        until = booked.replace(year=booked.year + YEARS_KEPT)
    except ValueError:
        until = dt.date(booked.year + YEARS_KEPT, 3, 1)
    return (until - _EPOCH).days
