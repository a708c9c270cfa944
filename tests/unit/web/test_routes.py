"""The URL map: every route has a policy, and what has none is not served."""

import re
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from signalling.access.admission import Admission
from signalling.access.nonces import Nonces
from signalling.access.origins import Origins
from signalling.observe.figures import Figures
from signalling.observe.log import Log
from signalling.web.front import Front
from signalling.web.pages import Pages
from signalling.web.policy import Policy, RouteName
from signalling.web.proxies import Proxies
from signalling.web.routes import ROUTES, application, policies, table
from tests.clock import ManualClock

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


@pytest.fixture
def front() -> Front:
    """A door without a hub behind it: enough for what is asked here."""
    clock = ManualClock()
    nothing = cast("Any", None)
    return Front(
        origins=Origins("http://localhost:8080"),
        admission=Admission(per_minute=100),
        newcomers=Admission(per_minute=100),
        pace=Admission(per_minute=100),
        requests=nothing,
        circle=nothing,
        people=None,
        receipts=nothing,
        proxies=Proxies(),
        nonces=Nonces(),
        token_desk=nothing,
        desk=nothing,
        pages=Pages(),
        clock=clock,
        figures=Figures(),
        log=Log(clock),
        max_sockets=1,
        send_queue_bytes=65_536,
        relays=nothing,
    )


def served(app: web.Application) -> set[RouteName]:
    """Every route of the router, by its own account."""
    return {
        RouteName(route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }


def test_the_router_serves_the_map_and_nothing_else(front: Front) -> None:
    assert served(application(front)) == set(policies())


async def test_a_route_without_a_policy_is_not_served_whoever_added_it(front: Front) -> None:
    async def careless(_request: web.Request) -> web.Response:
        return web.Response(text="everybody's data")

    app = application(front)
    app.router.add_get("/v1/careless/all", careless)
    app.router.add_post("/livez", careless)
    async with TestClient(TestServer(app)) as client:
        for answer in (await client.get("/v1/careless/all"), await client.post("/livez")):
            assert answer.status == 404
            assert (await answer.json())["code"] == "not_found"
        assert (await client.get("/livez")).status == 200


def test_every_route_says_what_it_gives() -> None:
    assert all(re.fullmatch(r"[A-Z].*\.", route.about.replace("\n", " ")) for route in ROUTES)
    assert len({route.name for route in ROUTES}) == len(ROUTES)


def test_only_these_are_for_anyone() -> None:
    """A new open route is a decision: it is added here too."""
    assert {route.path for route in ROUTES if route.policy is Policy.OPEN and route.method != "OPTIONS"} == {
        "/v1/nonce",
        "/v1/register/code",
        "/v1/my-data",
        "/v1/openapi.json",
        "/v1/pages",
        "/v1/consents",
        "/v1/lists/waiting",
        "/v1/lists/newsletter",
        "/v1/support/threads",
        "/v1/receipts/head",
        "/v1/receipts/leaves/{leaf}",
        "/v1/receipts/inclusion/{index}/{size}",
        "/v1/receipts/growth/{old}/{new}",
        "/livez",
        "/readyz",
        "/{page}",
    }


def test_the_printed_map_has_a_line_for_each_route() -> None:
    lines = table().splitlines()
    assert len(lines) == len(ROUTES)
    for line, route in zip(lines, ROUTES, strict=True):
        assert line.split()[:3] == [route.method, route.path, route.policy]


def test_the_references_name_every_route_once() -> None:
    rows = [
        row
        for page in ("http.md", "api.md")
        for row in re.findall(
            r"^\| `([A-Z]+) (/[^`]*)` \| (\w+) \|", (REFERENCE / page).read_text(encoding="utf-8"), re.MULTILINE
        )
    ]
    assert sorted(rows) == sorted((route.method, route.path, route.policy.value) for route in ROUTES)
