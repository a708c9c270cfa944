"""The tree of receipts in the database. Leaves name nobody; they are put behind each other, and none is taken out."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signalling.privacy import tree
from signalling.privacy.receipts import Head
from signalling.store.database import Database
from signalling.store.faults import ConflictError
from signalling.store.tables import receipt_counter, receipt_heads, receipt_leaves, receipt_nodes

T = TypeVar("T")


class StoreLedger:
    """`signalling.privacy.ledger.Ledger` that outlives the process, for one node or several."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lasts = not database.is_memory

    async def append(self, leaves: Sequence[bytes]) -> int:
        hashes = [tree.leaf_hash(leaf) for leaf in leaves]
        async with self._database.changing() as work:
            connection = work.connection
            counted = await connection.execute(  # holds the row: nodes append one after the other
                update(receipt_counter).values(size=receipt_counter.c.size + len(leaves)).returning(receipt_counter)
            )
            size = int(counted.one().size)
            if not leaves:
                return size
            before = size - len(leaves)
            known = await _fetched(connection, tree.peaks(before))
            made = tree.append(before, known, hashes)
            rows = zip(range(before, size), leaves, hashes, strict=True)
            await connection.execute(
                insert(receipt_leaves), [{"place": place, "leaf": leaf, "hash": one} for place, leaf, one in rows]
            )
            inner = [{"level": name[0], "place": name[1], "hash": one} for name, one in made.items() if name[0]]
            if inner:
                await connection.execute(insert(receipt_nodes), inner)
        return size

    async def root(self) -> tuple[int, bytes]:
        async with self._database.reading() as connection:
            size = int((await connection.execute(select(receipt_counter.c.size))).scalar_one())
            return size, await _computed(connection, lambda nodes: tree.root(size, nodes))

    async def publish(self, head: Head) -> None:
        values = {"size": head.size, "root": head.root, "minute": head.minute, "signature": head.signature}
        try:
            async with self._database.changing() as work:
                await work.connection.execute(insert(receipt_heads).values(**values))
        except ConflictError:
            pass  # another node was first; its head says the same

    async def head(self) -> Head | None:
        newest = select(receipt_heads).order_by(receipt_heads.c.size.desc()).limit(1)
        async with self._database.reading() as connection:
            row = (await connection.execute(newest)).one_or_none()
        return Head(row.size, row.root, row.minute, row.signature) if row is not None else None

    async def index(self, leaf_hash: bytes) -> int | None:
        wanted = select(receipt_leaves.c.place).where(receipt_leaves.c.hash == leaf_hash)
        async with self._database.reading() as connection:
            place = (await connection.execute(wanted)).scalar_one_or_none()
        return int(place) if place is not None else None

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        async with self._database.reading() as connection:
            return await _computed(connection, lambda nodes: tree.inclusion(index, size, nodes))

    async def consistency(self, old: int, new: int) -> list[bytes]:
        async with self._database.reading() as connection:
            return await _computed(connection, lambda nodes: tree.consistency(old, new, nodes))


async def _computed(connection: AsyncConnection, compute: Callable[[tree.Nodes], T]) -> T:
    """Fetch what the computation looks at, then let it."""
    return compute(await _fetched(connection, tree.needed(compute)))


async def _fetched(connection: AsyncConnection, names: Sequence[tree.Node] | set[tree.Node]) -> dict[tree.Node, bytes]:
    leaves = [place for level, place in names if level == 0]
    inner = [name for name in names if name[0]]
    found: dict[tree.Node, bytes] = {}
    if leaves:
        wanted = select(receipt_leaves.c.place, receipt_leaves.c.hash).where(receipt_leaves.c.place.in_(leaves))
        found |= {(0, row.place): row.hash for row in await connection.execute(wanted)}
    if inner:
        names_of = tuple_(receipt_nodes.c.level, receipt_nodes.c.place)
        rows = await connection.execute(select(receipt_nodes).where(names_of.in_(inner)))
        found |= {(row.level, row.place): row.hash for row in rows}
    return found
