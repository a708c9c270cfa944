"""Subject requests (P-34, P-35, P-38, P-52): reviewed within a month, refused with reasons, by e-mail alone."""

import datetime as dt
import json
import re
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any, get_args

import pytest
from sqlalchemy import event, func, select

from signalling.privacy import form_page
from signalling.privacy import requests as rules
from signalling.privacy.holds import HoldReason
from signalling.privacy.notice import Controller
from signalling.privacy.requests import Outcome, Refusal, RequestKind, due_day
from signalling.privacy.wording import LANGUAGES
from signalling.protocol import api
from signalling.store import envelope
from signalling.store import requests as kept
from signalling.store.customers import CustomerData, CustomerKind
from signalling.store.requests import Request
from signalling.store.tables import METADATA, subject_keys, subject_requests
from signalling.vocabulary import PartyKind
from tests.protocol.society import App, Society, living

DAY = 86_400
FORM = {"email": "astrid@example.org", "kind": "erasure"}


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living() as one:
        yield one


async def asked(society: Society, who: App, kind: str = "access", **more: str) -> Request:
    """A person's own request, as the operator finds it."""
    answer = await society.ask(who, "POST", "/v1/me/requests", {"kind": kind, **more})
    assert answer.status == 200, answer.raw
    return await reviewed(society, answer.body["request"])


async def reviewed(society: Society, name: str = "") -> Request:
    """That request, or the only one."""
    found = [one for one in await society.store.requests.all() if name in {"", one.request}]
    assert len(found) == 1
    return found[0]


async def customer(society: Society, email: str) -> str:
    data = CustomerData(CustomerKind.PRIVATE, "Astrid", email=email)
    return await society.store.customers.add(data, now=society.clock.now())


async def is_there(society: Society, who: App) -> bool:
    return await society.store.profiles.get(who.party) is not None


def alarms(society: Society) -> list[Any]:
    lines = [json.loads(line) for line in society.log.getvalue().splitlines()]
    return [line["requests"] for line in lines if line["event"] == "requests.overdue"]


def overdue_figure(society: Society) -> float | None:
    return society.coordinator.figures.registry.get_sample_value("narvaro_requests_overdue")


async def tidied(society: Society) -> None:
    """What housekeeping does each minute."""
    assert society.coordinator._housekeeping is not None
    await society.coordinator._housekeeping.sweep()


# ---------------------------------------------------------------- P-34


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("2026-11-26", "2026-12-26"),
        ("2026-12-31", "2027-01-31"),
        ("2027-01-31", "2027-02-28"),
        ("2028-01-30", "2028-02-29"),
    ],
)
def test_p_34_an_answer_is_due_one_month_after_the_request(came: str, due: str) -> None:
    assert due_day(days(came)) == days(due)


def days(date: str) -> int:
    return (dt.date.fromisoformat(date) - dt.date(1970, 1, 1)).days


async def test_p_34_a_request_is_received_then_decided_then_told(society: Society) -> None:
    who = await society.person()
    one = await asked(society, who, "rectification", text="My name is Åsa")
    assert (one.text, one.outcome, one.due_day) == ("My name is Åsa", None, due_day(one.received_day))
    [shown] = (await society.ask(who, "GET", "/v1/me/requests")).body["requests"]
    assert "outcome" not in shown
    assert (await reviewed(society)).told_day is None, "nothing was told yet"
    assert await society.store.requests.grant(one, "Done.", now=society.clock.now()) is Outcome.GRANTED
    [shown] = (await society.ask(who, "GET", "/v1/me/requests")).body["requests"]
    assert (shown["outcome"], shown["answer"]) == ("granted", "Done.")
    assert (await reviewed(society)).told_day is not None
    assert await society.store.requests.grant(one, None, now=society.clock.now()) is None, "it is decided once"


async def test_p_34_what_is_overdue_raises_an_alarm_and_a_figure_until_it_is_decided(society: Society) -> None:
    _komp, member = await society.family()  # a profile without a Komp goes before its request is due
    one = await asked(society, member)
    society.clock.advance((one.due_day - one.received_day) * DAY)
    await tidied(society)
    assert (alarms(society), overdue_figure(society)) == ([], 0)
    society.clock.advance(DAY)
    await tidied(society)
    await tidied(society)
    assert (alarms(society), overdue_figure(society)) == ([1], 1), "told once, and shown as long as it is so"
    await society.store.requests.refuse(one, Refusal.EXCESSIVE, "Again.", now=society.clock.now())
    await tidied(society)
    assert (alarms(society), overdue_figure(society)) == ([1], 0)


async def test_p_34_who_asked_by_the_form_and_was_not_written_to_is_overdue_too(society: Society) -> None:
    await society.post("/v1/my-data", FORM)
    one = await reviewed(society)
    assert await society.store.requests.refuse(one, Refusal.NOT_IDENTIFIED, "Who?", now=society.clock.now())
    later = society.clock.now() + 40 * DAY
    assert await society.store.requests.overdue(now=later) == 1
    assert await society.store.requests.told(one.request, now=later)
    assert await society.store.requests.overdue(now=later) == 0


# ---------------------------------------------------------------- P-35


async def test_p_35_a_refusal_gives_its_reason_from_a_closed_list_and_in_words(society: Society) -> None:
    who = await society.person()
    one = await asked(society, who, "objection")
    assert await society.store.requests.refuse(
        one, Refusal.OTHERS_RIGHTS, "The others need it.", now=society.clock.now()
    )
    [shown] = (await society.ask(who, "GET", "/v1/me/requests")).body["requests"]
    assert (shown["outcome"], shown["reason"], shown["answer"]) == ("refused", "others_rights", "The others need it.")
    assert set(get_args(api.Refusal)) == {reason.value for reason in Refusal}


async def test_p_35_p_38_an_erasure_that_a_hold_keeps_is_refused_with_its_reason_and_done_once_it_is_lifted(
    society: Society,
) -> None:
    who = await society.person()
    subject, now = envelope.person(who.party), society.clock.now()
    assert await society.store.holds.place(subject, HoldReason.LEGAL_CLAIM, now=now)
    one = await asked(society, who, "erasure")
    assert await society.store.requests.grant(one, None, now=now) is Outcome.REFUSED
    [shown] = (await society.ask(who, "GET", "/v1/me/requests")).body["requests"]
    assert (shown["reason"], shown["answer"]) == ("kept", "legal_claim")
    assert await is_there(society, who)
    assert await society.store.holds.lift(subject, HoldReason.LEGAL_CLAIM)
    await tidied(society)
    assert not await is_there(society, who)
    assert await society.store.requests.all() == []


# ---------------------------------------------------------------- P-38


async def test_p_38_a_granted_erasure_erases_the_person_and_the_request_with_its_key(society: Society) -> None:
    who, other = await society.person(), await society.person("Other")
    await asked(society, other, "access", text="mine")
    one = await asked(society, who, "erasure", text="please")
    assert await society.store.requests.grant(one, "Gone.", now=society.clock.now()) is Outcome.GRANTED
    assert not await is_there(society, who)
    assert await is_there(society, other)
    assert (await reviewed(society)).text == "mine"
    async with society.store.database.reading() as connection:
        keys = (await connection.execute(select(subject_keys.c.subject))).scalars().all()
    assert not [key for key in keys if one.request in key or who.party in key]


async def test_p_38_an_erasure_by_the_form_erases_the_customer_who_has_that_address(society: Society) -> None:
    mine, other = await customer(society, "Astrid@Example.org"), await customer(society, "someone@example.org")
    await society.post("/v1/my-data", FORM)
    one = await reviewed(society)
    assert await society.store.requests.about(one) == [envelope.customer(mine)]
    assert await society.store.requests.grant(one, "Gone.", now=society.clock.now()) is Outcome.GRANTED
    assert set(await society.store.customers.all()) == {other}
    assert (await reviewed(society)).email == FORM["email"], "there is somebody to write to"


async def test_p_38_an_erasure_by_the_form_that_leads_to_nobody_is_refused_as_that(society: Society) -> None:
    await society.post("/v1/my-data", FORM)
    now = society.clock.now()
    assert await society.store.requests.grant(await reviewed(society), None, now=now) is Outcome.REFUSED
    assert (await reviewed(society)).reason is Refusal.NOTHING_THERE


@pytest.mark.parametrize(("told", "kept_days"), [(True, rules.TOLD_KEPT_DAYS), (False, rules.DECIDED_KEPT_DAYS)])
async def test_p_38_a_request_goes_when_it_is_over(society: Society, told: bool, kept_days: int) -> None:
    await society.post("/v1/my-data", {**FORM, "text": "please"})
    one, now = await reviewed(society), society.clock.now()
    await society.store.requests.refuse(one, Refusal.NOT_IDENTIFIED, "Who?", now=now)
    if told:
        await society.store.requests.told(one.request, now=now)
    await society.store.sweep(now=now + kept_days * DAY)
    assert len(await society.store.requests.all()) == 1
    await society.store.sweep(now=now + (kept_days + 1) * DAY)
    async with society.store.database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(subject_requests))).scalar_one() == 0
        assert envelope.request(one.request) not in (await connection.execute(select(subject_keys.c.subject))).scalars()


# ---------------------------------------------------------------- P-52


async def test_p_52_known_and_unknown_addresses_get_the_same_answer_by_the_same_work(society: Society) -> None:
    await customer(society, FORM["email"])
    addresses = (FORM["email"], "nobody@example.org")
    answers = [await society.post("/v1/my-data", {**FORM, "email": email}) for email in addresses]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].raw == answers[1].raw
    works = [await statements_for(society, email) for email in addresses]
    assert works[0] == works[1]
    assert works[0]
    assert not [one for one in works[0] if "customers" in one or "profiles" in one], "nobody is looked up"


async def statements_for(society: Society, email: str) -> list[str]:
    """What the database is asked for such a request; what tasks beside ask isn't counted."""
    statements: list[str] = []
    is_asked = ContextVar("is_asked", default=False)

    def noted(*told: Any) -> None:
        if is_asked.get():
            statements.append(told[2])

    engine, people = society.store.database.engine.sync_engine, society.coordinator._front.people
    assert people is not None
    event.listen(engine, "before_cursor_execute", noted)
    is_asked.set(True)
    await people.rights.ask_by_form(api.MyDataRequest(email, "erasure"), now=society.clock.now())
    is_asked.set(False)
    event.remove(engine, "before_cursor_execute", noted)
    return statements


async def test_p_52_the_form_takes_an_address_a_kind_and_words_and_nothing_else(society: Society) -> None:
    assert set(api.MyDataRequest.__struct_fields__) == {"email", "kind", "text"}
    for wrong in (
        {**FORM, "phone": "+4740612345"},
        {**FORM, "kind": "gossip"},
        {**FORM, "email": "not an address"},
        {"kind": "access"},
        {**FORM, "text": "x" * 2001},
    ):
        refused = await society.post("/v1/my-data", wrong)
        assert (refused.status, refused.code) == (400, "bad_message")
    for kind in ("access", "rectification", "erasure", "restriction", "objection"):
        assert (await society.post("/v1/my-data", {"email": FORM["email"], "kind": kind})).status == 200


async def test_p_52_the_address_and_the_words_stand_nowhere_in_clear(society: Society) -> None:
    await society.post("/v1/my-data", {**FORM, "text": "Marker words"})
    one = await reviewed(society)
    await society.store.requests.refuse(one, Refusal.NOT_IDENTIFIED, "Marker answer", now=society.clock.now())
    raw = []
    async with society.store.database.reading() as connection:
        for table in METADATA.sorted_tables:
            for row in await connection.execute(select(table)):
                raw += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    assert not [value for value in raw if b"Marker" in value or b"astrid" in value]
    assert "astrid" not in society.log.getvalue()


async def test_p_52_one_network_asks_no_more_often_than_newcomers_do() -> None:
    async with living(newcomers_per_minute=2) as society:
        answers = [await society.post("/v1/my-data", FORM) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]


async def test_p_52_the_form_closes_to_everybody_alike_while_too_many_wait(
    society: Society, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "FORMS_AT_MOST", 1)
    await customer(society, FORM["email"])
    assert (await society.post("/v1/my-data", FORM)).status == 200
    refused = [await society.post("/v1/my-data", {**FORM, "email": one}) for one in (FORM["email"], "x@example.org")]
    assert [one.code for one in refused] == ["unavailable", "unavailable"]
    assert refused[0].raw == refused[1].raw


async def test_p_52_who_has_no_address_on_file_asks_in_the_app(society: Society) -> None:
    who, other = await society.person(), await society.person("Other")
    for _ in range(kept.OPEN_AT_MOST):
        await asked(society, who, "restriction")
    assert (await society.ask(who, "POST", "/v1/me/requests", {"kind": "access"})).code == "conflict"
    assert len((await society.ask(who, "GET", "/v1/me/requests")).body["requests"]) == kept.OPEN_AT_MOST
    assert (await society.ask(other, "GET", "/v1/me/requests")).body["requests"] == [], "nobody sees another's"
    komp, student = await society.device(), await society.student(await society.device(PartyKind.AV1))
    for nobody in (komp, student):
        assert (await society.ask(nobody, "GET", "/v1/me/requests")).code == "not_found"
        assert (await society.ask(nobody, "POST", "/v1/me/requests", {"kind": "access"})).code == "not_found"


async def test_p_52_the_page_asks_for_an_address_a_kind_and_words_in_three_languages(society: Society) -> None:
    served = await society.send("GET", "/my-data")
    page = served.raw.decode()
    assert (served.status, served.content_type) == (200, "text/html")
    assert "Set-Cookie" not in served.headers
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", page) == []
    for language in LANGUAGES:
        section = page.partition(f'<section lang="{language}"')[2].partition("</section>")[0]
        assert re.findall(r'name="(\w+)"', section) == ["email", "kind", "text"]
        assert re.findall(r'<option value="(\w+)"', section) == [kind.value for kind in RequestKind]
        assert "contact@noisolation.com" in section
    assert (await society.send("GET", "/my-data.js")).status == 200
    assert b'href="/my-data#sv"' in (await society.send("GET", "/privacy")).raw


def test_p_52_the_page_escapes_what_the_operator_set() -> None:
    page = form_page.page(Controller("A", "<script>@example.org", "2026-01-02", "3"))
    assert b"<script>@" not in page
    assert b"&lt;script&gt;@example.org" in page
