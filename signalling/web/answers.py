"""Answers of handlers that succeed: JSON, octets, or nothing to say."""

from typing import Final

import msgspec
from aiohttp import web

from signalling.vocabulary import Identifier


def _plain(value: object) -> str:
    """Identifiers are text of a class of their own, which msgspec doesn't know."""
    if isinstance(value, Identifier):
        return str(value)
    raise TypeError("an answer holds what JSON can say")


_encoder: Final = msgspec.json.Encoder(enc_hook=_plain)


class _Forgetting(web.Response):
    """Keeps nothing of what it says once it is said: aiohttp holds a response until the next on the same connection."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Send what is left, and forget it."""
        try:
            await super().write_eof(data)
        finally:
            self._body = None


def json_answer(body: object) -> web.Response:
    """200 with JSON."""
    return _Forgetting(body=_encoder.encode(body), content_type="application/json")


def octets_answer(body: bytes, content_type: str = "application/octet-stream") -> web.Response:
    """200 with bytes as they are."""
    return _Forgetting(body=body, content_type=content_type)


def no_answer() -> web.Response:
    """204: done."""
    return web.Response(status=204)
