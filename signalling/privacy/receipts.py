"""Receipts of erasures: what the coordinator says it erased, signed, in words that name nobody.

A receipt proves that a statement was made, not that nothing is left: the residue scan looks for that. What goes into
the tree is a *leaf*: a commitment (a hash over a random salt and the call's id), how the call ended in one of four
classes, the minute, the node, and what may outlive the call at the relay. Who holds the receipt has the salt, and with
the call's id can show that the leaf is about that call; nobody else can, nor can the coordinator once it has forgotten.
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signalling.vocabulary import EndReason

SALT_BYTES: Final = 32
RECEIPT_CHARACTERS_AT_MOST: Final = 512
_COMMITTED: Final = b"narvaro/v1/receipt-commitment\0"
_SIGNED_LEAF: Final = b"narvaro/v1/receipt\0"
_SIGNED_HEAD: Final = b"narvaro/v1/receipt-head\0"


class Outcome(StrEnum):
    """How a call ended, as coarsely as a receipt tells it."""

    FINISHED = "finished"
    NOT_TAKEN = "not_taken"
    LOST = "lost"
    STOPPED = "stopped"
    """By the coordinator: replaced, suspended, reset, erased, drained."""


_OUTCOMES: Final = {
    Outcome.FINISHED: (EndReason.HANGUP, EndReason.KNOB_OFF, EndReason.POWER_OFF, EndReason.RECORDING),
    Outcome.NOT_TAKEN: (
        EndReason.DECLINED,
        EndReason.BUSY,
        EndReason.CANCELLED,
        EndReason.NO_ANSWER,
        EndReason.UNREACHABLE,
        EndReason.STALE_KEY,
        EndReason.GLARE,
    ),
    Outcome.LOST: (EndReason.ICE_FAILED, EndReason.LOST_NETWORK, EndReason.PEER_NOT_VERIFIED),
    Outcome.STOPPED: (
        EndReason.REPLACED,
        EndReason.SUSPENDED,
        EndReason.ADMIN_FORCED,
        EndReason.RESET,
        EndReason.ERASED,
        EndReason.DRAINED,
    ),
}
OUTCOMES: Final = {reason: outcome for outcome, reasons in _OUTCOMES.items() for reason in reasons}
"""The class of every reason."""


class Relay(StrEnum):
    """What of the call may still stand at the relay, which is another program."""

    NONE = "none"
    """No relay was offered."""
    EXPIRING = "expiring"
    """Its credentials open no new allocation after so many seconds. One that an end goes on refreshing stays."""
    CLOSED = "closed"
    """The relay was told to close its allocations, and said that it had."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a receipt says. The minute is Unix time divided by 60."""

    outcome: Outcome
    minute: int
    node: str
    relay: Relay
    relay_seconds: int
    """How long, from the minute on, credentials of the call may still open an allocation."""


@dataclass(frozen=True, slots=True, repr=False)
class Receipt:
    """What both ends are given: the salt, the leaf as it stands in the tree, and the signature over it."""

    salt: bytes
    leaf: bytes
    signature: bytes

    def text(self) -> str:
        """As it goes over the wire."""
        return ".".join(to_text(part) for part in (self.salt, self.leaf, self.signature))

    @property
    def statement(self) -> Statement:
        """What it says."""
        return _read_leaf(self.leaf)[1]

    def is_about(self, call: str) -> bool:
        """Whether it is about the call of that id."""
        return _read_leaf(self.leaf)[0] == to_text(commitment(self.salt, call))

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether that key made it."""
        return _holds(key, self.signature, _SIGNED_LEAF + self.leaf)


@dataclass(frozen=True, slots=True)
class Head:
    """The tree as it stood when it was published: its size, its root, the minute, and a signature over these."""

    size: int
    root: bytes
    minute: int
    signature: bytes

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether that key made it."""
        return _holds(key, self.signature, _head_bytes(self.size, self.root, self.minute))


def commitment(salt: bytes, call: str) -> bytes:
    """What a leaf holds of a call. Without the salt, 256 random bits, it says nothing."""
    return hashlib.sha256(_COMMITTED + salt + call.encode()).digest()


def issue(key: Ed25519PrivateKey, call: str, said: Statement, salt: bytes) -> Receipt:
    """A receipt for a call of which nothing is left. `salt` is fresh and random."""
    words = (
        "narvaro-receipt-1",
        to_text(commitment(salt, call)),
        said.outcome,
        str(said.minute),
        said.node,
        said.relay,
        str(said.relay_seconds),
    )
    leaf = " ".join(words).encode()
    _read_leaf(leaf)  # a node's name with a space in it would say something else
    return Receipt(salt, leaf, key.sign(_SIGNED_LEAF + leaf))


def sign_head(key: Ed25519PrivateKey, *, size: int, root: bytes, minute: int) -> Head:
    """The head of a tree of that size and root."""
    return Head(size, root, minute, key.sign(_head_bytes(size, root, minute)))


def read_receipt(text: str) -> Receipt:
    """A receipt from the wire, in its form; whether it holds is asked of it. Raises ValueError."""
    parts = text.split(".")
    if len(text) > RECEIPT_CHARACTERS_AT_MOST or len(parts) != 3:
        raise ValueError("a receipt is a salt, a leaf and a signature, joined by dots")
    salt, leaf, signature = map(from_text, parts)
    if len(salt) != SALT_BYTES:
        raise ValueError("a receipt's salt has 32 bytes")
    _read_leaf(leaf)
    return Receipt(salt, leaf, signature)


def signers(keys: Iterable[Ed25519PublicKey], signed: Receipt | Head) -> list[Ed25519PublicKey]:
    """Those of the keys that made it: keys change, and receipts stay."""
    return [key for key in keys if signed.is_signed_by(key)]


_LEAF: Final = re.compile(
    rb"narvaro-receipt-1 ([A-Za-z0-9_-]{43}) (finished|not_taken|lost|stopped) (0|[1-9][0-9]{0,9})"
    rb" ([a-z0-9][a-z0-9-]{0,31}) (none|expiring|closed) (0|[1-9][0-9]{0,5})"
)


def _read_leaf(leaf: bytes) -> tuple[str, Statement]:
    found = _LEAF.fullmatch(leaf)
    if found is None:
        raise ValueError("a leaf has seven words, each of its own closed form")
    committed, outcome, minute, node, relay, seconds = (word.decode() for word in found.groups())
    return committed, Statement(Outcome(outcome), int(minute), node, Relay(relay), int(seconds))


def _head_bytes(size: int, root: bytes, minute: int) -> bytes:
    return _SIGNED_HEAD + f"narvaro-head-1 {size} {to_text(root)} {minute}".encode()


def _holds(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def to_text(octets: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """The bytes of base64url without padding, in its one form. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("a part isn't base64url")
    octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(octets) != text:
        raise ValueError("a part isn't base64url in its one form")
    return octets
