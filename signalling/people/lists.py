"""Who asked to hear from us: the waiting list (country, e-mail) and the newsletter (e-mail), nothing else. Pure.

(P-27, P-31.) Consent is `signalling.privacy.consent`'s; here is only what an address and a country look like.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

EMAIL_CHARACTERS: Final = 254
_EMAIL: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


class ListKind(StrEnum):
    """Which list."""

    WAITING = "waiting"
    NEWSLETTER = "newsletter"


class ListError(ValueError):
    """What was given isn't of a list. Names the rule, never the value."""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """What is known of somebody on a list."""

    kind: ListKind
    email: str
    country: str | None = None
    """ISO 3166-1; of the waiting list alone."""


def checked_email(text: str) -> str:
    """The address without outer blanks. Raises ListError."""
    email = text.strip()
    if len(email) > EMAIL_CHARACTERS or not email.isprintable() or _EMAIL.fullmatch(email) is None:
        raise ListError("an e-mail address is name@domain, of at most 254 characters")
    return email


def folded(email: str) -> str:
    """The address as it is compared: who writes it in capitals is the same."""
    return email.casefold()


def checked_entry(kind: ListKind, email: str, country: str | None = None) -> Entry:
    """An entry of that list. Raises ListError."""
    if (country is not None) is not (kind is ListKind.WAITING):
        raise ListError("the waiting list takes a country, the newsletter none")
    if country is not None and _COUNTRY.fullmatch(country) is None:
        raise ListError("a country is two capital letters (ISO 3166-1)")
    return Entry(kind, checked_email(email), country)
