"""What really arrived: every text frame that an endpoint's socket, or the coordinator's door, has taken.

It stands at the victim and not in the middle, and knows nothing of attacks.
"""

from collections import Counter, defaultdict
from typing import Any

import pytest

import signalling.web.socket
from client_sim.socket import Socket
from signalling.protocol.codec import decode_client
from tests.hostile.middle import COORDINATOR, Altered, digest


class Ears:
    """Counts frames by whom they reached. One for a test: it listens to every endpoint of this process."""

    def __init__(self) -> None:
        self.heard: dict[str, Counter[bytes]] = defaultdict(Counter)

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Begin. It ends with the patch."""
        talk = Socket._talk

        async def talk_heard(socket: Socket, ws: Any, token: str) -> object:
            receive = ws.receive

            async def heard(*timeout: float) -> Any:
                frame = await receive(*timeout)
                if isinstance(frame.data, bytes):
                    self.heard[str(socket._identity.endpoint)][digest(frame.data)] += 1
                return frame

            ws.receive = heard
            return await talk(socket, ws, token)

        def decode_heard(frame: bytes) -> object:
            self.heard[COORDINATOR][digest(frame)] += 1
            return decode_client(frame)

        patch.setattr(Socket, "_talk", talk_heard)
        patch.setattr(signalling.web.socket, "decode_client", decode_heard)

    def arrived(self, altered: list[Altered]) -> int:
        """How many of the altered frames their victims have taken."""
        sent = Counter((one.victim, one.digest) for one in altered)
        return sum(min(number, self.heard[victim][frame]) for (victim, frame), number in sent.items())
