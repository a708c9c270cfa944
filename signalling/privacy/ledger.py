"""Where leaves of receipts are kept, in order and for good: the port. Memory in `state`, tables in `store`.

A ledger is given leaves and never learns what they are about. It only grows; nothing takes a leaf out.
"""

from collections.abc import Sequence
from typing import Protocol

from signalling.privacy.receipts import Head


class Ledger(Protocol):
    """The tree of receipts. Both kinds pass tests/contract/test_ledger.py."""

    @property
    def lasts(self) -> bool:
        """Whether it outlives the process."""

    async def append(self, leaves: Sequence[bytes]) -> int:
        """Put these leaves behind all others; the tree's size then. All of them or none."""

    async def root(self) -> tuple[int, bytes]:
        """The size and the root hash now. Not told to anybody before a head says it."""

    async def publish(self, head: Head) -> None:
        """Keep a head. One of the same size that is kept already stays."""

    async def head(self) -> Head | None:
        """The newest head."""

    async def index(self, leaf_hash: bytes) -> int | None:
        """Where the leaf of that hash stands."""

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that this leaf is in the tree of that size. Both must be within the tree."""

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of one size grew from that of the other. Both must be within the tree."""
