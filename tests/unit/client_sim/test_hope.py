"""How long an accepted call without a path is waited for, by the rules alone: less where nothing can come."""

from client_sim.actions import IceDone, NoWay
from client_sim.negotiation import CONNECT_SECONDS, HOPE_SECONDS
from signalling.protocol import EndReason
from signalling.protocol import messages as wire
from tests.unit.client_sim.world import World

RELAY = wire.IceServer(["turn:turn.example:3478"], "name", "word")


def test_a_call_that_never_connects_after_the_accept_ends_as_ice_failed() -> None:
    world = World()
    world.path_works = False
    world.relays = [RELAY]
    world.place().answer()
    world.advance(CONNECT_SECONDS - 0.1)
    assert not world.caller.rules.over, "a relay may yet carry"
    world.advance(0.2)
    assert world.caller.reasons == [EndReason.ICE_FAILED]


def test_without_a_relay_both_ends_give_up_sooner() -> None:
    world = World()
    world.path_works = False
    world.place().answer()
    world.advance(HOPE_SECONDS - 0.1)
    assert not world.caller.rules.over, "a direct path may yet come"
    world.advance(0.2)
    assert world.caller.reasons == [EndReason.ICE_FAILED]
    assert world.caller.causes == [None], "nothing is wrong with a relay that there isn't"


def test_without_a_relay_a_call_is_not_given_up_while_an_end_still_looks_for_its_addresses() -> None:
    world = World()
    world.path_works = world.gathers = False
    world.place().answer()
    world.gathered(world.caller)
    world.advance(HOPE_SECONDS + 3)
    assert not world.caller.rules.over, "the callee may yet tell of one"
    world.gathered(world.rung)
    world.advance(HOPE_SECONDS - 0.1)
    assert not world.caller.rules.over, "what it told of has its time"
    world.advance(0.2)
    assert world.caller.reasons == [EndReason.ICE_FAILED]


def test_an_end_that_has_found_a_way_is_not_hopeless_while_dtls_is_under_way() -> None:
    world = World()
    world.path_works = False
    world.place().answer()
    for end in world.ends:
        end.rules.peer_event(IceDone(end.generation), now=world.now)
    world.advance(CONNECT_SECONDS - 0.1)
    assert not world.caller.rules.over
    world.advance(0.2)
    assert world.caller.reasons == [EndReason.ICE_FAILED]


def test_an_end_whose_relays_are_all_out_of_reach_gives_up_sooner_and_says_why() -> None:
    world = World()
    world.path_works = False
    world.place()
    world.caller.rules.peer_event(NoWay("captive_portal"), now=world.now)
    world.advance(HOPE_SECONDS + 1)
    assert not world.caller.rules.over, "before the accept nobody needs a path"
    world.answer()
    world.advance(HOPE_SECONDS - 0.1)
    assert not world.caller.rules.over, "a direct path may yet come"
    world.advance(0.2)
    assert world.caller.reasons == [EndReason.ICE_FAILED]
    assert world.caller.causes == ["captive_portal"]


def test_an_end_that_knows_no_relay_to_carry_goes_on_where_a_direct_path_does() -> None:
    world = World().place()
    world.caller.rules.peer_event(NoWay("udp_blocked"), now=world.now)
    world.answer()
    world.advance(CONNECT_SECONDS + 1)
    assert not world.caller.rules.over
