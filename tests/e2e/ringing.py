"""A phone without a camera, played by a test: it rings a Komp's page, and says what it is told to, in sealed boxes."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from client_sim.mailbox import Letter, Mailbox
from client_sim.sealed.call_seal import CallKeys, NoiseSeal
from client_sim.sealed.profile import profile_digest
from client_sim.sealed.seal import Binding
from signalling.protocol import CallId, EndpointId, Role
from signalling.protocol.codec import box_text
from signalling.protocol.messages import CallJoin, CallResumed, SealedBox
from tests.e2e.household import Device, Grandchild
from tests.e2e.site import Coordinator


class ScriptedPhone:
    """The caller's end of one call, behind the scripted coordinator. `komp` is whose browser it is."""

    def __init__(
        self,
        coordinator: Coordinator,
        socket: web.WebSocketResponse,
        *,
        phone: Device,
        komp: Grandchild,
        call: str,
        key: int | None = None,
        rung: int = 1,
        media: str = "video",
    ) -> None:
        self._coordinator = coordinator
        self.socket = socket
        self._phone, self._komp = phone, komp
        self.call = call
        self._key = key or komp.ring.current.serial
        self._seal = self._sealed(0, Role.CALLER)
        self._handshake = 0
        self._mailbox = Mailbox(self._seal)
        ring = {
            "t": "ring",
            "sent_at": int(time.time() * 1000) if rung > 1 else 0,
            "media": media,
            "rung": rung,
            "profile": profile_digest(phone.who.name, None),
        }
        self.ring = {
            "t": "call.ring",
            "call": self.call,
            "from": phone.endpoint,
            "from_key": phone.ring.current.serial,
            "key": self._key,
            "box": self._seal.write_first(json.dumps(ring).encode()),
            "media": media,
            "remaining_ms": 45_000,
            "profile": {"name": phone.who.name},
            "ice_servers": [],
        }

    async def rings(self) -> None:
        await self.socket.send_json(self.ring)

    async def hears_the_join(self) -> CallJoin:
        join: CallJoin = await self._coordinator.hears(CallJoin)
        return join

    def opens(self, join: CallJoin) -> None:
        assert json.loads(self._seal.read_second(join.box)) == {"t": "join"}

    async def says(self, content: Mapping[str, Any]) -> None:
        now = asyncio.get_running_loop().time()
        for letter in self._mailbox.put(json.dumps(content).encode(), now=now):
            box = {"t": "box", "call": self.call, "handshake": self._handshake, "ack": letter.ack}
            await self.socket.send_json(box | {"seq": letter.seq, "box": letter.box})

    async def hears(self, kind: str) -> dict[str, Any]:
        """The next content of that type in the page's boxes."""
        while True:
            message: SealedBox = await self._coordinator.hears(SealedBox)
            box = box_text(message.box) if message.box else None
            contents, _ = self._mailbox.take(Letter(message.handshake, message.ack, message.seq, box), now=0)
            for content in map(json.loads, contents):
                if content["t"] == kind:
                    return dict(content)

    async def resumes(self, handshake: int) -> dict[str, Any]:
        """It was loaded anew: a new handshake; the message, to be sent once more."""
        self._seal, self._handshake = self._sealed(handshake, Role.CALLER), handshake
        self._mailbox = Mailbox(self._seal, handshake)
        ring = {"t": "ring", "sent_at": 0, "media": "video", "rung": 1}
        resume = {
            "t": "call.resume",
            "call": self.call,
            "handshake": handshake,
            "from_key": self._phone.ring.current.serial,
            "key": self._key,
            "box": self._seal.write_first(json.dumps(ring).encode()),
        }
        await self.socket.send_json(resume)
        return resume

    async def is_answered(self) -> CallResumed:
        resumed: CallResumed = await self._coordinator.hears(CallResumed)
        return resumed

    def opens_again(self, resumed: CallResumed) -> None:
        assert json.loads(self._seal.read_second(resumed.box)) == {"t": "join"}

    def _sealed(self, handshake: int, initiator: Role) -> NoiseSeal:
        mine, theirs = self._phone.ring.current, self._komp.ring.current
        ends = (EndpointId(self._phone.endpoint), EndpointId(str(self._komp.identity.endpoint)))
        binding = Binding(CallId(self.call), *ends, mine.serial, self._key, handshake)
        return NoiseSeal(binding, Role.CALLER, CallKeys(mine.key, theirs.public), initiator=initiator)
