"""Endpoints: installations of apps, and devices. Each is a public key and belongs to one party."""

from sqlalchemy import delete, func, or_, select, update

from signalling.people.circle import ChangeKind, Endpoint, Keys, Statement
from signalling.people.membership import ENDPOINTS_AT_MOST
from signalling.store.database import Database
from signalling.store.erasing import drop_unread, hold_posts
from signalling.store.rows import add_endpoint, keys_of, live_endpoint, locked_people, owner_of
from signalling.store.tables import endpoints, post_readers
from signalling.vocabulary import EndpointId, PartyId


class Endpoints:
    """Adds and revokes endpoints, and keeps their key statements."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, party: PartyId, *, endpoint: EndpointId, identity: bytes, now: float) -> bool:
        """One more phone of a person who has a profile. The same key again is fine.

        False for a key that was revoked or is somebody else's, for too many phones, and where there is no profile.
        """
        async with self._database.changing(now=now) as work:
            if not await locked_people(work, [party]):
                return False
            if await owner_of(work, endpoint) is not None:
                known = await live_endpoint(work.connection, endpoint)
                return known is not None and known.party == party
            mine = select(func.count()).where(endpoints.c.party == party, endpoints.c.revoked.is_(False))
            if (await work.connection.execute(mine)).scalar_one() >= ENDPOINTS_AT_MOST:
                return False
            await add_endpoint(work, party, endpoint, identity)
            work.note(party, ChangeKind.LINKED)
        return True

    async def get(self, endpoint: str) -> Endpoint | None:
        """The endpoint of that id that isn't revoked."""
        async with self._database.reading() as connection:
            return await live_endpoint(connection, endpoint)

    async def of(self, party: str) -> tuple[EndpointId, ...]:
        """The endpoints of a party that aren't revoked."""
        wanted = (
            select(endpoints.c.endpoint)
            .where(endpoints.c.party == party, endpoints.c.revoked.is_(False))
            .order_by(endpoints.c.endpoint)
        )
        async with self._database.reading() as connection:
            return tuple(EndpointId(one) for one in (await connection.execute(wanted)).scalars())

    async def revoke(self, party: PartyId, endpoint: str, *, now: float) -> bool:
        """A lost phone: no token, no ring, no post for it any more. False if it isn't that party's."""
        async with self._database.changing(now=now, erases=True) as work:
            revoked = await work.connection.execute(
                update(endpoints)
                .where(endpoints.c.endpoint == endpoint, endpoints.c.party == party, endpoints.c.revoked.is_(False))
                .values(revoked=True)
            )
            if revoked.rowcount != 1:
                return False
            awaited = await hold_posts(work, endpoints.c.endpoint == endpoint)
            await work.connection.execute(delete(post_readers).where(post_readers.c.endpoint == endpoint))
            await drop_unread(work, among=awaited)
            work.erased("endpoint", endpoint)
            work.note(party, ChangeKind.REVOKED)
        return True

    async def publish(self, endpoint: EndpointId, statement: Statement) -> bool:
        """As `Circle.publish`."""
        serial = endpoints.c.statement_serial
        newer = (
            update(endpoints)
            .where(
                endpoints.c.endpoint == endpoint,
                endpoints.c.revoked.is_(False),
                or_(serial.is_(None), serial < statement.serial),
            )
            .values(
                statement_key=statement.key,
                statement_serial=statement.serial,
                statement_not_after=statement.not_after,
                statement_signature=statement.signature,
            )
        )
        async with self._database.changing() as work:
            if (await work.connection.execute(newer)).rowcount == 1:
                return True
        known = await self.keys_of(endpoint)
        return known is not None and known.statement == statement

    async def keys_of(self, endpoint: str) -> Keys | None:
        """As `Circle.keys_of`."""
        wanted = select(endpoints).where(endpoints.c.endpoint == endpoint, endpoints.c.revoked.is_(False))
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return keys_of(row) if row is not None else None
