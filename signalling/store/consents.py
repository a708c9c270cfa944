"""The ledger of consents: what was consented to, when, and when it ended. Its rows name nobody.

An entry of a list, or a thread, refers to its row; no row refers back. Once that entry is gone the row stands alone:
proof that a consent was asked for and withdrawn, and of whom nobody can tell.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from signalling.privacy.consent import Consent, ConsentKind
from signalling.store.database import Database, Work
from signalling.store.rows import fresh_id
from signalling.store.tables import consents


@dataclass(frozen=True, slots=True)
class Consents:
    """Reads the ledger."""

    database: Database

    async def all(self) -> list[Consent]:
        """Every row, oldest first."""
        async with self.database.reading() as connection:
            rows = (await connection.execute(select(consents).order_by(consents.c.given_day))).all()
        return [
            Consent(
                ConsentKind(row.kind),
                row.wording,
                row.wording_hash,
                row.policy_version,
                row.given_day,
                row.withdrawn_day,
            )
            for row in rows
        ]


async def give(work: Work, consent: Consent) -> str:
    """A new row; its id, for what is kept on its ground."""
    name = fresh_id()
    await work.connection.execute(
        insert(consents).values(
            consent=name,
            kind=consent.kind,
            wording=consent.wording,
            wording_hash=consent.digest,
            policy_version=consent.policy_version,
            given_day=consent.given_day,
        )
    )
    return name


async def end(work: Work, names: Iterable[str], *, day: int) -> None:
    """Those are withdrawn, or what they were given for is over."""
    ended = update(consents).where(consents.c.consent.in_(list(names)), consents.c.withdrawn_day.is_(None))
    await work.connection.execute(ended.values(withdrawn_day=day))
