"""Access tokens: asked for with a signed nonce, kept in memory until shortly before they die, shown in `hello` alone.

A token must never stand in an address, a log or an error.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

import aiohttp
import msgspec
from msgspec import Meta

from client_sim.identity import Identity
from signalling.protocol.proof import from_base64url

FRESH_SECONDS: Final = 60.0
"""A token that lives less than this is not used for a new session."""
REQUEST_SECONDS: Final = 10.0
ANSWER_BYTES: Final = 8 * 1024


class TokenError(Exception):
    """No token. `code` is the coordinator's own where it gave one; `is_final` where asking again is no use."""

    def __init__(self, code: str, *, is_final: bool = False) -> None:
        super().__init__(f"the coordinator gave no token: {code}")
        self.code = code
        self.is_final = is_final


class _Nonce(msgspec.Struct):
    nonce: Annotated[str, Meta(max_length=128)]


class _Token(msgspec.Struct):
    token: Annotated[str, Meta(max_length=2048)]
    expires_in: float


class _Failure(msgspec.Struct):
    code: str = "unavailable"


class _Claims(msgspec.Struct):
    jti: str


_Answer = TypeVar("_Answer", _Nonce, _Token, _Failure, _Claims)


class Tokens:
    """One endpoint's tokens from one coordinator."""

    def __init__(
        self,
        identity: Identity,
        *,
        origin: str,
        http: aiohttp.ClientSession,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._identity = identity
        self._origin = origin
        self._http = http
        self._clock = clock
        self._token = ""
        self._dies_at = 0.0

    @property
    def seconds_left(self) -> float:
        """How long the present token lives; 0 without one."""
        return max(0.0, self._dies_at - self._clock())

    def forget(self) -> None:
        """The coordinator refused the present one."""
        self._token, self._dies_at = "", 0.0

    async def current(self) -> str:
        """A token fit for a new session. Raises TokenError."""
        if self.seconds_left < FRESH_SECONDS:
            await self.renew()
        return self._token

    async def renew(self) -> str:
        """The next token, whatever the present one is worth. Raises TokenError."""
        nonce = (await self._post("/v1/nonce", {}, _Nonce)).nonce
        signature = self._identity.sign_token_request(origin=self._origin, nonce=nonce)
        asked_at = self._clock()
        asked = {"endpoint": self._identity.endpoint, "nonce": nonce, "signature": signature}
        found = await self._post("/v1/token", asked, _Token)
        self._token, self._dies_at = found.token, asked_at + found.expires_in
        return self._token

    async def _post(self, path: str, body: dict[str, str], answer_type: type[_Answer]) -> _Answer:
        timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
        try:
            async with self._http.post(self._origin + path, json=body, timeout=timeout) as answer:
                text = await answer.content.read(ANSWER_BYTES)
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            status, text = 0, b""
        if status == HTTPStatus.OK:
            return _read(text, answer_type)
        if status == 0:
            raise TokenError("unreachable")
        raise TokenError(_read(text, _Failure).code, is_final=status == HTTPStatus.UNAUTHORIZED)


def token_id(token: str) -> str:
    """The `jti` of a token that this endpoint was given; it is not verified, for the coordinator will do that."""
    try:
        payload = from_base64url(token.split(".")[1])
    except (IndexError, ValueError):
        payload = b""
    return _read(payload, _Claims).jti


def _read(text: bytes, answer_type: type[_Answer]) -> _Answer:
    """msgspec's errors quote what came, so none of them is a cause of ours."""
    try:
        return msgspec.json.decode(text, type=answer_type)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise TokenError("bad_answer")
