"""What a receipt shows to whoever holds it, said in words that claim no more. `pages/sdk/receipts.js` says the same.

Needs nothing of the coordinator but its public key and, for the tree, what anybody may fetch. No I/O.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeGuard

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signalling.privacy import tree
from signalling.privacy.receipts import Head, Receipt, Relay, from_text

LIMITS: Final = (
    "A receipt shows that the coordinator made this statement and cannot take it back unseen. It does not show that "
    "nothing is left: a scan of memory, files and logs looks for that (docs/design/receipts.md)."
)


ANSWER_BYTES_AT_MOST: Final = 65_536
"""A proof has 128 hashes at most; whoever answers more answers something else."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and whether it holds."""

    holds: bool
    words: str


@dataclass(frozen=True, slots=True)
class Placed:
    """What a coordinator answers about a leaf: where it stands, under which head, and why."""

    index: int
    path: Sequence[bytes]
    head: Head


def told(receipt: Receipt) -> str:
    """The statement in words."""
    said = receipt.statement
    moment = datetime.fromtimestamp(said.minute * 60, UTC).strftime("%Y-%m-%d %H:%M UTC")
    relay = {
        Relay.NONE: "no relay was offered",
        Relay.EXPIRING: f"credentials at the relay open nothing new after {said.relay_seconds} s",
        Relay.CLOSED: "the relay said that it closed what it had allocated",
    }[said.relay]
    outcome = said.outcome.value.replace("_", " ")
    return f"{moment}, {said.node}: of a call that ended ({outcome}) nothing is kept here; {relay}"


def check_receipt(receipt: Receipt, keys: Sequence[Ed25519PublicKey], call: str | None) -> list[Finding]:
    """The receipt by itself: whose it is, and, if the call's id is known, that it is about that call."""
    signed = any(receipt.is_signed_by(key) for key in keys)
    findings = [Finding(signed, "signed with the coordinator's key" if signed else "not signed with this key")]
    if call is not None:
        about = receipt.is_about(call)
        findings.append(Finding(about, "about this call" if about else "about another call"))
    return findings


def check_place(receipt: Receipt, keys: Sequence[Ed25519PublicKey], placed: Placed) -> list[Finding]:
    """The receipt in the tree: the head is the coordinator's, and the leaf is under it."""
    head = placed.head
    signed = any(head.is_signed_by(key) for key in keys)
    inside = tree.includes(tree.leaf_hash(receipt.leaf), placed.index, head.size, placed.path, head.root)
    return [
        Finding(signed, f"the head over {head.size} receipts is " + ("" if signed else "not ") + "signed with the key"),
        Finding(inside, f"receipt number {placed.index} is " + ("" if inside else "not ") + "under that head"),
    ]


def check_growth(older: Head, newer: Head, path: Sequence[bytes], keys: Sequence[Ed25519PublicKey]) -> list[Finding]:
    """The tree since a head that was kept: nothing in it was changed or taken out."""
    signed = any(older.is_signed_by(key) for key in keys)
    grew = (
        tree.grew(older.size, newer.size, path, older.root, newer.root)
        if older.size
        else older.root == tree.EMPTY_ROOT and not path
    )
    words = f"the tree of {newer.size} " + ("begins with" if grew else "does NOT begin with") + f" that of {older.size}"
    return [
        Finding(signed, "the older head is " + ("" if signed else "not ") + "signed with the key"),
        Finding(grew, words),
    ]


def read_head(told_head: object) -> Head:
    """A head as `GET /v1/receipts/head` answers it. Raises ValueError."""
    told = told_head if isinstance(told_head, Mapping) else {}
    size, minute, root, signature = (told.get(name) for name in ("size", "minute", "root", "signature"))
    if _is_count(size) and _is_count(minute) and isinstance(root, str) and isinstance(signature, str):
        head = Head(size, from_text(root), minute, from_text(signature))
        if len(head.root) == tree.HASH_BYTES:
            return head
    raise ValueError("a head has a size, a root, a minute and a signature")


def read_path(told_proof: object) -> list[bytes]:
    """The hashes of a proof. Raises ValueError."""
    texts = told_proof.get("path") if isinstance(told_proof, Mapping) else None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("a proof has a path")
    path = [from_text(text) for text in texts]
    if any(len(step) != tree.HASH_BYTES for step in path):
        raise ValueError("a proof is made of hashes")
    return path


def read_placed(told_place: object) -> Placed:
    """What `GET /v1/receipts/leaves/{leaf}` answers. Raises ValueError."""
    told = told_place if isinstance(told_place, Mapping) else {}
    index, head = told.get("index"), told.get("head")
    if _is_count(index) and isinstance(head, Mapping):
        return Placed(index, read_path(told), read_head(head))
    raise ValueError("a place has an index and a head")


def read_answer(text: bytes) -> object:
    """An answer's JSON, or a kept head's. Raises ValueError: for what isn't JSON, too long, or nested without end."""
    if len(text) <= ANSWER_BYTES_AT_MOST:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
    raise ValueError("an answer is JSON, and not longer than a proof can be")


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
