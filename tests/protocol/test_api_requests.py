"""Signed requests over the wire: once, as signed, in time, by whoever still belongs here; and for whose pages."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from signalling.access.requests import WINDOW_SECONDS
from signalling.access.tokens import LIFETIME_SECONDS
from tests.protocol.society import Answer, App, Society, living

FRIEND, STRANGER = "https://family.example", "https://evil.example"


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living(allowed_origins=FRIEND) as one:
        yield one


@pytest.fixture
async def astrid(society: Society) -> App:
    return await society.person("Astrid")


async def renamed(society: Society, headers: dict[str, str], body: bytes = b'{"name":"Eve"}') -> Answer:
    return await society.send("PATCH", "/v1/me", data=body, headers=headers)


async def test_a_request_that_was_seen_is_worth_nothing(society: Society, astrid: App) -> None:
    body = b'{"name":"Eve"}'
    headers = await society.proof(astrid, "PATCH", "/v1/me", body)
    assert (await renamed(society, headers)).status == 204
    again = await renamed(society, headers)
    assert (again.status, again.code) == (401, "not_authenticated")


async def test_of_two_copies_at_once_one_counts(society: Society, astrid: App) -> None:
    headers = await society.proof(astrid, "PATCH", "/v1/me", b'{"name":"Eve"}')
    answers = await asyncio.gather(*[renamed(society, headers) for _ in range(5)])
    assert sorted(one.status for one in answers) == [204, 401, 401, 401, 401]


async def test_a_request_is_what_was_signed(society: Society, astrid: App) -> None:
    body = b'{"name":"Eve"}'
    for method, path, signed in (
        ("PUT", "/v1/me", body),
        ("PATCH", "/v1/me?", body),
        ("PATCH", "/v1/me/picture", body),
        ("PATCH", "/v1/me", b'{"name":"Ada"}'),
        ("PATCH", "/v1/me", b""),
    ):
        answer = await renamed(society, await society.proof(astrid, method, path, signed))
        assert (answer.status, answer.code) == (401, "not_authenticated")
    assert (await society.ask(astrid, "GET", "/v1/me")).body["profile"]["name"] == "Astrid"


async def test_a_query_is_part_of_what_was_signed(society: Society, astrid: App) -> None:
    assert (await society.ask(astrid, "GET", "/v1/circle?a=1")).status == 200
    headers = await society.proof(astrid, "GET", "/v1/circle?a=1", b"")
    assert (await society.send("GET", "/v1/circle?a=2", headers=headers)).code == "not_authenticated"


async def test_a_request_for_another_coordinator_is_refused_here(society: Society, astrid: App) -> None:
    headers = await society.proof(astrid, "PATCH", "/v1/me", b'{"name":"Eve"}', origin="https://other.example")
    assert (await renamed(society, headers)).code == "not_authenticated"


async def test_every_name_of_this_machine_is_this_coordinator(society: Society, astrid: App) -> None:
    port = society.coordinator.port
    for origin in (f"http://127.0.0.1:{port}", f"http://[::1]:{port}"):
        headers = await society.proof(astrid, "PATCH", "/v1/me", b'{"name":"Eve"}', origin=origin)
        assert (await renamed(society, headers)).status == 204


@pytest.mark.parametrize("off", [WINDOW_SECONDS + 1, -WINDOW_SECONDS - 1])
async def test_a_request_of_another_time_is_refused(society: Society, astrid: App, off: float) -> None:
    headers = await society.proof(astrid, "PATCH", "/v1/me", b'{"name":"Eve"}', at=society.clock.now() + off)
    assert (await renamed(society, headers)).code == "not_authenticated"


async def test_a_token_that_is_over_says_so(society: Society, astrid: App) -> None:
    old = await society.token(astrid)
    society.clock.advance(LIFETIME_SECONDS + 1)
    headers = await society.proof(astrid, "PATCH", "/v1/me", b'{"name":"Eve"}', token=old)
    refused = await renamed(society, headers)
    assert (refused.status, refused.code) == (401, "token_expired")


async def test_a_head_is_asked_for_like_the_rest(society: Society, astrid: App) -> None:
    headers = await society.proof(astrid, "HEAD", "/v1/me", b"")
    answer = await society.send("HEAD", "/v1/me", headers=headers)
    assert (answer.status, answer.raw) == (200, b"")
    assert (await society.send("HEAD", "/v1/me")).status == 401


async def test_an_endpoint_that_asks_too_often_is_told_to_wait() -> None:
    async with living(requests_per_minute=3) as society:
        astrid, uncle = await society.person("Astrid"), await society.person("Uncle")
        answers = [await society.ask(astrid, "GET", "/v1/me") for _ in range(4)]
        assert [one.status for one in answers] == [200, 200, 200, 429]
        assert answers[3].body["retry_after_ms"] > 0
        assert (await society.ask(uncle, "GET", "/v1/me")).status == 200, "others go on"
        society.clock.advance(20)
        assert (await society.ask(astrid, "GET", "/v1/me")).status == 200


async def test_nobody_spends_another_endpoints_share_with_its_stolen_token() -> None:
    async with living(requests_per_minute=3) as society:
        astrid, thief = await society.person("Astrid"), App()
        thief.token, thief.token_at = await society.token(astrid), society.clock.now()
        for _ in range(10):
            assert (await society.ask(thief, "GET", "/v1/me")).code == "not_authenticated"
        assert (await society.ask(astrid, "GET", "/v1/me")).status == 200


async def test_answers_are_never_stored_and_nobody_elses_page_reads_them(society: Society, astrid: App) -> None:
    for origin, allowed in ((None, None), (FRIEND, FRIEND)):
        headers = await society.proof(astrid, "GET", "/v1/me", b"")
        answer = await society.send("GET", "/v1/me", headers=headers | ({"Origin": origin} if origin else {}))
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed
    headers = await society.proof(astrid, "GET", "/v1/me", b"")
    refused = await society.send("GET", "/v1/me", headers=headers | {"Origin": STRANGER})
    assert (refused.status, refused.code) == (403, "origin_refused")


async def test_another_allowed_origins_page_learns_what_it_may_send(society: Society) -> None:
    for path in ("/v1/me", "/v1/komps/x/members/y", "/v1/register"):
        answer = await society.send("OPTIONS", path, headers={"Origin": FRIEND})
        assert answer.status == 204
        assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
        assert "narvaro-proof" in answer.headers["Access-Control-Allow-Headers"]
        assert (await society.send("OPTIONS", path, headers={"Origin": STRANGER})).status == 403


async def test_of_many_who_come_with_one_code_one_comes_in(society: Society) -> None:
    phone = society.fresh_phone()
    code = await society.code_for(phone)
    tickets = [await society.ticket(App(), "code", code, phone=phone, name="A") for _ in range(4)]
    answers = await asyncio.gather(*[society.post("/v1/register", one) for one in tickets])
    assert sorted(one.status for one in answers) == [200, 403, 403, 403]


async def test_of_many_who_come_with_one_invitation_one_is_a_member(society: Society) -> None:
    komp, admin = await society.family()
    code = await society.invitation(admin, komp)
    people = [await society.person(f"P{number}") for number in range(4)]
    for one in people:
        await society.token(one)
    answers = await asyncio.gather(*[society.ask(one, "POST", "/v1/invitations", {"code": code}) for one in people])
    assert sorted(one.status for one in answers) == [200, 403, 403, 403]
    members = (await society.ask(admin, "GET", f"/v1/komps/{komp.party}/members")).body["members"]
    assert len(members) == 2


async def test_a_body_that_drips_is_cut_off_and_frees_its_place(
    society: Society, astrid: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signalling.web.signed.LARGE_SECONDS", 0.1)
    headers = await society.proof(astrid, "POST", "/v1/posts", b"")

    async def dripping() -> AsyncIterator[bytes]:
        yield b"x" * 100
        await asyncio.sleep(3600)

    try:
        answer = await society.send("POST", "/v1/posts", data=dripping(), headers=headers)
    except aiohttp.ClientError:
        pass  # the server answered and hung up while the body was on its way
    else:
        assert answer.code == "bad_message"
    assert society.coordinator._front.large_bodies == set()
