"""What a run needs around its calls: a coordinator, a coturn, people who exist for it alone, and eyes on all of it.

Nothing of it outlives the run: directories, keys and processes go with the stage.
"""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from client_sim.audit.coturn import Coturn, running_coturn
from client_sim.audit.findings import Way
from client_sim.audit.opened import OpenedFiles
from client_sim.audit.promises import Kind, Place, Planted, word
from client_sim.audit.scripted import Pace
from client_sim.audit.sites import Sites, children
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.household import Household, Member, make_household
from client_sim.identity import Identity
from client_sim.manner import Surroundings
from client_sim.sealed.keeping import Keeping
from signalling.protocol import PartyKind
from signalling.protocol.proof import from_base64url

METRICS_SECONDS: Final = 10.0


@dataclass(repr=False)
class Stage:
    """One coordinator, one coturn or none, and a person and a Komp for each way."""

    home: Path
    sites: Sites
    planted: Planted
    household: Household
    people: dict[str, tuple[str, str]]
    http: aiohttp.ClientSession
    wipes: bool
    command: Sequence[str]
    coturn: Coturn | None
    coordinator: Coordinator = field(init=False)
    pace: Pace = field(default_factory=Pace)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _starts: int = 0

    def pair(self, way: str) -> tuple[Keeping, Keeping]:
        """What the caller and the Komp of that way keep."""
        person, komp = self.people[way]
        return self.household.links[person], self.household.links[komp]

    @property
    def around(self) -> Surroundings:
        """For headless ends: everything through the relay."""
        return Surroundings(self.coordinator.origin, self.http, always_relay=self.coturn is not None)

    async def start(self, port: int = 0) -> None:
        """Start the coordinator, the first time or again; the second time on the port that clients know."""
        self._starts += 1
        home = self.home / f"coordinator-{self._starts}"
        home.mkdir()
        turn = {"TURN_URLS": self.coturn.url, "TURN_SECRET_FILE": str(self.coturn.secret_file)} if self.coturn else {}
        self.coordinator = await self._stack.enter_async_context(
            running_coordinator(
                self.household.seed,
                port=port,
                settings={"WIPE_MEMORY": str(int(self.wipes)), **turn},
                home=home,
                command=self.command,
            )
        )
        self.sites.logs.add(home / "log.jsonl")
        self.sites.seeds.add(home / "seed.json")
        self.sites.runs(Place.COORDINATOR, self.coordinator.pid)
        self.sites.metrics_url = f"http://127.0.0.1:{await _metrics_port(home / 'log.jsonl')}/metrics"

    async def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """kill -9, or a crash by that signal."""
        os.kill(self.coordinator.pid, number)
        await self.coordinator.process.wait()
        self.sites.is_gone(Place.COORDINATOR)

    async def ask_to_stop(self) -> None:
        """SIGTERM, and wait until it is gone."""
        self.coordinator.process.send_signal(signal.SIGTERM)
        await self.coordinator.process.wait()
        self.sites.is_gone(Place.COORDINATOR)

    async def return_(self) -> None:
        """Start it again where it was."""
        await self.start(int(self.coordinator.origin.rpartition(":")[2]))

    async def close(self) -> None:
        """Stop whatever runs."""
        await self._stack.aclose()


@asynccontextmanager
async def open_stage(
    home: Path,
    ways: Iterable[Way],
    *,
    planted: Planted,
    opened: OpenedFiles,
    wipes: bool = True,
    relays: bool = True,
    command: Sequence[str] = (),
) -> AsyncIterator[Stage]:
    """Everything up, and nobody online yet. `home` is made. Raises AuditError, CoordinatorError."""
    home.mkdir()  # noqa: ASYNC240 - before anything runs
    people = {way.name: (f"{word('Person')}", f"{word('Komp')}") for way in ways}
    household = make_household([member for pair in people.values() for member in _members(*pair)])
    for way, pair in people.items():
        for whose, name in zip(("the caller's", "the Komp's"), pair, strict=True):
            keeping = household.links[name]
            planted.add(way, Kind.NAME, whose, name)
            planted.add(way, Kind.PARTY, whose, keeping.party)
            planted.add(way, Kind.ENDPOINT, whose, Identity(from_base64url(keeping.key)).endpoint)
    sites = Sites(opened, folders=[home])
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        coturn = None
        if relays:
            (home / "coturn").mkdir()
            coturn = await stack.enter_async_context(running_coturn(home / "coturn", wipes=wipes))
            sites.logs.add(coturn.log)
            sites.runs(Place.RELAY, coturn.process.pid)
            for child in children(coturn.process.pid):
                sites.runs(Place.RELAY_FILTER, child)  # sed, and what overwrites its last line
        stage = Stage(home, sites, planted, household, people, http, wipes, command, coturn)
        stack.push_async_callback(stage.close)
        await stage.start()
        yield stage


def _members(person: str, komp: str) -> list[Member]:
    return [Member(komp, PartyKind.KOMP), Member(person, PartyKind.PERSON, (komp,))]


async def _metrics_port(log: Path) -> int:
    """Where the coordinator says that its figures are."""
    async with asyncio.timeout(METRICS_SECONDS):
        while (port := _told_port(log)) is None:  # noqa: ASYNC110 - another program writes it
            await asyncio.sleep(0.02)
    return port


def _told_port(log: Path) -> int | None:
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("{") and (told := json.loads(line)).get("event") == "metrics.serving":
            return int(told["port"])
    return None
