"""What the door's handlers share: one value, made by the assembly, without a rule of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from aiohttp import hdrs, web

from signalling.access.admission import Admission, Door
from signalling.access.entry import TokenDesk
from signalling.access.nonces import Nonces
from signalling.access.origins import Origins
from signalling.access.requests import RequestCheck
from signalling.observe.clock import Clock
from signalling.observe.figures import Figures
from signalling.observe.log import Log
from signalling.people.circle import Circle
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.service.people import People
from signalling.service.receipts import Receipts
from signalling.vocabulary import EndpointId
from signalling.web.connection import SocketConnection
from signalling.web.pages import Pages
from signalling.web.proxies import Proxies
from signalling.web.socket import Desk

FEW: Final = frozenset({Door.CODE, Door.NEWCOMER, Door.LIST, Door.SUPPORT, Door.MY_DATA})
"""Doors at which a network may knock as seldom as newcomers do: what is left there is kept, or opens something."""


@dataclass(slots=True)
class Front:
    """The door of one coordinator."""

    origins: Origins
    admission: Admission
    newcomers: Admission
    """As `admission`, for those who show codes: few each minute."""
    pace: Admission
    """Requests of an endpoint that has proved itself."""
    requests: RequestCheck
    circle: Circle
    people: People | None
    """None where the circle is a seed file: then nobody comes in, and there are no accounts."""
    receipts: Receipts
    proxies: Proxies
    nonces: Nonces
    token_desk: TokenDesk
    desk: Desk
    pages: Pages
    clock: Clock
    figures: Figures
    log: Log
    max_sockets: int
    send_queue_bytes: int
    relays: Callable[[], StrEnum]
    """How it stands with the relays, in one word."""
    connections: set[SocketConnection] = field(default_factory=set)
    is_draining: bool = False
    openapi: bytes = b""
    """The description of the HTTP API, made from the URL map."""
    large_bodies: set[EndpointId] = field(default_factory=set)
    """Whose large bodies are being read or answered."""

    def is_ready(self) -> bool:
        """Whether newcomers are welcome."""
        return not self.is_draining and self.desk.hub.ready()

    def check_open(self) -> None:
        """Raises ProtocolError `draining` once the server is stopping."""
        if not self.is_ready():
            raise ProtocolError(ErrorCode.DRAINING, retry_after_ms=3000)

    def check_origin(self, request: web.Request) -> None:
        """The Origin is ours, allowed or missing. Raises ProtocolError `origin_refused`."""
        origins = request.headers.getall(hdrs.ORIGIN, [])
        self.origins.check(", ".join(origins) if origins else None)

    def knock(self, request: web.Request, door: Door, *, now: float) -> None:
        """As `check_origin`, and the network hasn't knocked too often. Raises ProtocolError `too_many` too."""
        self.check_origin(request)
        admission = self.newcomers if door in FEW else self.admission
        admission.knock(door, self.proxies.client_address(request), now=now)

    def registry(self) -> People:
        """The hands for people. Raises ProtocolError `not_found` where the circle is a seed file."""
        if self.people is None:
            raise ProtocolError(ErrorCode.NOT_FOUND)
        return self.people


Handler = Callable[[Front, web.Request], Awaitable[web.StreamResponse]]
"""What answers a route."""
