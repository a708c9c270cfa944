"""Writes receipts.json: receipts, heads and proofs that Python and JavaScript judge alike. Run it by hand."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signalling.privacy import tree
from signalling.privacy.receipts import Head, Outcome, Receipt, Relay, Statement, issue, sign_head, to_text

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
CALLS = [to_text(number.to_bytes(16, "big")) for number in range(21)]
SIZES = (0, 1, 7, 8, 13, 21)


def receipt(number: int, key: Ed25519PrivateKey = KEY) -> Receipt:
    """The receipt of the call of that number."""
    outcome = list(Outcome)[number % 4]
    said = Statement(outcome, 29_000_000 + number, f"node-{number % 2}", list(Relay)[number % 3], number * 10)
    return issue(key, CALLS[number], said, bytes([number]) * 32)


def head_of(head: Head) -> dict[str, Any]:
    """As the coordinator answers it."""
    signature = to_text(head.signature)
    return {"size": head.size, "root": to_text(head.root), "minute": head.minute, "signature": signature}


def document() -> dict[str, Any]:
    """All of it."""
    receipts = [receipt(number) for number in range(len(CALLS))]
    nodes = tree.append(0, {}, [tree.leaf_hash(one.leaf) for one in receipts])
    heads = {
        size: head_of(sign_head(KEY, size=size, root=tree.root(size, nodes), minute=29_000_100 + size))
        for size in SIZES
    }
    texts = {size: [[to_text(h) for h in tree.inclusion(at, size, nodes)] for at in range(size)] for size in SIZES}
    growths = [(old, new) for old in SIZES for new in SIZES if old <= new]
    return {
        "key": to_text(KEY.public_key().public_bytes_raw()),
        "other_key": to_text(OTHER.public_key().public_bytes_raw()),
        "receipts": [{"call": call, "text": one.text()} for call, one in zip(CALLS, receipts, strict=True)],
        "forged": receipt(3, OTHER).text(),
        "heads": list(heads.values()),
        "places": [
            {"number": at, "index": at, "path": texts[size][at], "head": heads[size]}
            for size in SIZES
            for at in range(size)
        ],
        "growths": [
            {
                "old": heads[old],
                "new": heads[new],
                "path": [to_text(one) for one in tree.consistency(old, new, nodes)] if old else [],
            }
            for old, new in growths
        ],
        "refused": [
            "",
            "a.b",
            receipts[0].text() + "=",
            receipts[0].text() + ".x",
            "AA." + receipts[0].text().partition(".")[2],
            ".".join([to_text(bytes(32)), to_text(b"narvaro-receipt-1 nothing"), to_text(bytes(64))]),
            "A" * 600,
        ],
    }


if __name__ == "__main__":
    Path(__file__).with_name("receipts.json").write_text(json.dumps(document(), indent=1) + "\n", encoding="utf-8")
