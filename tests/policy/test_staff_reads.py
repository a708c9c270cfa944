"""Staff's reads (P-04, P-13, P-22, P-36): a name, a purpose, a line before anything is shown; the person sees it."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, get_args

import pytest
from sqlalchemy import insert, select

from signalling.people.lists import ListKind
from signalling.privacy import datamap, export_words, reading
from signalling.privacy.consent import WORDINGS, ConsentKind
from signalling.privacy.declaring import TERMS, Eraser, Export, Kept
from signalling.privacy.holds import HoldReason
from signalling.privacy.reading import ALLOWED, Looking, ReadingError, ReadPurpose, Record
from signalling.privacy.requests import RequestKind
from signalling.protocol import api
from signalling.service.staff import Staff
from signalling.store import envelope
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.database import Work
from signalling.store.faults import StoreError
from signalling.store.reads import StaffReads
from signalling.store.store import Store
from signalling.store.tables import av1_usage, staff_reads
from signalling.vocabulary import PartyKind
from tests.protocol.society import Society, living

DAY: Final = 86_400
VERSION: Final = WORDINGS[ConsentKind.NEWSLETTER].version
SUPPORT: Final = Looking("Staff One", ReadPurpose.SUPPORT)


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


async def lines(store: Store) -> list[tuple[str, str, str]]:
    """Every line: whom it is about, what, what for."""
    async with store.database.reading() as connection:
        rows = await connection.execute(select(staff_reads.c.subject, staff_reads.c.record, staff_reads.c.purpose))
        return sorted(tuple(row) for row in rows)


# ---------------------------------------------------------------- the person sees it


async def test_p_04_p_13_a_person_sees_that_staff_read_their_profile_what_for_and_when_and_not_who(
    society: Society,
) -> None:
    who, other = await society.person(), await society.person("Other")
    now = society.clock.now()
    assert await Staff(society.store).profile(SUPPORT, who.party, now=now) is not None
    told = await society.ask(who, "GET", "/v1/me/reads")
    assert told.body == {"reads": [{"record": "profile", "purpose": "support", "minute": int(now // 60)}]}
    assert b"Staff One" not in told.raw
    assert (await society.ask(other, "GET", "/v1/me/reads")).body == {"reads": []}
    komp = await society.device()
    assert (await society.ask(komp, "GET", "/v1/me/reads")).code == "not_found"
    assert "Staff One" not in society.log.getvalue()


async def test_p_04_who_asked_without_an_account_sees_by_the_threads_reference_that_staff_read_it(
    society: Society,
) -> None:
    now = society.clock.now()
    reference = (await society.post("/v1/support/threads", {"text": "Why?"})).body["reference"]
    (waiting,) = await society.store.support.all(now=now)
    assert await Staff(society.store).thread(SUPPORT, waiting.thread, now=now) is not None
    told = await society.post("/v1/support/threads/read", {"reference": reference})
    assert told.body["reads"] == [{"record": "support_thread", "purpose": "support", "minute": int(now // 60)}]
    assert b"Staff One" not in told.raw


def test_p_04_the_words_of_the_wire_are_those_of_the_rules_and_each_has_words_for_people() -> None:
    assert set(get_args(api.ReadRecord)) == {one.value for one in Record}
    assert set(get_args(api.ReadPurpose)) == {one.value for one in ReadPurpose}
    assert set(export_words.VALUES) == {*Record, *ReadPurpose}
    assert datamap.COLUMNS["staff_reads.sealed_operator"].export is Export.MASKED


# ---------------------------------------------------------------- purposes


def test_p_13_profiles_are_read_for_support_and_security_and_nothing_else() -> None:
    assert ALLOWED[Record.PROFILE] == {ReadPurpose.SUPPORT, ReadPurpose.SECURITY}
    assert set(ALLOWED) == set(Record)
    assert set().union(*ALLOWED.values()) == set(ReadPurpose), "there is no purpose that nothing is read for"


@pytest.mark.parametrize("purpose", sorted(set(ReadPurpose) - ALLOWED[Record.PROFILE]))
async def test_p_13_another_purpose_is_refused_and_leaves_no_line(society: Society, purpose: ReadPurpose) -> None:
    who = await society.person()
    with pytest.raises(ReadingError, match="one of these purposes: security, support"):
        await Staff(society.store).profile(Looking("Staff One", purpose), who.party, now=society.clock.now())
    assert await lines(society.store) == []


@pytest.mark.parametrize("name", ["", " ", " Staff", "Staff ", "x" * 61, "Staff\nOne"])
def test_p_04_whoever_looks_has_a_name(name: str) -> None:
    with pytest.raises(ReadingError) as refused:
        Looking(name, ReadPurpose.SUPPORT)
    assert "Staff" not in str(refused.value)
    assert "Staff" not in repr(SUPPORT)


# ---------------------------------------------------------------- before anything is shown, or not at all


class Everything:
    """Something of every kind that staff can read."""

    def __init__(self, society: Society) -> None:
        self.society = society
        self.store = society.store
        self.now = society.clock.now()

    async def planted(self) -> "Everything":
        store, now = self.store, self.now
        data = CustomerData(CustomerKind.PRIVATE, "Astrid", "+4740600001", "astrid@example.org")
        self.customer = await store.customers.add(data, now=now)
        made = await store.devices.add(PartyKind.AV1, self.customer, "Robot 7", now=now)
        assert made is not None
        self.device = made[0]
        self.person = await self.society.person()
        await store.holds.place(envelope.customer(self.customer), HoldReason.OUTSTANDING_SUM, now=now)
        await store.support.open("Why?", now=now)
        (waiting,) = await store.support.all(now=now)
        self.thread = waiting.thread
        await store.support.tie(self.thread, self.customer, now=now)
        await self.society.post("/v1/lists/newsletter", {"email": "bo@example.org", "consent": VERSION})
        async with store.database.changing() as work:
            used = {"device": self.device, "customer": self.customer, "month": "2026-11", "minutes": 7, "last_day": 1}
            await work.connection.execute(insert(av1_usage).values(**used))
        request = await store.requests.ask_by_form("astrid@example.org", RequestKind.ACCESS, None, now=now)
        assert request is not None
        self.request = request.request
        return self

    def reads(self) -> Iterator[tuple[Record, ReadPurpose, Any]]:
        """Every read that there is: its record, a purpose, and how it is done."""
        now, customer = self.now, self.customer
        yield Record.PROFILE, ReadPurpose.SUPPORT, lambda s, who: s.profile(who, self.person.party, now=now)
        yield Record.CUSTOMER, ReadPurpose.SUPPORT, lambda s, who: s.customers(who, now=now)
        yield Record.CUSTOMER, ReadPurpose.DELIVERY, lambda s, who: s.customer(who, customer, now=now)
        yield Record.DEVICES, ReadPurpose.SUPPORT, lambda s, who: s.devices(who, now=now)
        yield Record.USAGE, ReadPurpose.INVOICING, lambda s, who: s.usage(who, customer, now=now)
        yield Record.USAGE, ReadPurpose.INVOICING, lambda s, who: s.sums(who, now=now)
        yield Record.HOLDS, ReadPurpose.LEGAL, lambda s, who: s.holds(who, now=now)
        yield Record.REQUEST, ReadPurpose.SUBJECT_REQUEST, lambda s, who: s.request(who, self.request, now=now)
        yield Record.THREAD, ReadPurpose.SUPPORT, lambda s, who: s.thread(who, self.thread, now=now)
        yield Record.LIST_ENTRY, ReadPurpose.MAILING, lambda s, who: s.listed(who, ListKind.NEWSLETTER, now=now)
        subject = envelope.customer(customer)
        yield Record.READS, ReadPurpose.SECURITY, lambda s, who: s.reads(who, subject, now=now)
        yield Record.EXPORT, ReadPurpose.SUBJECT_REQUEST, lambda s, who: s.all_of_customer(who, customer, now=now)
        yield Record.EXPORT, ReadPurpose.SUBJECT_REQUEST, lambda s, who: s.all_of_request(who, self.request, now=now)


async def test_p_04_each_kind_of_read_leaves_its_line_with_whom_it_is_about(society: Society) -> None:
    there = await Everything(society).planted()
    staff = Staff(society.store)
    for record, purpose, read in there.reads():
        before = Counter(await lines(society.store))
        assert await read(staff, Looking("Staff One", purpose)), "something is shown"
        new = Counter(await lines(society.store)) - before
        assert {line[1:] for line in new} == {(record, purpose)}
    told = {record for _, record, _ in await lines(society.store)}
    assert told == set(Record) - {Record.AV1_LOG, Record.UNBLOCKING}
    mine = {record for subject, record, _ in await lines(society.store) if there.customer in subject}
    assert mine >= {Record.CUSTOMER, Record.DEVICES, Record.HOLDS, Record.THREAD, Record.REQUEST, Record.EXPORT}


async def test_p_04_a_read_whose_line_cannot_be_written_shows_nothing(
    society: Society, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails closed: not one of the readers opens anything, or asks for more than ids, once the line is refused."""
    there = await Everything(society).planted()

    async def full(*_: object, **__: object) -> frozenset[str]:
        raise StoreError("the disk is full")

    monkeypatch.setattr(StaffReads, "note", full)
    opened: list[str] = []
    for owner, name in OPENING:
        repository = getattr(society.store, owner)
        monkeypatch.setattr(repository, name, noting(opened, f"{owner}.{name}", getattr(repository, name)))
    for _, purpose, read in there.reads():
        with pytest.raises(StoreError, match="full"):
            await read(Staff(society.store), Looking("Staff One", purpose))
    with pytest.raises(StoreError, match="full"):
        async for _ in Staff(society.store).robot_log(SUPPORT, there.device, now=there.now):
            pass
    assert opened == []


OPENING: Final = (
    ("profiles", "get"), ("customers", "get"), ("customers", "all"), ("devices", "all"), ("devices", "get"),
    ("requests", "get"), ("requests", "about"), ("support", "show"), ("lists", "export"), ("holdings", "of_customer"),
    ("holdings", "of_subjects"), ("reads", "of"),
)  # fmt: skip
"""What opens something sealed."""


def noting(opened: list[str], name: str, function: Any) -> Any:
    async def noted(*arguments: Any, **options: Any) -> Any:
        opened.append(name)
        return await function(*arguments, **options)

    return noted


async def test_p_04_what_has_no_line_is_not_shown(society: Society, monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer who came between the line and the look is left out."""
    there = await Everything(society).planted()
    note = StaffReads.note

    async def then_another(self: StaffReads, *arguments: Any, **options: Any) -> frozenset[str]:
        noted = await note(self, *arguments, **options)
        await society.store.customers.add(CustomerData(CustomerKind.PRIVATE, "Late"), now=there.now)
        return noted

    monkeypatch.setattr(StaffReads, "note", then_another)
    shown = await Staff(society.store).customers(SUPPORT, now=there.now)
    assert "Late" not in {one.name for one in shown.values()}
    assert there.customer in shown


async def test_p_04_the_line_is_on_the_disk_before_anything_is_opened(
    society: Society, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = await Everything(society).planted()
    seen: list[list[tuple[str, str, str]]] = []
    get = type(society.store.customers).get

    async def looking_at_lines(self: Any, customer: str) -> Any:
        seen.append(await lines(society.store))
        return await get(self, customer)

    monkeypatch.setattr(type(society.store.customers), "get", looking_at_lines)
    assert await Staff(society.store).customer(SUPPORT, there.customer, now=there.now) is not None
    assert seen == [[(envelope.customer(there.customer), "customer", "support")]]


# ---------------------------------------------------------------- they go with whom they are about, or after a year


async def test_p_14_the_lines_about_a_person_go_with_them_and_nobody_elses_do(society: Society) -> None:
    who, other = await society.person(), await society.person("Other")
    for one in (who, other):
        await Staff(society.store).profile(SUPPORT, one.party, now=society.clock.now())
    assert (await society.ask(who, "DELETE", "/v1/me")).status == 204
    assert await lines(society.store) == [(envelope.person(other.party), "profile", "support")]


async def test_p_07_the_lines_about_a_customer_go_with_the_agreement(society: Society) -> None:
    there = await Everything(society).planted()
    await Staff(society.store).customers(SUPPORT, now=there.now)
    assert there.customer in str(await lines(society.store))
    await society.store.holds.lift(envelope.customer(there.customer), HoldReason.OUTSTANDING_SUM)
    assert await society.store.agreements.end(there.customer, now=there.now) == frozenset()
    assert there.customer not in str(await lines(society.store))


async def test_a_line_is_kept_for_a_year_and_gone_the_day_after(society: Society) -> None:
    there = await Everything(society).planted()
    staff, subject = Staff(society.store), envelope.customer(there.customer)
    await staff.customer(SUPPORT, there.customer, now=there.now)
    assert TERMS[Kept.READS].seconds == reading.KEPT_MINUTES * 60 == 365 * DAY
    await society.store.retention.run(now=there.now + 365 * DAY)
    assert len(await society.store.reads.of(subject)) == 1
    done = await society.store.retention.run(now=there.now + 366 * DAY)
    assert (done[Eraser.READS], await society.store.reads.of(subject)) == (1, [])


async def test_p_32_who_signs_up_again_keeps_the_lines_about_them(society: Society) -> None:
    """An entry is sealed anew when its address is given again: nobody wipes an audit by that."""
    there = await Everything(society).planted()
    looking = Looking("Staff One", ReadPurpose.MAILING)
    await Staff(society.store).listed(looking, ListKind.NEWSLETTER, now=there.now)
    (entry,) = await society.store.lists.names(ListKind.NEWSLETTER)
    await society.post("/v1/lists/newsletter", {"email": "BO@example.org", "consent": VERSION})
    assert [one.operator for one in await society.store.reads.of(envelope.listed(entry))] == ["Staff One"]


async def test_a_line_needs_somebody_whom_it_is_about(society: Society) -> None:
    async def orphan(work: Work) -> None:
        row = {"read": "r", "subject": "person:nobody", "record": "profile", "purpose": "support", "minute": 1}
        await work.connection.execute(insert(staff_reads).values(**row, sealed_operator=b"x"))

    with pytest.raises(StoreError):
        async with society.store.database.changing() as work:
            await orphan(work)
    assert await society.store.reads.note(SUPPORT, Record.PROFILE, ["person:nobody"], now=1) == frozenset()
