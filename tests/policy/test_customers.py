"""Customers, robots and rights (P-04 to P-06, P-20, P-21, P-25, P-35, P-37): what is kept of whom, and what changes."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from signalling.people.device import DeviceMove
from signalling.privacy import datamap
from signalling.privacy.declaring import Export, Reader
from signalling.privacy.holds import HoldReason
from signalling.store import envelope
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.faults import AgreementError
from signalling.store.master import MemoryMaster
from signalling.store.store import open_store
from signalling.store.tables import METADATA, profiles
from signalling.vocabulary import PartyKind
from tests.protocol.society import Society, living
from tests.town import NOW, Town, town
from tests.unit.test_operator_commands import Run
from tests.unit.test_operator_commands import run as run  # noqa: PLC0414 - the fixture


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(f"sqlite+aiosqlite:///{tmp_path}/narvaro.db") as one:
        yield one


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


async def everything(people: Town) -> str:
    """Every value of every row."""
    async with people.store.database.reading() as connection:
        rows: list[Any] = []
        for table in METADATA.sorted_tables:
            rows += (await connection.execute(select(table))).all()
    return "\n".join(repr(tuple(row)) for row in rows)


def every_byte(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_p_04_pictures_and_messages_are_sealed_for_their_readers_and_staff_have_no_key() -> None:
    box = datamap.COLUMNS["posts.box"]
    assert (box.sealed, box.export, box.activity.readers) == ("its readers", Export.SEALED, (Reader.ENDS,))


def test_p_06_a_customer_is_a_closed_list_and_payment_is_a_reference() -> None:
    assert {field.name for field in dataclasses.fields(CustomerData)} == {
        "kind", "name", "phone", "email", "address", "payment_reference", "dpa_version"
    }  # fmt: skip
    about = {name.partition(".")[2] for name in datamap.COLUMNS if name.startswith("customers.sealed_")}
    assert about == {f"sealed_{one}" for one in ("name", "phone", "email", "address", "payment_reference")}


async def test_p_25_an_organisations_record_carries_the_version_of_its_agreement(people: Town) -> None:
    school = CustomerData(CustomerKind.ORGANISATION, "School", dpa_version="2018-05-25")
    customer = await people.store.customers.add(school, now=people.now)
    kept = await people.store.customers.get(customer)
    assert kept is not None
    assert kept.dpa_version == "2018-05-25"


async def test_p_25_where_it_is_required_no_organisation_is_served_without_its_agreement(tmp_path: Path) -> None:
    url, master = f"sqlite+aiosqlite:///{tmp_path}/narvaro.db", MemoryMaster()
    school = CustomerData(CustomerKind.ORGANISATION, "School")
    async with open_store(url, master, upgrade=True) as store:
        early = await store.customers.add(school, now=NOW)
        assert await store.devices.add(PartyKind.AV1, early, "Robot 6", now=NOW) is not None, "not required, as shipped"
    async with open_store(url, master, dpa_required=True) as store:
        with pytest.raises(AgreementError, match="--dpa-version"):
            await store.customers.add(school, now=NOW)
        with pytest.raises(AgreementError):
            await store.devices.add(PartyKind.AV1, early, "Robot 7", now=NOW)
        with pytest.raises(AgreementError):
            await store.customers.correct(early, school)
        assert len(await store.customers.all()) == 1
        assert await store.customers.correct(early, dataclasses.replace(school, dpa_version="2026-11"))
        assert await store.devices.add(PartyKind.AV1, early, "Robot 7", now=NOW) is not None
        private = await store.customers.add(CustomerData(CustomerKind.PRIVATE, "Astrid"), now=NOW)
        assert await store.devices.add(PartyKind.KOMP, private, "Komp", now=NOW) is not None
        device = (await store.devices.all(early))[0].party
        bare = await store.customers.add(dataclasses.replace(school, dpa_version="1"), now=NOW)
        assert await store.devices.reset(device, move=DeviceMove.HAND_OVER, customer=bare, now=NOW) is not None


def test_p_25_the_setting_reaches_the_commands(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARVARO_DPA_REQUIRED", "1")
    added = ("customers", "add", "--kind", "organisation", "--name", "School")
    assert "data-processing agreement" in run(*added, fails=True).output
    assert len(run(*added, "--dpa-version", "2026-11").output.strip()) == 22


async def test_p_21_after_the_next_student_nothing_stored_tells_of_the_one_before(people: Town) -> None:
    robot = await people.av1()
    first = await people.student(robot)
    assert first.party in await everything(people), "the control: it is there while it is linked"
    second = await people.student(robot)
    await people.store.retention.run(now=people.now + 601)
    left = await everything(people)
    assert second.party in left
    assert [one for one in (first.party, first.endpoint, repr(first.identity)) if one in left] == []


async def test_p_20_a_robot_belongs_to_a_customer_and_its_app_is_a_random_key(people: Town) -> None:
    robot = await people.av1()
    app = await people.student(robot)
    assert await people.store.profiles.get(app.party) is None
    device = await people.store.devices.get(robot.party)
    assert device is not None
    assert device.customer == await people.customer()


async def test_p_37_the_new_name_is_shown_at_the_next_ring_and_the_old_one_is_nowhere(
    people: Town, tmp_path: Path
) -> None:
    komp = await people.komp()
    anna = await people.member("Anna", komp)

    async def sealed() -> bytes:
        async with people.store.database.reading() as connection:
            found = select(profiles.c.sealed_name).where(profiles.c.party == anna.party)
            return bytes((await connection.execute(found)).scalar_one())

    old = await sealed()
    await people.store.checkpoint()
    assert old in every_byte(tmp_path), "the control: it is in the file"
    assert await people.store.profiles.rename(anna.party, "Anne")
    shown = await people.circle.shown_to(anna, komp.party)
    assert shown is not None
    assert shown.name == "Anne"
    assert old not in every_byte(tmp_path)


async def test_p_35_who_is_kept_is_told_why(society: Society) -> None:
    astrid = await society.person("Astrid")
    subject = envelope.person(astrid.party)
    await society.store.holds.place(subject, HoldReason.LEGAL_CLAIM, now=society.clock.now())
    kept = await society.ask(astrid, "DELETE", "/v1/me")
    assert (kept.status, kept.code) == (409, "kept")
    assert "legal_claim" in kept.body["message"]
    assert (await society.ask(astrid, "GET", "/v1/me")).status == 200
    await society.store.holds.lift(subject, HoldReason.LEGAL_CLAIM)
    await society.store.sweep(now=society.clock.now())
    assert await society.store.profiles.get(astrid.party) is None
