"""What every HTTP answer tells browsers: run nothing from elsewhere, say nowhere whence you come, sit in no frame."""

from typing import Final

from aiohttp import hdrs, web
from multidict import CIMultiDict

_CONTENT: Final = (
    "default-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_PERMISSIONS: Final = (
    "camera=(self)",
    "microphone=(self)",
    "autoplay=(self)",
    "fullscreen=(self)",
    "screen-wake-lock=(self)",
    "display-capture=()",
    "geolocation=()",
    "payment=()",
    "usb=()",
    "browsing-topics=()",
)
CONTENT_SECURITY_POLICY: Final = "; ".join(_CONTENT)
_ALWAYS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(_PERMISSIONS),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SERVER: Final = "narvaro"
_HSTS: Final = "max-age=31536000; includeSubDomains"


def secure(headers: CIMultiDict[str], *, over_tls: bool) -> None:
    """Put the headers of every answer in; `Cache-Control: no-store` where the handler said nothing of caching."""
    headers[hdrs.SERVER] = _SERVER  # aiohttp would tell its version and Python's
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
    if over_tls:
        headers["Strict-Transport-Security"] = _HSTS


async def on_prepare(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """aiohttp's signal before headers go out. A socket's 101 carries none of these but the server's name."""
    if response.status == 101:
        response.headers[hdrs.SERVER] = _SERVER
    else:
        secure(response.headers, over_tls=request.secure)
