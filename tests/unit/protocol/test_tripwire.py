"""A box is sealed. A client that sends a description in clear is told so before any of it is forwarded."""

import json
import secrets

import pytest

from signalling.protocol.codec import decode_client
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.protocol.proof import base64url

CALL = "C" * 22
SDP = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\n"
IN_CLEAR = {
    "a description": SDP.encode(),
    "a description in JSON": json.dumps({"t": "offer", "generation": 0, "sdp": SDP}).encode(),
    "a description behind white space": b"\r\n\t  " + SDP.encode(),
}


def carriers(box: str) -> dict[str, dict[str, object]]:
    ring = {"endpoint": CALL, "key": 1, "box": box}
    return {
        "box": {"t": "box", "call": CALL, "handshake": 0, "seq": 0, "ack": 0, "box": box},
        "ring": {"t": "call.invite", "call": CALL, "to": CALL, "from_key": 1, "rings": [ring], "media": "video"}
        | {"lifetime_ms": 30_000},
        "join": {"t": "call.join", "call": CALL, "box": box},
        "resume": {"t": "call.resume", "call": CALL, "handshake": 1, "from_key": 1, "key": 1, "box": box},
        "resumed": {"t": "call.resumed", "call": CALL, "handshake": 1, "box": box},
        "pairing": {"t": "pair.box", "name": CALL, "box": box},
    }


@pytest.mark.parametrize("text", IN_CLEAR.values(), ids=IN_CLEAR)
@pytest.mark.parametrize("carrier", carriers(""))
def test_a_description_in_clear_is_refused_wherever_a_box_goes(carrier: str, text: bytes) -> None:
    frame = json.dumps(carriers(base64url(text))[carrier]).encode()
    with pytest.raises(ProtocolError) as refused:
        decode_client(frame)
    assert refused.value.code is ErrorCode.BAD_MESSAGE
    assert "sealed" in refused.value.rule


@pytest.mark.parametrize("carrier", carriers(""))
def test_sealed_bytes_of_any_length_pass(carrier: str) -> None:
    for size in (1, 2, 3, 4, 5, 6, 7, 144, 1040):
        for _ in range(50):
            decode_client(json.dumps(carriers(base64url(secrets.token_bytes(size)))[carrier]).encode())
