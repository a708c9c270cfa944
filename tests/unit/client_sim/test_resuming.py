"""An end that lost its keys comes back: the other answers, and drops the old keys when the new ones have spoken."""

import time

import pytest

from client_sim.actions import MakePeer, Send
from client_sim.call import Call
from client_sim.household import make_household
from client_sim.linkbook import LinkBook
from client_sim.resuming import Resumption
from client_sim.sealed.call_seal import CallKeys, NoiseSeal
from client_sim.sealed.contents import Here, Join, Offer, Ring, decode, encode
from client_sim.sealed.seal import Binding, BoxError
from client_sim.timeline import Step
from signalling.protocol import CallId, Media, Role
from signalling.protocol import messages as wire
from signalling.protocol.codec import box_text, raw_box
from tests.unit.client_sim.plain import PlainSeal
from tests.unit.client_sim.world import CALL, CALLEE, CALLER, SDP, World

RING = encode(Ring(sent_at=0, media=Media.VIDEO, rung=1))


def resume(box: str, handshake: int = 1) -> wire.ForwardedResume:
    return wire.ForwardedResume(call=CALL, handshake=handshake, from_key=1, key=1, box=box)


def answers(call: Call) -> list[wire.CallResumed]:
    said = [action.message for action in call.drain() if isinstance(action, Send)]
    return [message for message in said if isinstance(message, wire.CallResumed)]


def boxes_of(said: list[wire.Request], handshake: int) -> list[str]:
    """What was said in that handshake, in order."""
    mine = [one for one in said if isinstance(one, wire.SealedBox) and one.handshake == handshake]
    return [box_text(one.box) for one in mine if one.box]


class Reloaded:
    """A page that was loaded anew, the caller's unless told otherwise, in plain boxes."""

    def __init__(self, handshake: int = 1) -> None:
        self.handshake = handshake
        self.seal = PlainSeal(
            Binding(CALL, CALLER, CALLEE, 1, 1, handshake), Role.CALLER
        )  # the initiator, as for a ring
        self.asks = resume(self.seal.write_first(RING), handshake)

    def hears(self, answer: wire.CallResumed) -> None:
        assert isinstance(decode(self.seal.read_second(answer.box)), Join)

    def box(self, seq: int, content: bytes) -> wire.ForwardedBox:
        return wire.ForwardedBox(CALL, self.handshake, 0, seq, raw_box(self.seal.seal(seq, content)))


def accepted() -> tuple[World, Call]:
    world = World().place().answer()
    world.rung.peers.clear()
    return world, world.rung.rules


def test_a_resume_is_answered_and_the_old_connection_stays_until_the_first_new_box() -> None:
    world, callee = accepted()
    page = Reloaded()
    callee.handle(page.asks, now=world.now)
    (answer,) = answers(callee)
    page.hears(answer)
    assert world.rung.media_runs
    assert Step.RESUMED not in world.rung.steps
    callee.handle(page.box(0, encode(Here())), now=world.now)
    callee.handle(page.box(1, encode(Offer(generation=0, sdp=SDP))), now=world.now)
    world.run()
    assert Step.RESUMED in world.rung.steps
    assert [action.generation for action in world.rung.peers if isinstance(action, MakePeer)] == [0]
    assert not callee.over


def test_the_same_resume_again_gets_the_same_bytes_and_an_older_one_nothing() -> None:
    world, callee = accepted()
    second, first = Reloaded(2), Reloaded(1)
    callee.handle(second.asks, now=world.now)
    callee.handle(second.asks, now=world.now)
    one, again = answers(callee)
    assert one == again
    callee.handle(first.asks, now=world.now)
    assert answers(callee) == []


def test_a_komp_that_is_loaded_anew_is_offered_a_new_connection_by_its_caller() -> None:
    world = World().place().answer()
    caller = world.caller.rules
    world.caller.peers.clear()
    page = Reloaded()
    caller.handle(page.asks, now=world.now)
    (answer,) = answers(caller)
    page.hears(answer)
    assert world.caller.peers == []
    caller.handle(page.box(0, encode(Here())), now=world.now)
    world.run()
    assert Step.RESUMED in world.caller.steps
    (made,) = [action for action in world.caller.peers if isinstance(action, MakePeer)]
    assert (made.generation, made.offers, made.keeps) == (1, True, False)
    said = [decode(page.seal.open(number, box)) for number, box in enumerate(boxes_of(world.caller.said, 1))]
    assert [type(content) for content in said][:1] == [Offer]
    assert not caller.over


def test_there_is_nothing_to_resume_before_the_accept() -> None:
    world = World().place()
    world.rung.rules.handle(Reloaded().asks, now=world.now)
    assert answers(world.rung.rules) == []


def test_boxes_of_the_old_handshake_count_for_nothing_once_the_new_one_has_spoken() -> None:
    world, callee = accepted()
    page = Reloaded()
    callee.handle(page.asks, now=world.now)
    page.hears(answers(callee)[0])
    callee.handle(page.box(0, encode(Here())), now=world.now)
    assert callee.talk is not None
    assert callee.talk.mailbox.handshake == 1
    before = callee.talk.mailbox.counts.foreign
    callee.handle(wire.ForwardedBox(CALL, 0, 0, 9, raw_box("e30")), now=world.now)
    assert callee.talk.mailbox.counts.foreign == before + 1


@pytest.mark.parametrize("resumer", list(Role))
def test_either_end_may_resume_and_only_the_holder_of_its_key_is_answered(resumer: Role) -> None:
    household = make_household()
    books = {
        Role.CALLER: LinkBook(household.links["Grandchild"], wall=time.time),
        Role.CALLEE: LinkBook(household.links["Grandmother's Komp"], wall=time.time),
    }
    caller, callee = (books[role].identity.endpoint for role in Role)
    binding = Binding(CALL, caller, callee, 1, 1, 1)
    mine, peer = books[resumer], books[resumer.other]
    record = mine.link(peer.identity.endpoint)
    assert record is not None
    keys = CallKeys(mine.keeping.ring.current.key, record.agreement_bytes)
    page = NoiseSeal(binding, resumer, keys, initiator=resumer)
    sent: list[wire.CallResumed] = []

    def send(action: object) -> None:
        assert isinstance(action, Send)
        assert isinstance(action.message, wire.CallResumed)
        sent.append(action.message)

    resumption = Resumption(
        CallId(CALL), lambda asked: peer.reopens(asked, mine.identity.endpoint, resumer.other), send
    )
    stranger = make_household().links["Cousin"].ring.current.key
    forged = NoiseSeal(binding, resumer, CallKeys(stranger, record.agreement_bytes), initiator=resumer)
    resumption.asked(resume(forged.write_first(RING)))
    assert sent == []
    resumption.asked(resume(page.write_first(RING)))
    (answer,) = sent
    assert isinstance(decode(page.read_second(answer.box)), Join)
    box = page.seal(0, encode(Here()))
    with pytest.raises(BoxError):
        page.open(0, box)
    talk = resumption.take(wire.ForwardedBox(CALL, 1, 0, 0, raw_box(box)), now=0.0)
    assert talk is not None
    assert [type(content) for content in talk[1]] == [Here]
