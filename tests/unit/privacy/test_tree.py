"""The tree of receipts against RFC 9162's own words, read literally; and its proofs against every forgery at hand."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.privacy import tree

MOST = 70
LEAVES = [f"leaf {number}".encode() for number in range(MOST)]
HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]
NODES = tree.append(0, {}, HASHES)

sizes = st.integers(min_value=1, max_value=MOST)


def literal_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    middle = max(2**power for power in range(10) if 2**power < len(leaves))
    return hashlib.sha256(b"\1" + literal_root(leaves[:middle]) + literal_root(leaves[middle:])).digest()


def literal_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of §2.1.3.1."""
    if len(leaves) == 1:
        return []
    middle = max(2**power for power in range(10) if 2**power < len(leaves))
    if index < middle:
        return [*literal_path(index, leaves[:middle]), literal_root(leaves[middle:])]
    return [*literal_path(index - middle, leaves[middle:]), literal_root(leaves[:middle])]


def literal_growth(old: int, leaves: Sequence[bytes], *, is_whole: bool = True) -> list[bytes]:
    """SUBPROOF of §2.1.4.1."""
    if old == len(leaves):
        return [] if is_whole else [literal_root(leaves)]
    middle = max(2**power for power in range(10) if 2**power < len(leaves))
    if old <= middle:
        return [*literal_growth(old, leaves[:middle], is_whole=is_whole), literal_root(leaves[middle:])]
    return [*literal_growth(old - middle, leaves[middle:], is_whole=False), literal_root(leaves[:middle])]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert tree.root(0, {}) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_roots_and_proofs_are_those_of_the_rfc(size: int) -> None:
    assert tree.root(size, NODES) == literal_root(LEAVES[:size])
    for index in range(size):
        assert tree.inclusion(index, size, NODES) == literal_path(index, LEAVES[:size])
        assert tree.consistency(index + 1, size, NODES) == literal_growth(index + 1, LEAVES[:size])


@given(first=sizes, more=st.lists(st.integers(min_value=0, max_value=9), max_size=8))
def test_however_leaves_come_in_batches_the_tree_is_the_same(first: int, more: list[int]) -> None:
    nodes, size = tree.append(0, {}, HASHES[:first]), first
    for count in more:
        batch = HASHES[size : size + count]
        peaks = {name: nodes[name] for name in tree.peaks(size)}
        nodes |= tree.append(size, peaks, batch)
        size += len(batch)
    assert tree.root(size, nodes) == literal_root(LEAVES[:size])


@given(data=st.data(), size=sizes)
def test_a_proof_holds_for_its_own_leaf_place_size_and_root_alone(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    path, root = tree.inclusion(index, size, NODES), literal_root(LEAVES[:size])
    assert tree.includes(HASHES[index], index, size, path, root)
    other = data.draw(st.integers(min_value=0, max_value=MOST - 1).filter(lambda one: one != index))
    assert not tree.includes(HASHES[other], index, size, path, root)
    assert not tree.includes(HASHES[index], other, size, path, root)
    assert not tree.includes(HASHES[index], index, size, [*path, bytes(32)], root)
    assert not tree.includes(HASHES[index], index, size, path, bytes(32))
    if path:
        assert not tree.includes(HASHES[index], index, size, path[:-1], root)


@given(data=st.data(), new=sizes)
def test_growth_is_shown_and_a_rewritten_past_is_not(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(min_value=1, max_value=new))
    path = tree.consistency(old, new, NODES)
    before, after = literal_root(LEAVES[:old]), literal_root(LEAVES[:new])
    assert tree.grew(old, new, path, before, after)
    rewritten = literal_root([b"another", *LEAVES[1:old]])
    assert not tree.grew(old, new, path, rewritten, after)
    assert not tree.grew(old, new, [*path, bytes(32)], before, after)
    assert not tree.grew(old, new, path, before, bytes(32))
    for place in range(len(path)):
        assert not tree.grew(old, new, [*path[:place], bytes(32), *path[place + 1 :]], before, after)


@given(data=st.data(), size=sizes)
def test_what_is_asked_for_first_is_enough_and_little(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    for compute in (
        lambda nodes: tree.root(size, nodes),
        lambda nodes: tree.inclusion(index, size, nodes),
        lambda nodes: tree.consistency(index + 1, size, nodes),
    ):
        names = tree.needed(compute)
        compute({name: NODES[name] for name in names})
        assert len(names) <= 2 * size.bit_length() ** 2


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 5)])
def test_a_proof_of_nonsense_is_refused(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="older tree"):
        tree.consistency(old, new, NODES)
    assert not tree.grew(old, new, [], bytes(32), bytes(32))
    with pytest.raises(ValueError, match="index"):
        tree.inclusion(5, new, NODES)
