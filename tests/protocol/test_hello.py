"""Coming in: what refuses a client at the door, each with a stable code."""

from pathlib import Path
from typing import Any

import pytest

from tests.protocol.house import GRANDCHILD, KOMP, STRANGER, UNCLE, House, running
from tests.protocol.raw import BINARY, CLOSE, TEXT, RawSocket, RefusedError, frame


async def test_a_signed_hello_is_answered_by_ready(house: House) -> None:
    raw, nonce = await house.open()
    raw.say(house.hello(GRANDCHILD, await house.token(GRANDCHILD), nonce))
    ready = await raw.hear()
    assert (ready["t"], ready["epoch"], ready["heartbeat_seconds"], ready["calls"]) == ("ready", 1, 20, [])


async def test_welcome_tells_the_limits_and_a_nonce_of_its_own(house: House) -> None:
    first, second = await house.dial(), await house.dial()
    one, other = await first.hear(), await second.hear()
    assert one["t"] == "welcome"
    assert one["protocol"] == "narvaro.v1"
    assert one["limits"] == {
        "frame_bytes": 32768,
        "box_characters": 24576,
        "hello_seconds": 5,
        "unacknowledged_boxes": 64,
    }
    assert len(one["nonce"]) == 43
    assert one["nonce"] != other["nonce"]


async def refused(house: House, said: dict[str, Any], raw: RawSocket) -> tuple[str, int]:
    raw.say(said)
    error = await raw.hear()
    assert error["t"] == "error"
    return error["code"], await raw.closed_with()


async def test_a_wrong_token_is_refused(house: House) -> None:
    good = await house.token(GRANDCHILD)
    head, claims, signature = good.split(".")
    swapped = "A" if signature[10] != "A" else "B"
    for wrong in (f"{head}.{claims}.{signature[:10]}{swapped}{signature[11:]}", "secret-words.secret-words.AA"):
        raw, nonce = await house.open()
        said = house.hello(GRANDCHILD, good, nonce, {"token": wrong})
        assert await refused(house, said, raw) == ("not_authenticated", 4001)


async def test_a_wrong_signature_is_refused(house: House) -> None:
    token = await house.token(GRANDCHILD)
    raw, nonce = await house.open()
    other = house.hello(KOMP, token, nonce)  # signed with another key than the token names
    assert await refused(house, other, raw) == ("not_authenticated", 4001)


async def test_a_hello_overheard_on_another_socket_is_refused(house: House) -> None:
    token = await house.token(GRANDCHILD)
    first, nonce = await house.open()
    said = house.hello(GRANDCHILD, token, nonce)
    first.say(said)
    await first.hear("ready")
    second, _ = await house.open()
    assert await refused(house, said, second) == ("not_authenticated", 4001)
    first.say({"t": "call.sync", "call": "A" * 22, "id": "1"})
    assert (await first.hear())["code"] == "unknown_call", "the first socket lives on"


async def test_a_token_that_is_over_is_refused(house: House) -> None:
    token = await house.token(GRANDCHILD)
    house.clock.advance(15 * 60)
    raw, nonce = await house.open()
    assert await refused(house, house.hello(GRANDCHILD, token, nonce), raw) == ("token_expired", 4001)


async def test_an_endpoint_outside_the_circle_gets_no_token(house: House) -> None:
    with pytest.raises(AssertionError, match="not_authenticated"):
        await house.token(STRANGER)


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (b'{"t":"pong"}', "not_authenticated"),
        (b'{"t":"bye"}', "not_authenticated"),
        (b'{"t":"hello"}', "bad_message"),
        (b'{"t":"secret-words"}', "unsupported"),
        (b"secret-words", "bad_message"),
    ],
)
async def test_the_first_message_is_a_hello(house: House, first: bytes, code: str) -> None:
    raw, _ = await house.open()
    raw.send(frame(TEXT, first))
    error = await raw.hear()
    assert (error["code"], await raw.closed_with()) == (code, 4001)


async def test_rules_of_frames_hold_before_the_hello_too(house: House) -> None:
    for wrong, code in ((frame(TEXT, b"{}", masked=False), 1002), (frame(BINARY, b"{}"), 1003)):
        raw, _ = await house.open()
        raw.send(wrong)
        assert await raw.closed_with() == code


async def test_who_says_no_hello_is_closed_in_time(tmp_path: Path) -> None:
    async with running(tmp_path, hello_seconds=0.2) as house:
        raw, _ = await house.open()
        assert await raw.closed_with(seconds=2) == 4002
        half, _ = await house.open()
        half.send(frame(TEXT, b"{", fin=False))
        assert await half.closed_with(seconds=2) == 4002, "half a hello is none"


async def test_a_newer_session_closes_the_older_one(house: House) -> None:
    older = await house.come_in(GRANDCHILD)
    newer = await house.come_in(GRANDCHILD)
    assert await older.closed_with() == 4003
    newer.say({"t": "call.sync", "call": "A" * 22, "id": "1"})
    assert (await newer.hear())["ref"] == "1"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost", "http://localhost:1.evil"])
async def test_a_wrong_origin_is_refused_before_the_upgrade(house: House, origin: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        await house.dial(headers={"Origin": origin})
    assert (refusal.value.status, refusal.value.body["code"]) == (403, "origin_refused")


async def test_our_own_page_and_a_device_come_in(house: House) -> None:
    for origin in ("", house.url, f"http://127.0.0.1:{house.port}"):
        raw, _ = await house.open(headers={"Origin": origin})
        raw.send(frame(CLOSE, b"\x03\xe8"))
        assert await raw.closed_with() == 1000


@pytest.mark.parametrize("offered", ["", "chat", "narvaro.v2", "xnarvaro.v1"])
async def test_another_subprotocol_is_refused_before_the_upgrade(house: House, offered: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        await house.dial(headers={"Sec-WebSocket-Protocol": offered})
    assert (refusal.value.status, refusal.value.body["code"]) == (400, "unsupported")


async def test_ours_may_be_one_of_several_subprotocols(house: House) -> None:
    await house.dial(headers={"Sec-WebSocket-Protocol": "narvaro.v2, narvaro.v1"})


async def test_compression_is_never_agreed_on(house: House) -> None:
    """`RawSocket` holds the answer to it: compressed, plaintext would stay in zlib's window."""
    await house.dial(headers={"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"})


@pytest.mark.parametrize(
    "headers",
    [
        {"Upgrade": ""},
        {"Connection": "close"},
        {"Sec-WebSocket-Version": "12"},
        {"Sec-WebSocket-Key": "secret-words"},
    ],
)
async def test_a_broken_upgrade_is_refused_without_repeating_it(house: House, headers: dict[str, str]) -> None:
    with pytest.raises(RefusedError) as refusal:
        await house.dial(headers=headers)
    assert (refusal.value.status, refusal.value.body["code"]) == (400, "bad_message")
    assert "secret-words" not in str(refusal.value.body)


async def test_a_full_server_says_so_and_closes(tmp_path: Path) -> None:
    async with running(tmp_path, max_sockets=2) as house:
        inside = [await house.come_in(GRANDCHILD), await house.come_in(UNCLE)]
        late = await house.dial()
        error = await late.hear()
        assert (error["code"], error["retry_after_ms"] > 0) == ("unavailable", True)
        assert await late.closed_with() == 1013
        inside[0].say({"t": "bye"})
        assert await inside[0].closed_with() == 1000
        await house.open()
