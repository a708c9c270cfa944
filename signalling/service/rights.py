"""A person's rights over their data: to see it, and to ask for what an operator decides (P-34 to P-39, P-52).

Hands between what is asked over HTTP, the store and the data map.
"""

import datetime as dt
from dataclasses import replace
from typing import Final

import phonenumbers

from signalling.people.circle import Endpoint
from signalling.privacy.export import Answering, Held, archive
from signalling.privacy.reading import Read
from signalling.privacy.requests import RequestKind
from signalling.protocol.api import MyDataRequest, OwnRead, OwnReads, OwnRequest, OwnRequests, RequestMade, RequestTaken
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.service.nothing import found
from signalling.store import envelope
from signalling.store.requests import Request
from signalling.store.store import Store
from signalling.vocabulary import PartyKind

_FULL_RETRY_MS: Final = 3_600_000


class Rights:
    """Answers people about their own data."""

    def __init__(self, store: Store, answering: Answering) -> None:
        self._store: Final = store
        self._answering = answering

    async def export(self, caller: Endpoint, *, now: float) -> bytes:
        """All that is stored about the asker, as a ZIP. Raises ProtocolError `not_found` where there is no profile."""
        held = found(await self._store.holdings.of(caller.party))
        profile = found(await self._store.profiles.get(caller.party))
        return answered(held, self._answering, phone=profile.phone, now=now)

    async def reads(self, caller: Endpoint) -> OwnReads:
        """Which of the asker's data staff read in the last year. Raises ProtocolError `not_found` without a profile."""
        await self._is_person(caller)
        found = await self._store.reads.of(envelope.person(caller.party))
        return OwnReads([own_read(one) for one in found])

    async def ask(self, caller: Endpoint, asked: RequestMade, *, now: float) -> OwnRequest:
        """A request from the app. Raises ProtocolError `not_found` without a profile, `conflict` for too many."""
        await self._is_person(caller)
        made = await self._store.requests.ask(caller.party, RequestKind(asked.kind), asked.text, now=now)
        if made is None:
            raise ProtocolError(ErrorCode.CONFLICT, "Too many of your requests wait to be decided.")
        return _own(made)

    async def requests(self, caller: Endpoint, *, now: float) -> OwnRequests:
        """The asker's own requests with their answers, which count as told from now on."""
        await self._is_person(caller)
        return OwnRequests([_own(one) for one in await self._store.requests.of(caller.party, now=now)])

    async def ask_by_form(self, asked: MyDataRequest, *, now: float) -> RequestTaken:
        """A request by an e-mail address alone. Nobody is looked up: known and unknown take the same work (P-52).

        Raises ProtocolError `unavailable` to everybody alike while too many wait.
        """
        made = await self._store.requests.ask_by_form(asked.email, RequestKind(asked.kind), asked.text, now=now)
        if made is None:
            raise ProtocolError(ErrorCode.UNAVAILABLE, retry_after_ms=_FULL_RETRY_MS)
        return RequestTaken(made.due_day)

    async def _is_person(self, caller: Endpoint) -> None:
        if caller.kind is not PartyKind.PERSON or await self._store.profiles.get(caller.party) is None:
            raise ProtocolError(ErrorCode.NOT_FOUND)


def answered(held: Held, answering: Answering, *, phone: str | None, now: float) -> bytes:
    """The ZIP, with the authority of the country that the number is of."""
    country = country_of(phone or "") or answering.country
    return archive(
        held, replace(answering, country=country), day=dt.datetime.fromtimestamp(now, dt.UTC).date().isoformat()
    )


def country_of(number: str) -> str | None:
    """The country of a number (E.164), ISO 3166-1; None for none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None


def own_read(one: Read) -> OwnRead:
    """As whom it is about sees it: without the name of staff."""
    return OwnRead(one.record.value, one.purpose.value, one.minute)


def _own(one: Request) -> OwnRequest:
    return OwnRequest(
        request=one.request,
        kind=one.kind.value,
        received_day=one.received_day,
        due_day=one.due_day,
        text=one.text,
        outcome=one.outcome.value if one.outcome is not None else None,
        reason=one.reason.value if one.reason is not None else None,
        answer=one.answer,
        decided_day=one.decided_day,
    )
