"""Asking the coordinator over HTTP: each request signed over its own content by this endpoint's key.

Knows no address by heart and keeps nothing of an answer. A token, a code or a name must never stand in an error.
"""

import secrets
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypeVar

import aiohttp
import msgspec

from client_sim.identity import Identity
from client_sim.token import TokenError, Tokens, token_id
from signalling.protocol.proof import base64url

REQUEST_SECONDS: Final = 30.0
ANSWER_BYTES: Final = 8 * 1024 * 1024

T = TypeVar("T")


class AskingError(Exception):
    """No answer, or a refusal. `code` is the coordinator's own, `unreachable`, or `bad_answer`."""

    def __init__(self, code: str, *, retry_after_ms: int | None = None) -> None:
        super().__init__(f"the coordinator refused: {code}")
        self.code = code
        self.retry_after_ms = retry_after_ms


class _Failure(msgspec.Struct):
    code: str = "bad_answer"
    retry_after_ms: int | None = None


class _Nonce(msgspec.Struct):
    nonce: str


class Asking:
    """One endpoint that asks one coordinator."""

    def __init__(
        self,
        identity: Identity,
        *,
        origin: str,
        http: aiohttp.ClientSession,
        tokens: Tokens | None = None,
        unix_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """`tokens` may be shared with a socket of the same endpoint; `unix_ms` is the time of day."""
        self.identity: Final = identity
        self.origin: Final = origin
        self._http = http
        self._tokens = tokens or Tokens(identity, origin=origin, http=http)
        self._unix_ms = unix_ms

    async def nonce(self) -> str:
        """A nonce to sign. Raises AskingError."""
        return decoded(await self.openly("POST", "/v1/nonce"), _Nonce).nonce

    async def openly(self, method: str, path: str, body: object = None) -> bytes:
        """What is answered to a request that is not signed. Raises AskingError."""
        sent = msgspec.json.encode(body) if body is not None else b""
        return await self._sent(method, path, sent, {"Content-Type": "application/json"} if sent else {})

    async def signed(
        self, method: str, path: str, body: object = None, *, data: bytes = b"", content_type: str = "application/json"
    ) -> bytes:
        """What is answered to a signed request: JSON of `body`, or `data` as it is. Raises AskingError."""
        sent = msgspec.json.encode(body) if body is not None else data
        for last in (False, True):
            headers = await self._proof(method, path, sent)
            if sent:
                headers["Content-Type"] = content_type
            try:
                return await self._sent(method, path, sent, headers)
            except AskingError as refusal:
                if last or refusal.code != "token_expired":
                    raise
            self._tokens.forget()
        raise AssertionError("the last try returns or raises")

    async def _proof(self, method: str, path: str, sent: bytes) -> dict[str, str]:
        try:
            token = await self._tokens.current()
        except TokenError as refusal:
            code = refusal.code
        else:
            at, nonce = self._unix_ms(), base64url(secrets.token_bytes(16))
            signature = self.identity.sign_request(
                origin=self.origin,
                method=method,
                path=path,
                token_id=token_id(token),
                unix_ms=at,
                nonce=nonce,
                body=sent,
            )
            return {"Authorization": f"Bearer {token}", "Narvaro-Proof": f"t={at},n={nonce},s={signature}"}
        raise AskingError(code)

    async def _sent(self, method: str, path: str, sent: bytes, headers: dict[str, str]) -> bytes:
        timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
        data = aiohttp.BytesPayload(sent) if sent else None
        try:
            async with self._http.request(
                method, self.origin + path, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                text, status = await answer.content.read(ANSWER_BYTES), answer.status
                while not answer.content.at_eof() and len(text) < ANSWER_BYTES:
                    text += await answer.content.read(ANSWER_BYTES - len(text))
        except (aiohttp.ClientError, TimeoutError, OSError):
            status, text = 0, b""
        if status in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
            return text
        if status == 0:
            raise AskingError("unreachable")
        failure = decoded(text, _Failure)
        raise AskingError(failure.code, retry_after_ms=failure.retry_after_ms)


def decoded(text: bytes, shape: type[T]) -> T:
    """The answer in its shape. Raises AskingError: msgspec's own error would quote it."""
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    raise AskingError("bad_answer")
