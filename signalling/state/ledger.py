"""The tree of receipts in memory: where there is no store, receipts live as long as the process."""

from collections.abc import Sequence

from signalling.privacy import tree
from signalling.privacy.receipts import Head


class MemoryLedger:
    """`signalling.privacy.ledger.Ledger`, forgotten at the end of the process."""

    lasts = False

    def __init__(self) -> None:
        self._nodes: dict[tree.Node, bytes] = {}
        self._places: dict[bytes, int] = {}
        self._head: Head | None = None

    async def append(self, leaves: Sequence[bytes]) -> int:
        size = len(self._places)
        hashes = [tree.leaf_hash(leaf) for leaf in leaves]
        self._nodes |= tree.append(size, self._nodes, hashes)
        self._places.update(zip(hashes, range(size, size + len(hashes)), strict=True))
        return size + len(leaves)

    async def root(self) -> tuple[int, bytes]:
        return len(self._places), tree.root(len(self._places), self._nodes)

    async def publish(self, head: Head) -> None:
        if self._head is None or head.size > self._head.size:
            self._head = head

    async def head(self) -> Head | None:
        return self._head

    async def index(self, leaf_hash: bytes) -> int | None:
        return self._places.get(leaf_hash)

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        return tree.inclusion(index, size, self._nodes)

    async def consistency(self, old: int, new: int) -> list[bytes]:
        return tree.consistency(old, new, self._nodes)
