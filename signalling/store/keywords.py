"""Keywords that link an app with an AV1: hashed, single use; a new one cuts the old app off at once (P-16, P-20)."""

import secrets

from sqlalchemy import delete, insert, select, update

from signalling.people.circle import ChangeKind
from signalling.people.device import DeviceStatus
from signalling.people.keyword import LIFETIME_SECONDS, KeywordState, fresh_keyword, read_keyword, state_of
from signalling.store.database import Database, Work
from signalling.store.envelope import Envelope
from signalling.store.erasing import erase_app_of
from signalling.store.faults import ConflictError
from signalling.store.rows import add_endpoint, fresh_id, locked_device
from signalling.store.tables import keywords, parties, robot_links
from signalling.vocabulary import EndpointId, PartyId, PartyKind


class Keywords:
    """Makes and redeems keywords."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def create(self, av1: str, *, now: float) -> str | None:
        """A new keyword, told once. The app that was linked is erased at once. None: no such AV1."""
        keyword = fresh_keyword(secrets.token_bytes(16))
        async with self._database.changing(now=now, erases=True) as work:
            if not await _locked_av1(work, av1):
                return None
            await erase_app_of(work, self._keys, PartyId(av1))
            await work.connection.execute(delete(keywords).where(keywords.c.av1 == av1))
            work.erased("keyword", av1)
            await work.connection.execute(
                insert(keywords).values(
                    av1=av1, keyword=self._hashed(keyword), used=False, expires_at=int(now) + LIFETIME_SECONDS
                )
            )
        return keyword

    async def redeem(
        self, keyword: str, *, endpoint: EndpointId, identity: bytes, now: float
    ) -> tuple[PartyId, PartyId] | None:
        """The new app's party and the AV1 that it is linked with. None: unknown, used, expired, or the key is known."""
        if read_keyword(keyword) is None:
            return None
        try:
            return await self._redeem(self._hashed(keyword), endpoint, identity, now=now)
        except ConflictError:
            return None

    async def state(self, av1: str, *, now: float) -> KeywordState | None:
        """What has become of a robot's keyword, for whoever may make a new one. None: it never had one."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(keywords).where(keywords.c.av1 == av1))).one_or_none()
        return state_of(is_used=row.used, expires_at=row.expires_at, now=now) if row is not None else None

    async def _redeem(
        self, hashed: bytes, endpoint: EndpointId, identity: bytes, *, now: float
    ) -> tuple[PartyId, PartyId] | None:
        async with self._database.changing(now=now, erases=True) as work:
            found = await work.connection.execute(select(keywords.c.av1).where(keywords.c.keyword == hashed))
            av1 = found.scalar_one_or_none()
            if av1 is None or not await _locked_av1(work, av1):
                return None
            used = await work.connection.execute(
                update(keywords)
                .where(keywords.c.keyword == hashed, keywords.c.used.is_(False), keywords.c.expires_at > now)
                .values(used=True)
            )
            if used.rowcount != 1:
                return None
            await erase_app_of(work, self._keys, PartyId(av1))
            work.erased("keyword", av1)
            app = PartyId(fresh_id())
            await work.connection.execute(insert(parties).values(party=app, kind=PartyKind.PERSON))
            await add_endpoint(work, app, endpoint, identity)
            await work.connection.execute(insert(robot_links).values(av1=av1, app=app))
            work.note(PartyId(av1), ChangeKind.LINKED)
        return app, PartyId(av1)

    def _hashed(self, keyword: str) -> bytes:
        return self._keys.hashed("keyword", read_keyword(keyword) or "")


async def _locked_av1(work: Work, av1: str) -> bool:
    row = await locked_device(work, av1, PartyKind.AV1)
    return row is not None and DeviceStatus(row.status).takes_links
