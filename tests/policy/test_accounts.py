"""Komp and AV1 over HTTP (P-10 to P-16, P-43): what a profile is, who sees it, when it goes, what an SMS says."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from client_sim.residue import scan_files
from signalling.access.codes import PAUSE_SECONDS
from signalling.protocol import api
from signalling.store.history import KEPT_SECONDS
from signalling.store.tables import profiles
from signalling.vocabulary import PartyKind
from signalling.web.policy import Policy
from signalling.web.routes import ROUTES
from tests.faces import bare_face
from tests.protocol.society import App, Society, living

PNG = bare_face()
ELSEWHERE = ("+447400123456", "+14155552671", "+41781234567", "+4722123456", "+4782912345")
"""Britain, the United States, Switzerland; a fixed and a premium line in Norway."""
TELLING = {"email": "a@example.org", "address": "Street 1", "birthday": "2001-01-01", "phone2": "+4740612345"}


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


def files_in(folder: Path) -> list[Path]:
    """Every file, those that a database keeps beside its own too."""
    return [file for file in folder.rglob("*") if file.is_file()]


async def sees(society: Society, watcher: App, seen: App, picture: str) -> bool:
    """Whether one sees the other's profile, by every address that could show it; they must agree."""
    circle = (await society.ask(watcher, "GET", "/v1/circle")).body["contacts"]
    in_circle = any(one["party"] == seen.party for one in circle)
    shown = await society.ask(watcher, "GET", f"/v1/pictures/{picture}")
    assert (shown.status == 200) is in_circle
    return in_circle


# ---------------------------------------------------------------- P-10


@pytest.mark.parametrize("field", TELLING)
async def test_p_10_a_profile_takes_no_other_field(society: Society, field: str) -> None:
    who = App(phone=society.fresh_phone())
    code = await society.code_for(who.phone)
    body = await society.ticket(who, "code", code, phone=who.phone, name="Astrid", **{field: TELLING[field]})
    refused = await society.post("/v1/register", body)
    assert (refused.status, refused.code) == (400, "bad_message")
    del body[field]
    who.party = (await society.post("/v1/register", body)).body["party"]
    refused = await society.ask(who, "PATCH", "/v1/me", {"name": "Astrid", field: TELLING[field]})
    assert (refused.status, refused.code) == (400, "bad_message")
    assert set((await society.ask(who, "GET", "/v1/me")).body["profile"]) == {"name", "phone"}


def test_p_10_there_is_no_place_for_another_field() -> None:
    assert set(api.OwnProfile.__struct_fields__) == {"name", "phone", "picture"}
    personal = {column.name for column in profiles.columns if column.name.startswith("sealed_")}
    assert personal == {"sealed_name", "sealed_phone", "sealed_picture"}
    assert {column.name for column in profiles.columns} - personal == {"party", "phone_index", "alone_since_day"}


# ---------------------------------------------------------------- P-12, P-13


async def test_p_12_a_profile_is_seen_by_those_who_share_a_komp_now_and_by_no_others(society: Society) -> None:
    komp, admin, uncle, aunt = await society.family("Uncle", "Aunt")
    neighbour, (_, other_admin) = await society.person("Neighbour"), await society.family()
    picture = (await society.ask(uncle, "PUT", "/v1/me/picture", data=PNG, content_type="image/png")).body["picture"]
    for watcher, expected in ((aunt, True), (admin, True), (komp, True), (neighbour, False), (other_admin, False)):
        assert await sees(society, watcher, uncle, picture) is expected
    await society.ask(admin, "DELETE", f"/v1/komps/{komp.party}/members/{uncle.party}")
    for watcher in (aunt, admin, komp):
        assert not await sees(society, watcher, uncle, picture)


async def test_p_12_nobody_is_found_by_a_phone_number(society: Society) -> None:
    """Whoever asks with a number learns the same, whether somebody has it or not, at every address that takes one."""
    known = await society.person("Astrid")
    komp, admin = await society.family()
    society.clock.advance(PAUSE_SECONDS)
    answers: list[set[Any]] = [set(), set(), set()]
    for number in (known.phone, society.fresh_phone()):
        sent = await society.post("/v1/register/code", {"phone": number})
        wrong = await society.ticket(App(), "code", "000000", phone=number, name="Eve")
        asked = {"role": "user", "side": "family", "phone": number}
        invited = await society.ask(admin, "POST", f"/v1/komps/{komp.party}/invitations", asked)
        refused = await society.post("/v1/register", wrong)
        answers[0].add((sent.status, sent.raw))
        answers[1].add((refused.status, refused.raw))
        answers[2].add((invited.status, frozenset(invited.body)))
    assert [len(one) for one in answers] == [1, 1, 1]


async def test_p_12_a_phone_number_is_shown_to_nobody_else(society: Society) -> None:
    komp, admin, uncle = await society.family("Uncle")
    for who in (komp, admin):
        for path in ("/v1/circle", "/v1/me", f"/v1/komps/{komp.party}/members", f"/v1/komps/{komp.party}/invitations"):
            assert uncle.phone.encode() not in (await society.ask(who, "GET", path)).raw
    shown = {
        name
        for name, told in vars(api).items()
        if isinstance(told, type) and "phone" in getattr(told, "__struct_fields__", ())
    }
    assert shown == {"OwnProfile", "CodeRequest", "Registration", "InvitationRequest"}


def test_p_13_there_is_no_address_at_which_staff_of_the_company_see_profiles() -> None:
    """Until they have accounts, roles and an audit: every answer that tells of a person takes that person's circle."""
    telling = {api.Me, api.Contacts, api.Member, api.Members}
    assert {route.policy for route in ROUTES if route.gives in telling} == {Policy.ENDPOINT}


# ---------------------------------------------------------------- P-14, P-15


async def test_p_14_a_closed_profile_is_gone_from_every_answer_and_every_file(tmp_path: Path) -> None:
    async with living(database=f"sqlite+aiosqlite:///{tmp_path / 'store.db'}") as society:
        komp, admin, uncle = await society.family("Uncle Markus")
        told = await society.ask(uncle, "PUT", "/v1/me/picture", data=PNG, content_type="image/png")
        markers = {
            "name": b"Uncle Markus",
            "phone": uncle.phone.encode(),
            "picture": PNG[60:100],
            "hash": told.body["picture"].encode(),
            "party": uncle.party.encode(),
            "endpoint": uncle.endpoint.encode(),
        }
        found = {one.marker for one in scan_files(files_in(tmp_path), markers)}
        assert {"party", "endpoint"} <= found, "the scan can find what is there"
        assert not found & {"name", "phone", "picture", "hash"}, "and those were never there in clear"
        assert (await society.ask(uncle, "DELETE", "/v1/me")).status == 204
        assert (await society.ask(uncle, "GET", "/v1/me")).code == "not_authenticated"
        assert (await society.ask_token(uncle)).code == "not_authenticated"
        for who in (komp, admin):
            assert b"Uncle" not in (await society.ask(who, "GET", "/v1/circle")).raw
            assert (await society.ask(who, "GET", f"/v1/pictures/{told.body['picture']}")).code == "not_found"
        left = {one.marker for one in scan_files(files_in(tmp_path), markers)}
        assert left <= {"party"}, "the id alone stays a few minutes, for every node to hear that it is erased"
        society.clock.advance(KEPT_SECONDS + 1)
        await society.store.sweep(now=society.clock.now())
        assert scan_files(files_in(tmp_path), markers) == []
        again = await society.person("Somebody new", phone=uncle.phone)
        assert again.party != uncle.party, "the number starts anew"
        assert "Uncle" not in society.log.getvalue()


async def test_p_15_a_reset_komp_knows_nobody_and_nobody_reaches_it(society: Society) -> None:
    komp, admin, uncle = await society.family("Uncle")
    other, other_admin = await society.family()
    both = await society.person("Both", invitation=await society.invitation(admin, komp))
    await society.ask(both, "POST", "/v1/invitations", {"code": await society.invitation(other_admin, other)})
    old_invitation = await society.invitation(admin, komp)
    assert (await society.ask(komp, "GET", "/v1/me")).status == 200
    assert (await society.ask(admin, "POST", f"/v1/komps/{komp.party}/reset")).status == 204
    assert (await society.ask(komp, "GET", "/v1/me")).code == "not_authenticated", "the old device key is dead"
    for gone in (admin, uncle):
        assert (await society.ask_token(gone)).code == "not_authenticated", "a profile with no Komp left goes too"
    circle = (await society.ask(both, "GET", "/v1/circle")).body["contacts"]
    assert {one["party"] for one in circle} == {other.party, other_admin.party}
    assert (await society.ask(both, "POST", "/v1/invitations", {"code": old_invitation})).code == "code_refused"
    assert (await society.ask(both, "GET", f"/v1/komps/{komp.party}/members")).code == "not_found"


# ---------------------------------------------------------------- P-16


@pytest.mark.parametrize("field", ["name", "email", "phone", "pin", "school"])
async def test_p_16_a_students_app_that_tells_of_a_person_is_refused(society: Society, field: str) -> None:
    av1 = await society.device(PartyKind.AV1, "Robot 7")
    keyword = await society.store.keywords.create(av1.party, now=society.clock.now())
    assert keyword is not None
    app = App()
    refused = await society.post("/v1/keyword", await society.ticket(app, "keyword", keyword, **{field: "1234"}))
    assert (refused.status, refused.code) == (400, "bad_message")
    came = await society.post("/v1/keyword", await society.ticket(app, "keyword", keyword))
    assert came.status == 200, "and the keyword alone is enough"


async def test_p_16_two_students_of_one_robot_are_two_random_keys(society: Society) -> None:
    av1 = await society.device(PartyKind.AV1, "Robot 7")
    first, second = await society.student(av1), await society.student(av1)
    assert first.party != second.party
    told = (await society.ask(av1, "GET", "/v1/circle")).body["contacts"]
    assert [one["party"] for one in told] == [second.party]
    assert all("name" not in one for one in told), "an AV1 gets no names"


# ---------------------------------------------------------------- P-43


async def test_p_43_an_sms_is_a_code_or_a_link_and_not_a_word_more(society: Society) -> None:
    komp, admin = await society.family()
    asked = {"role": "user", "side": "family", "phone": society.fresh_phone()}
    await society.ask(admin, "POST", f"/v1/komps/{komp.party}/invitations", asked)
    await society.texts_sent()
    *codes, link = [text.body for text in society.mailman.texts]
    assert codes
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert re.fullmatch(re.escape(society.origin) + r"/family#invitation=([0-9A-Z]{4}-?){4}", link)


async def test_p_43_the_number_goes_from_the_invitation_once_it_is_used(society: Society) -> None:
    komp, admin = await society.family()
    phone = society.fresh_phone()
    asked = {"role": "user", "side": "family", "phone": phone}
    made = (await society.ask(admin, "POST", f"/v1/komps/{komp.party}/invitations", asked)).body
    await society.texts_sent()
    code, now = society.mailman.texts[-1].body.partition("=")[2], society.clock.now()
    assert await society.store.invitations.phone_of(made["invitation"], now=now) == phone
    await society.person("Uncle", phone=phone, invitation=code)
    assert await society.store.invitations.phone_of(made["invitation"], now=now) is None


async def test_p_43_no_sms_goes_outside_the_eea_unless_configured(society: Society) -> None:
    komp, admin = await society.family()
    before = len(society.mailman.texts)
    for number in ELSEWHERE:
        assert (await society.post("/v1/register/code", {"phone": number})).status == 200
        asked = {"role": "user", "side": "family", "phone": number}
        refused = await society.ask(admin, "POST", f"/v1/komps/{komp.party}/invitations", asked)
        assert refused.code == "number_refused"
    await society.texts_sent()
    assert len(society.mailman.texts) == before


async def test_p_43_the_operator_may_name_another_country() -> None:
    async with living(sms_countries="EEA,CH") as society:
        await society.post("/v1/register/code", {"phone": "+41781234567"})
        await society.texts_sent()
        assert [text.number for text in society.mailman.texts] == ["+41781234567"]
