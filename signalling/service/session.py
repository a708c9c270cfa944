"""One live session: an authenticated endpoint, its circle entry, and its socket."""

from dataclasses import dataclass, field

from signalling.access.identity import Identity
from signalling.people.circle import Endpoint
from signalling.protocol.codec import encode
from signalling.protocol.errors import CloseCode, ProtocolError
from signalling.protocol.messages import Error, Message, Presence, Ready
from signalling.service.budgets import Budgets
from signalling.service.connection import Connection
from signalling.state.port import Present
from signalling.vocabulary import EndpointId, Epoch, PresenceState


@dataclass(slots=True, eq=False, repr=False)
class Session:
    """What the hub knows of one socket. It is also the endpoint's inbox (`signalling.state.port.Inbox`)."""

    name: str
    """A short-lived tag of its own: the only thing of a session that a log line may carry."""
    identity: Identity
    who: Endpoint
    connection: Connection
    budgets: Budgets
    epoch: Epoch = field(default=Epoch(0))
    is_superseded: bool = False
    watches: tuple[EndpointId, ...] = ()
    """Whose presence it asked for, whether or not it may see them."""
    said: PresenceState = PresenceState.ONLINE
    """What a device says of itself."""
    blocked: bool = False
    """A device that takes no calls until it is unblocked, whatever it says."""
    _waiting: list[bytes] | None = field(default_factory=list)
    """What came for this endpoint before its `ready`; nothing waits after it."""

    @property
    def endpoint(self) -> EndpointId:
        """The authenticated endpoint."""
        return self.who.endpoint

    @property
    def presence(self) -> PresenceState:
        """How those who may see it see it."""
        return PresenceState.BLOCKED if self.blocked else self.said

    def deliver(self, frame: bytes) -> None:
        """A frame from anywhere for this endpoint. What comes before `ready` waits for it."""
        if self._waiting is not None:
            self._waiting.append(frame)
        else:
            self.connection.send(frame)

    def begin(self, ready: Ready) -> None:
        """Send `ready`, then what came meanwhile."""
        waiting, self._waiting = self._waiting or [], None
        for frame in (encode(ready), *waiting):
            self.connection.send(frame)

    def send(self, message: Message) -> None:
        """A message of the server's own."""
        self.connection.send(encode(message))

    def superseded(self) -> None:
        """A newer session took over: this one closes and stays away."""
        self.is_superseded = True
        self.connection.close(CloseCode.SUPERSEDED)

    def noticed(self, endpoint: EndpointId, present: Present) -> None:
        """A watched endpoint came or went."""
        since = None if present.since is None else int(present.since)
        self.send(Presence(endpoint=endpoint, state=present.state, since=since))

    def refuse(self, error: ProtocolError, ref: str | None = None) -> None:
        """Answer with a stable code, and close where the code says so."""
        self.send(
            Error(
                code=error.code,
                ref=error.ref if error.ref is not None else ref,
                retry_after_ms=error.retry_after_ms,
                winner=error.winner,
            )
        )
        if error.close is not None:
            self.connection.close(error.close)
