"""A person's rights: to see all that is stored about them. Hands between what is asked, the store and the data map."""

import datetime as dt
from dataclasses import replace
from typing import Final

import phonenumbers

from signalling.people.circle import Endpoint
from signalling.privacy.export import Answering, archive
from signalling.service.nothing import found
from signalling.store.store import Store


class Rights:
    """Answers people about their own data."""

    def __init__(self, store: Store, answering: Answering) -> None:
        self._store: Final = store
        self._answering = answering

    async def export(self, caller: Endpoint, *, now: float) -> bytes:
        """All that is stored about the asker, as a ZIP. Raises ProtocolError `not_found` where there is no profile."""
        held = found(await self._store.holdings.of(caller.party))
        profile = found(await self._store.profiles.get(caller.party))
        answering = replace(self._answering, country=country_of(profile.phone or "") or self._answering.country)
        return archive(held, answering, day=dt.datetime.fromtimestamp(now, dt.UTC).date().isoformat())


def country_of(number: str) -> str | None:
    """The country of a number (E.164), ISO 3166-1; None for none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None
