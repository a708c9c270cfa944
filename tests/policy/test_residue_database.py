"""P-02, P-14, P-15 where people last: calls ended by erasing, resetting and removing somebody in mid-call.

The coordinator has a database; its memory, the database's files with the write-ahead log, a backup made in the calls,
logs, figures and its temporary folder are scanned. Without the control, while the calls live, a scan says nothing.
"""

import asyncio
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from sqlalchemy import select

from client_sim.account import Account
from client_sim.asking import Asking
from client_sim.audit.promises import Kind, Planted, word
from client_sim.audit.scripted import ScriptedCall, ScriptedEnd
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.house import KOMP, TERMINAL
from client_sim.household import make_household
from client_sim.identity import Identity
from client_sim.residue import Needles, scan_files, scan_memory
from signalling.people.membership import MemberRole, Membership, Side
from signalling.store import envelope
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.master import FileMaster, add_master
from signalling.store.store import Store, open_store
from signalling.store.tables import subject_keys
from signalling.vocabulary import PartyId, PartyKind
from tests.moving import MEMBERS

pytestmark = [pytest.mark.root, pytest.mark.slow]

ERASED_SECONDS: Final = 1.0
OF_A_CALL: Final = (Kind.CALL, Kind.BOX, Kind.PAYLOAD, Kind.TOKEN, Kind.HASH, Kind.TURN_UNUSED)
TOLD: Final = ("name", "phone")


@dataclass(repr=False)
class Pair:
    """A Komp of a customer of its own, and its administrator, who calls it."""

    customer: str
    komp: PartyId
    person: PartyId
    words: dict[str, str]
    """What was told of the person, and what they are named by: markers."""
    wrapped: bytes
    customer_key: bytes
    """The customer's own key, unwrapped: with it a backup could be opened."""
    call: ScriptedCall = field(init=False)
    identity: Identity = field(init=False)


Ending = Callable[[Pair, Coordinator, Account], Awaitable[object]]


async def closed(_pair: Pair, _server: Coordinator, account: Account) -> None:
    """The person closes the profile."""
    await account.close()


async def reset_by_the_administrator(pair: Pair, _server: Coordinator, account: Account) -> None:
    """An administrator has the Komp forget everybody."""
    await account.reset(pair.komp)


async def reset_by_the_operator(pair: Pair, server: Coordinator, _account: Account) -> None:
    """The operator resets the device, by a command beside the running server."""
    await server.operate("devices", "reset", pair.komp, "--yes")


async def agreement_ended(pair: Pair, server: Coordinator, _account: Account) -> None:
    """The operator ends the agreement."""
    await server.operate("customers", "end", pair.customer)


async def unlinked(pair: Pair, _server: Coordinator, account: Account) -> None:
    """The person leaves the Komp."""
    await account.remove_member(pair.komp, pair.person)


async def blocked(pair: Pair, server: Coordinator, _account: Account) -> None:
    """The operator blocks the device."""
    await server.operate("devices", "block", pair.komp)


async def hung_up(pair: Pair, _server: Coordinator, _account: Account) -> None:
    """The caller hangs up: the control for the others, in which somebody is erased."""
    await pair.call.caller.say(t="call.hangup", call=pair.call.call)


WAYS: Final[Mapping[str, Ending]] = {
    one.__name__: one
    for one in (closed, reset_by_the_administrator, reset_by_the_operator, agreement_ended, unlinked, blocked, hung_up)
}
ERASES: Final = ("closed", "reset_by_the_administrator", "reset_by_the_operator", "agreement_ended")
"""After these the person is gone: their only Komp forgot them, or they closed the profile."""


async def moved_in(store: Store, master: FileMaster, number: int) -> tuple[Pair, dict[str, Identity], dict[str, str]]:
    now, identities = time.time(), {one.name: Identity() for one in MEMBERS}
    screen, relative = identities[KOMP], identities[TERMINAL]
    customer = await store.customers.add(CustomerData(CustomerKind.PRIVATE, word("customer")), now=now)
    added = await store.devices.add(PartyKind.KOMP, customer, "Komp", now=now)
    assert added is not None
    await store.devices.enrol(added[1], endpoint=screen.endpoint, identity=screen.public, now=now)
    name, phone = word("name"), f"+4670{number}{secrets.randbelow(10**6):06}"
    person = await store.profiles.create(name, phone, endpoint=relative.endpoint, identity=relative.public, now=now)
    assert person is not None
    member = Membership(added[0], person, MemberRole.ADMIN, Side.FAMILY, video_only=False)
    assert await store.memberships.add(member, now=now)
    async with store.database.reading() as connection:
        mine = select(subject_keys.c.wrapped).where(subject_keys.c.subject == envelope.person(person))
        wrapped = (await connection.execute(mine)).scalar_one()
        owner = envelope.customer(customer)
        row = (await connection.execute(select(subject_keys).where(subject_keys.c.subject == owner))).one()
    customer_key = await master.unwrap(row.master, row.wrapped, owner)
    words = {"name": name, "phone": phone, "endpoint": str(relative.endpoint), "party": str(person)}
    return (
        Pair(customer, added[0], person, words, wrapped, customer_key),
        identities,
        {KOMP: str(added[0]), TERMINAL: str(person)},
    )


@dataclass(repr=False)
class Site:
    """A coordinator with a database, and a call of each way."""

    home: Path
    server: Coordinator
    http: aiohttp.ClientSession
    planted: Planted
    pairs: dict[str, Pair]

    @property
    def backup(self) -> Path:
        return self.home.with_name("backup")

    def back_up(self) -> None:
        """As a crude operator does: copies of the files while it runs."""
        self.backup.mkdir()
        for file in self.home.glob("people.sqlite*"):
            shutil.copy(file, self.backup)

    async def seen(self, needles: Mapping[str, bytes]) -> set[tuple[str, str]]:
        """Which of them stand where: in memory, figures, or a file (the database's are called `database`)."""
        found = {(one.marker, "memory") for one in scan_memory(self.server.pid, needles)}
        async with self.http.get(self._metrics()) as answer:
            figures = await answer.read()
        found |= {(one.marker, "figures") for one in Needles(needles).in_pieces("figures", [[figures]])}
        found |= {(one.marker, "backup") for one in scan_files([self.backup], needles)}
        for one in scan_files([self.home], needles):
            found.add((one.marker, "database" if one.place.startswith("people.sqlite") else one.place))
        return found

    async def posted(self, path: str, **body: str) -> dict[str, str]:
        """What is answered to a support thread's request: its reference, if it is new."""
        async with self.http.post(f"{self.server.origin}/v1/support/threads{path}", json=body) as answer:
            assert answer.ok
            told = await answer.json() if answer.content_type == "application/json" else {}
            return {"reference": told["reference"]} if told else {}

    def _metrics(self) -> str:
        port = re.search(r'"event": "metrics.serving".*?"port": (\d+)', (self.home / "log.jsonl").read_text())
        assert port is not None
        return f"http://127.0.0.1:{port[1]}/metrics"


@asynccontextmanager
async def site(home: Path) -> AsyncIterator[Site]:
    add_master(home / "master.key")
    url = f"sqlite+aiosqlite:///{home}/people.sqlite"
    master = FileMaster(home / "master.key")
    async with open_store(url, master, upgrade=True) as store:
        made = [await moved_in(store, master, number) for number in range(len(WAYS))]
    planted, pairs = Planted(), {}
    settings = {"ERASURE_LOG_FILE": str(home / "erasures.log")}
    async with running_coordinator(home=home, settings=settings) as server, aiohttp.ClientSession() as http:
        for way, (pair, identities, parties) in zip(WAYS, made, strict=True):
            household = make_household(MEMBERS, identities=identities, parties=parties)
            ends = [ScriptedEnd(household.links[name], server.origin, http) for name in (TERMINAL, KOMP)]
            for end in ends:
                await end.come()
                planted.add(way, Kind.TOKEN, f"token of {end.endpoint}", end.token)
            pair.call, pair.identity = ScriptedCall(way, ends[0], ends[1], planted), identities[TERMINAL]
            planted.add(way, Kind.CALL, "id", pair.call.call)
            await pair.call.talk()
            pairs[way] = pair
        yield Site(home, server, http, planted, pairs)


@dataclass
class Looks:
    """What stood where: while the calls lived, and after each had ended."""

    during: set[tuple[str, str]]
    after: set[tuple[str, str]]
    of_calls: list[str]


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Looks:
    return asyncio.run(looked(tmp_path_factory.mktemp("home")))


async def looked(home: Path) -> Looks:
    async with site(home) as one:
        of_calls = {marker.key: marker.text for marker in one.planted if marker.kind in OF_A_CALL}
        told = {f"{way} {what}": text.encode() for way, pair in one.pairs.items() for what, text in pair.words.items()}
        told |= {f"{way} wrapped": pair.wrapped for way, pair in one.pairs.items()}
        told |= {f"{way} customer's key": pair.customer_key for way, pair in one.pairs.items()}
        told["question"] = (question := word("question")).encode()
        for pair in one.pairs.values():  # the device's name opens under the customer's key
            await Account(Asking(pair.identity, origin=one.server.origin, http=one.http)).circle()
        reference = await one.posted("", text="Why? " * 390 + question)
        one.back_up()
        during = await one.seen({**of_calls, **told})
        await one.posted("/erase", **reference)
        for way, pair in one.pairs.items():
            asking = Asking(pair.identity, origin=one.server.origin, http=one.http)
            await WAYS[way](pair, one.server, Account(asking))
            for end in (pair.call.caller, pair.call.komp):
                told_so = end.hear("call.erased", seconds=3)
                await asyncio.gather(told_so, return_exceptions=True)  # a revoked end's socket is closed at once
        for pair in one.pairs.values():
            for end in (pair.call.caller, pair.call.komp):
                await end.go()
        await asyncio.sleep(ERASED_SECONDS)
        after = await one.seen({**of_calls, **told})
        return Looks(during, after, [*of_calls])


def test_the_control_the_scan_finds_calls_and_people_while_they_are_there(looks: Looks) -> None:
    for way in WAYS:
        assert (f"{way}\ncall\nid", "memory") in looks.during
        assert (f"{way} party", "database") in looks.during
        assert (f"{way} wrapped", "database") in looks.during


def test_p_02_nothing_of_a_call_is_ever_in_the_database_a_backup_a_log_or_a_figure(looks: Looks) -> None:
    for found in (looks.during, looks.after):
        assert {one for one in found if one[0] in looks.of_calls and one[1] != "memory"} == set()


def test_p_02_a_second_after_calls_that_an_erasure_ended_nothing_of_them_is_left_anywhere(looks: Looks) -> None:
    assert {one for one in looks.after if one[0] in looks.of_calls} == set()


def test_p_03_names_and_numbers_are_in_no_file_in_clear_not_even_in_a_backup(looks: Looks) -> None:
    told = {f"{way} {what}" for way in WAYS for what in TOLD}
    assert {one for one in looks.during | looks.after if one[0] in told and one[1] != "memory"} == set()


@pytest.mark.parametrize("way", ERASES)
def test_p_14_p_15_who_was_erased_in_a_call_is_in_no_memory_and_no_file(looks: Looks, way: str) -> None:
    """Not even under a key: the wrapped one is gone too, from pages that SQLite had cached as well. A backup has sealed
    rows and is erased again when it is restored. Random ids are borne in memory: compiled statements keep the values
    that they were first asked with, and the list of changes has them for ten minutes.
    """
    gone = {f"{way} {what}" for what in ("name", "phone", "wrapped")}
    found = {one for one in looks.after if one[0] in gone}
    assert found == {(f"{way} wrapped", "backup")}, "the backup is the control"
    assert {place for marker, place in looks.after if marker == f"{way} endpoint"} <= {"backup", "memory"}


def test_p_07_p_14_the_key_of_a_customer_whose_agreement_a_command_ended_is_in_no_memory(looks: Looks) -> None:
    assert ("agreement_ended customer's key", "memory") in looks.during, "the control"
    assert ("hung_up customer's key", "memory") in looks.after, "the control: it is still a customer"
    assert {one for one in looks.after if one[0] == "agreement_ended customer's key"} == set()


def test_p_30_a_long_question_that_was_erased_is_in_no_memory_and_no_file(looks: Looks) -> None:
    """The event loop reads all connections into one buffer, which keeps the end of the longest: it is overwritten."""
    assert {one for one in looks.after if one[0] == "question"} == set()


def test_the_control_who_only_left_or_was_blocked_is_still_there(looks: Looks) -> None:
    for way in set(WAYS) - set(ERASES):
        assert (f"{way} wrapped", "database") in looks.after
