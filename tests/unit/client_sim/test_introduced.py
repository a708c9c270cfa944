"""An introduced link: the coordinator vouches for the keys, so nothing is described and nothing answers by itself."""

import pytest

from client_sim.actions import MakePeer, Unverified
from client_sim.sealed.contents import Offer
from client_sim.timeline import Step
from signalling.protocol import EndReason
from tests.unit.client_sim.world import CALLEE, SDP, World


def makes_connections(world: World) -> list[bool]:
    return [any(isinstance(action, MakePeer) for action in end.peers) for end in world.ends]


@pytest.mark.parametrize(("caller", "callee"), [(False, False), (False, True), (True, False)])
def test_nothing_is_connected_before_the_accept_where_either_end_is_not_sure(caller: bool, callee: bool) -> None:
    world = World(countdown_ms=None, caller_verified=caller, callee_verified=callee).place()
    assert world.rung.sounded == 1
    assert Step.DTLS not in world.caller.steps
    assert makes_connections(world) == [caller, False]


@pytest.mark.parametrize(("caller", "callee"), [(False, False), (False, True), (True, False), (True, True)])
def test_it_connects_with_the_accept_whoever_was_not_sure(caller: bool, callee: bool) -> None:
    world = World(countdown_ms=None, caller_verified=caller, callee_verified=callee).place().answer()
    for end in world.ends:
        assert Step.DTLS in end.steps
        assert end.media_runs


def test_an_offer_that_comes_early_is_kept_unapplied_and_not_without_end() -> None:
    world = World(countdown_ms=None, callee_verified=False).place()
    rules = world.rung.rules
    for generation in range(1, 200):
        rules._take_description(Offer(generation=generation, sdp=SDP), world.now)
    assert len(rules._early) == 64
    assert makes_connections(world) == [True, False]


def test_another_certificate_than_the_sealed_one_ends_the_call_and_both_are_told_why() -> None:
    world = World().place().answer()
    world.rung.rules.peer_event(Unverified(world.rung.generation), now=world.now)
    world.run()
    assert world.rung.endpoint == CALLEE
    assert [end.reasons for end in world.ends] == [[EndReason.PEER_NOT_VERIFIED]] * 2
    assert [end.media_runs for end in world.ends] == [False, False]
