"""In a session: what is no message, or not ours to say, gets its stable code, and the socket lives on as documented."""

import json
from typing import Any

import pytest

from tests.protocol.house import GRANDCHILD, KOMP, STRANGER, House
from tests.protocol.raw import CONTINUATION, PING, PONG, TEXT, RawSocket, frame

CALL = "C" * 22
DEEP = b"[" * 15_000
QUALITY = b'{"t":"call.quality","id":"7","call":"' + CALL.encode() + b'","jitter_ms":'

REFUSED = {
    "no JSON": (b"secret-words", "bad_message", None),
    "nothing": (b"", "bad_message", None),
    "JSON that is no object": (b"[1,2]", "bad_message", None),
    "no type": (b'{"id":"7"}', "bad_message", "7"),
    "an unknown type": (b'{"t":"secret-words","id":"7"}', "unsupported", "7"),
    "a type of the server's": (b'{"t":"ready","id":"7"}', "unsupported", "7"),
    "a field too many": (
        b'{"t":"call.sync","id":"7","call":"' + CALL.encode() + b'","secret-words":1}',
        "unsupported",
        "7",
    ),
    "a field of another type": (b'{"t":"call.sync","id":"7","call":5}', "bad_message", "7"),
    "a field too few": (b'{"t":"call.sync","id":"7"}', "bad_message", "7"),
    "an id outside its limits": (b'{"t":"call.sync","id":"' + b"x" * 33 + b'","call":5}', "bad_message", None),
    "NaN": (QUALITY + b"NaN}", "bad_message", None),
    "Infinity": (QUALITY + b"Infinity}", "bad_message", None),
    "a number beyond its limit": (QUALITY + b"86400001}", "bad_message", "7"),
    "a number too large for anybody": (QUALITY + b"1e999}", "bad_message", "7"),
    "deep nesting": (DEEP * 2, "bad_message", None),
    "deep nesting that is whole": (DEEP + b"]" * 15_000, "bad_message", None),
    "deep nesting before the type": (b'{"x":' + DEEP + b"]" * 15_000 + b',"t":"pong"}', "bad_message", None),
    "deep nesting in a field": (b'{"t":"call.sync","id":"7","call":' + DEEP, "bad_message", None),
    "deep nesting in a field too many": (b'{"t":"pong","x":' + DEEP, "unsupported", None),
    "a duplicate of a key": (
        b'{"t":"call.sync","t":"secret-words","id":"7","call":"' + CALL.encode() + b'"}',
        "unsupported",
        "7",
    ),
    "a lone surrogate": (b'{"t":"\\ud800"}', "bad_message", None),
    "a box that is none": (
        b'{"t":"box","call":"' + CALL.encode() + b'","handshake":0,"seq":0,"ack":0,"box":"secret words"}',
        "bad_message",
        None,
    ),
    "a box that is a number": (
        b'{"t":"box","call":"' + CALL.encode() + b'","handshake":0,"seq":0,"ack":0,"box":5}',
        "bad_message",
        None,
    ),
    "a box without its number": (
        b'{"t":"box","call":"' + CALL.encode() + b'","handshake":0,"ack":0,"box":"Ym94"}',
        "bad_message",
        None,
    ),
}


async def lives_on(raw: RawSocket) -> bool:
    raw.say({"t": "call.sync", "call": CALL, "id": "alive"})
    return bool((await raw.hear())["ref"] == "alive")


@pytest.mark.parametrize(("said", "code", "ref"), REFUSED.values(), ids=REFUSED)
async def test_what_is_no_message_is_refused_and_the_socket_lives_on(
    house: House, said: bytes, code: str, ref: str | None
) -> None:
    raw = await house.come_in(GRANDCHILD)
    raw.send(frame(TEXT, said))
    opcode, answer = await raw.answer()
    assert opcode == TEXT
    assert b"secret" not in answer
    error = json.loads(answer)
    assert (error["t"], error["code"], error.get("ref")) == ("error", code, ref)
    assert await lives_on(raw)


CLOSING = {
    "bad UTF-8": (frame(TEXT, b'{"t":"call.sync","id":"7","call":"\xff"}'), 1007),
    "bad UTF-8 in a box": (
        frame(TEXT, b'{"t":"box","call":"' + CALL.encode() + b'","handshake":0,"seq":0,"ack":0,"box":"\xff\xff"}'),
        1007,
    ),
    "bad UTF-8 in an unknown field": (frame(TEXT, b'{"t":"pong","x":"\xc3("}'), 1007),
    "an overlong character": (frame(TEXT, b'{"t":"\xc0\xaf"}'), 1007),
    "an oversized frame": (frame(TEXT, b" " * 32_769), 1009),
    "an oversized message in parts": (
        frame(TEXT, b" " * 20_000, fin=False) + frame(CONTINUATION, b" " * 20_000),
        1009,
    ),
    "a frame of a gigabyte, by its header": (b"\x81\xff" + (2**30).to_bytes(8, "big"), 1009),
    "a binary frame": (frame(0x2, b'{"t":"pong"}'), 1003),
    "an unmasked frame": (frame(TEXT, b'{"t":"pong"}', masked=False), 1002),
    "an unmasked pong": (frame(PONG, b"", masked=False), 1002),
    "a compressed frame that nobody agreed on": (frame(TEXT, b"{}", reserved=4), 1002),
    "an unknown opcode": (frame(0x5), 1002),
    "a fragmented ping": (frame(PING, fin=False), 1002),
    "a continuation of nothing": (frame(CONTINUATION, b"{}"), 1002),
    "a close frame with half a code": (frame(0x8, b"\x03"), 1002),
    "a message in very many frames": (frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) * 200, 4007),
}


@pytest.mark.parametrize(("sent", "code"), CLOSING.values(), ids=CLOSING)
async def test_what_breaks_the_rules_of_frames_closes_the_socket_with_its_code(
    house: House, sent: bytes, code: int
) -> None:
    raw = await house.come_in(GRANDCHILD)
    raw.send(sent)
    assert await raw.closed_with() == code


async def test_a_message_before_a_broken_frame_is_still_answered(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    good = json.dumps({"t": "call.sync", "call": CALL, "id": "1"}).encode()
    raw.send(frame(TEXT, good) + frame(0x2, b"x"))
    assert (await raw.hear())["ref"] == "1"
    assert await raw.closed_with() == 1003


async def test_a_fragmented_message_is_a_message_with_a_ping_in_between(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    whole = json.dumps({"t": "call.sync", "call": CALL, "id": "1"}).encode()
    raw.send(frame(TEXT, whole[:10], fin=False) + frame(PING, b"there?"))
    raw.send(frame(CONTINUATION, b"", fin=False) + frame(CONTINUATION, whole[10:]))
    assert await raw.answer() == (PONG, b"there?")
    assert (await raw.hear())["ref"] == "1"


async def test_the_longest_message_passes(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    said = json.dumps({"t": "call.sync", "call": CALL, "id": "1"}).encode()
    raw.send(frame(TEXT, said + b" " * (32_768 - len(said))))
    assert (await raw.hear())["ref"] == "1"


REQUESTS: list[dict[str, Any]] = [
    {"t": "box", "handshake": 0, "seq": 0, "ack": 0, "box": "Ym94"},
    {"t": "call.join", "box": "Ym94"},
    {"t": "call.ringing"},
    {"t": "call.accept"},
    {"t": "call.decline"},
    {"t": "call.cancel"},
    {"t": "call.hangup"},
    {"t": "call.connected"},
    {"t": "call.lost"},
    {"t": "call.quality"},
    {"t": "call.sync"},
    {"t": "call.resume", "handshake": 1, "from_key": 1, "key": 1, "box": "Ym94"},
    {"t": "call.resumed", "handshake": 1, "box": "Ym94"},
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: one["t"])
async def test_a_call_that_one_is_not_in_is_not_there(house: House, request_: dict[str, Any]) -> None:
    """The same answer for a call of others and for no call at all."""
    caller, komp = await house.come_in(GRANDCHILD), await house.come_in(KOMP)
    caller.say(
        {"t": "call.invite", "id": "1", "call": CALL, "to": KOMP.party, "from_key": 1, "media": "video"}
        | {"rings": [{"endpoint": KOMP.endpoint, "key": 1, "box": "cmluZw"}], "lifetime_ms": 30_000}
    )
    await komp.hear("call.ring")
    outsider = await house.come_in(house.outsider)
    named = {} if request_["t"] == "box" else {"id": "7"}
    answers = []
    for call in (CALL, "N" * 22):
        outsider.say({**request_, **named, "call": call})
        answers.append(await outsider.hear())
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "unknown_call"
    caller.say({"t": "call.sync", "call": CALL, "id": "still"})
    assert (await caller.hear("ok"))["ref"] in ("1", "still"), "the call is as it was"


async def test_whom_one_may_not_ring_is_not_there(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    answers = []
    for number, to in enumerate((house.outsider, STRANGER)):
        raw.say(
            {"t": "call.invite", "id": "1", "call": f"{number:022d}", "to": to.party, "from_key": 1, "media": "video"}
            | {"rings": [{"endpoint": to.endpoint, "key": 1, "box": "cmluZw"}], "lifetime_ms": 30_000}
        )
        answers.append(await raw.hear())
    assert answers[0] == answers[1] == {"t": "error", "code": "not_found", "ref": "1"}


async def test_a_second_hello_is_refused(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    raw.say(house.hello(GRANDCHILD, await house.token(GRANDCHILD), "n" * 43))
    assert (await raw.hear())["code"] == "wrong_state"
    assert await lives_on(raw)


async def test_a_row_of_frames_that_are_no_messages_closes_the_socket(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    raw.send(frame(TEXT, b"secret-words") * 30)
    assert await raw.closed_with() == 4007


async def test_a_good_message_in_between_ends_the_row(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    for _ in range(3):
        raw.send(frame(TEXT, b"secret-words") * 20 + frame(TEXT, b'{"t":"pong"}'))
    for _ in range(60):
        assert (await raw.hear())["code"] == "bad_message"
    assert await lives_on(raw)


async def test_too_many_requests_are_refused_and_hanging_up_is_not_among_them(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    for _ in range(100):
        raw.say({"t": "call.sync", "call": CALL, "id": "1"})
    codes = [await raw.hear() for _ in range(100)]
    too_many = [one for one in codes if one["code"] == "too_many"]
    assert len(too_many) == 40
    assert all(one["retry_after_ms"] > 0 for one in too_many)
    raw.say({"t": "call.hangup", "call": CALL, "id": "2"})
    assert (await raw.hear())["code"] == "unknown_call"


async def test_a_storm_of_pings_closes_the_socket(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    raw.send(frame(PING, b"?") * 33)
    for _ in range(32):
        assert await raw.answer() == (PONG, b"?")
    assert await raw.closed_with() == 4007


async def test_who_closes_is_answered_with_a_close(house: House) -> None:
    raw = await house.come_in(GRANDCHILD)
    raw.send(frame(0x8, (1001).to_bytes(2, "big")))
    assert await raw.closed_with() == 1000
