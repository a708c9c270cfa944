"""What sealing costs: bytes of a whole call's boxes, and CPU at each end. `python -m benchmarks.sealing`.

The call is a video call between two headless endpoints with aiortc's own descriptions and the candidates of a host with
two networks behind a TURN server. Nothing is sent anywhere. Exits 1 where a target is missed.
"""

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Final

from aiortc import RTCConfiguration, RTCPeerConnection
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sim.sealed import contents
from client_sim.sealed.call_seal import CallKeys, NoiseSeal
from client_sim.sealed.contents import (
    Accepted,
    Answer,
    Bye,
    Candidate,
    Candidates,
    Content,
    EndOfCandidates,
    Here,
    Join,
    Offer,
    Ring,
)
from client_sim.sealed.seal import Binding
from signalling.protocol import CallId, EndpointId, EndReason, Media, Role
from signalling.protocol.proof import base64url

CPU_TARGET_MS: Final = 5.0
BYTES_TARGET: Final = 10_000
CALLS: Final = 300


@dataclass(frozen=True, slots=True)
class Script:
    """What each end of one call says, in order, after ring and join."""

    caller: list[Content]
    callee: list[Content]


@dataclass(slots=True)
class Costs:
    """Of one call."""

    box_bytes: dict[Role, list[int]] = field(default_factory=lambda: {Role.CALLER: [], Role.CALLEE: []})
    cpu_ms: dict[Role, float] = field(default_factory=lambda: {Role.CALLER: 0.0, Role.CALLEE: 0.0})

    @property
    def total_bytes(self) -> int:
        """Sealed bytes of both ends."""
        return sum(map(sum, self.box_bytes.values()))

    @property
    def total_characters(self) -> int:
        """The same as text on the wire."""
        return sum(-(-size * 4 // 3) for sizes in self.box_bytes.values() for size in sizes)


async def descriptions() -> tuple[str, str]:
    """An offer and its answer, as aiortc makes them for a video call, nothing gathered."""
    offerer, answerer = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    try:
        for kind in ("audio", "video"):
            offerer.addTransceiver(kind, "sendrecv")
        offerer.createDataChannel("control", negotiated=True, id=0)
        offer = await offerer.createOffer()
        await answerer.setRemoteDescription(offer)
        answer = await answerer.createAnswer()
        return offer.sdp, answer.sdp
    finally:
        await asyncio.gather(offerer.close(), answerer.close())


def script(offer: str, answer: str) -> Script:
    """The whole call: descriptions, two batches of candidates from each end, the accept, the goodbye."""
    first, second = _candidates("host", 3), _candidates("relay", 3)
    gathered: list[Content] = [Candidates(0, first), Candidates(0, second), EndOfCandidates(0)]
    return Script(
        caller=[Here(), Offer(0, offer), *gathered, Bye(EndReason.HANGUP)],
        callee=[Answer(0, answer), *gathered, Accepted()],
    )


def _candidates(kind: str, count: int) -> list[Candidate]:
    """Addresses of RFC 5737 and RFC 3849; random foundations, as libraries make them."""
    related = " raddr 198.51.100.7 rport 40001" if kind == "relay" else ""
    lines = [
        f"candidate:{number * 0x9E3779B1 % 2**32:08x} 1 udp {2130706431 - number}"
        f" 203.0.113.{number} {50_000 + 977 * number} typ {kind}{related}"
        for number in range(1, count)
    ]
    lines.append(f"candidate:1 1 udp 2122262783 2001:db8::{count:x}:8e2:370:7334 51234 typ {kind}")
    return [Candidate(line, "0", 0) for line in lines]


def run_call(said: Script) -> Costs:
    """Seal and open a whole call, counting at each end."""
    keys = {role: X25519PrivateKey.generate() for role in Role}
    public = {role: key.public_key().public_bytes_raw() for role, key in keys.items()}
    binding = Binding(CallId(base64url(bytes(16))), EndpointId("a" * 22), EndpointId("b" * 22), 1, 1, 0)
    costs = Costs()
    seals: dict[Role, NoiseSeal] = {}
    for role in Role:
        began = time.process_time()
        seals[role] = NoiseSeal(binding, role, CallKeys(keys[role], public[role.other]))
        costs.cpu_ms[role] += 1000 * (time.process_time() - began)
    ring, join = Ring(1_800_000_000_000, Media.VIDEO, 1, "0" * 64), Join()
    _carry(costs, seals, Role.CALLER, ring, None)
    _carry(costs, seals, Role.CALLEE, join, None)
    for role, words in ((Role.CALLER, said.caller), (Role.CALLEE, said.callee)):
        for seq, word in enumerate(words):
            _carry(costs, seals, role, word, seq)
    return costs


def _carry(costs: Costs, seals: dict[Role, NoiseSeal], author: Role, word: Content, seq: int | None) -> None:
    content, sender, receiver = contents.encode(word), seals[author], seals[author.other]
    first = author is Role.CALLER
    began = time.process_time()
    if seq is None:
        box = sender.write_first(content) if first else sender.write_second(content)
    else:
        box = sender.seal(seq, content)
    sealed = time.process_time()
    if seq is None:
        opened = receiver.read_first(box) if first else receiver.read_second(box)
    else:
        opened = receiver.open(seq, box)
    done = time.process_time()
    assert opened == content, "what was opened is what was sealed"
    costs.cpu_ms[author] += 1000 * (sealed - began)
    costs.cpu_ms[author.other] += 1000 * (done - sealed)
    costs.box_bytes[author].append(len(box) * 3 // 4)


def main() -> int:
    """Print the figures; 1 where a target is missed."""
    offer, answer = asyncio.run(descriptions())
    said = script(offer, answer)
    for _ in range(20):
        run_call(said)
    runs = [run_call(said) for _ in range(CALLS)]
    cpu = {role: statistics.median(run.cpu_ms[role] for run in runs) for role in Role}
    worst = {role: statistics.quantiles([run.cpu_ms[role] for run in runs], n=100)[98] for role in Role}
    one = runs[-1]
    print(f"offer {len(offer)} characters, answer {len(answer)}; {CALLS} calls")
    for role in Role:
        print(f"{role:7} boxes {one.box_bytes[role]}")
        print(f"{role:7} CPU a call: median {cpu[role]:.2f} ms, 99th percentile {worst[role]:.2f} ms")
    print(f"boxes of a call: {one.total_bytes} bytes sealed, {one.total_characters} characters on the wire")
    kept = one.total_characters < BYTES_TARGET and max(cpu.values()) < CPU_TARGET_MS
    print(f"targets (under {BYTES_TARGET} bytes a call, {CPU_TARGET_MS} ms an end): {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
