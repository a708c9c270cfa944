"""A fresh certificate for every connection, made before it is needed. None is ever used twice or kept."""

import asyncio

from client_sim.aiortc_settings import CallCertificate


class Certificates:
    """Keeps one certificate ahead."""

    def __init__(self) -> None:
        self._next: CallCertificate | None = CallCertificate.generateCertificate()

    def take(self) -> CallCertificate:
        """One that nobody else gets; the next is made when the loop is idle. Needs a running loop."""
        taken = self._next or CallCertificate.generateCertificate()
        self._next = None
        asyncio.get_running_loop().call_soon(self._prepare)
        return taken

    def _prepare(self) -> None:
        if self._next is None:
            self._next = CallCertificate.generateCertificate()
