"""Access (P-05, P-36, P-39): all that is stored about a person, and nothing of anybody else, against a raw scan."""

import hashlib
import io
import json
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from signalling.people.circle import Statement
from signalling.people.post import NewPost, Wrap
from signalling.privacy import datamap, export_words
from signalling.privacy.declaring import Export
from signalling.privacy.export import MASK
from signalling.privacy.holds import HoldReason
from signalling.privacy.reading import Looking, ReadPurpose
from signalling.privacy.requests import Refusal
from signalling.service.staff import Staff
from signalling.store import envelope
from signalling.store.envelope import Place
from signalling.store.faults import StoreError
from signalling.store.standing import of_person
from signalling.store.tables import METADATA, erasures_due, holds, subject_keys
from tests.faces import face
from tests.protocol.society import App, Society, living

TOLD = {Export.GIVEN, Export.MASKED}
NAMES_ROW = {
    "profiles": "party",
    "pictures": "party",
    "customers": "customer",
    "devices": "party",
    "invitations": "invitation",
    "books": "entry",
    "subject_requests": "request",
    "staff_reads": "read",
    "list_entries": "entry",
    "support_threads": "thread",
}
"""The column by which a sealed one is bound to its row."""
PERSONS = {table.name for table in of_person("", [], b"")}
"""The tables in which a person can stand."""
Scanned = dict[str, list[dict[str, Any]]]


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


async def planted(society: Society) -> tuple[App, App, App]:
    """A person of whom something stands in every table that can know a person; a relative; the Komp."""
    komp, admin, aunt = await society.family("Marker-Aunt")
    now, store = society.clock.now(), society.store
    for who, name, shade in ((admin, "Marker-Admin", 90), (aunt, "Marker-Aunt", 10)):
        assert (await society.ask(who, "PATCH", "/v1/me", {"name": name})).status == 204
        answer = await society.ask(who, "PUT", "/v1/me/picture", data=face(shade=shade), content_type="image/png")
        assert answer.status == 200
        assert await store.endpoints.publish(who.endpoint, Statement(f"key-{name}", 7, int(now) + 900, f"sig-{name}"))
    other_komp = await society.device(name="Another Komp")
    await society.knob_turned(other_komp, aunt)
    for inviter, to, phone in ((admin, komp, "+4740699999"), (aunt, other_komp, admin.phone)):  # each way
        asked = {"role": "user", "side": "family", "phone": phone}
        assert (await society.ask(inviter, "POST", f"/v1/komps/{to.party}/invitations", asked)).status == 200
    for author, reader in ((admin, aunt), (aunt, admin)):
        known = await store.endpoints.get(author.endpoint)
        assert known is not None
        post = NewPost(f"post-by-{author.party}"[:22], "message", 1, (Wrap(reader.endpoint, 1, "wrap"),), b"sealed")
        assert await store.posts.put(known, post, now=now)
    for who, said in ((admin, "Marker-Said"), (aunt, "Marker-Of-Aunt")):
        answer = await society.ask(who, "POST", "/v1/me/requests", {"kind": "access", "text": said})
        assert answer.status == 200
        request = await store.requests.get(answer.body["request"])
        assert request is not None
        assert await store.requests.refuse(request, Refusal.EXCESSIVE, f"Answer to {said}", now=now)
    looking = Looking("Marker-Of-Staff", ReadPurpose.SUPPORT)
    for who in (admin, aunt):
        assert await Staff(store).profile(looking, who.party, now=now) is not None
        assert await store.holds.place(envelope.person(who.party), HoldReason.LEGAL_CLAIM, now=now)
        assert (await society.ask(who, "DELETE", "/v1/me")).code == "kept"
    return admin, aunt, komp


async def unsealed(society: Society) -> Scanned:
    """Every row of every table, sealed columns opened with whatever key opens them: knows no rule of the export."""
    store, scanned = society.store, {}
    async with store.database.reading() as connection:
        subjects = (await connection.execute(select(subject_keys.c.subject))).scalars().all()
        keys = await store.keys.keys(connection, subjects)
        for table in METADATA.sorted_tables:
            rows = [dict(row) for row in (await connection.execute(select(table))).mappings()]
            for row in rows:
                for column in [name for name in row if name.startswith("sealed_") and row[name] is not None]:
                    place = Place(table.name, column, named(table.name, row))
                    row[column] = next(opened for key in keys.values() if (opened := tried(key, place, row[column])))
                    if (table.name, column) != ("pictures", "sealed_content"):
                        row[column] = row[column].rstrip(b"\0").decode()
            scanned[table.name] = rows
    return scanned


def named(table: str, row: dict[str, Any]) -> str:
    """What the row is called where it is sealed."""
    return f"{row['thread']}:{row['place']}" if table == "support_messages" else str(row[NAMES_ROW[table]])


def tried(key: Any, place: Place, sealed: bytes) -> bytes | None:
    """What that key finds there, if it is the one."""
    try:
        return bytes(key.open(place, sealed))
    except StoreError:
        return None


def about(row: dict[str, Any], own: set[str]) -> bool:
    """Whether the row names the person in any column."""
    return bool(own & {value for value in row.values() if isinstance(value, str)})


def opened(answer: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer)) as archived:
        return {name: archived.read(name) for name in archived.namelist()}


def plain(value: Any) -> Any:
    return urlsafe_b64encode(value).rstrip(b"=").decode() if isinstance(value, bytes) else value


def told(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, content in files.items():
        if name.startswith("data/") and name.endswith(".json"):
            for row in json.loads(content):
                yield name.removeprefix("data/").removesuffix(".json"), row


def expected(table: str, row: dict[str, Any], own: set[str]) -> dict[str, Any]:
    """What the export must say of a row that is about the person, by the data map alone."""
    shown = {}
    for column, value in row.items():
        how = datamap.COLUMNS[f"{table}.{column}"].export
        if how in TOLD:
            is_told = how is Export.GIVEN or value is None or value in own
            shown[column.removeprefix("sealed_")] = plain(value) if is_told else MASK
    return shown


# ---------------------------------------------------------------- P-36


async def test_p_36_an_export_holds_all_that_a_raw_scan_finds_about_the_person(society: Society) -> None:
    who, _aunt, _komp = await planted(society)
    files = opened((await society.ask(who, "GET", "/v1/me/export")).raw)
    found = list(told(files))
    own = {who.party, who.endpoint, who.phone, envelope.person(who.party)}
    tables = set()
    for table, rows in (await unsealed(society)).items():
        for row in rows:
            wanted = expected(table, row, own)
            if not about(row, own) or not wanted:
                continue
            tables.add(table)
            if table == "pictures":
                wanted["content"] = "data/picture.png"
                assert files["data/picture.png"] == row["sealed_content"]
            assert (table, wanted) in found, table
    assert tables == PERSONS, "something of the person stood in every table that can know one"


async def test_p_36_an_export_holds_nothing_of_anybody_else(society: Society) -> None:
    who, aunt, komp = await planted(society)
    files = opened((await society.ask(who, "GET", "/v1/me/export")).raw)
    own = {who.party, who.endpoint, who.phone, envelope.person(who.party)}
    scanned = await unsealed(society)
    shared = {komp.party, *(row["komp"] for row in scanned["invitations"])}
    foreign: set[str] = {
        aunt.party,
        aunt.endpoint,
        aunt.phone,
        "Marker-Aunt",
        "Marker-Of-Aunt",
        "+4740699999",
        "Marker-Of-Staff",
    }
    for table in ("profiles", "endpoints", "customers"):
        for row in scanned[table]:
            if not about(row, own):
                foreign |= {str(plain(value)) for value in row.values() if isinstance(value, str | bytes)} - shared
    said = b"\n".join(files.values()).decode(errors="replace")
    assert not [value for value in foreign if len(value) > 9 and value in said]
    mine = [row for table, row in told(files) if table == "profiles"]
    assert [row["name"] for row in mine] == ["Marker-Admin"]
    secret = [row["wrapped"] for row in scanned["subject_keys"]] + [row["phone_index"] for row in scanned["profiles"]]
    assert not [value for value in secret if plain(value) in said or value.hex() in said]


async def test_p_36_each_file_is_in_the_manifest_with_its_hash_its_purpose_and_how_long(society: Society) -> None:
    who, _aunt, _komp = await planted(society)
    answer = await society.ask(who, "GET", "/v1/me/export")
    assert (answer.status, answer.content_type) == (200, "application/zip")
    files = opened(answer.raw)
    manifest = json.loads(files["manifest.json"])
    assert {one["file"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"
    }
    for one in manifest["files"]:
        if one["file"].startswith("data/"):
            assert all(one[key] for key in ("source", "purpose", "basis", "kept", "processors")), one["file"]
    left_out = {one["column"] for one in manifest["left_out"]}
    tables = {f"{table}.{column.name}" for table in PERSONS for column in METADATA.tables[table].columns}
    assert left_out == {name for name in tables if datamap.COLUMNS[name].export not in TOLD}
    assert all(one["why"] for one in manifest["left_out"])


async def test_p_36_the_pages_are_read_in_three_languages_and_hold_the_same(society: Society) -> None:
    who, _aunt, _komp = await planted(society)
    assert (await society.ask(who, "PATCH", "/v1/me", {"name": "<b>Å & Ö</b>"})).status == 204
    files = opened((await society.ask(who, "GET", "/v1/me/export")).raw)
    for language, words in (("sv", "Det vi har sparat"), ("nb", "Det vi har lagret"), ("en", "What we have stored")):
        page = files[f"{language}.html"].decode()
        assert words in page
        assert f'lang="{language}"' in page
        assert "&lt;b&gt;Å &amp; Ö&lt;/b&gt;" in page
        assert "<b>" not in page
        assert who.phone in page
        assert "src=" not in page.replace('src="data/picture.png"', ""), "nothing is fetched"


def test_p_36_every_told_column_has_words_and_every_table_a_source() -> None:
    needed = {
        column.name.removeprefix("sealed_")
        for table in export_words.SOURCES
        for column in METADATA.tables[table].columns
        if datamap.COLUMNS[f"{table}.{column.name}"].export in TOLD
    }
    assert set(export_words.COLUMNS) == needed


async def test_p_36_a_device_has_no_export_and_a_stranger_gets_none(society: Society) -> None:
    komp = await society.device()
    assert (await society.ask(komp, "GET", "/v1/me/export")).code == "not_found"
    assert (await society.send("GET", "/v1/me/export")).status == 401


# ---------------------------------------------------------------- P-05, P-39


@pytest.mark.parametrize(
    ("phone", "country"), [("+46701234567", "SE"), ("+4740612345", "NO"), ("+4915112345678", "DE")]
)
async def test_p_39_an_export_names_the_authority_of_the_persons_country(
    society: Society, phone: str, country: str
) -> None:
    who = await society.person(phone=phone)
    files = opened((await society.ask(who, "GET", "/v1/me/export")).raw)
    authority = json.loads(files["manifest.json"])["authority"]
    assert authority["country"] == country
    assert authority["name"] in files["sv.html"].decode()


async def test_p_05_an_export_names_the_controller_the_contact_and_the_policys_version() -> None:
    async with living(controller="Somebody AS", controller_contact="data@somebody.example") as society:
        files = opened((await society.ask(await society.person(), "GET", "/v1/me/export")).raw)
    manifest = json.loads(files["manifest.json"])
    assert manifest["controller"] == {"name": "Somebody AS", "contact": "data@somebody.example"}
    assert set(manifest["policy"]) == {"date", "version"}
    for language in ("sv", "nb", "en"):
        assert all(word in files[f"{language}.html"].decode() for word in ("Somebody AS", manifest["policy"]["date"]))


async def test_p_36_holds_are_told(society: Society) -> None:
    who, _aunt, _komp = await planted(society)
    rows = dict(told(opened((await society.ask(who, "GET", "/v1/me/export")).raw)))
    assert rows[holds.name]["reason"] == "legal_claim"
    assert rows[erasures_due.name]["subject"] == envelope.person(who.party)
