"""The HTTP side: one shape for failures, nothing repeated, headers on every answer, no pretended addresses."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.protocol.house import GRANDCHILD, STRANGER, House, running

ADDRESSES = (
    "/",
    "/family",
    "/livez",
    "/readyz",
    "/nowhere",
    "/v1/nonce",
    "/v1/socket",
    "/sdk/",
    "/%00",
    "/..%2fapp.py",
)


async def exchange(house: House, sent: bytes, *, seconds: float = 3) -> bytes:
    """Raw bytes to the server and everything it answers until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    try:
        writer.write(sent)
        async with asyncio.timeout(seconds):
            return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("path", ADDRESSES)
async def test_every_answer_carries_the_security_headers(house: House, path: str) -> None:
    async with house.http.get(f"http://127.0.0.1:{house.port}{path}") as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "microphone=(self)" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Server"] == "narvaro"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/sdk/", 404, "not_found"),
        ("GET", "/secret-words", 404, "not_found"),
        ("GET", "/metrics", 404, "not_found"),
        ("POST", "/", 405, "unsupported"),
        ("GET", "/v1/nonce", 404, "not_found"),
        ("DELETE", "/v1/token", 405, "unsupported"),
        ("POST", "/v1/token", 400, "bad_message"),
        ("GET", "/v1/socket", 400, "unsupported"),
    ],
)
async def test_every_failure_has_the_one_shape(house: House, method: str, path: str, status: int, code: str) -> None:
    async with house.http.request(method, f"http://127.0.0.1:{house.port}{path}") as response:
        text = await response.text()
        assert (response.status, response.content_type) == (status, "application/json")
    body = json.loads(text)
    assert set(body) == {"code", "message"}
    assert body["code"] == code
    assert "secret-words" not in text


@pytest.mark.parametrize(
    "sent",
    [
        b"secret-words\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nsecret-words\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"secret-words" * 2000 + b"\r\n\r\n",
        b"GET /" + b"secret-words" * 2000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03secret-words\r\n\r\n",
        b"POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Length: secret-words\r\n\r\n",
        b"POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
async def test_what_is_no_http_gets_the_one_shape_too_and_is_not_repeated(house: House, sent: bytes) -> None:
    answer = await exchange(house, sent)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    assert b"Content-Security-Policy" in head
    assert b"secret-words" not in answer
    assert json.loads(body)["code"] == "bad_message"
    assert "secret-words" not in house.log.getvalue()


async def test_a_token_is_asked_for_in_the_documented_shape_alone(house: House) -> None:
    good = {"endpoint": GRANDCHILD.endpoint, "nonce": "A" * 51, "signature": "A" * 86}
    bodies: list[Any] = [
        None,
        [],
        {},
        {**good, "secret-words": 1},
        {**good, "endpoint": "secret-words"},
        {**good, "nonce": 5},
        {**good, "signature": ""},
    ]
    for body in bodies:
        status, answer = await house.post("/v1/token", body)
        assert (status, answer["code"]) == (400, "bad_message")
        assert "secret" not in str(answer)
    for raw in (b"", b"[" * 8000, b"\xff", b'{"endpoint":NaN}'):
        status, answer = await house.post("/v1/token", data=raw)
        assert (status, answer["code"]) == (400, "bad_message")


async def test_unknown_endpoints_and_wrong_signatures_get_the_same_answer(house: House) -> None:
    answers = []
    for who in (GRANDCHILD, STRANGER):
        _, given = await house.post("/v1/nonce")
        asked = {"endpoint": who.endpoint, "nonce": given["nonce"], "signature": who.signs(b"other bytes")}
        answers.append(await house.post("/v1/token", asked))
    assert answers[0] == answers[1]
    assert answers[0][0] == 401
    assert answers[0][1]["code"] == "not_authenticated"


async def test_a_large_body_is_refused_however_it_is_announced(house: House) -> None:
    status, answer = await house.post("/v1/token", data=b"x" * 8193)
    assert (status, answer["code"]) == (413, "too_large")

    async def chunks() -> Any:
        for _ in range(20):
            yield b"x" * 1000

    status, answer = await house.post("/v1/token", data=chunks())
    assert (status, answer["code"]) == (413, "too_large")


async def test_a_compressed_bomb_stays_packed(house: House) -> None:
    status, _ = await house.post("/v1/token", data=b"x" * 100, headers={"Content-Encoding": "deflate"})
    assert status == 400


async def test_a_body_that_drips_is_cut_off(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalling.web.bodies.read_json.__kwdefaults__", {"seconds": 0.2})
    sent = b"POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"
    answer = await exchange(house, sent)
    assert answer.startswith(b"HTTP/1.1 400")


async def test_a_head_that_never_ends_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalling.web.listener.KEEPALIVE_SECONDS", 0.2)
    async with running(tmp_path) as house:
        assert await exchange(house, b"GET / HTTP/1.1\r\nHost: x\r\n") == b""


async def test_nonces_are_for_our_pages_allowed_ones_and_devices(tmp_path: Path) -> None:
    async with running(tmp_path, allowed_origins="https://family.example") as house:
        for origin, expected in (
            (house.url, 200),
            ("https://family.example", 200),
            ("https://evil.example", 403),
            ("null", 403),
        ):
            async with house.http.post(
                f"http://127.0.0.1:{house.port}/v1/nonce", headers={"Origin": origin}
            ) as response:
                assert response.status == expected
                allowed = response.headers.get("Access-Control-Allow-Origin")
                assert allowed == ("https://family.example" if origin == "https://family.example" else None)
                assert response.headers["Vary"] == "Origin"


async def test_another_allowed_origins_page_may_ask_whether_it_may_ask(tmp_path: Path) -> None:
    async with running(tmp_path, allowed_origins="https://family.example") as house:
        for origin, expected in (("https://family.example", 204), ("https://evil.example", 403)):
            async with house.http.options(
                f"http://127.0.0.1:{house.port}/v1/token",
                headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
            ) as response:
                assert response.status == expected


async def test_who_knocks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    async with running(tmp_path, knocks_per_minute=3) as house:
        answers = [await house.post("/v1/nonce") for _ in range(4)]
        assert [status for status, _ in answers] == [200, 200, 200, 429]
        assert answers[3][1]["code"] == "too_many"
        assert answers[3][1]["retry_after_ms"] > 0
        house.clock.advance(60)
        assert (await house.post("/v1/nonce"))[0] == 200


async def test_a_pretended_address_buys_no_more_knocks(tmp_path: Path) -> None:
    async with running(tmp_path, knocks_per_minute=2) as house:
        statuses = [
            (await house.post("/v1/nonce", headers={"X-Forwarded-For": f"203.0.{number}.1"}))[0] for number in range(3)
        ]
        assert statuses == [200, 200, 429]


async def test_behind_our_own_proxy_each_network_is_counted_for_itself(tmp_path: Path) -> None:
    async with running(tmp_path, knocks_per_minute=1, trusted_proxies="127.0.0.0/8") as house:
        for number in range(3):
            status, _ = await house.post("/v1/nonce", headers={"X-Forwarded-For": f"198.51.100.66, 203.0.{number}.1"})
            assert status == 200
        again, _ = await house.post("/v1/nonce", headers={"X-Forwarded-For": "192.0.2.66, 203.0.1.9"})
        assert again == 429, "the part that the client wrote itself does not count"
        assert "203.0" not in house.log.getvalue()


async def test_pages_are_revalidated_and_never_listed(house: House) -> None:
    address = f"http://127.0.0.1:{house.port}/family"
    async with house.http.get(address) as response:
        assert response.status == 200
        etag = response.headers["ETag"]
        assert response.headers["Cache-Control"] == "no-cache"
    async with house.http.get(address, headers={"If-None-Match": etag}) as response:
        assert (response.status, await response.read()) == (304, b"")
    async with house.http.head(address) as response:
        assert (response.status, await response.read()) == (200, b"")


async def test_answers_of_the_api_are_never_stored(house: House) -> None:
    async with house.http.post(f"http://127.0.0.1:{house.port}/v1/nonce") as response:
        assert response.headers["Cache-Control"] == "no-store"


async def test_metrics_have_a_listener_of_their_own_on_loopback(house: House) -> None:
    await house.come_in(GRANDCHILD)
    address = f"http://127.0.0.1:{house.coordinator.metrics_port}"
    async with aiohttp.ClientSession() as scraper:
        async with scraper.get(f"{address}/metrics") as response:
            text = await response.text()
            assert response.status == 200
        async with scraper.get(f"{address}/") as response:
            assert response.status == 404
    assert "narvaro_sessions 1.0" in text
    assert GRANDCHILD.endpoint not in text
