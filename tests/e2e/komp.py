"""A Komp or a phone without a camera, played by a test: it has keys, opens the page's boxes, and answers as told."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from client_sim.mailbox import Letter, Mailbox
from client_sim.sealed.call_seal import CallKeys, NoiseSeal
from client_sim.sealed.keyring import key_of
from client_sim.sealed.seal import Binding
from signalling.protocol import CallId, EndpointId, Role
from signalling.protocol.codec import box_text
from signalling.protocol.messages import CallInvite, SealedBox
from tests.e2e.household import Device, Grandchild
from tests.e2e.site import Coordinator


class ScriptedKomp:
    """The callee's end of one call, behind the scripted coordinator: one of the endpoints that are rung."""

    def __init__(
        self,
        coordinator: Coordinator,
        socket: web.WebSocketResponse,
        invite: CallInvite,
        *,
        device: Device,
        caller: Grandchild,
    ) -> None:
        self._coordinator = coordinator
        self._socket = socket
        self.invite = invite
        self.endpoint = device.endpoint
        (ring,) = (one for one in invite.rings if one.endpoint == self.endpoint)
        key = caller.ring.current
        assert invite.from_key == key.serial
        binding = Binding(CallId(invite.call), coordinator.endpoint, EndpointId(ring.endpoint), key.serial, ring.key, 0)
        own = key_of(device.ring, ring.key, now=device.ring.current.made_at)
        assert own is not None
        self._seal = NoiseSeal(binding, Role.CALLEE, CallKeys(own, key.public))
        self.ring = json.loads(self._seal.read_first(ring.box))
        self._mailbox = Mailbox(self._seal)
        self._join: str | None = None
        self.heard: list[dict[str, Any]] = []
        """Every content of the page so far."""

    @property
    def call(self) -> str:
        return self.invite.call

    async def answers_the_invite(self, **fields: Any) -> None:
        await self.tells(
            {"t": "ok", "ref": self.invite.id, "remaining_ms": 45000, "ice_servers": [], "away": []} | fields
        )

    async def rings(self, answers_in_ms: int | None = 10_000) -> None:
        progress = {"t": "call.progress", "state": "ringing", "answers_in_ms": answers_in_ms}
        await self.tells(progress | {"call": self.call, "endpoint": self.endpoint})

    async def declines(self) -> None:
        """Here alone: another goes on ringing."""
        await self.tells({"t": "call.progress", "state": "declined", "call": self.call, "endpoint": self.endpoint})

    async def joins(self, *, named: str | None = None) -> None:
        """The same bytes each time. `named`: whose join the coordinator says that it is."""
        self._join = self._join or self._seal.write_second(b'{"t":"join"}')
        joined = {"t": "call.joined", "call": self.call, "endpoint": named or self.endpoint, "box": self._join}
        await self.tells(joined)

    async def says(self, content: Mapping[str, Any]) -> None:
        now = asyncio.get_running_loop().time()
        for letter in self._mailbox.put(json.dumps(content).encode(), now=now):
            await self.tells(
                {"t": "box", "call": self.call, "handshake": 0, "ack": letter.ack, "seq": letter.seq, "box": letter.box}
            )

    async def hears(self, kind: str) -> dict[str, Any]:
        """The next content of that type in the page's boxes."""
        while True:
            message: SealedBox = await self._coordinator.hears(SealedBox)
            box = box_text(message.box) if message.box else None
            contents, _ = self._mailbox.take(Letter(message.handshake, message.ack, message.seq, box), now=0)
            for content in map(json.loads, contents):
                self.heard.append(content)
                if content["t"] == kind:
                    return dict(content)

    async def ends(self, reason: str) -> None:
        await self.tells({"t": "call.ended", "call": self.call, "reason": reason})
        await self.tells({"t": "call.erased", "call": self.call})

    async def tells(self, message: Mapping[str, Any]) -> None:
        await self._socket.send_json(message)

    def is_now_at(self, socket: web.WebSocketResponse) -> None:
        """The page came back on another socket."""
        self._socket = socket
