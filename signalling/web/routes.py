"""The URL map: every address of the coordinator and who may use it. `signalling routes` prints it.

`/metrics` is not here: it has a listener of its own (signalling.web.metrics).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from signalling.web import handlers
from signalling.web.front import Front, Handler
from signalling.web.headers import on_prepare
from signalling.web.middleware import guard, translate
from signalling.web.policy import Policy, RouteName


@dataclass(frozen=True, slots=True)
class Route:
    """One address."""

    method: str
    path: str
    policy: Policy
    handler: Handler

    @property
    def name(self) -> RouteName:
        """How the router knows it."""
        return RouteName(self.method, self.path)

    @property
    def about(self) -> str:
        """What it gives, in a sentence."""
        return (self.handler.__doc__ or "").strip()


ROUTES: Final = (
    Route("POST", "/v1/nonce", Policy.OPEN, handlers.nonce),
    Route("OPTIONS", "/v1/nonce", Policy.OPEN, handlers.preflight),
    Route("POST", "/v1/token", Policy.SIGNED, handlers.token),
    Route("OPTIONS", "/v1/token", Policy.OPEN, handlers.preflight),
    Route("GET", "/v1/socket", Policy.HELLO, handlers.socket),
    Route("GET", "/livez", Policy.OPEN, handlers.live),
    Route("GET", "/readyz", Policy.OPEN, handlers.ready),
    Route("GET", "/{page}", Policy.OPEN, handlers.page),
)

_PATTERNS: Final = {"/{page}": "/{page:.*}"}
"""What the router is told for a path; the page may have slashes."""


def policies() -> Mapping[RouteName, Policy]:
    """Who may use what."""
    return {route.name: route.policy for route in ROUTES}


def application(front: Front) -> web.Application:
    """The URL map as an aiohttp application."""
    app = web.Application(middlewares=[translate(front), guard(policies())])
    for route in ROUTES:
        app.router.add_route(route.method, _PATTERNS.get(route.path, route.path), partial(route.handler, front))
        if route.method == "GET":
            app.router.add_route("HEAD", _PATTERNS.get(route.path, route.path), partial(route.handler, front))
    app.on_response_prepare.append(on_prepare)
    return app


def table() -> str:
    """The URL map as lines of text."""
    rows = [(route.method, route.path, route.policy.value, route.about) for route in ROUTES]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    ]
    return "\n".join(lines)
