"""What has changed, for live sockets on every node: a short list of parties, kept for ten minutes."""

from typing import Final

from signalling.people.circle import ChangeKind, Changes
from signalling.privacy.declaring import TERMS, Kept
from signalling.store.database import NOBODY, Database, changes_after, prune_changes
from signalling.store.envelope import Envelope
from signalling.store.rows import BATCH

_ERASING: Final = frozenset({ChangeKind.ERASED, ChangeKind.RESET})
KEPT_SECONDS: Final = TERMS[Kept.CHANGES].seconds or 0


class History:
    """Reads and prunes the list of changes. Repositories write it in the transaction that changes something."""

    def __init__(self, database: Database, keys: Envelope) -> None:
        self._database = database
        self._keys = keys

    async def after(self, after: int) -> Changes:
        """As `Circle.changes`. Keys and pages of whoever and whatever was erased leave this node's memory.

        Erased on another node, by a command beside this one, or here while somebody else was reading the key.
        """
        async with self._database.reading() as connection:
            last, parties = await changes_after(connection, after)
            is_erased = not _ERASING.isdisjoint(parties.values())
            if is_erased:
                await self._keys.forget_gone(connection)
        if is_erased:
            await self._database.forget_pages()
        parties.pop(NOBODY, None)
        return Changes(last, parties)

    async def prune(self, *, now: float, at_most: int = BATCH) -> int:
        """Drop what every node has heard; how many rows."""
        async with self._database.changing(erases=True) as work:
            return await prune_changes(work, before=now - KEPT_SECONDS, at_most=at_most)
