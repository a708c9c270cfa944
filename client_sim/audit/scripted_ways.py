"""How scripted calls end. Each way is a story in two halves: until its `yield` a call lives, after it it has ended."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from client_sim.audit.promises import Kind, word
from client_sim.audit.scripted import HEAR_SECONDS, ScriptedCall
from signalling.protocol.proof import base64url

Story = Callable[[ScriptedCall], AsyncIterator[None]]


async def hung_up(call: ScriptedCall) -> AsyncIterator[None]:
    """The caller hangs up."""
    await call.talk()
    yield
    await call.caller.say(t="call.hangup", call=call.call)
    await call.ended()


async def knob_off(call: ScriptedCall) -> AsyncIterator[None]:
    """Somebody turns the Komp's knob off in the call."""
    await call.talk()
    yield
    await call.komp.say(t="call.hangup", call=call.call, reason="knob_off")
    await call.ended()


async def cancelled(call: ScriptedCall) -> AsyncIterator[None]:
    """The caller gives up while it rings."""
    await call.ring()
    yield
    await call.caller.say(t="call.cancel", call=call.call)
    await call.ended()


async def declined(call: ScriptedCall) -> AsyncIterator[None]:
    """The Komp declines the ring."""
    await call.ring()
    yield
    await call.komp.say(t="call.decline", call=call.call, reason="declined", everywhere=True)
    await call.ended(call.caller)


async def not_answered(call: ScriptedCall) -> AsyncIterator[None]:
    """It rings until its time is over."""
    await call.ring(lifetime_ms=call.pace.ring_ms)
    yield
    await call.ended(call.caller, seconds=call.pace.ring_ms / 1000 + HEAR_SECONDS)


async def resumed(call: ScriptedCall) -> AsyncIterator[None]:
    """The caller's page is loaded anew, the call resumed, then hung up."""
    await call.talk()
    here = {"call": call.call, "peer": call.komp.endpoint, "role": "caller", "phase": "accepted"}
    await call.caller.come(here)
    call.planted.add(call.way, Kind.TOKEN, "second token", call.caller.token)
    box = call.box("resume", ufrag=word("ufrag"))
    await call.caller.say(t="call.resume", call=call.call, handshake=1, from_key=1, key=1, box=box)
    await call.komp.hear("call.resume")
    await call.komp.say(t="call.resumed", call=call.call, handshake=1, box=call.box("resumed", pwd=word("pwd")))
    await call.caller.hear("call.resumed")
    yield
    await call.caller.say(t="call.hangup", call=call.call)
    await call.ended()


async def forgotten(call: ScriptedCall) -> AsyncIterator[None]:
    """A newer session of the caller takes over and doesn't name the call."""
    await call.talk()
    yield
    await call.caller.come()
    call.planted.add(call.way, Kind.TOKEN, "second token", call.caller.token)
    await call.ended(call.komp)


async def lost(call: ScriptedCall) -> AsyncIterator[None]:
    """The Komp vanishes without a word; the caller waits, says that media are lost, and hangs up."""
    await call.talk()
    yield
    call.komp.vanish()
    await call.caller.hear("call.peer")
    await call.caller.say(t="call.lost", call=call.call)
    await call.caller.say(t="call.hangup", call=call.call, reason="lost_network")
    await call.ended(call.caller)


async def refused(call: ScriptedCall) -> AsyncIterator[None]:
    """Both ends say what is refused, in the call; then it is hung up."""
    await call.talk()
    plant = call.planted.add
    words = {name: word(name) for name in ("field", "json", "busy", "report")}
    for name in ("field", "json", "busy"):
        plant(call.way, Kind.REFUSED, name, words[name])
    plant(call.way, Kind.REPORT, "an unknown field", words["report"])
    await call.komp.say(t="device.report", network="wifi", signal_dbm=-61, battery_percent=50, id="fine")
    await call.komp.hear("ok")
    await call.komp.say(t="device.report", network="wifi", ssid=words["report"], id="no")
    await call.komp.hear("error")
    await call.caller.say(t="call.hangup", call=call.call, note=words["field"], id="no")
    await call.caller.hear("error")
    await call.caller.say_text('{"t": "call.hangup", "call": "' + words["json"])
    await call.caller.hear("error")
    ring = {"endpoint": call.komp.endpoint, "key": 1, "box": base64url(words["busy"].encode() * 9)}
    second = base64url(secrets.token_bytes(16))
    plant(call.way, Kind.REFUSED, "a second invite's id", second)
    invite = {"t": "call.invite", "call": second, "to": call.caller.keeping.party, "from_key": 1, "rings": [ring]}
    await call.komp.say(**invite, media="video", lifetime_ms=5_000, id="no")
    await call.komp.hear("error")
    yield
    await call.caller.say(t="call.hangup", call=call.call)
    await call.ended()


async def not_rung(call: ScriptedCall) -> AsyncIterator[None]:
    """The Komp gets the ring and says nothing at all."""
    await call.invite()
    yield
    await call.ended(call.caller, seconds=8 + HEAR_SECONDS)


async def not_connected(call: ScriptedCall) -> AsyncIterator[None]:
    """It is accepted, and no path is ever found."""
    await call.accept()
    yield
    await call.ended(seconds=20 + HEAR_SECONDS)


async def path_lost(call: ScriptedCall) -> AsyncIterator[None]:
    """Both ends say that media are lost, and wait for them in vain."""
    await call.talk()
    yield
    for end in (call.caller, call.komp):
        await end.say(t="call.lost", call=call.call)
    await call.ended(seconds=30 + HEAR_SECONDS)


async def both_lost(call: ScriptedCall) -> AsyncIterator[None]:
    """Both ends vanish without a word; after 45 seconds the server gives up."""
    await call.talk()
    yield
    for end in (call.caller, call.komp):
        end.vanish()
    await asyncio.sleep(46)


SCRIPTED: Final[Mapping[str, Story]] = {
    "hang-up": hung_up,
    "knob off": knob_off,
    "cancel": cancelled,
    "decline": declined,
    "page loaded anew, then hang-up": resumed,
    "session superseded": forgotten,
    "callee lost": lost,
    "refused words, then hang-up": refused,
    "no answer": not_answered,
}
"""By their names in the report."""
SLOW: Final[Mapping[str, Story]] = {
    "nobody rings (8 s)": not_rung,
    "never connected (20 s)": not_connected,
    "path lost (30 s)": path_lost,
    "both ends lost (45 s)": both_lost,
}
"""Those that only long waiting brings."""
ENDS_BY_ITSELF: Final = (not_answered, not_rung, not_connected)
"""Begun last, when the others live already."""
