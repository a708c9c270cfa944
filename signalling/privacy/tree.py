"""A Merkle tree that only grows, and the two proofs that show it: this leaf is in it, this one grew from that one.

RFC 9162 §2.1, with SHA-256. Nodes are named (level, place): level 0 has the leaves' hashes, and the node (n, p) covers
the 2ⁿ leaves from p·2ⁿ on. Only complete nodes are ever kept, so none changes; ragged ends are computed. Here is no
I/O: whoever keeps nodes is first asked which ones a computation needs (`needed`).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

HASH_BYTES: Final = 32
PROOF_HASHES_AT_MOST: Final = 128
"""Of a tree of 2⁶⁴ leaves; a longer proof is no proof."""
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

Node = tuple[int, int]
"""Level and place."""
Nodes = Mapping[Node, bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def peaks(size: int) -> list[Node]:
    """The complete nodes that a tree of that size is made of, from left to right."""
    return _cover(0, size)


def append(size: int, known: Nodes, hashes: Sequence[bytes]) -> dict[Node, bytes]:
    """The new complete nodes when those leaf hashes come behind `size` leaves. `known` has the peaks of `size`."""
    made: dict[Node, bytes] = {}
    for place, new in enumerate(hashes, start=size):
        level, node = 0, new
        made[level, place] = node
        while place >> level & 1:  # a right child: its parent is complete now
            left = (level, (place >> level) - 1)
            node = node_hash(made[left] if left in made else known[left], node)
            level += 1
            made[level, place >> level] = node
    return made


def root(size: int, nodes: Nodes) -> bytes:
    """The root hash of the tree of that size."""
    return _range_hash(0, size, nodes) if size else EMPTY_ROOT


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """The proof that leaf `index` is in the tree of that size (RFC 9162 §2.1.3.1). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError("a leaf's index is below the tree's size")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(_range_hash(start, middle, nodes))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """The proof that the tree of size `new` begins with that of size `old` (RFC 9162 §2.1.4.1). Raises ValueError."""
    if not 0 < old <= new:
        raise ValueError("an older tree has a leaf, and no more leaves than the newer one")
    path: list[bytes] = []
    start, end, is_whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, nodes))
            end = middle
        else:
            path.append(_range_hash(start, middle, nodes))
            start, is_whole = middle, False
    if not is_whole:
        path.append(_range_hash(start, end, nodes))
    return path[::-1]


def needed(compute: Callable[[Nodes], object]) -> set[Node]:
    """Which nodes a computation looks at: `needed(lambda nodes: root(1000, nodes))`."""
    asked = _Asked()
    compute(asked)
    return asked.names


def includes(hashed: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the proof holds (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size or len(path) > PROOF_HASHES_AT_MOST:
        return False
    place, last, computed = index, size - 1, hashed
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            computed = node_hash(step, computed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            computed = node_hash(computed, step)
        place, last = place >> 1, last >> 1
    return last == 0 and computed == root_hash


def grew(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the proof holds (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= new or len(path) > PROOF_HASHES_AT_MOST:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


class _Asked(dict[Node, bytes]):
    """Nodes that only note which of them are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[Node] = set()

    def __missing__(self, name: Node) -> bytes:
        self.names.add(name)
        return bytes(HASH_BYTES)


def _split(leaves: int) -> int:
    """The largest power of two below that many leaves."""
    return 1 << (leaves - 1).bit_length() - 1


def _cover(start: int, end: int) -> list[Node]:
    """The largest complete nodes over a range that begins where a subtree of a power of two does."""
    found: list[Node] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def _range_hash(start: int, end: int, nodes: Nodes) -> bytes:
    """The hash over a range that a split of RFC 9162 makes."""
    names = _cover(start, end)
    computed = nodes[names[-1]]
    for name in reversed(names[:-1]):
        computed = node_hash(nodes[name], computed)
    return computed
