"""The seam between the hands and the door: what a session needs of its socket."""

from typing import Protocol

from signalling.protocol.errors import CloseCode


class Connection(Protocol):
    """One client's socket."""

    def send(self, frame: bytes) -> None:
        """One text frame. Never waits and never raises; a reader too slow is cut by the connection itself."""

    def close(self, code: CloseCode) -> None:
        """Close with that code. Idempotent; what was sent before goes out first."""
