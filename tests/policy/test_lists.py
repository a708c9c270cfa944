"""Lists and support over HTTP (P-17, P-27 to P-33, P-48): consent first, nobody told who is there, gone in one step."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import hdrs

from signalling.people.lists import ListKind
from signalling.people.support import KEPT_DAYS
from signalling.privacy import datamap
from signalling.privacy.consent import WORDINGS, ConsentKind
from signalling.privacy.declaring import TERMS, Basis, Kept
from signalling.protocol import lists as bodies
from signalling.web.policy import Policy
from signalling.web.routes import ROUTES
from tests.protocol.society import Answer, Society, living

DAY = 86_400
VERSION = WORDINGS[ConsentKind.NEWSLETTER].version
NOBODY = "A" * 32
PUBLISHED = {
    "waiting": ("2026-11-26", "72a6f31fff229d41"),
    "newsletter": ("2026-11-26", "06cedba1028af740"),
    "support_email": ("2026-11-26", "e26272cedfc94cd0"),
}


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one
        assert "example.org" not in one.log.getvalue()


async def listed(society: Society, kind: ListKind = ListKind.NEWSLETTER) -> list[str]:
    return [one.entry.email for one in await society.store.lists.export(kind)]


async def opened(society: Society, **body: Any) -> str:
    """The reference of a new thread."""
    answer = await society.post("/v1/support/threads", {"text": "How is it charged?", **body})
    assert answer.status == 200, answer.raw
    assert answer.body["days"] == KEPT_DAYS
    return str(answer.body["reference"])


async def read(society: Society, reference: str) -> Answer:
    return await society.post("/v1/support/threads/read", {"reference": reference})


# ---------------------------------------------------------------- lists


@pytest.mark.parametrize("consent", [{}, {"consent": "2018-05-25"}, {"consent": None}])
async def test_p_27_without_consent_to_the_current_words_nothing_is_kept(
    society: Society, consent: dict[str, Any]
) -> None:
    asked = {"country": "SE", "email": "a@example.org", **consent}
    waiting = await society.post("/v1/lists/waiting", asked)
    asked.pop("country")
    news = await society.post("/v1/lists/newsletter", asked)
    assert {(one.status, one.code) for one in (waiting, news)} == {(400, "consent_needed")}
    assert await listed(society) == await listed(society, ListKind.WAITING) == []
    assert await society.store.consents.all() == []


async def test_p_27_the_waiting_list_takes_country_and_address_and_nothing_else(society: Society) -> None:
    good = {"country": "SE", "email": "a@example.org", "consent": VERSION}
    for bad in ({"name": "Anna"}, {"phone": "+4740612345"}, {"country": "XX"}, {"country": "se"}, {"email": "a@b"}):
        refused = await society.post("/v1/lists/waiting", good | bad)
        assert (refused.status, refused.code) == (400, "bad_message")
        assert not any(value.encode() in refused.raw for value in bad.values())
    assert (await society.post("/v1/lists/waiting", good)).status == 204
    assert await listed(society, ListKind.WAITING) == ["a@example.org"]


async def test_p_31_an_address_that_is_listed_gets_the_same_answer_as_a_new_one(society: Society) -> None:
    asked = {"email": "a@example.org", "consent": VERSION}
    first = await society.post("/v1/lists/newsletter", asked)
    again = await society.post("/v1/lists/newsletter", asked)
    assert (first.status, first.raw) == (again.status, again.raw) == (204, b"")
    names = {hdrs.DATE}
    assert {k: v for k, v in first.headers.items() if k not in names} == {
        k: v for k, v in again.headers.items() if k not in names
    }
    assert await listed(society) == ["a@example.org"]


async def test_p_48_a_consent_carries_the_words_their_hash_and_the_policys_version(society: Society) -> None:
    told = (await society.send("GET", "/v1/consents")).body["consents"]
    assert {one["kind"] for one in told} == set(ConsentKind)
    (shown,) = (one for one in told if one["kind"] == "newsletter")
    await society.post("/v1/lists/newsletter", {"email": "a@example.org", "consent": shown["version"]})
    (row,) = await society.store.consents.all()
    assert (row.wording, row.digest) == (shown["version"], WORDINGS[ConsentKind.NEWSLETTER].digest)
    assert row.policy_version == "2018-05-25"


def test_p_48_words_that_were_published_are_never_changed() -> None:
    """Another text is another version: then another hash stands here beside these."""
    assert {kind.value: (one.version, one.digest.hex()[:16]) for kind, one in WORDINGS.items()} == PUBLISHED


async def test_p_32_withdrawing_is_one_post_and_a_get_changes_nothing(society: Society) -> None:
    await society.post("/v1/lists/newsletter", {"email": "a@example.org", "consent": VERSION})
    (one,) = await society.store.lists.export(ListKind.NEWSLETTER)
    for path in ("/v1/lists/withdraw", f"/v1/lists/withdraw?token={one.token}", f"/v1/lists/withdraw/{one.token}"):
        assert (await society.send("GET", path)).status in (404, 405)
    assert await listed(society) == ["a@example.org"]
    done = await society.post("/v1/lists/withdraw", {"token": one.token})
    assert (done.status, done.raw) == (204, b"")
    assert await listed(society) == []
    assert (await society.post("/v1/lists/withdraw", {"token": one.token})).status == 204
    forged = await society.post("/v1/lists/withdraw", {"token": "A" * 65})
    assert (forged.status, forged.code) == (404, "not_found")


# ---------------------------------------------------------------- support


async def test_p_28_a_question_needs_no_personal_data_and_its_reference_opens_it(society: Society) -> None:
    reference = await opened(society)
    told = await read(society, reference)
    today = int(society.clock.now() // DAY)
    assert told.body == {"messages": [{"by": "asker", "day": today, "text": "How is it charged?"}], "reads": []}
    more = {"reference": reference, "text": "Overnight?"}
    assert (await society.post("/v1/support/threads/messages", more)).status == 204
    assert [one["text"] for one in (await read(society, reference)).body["messages"]][1:] == ["Overnight?"]
    assert reference not in society.log.getvalue()


async def test_p_28_nobody_reads_writes_or_erases_by_a_reference_that_is_none(society: Society) -> None:
    await opened(society)
    for path, more in (("read", {}), ("messages", {"text": "Hello"}), ("erase", {})):
        refused = await society.post(f"/v1/support/threads/{path}", {"reference": NOBODY, **more})
        assert (refused.status, refused.code) == (404, "not_found")
        assert NOBODY.encode() not in refused.raw


def test_p_28_what_opens_something_stands_in_no_address() -> None:
    holders = [route for route in ROUTES if route.policy is Policy.HOLDER]
    assert {route.path for route in holders} == {
        "/v1/lists/withdraw", *(f"/v1/support/threads/{one}" for one in ("read", "messages", "erase"))
    }  # fmt: skip
    assert all(route.method == "POST" and "{" not in route.path for route in holders)


async def test_p_17_an_address_is_by_choice_and_takes_a_consent_of_its_own(society: Society) -> None:
    address = {"email": "a@example.org"}
    refused = await society.post("/v1/support/threads", {"text": "Why?", **address})
    assert (refused.status, refused.code) == (400, "consent_needed")
    assert await society.store.support.all(now=society.clock.now()) == []
    alone = await society.post("/v1/support/threads", {"text": "Why?", "consent": VERSION})
    assert alone.code == "bad_message"
    reference = await opened(society, **address, consent=VERSION)
    assert (await read(society, reference)).body["email"] == "a@example.org"


async def test_p_17_a_question_names_no_robot_person_or_call(society: Society) -> None:
    for field in ("device", "party", "call", "name", "phone"):
        refused = await society.post("/v1/support/threads", {"text": "Why?", field: "K" * 22})
        assert (refused.status, refused.code) == (400, "bad_message")
    assert set(bodies.Question.__struct_fields__) == {"text", "email", "consent"}


async def test_p_29_a_year_and_not_a_day_longer(society: Society) -> None:
    reference = await opened(society)
    society.clock.advance(365 * DAY)
    assert (await read(society, reference)).status == 200
    society.clock.advance(DAY)
    assert (await read(society, reference)).status == 404
    assert await society.store.sweep(now=society.clock.now()) >= 1
    assert await society.store.support.all(now=0) == []


async def test_p_30_its_asker_erases_a_thread_in_one_step(society: Society) -> None:
    reference = await opened(society, email="a@example.org", consent=VERSION)
    assert (await society.post("/v1/support/threads/erase", {"reference": reference})).status == 204
    assert (await read(society, reference)).status == 404
    (row,) = await society.store.consents.all()
    assert row.withdrawn_day is not None


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001, "a\x00b", "a\x1b[2Jb", "\u202egnihton"])
async def test_p_28_a_message_is_plain_text_of_a_length(society: Society, text: str) -> None:
    refused = await society.post("/v1/support/threads", {"text": text})
    assert (refused.status, refused.code) == (400, "bad_message")


async def test_p_28_a_message_may_have_lines_and_joined_emoji(society: Society) -> None:
    text = "Hei!\nVi er fire: \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
    assert (await read(society, await opened(society, text=text))).body["messages"][0]["text"] == text


async def test_p_28_a_network_asks_seldom() -> None:
    async with living(newcomers_per_minute=2) as society:
        await opened(society)
        await opened(society)
        refused = await society.post("/v1/support/threads", {"text": "Again"})
        assert (refused.status, refused.code) == (429, "too_many")
        asked = {"email": "a@example.org", "consent": VERSION}
        assert [(await society.post("/v1/lists/newsletter", asked)).status for _ in range(3)] == [204, 204, 429]


def test_p_33_the_data_map_says_so() -> None:
    assert TERMS[Kept.SUPPORT].seconds == KEPT_DAYS * DAY
    kept = {name: one for name, one in datamap.COLUMNS.items() if name.startswith(("list_", "support_"))}
    assert {one.activity.basis for one in kept.values()} == {Basis.CONSENT}
    assert {one.kept for name, one in kept.items() if name.startswith("support_")} == {Kept.SUPPORT}
    assert not [name for name in datamap.COLUMNS if name.startswith("consents.") and datamap.COLUMNS[name].is_personal]
