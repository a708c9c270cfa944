"""How a coordinator is named: what is dialled is what is signed, so both are written one way."""

from typing import Final
from urllib.parse import urlsplit

_EXAMPLE: Final = "an origin looks like https://calls.example or http://localhost:8080"


class OriginError(ValueError):
    """That is no origin; the message shows what one looks like."""


def normal_origin(text: str) -> str:
    """`scheme://host[:port]`, lower case and without a default port: what a hello signs. Raises OriginError."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise OriginError(_EXAMPLE) from None
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise OriginError(_EXAMPLE)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{host}" + (f":{port}" if port not in (None, default) else "")
