"""Processing, processors, security (P-40 to P-51): who may ask, who is told, and what pages do."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signalling.app import PAGES
from signalling.web.policy import Policy, RouteName
from signalling.web.routes import ROUTES, application, policies
from tests.protocol.house import KOMP, OTHER_KOMP, STRANGER, UNCLE, House, running
from tests.protocol.society import App, living

CLIENT_SIM = Path(__file__).parents[2] / "client_sim"
RECEIPTS = {
    f"/v1/receipts/{end}" for end in ("head", "leaves/{leaf}", "inclusion/{index}/{size}", "growth/{old}/{new}")
}
OPEN_TO_ALL = {"/v1/openapi.json", "/v1/pages", "/livez", "/readyz", "/{page}", "/v1/consents"} | RECEIPTS
HOLDERS = ("/v1/lists/withdraw", *(f"/v1/support/threads/{end}" for end in ("read", "messages", "erase")))
"""Opened by an unguessable reference or token in the body, without an account."""
OPEN_ROUTES = {route.name for route in ROUTES if route.policy is Policy.OPEN}
FORGED = {"Authorization": "Bearer " + "x" * 60, "Narvaro-Proof": f"t=1800000000000,n={'n' * 22},s={'s' * 86}"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path, turn_urls="stun:stun.example.eu:3478") as one:
        yield one


def test_p_45_every_route_says_who_may_use_it_and_only_these_are_open() -> None:
    assert {route.path for route in ROUTES if route.policy is Policy.OPEN and route.method == "GET"} <= OPEN_TO_ALL
    assert {
        (route.method, route.path) for route in ROUTES if route.policy is Policy.OPEN and route.method != "GET"
    } == {
        ("POST", "/v1/nonce"),
        ("POST", "/v1/register/code"),
        ("POST", "/v1/my-data"),  # a form for whoever has no app: it tells nothing of anybody
        ("POST", "/v1/lists/waiting"),
        ("POST", "/v1/lists/newsletter"),
        ("POST", "/v1/support/threads"),
        ("OPTIONS", "/v1/{any}"),
    }
    newcomers = {(route.method, route.path) for route in ROUTES if route.policy is Policy.NEWCOMER}
    assert newcomers == {("POST", "/v1/register"), ("POST", "/v1/enrol"), ("POST", "/v1/keyword")}
    holders = {(route.method, route.path) for route in ROUTES if route.policy is Policy.HOLDER}
    assert holders == {("POST", path) for path in HOLDERS}
    signed = {(route.method, route.path) for route in ROUTES if route.policy in {Policy.SIGNED, Policy.HELLO}}
    assert signed == {("POST", "/v1/token"), ("GET", "/v1/socket")}
    assert {route.policy for route in ROUTES} == set(Policy)


async def test_p_45_every_route_of_the_router_has_a_policy(house: House) -> None:
    """The router's own account, not ours."""
    routes = list(application(house.coordinator._front).router.routes())
    named = policies()
    for route in routes:
        assert route.resource is not None
        method = "GET" if route.method == "HEAD" else route.method
        assert named[RouteName(method, route.resource.canonical)] in Policy
    assert len(routes) == sum(2 if route.method == "GET" else 1 for route in ROUTES)


@pytest.mark.parametrize("proof", [{}, FORGED], ids=["nothing", "forged headers"])
async def test_p_45_an_anonymous_crawl_is_turned_away_everywhere_but_at_what_is_open(proof: dict[str, str]) -> None:
    async with living(knocks_per_minute=10_000) as society:
        crawled = []
        for route in application(society.coordinator._front).router.routes():
            assert route.resource is not None
            path = re.sub(r"\{\w+\}", "K" * 22, route.resource.canonical)
            if RouteName(route.method, route.resource.canonical) not in OPEN_ROUTES and route.method != "HEAD":
                answer = await society.send(route.method, path, headers=proof)
                crawled.append((route.method, path, answer.status))
        turned_away = [(method, path) for method, path, status in crawled if status in {401, 403, 404}]
        rest = {(method, path, status) for method, path, status in crawled if (method, path) not in turned_away}
        asked_wrongly = {("POST", path, 400) for path in ("/v1/token", "/v1/register", "/v1/enrol", "/v1/keyword")}
        asked_wrongly |= {("POST", path, 400) for path in HOLDERS}
        assert rest == asked_wrongly | {("GET", "/v1/socket", 400)}, "an empty body is no request; see below"
        assert len(turned_away) >= 20


async def test_p_45_a_well_formed_request_of_a_stranger_is_turned_away_too() -> None:
    async with living() as society:
        stranger = App()
        bodies = {
            "/v1/token": {"endpoint": stranger.endpoint, "nonce": await society.nonce(), "signature": "s" * 86},
            "/v1/register": await society.ticket(stranger, "code", "123456", phone="+4740612345", name="Eve"),
            "/v1/enrol": await society.ticket(stranger, "enrol", "T" * 43),
            "/v1/keyword": await society.ticket(stranger, "keyword", "ABCD-EFGH-JKMN"),
        }
        for path, body in bodies.items():
            assert (await society.post(path, body)).status in {401, 403}


async def test_p_45_a_stolen_token_opens_nothing() -> None:
    async with living() as society:
        astrid, thief = await society.person("Astrid"), App()
        thief.token, thief.token_at = await society.token(astrid), society.clock.now()
        assert (await society.ask(astrid, "GET", "/v1/me")).status == 200
        for method, path in (("GET", "/v1/me"), ("DELETE", "/v1/me"), ("GET", "/v1/circle")):
            answer = await society.ask(thief, method, path)
            assert (answer.status, answer.code) == (401, "not_authenticated")


async def test_p_45_a_stranger_gets_no_token_and_no_session(house: House) -> None:
    status, refused = await house.post(
        "/v1/token", {"endpoint": STRANGER.endpoint, "nonce": "n" * 43, "signature": "s" * 86}
    )
    assert (status, refused["code"]) == (401, "not_authenticated")
    raw, _ = await house.open()
    raw.say({"t": "presence.watch", "endpoints": [KOMP.endpoint]})
    assert (await raw.hear("error"))["code"] == "not_authenticated"
    assert await raw.closed_with() == 4001


async def test_p_45_somebody_elses_device_looks_like_no_device(house: House) -> None:
    """Unknown, forbidden and not linked are one and the same answer."""
    uncle = await house.come_in(UNCLE)
    for party, endpoint in ((KOMP.party, KOMP.endpoint), (STRANGER.party, STRANGER.endpoint)):
        ring = {"endpoint": endpoint, "key": 1, "box": "cmluZw"}
        uncle.say(
            {"t": "call.invite", "id": "1", "call": "C" * 22, "to": party, "from_key": 1, "media": "video"}
            | {"rings": [ring], "lifetime_ms": 30_000}
        )
        assert (await uncle.hear("error"))["code"] == "not_found"


async def test_p_42_endpoints_are_given_the_operators_ice_servers_and_no_others(house: House) -> None:
    komp, uncle = await house.come_in(OTHER_KOMP), await house.come_in(UNCLE)
    uncle.say(
        {"t": "call.invite", "id": "1", "call": "C" * 22, "to": OTHER_KOMP.party, "from_key": 1, "media": "video"}
        | {"rings": [{"endpoint": OTHER_KOMP.endpoint, "key": 1, "box": "cmluZw"}], "lifetime_ms": 30_000}
    )
    wanted = [{"urls": ["stun:stun.example.eu:3478"]}]
    assert (await uncle.hear("ok"))["ice_servers"] == wanted
    assert (await komp.hear("call.ring"))["ice_servers"] == wanted


def test_p_42_no_endpoint_of_ours_falls_back_to_a_librarys_stun_server() -> None:
    """Each connection is made with the ICE servers named, in both languages; an empty list means none."""
    python = [
        text for file in CLIENT_SIM.rglob("*.py") for text in re.findall(r"RTCConfiguration\([^)]*", file.read_text())
    ]
    script = [
        text for file in PAGES.rglob("*.js") for text in re.findall(r"new RTCPeerConnection\([^)]*", file.read_text())
    ]
    assert python
    assert script
    assert [text for text in (*python, *script) if "iceServers" not in text] == []


@pytest.mark.parametrize("page", ["/", "/family"])
async def test_p_49_pages_ask_nobody_else_and_set_no_cookie(house: House, page: str) -> None:
    async with house.http.get(f"{house.url}{page}") as answer:
        text, headers = await answer.text(), answer.headers
    assert "Set-Cookie" not in headers
    assert "connect-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", text) == []


def test_p_49_p_50_p_51_no_page_or_script_of_ours_names_another_site() -> None:
    """No analytics, no advertising, no font or script from elsewhere; XML's own names are not fetched."""
    files = [file for file in PAGES.rglob("*") if file.suffix in {".html", ".js", ".css", ".svg"}]
    assert len(files) > 30
    told = {
        file.name: re.findall(r"(?:https?:|wss?:)?//[a-z0-9-]+\.[a-z0-9.-]+", _without_notes(file)) for file in files
    }
    outside = {name: [url for url in found if "www.w3.org" not in url] for name, found in told.items()}
    assert {name: found for name, found in outside.items() if found} == {}


def _without_notes(file: Path) -> str:
    """Its text; of a vendored file, which stays as its author published it, without the comments."""
    text = file.read_text()
    return re.sub(r"/\*.*?\*/|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE) if "vendor" in file.parts else text


async def test_p_23_no_answer_of_ours_lets_a_page_talk_to_anybody_else(house: House) -> None:
    for path in ("/", "/family", "/privacy", "/livez", "/v1/openapi.json", "/nowhere"):
        async with house.http.get(f"{house.url}{path}") as answer:
            assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_decision_6_no_address_is_in_any_log_line_or_figure(house: House) -> None:
    raw = await house.come_in(UNCLE)
    await raw.drop()
    figures = house.coordinator.figures.text().decode()
    for told in (house.log.getvalue(), figures):
        assert told
        assert not re.search(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|localhost|\[::1\]", told)
