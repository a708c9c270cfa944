"""Whatever is asked over HTTP, the answer is a success or a stable code, never a fault of ours, and repeats nothing."""

import json
import random
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signalling.protocol.errors import ErrorCode
from signalling.vocabulary import PartyKind
from signalling.web.policy import Policy
from signalling.web.route import Octets, Route
from signalling.web.routes import ROUTES
from tests.protocol.conftest import call_within_a_second
from tests.protocol.society import Answer, App, Society, living

pytestmark = pytest.mark.slow

SECRET = "sekret"
ID = "K" * 22
PARTS = ("{komp}", "{party}", "{picture}", "{post}", "{invitation}", "{endpoint}")
ASKED = [route for route in ROUTES if route.path.startswith("/v1/") and route.method != "OPTIONS"]
SIGNED = [route for route in ASKED if route.policy is Policy.ENDPOINT]
OPEN = [route for route in ASKED if isinstance(route.takes, type) and route.policy is not Policy.ENDPOINT]
READ = [route for route in ASKED if route.path.startswith("/v1/receipts/")]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(
        [SECRET, SECRET * 2000, ID, "", "admin", "user", "family", "staff", "123456", "+4740612345", "\ud800", "\x00"]
    )
    | st.text(max_size=70)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
fields = sorted({field for route in ASKED if isinstance(route.takes, type) for field in route.takes.__annotations__})
bodies = st.dictionaries(st.sampled_from([*fields, SECRET]), values, max_size=6).map(json.dumps).map(str.encode)
raw = st.binary(max_size=60) | st.sampled_from([b"[" * 8000, b"\xff", b'{"name":NaN}', b"{}" * 5000])
header = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=50)
FUZZED = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def society() -> AsyncIterator[Society]:
    async with living(requests_per_minute=100_000, knocks_per_minute=1_000_000, newcomers_per_minute=1_000_000) as one:
        komp, admin = await one.family()
        yield one
        house = one.house()
        assert await call_within_a_second(house, admin.somebody("person"), komp.somebody("komp"))
        await house.drop_all()
        assert "request.failed" not in one.log.getvalue()
        assert SECRET not in one.log.getvalue()


@pytest.fixture
async def apps(society: Society) -> list[App]:
    """One of each, and a real Komp to ask about."""
    komp, admin, uncle = await society.family("Uncle")
    robot = await society.device(PartyKind.AV1, "Robot")
    return [komp, admin, uncle, robot, await society.student(robot)]


def sound(answer: Answer, route: Route) -> None:
    assert answer.status < 500, (route.method, route.path, answer.raw)
    assert SECRET.encode() not in answer.raw or answer.status == 200
    if answer.status >= 400:
        assert set(answer.body) <= {"code", "message", "retry_after_ms"}
        assert answer.body["code"] in set(ErrorCode)


def named(route: Route, draw: st.DataObject, apps: list[App]) -> str:
    """Its path, with ids that are somebody's, nobody's, or none at all."""
    path = route.path
    for part in PARTS:
        ids = [*(one.party for one in apps), *(one.endpoint for one in apps), ID, "0" * 64, SECRET, "%00", "%2f", "a.b"]
        path = path.replace(part, draw.draw(st.sampled_from(ids)))
    return path


@FUZZED
@given(draw=st.data())
async def test_a_signed_request_of_any_content_gets_a_code(
    society: Society, apps: list[App], draw: st.DataObject
) -> None:
    route = draw.draw(st.sampled_from([one for one in SIGNED if (one.method, one.path) != ("DELETE", "/v1/me")]))
    who = draw.draw(st.sampled_from(apps))
    body = draw.draw(raw if isinstance(route.takes, Octets) else bodies | raw)
    answer = await society.ask_as_long_as_it_is_taken(who, route.method, named(route, draw, apps), body)
    sound(answer, route)


@FUZZED
@given(draw=st.data())
async def test_a_newcomers_request_of_any_content_gets_a_code(society: Society, draw: st.DataObject) -> None:
    route = draw.draw(st.sampled_from(OPEN))
    answer = await society.send(route.method, route.path, data=draw.draw(bodies | raw))
    sound(answer, route)


@FUZZED
@given(draw=st.data())
async def test_a_well_signed_ticket_of_any_content_gets_a_code(society: Society, draw: st.DataObject) -> None:
    what, path = draw.draw(
        st.sampled_from([("code", "/v1/register"), ("keyword", "/v1/keyword"), ("enrol", "/v1/enrol")])
    )
    text = draw.draw(st.from_regex(r"\A[0-9]{6}\Z") | st.text(max_size=70).filter(_is_text))
    more = st.dictionaries(st.sampled_from(["phone", "name", "invitation", "email", SECRET]), values, max_size=3)
    body = await society.ticket(App(), what, text) | draw.draw(more)
    answer = await society.send("POST", path, data=json.dumps(body).encode())
    sound(answer, next(route for route in ROUTES if route.path == path))
    assert answer.status in (400, 401, 403, 413), "nobody gets in by chance"


@FUZZED
@given(
    authorization=header,
    proof=header,
)
async def test_headers_of_any_content_open_nothing(society: Society, authorization: str, proof: str) -> None:
    route = random.choice(SIGNED)
    headers = {"Authorization": f"Bearer {authorization}".strip(), "Narvaro-Proof": proof.strip()}
    answer = await society.send(route.method, re.sub(r"\{\w+\}", ID, route.path), headers=headers)
    sound(answer, route)
    assert (answer.status, answer.code) in ((401, "not_authenticated"), (400, "bad_message"))


@FUZZED
@given(draw=st.data())
async def test_an_open_question_of_any_content_gets_a_code(society: Society, draw: st.DataObject) -> None:
    route = draw.draw(st.sampled_from(READ))
    said = st.sampled_from(["0", "1", "-1", "9" * 30, "1e9", "0x1", ID, "0" * 64, SECRET, "%00", "%2f", "a.b"])
    path = re.sub(r"\{\w+\}", lambda _: draw.draw(said), route.path)
    sound(await society.send(route.method, path), route)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def test_every_address_is_asked() -> None:
    asked: list[Any] = [*SIGNED, *OPEN, *READ]
    rest = {(route.method, route.path) for route in ASKED if route not in asked}
    taking_nothing = {"/v1/socket", "/v1/openapi.json", "/v1/consents", "/v1/pages"}
    assert rest == {("POST", "/v1/nonce"), *(("GET", path) for path in taking_nothing)}
