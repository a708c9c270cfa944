"""What kind of network this is, asked only where nothing or not TLS got through: a portal, an interceptor, a proxy?

Each question goes to a server that is tried anyway, or to the proxy that was named: nobody else is ever asked. Answers
are yes or no; what is said on the way is neither kept nor told.
"""

import asyncio
import contextlib
import hashlib
import secrets
import ssl
from collections.abc import Coroutine, Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509

QUESTION_SECONDS: Final = 3.0
ANSWER_BYTES: Final = 8192
HTTP_PORT: Final = 80
PROXY_PORT: Final = 3128
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PORTALS_OWN: Final = frozenset({200, 203, 511})
_FAILURES: Final = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError)
"""A timeout is an OSError too, and so is every error of TLS."""


async def is_captive(hosts: Iterable[str]) -> bool:
    """Whether some host's HTTP port is answered by somebody who has something else for us first.

    Asked for a page that is nowhere, a relay's machine says nothing, that it is not there, or that the same name has it
    over TLS. A portal says 511 (RFC 6585 §6), sends us to another host, or shows its own page.
    """
    return await _any(_wants_us_elsewhere(host) for host in dict.fromkeys(hosts))


async def is_intercepted(host: str, port: int, fingerprints: frozenset[str] = frozenset()) -> bool:
    """Whether TLS with that server is opened on the way.

    Sure signs are a certificate for a name that can't exist, made on the spot, and a certificate that is not among the
    `fingerprints` (SHA-256, hexadecimal) the operator told of, if any. A box that copies the real certificate under its
    own authority is only seen by the latter.
    """
    nobody = f"narvaro-{secrets.token_hex(8)}.invalid"
    made_up, real = await asyncio.gather(_certificate(host, port, nobody), _certificate(host, port, host))
    if made_up is not None and _is_for(made_up, nobody):
        return True
    return bool(fingerprints) and real is not None and hashlib.sha256(real).hexdigest() not in fingerprints


async def is_proxy(proxy: str | None, targets: Iterable[tuple[str, int]]) -> bool:
    """Whether that HTTP proxy (`http://host:port`) answers when asked for one of the servers, be it with a refusal."""
    authority = (proxy or "").rpartition("//")[2]
    try:
        parts = urlsplit(f"//{authority}")
        address = (parts.hostname or "", parts.port or PROXY_PORT)
    except ValueError:
        return False
    if not address[0]:
        return False
    return await _any(_answers_connect(address, target) for target in dict.fromkeys(targets))


async def _any(questions: Iterable[Coroutine[Any, Any, bool]]) -> bool:
    return any(await asyncio.gather(*questions))


async def _wants_us_elsewhere(host: str) -> bool:
    path = f"/narvaro-{secrets.token_hex(8)}"
    lines = await _asked(
        (host, HTTP_PORT), f"GET {path} HTTP/1.1\r\nHost: {_bracketed(host)}\r\nConnection: close\r\n\r\n"
    )
    status = _status(lines)
    if status in _REDIRECTS:
        locations = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("location:")]
        return any(urlsplit(location).hostname not in {None, host} for location in locations)
    return status in _PORTALS_OWN


async def _answers_connect(proxy: tuple[str, int], target: tuple[str, int]) -> bool:
    authority = f"{_bracketed(target[0])}:{target[1]}"
    return _status(await _asked(proxy, f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n")) is not None


async def _asked(address: tuple[str, int], request: str) -> list[str]:
    """The head of an HTTP answer, or nothing."""
    with contextlib.suppress(*_FAILURES):
        async with asyncio.timeout(QUESTION_SECONDS):
            reader, writer = await asyncio.open_connection(*address, limit=ANSWER_BYTES)
            try:
                writer.write(request.encode("ascii"))
                head = await reader.readuntil(b"\r\n\r\n")
                return head.decode("latin-1").split("\r\n")
            finally:
                writer.close()
    return []


def _status(lines: list[str]) -> int | None:
    words = lines[0].split() if lines else []
    is_http = len(words) >= 2 and words[0].startswith("HTTP/1.") and words[1].isdecimal()
    return int(words[1]) if is_http else None


async def _certificate(host: str, port: int, name: str) -> bytes | None:
    """The certificate (DER) that is shown to who asks for `name`, whether or not it can be trusted."""
    anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anything.check_hostname = False
    anything.verify_mode = ssl.CERT_NONE  # it is looked at and nothing is ever sent over this connection
    with contextlib.suppress(*_FAILURES):
        async with asyncio.timeout(QUESTION_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=anything, server_hostname=name)
            try:
                shown: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
                return shown
            finally:
                writer.transport.abort()
    return None


def _is_for(certificate: bytes, name: str) -> bool:
    try:
        shown = x509.load_der_x509_certificate(certificate)
        names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return name in names.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        return any(part.value == name for part in shown.subject)
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
