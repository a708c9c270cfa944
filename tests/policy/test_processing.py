"""Processing, processors, security (P-40 to P-51): who may ask, who is told, and what pages do."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signalling.app import PAGES
from signalling.web.policy import Policy
from signalling.web.routes import ROUTES
from tests.protocol.house import KOMP, OTHER_KOMP, STRANGER, UNCLE, House, running

CLIENT_SIM = Path(__file__).parents[2] / "client_sim"
OPEN_TO_ALL = {"/v1/nonce", "/livez", "/readyz", "/{page}"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with running(tmp_path, turn_urls="stun:stun.example.eu:3478") as one:
        yield one


def test_p_45_every_route_says_who_may_use_it_and_only_these_are_open() -> None:
    assert {route.path for route in ROUTES if route.policy is Policy.OPEN and route.method == "GET"} <= OPEN_TO_ALL
    closed = {(route.method, route.path) for route in ROUTES if route.policy is not Policy.OPEN}
    assert closed == {("POST", "/v1/token"), ("GET", "/v1/socket")}


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


async def test_decision_6_no_address_is_in_any_log_line_or_figure(house: House) -> None:
    raw = await house.come_in(UNCLE)
    await raw.drop()
    figures = house.coordinator.figures.text().decode()
    for told in (house.log.getvalue(), figures):
        assert told
        assert not re.search(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|localhost|\[::1\]", told)
