"""The written references are what the code makes, and say what the messages are."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from signalling.cli import main
from signalling.protocol import schema
from signalling.protocol.codec import decode_client, encode, raw_box
from signalling.protocol.errors import CloseCode, ErrorCode, ProtocolError
from signalling.protocol.messages import (
    CallQuality,
    CallRing,
    ClientMessage,
    ForwardedBox,
    Ok,
    Ping,
    ServerMessage,
    Welcome,
    members,
)
from signalling.protocol.session_messages import Limits
from signalling.vocabulary import Media
from tests.protocol.house import House

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
CALL = "C" * 22


@pytest.mark.parametrize(("command", "name"), [("errors", "errors.md"), ("settings-reference", "settings.md")])
def test_a_written_page_is_in_step_with_the_code(command: str, name: str, tmp_path: Path) -> None:
    CliRunner().invoke(main, [command, "--write", str(tmp_path / name)], catch_exceptions=False)
    assert (REFERENCE / name).read_text(encoding="utf-8") == (tmp_path / name).read_text(encoding="utf-8")


def test_the_written_schemas_are_in_step_with_the_code(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["schema", "--write", str(tmp_path)], catch_exceptions=False)
    made = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert set(made) == {"protocol.schema.json", "asyncapi.json"}
    for name, text in made.items():
        assert (REFERENCE / name).read_text(encoding="utf-8") == text


@pytest.fixture(scope="module")
def client() -> jsonschema.Draft202012Validator:
    return _validator("client")


@pytest.fixture(scope="module")
def server() -> jsonschema.Draft202012Validator:
    return _validator("server")


def _validator(direction: str) -> jsonschema.Draft202012Validator:
    document = schema.json_schema()
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{direction}", "$defs": document["$defs"]})


def test_every_message_has_its_schema() -> None:
    for direction, union in (("client", ClientMessage), ("server", ServerMessage)):
        named = schema.json_schema()["$defs"][direction]["discriminator"]["mapping"]
        assert set(named) == {str(one.__struct_config__.tag) for one in members(union)}


SAID: list[dict[str, Any]] = [
    {"t": "pong"},
    {"t": "call.sync", "call": CALL},
    {"t": "call.sync", "call": CALL, "id": "x" * 33},
    {"t": "call.sync", "call": CALL, "more": 1},
    {"t": "call.sync", "call": "C" * 21},
    {"t": "call.sync"},
    {"t": "nothing"},
    {},
    {"t": "box", "call": CALL, "handshake": 0, "ack": 1},
    {"t": "box", "call": CALL, "handshake": 0, "ack": 1, "seq": 0, "box": "Ym94"},
    {"t": "box", "call": CALL, "handshake": 0, "ack": 1, "seq": 0, "box": "not a box"},
    {"t": "box", "call": CALL, "handshake": 70_000, "ack": 1, "seq": 0, "box": "Ym94"},
    {"t": "call.quality", "call": CALL, "packets_lost_percent": 101},
    {"t": "call.quality", "call": CALL, "packets_lost_percent": 0.5, "jitter_ms": 3},
    {"t": "call.decline", "call": CALL, "reason": "busy", "everywhere": True},
    {"t": "call.decline", "call": CALL, "reason": "bored"},
    {"t": "device.state", "state": "available"},
    {"t": "presence.watch", "endpoints": [CALL] * 65},
    {"t": "call.invite", "call": CALL, "to": CALL, "from_key": 1, "media": "video", "lifetime_ms": 30_000, "rings": []},
]


@pytest.mark.parametrize("said", SAID, ids=lambda one: json.dumps(one)[:60])
def test_the_schema_takes_what_the_codec_takes(said: dict[str, Any], client: jsonschema.Draft202012Validator) -> None:
    """Two rules stand in words alone: `seq` and `box` come together, and an endpoint is rung once."""
    try:
        decode_client(json.dumps(said).encode())
    except ProtocolError:
        taken = False
    else:
        taken = True
    assert client.is_valid(said) is taken


def test_what_the_server_says_fits_its_schema(server: jsonschema.Draft202012Validator) -> None:
    ring = CallRing(
        call=CALL, from_=CALL, from_key=1, key=1, box="cmluZw", media=Media.VIDEO, remaining_ms=5, ice_servers=[]
    )
    for message in (
        Ping(),
        Welcome(nonce="n" * 43, limits=Limits(1, 2, 3, 4), protocol="narvaro.v1"),
        Ok(ref="1", away=[CALL]),
        ring,
        ForwardedBox(call=CALL, handshake=0, ack=1, seq=0, box=raw_box("Ym94")),
    ):
        server.validate(json.loads(encode(message)))
    assert not server.is_valid(json.loads(encode(CallQuality(call=CALL))))


async def test_what_a_real_server_says_fits_its_schema(house: House, server: jsonschema.Draft202012Validator) -> None:
    raw = await house.dial()
    server.validate(await raw.hear("welcome"))
    raw.say({"t": "pong"})
    server.validate(await raw.hear("error"))


def test_every_reference_inside_the_documents_leads_somewhere() -> None:
    for document in (schema.json_schema(), schema.asyncapi()):
        text = json.dumps(document)
        for reference in set(re.findall(r'"(#/[^"]*)"', text)):
            place: Any = document
            for part in reference.removeprefix("#/").split("/"):
                place = place[part]
            assert place


def test_asyncapi_names_every_message_and_says_who_sends_it() -> None:
    document = schema.asyncapi()
    assert document["asyncapi"] == "3.0.0"
    channel = document["channels"]["socket"]
    assert channel["address"] == "/v1/socket"
    for action, union in (("receive", ClientMessage), ("send", ServerMessage)):
        operation = document["operations"][action]
        assert operation["action"] == action
        named = [one["$ref"].rpartition("/")[2] for one in operation["messages"]]
        assert named == [one.__name__ for one in members(union)]
        assert set(named) <= set(channel["messages"])
    assert all(message["summary"] for message in document["components"]["messages"].values())


def test_every_code_is_explained() -> None:
    page = schema.errors_markdown()
    assert all(f"| `{code}` |" in page for code in ErrorCode)
    assert all(f"| {code.value} |" in page for code in CloseCode)
