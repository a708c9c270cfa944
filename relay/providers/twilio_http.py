"""The HTTP client that Twilio's SDK is given: it keeps nothing, logs nothing, and tells failures apart.

The SDK's own keeps a copy of the last request, account token and all, and of the last answer; it logs URLs and headers
at INFO; it has no limit for the whole of a request, nor for an answer's size; and it drops `Retry-After`. The limit in
time is the caller's, around the whole mint.
"""

import logging
from typing import Any, Final

import aiohttp
import msgspec
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from relay.errors import MintCause, ProviderError

ANSWER_BYTES: Final = 65_536
LONGEST_WAIT_SECONDS: Final = 3600.0
_REFUSED: Final = frozenset({400, 401, 403, 404, 405, 422})
_SILENT: Final = logging.getLogger("twilio.async_http_client")


class _Token(msgspec.Struct):
    """What every answer must have, or it is half an answer; what is in it is looked at by the provider."""

    username: str
    password: str
    ttl: str | int
    ice_servers: list[Any]


class TokenHttp(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """Sends one request, and raises ProviderError for anything but a whole token."""

    def __init__(self) -> None:
        super().__init__(_SILENT, is_async=True)
        self._session = aiohttp.ClientSession()

    async def request(  # noqa: PLR0917 - the SDK's signature
        self,
        method: str,
        uri: str,
        params: dict[str, str] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the SDK's signature; it passes none
        allow_redirects: bool = False,  # noqa: ARG002 - the SDK's signature; none are followed
    ) -> Response:
        """One request of the SDK's. Redirects are not followed: they could lead anywhere with our token."""
        signed = dict(headers or {})
        if auth is not None:
            signed["Authorization"] = aiohttp.encode_basic_auth(*auth)
        try:
            async with self._session.request(
                method, uri, params=params, data=data, headers=signed, allow_redirects=False
            ) as answer:
                _check_status(answer)
                text = await _whole(answer)
        except aiohttp.ClientPayloadError:
            cause = MintCause.INCOMPLETE
        except (aiohttp.ClientError, OSError) as problem:
            if isinstance(problem, TimeoutError):
                raise
            cause = MintCause.UNREACHABLE
        else:
            _check_token(text)
            return Response(answer.status, text.decode(), {})
        raise ProviderError(cause)

    async def close(self) -> None:
        """Close what is open to Twilio."""
        await self._session.close()


def _check_status(answer: aiohttp.ClientResponse) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    if status == 429:
        raise ProviderError(MintCause.RATE_LIMITED, retry_after_seconds=_retry_after(answer.headers.get("Retry-After")))
    raise ProviderError(MintCause.REFUSED if status in _REFUSED else MintCause.SERVER_FAULT)


def _retry_after(header: str | None) -> float | None:
    """Seconds to wait, if the answer says so in seconds; a date is left to our own patience."""
    if header is None or not header.isascii() or not header.isdecimal() or len(header) > 9:
        return None
    return min(float(header), LONGEST_WAIT_SECONDS)


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    text = bytearray()
    async for part in answer.content.iter_any():
        text += part
        if len(text) > ANSWER_BYTES:
            raise ProviderError(MintCause.GARBAGE)
    return bytes(text)


def _check_token(text: bytes) -> None:
    try:
        msgspec.json.decode(text, type=_Token)
    except msgspec.ValidationError:
        cause = MintCause.INCOMPLETE if _is_object(text) else MintCause.GARBAGE
    except (ValueError, RecursionError):
        cause = MintCause.GARBAGE
    else:
        return
    raise ProviderError(cause)


def _is_object(text: bytes) -> bool:
    return text.lstrip().startswith(b"{")
