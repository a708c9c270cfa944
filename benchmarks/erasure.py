"""What erasing costs: one person among many, and a run over much that is over. `python -m benchmarks.erasure`.

An SQLite file in a temporary folder, with secure deletion and a truncated write-ahead log as in earnest. Beside the run
somebody reads and writes all the time: how long they ever waited is how long the run's locks are. `--large` has 100,000
people and a million rows and takes some minutes; the default a tenth of it. With `--av1-log` the rows are of the AV1
log, not of the list of changes. Exits 1 where a target is missed.
"""

import asyncio
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, islice, product
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, insert

from benchmarks.procfs import rss_bytes
from signalling.people.robot_log import BUCKETS
from signalling.privacy.declaring import Eraser
from signalling.store import envelope
from signalling.store.database import Database
from signalling.store.envelope import Place
from signalling.store.master import MemoryMaster
from signalling.store.rows import fresh_id
from signalling.store.store import Store, open_store
from signalling.store.tables import (
    av1_log,
    changes,
    customers,
    devices,
    endpoints,
    memberships,
    parties,
    pictures,
    post_readers,
    posts,
    profiles,
    staff_reads,
    subject_keys,
)
from signalling.vocabulary import PartyId

ERASE_TARGET_SECONDS: Final = 1.0
MEMORY_TARGET_MIB: Final = 64.0
WAIT_TARGET_SECONDS: Final = 1.0
ERASED: Final = 25
READS: Final = 3
"""Of each person, by staff."""
CHUNK: Final = 5_000
NOW: Final = 1_800_000_000.0


@dataclass
class Beside:
    """Somebody who reads and writes while the run goes on."""

    waits: list[float] = field(default_factory=list)

    async def go_on(self, store: Store) -> None:
        """Until cancelled."""
        while True:
            began = time.perf_counter()
            async with store.database.changing() as work:
                await work.connection.execute(insert(changes), [_change(secrets.randbits(60), int(NOW))])
            self.waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.02)


def _change(seq: int, at: int) -> dict[str, Any]:
    return {"seq": seq, "party": "p" * 22, "kind": "linked", "at": at}


async def fill(database: Database, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """Insert many rows, a chunk for each transaction."""
    while chunk := [row for _, row in zip(range(CHUNK), rows, strict=False)]:
        async with database.changing() as work:
            await work.connection.execute(insert(table), chunk)


async def settle(store: Store, count: int) -> list[PartyId]:
    """So many people, members of a Komp for each ten of them, with number, picture, phone, post, and staff's reads."""
    people = [PartyId(fresh_id()) for _ in range(count)]
    komps = [fresh_id() for _ in range(max(1, count // 10))]
    database, keys = store.database, store.keys
    master = MemoryMaster()
    raw = secrets.token_bytes(32)
    version, wrapped = await master.wrap(raw, "benchmark")
    key = envelope.SubjectKey(raw)
    name = key.seal_text(Place("profiles", "sealed_name", ""), "Grandchild")
    picture = secrets.token_bytes(4_000)
    customer = {"customer": "c", "kind": "private", "created_day": 1, "sealed_name": name}
    subjects = [{"subject": envelope.person(one), "master": version, "wrapped": wrapped} for one in people]
    await fill(database, customers, iter([customer]))
    await fill(database, subject_keys, iter(subjects))
    await fill(database, parties, ({"party": one, "kind": "person"} for one in people))
    await fill(database, parties, ({"party": one, "kind": "komp"} for one in komps))
    device = {"kind": "komp", "customer": "c", "status": "active", "sealed_name": name}
    await fill(database, devices, ({"party": one, **device} for one in komps))
    await fill(
        database,
        profiles,
        (
            {
                "party": one,
                "phone_index": keys.phone_index(f"+47{number:08}"),
                "sealed_name": name,
                "sealed_phone": name,
                "sealed_picture": name,
            }
            for number, one in enumerate(people)
        ),
    )
    await fill(
        database,
        pictures,
        ({"party": one, "picture_index": secrets.token_bytes(32), "sealed_content": picture} for one in people),
    )
    phones = [fresh_id() for _ in people]
    identity = {"identity": secrets.token_bytes(32), "revoked": False}
    await fill(
        database,
        endpoints,
        ({"endpoint": phone, "party": one, **identity} for phone, one in zip(phones, people, strict=True)),
    )
    letters = [fresh_id() for _ in people]
    letter = {"purpose": "message", "author_key": 1, "day": 1, "expires_at": int(NOW) + 1, "box_bytes": 900}
    box = {"box": secrets.token_bytes(900)}
    await fill(
        database,
        posts,
        ({"post": one, "author": phone, **letter, **box} for one, phone in zip(letters, phones, strict=True)),
    )
    await fill(
        database,
        post_readers,
        (
            {"endpoint": phone, "post": one, "reader_key": 1, "wrap": "w" * 120}
            for one, phone in zip(letters, phones[1:] + phones[:1], strict=True)
        ),
    )
    member = {"role": "user", "side": "family", "video_only": False}
    await fill(
        database,
        memberships,
        ({"person": one, "komp": komps[number // 10 % len(komps)], **member} for number, one in enumerate(people)),
    )
    read = {"record": "profile", "purpose": "support", "minute": int(NOW) // 60, "sealed_operator": name}
    await fill(
        database,
        staff_reads,
        ({"read": fresh_id(), "subject": envelope.person(one), **read} for one in people for _ in range(READS)),
    )
    return people


async def erase_some(store: Store, people: list[PartyId]) -> list[float]:
    """Seconds for each of a few people, from the request until nothing of them stands in any file."""
    took = []
    for one in people[:: max(1, len(people) // ERASED)][:ERASED]:
        began = time.perf_counter()
        assert await store.profiles.close(one, now=NOW)
        took.append(time.perf_counter() - began)
        assert not store.database.owes_checkpoint
    return took


async def robots_told(store: Store, rows: int) -> None:
    """So many rows of the AV1 log that are over, of a hundred robots."""
    robots = [fresh_id() for _ in range(100)]
    device = {"kind": "av1", "customer": "c", "status": "active", "sealed_name": b"sealed"}
    await fill(store.database, parties, ({"party": one, "kind": "av1"} for one in robots))
    await fill(store.database, devices, ({"party": one, **device} for one in robots))
    figures = [{"field": field, "bucket": bucket} for field, buckets in BUCKETS.items() for bucket in buckets]
    named = (
        {"day": day, "device": robot, "band": band, "times": 1, **figure}
        for day in count(1)
        for robot, band, figure in product(robots, range(3), figures)
    )
    await fill(store.database, av1_log, islice(named, rows))


async def retain(store: Store, rows: int, eraser: Eraser) -> tuple[float, float, Beside]:
    """A run over so many rows that are over: its seconds, the memory it grew by (MiB), and who was beside it."""
    if eraser is Eraser.AV1_LOG:
        await robots_told(store, rows)
    else:
        await fill(store.database, changes, (_change(2**61 + number, 1) for number in range(rows)))
    beside = Beside()
    sizes = [rss_bytes(os.getpid())]
    task = asyncio.create_task(beside.go_on(store))
    watch = asyncio.create_task(_watched(lambda: sizes.append(rss_bytes(os.getpid()))))
    began = time.perf_counter()
    done = await store.retention.run(now=NOW)
    took = time.perf_counter() - began
    for one in (task, watch):
        one.cancel()
    await asyncio.gather(task, watch, return_exceptions=True)
    assert done[eraser] >= rows
    return took, (max(sizes) - sizes[0]) / 2**20, beside


async def _watched(look: Callable[[], object]) -> None:
    while True:
        look()
        await asyncio.sleep(0.2)


@asynccontextmanager
async def _opened() -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory(prefix="narvaro-erasure-") as folder:
        url = f"sqlite+aiosqlite:///{folder}/narvaro.db"
        log = Path(folder) / "erasures.log"
        async with open_store(url, MemoryMaster(), upgrade=True, erasure_log=log) as store:
            yield store


async def measured(people: int, rows: int, eraser: Eraser) -> bool:
    """Print the figures; whether the targets were kept."""
    async with _opened() as store:
        began = time.perf_counter()
        settled = await settle(store, people)
        print(f"{people} people settled in {time.perf_counter() - began:.0f} s")
        took = await erase_some(store, settled)
        print(
            f"one of {people} erased (key, rows, index, picture, files): "
            f"median {1000 * statistics.median(took):.0f} ms, longest of {len(took)}: {1000 * max(took):.0f} ms"
        )
        seconds, grew_mib, beside = await retain(store, rows, eraser)
        print(
            f"retention run over {rows} rows ({eraser.name}): {seconds:.1f} s, {rows / seconds:.0f} rows a second, "
            f"memory grew by {grew_mib:.0f} MiB; beside it {len(beside.waits)} writes, median "
            f"{1000 * statistics.median(beside.waits):.0f} ms, longest {1000 * max(beside.waits):.0f} ms"
        )
    kept = max(took) < ERASE_TARGET_SECONDS and grew_mib < MEMORY_TARGET_MIB and max(beside.waits) < WAIT_TARGET_SECONDS
    print(
        f"targets (under {ERASE_TARGET_SECONDS:.0f} s a person, {MEMORY_TARGET_MIB:.0f} MiB, nobody waits "
        f"{WAIT_TARGET_SECONDS:.0f} s): {'kept' if kept else 'MISSED'}"
    )
    return kept


def main(arguments: list[str]) -> int:
    """Print the figures; 1 where a target is missed."""
    people, rows = (100_000, 1_000_000) if "--large" in arguments else (10_000, 100_000)
    eraser = Eraser.AV1_LOG if "--av1-log" in arguments else Eraser.CHANGES
    return 0 if asyncio.run(measured(people, rows, eraser)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
