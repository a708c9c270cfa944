"""Reference documents made from the types: JSON Schema, AsyncAPI, and the page of error and close codes.

A test holds the written ones against what this makes. Nothing of the running server uses it.
"""

import json
import re
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw
from msgspec.structs import FieldInfo

from signalling.protocol.errors import CLOSE_MEANING, HTTP_STATUS, REMEDIES, RULES, ErrorCode
from signalling.protocol.fields import FRAME_BYTES, Box
from signalling.protocol.messages import ClientMessage, Message, ServerMessage, members
from signalling.vocabulary import PROTOCOL

Json = dict[str, Any]

_REF: Final = "#/$defs/{name}"
_ASYNC_REF: Final = "#/components/schemas/{name}"
_TITLE: Final = "Närvaro signalling protocol"


def documents() -> dict[str, str]:
    """The two documents by file name."""
    return {"protocol.schema.json": _text(json_schema()), "asyncapi.json": _text(asyncapi())}


def json_schema() -> Json:
    """Every message as JSON Schema 2020-12. `$defs/client` and `$defs/server` are the two directions."""
    definitions = _definitions(_REF)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{_TITLE} {PROTOCOL}",
        "description": (
            f"One message is one WebSocket text frame of at most {FRAME_BYTES} bytes. The server refuses unknown "
            "types and fields; clients ignore them."
        ),
        "anyOf": [{"$ref": "#/$defs/client"}, {"$ref": "#/$defs/server"}],
        "$defs": {
            "client": _one_of(members(ClientMessage), _REF),
            "server": _one_of(members(ServerMessage), _REF),
            **definitions,
        },
    }


def asyncapi() -> Json:
    """The socket as AsyncAPI 3.0: `receive` is what the server takes, `send` what it says."""
    client, server = members(ClientMessage), members(ServerMessage)
    channel = "#/channels/socket"
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": _TITLE,
            "version": PROTOCOL.rpartition(".v")[2] + ".0.0",
            "description": "docs/reference/protocol.md says in words what each message means.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"coordinator": {"host": "calls.example", "protocol": "wss"}},
        "channels": {
            "socket": {
                "address": "/v1/socket",
                "description": f"WebSocket with subprotocol `{PROTOCOL}`, text frames of at most {FRAME_BYTES} bytes.",
                "messages": {_key(one): {"$ref": f"#/components/messages/{_key(one)}"} for one in (*client, *server)},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {
            "receive": _operation("receive", channel, client, "What an endpoint may send."),
            "send": _operation("send", channel, server, "What the coordinator may send."),
        },
        "components": {
            "messages": {_key(one): _message(one) for one in (*client, *server)},
            "schemas": _definitions(_ASYNC_REF),
        },
    }


def errors_markdown() -> str:
    """docs/reference/errors.md."""
    errors = "\n".join(
        f"| `{code}` | {_status(code)} | {_cell(RULES[code])} | {_cell(REMEDIES[code])} |" for code in ErrorCode
    )
    closes = "\n".join(f"| {code.value} | {_cell(meaning)} |" for code, meaning in CLOSE_MEANING.items())
    return _ERRORS.format(errors=errors, closes=closes)


def _definitions(template: str) -> Json:
    classes = [_documented(one) for one in (*members(ClientMessage), *members(ServerMessage))]
    _, definitions = msgspec.json.schema_components(classes, ref_template=template)
    for schema in definitions.values():
        if "description" in schema:
            schema["description"] = re.sub(r"\s+", " ", schema["description"]).strip()
    return dict(sorted(definitions.items()))


def _documented(one: type[Message]) -> type[msgspec.Struct]:
    """The class itself, or a double in which a box that is copied as it came is written as the text that it is."""
    fields = msgspec.structs.fields(one)
    if all(field.type is not Raw for field in fields):
        return one
    config = one.__struct_config__
    return msgspec.defstruct(
        one.__name__,
        [(field.name, Box, UNSET) if field.type is Raw else _same(field) for field in fields],
        namespace={"__doc__": one.__doc__},
        tag=config.tag,
        tag_field=config.tag_field,
        forbid_unknown_fields=config.forbid_unknown_fields,
        kw_only=True,
    )


def _same(field: FieldInfo) -> tuple[str, Any, Any] | tuple[str, Any]:
    return (field.name, field.type) if field.required else (field.name, field.type, field.default)


def _one_of(classes: tuple[type[Message], ...], template: str) -> Json:
    return {
        "oneOf": [{"$ref": template.format(name=one.__name__)} for one in classes],
        "discriminator": {
            "propertyName": "t",
            "mapping": {_tag(one): template.format(name=one.__name__) for one in classes},
        },
    }


def _operation(action: str, channel: str, classes: tuple[type[Message], ...], summary: str) -> Json:
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": summary,
        "messages": [{"$ref": f"{channel}/messages/{_key(one)}"} for one in classes],
    }


def _message(one: type[Message]) -> Json:
    return {
        "name": _tag(one),
        "summary": (one.__doc__ or "").strip().split("\n")[0],
        "payload": {"$ref": _ASYNC_REF.format(name=one.__name__)},
    }


def _tag(one: type[Message]) -> str:
    return str(one.__struct_config__.tag)


def _key(one: type[Message]) -> str:
    """A name for a message in AsyncAPI: the class's, for `box` goes both ways."""
    return one.__name__


def _status(code: ErrorCode) -> str:
    return str(HTTP_STATUS[code].value) if code in HTTP_STATUS else "–"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _text(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


_ERRORS: Final = """# Error and close codes

Made by `signalling errors` from `signalling/protocol/errors.py`; don't edit it by hand.

A code keeps its meaning for the life of `narvaro.v1`; new ones may be added, and a client treats one that it doesn't
know like `internal`. No answer repeats what was sent.

## Errors

On the socket as `{{"t":"error","code":…,"ref":…,"retry_after_ms":…}}`, where `ref` is the `id` of the request; in HTTP
answers as `{{"code":…,"message":…,"retry_after_ms":…}}` with the status of the second column. The socket lives on
unless a close code follows.

| code | HTTP | rule | what to do |
|---|---|---|---|
{errors}

HTTP answers with status 405 carry `unsupported`; any other failure that HTTP itself knows carries `bad_message` (4xx)
or `internal` (5xx).

## Close codes

| code | meaning |
|---|---|
{closes}

## What closes a socket, and what doesn't

| what comes | answer | the socket |
|---|---|---|
| an Origin that isn't allowed | HTTP 403 `origin_refused` | isn't opened |
| no subprotocol `narvaro.v1` | HTTP 400 `unsupported` | isn't opened |
| no hello in time | – | closes with 4002 |
| a first message that isn't a hello | `not_authenticated` | closes with 4001 |
| a first frame that isn't a message | its code | closes with 4001, or as below |
| a hello with a wrong or foreign token, or a wrong signature | `not_authenticated` | closes with 4001 |
| a hello whose token is over | `token_expired` | closes with 4001 |
| not JSON; `NaN`; nesting beyond reason; a field outside its limits | `bad_message` | lives on |
| an unknown type, or a field too many | `unsupported` | lives on |
| a second hello | `wrong_state` | lives on |
| a request about a call one isn't in | `unknown_call` | lives on |
| more requests than the budget | `too_many` | lives on |
| more than 20 frames in a row that are no messages | their codes | closes with 4007 |
| more than 32 WebSocket pings between two `ping` messages | – | closes with 4007 |
| a message in more than 128 frames | – | closes with 4007 |
| a frame, or the frames of one message, of more than 32 KiB | – | closes with 1009 |
| a text frame that isn't UTF-8 | `bad_message` | closes with 1007 |
| a binary frame | – | closes with 1003 |
| an unmasked frame, reserved bits, an unknown opcode, a broken fragment | – | closes with 1002 |
| more unread than the send queue holds | – | closes with 4006 |
| two pings without a sign of life | – | closes with 4005 |
| a newer session of the same endpoint | – | the older closes with 4003 |
| a token over for a minute, without `token.refresh` | – | closes with 4004 |
| a server that is full | `unavailable` | closes with 1013 |
| a server that stops | `goaway` | closes with 1001 |

After a close frame the server waits two seconds for the client's, and then tears the connection down.
"""
