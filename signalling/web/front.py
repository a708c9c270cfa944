"""What the door's handlers share: one value, made by the assembly, without a rule of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web

from signalling.access.admission import Admission
from signalling.access.entry import TokenDesk
from signalling.access.nonces import Nonces
from signalling.access.origins import Origins
from signalling.observe.clock import Clock
from signalling.observe.figures import Figures
from signalling.observe.log import Log
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.web.connection import SocketConnection
from signalling.web.pages import Pages
from signalling.web.proxies import Proxies
from signalling.web.socket import Desk


@dataclass(slots=True)
class Front:
    """The door of one coordinator."""

    origins: Origins
    admission: Admission
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

    def is_ready(self) -> bool:
        """Whether newcomers are welcome."""
        return not self.is_draining and self.desk.hub.ready()

    def check_open(self) -> None:
        """Raises ProtocolError `draining` once the server is stopping."""
        if not self.is_ready():
            raise ProtocolError(ErrorCode.DRAINING, retry_after_ms=3000)


Handler = Callable[[Front, web.Request], Awaitable[web.StreamResponse]]
"""What answers a route."""
