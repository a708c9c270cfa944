"""Coming in over HTTP, and one's own account: codes, keywords, tokens, profile, picture, a lost phone, the end."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from signalling.access.codes import LIFETIME_SECONDS, PAUSE_SECONDS
from signalling.vocabulary import PartyKind
from tests.faces import SECRET, TYPES, bare_face, pixels_of, told
from tests.protocol.society import Answer, App, Society, living

JPEG, PNG, WEBP = (bare_face(content_type) for content_type in TYPES)
BRITAIN, FIXED, NOBODYS = "+447400123456", "+4722123456", "+4700000000"


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


# ---------------------------------------------------------------- codes


async def test_a_code_comes_by_sms_and_lets_its_number_in(society: Society) -> None:
    astrid = await society.person("Astrid")
    me = await society.ask(astrid, "GET", "/v1/me")
    assert me.body == {
        "party": astrid.party,
        "kind": "person",
        "endpoints": [astrid.endpoint],
        "profile": {"name": "Astrid", "phone": astrid.phone},
    }


async def test_known_unknown_and_refused_numbers_get_one_and_the_same_answer(society: Society) -> None:
    known = await society.person()
    society.clock.advance(PAUSE_SECONDS)
    numbers = (known.phone, society.fresh_phone(), BRITAIN, FIXED, NOBODYS, known.phone)
    answers = [await society.post("/v1/register/code", {"phone": number}) for number in numbers]
    assert {(one.status, one.raw) for one in answers} == {(200, b'{"expires_in":600}')}
    assert len({tuple(sorted(one.headers.keys())) for one in answers}) == 1
    await society.texts_sent()
    assert [text.number for text in society.mailman.texts[1:]] == list(numbers[:2])


async def test_the_answer_does_not_wait_for_the_sms(society: Society) -> None:
    gate = asyncio.Event()
    send = society.mailman.send

    async def slowly(text: Any) -> None:
        await gate.wait()
        await send(text)

    society.mailman.send = slowly  # type: ignore[method-assign]
    assert (await society.post("/v1/register/code", {"phone": society.fresh_phone()})).status == 200
    assert society.mailman.texts == []
    gate.set()
    await society.texts_sent()
    assert len(society.mailman.texts) == 1


async def test_a_carrier_that_fails_is_counted_and_nobody_is_told(society: Society) -> None:
    society.mailman.fails = True
    phone = society.fresh_phone()
    assert (await society.post("/v1/register/code", {"phone": phone})).body == {"expires_in": 600}
    await society.texts_sent()
    assert 'narvaro_sms_total{outcome="failed"} 1.0' in society.coordinator.figures.text().decode()
    assert "sms.failed" in society.log.getvalue()
    assert phone[1:] not in society.log.getvalue()


async def test_wrong_used_expired_and_foreign_codes_are_one_answer(society: Society) -> None:
    who, other = society.fresh_phone(), society.fresh_phone()
    code, others = await society.code_for(who), await society.code_for(other)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    async def registered(phone: str, said: str) -> Answer:
        return await society.post("/v1/register", await society.ticket(App(), "code", said, phone=phone, name="A"))

    answers = [await registered(who, wrong), await registered(who, others if others != code else wrong)]
    assert (await registered(who, code)).status == 200
    answers.append(await registered(who, code))
    society.clock.advance(LIFETIME_SECONDS)
    answers.append(await registered(other, others))
    assert {(one.status, one.raw) for one in answers} == {(403, answers[0].raw)}
    assert answers[0].code == "code_refused"


async def test_five_wrong_tries_end_a_code(society: Society) -> None:
    phone = society.fresh_phone()
    code = await society.code_for(phone)
    for number in range(5):
        said = f"{(int(code) + 1 + number) % 1_000_000:06}"
        answer = await society.post("/v1/register", await society.ticket(App(), "code", said, phone=phone, name="A"))
        assert answer.code == "code_refused"
    answer = await society.post("/v1/register", await society.ticket(App(), "code", code, phone=phone, name="A"))
    assert answer.code == "code_refused"


async def test_nobody_registers_a_key_that_is_not_theirs(society: Society) -> None:
    phone, mine, theirs = society.fresh_phone(), App(), await society.person()
    code = await society.code_for(phone)
    good = await society.ticket(mine, "code", code, phone=phone, name="A")
    for wrong in (
        {**good, "identity": theirs.identity},
        {**good, "nonce": await society.nonce()},
        {**good, "code": "000000" if code != "000000" else "000001"},
        await society.ticket(mine, "code", code, phone=phone, name="A", signed_as="keyword"),
    ):
        answer = await society.post("/v1/register", wrong)
        assert (answer.status, answer.code) == (401, "not_authenticated")
    assert (await society.post("/v1/register", good)).status == 200, "and none of that cost a try"


async def test_a_key_that_is_somebodys_is_not_taken_again(society: Society) -> None:
    komp, phone = await society.device(), society.fresh_phone()
    code = await society.code_for(phone)
    answer = await society.post("/v1/register", await society.ticket(komp, "code", code, phone=phone, name="A"))
    assert (answer.status, answer.code) == (409, "conflict")


async def test_a_new_profile_takes_a_name_and_the_code_still_holds(society: Society) -> None:
    who = App(phone=society.fresh_phone())
    code = await society.code_for(who.phone)
    for name, expected in (({}, "name_needed"), ({"name": "   "}, "bad_message"), ({"name": "a\x00b"}, "bad_message")):
        answer = await society.post("/v1/register", await society.ticket(who, "code", code, phone=who.phone, **name))
        assert answer.code == expected
    good = await society.ticket(who, "code", code, phone=who.phone, name="  Astrid ")
    who.party = (await society.post("/v1/register", good)).body["party"]
    assert (await society.ask(who, "GET", "/v1/me")).body["profile"]["name"] == "Astrid"


async def test_a_second_phone_of_the_same_number_is_the_same_person(society: Society) -> None:
    first = await society.person("Astrid")
    society.clock.advance(PAUSE_SECONDS)
    second = await society.person("Somebody else", phone=first.phone)
    assert second.party == first.party
    me = (await society.ask(second, "GET", "/v1/me")).body
    assert sorted(me["endpoints"]) == sorted([first.endpoint, second.endpoint])
    assert me["profile"]["name"] == "Astrid", "the profile is kept as it was"


async def test_a_phone_of_a_known_number_needs_no_name(society: Society) -> None:
    first, second = await society.person("Astrid"), App()
    society.clock.advance(PAUSE_SECONDS)
    code = await society.code_for(first.phone)
    came = await society.post("/v1/register", await society.ticket(second, "code", code, phone=first.phone))
    assert came.body == {"party": first.party, "endpoint": second.endpoint}


async def test_a_network_that_asks_for_many_codes_is_told_to_wait() -> None:
    async with living(newcomers_per_minute=2) as society:
        answers = [await society.post("/v1/register/code", {"phone": society.fresh_phone()}) for _ in range(3)]
        assert [one.status for one in answers] == [200, 200, 429]
        assert (await society.send("POST", "/v1/nonce")).status == 200, "those who are known go on"


# ---------------------------------------------------------------- devices and students' apps


async def test_a_device_comes_in_by_its_token_once(society: Society) -> None:
    komp = await society.device()
    assert (await society.ask(komp, "GET", "/v1/me")).body == {
        "party": komp.party,
        "kind": "komp",
        "endpoints": [komp.endpoint],
    }
    answer = await society.post("/v1/enrol", await society.ticket(App(), "enrol", "T" * 43))
    assert (answer.status, answer.code) == (403, "code_refused")


async def test_a_students_app_comes_in_by_a_keyword_once(society: Society) -> None:
    av1 = await society.device(PartyKind.AV1, "Robot 7")
    keyword = await society.store.keywords.create(av1.party, now=society.clock.now())
    assert keyword is not None
    app = App()
    came = await society.post("/v1/keyword", await society.ticket(app, "keyword", keyword.lower()))
    assert came.body == {"party": came.body["party"], "endpoint": app.endpoint, "device": av1.party}
    me = (await society.ask(app, "GET", "/v1/me")).body
    assert set(me) == {"party", "kind", "endpoints"}, "there is nothing to tell of it"
    again = await society.post("/v1/keyword", await society.ticket(App(), "keyword", keyword))
    assert (again.status, again.code) == (403, "code_refused")
    circle = (await society.ask(app, "GET", "/v1/circle")).body["contacts"]
    assert [one["party"] for one in circle] == [av1.party]


async def test_a_new_keyword_cuts_the_old_app_off(society: Society) -> None:
    av1 = await society.device(PartyKind.AV1, "Robot 7")
    old = await society.student(av1)
    assert (await society.ask(old, "GET", "/v1/me")).status == 200
    new = await society.student(av1)
    assert (await society.ask(old, "GET", "/v1/me")).code == "not_authenticated"
    assert (await society.ask_token(old)).code == "not_authenticated"
    assert (await society.ask(new, "GET", "/v1/me")).status == 200


# ---------------------------------------------------------------- one's own account


async def test_a_name_is_changed_and_a_picture_put_and_taken_away(society: Society) -> None:
    astrid = await society.person("Astrid")
    assert (await society.ask(astrid, "PATCH", "/v1/me", {"name": "Astrid Ny"})).status == 204
    kept = ""
    for picture, content_type in ((PNG, "image/png"), (WEBP, "image/webp"), (JPEG, "image/jpeg")):
        put = await society.ask(astrid, "PUT", "/v1/me/picture", data=picture, content_type=content_type)
        assert put.body == {"picture": hashlib.sha256(picture).hexdigest()}
        kept = put.body["picture"]
        got = await society.ask(astrid, "GET", f"/v1/pictures/{kept}")
        assert (got.raw, got.content_type) == (picture, content_type)
    profile = (await society.ask(astrid, "GET", "/v1/me")).body["profile"]
    assert profile == {"name": "Astrid Ny", "phone": astrid.phone, "picture": kept}
    assert (await society.ask(astrid, "DELETE", "/v1/me/picture")).status == 204
    assert "picture" not in (await society.ask(astrid, "GET", "/v1/me")).body["profile"]
    assert (await society.ask(astrid, "GET", f"/v1/pictures/{kept}")).code == "not_found"


@pytest.mark.parametrize(
    ("picture", "content_type", "status", "code"),
    [
        (b"<svg onload='x'>", "image/svg+xml", 400, "unsupported"),
        (b"<svg onload='x'>", "image/png", 400, "bad_message"),
        (b"", "image/png", 400, "unsupported"),
        (PNG[:60], "image/png", 400, "bad_message"),
        (PNG, "image/jpeg", 400, "bad_message"),
        (PNG + bytes(512 * 1024), "image/png", 413, "too_large"),
    ],
    ids=["another type", "another content", "nothing", "cut short", "another name", "too large"],
)
async def test_a_picture_is_a_picture(
    society: Society, picture: bytes, content_type: str, status: int, code: str
) -> None:
    astrid = await society.person()
    answer = await society.ask(astrid, "PUT", "/v1/me/picture", data=picture, content_type=content_type)
    assert (answer.status, answer.code) == (status, code)


async def test_p_10_what_was_written_beside_a_picture_is_not_kept(society: Society) -> None:
    astrid = await society.person()
    for content_type, kept in zip(TYPES, (JPEG, PNG, WEBP), strict=True):
        put = await society.ask(astrid, "PUT", "/v1/me/picture", data=told(content_type), content_type=content_type)
        got = await society.ask(astrid, "GET", f"/v1/pictures/{put.body['picture']}")
        assert SECRET not in got.raw
        assert (pixels_of(got.raw) == pixels_of(kept)).all()


async def test_devices_and_students_have_no_profile_to_change(society: Society) -> None:
    komp, av1 = await society.device(), await society.device(PartyKind.AV1, "Robot 7")
    for who in (komp, av1, await society.student(av1)):
        for method, path, body in (("PATCH", "/v1/me", {"name": "Eve"}), ("DELETE", "/v1/me/picture", None)):
            assert (await society.ask(who, method, path, body)).code == "not_found"
        put = await society.ask(who, "PUT", "/v1/me/picture", data=PNG, content_type="image/png")
        assert put.code == "not_found"


async def test_a_lost_phone_is_taken_no_more(society: Society) -> None:
    kept = await society.person("Astrid")
    society.clock.advance(PAUSE_SECONDS)
    lost = await society.person(phone=kept.phone)
    assert (await society.ask(lost, "GET", "/v1/me")).status == 200
    assert (await society.ask(kept, "DELETE", f"/v1/me/endpoints/{lost.endpoint}")).status == 204
    assert (await society.ask(lost, "GET", "/v1/me")).code == "not_authenticated"
    assert (await society.ask_token(lost)).code == "not_authenticated"
    stranger = await society.person("Stranger")
    for endpoint in (kept.endpoint, lost.endpoint, "E" * 22):
        assert (await society.ask(stranger, "DELETE", f"/v1/me/endpoints/{endpoint}")).code == "not_found"
    assert (await society.ask(kept, "GET", "/v1/me")).body["endpoints"] == [kept.endpoint]


async def test_a_device_cannot_cut_itself_off(society: Society) -> None:
    komp = await society.device()
    assert (await society.ask(komp, "DELETE", f"/v1/me/endpoints/{komp.endpoint}")).code == "not_found"
    assert (await society.ask(komp, "GET", "/v1/me")).status == 200


async def test_with_a_seed_file_there_are_no_accounts_and_that_is_one_answer(tmp_path: Any) -> None:
    from tests.protocol.house import GRANDCHILD, running  # noqa: PLC0415 - the other house

    async with running(tmp_path) as house:
        for path, body in (
            ("/v1/register/code", {"phone": "+4740612345"}),
            ("/v1/register", {}),
            ("/v1/enrol", {}),
            ("/v1/keyword", {}),
        ):
            status, answer = await house.post(path, body)
            assert (status, answer["code"]) == (404, "not_found")
        assert (await house.come_in(GRANDCHILD)) is not None
