"""Words of the coordinator that no end said: that it rings, that it was joined, taken or accepted, that it is over.

Stopping needs no box: a coordinator may end any call. Beginning needs one: none of its words starts a picture.
"""

import asyncio
import secrets

import pytest

from client_sim.live_call import LiveCall
from client_sim.timeline import Step
from signalling.protocol import CallState, EndReason
from signalling.protocol import messages as wire
from signalling.protocol.proof import base64url
from tests.hostile.ledger import Outcome, attack
from tests.hostile.middle import Out, Passing, Way
from tests.hostile.stage import APP, KOMP, Stage
from tests.hostile.tampers import alter, keep_back, replaced
from tests.integration.client_sim.neighbourhood import sends

pytestmark = pytest.mark.slow


@attack("accepts in the Komp's name", Outcome.NO_CALL)
async def test_a_forged_accept_shows_no_picture(stage: Stage) -> None:
    await stage.komp(countdown_seconds=30)
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    await stage.rings(call)
    rung = await stage.call_at("Komp")
    await call.reached(Step.DTLS)
    await stage.middle.inject(Way.UP, stage.id_of(KOMP), wire.CallAccept(call.id, id="forged"))
    await stage.until(lambda: any(one.ref == "forged" for one in stage.middle.all(wire.Ok, way=Way.DOWN)))
    await stage.stays(lambda: not (call.accepted or rung.accepted or sends(call) or sends(rung)))


@attack("says that the call is long accepted, after each reconnect", Outcome.NO_CALL)
async def test_a_record_that_says_accepted_starts_nothing(stage: Stage) -> None:
    await stage.komp(countdown_seconds=30)
    app = await stage.family()
    stage.middle.tamper = alter(wire.Ready, _accepted_long_ago)
    call = app.call(app.endpoint.book.links[0])
    await stage.rings(call)
    rung = await stage.call_at("Komp")
    await call.reached(Step.DTLS)
    for one in (app.endpoint, stage.komps[0].endpoint):
        await one.socket.drop()
    await call.reached(Step.RECONNECTED)
    await rung.reached(Step.RECONNECTED)
    await stage.stays(lambda: not (call.accepted or rung.accepted or sends(call) or sends(rung)))


def _accepted_long_ago(ready: wire.Message) -> wire.Message | None:
    assert isinstance(ready, wire.Ready)
    if not ready.calls:
        return None
    return replaced(ready, calls=[replaced_state(one) for one in ready.calls])


def replaced_state(known: wire.KnownCall) -> wire.KnownCall:
    return wire.KnownCall(known.call, CallState.ACTIVE, known.role, known.peer)


@attack("makes up the handshake's answer", Outcome.UNHARMED)
async def test_a_forged_join_is_passed_over_and_the_true_one_taken(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()

    def first_a_forged_one(passing: Passing) -> Out:
        if not isinstance(passing.message, wire.CallJoined):
            return (passing.frame,)
        return (replaced(passing.message, box=base64url(secrets.token_bytes(176))), passing.frame)

    stage.middle.tamper = first_a_forged_one
    call = app.call(app.endpoint.book.links[0])
    await stage.both_see(call, await stage.call_at("Komp"))


@attack("plays the handshake's answer of an earlier call again", Outcome.UNHARMED)
async def test_a_join_of_another_call_is_passed_over(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()
    first = app.call(app.endpoint.book.links[0])
    earlier = await stage.middle.comes(wire.CallJoined, way=Way.DOWN)
    first.stop()
    await first.gone.wait()
    await (await stage.call_at("Komp")).gone.wait()

    def first_the_old_one(passing: Passing) -> Out:
        if not isinstance(passing.message, wire.CallJoined):
            return (passing.frame,)
        return (replaced(passing.message, box=earlier.box), passing.frame)

    stage.middle.tamper = first_the_old_one
    call = app.call(app.endpoint.book.links[0])
    await stage.both_see(call, await stage.call_at("Komp", 1))


@attack("gives the app its own ring as the Komp's answer", Outcome.UNHARMED)
async def test_a_ring_is_no_join(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()

    def first_the_ring(passing: Passing) -> Out:
        if not isinstance(passing.message, wire.CallJoined):
            return (passing.frame,)
        (invite,) = stage.middle.all(wire.CallInvite, way=Way.UP)
        return (replaced(passing.message, box=invite.rings[0].box), passing.frame)

    stage.middle.tamper = first_the_ring
    call = app.call(app.endpoint.book.links[0])
    await stage.both_see(call, await stage.call_at("Komp"))


@attack("says that it rings, and lets no ring through", Outcome.NO_CALL, "app says that it rings")
async def test_it_can_pretend_a_ring_and_no_more(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()
    stage.middle.tamper = keep_back(wire.CallRing)
    call = app.call(app.endpoint.book.links[0])
    await call.reached(Step.ADMITTED)
    await stage.middle.inject(Way.DOWN, stage.id_of(APP), wire.CallProgress(call.id, stage.id_of(KOMP), "ringing", 0))
    stage.notes("app says that it rings", await stage.rings(call))
    await stage.stays(lambda: not call.accepted and call.peer_endpoint is None)


@attack("says that everything is to be said again", Outcome.UNHARMED, "both ends count boxes that came again")
async def test_news_of_a_peer_that_comes_back_doubles_nothing(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()

    def again(passing: Passing) -> Out:
        if not isinstance(passing.message, wire.ForwardedBox) or passing.way is Way.UP:
            return (passing.frame,)
        call = passing.message.call
        return (wire.CallPeer(call, present=True), wire.CallWanted(call, stage.id_of(KOMP)), passing.frame)

    stage.middle.tamper = again
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.both_see(call, rung)
    stage.notes("both ends count boxes that came again", all(stage.counts(one).repeated for one in (call, rung)))
    assert [mark.step for mark in rung.timeline.marks].count(Step.RINGING) == 1


@attack("ends a call that nobody ended", Outcome.STOPPED, "app ends: admin_forced", "Komp ends: admin_forced")
async def test_it_can_end_a_call(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.both_see(call, rung)
    for name, one, who in ((APP, call, "app"), (KOMP, rung, "Komp")):
        await stage.middle.inject(Way.DOWN, stage.id_of(name), wire.CallEnded(call.id, EndReason.ADMIN_FORCED))
        await stage.ended(one, who)
    await stage.until(lambda: not sends(call) and not sends(rung))


@attack("says that another endpoint took the call", Outcome.STOPPED, "Komp stops ringing")
async def test_it_can_silence_a_ring(stage: Stage) -> None:
    await stage.komp(countdown_seconds=30)
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    await stage.rings(call)
    rung = await stage.call_at("Komp")
    await stage.middle.inject(Way.DOWN, stage.id_of(KOMP), wire.CallTaken(call.id))
    await stage.ended(rung, "Komp")
    await stage.stays(lambda: not call.accepted)


@attack("says that another endpoint took a call that was accepted here", Outcome.UNHARMED)
async def test_a_taken_call_is_not_taken_away(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.both_see(call, rung)
    await stage.middle.inject(Way.DOWN, stage.id_of(KOMP), wire.CallTaken(call.id))
    await stage.until(lambda: stage.ears.arrived(stage.middle.altered))
    await asyncio.sleep(0.05)
    assert not rung.over


@attack("refuses an invite that nobody refused", Outcome.STOPPED, "app ends: busy")
async def test_it_can_refuse(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()

    def refuse(passing: Passing) -> Out:
        message = passing.message
        if isinstance(message, wire.CallInvite) and passing.way is Way.UP:
            refused.append(message)
            return ()
        return (passing.frame,)

    refused: list[wire.CallInvite] = []
    stage.middle.tamper = refuse
    call = app.call(app.endpoint.book.links[0])
    await stage.until(lambda: refused)
    await stage.middle.inject(Way.DOWN, stage.id_of(APP), wire.Error("busy", ref=refused[0].id))
    await stage.ended(call, "app")


def seen_by(call: LiveCall) -> int:
    """Pictures that this end has seen of the other."""
    video = call.ends.figures().video
    assert video is not None
    return video.frames


@attack("begins a new handshake in an end's name, with its own box or the call's first one", Outcome.UNHARMED)
async def test_a_forged_resume_changes_nothing(stage: Stage) -> None:
    await stage.komp()
    app = await stage.family()
    call = app.call(app.endpoint.book.links[0])
    rung = await stage.call_at("Komp")
    await stage.both_see(call, rung)
    (ring,) = stage.middle.all(wire.CallRing, way=Way.DOWN, who=stage.id_of(KOMP))
    for handshake, box in enumerate((base64url(secrets.token_bytes(176)), ring.box), start=1):
        for who in (APP, KOMP):
            forged = wire.ForwardedResume(str(call.id), handshake, ring.from_key, ring.key, box)
            await stage.middle.inject(Way.DOWN, stage.id_of(who), forged)
    await stage.until(lambda: stage.ears.arrived(stage.middle.altered) == 4)
    frames = [(one, seen_by(one)) for one in (call, rung)]
    await asyncio.sleep(0.5)
    await stage.until(lambda: all(seen_by(one) > before for one, before in frames))
    assert not stage.middle.all(wire.CallResumed, way=Way.UP)
