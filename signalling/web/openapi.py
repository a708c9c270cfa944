"""OpenAPI 3.1 of the HTTP API, made from the URL map and the bodies' types: it can't say what the code doesn't.

docs/reference/openapi.json is this, and a running coordinator serves it. It holds no example of anybody.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from signalling.protocol.errors import HTTP_STATUS, ErrorCode
from signalling.web.failures import Failure
from signalling.web.policy import Policy
from signalling.web.route import Body, Octets, Route

Json = dict[str, Any]

_REF: Final = "#/components/schemas/{name}"
_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_ANYONE: Final = (ErrorCode.BAD_MESSAGE, ErrorCode.ORIGIN_REFUSED, ErrorCode.TOO_MANY)
_REFUSALS: Final = {
    Policy.OPEN: _ANYONE,
    Policy.SIGNED: (*_ANYONE, ErrorCode.NOT_AUTHENTICATED),
    Policy.NEWCOMER: (*_ANYONE, ErrorCode.NOT_AUTHENTICATED, ErrorCode.CODE_REFUSED),
    Policy.ENDPOINT: (*_ANYONE, ErrorCode.NOT_AUTHENTICATED, ErrorCode.TOKEN_EXPIRED, ErrorCode.NOT_FOUND),
    Policy.HOLDER: (*_ANYONE, ErrorCode.NOT_FOUND),
    Policy.HELLO: _ANYONE,
}
_HIDDEN: Final = ("OPTIONS",)
_PROOF: Final = (
    "`t=<Unix milliseconds>,n=<128 random bits, base64url>,s=<Ed25519 signature, base64url>` over purpose `request`: "
    "origin, method, target, the token's jti, t, n, SHA-256 hex of the body. docs/reference/api.md has an example."
)


def openapi_json(routes: Sequence[Route]) -> str:
    """The document as text."""
    return json.dumps(openapi(routes), indent=2, ensure_ascii=False) + "\n"


def openapi(routes: Sequence[Route]) -> Json:
    """The document."""
    shown = [route for route in routes if route.method not in _HIDDEN and route.path.startswith("/v1/")]
    paths: Json = {}
    for route in shown:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    for path, item in paths.items():
        names = _PARAMETER.findall(path)
        if names:
            item["parameters"] = [_parameter(name) for name in names]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Närvaro HTTP API",
            "version": "1.0.0",
            "description": "Accounts, circles, Komps and posts. docs/reference/api.md says in words what each is for.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "https://calls.example"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(shown),
            "responses": {"Failure": _failure()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "proof": {"type": "apiKey", "in": "header", "name": "Narvaro-Proof", "description": _PROOF},
            },
        },
    }


def _operation(route: Route) -> Json:
    operation: Json = {
        "operationId": _operation_id(route),
        "summary": route.about,
        "x-policy": route.policy.value,
        "security": [{"token": [], "proof": []}] if route.policy is Policy.ENDPOINT else [],
        "responses": {**_success(route), **_failures(route)},
    }
    if route.takes is not None:
        operation["requestBody"] = {"required": True, "content": _content(route.takes)}
        operation["x-body-bytes-at-most"] = route.at_most
    return operation


def _operation_id(route: Route) -> str:
    words = [part.strip("{}") for part in route.path.removeprefix("/v1/").replace(".", "/").split("/")]
    return "_".join([route.method.lower(), *words])


def _success(route: Route) -> Json:
    if route.policy is Policy.HELLO:
        return {"101": {"description": "A WebSocket: see docs/reference/protocol.md."}}
    if route.gives is None:
        return {"204": {"description": "Done."}}
    return {"200": {"description": "It is so.", "content": _content(route.gives)}}


def _failures(route: Route) -> Json:
    codes: dict[int, list[str]] = {}
    for code in _REFUSALS[route.policy]:
        codes.setdefault(HTTP_STATUS[code].value, []).append(code.value)
    reference = {"$ref": "#/components/responses/Failure"}
    return {str(status): {**reference, "description": ", ".join(named)} for status, named in sorted(codes.items())} | {
        "default": reference
    }


def _content(body: Body) -> Json:
    if isinstance(body, Octets):
        schema: Json = {"type": "string", "format": "binary", "description": body.about}
        if body.head is not None:
            schema["x-head"] = {"$ref": _REF.format(name=body.head.__name__)}
        return {content_type: {"schema": schema} for content_type in body.content_types}
    assert body is not None
    return {"application/json": {"schema": {"$ref": _REF.format(name=body.__name__)}}}


def _json_of(body: Body) -> type | None:
    return body.head if isinstance(body, Octets) else body


def _parameter(name: str) -> Json:
    pattern = "^[0-9a-f]{64}$" if name == "picture" else "^[A-Za-z0-9_-]{22}$"
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}


def _failure() -> Json:
    return {
        "description": "Refused; docs/reference/errors.md lists the codes.",
        "content": {"application/json": {"schema": {"$ref": _REF.format(name="Failure")}}},
    }


def _schemas(routes: Sequence[Route]) -> Json:
    bodies = [told for route in routes for body in (route.takes, route.gives) if (told := _json_of(body)) is not None]
    _, definitions = msgspec.json.schema_components([*dict.fromkeys(bodies), Failure], ref_template=_REF)
    for schema in definitions.values():
        if "description" in schema:
            schema["description"] = re.sub(r"\s+", " ", schema["description"]).strip()
    return dict(sorted(definitions.items()))
