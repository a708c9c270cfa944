"""What every home of the tree of receipts promises: in memory, in SQLite, in PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signalling.privacy import tree
from signalling.privacy.ledger import Ledger
from signalling.privacy.receipts import Head
from signalling.state.ledger import MemoryLedger
from signalling.store.database import Database
from signalling.store.ledger import StoreLedger
from signalling.store.store import upgrade_store
from tests.postgres import Postgres

LEAVES = [f"leaf {number}".encode() for number in range(40)]
HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]
NODES = tree.append(0, {}, HASHES)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    match request.param:
        case "memory":
            yield MemoryLedger()
        case "sqlite":
            async for one in kept(f"sqlite+aiosqlite:///{tmp_path}/narvaro.db"):
                yield one
        case _:
            server: Postgres = request.getfixturevalue("postgres")
            async with server.database() as url:
                async for one in kept(url):
                    yield one


async def kept(url: str) -> AsyncIterator[Ledger]:
    await upgrade_store(url)
    database = Database(url)
    yield StoreLedger(database)
    await database.close()


async def test_an_empty_tree_is_one(ledger: Ledger) -> None:
    assert await ledger.root() == (0, tree.EMPTY_ROOT)
    assert await ledger.head() is None
    assert await ledger.append([]) == 0
    assert ledger.lasts is not isinstance(ledger, MemoryLedger)


async def test_leaves_come_in_batches_and_stand_where_they_came(ledger: Ledger) -> None:
    sizes = [await ledger.append(LEAVES[start : start + 7]) for start in range(0, 35, 7)]
    assert sizes == [7, 14, 21, 28, 35]
    assert await ledger.root() == (35, tree.root(35, NODES))
    assert [await ledger.index(HASHES[at]) for at in (0, 20, 34)] == [0, 20, 34]
    assert await ledger.index(HASHES[35]) is None


async def test_its_proofs_are_those_of_the_tree(ledger: Ledger) -> None:
    await ledger.append(LEAVES[:5])
    await ledger.append(LEAVES[5:29])
    for index, size in ((0, 1), (4, 5), (7, 29), (28, 29), (16, 23)):
        assert await ledger.inclusion(index, size) == tree.inclusion(index, size, NODES)
    for old, new in ((1, 29), (5, 29), (8, 16), (29, 29)):
        assert await ledger.consistency(old, new) == tree.consistency(old, new, NODES)


async def test_batches_of_several_nodes_take_turns(ledger: Ledger) -> None:
    await asyncio.gather(*(ledger.append(LEAVES[start : start + 5]) for start in range(0, 40, 5)))
    size, root = await ledger.root()
    assert size == 40
    order = sorted(range(40), key=lambda number: places[number]) if (places := await all_places(ledger)) else []
    nodes = tree.append(0, {}, [HASHES[number] for number in order])
    assert root == tree.root(40, nodes)


async def all_places(ledger: Ledger) -> list[int]:
    found = [await ledger.index(one) for one in HASHES]
    assert sorted(one for one in found if one is not None) == list(range(40))
    return [one for one in found if one is not None]


async def test_the_newest_head_is_shown_and_a_second_of_one_size_changes_nothing(ledger: Ledger) -> None:
    small, large = Head(3, b"r" * 32, 5, b"s" * 64), Head(9, b"R" * 32, 6, b"S" * 64)
    await ledger.publish(small)
    assert await ledger.head() == small
    await ledger.publish(large)
    await ledger.publish(Head(9, b"x" * 32, 7, b"x" * 64))
    assert await ledger.head() == large
