"""Slow, silent and many: one client's trouble stays its own."""

import asyncio
import json
import secrets
import time

import pytest

from signalling.protocol.proof import base64url
from signalling.web.wheel import Wheel
from tests.protocol.house import GRANDCHILD, KOMP, OTHER_KOMP, UNCLE, House, running, until
from tests.protocol.raw import CLOSE, TEXT, RawSocket, frame

BOX = "x" * 24_000
LIMIT = 65_536


async def joined(house: House, call: str, **callee: int) -> tuple[RawSocket, RawSocket]:
    """A call between the family's two ends, joined."""
    here, there = await house.come_in(GRANDCHILD), await house.come_in(KOMP, **callee)
    here.say(
        {"t": "call.invite", "id": "1", "call": call, "to": KOMP.party, "from_key": 1, "media": "video"}
        | {"rings": [{"endpoint": KOMP.endpoint, "key": 1, "box": "cmluZw"}], "lifetime_ms": 30_000}
    )
    await there.hear("call.ring")
    there.say({"t": "call.join", "call": call, "box": "am9pbg"})
    await here.hear("call.joined")
    return here, there


async def test_a_reader_that_does_not_read_is_cut_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is cut at the bound; who writes to it is not held back, and hears that it left."""
    monkeypatch.setattr("signalling.web.connection.CLOSE_SECONDS", 0.3)
    connections = house.coordinator._front.connections
    house.coordinator._front.send_queue_bytes = LIMIT
    call = base64url(secrets.token_bytes(16))
    here, slow = await joined(house, call, receive_bytes=4096)
    mine = next(one for one in connections if one._transport.get_extra_info("peername") == slow.address)
    for sequence in range(300):
        here.say({"t": "box", "call": call, "handshake": 0, "seq": sequence, "ack": 0, "box": BOX})
    await here.flushed()
    await until(lambda: mine.closed_with is not None)
    assert mine.closed_with == 4006
    waits = mine._transport.get_write_buffer_size()
    assert LIMIT < waits < LIMIT + 32_768, "no more waits for it than the bound and a frame"
    assert (await here.hear("call.peer"))["present"] is False
    here.say({"t": "call.sync", "call": call, "id": "alive"})
    assert (await here.hear("ok"))["ref"] == "alive"
    assert await house.ordinary_call(UNCLE, OTHER_KOMP) < 1
    await until(lambda: mine not in connections, seconds=4)


async def test_a_slow_reader_that_wakes_up_learns_why(house: House) -> None:
    house.coordinator._front.send_queue_bytes = LIMIT
    call = base64url(secrets.token_bytes(16))
    here, slow = await joined(house, call, receive_bytes=4096)
    for sequence in range(300):
        here.say({"t": "box", "call": call, "handshake": 0, "seq": sequence, "ack": 0, "box": BOX})
    await here.flushed()
    assert await slow.closed_with() == 4006


async def test_a_client_that_sends_pings_and_reads_nothing_is_bounded_too(house: House) -> None:
    house.coordinator._front.send_queue_bytes = LIMIT
    raw = await house.come_in(GRANDCHILD, receive_bytes=4096)
    raw.send(frame(0x9, b"x" * 125) * 5000)
    assert await raw.closed_with() == 4007


def wheel_of(house: House) -> Wheel:
    """The wheel, to be turned by hand: its own next beat is half a turn away from whoever comes in now."""
    wheel = house.coordinator._front.desk.wheel
    wheel._next = (wheel._now + len(wheel._slots) // 2) % len(wheel._slots)
    return wheel


async def test_each_beat_is_a_ping_and_any_answer_counts(house: House) -> None:
    wheel = wheel_of(house)
    raw = await house.come_in(GRANDCHILD)
    for number in range(5):
        wheel.turn()
        opcode, payload = await raw.frame()
        assert (opcode, json.loads(payload)) == (TEXT, {"t": "ping"})
        raw.say({"t": "pong"} if number % 2 else {"t": "presence.watch", "endpoints": []})
        await settled(house)


async def test_a_client_silent_for_two_beats_is_closed(house: House) -> None:
    wheel = wheel_of(house)
    silent, alive = await house.come_in(GRANDCHILD), await house.come_in(KOMP)
    for _ in range(3):
        wheel.turn()
        assert (await alive.frame())[0] == TEXT
        alive.say({"t": "pong"})
        await settled(house)
    assert await silent.closed_with() == 4005
    alive.say({"t": "call.sync", "call": "A" * 22, "id": "1"})
    assert (await alive.hear())["ref"] == "1"


async def test_a_socket_without_a_hello_is_not_on_the_wheel(house: House) -> None:
    await house.open()
    assert len(house.coordinator._front.desk.wheel) == 0


async def test_a_client_that_is_lost_leaves_nothing(house: House) -> None:
    for _ in range(20):
        raw = await house.come_in(GRANDCHILD)
        await raw.drop()
    raw, _ = await house.open()
    await raw.drop()
    await until(lambda: not house.coordinator.sockets, seconds=4)
    assert len(house.coordinator._front.desk.wheel) == 0
    assert b"narvaro_sessions 0.0" in house.coordinator.figures.text()
    assert b"narvaro_sockets 0.0" in house.coordinator.figures.text()


async def test_a_client_that_closes_and_then_neither_reads_nor_leaves_is_torn_down(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signalling.web.connection.CLOSE_SECONDS", 0.2)
    call = base64url(secrets.token_bytes(16))
    here, slow = await joined(house, call, receive_bytes=4096)
    for sequence in range(20):
        here.say({"t": "box", "call": call, "handshake": 0, "seq": sequence, "ack": 0, "box": BOX})
    await here.flushed()
    slow.send(frame(CLOSE, b"\x03\xe8"))
    await until(lambda: house.coordinator.sockets == 1, seconds=4)


async def test_a_fault_of_ours_ends_nothing_and_tells_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("secret-words")

    raw = await house.come_in(GRANDCHILD)
    with monkeypatch.context() as patched:
        patched.setattr(house.coordinator.hub, "handle", broken)
        raw.say({"t": "call.sync", "call": "A" * 22, "id": "7"})
        assert await raw.hear() == {"t": "error", "code": "internal", "ref": "7"}
    raw.say({"t": "call.sync", "call": "A" * 22, "id": "8"})
    assert (await raw.hear())["code"] == "unknown_call"
    assert "ZeroDivisionError@" in house.log.getvalue()


async def test_a_fault_of_ours_at_the_hello_closes_that_socket(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("secret-words")

    with monkeypatch.context() as patched:
        patched.setattr(house.coordinator.hub, "open", broken)
        token = await house.token(GRANDCHILD)
        raw, nonce = await house.open()
        raw.say(house.hello(GRANDCHILD, token, nonce))
        assert await raw.closed_with() == 1013


async def settled(house: House) -> None:
    """Until the server has read what was sent to it."""
    gates = [one._socket.gate for one in house.coordinator._front.connections]
    await until(lambda: any(gate.heard for gate in gates))


async def test_a_stopping_server_says_goodbye_to_all_and_ends_in_time(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with running(tmp_path_factory.mktemp("stopping"), drain_seconds=5) as house:
        ends = [await house.come_in(one) for one in (GRANDCHILD, KOMP, UNCLE)]
        began = time.perf_counter()
        stopping = asyncio.create_task(house.coordinator.stop())
        for end in ends:
            away = await end.hear("goaway")
            assert 0 < away["reconnect_after_ms"] <= 5000
            assert await end.closed_with() == 1001
        await stopping
        assert time.perf_counter() - began < 1


async def test_a_stopping_server_is_alive_and_not_ready_and_takes_nobody(
    house: House,
) -> None:
    house.coordinator._front.is_draining = True
    for path, status in (("/livez", 200), ("/readyz", 503), ("/v1/socket", 503)):
        async with house.http.get(f"http://127.0.0.1:{house.port}{path}") as response:
            assert response.status == status
            if status == 503:
                assert (await response.json())["code"] == "draining"
                assert int(response.headers["Retry-After"]) > 0
    house.coordinator._front.is_draining = False


async def test_clients_that_do_not_answer_the_goodbye_are_torn_down(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with running(tmp_path_factory.mktemp("deaf"), drain_seconds=0.3) as house:
        await house.come_in(GRANDCHILD)
        began = time.perf_counter()
        await house.coordinator.stop()
        assert time.perf_counter() - began < 2
        assert house.coordinator.sockets == 0
