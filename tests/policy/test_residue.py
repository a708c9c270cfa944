"""P-02 from outside: what a call carried is looked for in the coordinator's memory, files and logs.

A receipt proves a statement; this proves absence, as far as a scan can. It is blind without its control: under the
default allocator the same markers must be found, and during a call the call's id must be found under any.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from client_sim.residue import Find, scan_files, scan_memory
from signalling.protocol.proof import base64url
from tests.serving import Served, Somebody, WireClient, seed_of, served, session

pytestmark = [pytest.mark.root, pytest.mark.slow]

ENDS: list[tuple[str, dict[str, str]]] = [
    ("caller", {"t": "call.hangup"}),
    ("komp", {"t": "call.hangup", "reason": "knob_off"}),
    ("caller", {"t": "call.cancel"}),
    ("komp", {"t": "call.decline"}),
]
"""Who ends the call, and how; the last two before it was accepted."""
ERASED_SECONDS = 1.0


@dataclass
class Markers:
    """What is planted in one call: in its boxes, and what the coordinator itself made for it."""

    call: str = field(default_factory=lambda: base64url(secrets.token_bytes(16)))
    payload: str = field(default_factory=lambda: f"payload-{secrets.token_hex(12)}")
    ufrag: str = field(default_factory=lambda: f"ufrag-{secrets.token_hex(12)}")
    candidate: str = field(default_factory=lambda: f"candidate-{secrets.token_hex(12)}")
    turn_usernames: list[str] = field(default_factory=list)
    turn_credentials: list[str] = field(default_factory=list)

    def boxes(self) -> list[str]:
        """What the caller sends: markers as they'd stand in an offer and in candidates, a few kilobytes in all."""
        offer = {"t": "offer", "generation": 0, "sdp": f"a=ice-ufrag:{self.ufrag}\r\n" * 60, "note": self.payload}
        candidates = {"t": "candidates", "candidates": [{"candidate": self.candidate}] * 8}
        return [base64url(json.dumps(content).encode()) for content in (offer, candidates)]

    def all(self) -> dict[str, bytes]:
        named = {"call": self.call, "payload": self.payload, "ufrag": self.ufrag, "candidate": self.candidate}
        named |= {f"box{number}": box[40:200] for number, box in enumerate(self.boxes())}
        named |= {f"username{number}": name for number, name in enumerate(self.turn_usernames)}
        named |= {f"credential{number}": name for number, name in enumerate(self.turn_credentials)}
        return {name: text.encode() for name, text in named.items()}


@dataclass
class Two:
    """A caller and a Komp with live sessions at one coordinator."""

    coordinator: Served
    folder: Path
    caller: Somebody
    komp: Somebody
    calling: WireClient
    called: WireClient

    def find(self, markers: Markers) -> list[Find]:
        return scan_memory(self.coordinator.pid, markers.all()) + scan_files([self.folder], markers.all())


@pytest.fixture
async def two(tmp_path: Path, wipe: int) -> AsyncIterator[Two]:
    secret = tmp_path.parent / f"{tmp_path.name}-turn-secret"
    secret.write_text(secrets.token_hex(16))
    caller, komp = Somebody("person", "Grandchild"), Somebody("komp", "Komp")
    turn = {"turn_urls": "turn:turn.example.org:3478", "turn_secret_file": str(secret)}
    async with (
        served(tmp_path, seed_of([caller, komp]), wipe_memory=wipe, **turn) as coordinator,
        aiohttp.ClientSession() as http,
        session(http, coordinator.origin, caller) as calling,
        session(http, coordinator.origin, komp) as called,
    ):
        yield Two(coordinator, tmp_path, caller, komp, calling, called)


async def place(two: Two, markers: Markers) -> None:
    """A joined call in which every marker has gone through the coordinator."""
    rings = [{"endpoint": two.komp.endpoint, "key": 1, "box": base64url(markers.payload.encode())}]
    await two.calling.send(
        t="call.invite",
        call=markers.call,
        to=two.komp.party,
        from_key=1,
        rings=rings,
        media="video",
        lifetime_ms=30_000,
        id="invite",
    )
    for servers in ((await two.calling.hear("ok"))["ice_servers"], (await two.called.hear("call.ring"))["ice_servers"]):
        markers.turn_usernames += [server["username"] for server in servers if "username" in server]
        markers.turn_credentials += [server["credential"] for server in servers if "credential" in server]
    await two.called.send(t="call.join", call=markers.call, box=base64url(markers.payload.encode()))
    await two.calling.hear("call.joined")
    for seq, box in enumerate(markers.boxes()):
        await two.calling.send(t="box", call=markers.call, handshake=0, seq=seq, ack=0, box=box)
        await two.called.hear("box")


async def accept(two: Two, markers: Markers) -> None:
    await two.called.send(t="call.accept", call=markers.call, id="accept")
    await two.called.hear("ok")


async def end(two: Two, markers: Markers, who: str, message: dict[str, str]) -> None:
    """End it, and see that both ends hear of the erasure within the promised second."""
    await (two.calling if who == "caller" else two.called).send(**message, call=markers.call)
    await two.calling.hear("call.erased", seconds=ERASED_SECONDS)
    await two.called.hear("call.erased", seconds=ERASED_SECONDS)


@pytest.mark.parametrize("wipe", [1])
async def test_p_02_nothing_of_ended_calls_is_left_in_memory_files_or_logs(two: Two) -> None:
    calls = [Markers() for _ in ENDS]
    for markers, (who, message) in zip(calls, ENDS, strict=True):
        await place(two, markers)
        if message["t"] == "call.hangup":
            await accept(two, markers)
        during = {find.marker for find in scan_memory(two.coordinator.pid, {"call": markers.call.encode()})}
        assert during == {"call"}, "the scan is blind"
        await end(two, markers, who, message)
    await asyncio.sleep(ERASED_SECONDS)
    assert [find for markers in calls for find in two.find(markers)] == []


@pytest.mark.parametrize("wipe", [0])
async def test_p_02_the_same_scan_finds_the_markers_under_the_default_allocator(two: Two) -> None:
    calls = [Markers() for _ in range(3)]
    for markers in calls:
        await place(two, markers)
        await end(two, markers, "caller", {"t": "call.hangup"})
    found = {find.marker for markers in calls for find in two.find(markers)}
    assert found & {"payload", "ufrag", "candidate", "box0", "box1"}
