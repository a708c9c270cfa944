"""Access for customers and for who asks by e-mail alone (P-36, P-39, P-52): all of theirs, and nothing of anybody else.

Held against a raw scan of every table, which knows no rule of the export.
"""

import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from signalling.commands.opened import in_store
from signalling.people.lists import ListKind
from signalling.people.membership import MemberRole, Side
from signalling.privacy import datamap, export_words
from signalling.privacy.books import BookEntry, Product
from signalling.privacy.declaring import Export
from signalling.privacy.export import MASK, Answering, Held
from signalling.privacy.holds import HoldReason
from signalling.privacy.reading import Looking, ReadPurpose
from signalling.privacy.requests import RequestKind
from signalling.processing import controller, register
from signalling.service.rights import answered
from signalling.service.staff import Staff
from signalling.settings import Settings
from signalling.store import envelope
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.standing import of_all
from signalling.store.store import Store
from signalling.store.tables import METADATA, av1_usage
from signalling.vocabulary import PartyKind
from tests.policy.test_export import TOLD, Scanned, expected, opened, plain, told, unsealed
from tests.policy.test_lists import VERSION
from tests.protocol.society import App, Society, living
from tests.unit.test_operator_commands import Run
from tests.unit.test_operator_commands import run as run  # noqa: PLC0414 - the fixture

ANSWER = Looking("Marker-Of-Staff", ReadPurpose.SUBJECT_REQUEST)
EMAIL, PHONE = "marker.astrid@example.org", "+4740612345"
DAY = 20_000


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


class Planted:
    """A customer of whom something stands in every table that can know one, another beside it, and members."""

    def __init__(self, society: Society) -> None:
        self.society = society
        self.store = society.store
        self.now = society.clock.now()

    async def made(self) -> "Planted":
        self.customer, self.thread, self.komp = await self._customer("Marker-Astrid", EMAIL, PHONE)
        self.other, *_ = await self._customer("Marker-Other", "marker.other@example.org", "+4740699999")
        self.member = await self._member()
        return self

    async def _customer(self, name: str, email: str, phone: str) -> tuple[str, str, str]:
        store, now = self.store, self.now
        data = CustomerData(CustomerKind.PRIVATE, name, phone, email, f"Road of {name}", f"cus_{name}", f"dpa {name}")
        customer = await store.customers.add(data, now=now)
        devices = {}
        for kind in (PartyKind.KOMP, PartyKind.AV1):
            made = await store.devices.add(kind, customer, f"{kind} of {name}", now=now)
            assert made is not None
            who = App(party=made[0])
            await self.society.post("/v1/enrol", await self.society.ticket(who, "enrol", made[1]))
            devices[kind] = who
        await self.society.student(devices[PartyKind.AV1])
        assert await store.invitations.create(
            devices[PartyKind.KOMP].party, MemberRole.USER, Side.FAMILY, phone=phone, now=now
        )
        async with store.database.changing() as work:
            used = {"device": devices[PartyKind.AV1].party, "customer": customer, "month": "2026-11", "minutes": 7}
            await work.connection.execute(insert(av1_usage).values(**used, last_day=DAY))
        await store.books.add(customer, BookEntry("F1", DAY, Product.KOMP, 1, "NOK", 499_00, 99_80))
        question = {"text": f"Question of {name}", "email": email, "consent": VERSION}
        reference = (await self.society.post("/v1/support/threads", question)).body["reference"]
        thread = await store.support.read(reference, now=now)
        assert thread is not None
        assert await store.support.answer(thread.thread, f"Answer to {name}", now=now)
        assert await store.support.tie(thread.thread, customer, now=now)
        await self.society.post("/v1/lists/newsletter", {"email": email, "consent": VERSION})
        assert await store.holds.place(envelope.customer(customer), HoldReason.OUTSTANDING_SUM, now=now)
        assert await store.agreements.end(customer, now=now) == frozenset({HoldReason.OUTSTANDING_SUM})
        await Staff(store).thread(Looking("Marker-Of-Staff", ReadPurpose.SUPPORT), thread.thread, now=now)
        return customer, thread.thread, devices[PartyKind.KOMP].party

    async def _member(self) -> App:
        who = await self.society.person("Marker-Member")
        device = await self.store.endpoints.of(self.komp)
        endpoint = await self.store.endpoints.get(device[0])
        assert endpoint is not None
        assert await self.store.memberships.admit(endpoint, who.endpoint, now=self.now)
        asked = {"role": "user", "side": "family", "phone": "+4740688888"}
        invited = await self.society.ask(who, "POST", f"/v1/komps/{self.komp}/invitations", asked)
        assert invited.status == 200
        return who


def zipped(held: Held | None, now: float) -> dict[str, bytes]:
    assert held is not None
    shipped = Settings.model_construct()
    made = answered(held, Answering(controller(shipped), register(shipped)), phone=PHONE, now=now)
    return opened(made)


def rows_about(scanned: Scanned, named: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Rows in which one of these ids stands, or that belong to a row in which one does; found by ids alone."""
    found = {
        table: [row for row in rows if named & {str(value) for value in row.values()}]
        for table, rows in scanned.items()
    }
    return {table: rows for table, rows in found.items() if rows}


async def test_p_36_an_export_holds_all_that_a_raw_scan_finds_about_a_customer(society: Society) -> None:
    there = await Planted(society).made()
    scanned = await unsealed(society)
    files = zipped(await Staff(society.store).all_of_customer(ANSWER, there.customer, now=there.now), there.now)
    said = list(told(files))
    devices = {row["party"] for row in scanned["devices"] if row["customer"] == there.customer}
    subject = envelope.customer(there.customer)
    own = {there.customer, subject, PHONE, EMAIL}
    about = rows_about(scanned, {there.customer, subject, there.thread, envelope.thread(there.thread)} | devices)
    theirs = {"memberships", "parties", "endpoints", "changes", "subject_keys"}
    """The members' own, and what is about nobody by itself."""
    tables = set()
    for table, rows in about.items():
        for row in rows:
            if table in theirs or (table == "invitations" and row["inviter"] is not None):
                continue
            tables.add(table)
            assert (table, expected(table, row, own)) in said, table
    consent = [row for row in scanned["consents"] if row["kind"] == "support_email"]
    assert len([row for table, row in said if table == "consents"]) == 1 < len(consent)
    assert tables | {"consents"} == {table.name for table in of_all([subject])}


async def test_p_36_a_customers_export_holds_nothing_of_a_member_or_of_another_customer(society: Society) -> None:
    there = await Planted(society).made()
    files = zipped(await Staff(society.store).all_of_customer(ANSWER, there.customer, now=there.now), there.now)
    said = b"\n".join(files.values()).decode(errors="replace")
    assert "Marker-Astrid" in said, "the control"
    scanned = await unsealed(society)
    foreign = {"Marker-Member", "Marker-Other", "marker.other@example.org", "Marker-Of-Staff", "+4740688888"}
    foreign |= {there.member.party, there.member.endpoint, there.member.phone, there.other}
    foreign |= {row["party"] for row in scanned["endpoints"]} - {
        row["party"] for row in scanned["devices"] if row["customer"] == there.customer
    }
    assert not [one for one in foreign if one in said]
    secret = [row["wrapped"] for row in scanned["subject_keys"]] + [row["keyword"] for row in scanned["keywords"]]
    secret += [row["address_index"] for row in scanned["support_threads"] if row["address_index"] is not None]
    assert not [value for value in secret if plain(value) in said or value.hex() in said]
    assert not [row for table, row in told(files) if table in {"profiles", "memberships", "av1_log"}]
    there_are = [row for row in scanned["invitations"] if row["komp"] == there.komp]
    assert len([row for table, row in told(files) if table == "invitations"]) == 1 < len(there_are), "staff's alone"


async def test_p_36_p_52_who_asks_by_address_alone_is_given_all_that_was_left_with_it(society: Society) -> None:
    there = await Planted(society).made()
    await society.post("/v1/lists/waiting", {"email": EMAIL, "country": "NO", "consent": VERSION})
    await society.post("/v1/support/threads", {"text": "Marker-Free", "email": EMAIL, "consent": VERSION})
    await society.post("/v1/my-data", {"email": EMAIL.upper(), "kind": "access", "text": "Marker-Request"})
    (one,) = await society.store.requests.all()
    files = zipped(await Staff(society.store).all_of_request(ANSWER, one.request, now=there.now), there.now)
    found = list(told(files))
    assert {row["kind"] for table, row in found if table == "list_entries"} == {"waiting", "newsletter"}
    assert {row["text"] for table, row in found if table == "support_messages"} == {
        "Question of Marker-Astrid", "Answer to Marker-Astrid", "Marker-Free",
    }  # fmt: skip
    assert [row["name"] for table, row in found if table == "customers"] == ["Marker-Astrid"]
    assert [row["text"] for table, row in found if table == "subject_requests"] == ["Marker-Request"]
    assert len([row for table, row in found if table == "consents"]) == 4
    seen = [row for table, row in found if table == "staff_reads"]
    assert {row["operator"] for row in seen} == {MASK}
    assert "export" in {row["record"] for row in seen}, "this read too"
    said = b"\n".join(files.values()).decode(errors="replace")
    assert not [one for one in ("Marker-Other", "marker.other", "Marker-Member", "Marker-Of-Staff") if one in said]


async def test_p_36_the_pages_of_a_customer_are_read_in_three_languages(society: Society) -> None:
    there = await Planted(society).made()
    files = zipped(await Staff(society.store).all_of_customer(ANSWER, there.customer, now=there.now), there.now)
    for language, words in (("sv", "en fråga till oss"), ("nb", "et spørsmål til oss"), ("en", "a question to us")):
        page = files[f"{language}.html"].decode()
        assert words in page, "what staff read, in words"
        assert "Road of Marker-Astrid" in page
        assert "&quot;number&quot;:&quot;F1&quot;" in page
        assert "<img" not in page
    manifest = json.loads(files["manifest.json"])
    assert manifest["authority"]["country"] == "NO"
    for one in manifest["files"]:
        if one["file"].startswith("data/"):
            assert all(one[key] for key in ("source", "purpose", "basis", "kept", "processors")), one["file"]


def test_p_36_every_told_column_of_every_table_has_words() -> None:
    for table in export_words.SOURCES:
        for column in METADATA.tables[table].columns:
            if datamap.COLUMNS[f"{table}.{column.name}"].export in TOLD:
                name = column.name.removeprefix("sealed_")
                assert (table, name) in export_words.OF_A_TABLE or name in export_words.COLUMNS
    assert datamap.COLUMNS["invitations.sealed_phone"].export is Export.MASKED


async def test_p_36_a_person_with_the_app_is_not_written_to_a_file(society: Society) -> None:
    who = await society.person()
    request = (await society.ask(who, "POST", "/v1/me/requests", {"kind": "access"})).body["request"]
    assert await Staff(society.store).all_of_request(ANSWER, request, now=society.clock.now()) is None
    assert await Staff(society.store).all_of_customer(ANSWER, "nobody", now=society.clock.now()) is None


# ---------------------------------------------------------------- commands


def asked_by_form(store: Store, now: float) -> Any:
    return store.requests.ask_by_form(EMAIL, RequestKind.ACCESS, None, now=now)


def test_p_36_an_export_is_a_file_for_its_owner_alone_and_written_over_nothing(run: Run, tmp_path: Path) -> None:
    customer = run("customers", "add", "--name", "Marker-Astrid", "--email", EMAIL).output.strip()
    out, by = tmp_path / "out.zip", ("--operator", "Staff One", "--purpose", "subject_request")
    assert "--operator" in run("export", "customer", customer, "--out", str(out), fails=True).output
    assert not out.exists()
    assert "bytes written" in run("export", "customer", customer, "--out", str(out), *by).output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert b"Marker-Astrid" in opened(out.read_bytes())["data/customers.json"]
    assert "exists" in run("export", "customer", customer, "--out", str(out), *by, fails=True).output
    assert "no such customer" in run("export", "customer", "x", "--out", str(tmp_path / "x"), *by, fails=True).output


def test_p_36_an_access_request_by_the_form_is_answered_by_an_export(run: Run, tmp_path: Path) -> None:
    customer = run("customers", "add", "--name", "Marker-Astrid", "--email", EMAIL).output.strip()
    request = in_store({}, asked_by_form).request
    by = ("--operator", "Staff One", "--purpose", "subject_request")
    shown = run("requests", "show", request, *by).output
    assert f"customer:{customer}" in shown
    run("export", "request", request, "--out", str(tmp_path / "out.zip"), *by)
    files = opened((tmp_path / "out.zip").read_bytes())
    assert b"Marker-Astrid" in files["data/customers.json"]
    assert ListKind.NEWSLETTER not in files["en.html"].decode()
    assert run("requests", "grant", request, "--answer", "Sent.").output.startswith("granted\n")
