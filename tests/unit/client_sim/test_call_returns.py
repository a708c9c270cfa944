"""A call when the server or the network is lost and comes back: what is said again, and what ends."""

from client_sim.call import PENDING_SECONDS
from signalling.protocol import EndReason, Phase, Role
from signalling.protocol import messages as wire
from tests.unit.client_sim.world import CALL, CALLEE, World


def test_a_restarted_coordinator_hears_again_that_media_run_and_that_the_call_was_taken() -> None:
    world = World().place().answer()
    for end in world.ends:
        world.cut(end)
        end.said.clear()
    for end in world.ends:
        world.reconnect(end, None)
    assert {"call.connected", "call.sync"} <= set(world.caller.words())
    assert {"call.accept", "call.connected", "call.sync"} <= set(world.rung.words())
    world.advance(120)
    assert not world.caller.rules.over
    assert world.caller.media_runs
    assert world.rung.media_runs


def test_a_caller_whose_ring_is_not_joined_repeats_its_invite_after_a_reconnect() -> None:
    world = World(rung=2).place()
    world.cut(world.caller)
    world.reconnect(world.caller, None)
    invites = [message for message in world.caller.said if isinstance(message, wire.CallInvite)]
    assert len(invites) == 2
    assert invites[0] == invites[1]


def test_a_caller_names_its_call_before_it_knows_of_a_join_and_no_more_after_the_end() -> None:
    """The join may be on its way when the socket goes: unnamed, the call would end as forgotten."""
    world = World()
    named = world.caller.rules.named
    assert named is not None
    assert (named.call, named.peer, named.role, named.phase) == (CALL, CALLEE, Role.CALLER, Phase.JOINED)
    world.place()
    world.caller.rules.stop(EndReason.CANCELLED, now=world.now)
    assert world.caller.rules.named is None


def test_an_end_says_again_what_a_record_made_again_lacks_when_the_other_end_is_back() -> None:
    world = World().place()
    world.answer()
    for end in world.ends:
        end.said.clear()
        end.rules.handle(wire.CallPeer(CALL, present=True), now=world.now)
    world.run()
    assert "call.connected" in world.caller.words()
    assert {"call.connected", "call.accept"} <= set(world.rung.words())


def test_a_call_that_ended_while_one_was_away_ends() -> None:
    world = World().place().answer()
    world.cut(world.rung)
    world.sync_answer = wire.Ok("r", reason=EndReason.HANGUP)
    world.reconnect(world.rung, None)
    assert world.rung.reasons == [EndReason.HANGUP]


def test_a_call_that_the_server_only_lost_sight_of_goes_on() -> None:
    world = World().place().answer()
    world.cut(world.rung)
    world.sync_answer = wire.Ok("r", reason=EndReason.LOST_NETWORK)
    world.reconnect(world.rung, None)
    assert not world.rung.rules.over
    assert world.rung.media_runs


def test_an_end_alone_with_a_pending_call_ends_it_after_thirty_seconds_without_media() -> None:
    world = World(rung=2).place()
    assert world.callee is not None
    world.answer()
    world.silence(world.rung)
    world.cut(world.rung)
    world.caller.has_session = False
    world.reconnect(world.rung, None)
    world.advance(PENDING_SECONDS - 1)
    assert not world.rung.rules.over
    world.advance(2)
    assert world.rung.reasons == [EndReason.LOST_NETWORK]
