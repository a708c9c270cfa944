"""Messages that keep no measure: whatever comes, the end goes on, and what it keeps can be read again tomorrow."""

from typing import Any

import msgspec
import pytest

from client_sim import socket
from client_sim.sealed.keeping import parse_keeping
from client_sim.timeline import Step
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url
from tests.hostile.ledger import Outcome, attack
from tests.hostile.middle import Way
from tests.hostile.stage import APP, KOMP, Stage
from tests.hostile.tampers import alter, in_turn, replaced
from tests.hostile.test_rings import link_to, the_attacker, with_an_attacker

pytestmark = pytest.mark.slow

HUGE = "1" + 400 * "0"
A, B = base64url(b"a" * 16), base64url(b"b" * 16)
RING = {"call": A, "from": B, "from_key": 1, "key": 1, "box": "AAAA", "media": "video", "ice_servers": []}


def numbers(**fields: Any) -> list[bytes]:
    """The message with each of its numbers out of measure, one after the other."""
    frames = []
    for name, value in fields.items():
        if isinstance(value, int) and not isinstance(value, bool):
            for number in (HUGE, "-1"):
                text = msgspec.json.encode({**fields, name: 987654321}).decode()
                frames.append(text.replace("987654321", number).encode())
    return frames


def out_of_measure(stage: Stage, call: str) -> list[bytes]:
    """What a coordinator might say to either end of that call."""
    caller = stage.id_of(APP)
    return [
        *numbers(t="call.ring", **{**RING, "from": caller, "remaining_ms": 1}),
        *numbers(t="call.ring", **{**RING, "call": "", "from": "", "remaining_ms": 1}),
        *numbers(t="call.progress", call=call, endpoint=stage.id_of(KOMP), state="ringing", answers_in_ms=1),
        *numbers(t="presence", endpoint=B, state="online", since=1),
        *numbers(t="ok", ref="1", remaining_ms=1),
        *numbers(t="ok", ref="2", remaining_ms=1),
        *numbers(t="ok", ref="3", remaining_ms=1),
        *numbers(t="error", code="no such code", ref="9", retry_after_ms=1),
        *numbers(t="box", call=call, handshake=0, ack=0, seq=0),
        *numbers(t="box", call=call, handshake=0, ack=0),
        b'{"t":"call.ring"}',
        b'{"t":"call.taken","call":"' + b"x" * 10_000 + b'"}',
        b'{"t":"call.ended","call":"","reason":"glare","winner":""}',
        b'{"t":"pair.met","name":""}',
        b'{"t":"no.such.message","call":7}',
        b'{"t":"ok","ref":"4","keys":[{"endpoint":"","party":"","identity":""}]}',
        b'{"t":"ice.refresh","call":"' + call.encode() + b'","ice_servers":[{"urls":["turn:["]},{"urls":[]}]}',
        msgspec.json.encode(
            {"t": "call.ring", **RING, "from": caller, "remaining_ms": 1, "profile": {"name": "\0" * 999}}
        ),
    ]


@attack("says things out of all measure to both ends in a call", Outcome.UNHARMED)
async def test_nothing_that_is_said_ends_an_endpoint(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "FIRST_PAUSE_SECONDS", 0.01)
    komp, app = await stage.komp(), await stage.family()
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.both_see(call, rung)
    for frame in out_of_measure(stage, str(call.id)):
        for end in (app.endpoint, komp.endpoint):
            who = str(end.identity.endpoint)
            await stage.until(lambda end=end, who=who: end.socket.is_live and stage.middle.is_there(who))  # type: ignore[misc]
            await stage.middle.inject(Way.DOWN, who, frame)
    await stage.until(lambda: app.endpoint.socket.is_live and komp.endpoint.socket.is_live)
    assert not call.over
    assert not rung.over
    call.stop()
    await rung.reached(Step.ENDED)


@pytest.mark.parametrize("name", ["x" * 500, "", "\0"])
@pytest.mark.parametrize("party", [None, "", "no party"])
@attack(
    "introduces somebody under a name or a party that is none",
    Outcome.NO_CALL,
    household=with_an_attacker,
)
async def test_what_is_kept_of_a_newcomer_can_be_read_again(stage: Stage, name: str, party: str | None) -> None:
    komp = await stage.komp()
    attacker = await the_attacker(stage, APP)

    def theirs(ok: wire.Message) -> wire.Message | None:
        assert isinstance(ok, wire.Ok)
        if party is None or not ok.keys:
            return None
        return replaced(ok, keys=[msgspec.structs.replace(one, party=party) for one in ok.keys])

    rings = alter(wire.CallRing, lambda ring: replaced(ring, profile=wire.Profile(name)))
    stage.middle.tamper = in_turn(rings, alter(wire.Ok, theirs))
    call = attacker.call(link_to(attacker, KOMP))
    await call.reached(Step.RINGING, Step.ENDED)
    kept = msgspec.json.encode(komp.endpoint.book.keeping)
    assert parse_keeping(kept) == komp.endpoint.book.keeping
