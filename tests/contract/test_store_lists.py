"""Lists only by consent, gone in one step and not brought back; threads for a year: on both databases.

(P-17, P-27 to P-33.)
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from signalling.people.lists import Entry, ListKind
from signalling.people.support import KEPT_DAYS, MESSAGES_AT_MOST, By, is_over
from signalling.privacy.consent import WORDINGS, Consent, ConsentKind, consent_to
from signalling.privacy.declaring import Eraser
from signalling.store.faults import StoreError
from signalling.store.master import MemoryMaster
from signalling.store.store import Store, open_store
from signalling.store.tables import METADATA, list_entries, subject_keys, support_messages, support_threads
from tests.town import NOW, Town

DAY = 86_400
TODAY = int(NOW // DAY)
ASTRID = Entry(ListKind.NEWSLETTER, "Astrid@example.org")


def consent(kind: ConsentKind = ConsentKind.NEWSLETTER) -> Consent:
    given = consent_to(kind, WORDINGS[kind].version, policy_version="2018-05-25", day=TODAY)
    assert given is not None
    return given


async def everything(store: Store) -> str:
    """Every value of every row."""
    async with store.database.reading() as connection:
        rows: list[Any] = []
        for table in METADATA.sorted_tables:
            rows += (await connection.execute(select(table))).all()
    return "\n".join(repr(tuple(row)) for row in rows)


async def subjects(store: Store, prefix: str) -> list[str]:
    async with store.database.reading() as connection:
        found = select(subject_keys.c.subject).where(subject_keys.c.subject.startswith(prefix))
        return list((await connection.execute(found)).scalars())


async def exported(store: Store, kind: ListKind = ListKind.NEWSLETTER) -> dict[str, str]:
    """Addresses and their tokens."""
    return {one.entry.email: one.token for one in await store.lists.export(kind)}


# ---------------------------------------------------------------- lists


async def test_p_27_an_entry_of_the_waiting_list_is_a_country_and_an_address_with_its_consent(people: Town) -> None:
    store = people.store
    await store.lists.add(Entry(ListKind.WAITING, "bo@example.org", "SE"), consent(ConsentKind.WAITING))
    (one,) = await store.lists.export(ListKind.WAITING)
    assert (one.entry.email, one.entry.country, one.given_day) == ("bo@example.org", "SE", TODAY)
    assert one.wording == WORDINGS[ConsentKind.WAITING].version
    assert await store.lists.export(ListKind.NEWSLETTER) == []
    assert await store.consents.all() == [consent(ConsentKind.WAITING)]
    assert "example.org" not in await everything(store)


async def test_p_27_there_is_no_entry_without_a_consent(people: Town) -> None:
    """The database itself refuses one, whoever tries to import it."""
    for ground in (None, "nobody"):
        row = {"entry": "e", "kind": "newsletter", "address_index": b"1", "consent": ground, "sealed_email": b"1"}
        with pytest.raises(StoreError):
            async with people.store.database.changing() as work:
                await work.connection.execute(insert(list_entries).values(**row))


async def test_p_31_the_same_address_is_on_a_list_once_and_its_token_goes_on_working(people: Town) -> None:
    store = people.store
    await store.lists.add(ASTRID, consent())
    before = await exported(store)
    await store.lists.add(Entry(ListKind.NEWSLETTER, "astrid@EXAMPLE.org"), consent())
    assert await exported(store) == before
    assert len(await store.consents.all()) == 1
    assert len(await subjects(store, "listed:")) == 1


async def test_p_32_one_step_removes_an_entry_and_the_ledger_keeps_a_kind_and_days(people: Town) -> None:
    store = people.store
    await store.lists.add(ASTRID, consent())
    await store.lists.add(Entry(ListKind.NEWSLETTER, "bo@example.org"), consent())
    token = (await exported(store))[ASTRID.email]
    entry = token[:22]
    assert await store.lists.withdraw(token, now=NOW + 3 * DAY)
    assert set(await exported(store)) == {"bo@example.org"}
    assert len(await subjects(store, "listed:")) == 1
    assert entry not in await everything(store)
    ended = [one for one in await store.consents.all() if one.withdrawn_day is not None]
    assert [(one.kind, one.given_day, one.withdrawn_day) for one in ended] == [
        (ConsentKind.NEWSLETTER, TODAY, TODAY + 3)
    ]
    assert await store.lists.withdraw(token, now=NOW), "again: nothing to do"


async def test_p_32_a_token_that_is_not_ours_withdraws_nobody(people: Town) -> None:
    store = people.store
    await store.lists.add(ASTRID, consent())
    token = (await exported(store))[ASTRID.email]
    for forged in ("", "x" * 65, token[:-1], token[:-2] + ("AA" if not token.endswith("AA") else "BB")):
        assert not await store.lists.withdraw(forged, now=NOW)
    assert len(await exported(store)) == 1


async def test_p_32_who_asks_the_operator_is_removed_too_and_may_come_back(people: Town) -> None:
    store = people.store
    await store.lists.add(ASTRID, consent())
    old = (await exported(store))[ASTRID.email]
    assert await store.lists.remove(ListKind.NEWSLETTER, "ASTRID@example.org", now=NOW)
    assert not await store.lists.remove(ListKind.NEWSLETTER, ASTRID.email, now=NOW)
    await store.lists.add(ASTRID, consent())
    assert (await exported(store))[ASTRID.email] != old


async def test_p_32_signing_up_and_withdrawing_at_once_end_in_one_or_the_other(people: Town) -> None:
    store = people.store
    for _ in range(5):
        await asyncio.gather(*(store.lists.add(ASTRID, consent()) for _ in range(4)))
        token = (await exported(store))[ASTRID.email]
        assert len(await subjects(store, "listed:")) == 1
        await asyncio.gather(
            store.lists.add(ASTRID, consent()), store.lists.withdraw(token, now=NOW), store.lists.add(ASTRID, consent())
        )
        left = await exported(store)
        assert token not in left.values()
        assert len(await subjects(store, "listed:")) == len(left)
        standing = [one for one in await store.consents.all() if one.withdrawn_day is None]
        assert len(standing) == len(left)
        for one in left.values():
            await store.lists.withdraw(one, now=NOW)


@asynccontextmanager
async def kept_in(file: Path, master: MemoryMaster) -> AsyncIterator[Store]:
    log = file.with_name("erasures")
    async with open_store(f"sqlite+aiosqlite:///{file}", master, upgrade=True, erasure_log=log) as store:
        yield store


async def test_p_32_a_restored_backup_brings_back_neither_an_entry_nor_a_thread(tmp_path: Path) -> None:
    file, master = tmp_path / "narvaro.db", MemoryMaster()
    async with kept_in(file, master) as store:
        await store.lists.add(ASTRID, consent())
        await store.lists.add(Entry(ListKind.NEWSLETTER, "bo@example.org"), consent())
        token = (await exported(store))[ASTRID.email]
        gone = await store.support.open("Gone?", now=NOW)
        stays = await store.support.open("Stays?", now=NOW)
    shutil.copy(file, tmp_path / "backup.db")
    async with kept_in(file, master) as store:
        assert await store.lists.withdraw(token, now=NOW)
        assert await store.support.erase(gone, now=NOW)
    shutil.copy(tmp_path / "backup.db", file)
    async with kept_in(file, master) as store:
        assert set(await exported(store)) == {"bo@example.org"}
        assert await store.support.read(gone, now=NOW) is None
        assert await store.support.read(stays, now=NOW) is not None
        assert [one.withdrawn_day is None for one in await store.consents.all()].count(False) == 1


# ---------------------------------------------------------------- support


async def test_p_28_a_thread_needs_nothing_of_anybody_and_stores_a_hash_of_its_reference(people: Town) -> None:
    store = people.store
    reference = await store.support.open("How is the robot charged?", now=NOW)
    thread = await store.support.read(reference, now=NOW)
    assert thread is not None
    assert [(one.by, one.text) for one in thread.messages] == [(By.ASKER, "How is the robot charged?")]
    assert (thread.email, thread.customer) == (None, None)
    kept = await everything(store)
    assert reference not in kept
    assert "charged" not in kept


def test_p_17_a_thread_has_no_column_that_leads_to_a_robot_a_person_or_a_call() -> None:
    referred = {key.target_fullname for table in (support_threads, support_messages) for key in table.foreign_keys}
    assert referred == {"customers.customer", "consents.consent", "support_threads.thread"}


async def test_p_17_an_address_is_left_by_choice_with_its_consent_and_goes_with_the_thread(people: Town) -> None:
    store = people.store
    ground = consent(ConsentKind.SUPPORT_EMAIL)
    reference = await store.support.open("Why?", address=("a@example.org", ground), now=NOW)
    thread = await store.support.read(reference, now=NOW)
    assert thread is not None
    assert thread.email == "a@example.org"
    assert await store.consents.all() == [ground]
    assert await store.support.erase(reference, now=NOW + DAY)
    (row,) = await store.consents.all()
    assert row.withdrawn_day == TODAY + 1


async def test_p_28_question_and_answers_come_in_their_order_until_the_thread_is_full(people: Town) -> None:
    support = people.store.support
    reference = await support.open("1", now=NOW)
    (listed,) = await support.all(now=NOW)
    assert await support.answer(listed.thread, "2", now=NOW + DAY)
    assert await support.ask(reference, "3", now=NOW + 2 * DAY)
    thread = await support.read(reference, now=NOW)
    assert thread is not None
    assert [(one.by.value, one.text, one.day - TODAY) for one in thread.messages] == [
        ("asker", "1", 0), ("staff", "2", 1), ("asker", "3", 2)
    ]  # fmt: skip
    (listed,) = await support.all(now=NOW)
    assert (listed.messages, listed.by, listed.last_day) == (3, By.ASKER, TODAY + 2)
    for number in range(3, MESSAGES_AT_MOST):
        assert await support.ask(reference, str(number), now=NOW)
    assert await support.ask(reference, "one more", now=NOW) is False


async def test_p_29_a_thread_is_there_for_365_days_after_its_last_message_and_gone_on_the_366th(people: Town) -> None:
    store = people.store
    reference = await store.support.open("Why?", now=NOW)
    assert await store.support.ask(reference, "Still why?", now=NOW + 10 * DAY)
    last = NOW + 10 * DAY
    await store.retention.run(now=last + 365 * DAY)
    assert await store.support.read(reference, now=last + 365 * DAY) is not None
    assert await store.support.read(reference, now=last + 366 * DAY) is None, "no answer shows it, swept or not"
    assert await store.support.ask(reference, "Hello?", now=last + 366 * DAY) is None
    done = await store.retention.run(now=last + 366 * DAY)
    assert done[Eraser.THREADS] == 1
    assert await store.support.read(reference, now=last) is None
    assert await subjects(store, "thread:") == []


def test_p_29_the_rule_and_the_condition_are_one() -> None:
    assert not is_over(TODAY, today=TODAY + KEPT_DAYS, is_customers=False)
    assert is_over(TODAY, today=TODAY + KEPT_DAYS + 1, is_customers=False)
    assert not is_over(TODAY, today=TODAY + 10 * KEPT_DAYS, is_customers=True)


async def test_p_30_a_thread_is_erased_on_request_by_its_reference_or_by_the_operator(people: Town) -> None:
    store = people.store
    one, two = await store.support.open("One", now=NOW), await store.support.open("Two", now=NOW)
    assert await store.support.erase(one, now=NOW)
    assert not await store.support.erase(one, now=NOW)
    (left,) = await store.support.all(now=NOW)
    assert await store.support.remove(left.thread, now=NOW)
    assert await store.support.read(two, now=NOW) is None
    assert await subjects(store, "thread:") == []
    async with store.database.reading() as connection:
        assert (await connection.execute(select(support_messages))).all() == []


async def test_p_33_an_active_customers_thread_is_kept_for_years_and_goes_with_the_customer(people: Town) -> None:
    store, customer = people.store, await people.customer()
    reference, other = await store.support.open("Mine", now=NOW), await store.support.open("Whose?", now=NOW)
    mine = await store.support.read(reference, now=NOW)
    assert mine is not None
    assert not await store.support.tie(mine.thread, "nobody", now=NOW)
    assert not await store.support.tie("no thread", customer, now=NOW)
    assert await store.support.tie(mine.thread, customer, now=NOW)
    later = NOW + 5 * 365 * DAY
    await store.retention.run(now=later)
    assert await store.support.read(reference, now=later) is not None
    assert await store.support.read(other, now=NOW) is None
    assert await store.agreements.end(customer, now=later) == frozenset()
    assert await store.support.read(reference, now=later) is None
    assert await subjects(store, "thread:") == []


async def test_p_33_a_customer_without_devices_is_removed_with_its_threads(people: Town) -> None:
    store, customer = people.store, await people.customer()
    reference = await store.support.open("Mine", now=NOW)
    mine = await store.support.read(reference, now=NOW)
    assert mine is not None
    await store.support.tie(mine.thread, customer, now=NOW)
    assert await store.customers.remove(customer, now=NOW)
    assert await store.support.read(reference, now=NOW) is None
    assert await subjects(store, "thread:") == []
