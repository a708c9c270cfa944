"""Whatever a frame holds, the codec gives a message or a stable code, and repeats nothing."""

import json
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from signalling.protocol.codec import CLIENT_TYPES, decode_client, encode
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.messages import ClientMessage, members
from signalling.vocabulary import EndReason, Media, Role

SECRET = "sekret"
CALL = "C" * 22

GOOD: list[dict[str, Any]] = [
    {"t": "hello", "token": "a.b.c" * 8, "proof": "A" * 86, "client_nonce": "n" * 43, "features": []}
    | {"calls": [{"call": CALL, "peer": CALL, "role": "caller", "phase": "joined"}]},
    {"t": "pong"},
    {"t": "token.refresh", "token": "a.b.c" * 8, "id": "1"},
    {"t": "presence.watch", "endpoints": [CALL], "id": "1"},
    {"t": "bye", "reason": "power_off"},
    {"t": "call.invite", "call": CALL, "to": CALL, "from_key": 1, "media": "video", "lifetime_ms": 30_000}
    | {"rings": [{"endpoint": CALL, "key": 1, "box": "cmluZw"}], "id": "1"},
    {"t": "call.ringing", "call": CALL, "answers_in_ms": 5, "id": "1"},
    {"t": "call.join", "call": CALL, "box": "am9pbg", "id": "1"},
    {"t": "box", "call": CALL, "handshake": 0, "seq": 0, "ack": 0, "box": "Ym94"},
    {"t": "call.accept", "call": CALL},
    {"t": "call.decline", "call": CALL, "reason": "busy", "everywhere": True},
    {"t": "call.cancel", "call": CALL},
    {"t": "call.hangup", "call": CALL, "reason": "hangup"},
    {"t": "call.resume", "call": CALL, "handshake": 1, "from_key": 1, "key": 1, "box": "Ym94"},
    {"t": "call.resumed", "call": CALL, "handshake": 1, "box": "Ym94"},
    {"t": "call.connected", "call": CALL, "path": {"local": "host", "remote": "relay", "relay": "tls"}}
    | {"phases_ms": {"ice": 5}},
    {"t": "call.lost", "call": CALL},
    {"t": "call.quality", "call": CALL, "jitter_ms": 5, "packets_lost_percent": 0.5},
    {"t": "call.sync", "call": CALL, "id": "1"},
    {"t": "keys.publish", "id": "1"}
    | {"statement": {"endpoint": CALL, "key": "k" * 43, "serial": 1, "not_after": 5, "signature": "s" * 86}},
    {"t": "keys.get", "endpoints": [CALL], "id": "1"},
    {"t": "pair.open", "name": CALL, "id": "1"},
    {"t": "pair.box", "name": CALL, "box": "Ym94", "id": "1"},
    {"t": "device.admit", "endpoint": CALL, "id": "1"},
    {"t": "device.state", "state": "available"},
    {"t": "device.report", "network": "wifi", "signal_dbm": -60},
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([SECRET, SECRET * 2000, CALL, "", *EndReason, *Media, *Role])
    | st.text(max_size=20)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
keys = st.sampled_from([*sorted({key for one in GOOD for key in one}), SECRET])


def answer_to(frame: bytes) -> ProtocolError | None:
    refusal: ProtocolError | None = None
    message: object = None
    try:
        message = decode_client(frame)
    except ProtocolError as caught:
        refusal = caught
    if refusal is not None:
        assert isinstance(refusal.code, ErrorCode)
        assert refusal.__cause__ is None
        assert refusal.__context__ is None, "a cause would quote the frame"
        return refusal
    assert isinstance(message, members(ClientMessage))
    assert CALL not in repr(message)
    return None


def test_there_is_a_good_message_of_every_type_to_start_from() -> None:
    assert {one["t"] for one in GOOD} == CLIENT_TYPES
    for one in GOOD:
        frame = json.dumps(one).encode()
        assert answer_to(frame) is None
        assert json.loads(encode(decode_client(frame))).items() <= one.items()


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_taken_or_refused_by_a_code(frame: bytes) -> None:
    """Nearly all are refused; Hypothesis tries the constants of our source too, and some of those are messages."""
    answer_to(frame)


@settings(max_examples=400)
@given(st.sampled_from(GOOD), st.dictionaries(keys, values, min_size=1, max_size=3))
def test_a_message_with_any_field_changed_is_taken_or_refused_by_a_code(
    good: dict[str, Any], changes: dict[str, Any]
) -> None:
    refusal = answer_to(json.dumps({**good, **changes}).encode("utf-8", "surrogatepass"))
    if refusal is not None:
        assert SECRET not in f"{refusal} {refusal.rule} {refusal.ref if refusal.ref != changes.get('id') else ''}"


@settings(max_examples=400)
@given(st.sampled_from(GOOD), st.data())
def test_a_message_cut_swapped_or_bitten_is_taken_or_refused_by_a_code(
    good: dict[str, Any], data: st.DataObject
) -> None:
    frame = bytearray(json.dumps(good).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(frame) - 1)))
        piece = data.draw(st.binary(max_size=4))
        frame[place : place + data.draw(st.integers(0, 6))] = piece
    answer_to(bytes(frame))


@given(values)
def test_any_json_is_taken_or_refused_by_a_code(value: Any) -> None:
    answer_to(msgspec.json.encode(value) if _is_plain(value) else json.dumps(value).encode("utf-8", "surrogatepass"))


def _is_plain(value: Any) -> bool:
    try:
        msgspec.json.encode(value)
    except (UnicodeEncodeError, OverflowError):
        return False
    return True
