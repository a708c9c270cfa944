"""Why the coordinator can't be reached from here: asked where no session comes, so that nobody has to guess.

It asks the coordinator's own host and the proxy that this machine names, nobody else, and keeps nothing. A coordinator
on this machine, or one without TLS, is never asked about: there is no network to blame.
"""

import asyncio
import contextlib
import ssl
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from relay.network import is_captive, is_intercepted, is_proxy
from relay.probe import Cause

PATIENCE_SECONDS: Final = 4.0
"""With the questions, which take three seconds, it is said within ten why there is no session."""
HANDSHAKE_SECONDS: Final = 3.0
HTTPS_PORT: Final = 443


async def session_within(session: asyncio.Event, origin: str, seconds: float) -> Cause | None:
    """Wait so long for a session. A cause comes back, perhaps sooner, where the network is known to keep it away."""
    if await _set_within(session, min(PATIENCE_SECONDS, seconds)):
        return None
    began = asyncio.get_running_loop().time()
    cause = await why_unreachable(origin)
    if cause is None and not session.is_set():
        left = seconds - PATIENCE_SECONDS - (asyncio.get_running_loop().time() - began)
        await _set_within(session, max(0.0, left))
    return None if session.is_set() else cause


async def why_unreachable(origin: str) -> Cause | None:
    """What the network does to the connection with that origin, as far as it can be told. None: nothing that shows."""
    parts = urlsplit(origin)
    if parts.scheme != "https" or parts.hostname is None:
        return None
    host, port = parts.hostname, parts.port or HTTPS_PORT
    captive, intercepted, untrusted, proxied = await asyncio.gather(
        is_captive([host]),
        is_intercepted(host, port),
        _is_untrusted(host, port),
        is_proxy(getproxies().get("https"), [(host, port)]),
    )
    if captive:
        return Cause.CAPTIVE_PORTAL
    if intercepted:
        return Cause.TLS_INTERCEPTED
    if untrusted:
        return Cause.TLS_UNTRUSTED
    return Cause.PROXY_ONLY if proxied else None


async def _is_untrusted(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context())
            writer.transport.abort()
    except ssl.SSLCertVerificationError:
        return True
    except OSError:  # a timeout is one too
        return False
    return False


async def _set_within(session: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await session.wait()
    return session.is_set()
