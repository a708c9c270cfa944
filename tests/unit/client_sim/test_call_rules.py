"""A call from the ring to the erasure, by the rules alone: who says what when, and what never happens."""

import pytest

from client_sim.actions import Broken, FirstFrame, Gathered, MakePeer, Question, Sound, TakeCandidates
from client_sim.answering import HERE_SECONDS, RungCall
from client_sim.negotiation import LOST_SECONDS
from client_sim.placing import PlacedCall
from client_sim.sealed import contents
from client_sim.sealed.contents import Candidate, Candidates, Offer
from client_sim.sealed.seal import Binding
from client_sim.timeline import Step
from signalling.protocol import CallState, EndReason, Media, Role
from signalling.protocol import messages as wire
from signalling.protocol.codec import raw_box
from signalling.protocol.proof import base64url
from tests.unit.client_sim.plain import PlainSeal
from tests.unit.client_sim.world import CALL, CALLEE, CALLER, SDP, World


def test_an_ordinary_call_connects_during_the_ring_and_starts_media_with_the_accept() -> None:
    world = World().place()
    assert world.rung.sounded == 1
    heard = [step for step in world.caller.steps if step in (Step.INVITED, Step.JOINED, Step.RINGING, Step.DTLS)]
    assert sorted(heard, key=list(Step).index) == [Step.INVITED, Step.JOINED, Step.RINGING, Step.DTLS]
    assert heard[:2] == [Step.INVITED, Step.JOINED]
    assert {Step.ICE, Step.DTLS} <= set(world.caller.steps) & set(world.rung.steps)
    assert [end.media_runs for end in world.ends] == [False, False]
    world.answer()
    assert [end.media_runs for end in world.ends] == [True, True]
    assert world.rung.words()[-1] != "call.ringing"
    assert world.accepted


def test_a_device_says_that_it_rings_only_after_the_callers_first_box() -> None:
    world = World()
    world.carries_boxes = False
    world.place()
    assert world.rung.words() == ["call.join"]
    assert world.rung.sounded == 0


def test_a_replayed_ring_sounds_nowhere_and_is_declined_as_unreachable() -> None:
    world = World()
    world.carries_boxes = False
    world.place()
    world.advance(HERE_SECONDS + 0.1)
    assert world.rung.sounded == 0
    assert world.rung.reasons == [EndReason.UNREACHABLE]
    assert isinstance(world.rung.said[-1], wire.CallDecline)


def test_a_join_is_repeated_with_the_same_bytes_until_the_first_box_opens() -> None:
    world = World()
    world.carries_boxes = False
    world.place()
    world.advance(7.5)
    joins = [message for message in world.rung.said if isinstance(message, wire.CallJoin)]
    assert len(joins) == 4
    assert len({join.box for join in joins}) == 1


def test_an_unknown_call_is_not_the_end_of_a_join() -> None:
    world = World()
    world.carries_boxes = False
    world.place()
    world.rung.rules.answered(Question.JOIN, wire.Error("unknown_call"), now=world.now)
    world.run()
    assert not world.rung.rules.over
    joins = world.rung.count("call.join")
    assert isinstance(world.rung.rules, RungCall)
    world._invited(next(m for m in world.caller.said if isinstance(m, wire.CallInvite)))
    world.run()
    assert world.rung.count("call.join") == joins + 1
    assert world.rung.sounded == 0


def test_an_endpoint_that_comes_back_gets_the_invite_again_with_the_same_bytes() -> None:
    world = World()
    assert isinstance(world.caller.rules, PlacedCall)
    world.caller.rules.begin(now=0.0)
    invite = next(action.message for action in world.caller.rules.drain() if hasattr(action, "message"))
    world.caller.rules.handle(wire.CallWanted(CALL, "b" * 22), now=1.0)
    (again,) = world.caller.rules.drain()
    assert again.message == invite  # type: ignore[union-attr]


def test_a_ring_that_comes_again_does_not_ring_twice() -> None:
    world = World().place()
    world._invited(next(m for m in world.caller.said if isinstance(m, wire.CallInvite)))
    world.run()
    assert world.rung.sounded == 1
    assert world.rung.count("call.ringing") == 2


def test_where_several_endpoints_ring_none_joins_before_its_person_answers() -> None:
    world = World(rung=2).place()
    assert world.rung.words() == ["call.ringing"]
    assert world.rung.sounded == 1
    world.answer()
    words = world.rung.words()
    assert words.index("call.join") < words.index("box") < words.index("call.accept")
    assert world.caller.media_runs
    assert Step.DTLS in world.rung.steps


def test_a_ring_for_several_that_is_older_than_a_minute_sounds_nowhere() -> None:
    caller = World(rung=2)
    seal = PlainSeal(Binding(CALL, CALLER, CALLEE, 1, 1, 0), Role.CALLEE)
    assert isinstance(caller.caller.rules, PlacedCall)
    invite = caller.caller.rules.invite
    ring = wire.CallRing(
        call=CALL,
        from_=CALLER,
        from_key=1,
        key=1,
        box=invite.rings[0].box,
        media=invite.media,
        remaining_ms=30_000,
        ice_servers=[],
    )
    rung = RungCall(ring, seal, verified=True)
    rung.begin(now=0.0, wall_ms=61_000)
    assert rung.reason is EndReason.UNREACHABLE
    assert not any(isinstance(action, Sound) for action in rung.drain())


def test_the_join_of_one_of_several_is_repeated_no_more_once_the_caller_is_heard() -> None:
    world = World(rung=2).place().answer()
    world.advance(20)
    assert world.rung.count("call.join") == 1


def test_an_invite_repeated_after_the_end_learns_why_it_ended() -> None:
    world = World(rung=2).place()
    world.sync_answer = wire.Ok("r", reason=EndReason.DECLINED)
    world.caller.rules.answered(Question.INVITE, wire.Error("ended"), now=world.now)
    world.run()
    assert world.caller.reasons == [EndReason.DECLINED]


def test_a_call_taken_elsewhere_stops_ringing_here_without_a_word() -> None:
    world = World(rung=2).place()
    world.tell(world.rung, wire.CallTaken(CALL))
    assert world.rung.reasons == [None]
    assert world.rung.words() == ["call.ringing"]


@pytest.mark.parametrize(
    ("who", "when", "word", "reason"),
    [
        ("caller", "ringing", wire.CallCancel, EndReason.CANCELLED),
        ("callee", "ringing", wire.CallDecline, EndReason.DECLINED),
        ("callee", "ringing", wire.CallDecline, EndReason.KNOB_OFF),
        ("caller", "accepted", wire.CallHangup, EndReason.HANGUP),
        ("callee", "accepted", wire.CallHangup, EndReason.KNOB_OFF),
    ],
)
def test_who_stops_tells_the_other_end_first_and_then_the_coordinator(
    who: str, when: str, word: type[wire.Request], reason: EndReason
) -> None:
    world = World().place()
    if when == "accepted":
        world.answer()
    end, other = (world.caller, world.rung) if who == "caller" else (world.rung, world.caller)
    before = len(end.said)
    end.rules.stop(reason, now=world.now)
    world.run()
    said = end.said[before:]
    assert isinstance(said[0], wire.SealedBox)
    assert any(isinstance(message, word) for message in said)
    assert other.reasons == [reason]
    assert end.reasons == [reason]
    assert not world.caller.media_runs
    assert not world.rung.media_runs
    assert end.forgotten
    assert other.forgotten


def test_hanging_up_works_without_a_server_and_the_server_hears_of_it_later() -> None:
    world = World().place().answer()
    world.cut(world.caller)
    world.cut(world.rung)
    world.caller.rules.stop(EndReason.HANGUP, now=world.now)
    world.run()
    assert world.rung.reasons == [EndReason.HANGUP]
    assert not world.rung.media_runs
    world.reconnect(world.caller, CallState.ACTIVE)
    assert isinstance(world.caller.said[-1], wire.CallHangup)


def test_after_a_goodbye_the_other_end_tells_a_server_that_says_nothing() -> None:
    world = World().place().answer()
    world.cut(world.caller)
    world.caller.rules.stop(EndReason.HANGUP, now=world.now)
    world.run()
    assert world.rung.count("call.hangup") == 0
    world.advance(1.1)
    assert world.rung.count("call.hangup") == 1


def test_an_end_hears_of_the_end_once() -> None:
    world = World().place().answer()
    world.caller.rules.stop(EndReason.HANGUP, now=world.now)
    world.run()
    world.tell(world.rung, wire.CallEnded(CALL, EndReason.HANGUP))
    world.tell(world.rung, wire.CallErased(CALL))
    world.advance(60)
    assert world.rung.steps.count(Step.ENDED) == 1
    assert world.caller.steps.count(Step.ENDED) == 1


def test_lost_media_are_told_and_the_caller_makes_a_new_connection() -> None:
    world = World().place().answer()
    world.silence(world.caller, world.rung)
    assert world.caller.count("call.lost") == 1
    assert world.rung.count("call.lost") == 1
    world.path_works = True
    world.advance(2.5)
    assert world.caller.generation == 1
    assert world.rung.generation == 1
    assert world.caller.steps[-1] is Step.RETURNED
    assert world.rung.steps[-1] is Step.RETURNED
    assert world.caller.count("call.connected") == 2


def test_media_lost_for_thirty_seconds_end_the_call() -> None:
    world = World().place().answer()
    world.silence(world.caller, world.rung)
    world.advance(LOST_SECONDS - 0.5)
    assert not world.caller.rules.over
    world.advance(1)
    assert world.caller.reasons == [EndReason.LOST_NETWORK]
    assert world.rung.reasons == [EndReason.LOST_NETWORK]


def test_an_end_that_loses_its_path_has_its_session_proven() -> None:
    world = World().place().answer()
    assert world.caller.proofs == []
    world.silence(world.caller)
    assert [type(one) for one in world.caller.proofs] == [wire.CallLost]


def test_only_a_new_other_end_makes_the_old_connection_go_before_the_new_one_is_there() -> None:
    world = World().place().answer()
    world.caller.rules.negotiation.offer()
    world.run()
    world.caller.rules.negotiation.begin_again(now=world.now)
    world.run()
    keeps = [one.keeps for one in world.caller.peers if isinstance(one, MakePeer)]
    assert keeps == [True, True, False]


def test_an_end_that_finds_no_way_out_ends_the_call_while_it_rings() -> None:
    world = World().place()
    world.caller.rules.peer_event(Gathered(world.caller.generation, []), now=world.now)
    world.run()
    assert world.caller.reasons == [EndReason.ICE_FAILED]
    assert world.rung.reasons == [EndReason.ICE_FAILED]


def test_a_call_that_had_a_path_outlives_a_moment_in_which_there_is_no_way_out() -> None:
    world = World().place().answer()
    world.silence(world.caller, world.rung)
    world.rung.rules.peer_event(Gathered(world.rung.generation, []), now=world.now)
    world.run()
    assert not world.rung.rules.over
    world.path_works = True
    world.advance(2.5)
    assert world.caller.rules.negotiation.connected
    assert world.caller.reasons == []


def test_an_old_connection_cannot_speak_for_a_new_one() -> None:
    world = World().place().answer()
    world.silence(world.caller, world.rung)
    world.path_works = True
    world.advance(2.5)
    world.caller.rules.peer_event(Broken(0), now=world.now)
    world.caller.rules.peer_event(Gathered(0, []), now=world.now)
    world.run()
    assert world.caller.rules.negotiation.connected


def test_the_robots_network_is_told_and_its_apps_is_not() -> None:
    world = World(media=Media.TELEPRESENCE).place().answer()
    told = [message for message in world.caller.said if isinstance(message, wire.CallConnected)]
    assert told
    assert all(message.path is None and message.phases_ms is None for message in told)


def box_from_caller(world: World, content: contents.Content) -> wire.ForwardedBox:
    seq = world.rung.rules.talk.mailbox.received  # type: ignore[union-attr]
    return wire.ForwardedBox(CALL, 0, 0, seq, raw_box(base64url(contents.encode(content))))


@pytest.mark.parametrize(
    "sdp",
    [
        SDP.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        SDP + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n",
        SDP + "a=fingerprint:sha-256 CC:DD\r\n",
        SDP.replace("sha-256", "sha-1"),
        SDP + "m=video 9 UDP/TLS/RTP/SAVPF 97\r\n",
        SDP + "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n" * 41,
    ],
)
def test_a_description_that_breaks_the_rules_ends_the_call_before_it_is_used(sdp: str) -> None:
    world = World().place()
    before = len(world.rung.peers)
    world.tell(world.rung, box_from_caller(world, Offer(generation=1, sdp=sdp)))
    assert world.rung.reasons == [EndReason.PEER_NOT_VERIFIED]
    assert not any(isinstance(action, MakePeer) for action in world.rung.peers[before:])


def test_at_most_forty_candidates_of_a_generation_are_taken() -> None:
    world = World().place()
    many = Candidates(generation=0, candidates=[Candidate(candidate=f"candidate:{n}") for n in range(40)])
    world.tell(world.rung, box_from_caller(world, many))
    world.tell(world.rung, box_from_caller(world, many))
    taken = sum(len(action.candidates) for action in world.rung.peers if isinstance(action, TakeCandidates))
    assert taken == 40


def test_candidates_of_another_generation_are_dropped() -> None:
    world = World().place()
    before = len(world.rung.peers)
    stale = Candidates(generation=7, candidates=[Candidate(candidate="candidate:1")])
    world.tell(world.rung, box_from_caller(world, stale))
    assert world.rung.peers[before:] == []


def test_nothing_happens_after_the_end() -> None:
    world = World().place()
    world.rung.rules.stop(EndReason.DECLINED, now=world.now)
    world.run()
    said, peers = len(world.rung.said), len(world.rung.peers)
    world.answer()
    world.tell(world.rung, wire.CallPeer(CALL, present=True))
    world.rung.rules.peer_event(FirstFrame(0), now=world.now)
    world.advance(120)
    assert len(world.rung.said) == said
    assert len(world.rung.peers) == peers
    assert world.rung.steps[-2:] == [Step.ENDED, Step.ERASED]
