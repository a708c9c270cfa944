"""Receipts in practice: one is signed when a call is gone, its leaf follows in a batch, heads are published seldom.

Heads are seldom on purpose: whoever looks at the tree's size each second would learn when calls end. What waits for
the next batch is a leaf, which names nobody. A process that is killed loses those leaves; the receipts' own signatures
stand. Nothing here waits in the way of a hang-up.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.observe.clock import Clock
from signalling.observe.events import Event
from signalling.observe.figures import Figures
from signalling.observe.log import Log, Place
from signalling.privacy import receipts
from signalling.privacy.ledger import Ledger
from signalling.privacy.receipts import OUTCOMES, SALT_BYTES, Head, Relay, Statement
from signalling.vocabulary import CallId, EndReason

BATCH_SECONDS: Final = 1.0
HEAD_SECONDS: Final = 600.0
WAITING_AT_MOST: Final = 100_000

Issue = Callable[[CallId, EndReason], str]
"""A receipt for a call of which nothing is left, as its ends are given it."""


@dataclass(frozen=True, slots=True)
class Remains:
    """What may outlive a call at the relay: by the settings, the same for all calls."""

    relay: Relay = Relay.NONE
    seconds: int = 0


class Receipts:
    """Issues receipts and keeps their tree."""

    def __init__(
        self,
        key: Ed25519PrivateKey,
        ledger: Ledger,
        *,
        node: str,
        remains: Remains,
        clock: Clock,
        figures: Figures,
        log: Log,
        head_seconds: float = HEAD_SECONDS,
    ) -> None:
        self._key = key
        self._ledger = ledger
        self._node = node
        self._remains = remains
        self._clock = clock
        self._figures = figures
        self._log = log
        self._head_seconds = head_seconds
        self._waiting: list[bytes] = []
        self._head_due = 0.0
        self.public_key: Final = receipts.to_text(key.public_key().public_bytes_raw())

    @property
    def head_seconds(self) -> int:
        """A leaf is under a head so long after its receipt, at the latest, while all is well."""
        return int(self._head_seconds + BATCH_SECONDS)

    @property
    def lasts(self) -> bool:
        """Whether the tree outlives this process."""
        return self._ledger.lasts

    @property
    def waiting(self) -> int:
        """Leaves that are not in the tree yet."""
        return len(self._waiting)

    def issue(self, call: CallId, reason: EndReason) -> str:
        """Sign a receipt. Call this when the erasure is done, not before."""
        said = Statement(
            outcome=OUTCOMES[reason],
            minute=int(self._clock.now() // 60),
            node=self._node,
            relay=self._remains.relay,
            relay_seconds=self._remains.seconds,
        )
        receipt = receipts.issue(self._key, call, said, secrets.token_bytes(SALT_BYTES))
        if len(self._waiting) < WAITING_AT_MOST:
            self._waiting.append(receipt.leaf)
        self._figures.receipt_issued()
        return receipt.text()

    async def flush(self) -> None:
        """Put what waits into the tree. What can't be put waits on."""
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        try:
            await self._ledger.append(batch)
        except BaseException:
            self._waiting = [*batch, *self._waiting]
            raise

    async def publish(self) -> Head:
        """Sign the tree as it stands now, and show it."""
        size, root = await self._ledger.root()
        newest = await self._ledger.head()
        if newest is not None and newest.size == size:
            return newest
        head = receipts.sign_head(self._key, size=size, root=root, minute=int(self._clock.now() // 60))
        await self._ledger.publish(head)
        return head

    async def tick(self) -> None:
        """Do now whatever is due: a batch, and now and then a head. Failures are logged, and tried again."""
        try:
            await self.flush()
            if self._clock.now() >= self._head_due:
                await self.publish()
                self._head_due = self._clock.now() + self._head_seconds
        except Exception as problem:  # noqa: BLE001 - the root of a task that goes on: the next batch may succeed
            self._log.write(Event.RECEIPTS_WAIT, leaves=self.waiting, place=Place(problem))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.tick()
            await asyncio.sleep(BATCH_SECONDS)

    # -------------------------------------------------------- for anyone

    async def head(self) -> Head:
        """The head that is shown now; the first one is made when it is asked for."""
        return await self._ledger.head() or await self.publish()

    async def found(self, leaf_hash: bytes) -> tuple[int, Head, list[bytes]] | None:
        """Where the leaf of that hash stands under the head shown now, and the proof. None: not (yet) there."""
        head = await self.head()
        index = await self._ledger.index(leaf_hash)
        if index is None or index >= head.size:
            return None
        return index, head, await self._ledger.inclusion(index, head.size)

    async def inclusion(self, index: int, size: int) -> list[bytes] | None:
        """The proof by index, within the head shown now."""
        if not 0 <= index < size <= (await self.head()).size:
            return None
        return await self._ledger.inclusion(index, size)

    async def consistency(self, old: int, new: int) -> list[bytes] | None:
        """The proof of growth, within the head shown now."""
        if not 0 < old <= new <= (await self.head()).size:
            return None
        return await self._ledger.consistency(old, new)
