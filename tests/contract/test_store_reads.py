"""Staff's reads, and whose data an e-mail address leads to: on both databases (P-04, P-36, P-38)."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import select, update

from signalling.people.lists import Entry, ListKind
from signalling.privacy.consent import ConsentKind
from signalling.privacy.declaring import Eraser
from signalling.privacy.holds import HoldReason
from signalling.privacy.reading import KEPT_MINUTES, Looking, ReadPurpose, Record
from signalling.privacy.requests import Outcome, Refusal, RequestKind
from signalling.store import envelope
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.requests import Request
from signalling.store.store import Store
from signalling.store.support import index_addresses
from signalling.store.tables import staff_reads, support_threads
from tests.contract.test_store_lists import consent, everything
from tests.town import NOW, Town

SUPPORT = Looking("Marker-Of-Staff", ReadPurpose.SUPPORT)
EMAIL = "Astrid@example.org"
DAY = 86_400


async def reads(store: Store) -> Sequence[str]:
    async with store.database.reading() as connection:
        return (await connection.execute(select(staff_reads.c.subject))).scalars().all()


async def asked(store: Store, kind: RequestKind, email: str = EMAIL) -> Request:
    made = await store.requests.ask_by_form(email, kind, None, now=NOW)
    assert made is not None
    return made


async def left(store: Store, email: str = EMAIL) -> dict[str, str]:
    """That address everywhere where one can be left; subjects by what they are."""
    await store.lists.add(Entry(ListKind.WAITING, email, "NO"), consent(ConsentKind.WAITING))
    await store.lists.add(Entry(ListKind.NEWSLETTER, email), consent())
    reference = await store.support.open("Why?", address=(email, consent(ConsentKind.SUPPORT_EMAIL)), now=NOW)
    thread = await store.support.read(reference, now=NOW)
    assert thread is not None
    customer = await store.customers.add(CustomerData(CustomerKind.PRIVATE, "Astrid", email=email.upper()), now=NOW)
    (waits,), (gets,) = await store.lists.names(ListKind.WAITING), await store.lists.names(ListKind.NEWSLETTER)
    return {
        "customer": envelope.customer(customer),
        "waiting": envelope.listed(waits),
        "newsletter": envelope.listed(gets),
        "thread": envelope.thread(thread.thread),
    }


# ---------------------------------------------------------------- lines


async def test_a_line_stands_under_the_key_of_whom_it_is_about_and_goes_with_it(people: Town) -> None:
    store, anna, bo = people.store, await people.person("Anna"), await people.person("Bo")
    subjects = [envelope.person(one.party) for one in (anna, bo)]
    assert await store.reads.note(SUPPORT, Record.PROFILE, subjects, now=NOW) == set(subjects)
    assert "Marker-Of-Staff" not in await everything(store)
    (line,) = await store.reads.of(subjects[0])
    assert (line.record, line.purpose, line.minute, line.operator) == (
        Record.PROFILE, ReadPurpose.SUPPORT, int(NOW // 60), "Marker-Of-Staff",
    )  # fmt: skip
    assert await store.profiles.close(anna.party, now=NOW)
    assert await reads(store) == subjects[1:]
    assert await store.reads.of(subjects[0]) == []


async def test_lines_of_many_are_left_in_one_go_and_go_in_batches_when_their_year_is_over(people: Town) -> None:
    store = people.store
    customers = [
        envelope.customer(await store.customers.add(CustomerData(CustomerKind.PRIVATE, "One"), now=NOW))
        for _ in range(12)
    ]
    noted = await store.reads.note(SUPPORT, Record.CUSTOMER, [*customers, "customer:nobody", customers[0]], now=NOW)
    assert noted == set(customers)
    assert sorted(await reads(store)) == sorted(customers)
    over = NOW + (KEPT_MINUTES + 1) * 60
    assert (await store.retention.run(now=over - 120))[Eraser.READS] == 0
    assert (await store.retention.run(now=over, batch=5))[Eraser.READS] == 12
    assert await reads(store) == []


async def test_who_is_erased_while_staff_look_is_shown_or_not_and_leaves_no_line(people: Town) -> None:
    """A read of many doesn't fail because one of them goes at that moment."""
    store, data = people.store, CustomerData(CustomerKind.PRIVATE, "One")
    for _ in range(5):
        customers = [await store.customers.add(data, now=NOW) for _ in range(6)]
        subjects = [envelope.customer(one) for one in customers]
        done = await asyncio.gather(
            *(store.reads.note(SUPPORT, Record.CUSTOMER, subjects, now=NOW) for _ in range(4)),
            *(store.customers.remove(one, now=NOW) for one in customers[:3]),
        )
        assert all(set(subjects[3:]) <= noted for noted in done[:4])  # type: ignore[operator]
        assert all(done[4:])
        assert set(await reads(store)).isdisjoint(subjects[:3])
        assert set(await reads(store)) >= set(subjects[3:])


async def test_a_rotated_master_key_opens_the_lines_as_before(people: Town) -> None:
    store, anna = people.store, await people.person("Anna")
    subject = envelope.person(anna.party)
    await store.reads.note(SUPPORT, Record.PROFILE, [subject], now=NOW)
    await store.rewrap()
    assert [one.operator for one in await store.reads.of(subject)] == ["Marker-Of-Staff"]


# ---------------------------------------------------------------- addresses


async def test_p_36_an_address_leads_to_all_that_was_left_with_it_and_to_nobody_elses(people: Town) -> None:
    store = people.store
    mine = await left(store)
    earlier = await asked(store, RequestKind.RECTIFICATION, "ASTRID@example.org")
    others = "someone@example.org"
    await store.lists.add(Entry(ListKind.NEWSLETTER, others), consent())
    await store.support.open("?", address=(others, consent(ConsentKind.SUPPORT_EMAIL)), now=NOW)
    await asked(store, RequestKind.ACCESS, others)
    one = await asked(store, RequestKind.ACCESS)
    assert set(await store.requests.about(one)) == {*mine.values(), envelope.request(earlier.request)}
    assert await store.requests.about(await asked(store, RequestKind.ACCESS, "nobody@example.org")) == []


async def test_p_38_a_granted_erasure_by_the_form_erases_entries_threads_and_customer_and_can_still_be_answered(
    people: Town,
) -> None:
    store = people.store
    await left(store)
    told = await asked(store, RequestKind.ACCESS)
    assert await store.requests.refuse(told, Refusal.EXCESSIVE, "No.", now=NOW)
    assert await store.requests.told(told.request, now=NOW)
    waits = await asked(store, RequestKind.OBJECTION)
    one = await asked(store, RequestKind.ERASURE)
    assert await store.requests.grant(one, "Gone.", now=NOW) is Outcome.GRANTED
    assert await store.lists.names(ListKind.WAITING) == await store.lists.names(ListKind.NEWSLETTER) == []
    assert await store.support.all(now=NOW) == []
    assert await store.customers.names() == []
    assert {row.request for row in await store.requests.all()} == {waits.request, one.request}
    assert [row.withdrawn_day is not None for row in await store.consents.all()] == [True] * 3


async def test_p_38_what_a_hold_keeps_stays_with_its_threads_and_the_newsletter_goes_at_once(people: Town) -> None:
    store = people.store
    mine = await left(store)
    customer = mine["customer"].partition(":")[2]
    assert await store.support.tie(mine["thread"].partition(":")[2], customer, now=NOW)
    await store.holds.place(mine["customer"], HoldReason.OUTSTANDING_SUM, now=NOW)
    one = await asked(store, RequestKind.ERASURE)
    assert await store.requests.grant(one, None, now=NOW) is Outcome.REFUSED
    decided = await store.requests.get(one.request)
    assert decided is not None
    assert (decided.reason, decided.answer) == (Refusal.KEPT, "outstanding_sum")
    assert await store.lists.names(ListKind.NEWSLETTER) == []
    assert await store.customers.names() == [customer]
    assert len(await store.support.all(now=NOW)) == 1
    await store.holds.lift(mine["customer"], HoldReason.OUTSTANDING_SUM)
    await store.retention.run(now=NOW)
    assert await store.customers.names() == []
    assert await store.support.all(now=NOW) == []


async def test_threads_of_before_are_found_by_their_address_too(people: Town) -> None:
    """As an older version left them: they have an address and no index."""
    store = people.store
    mine = await left(store)
    async with store.database.changing() as work:
        await work.connection.execute(update(support_threads).values(address_index=None))
    one = await asked(store, RequestKind.ACCESS)
    assert mine["thread"] not in await store.requests.about(one), "the control"
    async with store.database.changing() as work:
        await index_addresses(work, store.keys)
    assert mine["thread"] in await store.requests.about(one)
