"""The seal of a call: what belongs to it opens, at its place and once the handshake stands; nothing else does."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.mailbox import Mailbox
from client_sim.sealed import call_seal
from client_sim.sealed.call_seal import CallKeys, NoiseSeal, box_bytes
from client_sim.sealed.noise import Pattern, begin_handshake
from client_sim.sealed.padding import PaddingError
from client_sim.sealed.seal import Binding, BoxError, CallSeal
from signalling.protocol import CallId, EndpointId, Role
from signalling.protocol.fields import BOX_CHARACTERS
from signalling.protocol.proof import base64url, from_base64url
from tests.unit.sealed.scene import BINDING, Ends, ends, flipped, joined, key, public, small_order_agreements

RING, JOIN = b'{"t":"ring","sent_at":1,"media":"video","rung":1}', b'{"t":"join"}'

OTHER_BINDINGS = [
    replace(BINDING, call=CallId("x" * 22)),
    replace(BINDING, caller=EndpointId("x" * 22)),
    replace(BINDING, callee=EndpointId("x" * 22)),
    replace(BINDING, caller=BINDING.callee, callee=BINDING.caller),
    replace(BINDING, caller_key=5),
    replace(BINDING, callee_key=8),
    replace(BINDING, handshake=1),
]


def damaged(box: str, bit: int) -> str:
    return base64url(flipped(from_base64url(box), bit))


def test_ring_join_and_boxes_come_through_both_ways() -> None:
    both = ends()
    assert both.callee.read_first(both.caller.write_first(RING)) == RING
    assert both.caller.read_second(both.callee.write_second(JOIN)) == JOIN
    for seq in range(5):
        content = b'{"t":"candidates"}' * (seq + 1)
        assert both.callee.open(seq, both.caller.seal(seq, content)) == content
        assert both.caller.open(seq, both.callee.seal(seq, content)) == content


def test_it_is_a_call_seal() -> None:
    seal: CallSeal = ends().caller
    assert isinstance(seal, NoiseSeal)


@given(st.integers(0, 8 * 176 - 1))
def test_a_tampered_ring_opens_nowhere_and_the_true_one_still_does(bit: int) -> None:
    both = ends()
    ring = both.caller.write_first(RING)
    with pytest.raises(BoxError):
        both.callee.read_first(damaged(ring, bit))
    assert both.callee.read_first(ring) == RING


@given(st.integers(0, 8 * 176 - 1))
def test_a_tampered_join_opens_nowhere_and_the_true_one_still_does(bit: int) -> None:
    both = ends()
    both.callee.read_first(both.caller.write_first(RING))
    join = both.callee.write_second(JOIN)
    with pytest.raises(BoxError):
        both.caller.read_second(damaged(join, bit))
    assert both.caller.read_second(join) == JOIN
    assert both.callee.open(0, both.caller.seal(0, b"{}")) == b"{}"


@given(st.integers(0, 8 * 144 - 1))
def test_a_tampered_box_opens_nowhere_and_moves_nothing(bit: int) -> None:
    both = joined()
    box = both.caller.seal(0, b'{"t":"here"}')
    with pytest.raises(BoxError):
        both.callee.open(0, damaged(box, bit))
    assert both.callee.open(0, box) == b'{"t":"here"}'
    assert both.caller.open(0, both.callee.seal(0, b"{}")) == b"{}"


@pytest.mark.parametrize("believed", OTHER_BINDINGS, ids=range(len(OTHER_BINDINGS)))
def test_a_ring_opens_only_where_both_ends_believe_the_same_of_the_call(believed: Binding) -> None:
    both = ends(callees=believed)
    with pytest.raises(BoxError):
        both.callee.read_first(both.caller.write_first(RING))


@pytest.mark.parametrize("stage", ["ring", "join", "box"])
def test_what_was_sealed_for_one_call_opens_in_no_other_between_the_same_two(stage: str) -> None:
    one, other = ends(), ends(replace(BINDING, call=CallId("y" * 22)))
    ring = one.caller.write_first(RING)
    if stage == "ring":
        with pytest.raises(BoxError):
            other.callee.read_first(ring)
        return
    one.callee.read_first(ring)
    other.callee.read_first(other.caller.write_first(RING))
    join = one.callee.write_second(JOIN)
    if stage == "join":
        with pytest.raises(BoxError):
            other.caller.read_second(join)
        return
    one.caller.read_second(join)
    other.caller.read_second(other.callee.write_second(JOIN))
    with pytest.raises(BoxError):
        other.callee.open(0, one.caller.seal(0, b"{}"))


def test_a_ring_played_again_gives_nobody_a_box_that_opens() -> None:
    """Message 1 opens wherever it is played again. Only who made it can then say `here`."""
    first = ends()
    ring = first.caller.write_first(RING)
    again = ends()
    assert again.callee.read_first(ring) == RING
    again.callee.write_second(JOIN)
    first.callee.read_first(ring)
    first.caller.read_second(first.callee.write_second(JOIN))
    with pytest.raises(BoxError):
        again.callee.open(0, first.caller.seal(0, b'{"t":"here"}'))


@given(st.integers(0, 2**32 - 1), st.sampled_from(["number", "direction"]))
def test_a_box_opens_under_its_own_number_and_in_its_own_direction_alone(seq: int, where: str) -> None:
    both = joined()
    box = both.caller.seal(0, b"{}")
    opener = both.callee if where == "number" else both.caller
    if where == "number" and seq == 0:
        assert opener.open(seq, box) == b"{}"
        return
    with pytest.raises(BoxError):
        opener.open(seq, box)


@pytest.mark.parametrize("seq", [-1, 2**32, 2**64 - 1, 2**64])
def test_a_number_that_the_wire_has_no_place_for_opens_nothing(seq: int) -> None:
    with pytest.raises(BoxError):
        joined().callee.open(seq, base64url(bytes(144)))


def test_boxes_open_in_whatever_order_they_come() -> None:
    both = joined()
    boxes = {seq: both.caller.seal(seq, b"%d" % seq) for seq in range(20)}
    for seq in random.sample(sorted(boxes), len(boxes)):
        assert both.callee.open(seq, boxes[seq]) == b"%d" % seq


@pytest.mark.parametrize("seq", [1, -1])
def test_a_number_is_sealed_once_and_in_its_turn(seq: int) -> None:
    seal = joined().caller
    with pytest.raises(RuntimeError):
        seal.seal(seq, b"{}")
    seal.seal(0, b"{}")
    with pytest.raises(RuntimeError):
        seal.seal(0, b"{}")


def test_a_content_that_fits_no_box_spends_no_number() -> None:
    seal = joined().caller
    with pytest.raises(PaddingError):
        seal.seal(0, bytes(16 * 1024 + 1))
    assert seal.seal(0, b"{}")


def test_nothing_is_sealed_or_opened_before_the_handshake_is_through() -> None:
    both = ends()
    ring = both.caller.write_first(RING)
    for seal in both:
        with pytest.raises(RuntimeError):
            seal.seal(0, b"{}")
        with pytest.raises(BoxError):
            seal.open(0, base64url(bytes(144)))
    both.callee.read_first(ring)
    with pytest.raises(RuntimeError):
        both.callee.seal(0, b"{}")


def test_a_join_that_comes_again_is_refused_and_changes_nothing() -> None:
    both = ends()
    both.callee.read_first(both.caller.write_first(RING))
    join = both.callee.write_second(JOIN)
    both.caller.read_second(join)
    first = both.caller.seal(0, b"{}")
    with pytest.raises(BoxError):
        both.caller.read_second(join)
    with pytest.raises(RuntimeError):
        both.caller.seal(0, b"{}")
    assert both.callee.open(0, first) == b"{}"


@pytest.mark.parametrize(
    "speak",
    [
        lambda both: both.callee.write_first(RING),
        lambda both: both.caller.read_first(base64url(bytes(176))),
        lambda both: both.callee.write_second(JOIN),
    ],
)
def test_each_end_speaks_in_its_turn_only(speak: Callable[[Ends], object]) -> None:
    with pytest.raises(RuntimeError):
        speak(ends())


def test_after_a_reload_either_end_may_begin() -> None:
    again = replace(BINDING, handshake=3)
    both = ends(again, initiator=Role.CALLEE)
    assert both.caller.read_first(both.callee.write_first(b"{}")) == b"{}"
    assert both.callee.read_second(both.caller.write_second(b"{}")) == b"{}"
    assert both.caller.open(0, both.callee.seal(0, b"{}")) == b"{}"


def test_an_end_that_is_not_to_begin_is_not_listened_to() -> None:
    alice, bob = key("alice"), key("bob")
    claims = NoiseSeal(BINDING, Role.CALLER, CallKeys(alice, public(bob)), initiator=Role.CALLER)
    expects = NoiseSeal(BINDING, Role.CALLER, CallKeys(bob, public(alice)), initiator=Role.CALLEE)
    with pytest.raises(BoxError):
        expects.read_first(claims.write_first(RING))


def test_each_ring_of_an_invite_is_made_with_a_key_of_its_own() -> None:
    rings = {ends().caller.write_first(RING)[:43] for _ in range(4)}
    assert len(rings) == 4


@given(st.binary(min_size=1, max_size=700))
def test_a_box_has_one_spelling(sealed: bytes) -> None:
    text = base64url(sealed)
    assert box_bytes(text) == sealed
    for other in [text + "=", text + " ", text[:-1] + "+", text + "A", text.lower(), "-" + text]:
        if other != text:
            try:
                assert base64url(box_bytes(other)) == other
            except BoxError:
                continue


def test_bits_that_no_byte_uses_are_not_ignored() -> None:
    assert box_bytes("AA") == b"\0"
    for text in ["AB", "AP", "A", "", "AA==", "AA\n", "A A", "åäö", "\ud800"]:
        with pytest.raises(BoxError):
            box_bytes(text)


def test_the_largest_box_fits_the_wire() -> None:
    content = base64url(random.randbytes(11_500)).encode()
    both = joined()
    assert len(both.caller.seal(0, content)) <= BOX_CHARACTERS
    assert len(ends().caller.write_first(content)) == -(-(32 + 16384 + 16) * 4 // 3) <= BOX_CHARACTERS


def test_an_authentic_message_that_is_badly_padded_is_refused_and_changes_nothing() -> None:
    """The other end may be hostile too: it must not be able to leave the seal between two states."""
    alice, bob = key("alice"), key("bob")
    hostile = begin_handshake(
        Pattern.KK,
        initiator=False,
        prologue=call_seal.call_prologue(BINDING, Role.CALLER),
        s=bob,
        rs=public(alice),
    )
    caller = NoiseSeal(BINDING, Role.CALLER, CallKeys(alice, public(bob)))
    hostile, _ = hostile.read_message(from_base64url(caller.write_first(RING)))
    for _ in range(2):
        with pytest.raises(BoxError):
            caller.read_second(base64url(hostile.write_message(b"not padded")[1]))
    with pytest.raises(RuntimeError):
        caller.seal(0, b"{}")


def test_a_key_of_small_order_is_rung_nowhere() -> None:
    for point in small_order_agreements():
        with pytest.raises(BoxError):
            NoiseSeal(BINDING, Role.CALLER, CallKeys(key("alice"), point)).write_first(RING)


def test_an_error_says_nothing_of_the_box_and_nothing_prints() -> None:
    both = joined()
    box = both.caller.seal(0, b"{}")
    with pytest.raises(BoxError) as refused:
        both.callee.open(1, box)
    assert str(refused.value) == "the box doesn't open"
    assert refused.value.__context__ is None
    keys = CallKeys(key("alice"), public(key("bob")))
    assert "bytes" not in repr(both.caller) + repr(keys)


def test_the_mailbox_repeats_the_bytes_that_were_sealed_once() -> None:
    both = joined()
    sender, receiver = Mailbox(both.caller), Mailbox(both.callee)
    first = sender.put(b'{"t":"here"}', now=0)
    again = sender.due(now=1.0)
    assert [one.box for one in again] == [one.box for one in first]
    assert receiver.take(again[0], now=1.0)[0] == [b'{"t":"here"}']
    assert receiver.take(first[0], now=1.1)[0] == []


def test_a_mailbox_under_attack_delivers_what_was_sent_in_order_and_once() -> None:
    both = joined()
    sender, receiver = Mailbox(both.caller), Mailbox(both.callee)
    contents = [b"%d" % number for number in range(40)]
    letters = [letter for content in contents for letter in sender.put(content, now=0)]
    delivered: list[bytes] = []
    for letter in [*random.sample(letters, len(letters)), *letters]:
        assert letter.box is not None
        for forged in [damaged(letter.box, random.randrange(8 * 144)), base64url(bytes(144))]:
            delivered += receiver.take(replace(letter, box=forged), now=0)[0]
        delivered += receiver.take(letter, now=0)[0]
    assert delivered == contents
    assert receiver.counts.refused > 0
