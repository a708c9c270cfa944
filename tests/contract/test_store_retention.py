"""What has had its time goes, what a hold keeps stays, and a restored backup is erased again: on both databases.

(P-07, P-08, P-09, P-15, P-38, and decision 8.)
"""

import datetime as dt
import shutil
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from signalling.people.membership import MemberRole, Side
from signalling.privacy.books import BookEntry, Product, decoded, last_day
from signalling.privacy.declaring import Eraser
from signalling.privacy.holds import HoldReason
from signalling.privacy.requests import RequestKind
from signalling.store import envelope
from signalling.store.faults import HeldError, StoreError
from signalling.store.master import MemoryMaster
from signalling.store.store import Store, open_store
from signalling.store.tables import changes, customers, devices, endpoints, erasures_due, holds, subject_keys
from tests.town import NOW, Town

DAY = 86_400
TODAY = int(NOW // DAY)


def invoice(day: int = TODAY, number: str = "F1001") -> BookEntry:
    return BookEntry(number, day, Product.KOMP, 1, "NOK", 499_00, 99_80)


# ---------------------------------------------------------------- bookkeeping


def day_of(text: str) -> int:
    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("booked", "last"), [("2026-11-26", "2031-11-26"), ("2024-02-29", "2029-03-01"), ("2027-01-01", "2032-01-01")]
)
def test_p_08_five_years_are_counted_by_the_calendar(booked: str, last: str) -> None:
    assert last_day(day_of(booked)) == day_of(last)


@pytest.mark.parametrize("changed", [{"number": "Anna 1"}, {"currency": "Anna"}, {"number": "anna@example.org"}])
def test_p_08_no_field_of_an_entry_takes_a_name(changed: dict[str, str]) -> None:
    values = {"number": "1", "day": 1, "product": Product.KOMP, "quantity": 1, "currency": "NOK", "total": 1, "vat": 0}
    assert decoded(BookEntry(**values).encoded()) == BookEntry(**values)  # type: ignore[arg-type]
    with pytest.raises(ValueError) as refused:
        BookEntry(**{**values, **changed})  # type: ignore[arg-type]
    assert "nna" not in str(refused.value)


async def test_p_08_books_stay_for_five_years_whatever_is_erased_and_go_a_day_after(people: Town) -> None:
    store, customer = people.store, await people.customer()
    await store.books.add(customer, invoice())
    assert await store.agreements.end(customer, now=people.now) == frozenset()
    assert await store.customers.get(customer) is None
    last = last_day(TODAY) * DAY
    await store.retention.run(now=last + DAY - 1)
    assert await store.books.of(customer) == [invoice()]
    await store.retention.run(now=last + DAY)
    assert await store.books.of(customer) == []
    assert await rows(store, subject_keys.c.subject, prefix="books:") == []


async def test_p_08_the_key_of_the_books_goes_with_the_last_entry_and_not_before(people: Town) -> None:
    store = people.store
    await store.books.add("c1", invoice(TODAY - 2 * 365))
    await store.books.add("c1", invoice(number="F2"))
    await store.retention.run(now=(last_day(TODAY - 2 * 365) + 1) * DAY)
    assert await store.books.of("c1") == [invoice(number="F2")]


# ---------------------------------------------------------- the end of an agreement


async def test_p_07_the_end_of_an_agreement_takes_the_customer_its_devices_and_their_circles(people: Town) -> None:
    store, komp, anna = people.store, await people.komp(), await people.person("Anna")
    await people.av1()
    await people.joins(anna, komp)
    customer = await people.customer()
    assert await store.agreements.end(customer, now=people.now) == frozenset()
    assert await store.agreements.end(customer, now=people.now) is None
    for column in (customers.c.customer, devices.c.party, endpoints.c.endpoint):
        assert await rows(store, column) == []
    assert await store.profiles.get(anna.party) is None, "no Komp is left"
    assert {one.partition(":")[0] for one in await rows(store, subject_keys.c.subject)} == {"index", "pepper"}


# ---------------------------------------------------------------------- holds


@pytest.mark.parametrize("reason", HoldReason)
async def test_p_09_a_hold_keeps_a_customer_says_why_and_lets_go_when_lifted(people: Town, reason: HoldReason) -> None:
    store, customer = people.store, await people.customer()
    subject = envelope.customer(customer)
    await store.holds.place(subject, reason, now=people.now)
    await store.holds.place(subject, reason, now=people.now)
    assert await store.holds.of(subject) == {reason}
    assert await store.agreements.end(customer, now=people.now) == frozenset({reason})
    assert not await store.customers.remove(customer, now=people.now)
    await store.retention.run(now=people.now + 3650 * DAY)
    assert await store.customers.get(customer) is not None
    assert await store.holds.due() == [subject]
    assert await store.holds.lift(subject, reason)
    assert not await store.holds.lift(subject, reason)
    done = await store.retention.run(now=people.now)
    assert done[Eraser.LIFTED] == 1
    assert await store.customers.get(customer) is None
    assert await rows(store, erasures_due.c.subject) == await rows(store, holds.c.subject) == []


async def test_p_38_a_person_under_two_holds_is_kept_until_the_last_is_lifted(people: Town) -> None:
    store, anna = people.store, await people.person("Anna")
    subject = envelope.person(anna.party)
    for reason in (HoldReason.LEGAL_CLAIM, HoldReason.AUTHORITY):
        await store.holds.place(subject, reason, now=people.now)
    with pytest.raises(HeldError) as kept:
        await store.profiles.close(anna.party, now=people.now)
    assert kept.value.reasons == {HoldReason.LEGAL_CLAIM, HoldReason.AUTHORITY}
    await store.retention.run(now=people.now + 40 * DAY)
    await store.holds.lift(subject, HoldReason.AUTHORITY)
    await store.retention.run(now=people.now + 40 * DAY)
    assert await store.profiles.get(anna.party) is not None
    await store.holds.lift(subject, HoldReason.LEGAL_CLAIM)
    await store.retention.run(now=people.now + 40 * DAY)
    assert await store.profiles.get(anna.party) is None


async def test_a_hold_without_anything_due_erases_nobody_when_lifted(people: Town) -> None:
    store, anna = people.store, await people.person("Anna")
    subject = envelope.person(anna.party)
    await store.holds.place(subject, HoldReason.LEGAL_CLAIM, now=people.now)
    await store.holds.lift(subject, HoldReason.LEGAL_CLAIM)
    await store.retention.run(now=people.now)
    assert await store.profiles.get(anna.party) is not None


async def test_p_15_a_reset_leaves_whom_a_hold_keeps_without_the_komp(people: Town) -> None:
    store, komp, anna = people.store, await people.komp(), await people.person("Anna")
    await people.joins(anna, komp)
    await store.holds.place(envelope.person(anna.party), HoldReason.LEGAL_CLAIM, now=people.now)
    assert await store.devices.reset(komp.party, now=people.now) is not None
    assert await store.memberships.of_komp(komp.party) == []
    assert await store.profiles.get(anna.party) is not None
    assert await store.holds.due() == [envelope.person(anna.party)]


# ------------------------------------------------------------------- in batches


async def test_much_that_is_over_goes_in_small_transactions(people: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    store = people.store
    async with store.database.changing() as work:
        many = [{"seq": 1000 + n, "party": "p", "kind": "linked", "at": n} for n in range(1234)]
        await work.connection.execute(insert(changes), many)
    batches: list[int] = []

    async def counted(now: float, at_most: int) -> int:
        batches.append(await store.history.prune(now=now, at_most=at_most))
        return batches[-1]

    monkeypatch.setattr(store.retention, "duties", {**store.retention.duties, Eraser.CHANGES: counted})
    done = await store.retention.run(now=people.now, batch=100)
    assert (done[Eraser.CHANGES], max(batches)) == (1234, 100)
    assert await rows(store, changes.c.seq) == []


# ------------------------------------------------- a backup that is restored


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "apart" / "erasures.log"


class Opened:
    """The same SQLite file under the same master key, opened again and again."""

    def __init__(self, url: str, log: Path) -> None:
        self.master = MemoryMaster()
        self._url = url
        self._log = log

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Town]:
        async with open_store(self._url, self.master, upgrade=True, erasure_log=self._log) as store:
            yield Town(store)


@pytest.fixture
def opened(tmp_path: Path, log: Path) -> Opened:
    log.parent.mkdir()
    return Opened(f"sqlite+aiosqlite:///{tmp_path}/narvaro.db", log)


def backed_up(folder: Path) -> Callable[[], None]:
    """Copy the database's files now, and put them back later."""
    files = {path: path.read_bytes() for path in folder.glob("narvaro.db*")}

    def restored() -> None:
        for path in folder.glob("narvaro.db*"):
            path.unlink()
        for path, content in files.items():
            path.write_bytes(content)

    return restored


async def test_p_38_whoever_was_erased_is_erased_again_in_a_restored_backup(
    opened: Opened, tmp_path: Path, log: Path
) -> None:
    async with opened() as people:
        komp, robot = await people.komp(), await people.av1()
        anna, bert, cecilia = [await people.person(name) for name in ("Anna", "Bert", "Cecilia")]
        for one in (anna, bert, cecilia):
            await people.joins(one, komp)
        other = await people.komp("Another")
        await people.joins(cecilia, other)
        lost = await people.phone(cecilia)
        code = await people.store.invitations.create(komp.party, MemberRole.USER, Side.FAMILY, now=people.now)
        keyword = await people.store.keywords.create(robot.party, now=people.now)
        assert code is not None
        assert keyword is not None
    restore = backed_up(tmp_path)
    async with opened() as people:
        store, now = people.store, people.now
        assert await store.profiles.close(anna.party, now=now)
        assert await store.memberships.remove(komp.party, bert.party, now=now)
        assert await store.endpoints.revoke(cecilia.party, lost.endpoint, now=now)
        assert await store.invitations.cancel(code.invitation.invitation, now=now)
        assert await store.keywords.create(robot.party, now=now)
    restore()
    async with opened() as people:
        store, now = people.store, people.now
        assert await store.profiles.get(anna.party) is None
        assert await rows(store, subject_keys.c.subject, prefix=envelope.person(anna.party)) == []
        assert [one.person for one in await store.memberships.of_komp(komp.party)] == [cecilia.party]
        assert await store.profiles.get(bert.party) is not None, "a membership ended; the profile did not"
        assert lost.endpoint not in await store.endpoints.of(cecilia.party)
        assert await store.invitations.redeem(code.code, bert.party, now=now) is None
        assert await store.keywords.state(robot.party, now=now) is None
        assert await store.profiles.get(cecilia.party) is not None
    assert mode_of(log) == 0o600
    assert not [one for one in (anna.party, bert.party, komp.party, lost.endpoint) if one in read(log)]


async def test_p_38_a_reset_and_the_end_of_an_agreement_are_done_again_too(opened: Opened, tmp_path: Path) -> None:
    async with opened() as people:
        komp, anna = await people.komp(), await people.person("Anna")
        await people.joins(anna, komp)
        customer = await people.customer()
    restore = backed_up(tmp_path)
    async with opened() as people:
        await people.store.devices.reset(komp.party, now=people.now)
    restore()
    async with opened() as people:
        assert await people.store.memberships.of_komp(komp.party) == []
        assert await people.store.profiles.get(anna.party) is None
        assert await people.store.endpoints.of(komp.party) == ()
        assert await people.store.agreements.end(customer, now=people.now) == frozenset()
    restore()
    async with opened() as people:
        assert await people.store.customers.get(customer) is None
        assert await people.store.devices.all() == []


async def test_p_38_requests_and_a_customer_without_devices_are_erased_again_too(
    opened: Opened, tmp_path: Path
) -> None:
    async with opened() as people:
        customer = await people.customer()
        over = await people.store.requests.ask_by_form("a@example.org", RequestKind.ACCESS, "Mine?", now=people.now)
        waits = await people.store.requests.ask_by_form("b@example.org", RequestKind.ACCESS, None, now=people.now)
        assert over is not None
        assert waits is not None
    restore = backed_up(tmp_path)
    async with opened() as people:
        store, now = people.store, people.now
        assert await store.requests.grant(over, "Here.", now=now)
        assert await store.requests.told(over.request, now=now)
        assert (await store.retention.run(now=now + 31 * DAY))[Eraser.REQUESTS] == 1
        assert await store.customers.remove(customer, now=now + 31 * DAY)
        await store.retention.run(now=now + 32 * DAY)
    restore()
    async with opened() as people:
        assert [one.request for one in await people.store.requests.all()] == [waits.request]
        assert await people.store.customers.get(customer) is None
        assert await rows(people.store, subject_keys.c.subject, prefix=envelope.request(over.request)) == []


async def test_an_erasure_without_its_day_is_refused(people: Town) -> None:
    """The log of erasures would forget it with the next run, and a backup would bring back what was erased."""
    with pytest.raises(StoreError, match="day"):
        async with people.store.database.changing(erases=True) as work:
            work.erased("person", "somebody")


async def test_nothing_is_erased_again_in_a_database_that_was_not_restored(opened: Opened) -> None:
    """Who was removed and came back, and a Komp that was reset and lives on, stay as they are."""
    async with opened() as people:
        komp, anna, other = await people.komp(), await people.person("Anna"), await people.komp("Other")
        await people.joins(anna, other)
        await people.joins(anna, komp)
        await people.store.memberships.remove(komp.party, anna.party, now=people.now)
        await people.joins(anna, komp)
        assert await people.store.keywords.create((await people.av1()).party, now=people.now)
    for _ in range(2):
        async with opened() as people:
            assert len(await people.store.memberships.of_person(anna.party)) == 2


async def test_a_restored_database_is_erased_again_once_and_goes_on_from_there(opened: Opened, tmp_path: Path) -> None:
    async with opened() as people:
        komp, anna, bert = await people.komp(), await people.person("Anna"), await people.person("Bert")
        other = await people.komp("Other")
        for one in (anna, bert):
            await people.joins(one, komp)
            await people.joins(one, other)
    restore = backed_up(tmp_path)
    async with opened() as people:
        await people.store.memberships.remove(komp.party, anna.party, now=people.now)
    restore()
    async with opened() as people:
        assert [one.person for one in await people.store.memberships.of_komp(komp.party)] == [bert.party]
        await people.joins(anna, komp)  # invited anew, after the restore
    async with opened() as people:
        assert len(await people.store.memberships.of_komp(komp.party)) == 2
        await people.store.memberships.remove(komp.party, bert.party, now=people.now)
    async with opened() as people:
        assert [one.person for one in await people.store.memberships.of_komp(komp.party)] == [anna.party]


async def test_an_erasure_that_fails_is_not_in_the_log(opened: Opened, log: Path) -> None:
    async with opened() as people:
        komp = await people.komp()
        before = read(log)
        assert not await people.store.customers.remove(await people.customer(), now=people.now), "it has a device"
        assert read(log) == before
        assert await people.store.devices.get(komp.party) is not None


async def test_the_log_forgets_what_no_backup_can_bring_back(opened: Opened, log: Path) -> None:
    async with opened() as people:
        for days in (0, 10):
            person = await people.person("Anna")
            await people.store.profiles.close(person.party, now=people.now + days * DAY)
        assert len(read(log).splitlines()) == 3
        await people.store.retention.run(now=people.now + 40 * DAY)
        assert len(read(log).splitlines()) == 2
        person = await people.person("Bert")
        await people.store.profiles.close(person.party, now=people.now + 41 * DAY)
        assert [line.split()[0] for line in read(log).splitlines()[1:]] == ["2", "3"]


async def test_a_database_with_a_log_is_not_opened_without_one(opened: Opened, tmp_path: Path) -> None:
    """What was erased meanwhile would be in no log, and a restored backup would bring it back."""
    async with opened() as people:
        await people.store.profiles.close((await people.person("Anna")).party, now=people.now)
    with pytest.raises(StoreError, match="ERASURE_LOG_FILE"):
        async with open_store(f"sqlite+aiosqlite:///{tmp_path}/narvaro.db", opened.master):
            pass


async def test_a_file_that_is_no_log_is_refused(opened: Opened, log: Path) -> None:
    shutil.copy(__file__, log)
    with pytest.raises((StoreError, UnicodeDecodeError)):
        async with opened():
            pass


def read(log: Path) -> str:
    return log.read_text(encoding="ascii")


def mode_of(log: Path) -> int:
    return stat.S_IMODE(log.stat().st_mode)


async def rows(store: Store, column: object, *, prefix: str = "") -> list[str]:
    async with store.database.reading() as connection:
        found = (await connection.execute(select(column))).scalars().all()  # type: ignore[call-overload]
    return [one for one in found if str(one).startswith(prefix)]
