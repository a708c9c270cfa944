"""Stable codes: why a request was refused, and why a socket was closed.

A code is a promise: it keeps its meaning for the life of `narvaro.v1`, and new ones may be added. The text beside
a code names the rule that was broken, never the value that was sent.
"""

from enum import IntEnum, StrEnum
from http import HTTPStatus


class ErrorCode(StrEnum):
    """Why a request was refused; `error.code` on the socket, `code` in an HTTP answer."""

    BAD_MESSAGE = "bad_message"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    NOT_AUTHENTICATED = "not_authenticated"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a code, not a token
    ORIGIN_REFUSED = "origin_refused"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN_CALL = "unknown_call"
    WRONG_STATE = "wrong_state"
    CONFLICT = "conflict"
    TAKEN = "taken"
    ENDED = "ended"
    BUSY = "busy"
    GLARE = "glare"
    CODE_REFUSED = "code_refused"
    NAME_NEEDED = "name_needed"
    NUMBER_REFUSED = "number_refused"
    KEPT = "kept"
    CONSENT_NEEDED = "consent_needed"
    TOO_MANY = "too_many"
    DEVICE_SUSPENDED = "device_suspended"
    STALE_KEY = "stale_key"
    DRAINING = "draining"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class CloseCode(IntEnum):
    """Why the server closed a socket: RFC 6455 §7.4.1, and our own from 4000 on."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    INVALID_TEXT = 1007
    MESSAGE_TOO_BIG = 1009
    TRY_AGAIN_LATER = 1013
    NOT_AUTHENTICATED = 4001
    HELLO_TIMEOUT = 4002
    SUPERSEDED = 4003
    REVOKED = 4004
    SILENT = 4005
    SLOW_READER = 4006
    FLOODING = 4007


class ProtocolError(Exception):
    """A refusal with a stable code. Answered where it was asked; the socket lives on unless `close` is set."""

    def __init__(
        self,
        code: ErrorCode,
        rule: str = "",
        *,
        ref: str | None = None,
        retry_after_ms: int | None = None,
        winner: str | None = None,
        close: CloseCode | None = None,
    ) -> None:
        super().__init__(f"{code}: {rule or RULES[code]}")
        self.code = code
        self.rule = rule or RULES[code]
        self.ref = ref
        self.retry_after_ms = retry_after_ms
        self.winner = winner
        self.close = close


RULES: dict[ErrorCode, str] = {
    ErrorCode.BAD_MESSAGE: "The message isn't JSON of the documented shape, or a field is outside its limits.",
    ErrorCode.UNSUPPORTED: "The message type or one of its fields isn't part of this protocol version.",
    ErrorCode.TOO_LARGE: "A frame holds at most 32 KiB.",
    ErrorCode.NOT_AUTHENTICATED: "The token or the proof of possession doesn't hold.",
    ErrorCode.TOKEN_EXPIRED: "The token's life is over: fetch the next one.",
    ErrorCode.ORIGIN_REFUSED: "Pages of this origin may not open a socket here.",
    ErrorCode.NOT_FOUND: "There is nothing of that name that you may see.",
    ErrorCode.NOT_ALLOWED: "This endpoint may not do that.",
    ErrorCode.UNKNOWN_CALL: "There is no such call that you take part in.",
    ErrorCode.WRONG_STATE: "The call isn't where that can happen; nothing changed.",
    ErrorCode.CONFLICT: "The same request was sent before with other content.",
    ErrorCode.TAKEN: "Another endpoint has joined this call.",
    ErrorCode.ENDED: "The call has ended.",
    ErrorCode.BUSY: "One of the two is in another call.",
    ErrorCode.GLARE: "The other side is calling you; that call goes on.",
    ErrorCode.CODE_REFUSED: "The code, keyword, token or invitation isn't one that holds.",
    ErrorCode.NAME_NEEDED: "A new profile takes a name.",
    ErrorCode.NUMBER_REFUSED: "No SMS is sent to numbers of that kind or country.",
    ErrorCode.KEPT: "A hold keeps this for now; it is erased as soon as that is over.",
    ErrorCode.CONSENT_NEEDED: "Nothing is kept without consent to the current wording.",
    ErrorCode.TOO_MANY: "Too many requests of this kind; wait and try again.",
    ErrorCode.DEVICE_SUSPENDED: "That device takes no calls at present: it is suspended or blocked.",
    ErrorCode.STALE_KEY: "The statement isn't newer than the one that is known, or isn't this endpoint's own.",
    ErrorCode.DRAINING: "This server is stopping; reconnect.",
    ErrorCode.UNAVAILABLE: "The server can't do this at the moment; try again.",
    ErrorCode.INTERNAL: "The server failed; nothing of what was sent is in the log.",
}

REMEDIES: dict[ErrorCode, str] = {
    ErrorCode.BAD_MESSAGE: "Fix the client; the reference gives each field's limits.",
    ErrorCode.UNSUPPORTED: "Leave out what this version doesn't know.",
    ErrorCode.TOO_LARGE: "Send less in one frame; the socket closes with 1009.",
    ErrorCode.NOT_AUTHENTICATED: "Fetch a token with `POST /v1/token` and sign the nonce of this socket's `welcome`.",
    ErrorCode.TOKEN_EXPIRED: "Fetch the next token and say hello, or `token.refresh`, again.",
    ErrorCode.ORIGIN_REFUSED: "The operator adds the origin to `NARVARO_ALLOWED_ORIGINS`.",
    ErrorCode.NOT_FOUND: "Unknown, forbidden and not linked are one and the same answer.",
    ErrorCode.NOT_ALLOWED: "A device never calls; only a call's own ends may speak in it.",
    ErrorCode.UNKNOWN_CALL: "A hang-up counts as done; a join is repeated with the next ring.",
    ErrorCode.WRONG_STATE: "`call.sync` tells how the call stands.",
    ErrorCode.CONFLICT: "Use a new call id, or a higher handshake.",
    ErrorCode.TAKEN: "Stop ringing.",
    ErrorCode.ENDED: "Stop; show nothing that was not shown yet.",
    ErrorCode.BUSY: "Try later.",
    ErrorCode.GLARE: "Take the call named by `winner`.",
    ErrorCode.CODE_REFUSED: "Ask for another one. Wrong, used and expired are one answer; five tries end a code.",
    ErrorCode.NAME_NEEDED: "Send the same registration again with `name`; the code still holds.",
    ErrorCode.NUMBER_REFUSED: "Hand the code on yourself: ask for the invitation without `phone`.",
    ErrorCode.KEPT: "The answer names the reasons; whoever is responsible for the data is asked about them.",
    ErrorCode.CONSENT_NEEDED: "Show the wording of `GET /v1/consents`, and send the version that was agreed to.",
    ErrorCode.TOO_MANY: "Wait `retry_after_ms`.",
    ErrorCode.DEVICE_SUSPENDED: "Whoever owns the device sees to it; calling again changes nothing.",
    ErrorCode.STALE_KEY: "Publish a statement with a higher serial, signed by this endpoint's identity.",
    ErrorCode.DRAINING: "Reconnect after `retry_after_ms`.",
    ErrorCode.UNAVAILABLE: "Wait `retry_after_ms`.",
    ErrorCode.INTERNAL: "Report it with the time.",
}

HTTP_STATUS: dict[ErrorCode, HTTPStatus] = {
    ErrorCode.BAD_MESSAGE: HTTPStatus.BAD_REQUEST,
    ErrorCode.UNSUPPORTED: HTTPStatus.BAD_REQUEST,
    ErrorCode.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ErrorCode.NOT_AUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    ErrorCode.TOKEN_EXPIRED: HTTPStatus.UNAUTHORIZED,
    ErrorCode.ORIGIN_REFUSED: HTTPStatus.FORBIDDEN,
    ErrorCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    ErrorCode.CONFLICT: HTTPStatus.CONFLICT,
    ErrorCode.CODE_REFUSED: HTTPStatus.FORBIDDEN,
    ErrorCode.NAME_NEEDED: HTTPStatus.BAD_REQUEST,
    ErrorCode.NUMBER_REFUSED: HTTPStatus.BAD_REQUEST,
    ErrorCode.KEPT: HTTPStatus.CONFLICT,
    ErrorCode.CONSENT_NEEDED: HTTPStatus.BAD_REQUEST,
    ErrorCode.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.DRAINING: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The status of a code that an HTTP answer can carry; the codes of calls live on the socket alone."""

CLOSE_MEANING: dict[CloseCode, str] = {
    CloseCode.NORMAL: "The client said `bye`.",
    CloseCode.GOING_AWAY: "The server is stopping: reconnect with jitter.",
    CloseCode.PROTOCOL_ERROR: "RFC 6455 was broken (an unmasked frame, a bad opcode).",
    CloseCode.UNSUPPORTED_DATA: "A binary frame: the protocol is text.",
    CloseCode.INVALID_TEXT: "A text frame that isn't UTF-8.",
    CloseCode.MESSAGE_TOO_BIG: "A frame of more than 32 KiB.",
    CloseCode.TRY_AGAIN_LATER: "The server is full.",
    CloseCode.NOT_AUTHENTICATED: "The hello was refused; the error came before.",
    CloseCode.HELLO_TIMEOUT: "No hello within five seconds.",
    CloseCode.SUPERSEDED: "A newer session of the same endpoint: stay away, don't reconnect by yourself.",
    CloseCode.REVOKED: "The endpoint's token or link was withdrawn.",
    CloseCode.SILENT: "No answer to two pings.",
    CloseCode.SLOW_READER: "The client didn't read and its queue is full.",
    CloseCode.FLOODING: "Refused messages in a row beyond the budget.",
}
"""What a client should understand by each close code (docs/reference/errors.md is made from this)."""
