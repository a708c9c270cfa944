"""Fills the tables of docs/reference/api.md and http.md from the URL map and the bodies' types.

Used by a command and by a test, never while serving. The examples' key is the one of protocol.md, seed 00 … 1f.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from signalling.protocol.proof import Ticket, register_bytes, request_bytes
from signalling.protocol.reference import EXAMPLE_ENDPOINT, EXAMPLE_KEY
from signalling.web.openapi import openapi
from signalling.web.route import Body, Octets, Route
from signalling.web.routes import ROUTES

Json = dict[str, Any]

_BLOCK: Final = re.compile(r"(<!-- made from the routes: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_OWN_PATHS: Final = ("/v1/nonce", "/v1/token", "/v1/socket", "/v1/{any}", "/livez", "/readyz", "/{page}")
"""Addresses that http.md explains; api.md has the others."""
EXAMPLE_REQUEST: Final[Json] = {
    "origin": "https://calls.example",
    "method": "PATCH",
    "path": "/v1/me",
    "token_id": "bm9ib2R5cyB0b2tlbg",
    "unix_ms": 1_800_000_000_000,
    "nonce": "MTI4IGJpdHMsIHJhbmRvbQ",
    "body": b'{"name":"Astrid"}',
}
EXAMPLE_REQUEST_SIGNATURE: Final = (
    "tejWJbJa_R-QES8iUpjN6YNLW16ZZnCLmqxpZHHR1jywMl21IqXYsHIeFJktDVKGpIMshYSM9NAjYBAYkTj5BQ"
)
EXAMPLE_REGISTRATION: Final[Json] = {
    "origin": "https://calls.example",
    "ticket": Ticket.CODE,
    "text": "424242",
    "identity": EXAMPLE_KEY,
    "nonce": "bm9uY2U",
}
EXAMPLE_REGISTRATION_SIGNATURE: Final = (
    "D31R-noYVLyDsC92s7vBYua7ZGFE1FSe29Bp-KgPEo0kLKMfpM-zW0OytP1kT-EpIJ7yjCvd0nSt_FBkhv7SDA"
)


def filled(markdown: str) -> str:
    """The page with its marked blocks written anew."""
    blocks = {
        "http": _map(route for route in ROUTES if route.path in _OWN_PATHS),
        "api": _map(route for route in ROUTES if route.path not in _OWN_PATHS),
        "exchanges": _exchanges(route for route in ROUTES if route.path not in _OWN_PATHS),
        "bodies": _bodies(),
        "request": _example(request_bytes(**EXAMPLE_REQUEST), EXAMPLE_REQUEST_SIGNATURE),
        "register": _example(register_bytes(**EXAMPLE_REGISTRATION), EXAMPLE_REGISTRATION_SIGNATURE),
    }
    return _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]}\n\n{found[3]}", markdown)


def _map(routes: Iterable[Route]) -> str:
    rows = [f"| `{route.method} {route.path}` | {route.policy.value} | {_cell(route.about)} |" for route in routes]
    return "\n".join(["| address | who may | what it gives |", "|---|---|---|", *rows])


def _exchanges(routes: Iterable[Route]) -> str:
    rows = [f"| `{route.method} {route.path}` | {_named(route.takes)} | {_named(route.gives)} |" for route in routes]
    return "\n".join(["| address | takes | gives |", "|---|---|---|", *rows])


def _named(body: Body) -> str:
    match body:
        case None:
            return "–"
        case Octets(head=type() as head):
            return _cell(body.about).replace(head.__name__, _named(head))
        case Octets():
            return _cell(body.about)
        case _:
            return f"[`{body.__name__}`](#{body.__name__.lower()})"


def _bodies() -> str:
    schemas: Json = openapi(ROUTES)["components"]["schemas"]
    return "\n\n".join(_body(name, schema) for name, schema in schemas.items())


def _body(name: str, schema: Json) -> str:
    if "properties" not in schema:  # a closed list
        return "\n".join([f"#### {name}", "", str(schema.get("description", "")), "", _kind(schema)])
    required = schema.get("required", [])
    rows = [
        f"| `{field}` | {_kind(told)} | {'' if field in required else 'may be left out'} |"
        for field, told in schema["properties"].items()
    ]
    head = ["| field | is | |", "|---|---|---|"]
    return "\n".join([f"#### {name}", "", str(schema.get("description", "")), "", *head, *rows])


def _kind(told: Json) -> str:
    match told:
        case {"$ref": str(reference)}:
            name = reference.rpartition("/")[2]
            return f"[`{name}`](#{name.lower()})"
        case {"anyOf": [*kinds]}:
            return " or ".join(_kind(one) for one in kinds if one.get("type") != "null")
        case {"enum": [*values]}:
            return ", ".join(f"`{value}`" for value in values)
        case {"type": "array", "items": items}:
            most = f", at most {told['maxItems']}" if "maxItems" in told else ""
            return f"a list of {_kind(items)}{most}"
        case {"description": str(words)}:
            return words
        case {"type": str(kind)}:
            return kind
        case _:
            return "any"


def _example(covered: bytes, signature: str) -> str:
    rows = [f"public key     {EXAMPLE_KEY}", f"endpoint id    {EXAMPLE_ENDPOINT}"]
    rows += [f"signed bytes   {covered[at : at + 32].hex(' ')}" for at in range(0, len(covered), 32)]
    return "\n".join(["```", *rows, f"signature      {signature}", "```"])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
