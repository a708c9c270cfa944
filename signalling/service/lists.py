"""Onto the lists and off them: hands between what is asked over HTTP, consent, and the store.

Nobody learns whether an address is on a list. The coordinator sends no mail: the operator exports a list and writes.
"""

from typing import Final

from signalling.access.numbers import check_countries
from signalling.people.lists import Entry, ListError, ListKind, checked_entry
from signalling.privacy.consent import WORDINGS, Consent, ConsentKind, consent_to
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.lists import ConsentWording, ConsentWordings, NewsletterEntry, WaitingEntry, Withdrawal
from signalling.service.nothing import or_nothing
from signalling.store.rows import day_of
from signalling.store.store import Store

_GROUNDS: Final = {
    ListKind.WAITING: ConsentKind.WAITING,
    ListKind.NEWSLETTER: ConsentKind.NEWSLETTER,
}


class Lists:
    """Adds and withdraws."""

    def __init__(self, store: Store, *, policy_version: str) -> None:
        self._store: Final = store
        self._policy_version = policy_version

    async def wait(self, asked: WaitingEntry, *, now: float) -> None:
        """Onto the waiting list. Raises ProtocolError `consent_needed` or `bad_message`."""
        await self._add(_entry(ListKind.WAITING, asked.email, asked.country), asked.consent, now=now)

    async def subscribe(self, asked: NewsletterEntry, *, now: float) -> None:
        """Onto the newsletter's list. Raises as `wait`."""
        await self._add(_entry(ListKind.NEWSLETTER, asked.email), asked.consent, now=now)

    async def withdraw(self, asked: Withdrawal, *, now: float) -> None:
        """Off the list at once; again is no fault. Raises ProtocolError `not_found` for a token not ours."""
        or_nothing(await self._store.lists.withdraw(asked.token, now=now))

    async def _add(self, entry: Entry, version: str | None, *, now: float) -> None:
        ground = needed(_GROUNDS[entry.kind], version, policy_version=self._policy_version, now=now)
        await self._store.lists.add(entry, ground)


def wordings() -> ConsentWordings:
    """The current wordings, for pages that ask."""
    return ConsentWordings(
        [ConsentWording(kind.value, one.version, one.sv, one.nb, one.en) for kind, one in WORDINGS.items()]
    )


def needed(kind: ConsentKind, version: str | None, *, policy_version: str, now: float) -> Consent:
    """The consent to the current wording. Raises ProtocolError `consent_needed`."""
    given = consent_to(kind, version or "", policy_version=policy_version, day=day_of(now))
    if given is None:
        raise ProtocolError(ErrorCode.CONSENT_NEEDED)
    return given


def _entry(kind: ListKind, email: str, country: str | None = None) -> Entry:
    try:
        if country is not None:
            check_countries((country,))
        return checked_entry(kind, email, country)
    except ListError as problem:
        rule = str(problem)
    except ValueError:
        rule = "a country is two capital letters (ISO 3166-1)"
    raise ProtocolError(ErrorCode.BAD_MESSAGE, f"{rule[0].upper()}{rule[1:]}.")
