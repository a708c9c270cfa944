"""One shape for every HTTP failure: `{"code", "message", "retry_after_ms"?}`. What was sent is never in it."""

import math
from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import hdrs, web

from signalling.protocol.errors import HTTP_STATUS, RULES, ErrorCode, ProtocolError


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of an HTTP answer that isn't a success."""

    code: ErrorCode
    message: str
    retry_after_ms: int | None = None


_encoder: Final = msgspec.json.Encoder()
_OF_STATUS: Final = {
    HTTPStatus.NOT_FOUND: ErrorCode.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorCode.UNSUPPORTED,
    HTTPStatus.EXPECTATION_FAILED: ErrorCode.UNSUPPORTED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ErrorCode.TOO_LARGE,
}
_HTTP_RULES: Final = {
    ErrorCode.BAD_MESSAGE: "The request isn't what this address takes.",
    ErrorCode.NOT_FOUND: "There is nothing at this address.",
    ErrorCode.UNSUPPORTED: "This address doesn't take that method.",
    ErrorCode.TOO_LARGE: "A request's body holds at most 8 KiB.",
}


def answer(refusal: ProtocolError) -> web.Response:
    """A refusal as an HTTP answer."""
    status = HTTP_STATUS.get(refusal.code, HTTPStatus.BAD_REQUEST)
    return _response(status, Failure(refusal.code, refusal.rule, refusal.retry_after_ms))


def answer_status(status: int) -> web.Response:
    """A failure that aiohttp found by itself, by its status alone: its own text quotes the client."""
    fallback = ErrorCode.INTERNAL if status >= 500 else ErrorCode.BAD_MESSAGE
    code = next((code for known, code in _OF_STATUS.items() if known == status), fallback)
    return _response(status, Failure(code, _HTTP_RULES.get(code, RULES[code])))


def _response(status: int, failure: Failure) -> web.Response:
    response = web.Response(status=status, body=_encoder.encode(failure), content_type="application/json")
    if failure.retry_after_ms is not None:
        response.headers[hdrs.RETRY_AFTER] = str(math.ceil(failure.retry_after_ms / 1000))
    return response
