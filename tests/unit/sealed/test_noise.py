"""Our Noise is everybody's Noise, and what was tampered with opens nowhere and moves nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_sim.sealed.noise import (
    CipherState,
    HandshakeState,
    NoiseError,
    Pattern,
    agreed,
    begin_handshake,
    length_prefixed,
)
from tests.unit.sealed.peers import Dissononce, End, NoiseProtocol, Ours
from tests.unit.sealed.scene import always, flipped, key, public, seed, small_order_agreements

OTHERS: list[type[End]] = [NoiseProtocol, Dissononce]
PROLOGUE = b"narvaro.v1 and what both know"


def end(kind: type[End], pattern: Pattern, *, initiator: bool, prologue: bytes = PROLOGUE) -> End:
    mine, theirs = ("alice", "bob") if initiator else ("bob", "alice")
    return kind(
        pattern,
        initiator=initiator,
        prologue=prologue,
        s=key(mine),
        rs=public(key(theirs)),
        e=key(f"{mine}'s ephemeral"),
        psk=seed("psk"),
    )


def conversation(initiator: End, responder: End, pattern: Pattern) -> list[bytes]:
    """A handshake and four transport messages each way (one way only in K), as they went over the wire."""
    wire = []
    pair = (initiator, responder)
    for number in range(len(pattern.messages)):
        writer, reader = pair[number % 2], pair[1 - number % 2]
        wire.append(writer.write(f"payload {number}".encode()))
        assert reader.read(wire[-1]) == f"payload {number}".encode()
    ways = [pair] if pattern is Pattern.K else [pair, pair[::-1]]
    for number in range(4):
        for sender, receiver in ways:
            ad, plaintext = f"data {number}".encode(), bytes(number * 50)
            wire.append(sender.encrypt(ad, plaintext))
            assert receiver.decrypt(ad, wire[-1]) == plaintext
    return wire


@pytest.mark.parametrize("pattern", Pattern)
@pytest.mark.parametrize("other", OTHERS)
def test_every_byte_is_the_same_as_in_an_independent_implementation(pattern: Pattern, other: type[End]) -> None:
    theirs = conversation(end(other, pattern, initiator=True), end(other, pattern, initiator=False), pattern)
    ours = conversation(end(Ours, pattern, initiator=True), end(Ours, pattern, initiator=False), pattern)
    assert ours == theirs


@pytest.mark.parametrize("pattern", Pattern)
@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("we_begin", [True, False])
def test_either_end_can_be_an_independent_implementation(pattern: Pattern, other: type[End], we_begin: bool) -> None:
    first, second = (Ours, other) if we_begin else (other, Ours)
    conversation(end(first, pattern, initiator=True), end(second, pattern, initiator=False), pattern)


@given(st.data())
def test_both_implementations_agree_with_ours_on_whatever_is_said(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(Pattern))
    prologue, payload = data.draw(st.binary(max_size=80)), data.draw(st.binary(max_size=300))
    kinds: list[type[End]] = [Ours, *OTHERS]
    assert len({end(kind, pattern, initiator=True, prologue=prologue).write(payload) for kind in kinds}) == 1


def handshakes(pattern: Pattern, prologue: bytes = PROLOGUE, psk: bytes | None = None) -> tuple[Any, Any]:
    """Two ends of ours; the responder hears another prologue or holds another key where told so."""
    initiator, responder = end(Ours, pattern, initiator=True), end(Ours, pattern, initiator=False, prologue=prologue)
    assert isinstance(initiator, Ours)
    assert isinstance(responder, Ours)
    if psk is not None and pattern.psk:
        theirs = begin_handshake(pattern, initiator=False, prologue=prologue, psk=psk)
        return initiator.handshake, theirs
    return initiator.handshake, responder.handshake


@given(pattern=st.sampled_from(Pattern), bit=st.integers(0, 8 * (48 + 20) - 1), second=st.booleans())
def test_a_handshake_message_with_any_bit_turned_opens_nowhere_and_the_true_one_still_does(
    pattern: Pattern, bit: int, second: bool
) -> None:
    writer, reader = handshakes(pattern)
    if second and len(pattern.messages) == 2:
        writer, message = writer.write_message(b"the first")
        reader, _ = reader.read_message(message)
        writer, reader = reader, writer
    _, message = writer.write_message(b"twenty bytes of text")
    with pytest.raises(NoiseError):
        reader.read_message(flipped(message, bit))
    _, payload = reader.read_message(message)
    assert payload == b"twenty bytes of text"


@given(pattern=st.sampled_from(Pattern), bit=st.integers(0, 8 * len(PROLOGUE) - 1))
def test_another_prologue_opens_nothing(pattern: Pattern, bit: int) -> None:
    writer, reader = handshakes(pattern, prologue=flipped(PROLOGUE, bit))
    _, message = writer.write_message(b"hello")
    with pytest.raises(NoiseError):
        reader.read_message(message)


@given(bit=st.integers(0, 255))
def test_another_pre_shared_key_opens_nothing(bit: int) -> None:
    writer, reader = handshakes(Pattern.NNPSK0, psk=flipped(seed("psk"), bit))
    _, message = writer.write_message(b"hello")
    with pytest.raises(NoiseError):
        reader.read_message(message)


@pytest.mark.parametrize("pattern", [Pattern.KK, Pattern.K])
@pytest.mark.parametrize("who", ["writer", "reader"])
def test_another_static_key_opens_nothing(pattern: Pattern, who: str) -> None:
    mallory, alice, bob = key("mallory"), key("alice"), key("bob")
    writes = mallory if who == "writer" else alice
    reads = mallory if who == "reader" else bob
    writer = begin_handshake(pattern, initiator=True, prologue=b"", s=writes, rs=public(bob))
    reader = begin_handshake(pattern, initiator=False, prologue=b"", s=reads, rs=public(alice))
    with pytest.raises(NoiseError):
        reader.read_message(writer.write_message(b"hello")[1])


@given(length=st.integers(0, 67))
def test_a_message_cut_short_opens_nowhere(length: int) -> None:
    writer, reader = handshakes(Pattern.KK)
    message = writer.write_message(bytes(20))[1]
    with pytest.raises(NoiseError):
        reader.read_message(message[:length])


@given(
    ad=st.binary(max_size=40),
    plaintext=st.binary(max_size=200),
    n=st.integers(0, 2**64 - 2),
    data=st.data(),
)
def test_a_transport_message_opens_under_its_own_number_and_data_alone(
    ad: bytes, plaintext: bytes, n: int, data: st.DataObject
) -> None:
    sender, receiver = CipherState(seed("k")), CipherState(seed("k"))
    sender._n = n
    sealed = sender.encrypt_with_ad(ad, plaintext)
    where = data.draw(st.sampled_from(["box", "data", "number", "key"]))
    tampered, tampered_ad, tampered_n, opener = sealed, ad, n, receiver
    match where:
        case "box":
            tampered = flipped(sealed, data.draw(st.integers(0, 8 * len(sealed) - 1)))
        case "data":
            tampered_ad = flipped(ad + b"\0", data.draw(st.integers(0, 8 * len(ad) + 7)))
        case "number":
            tampered_n = data.draw(st.integers(0, 2**64 - 2).filter(lambda other: other != n))
        case _:
            opener = CipherState(flipped(seed("k"), data.draw(st.integers(0, 255))))
    with pytest.raises(NoiseError):
        opener.decrypt_at(tampered_n, tampered_ad, tampered)
    assert opener.n == 0
    assert receiver.decrypt_at(n, ad, sealed) == plaintext
    assert receiver.n == 0


def test_what_opens_in_order_moves_on_and_what_does_not_open_moves_nothing() -> None:
    sender, receiver = CipherState(seed("k")), CipherState(seed("k"))
    boxes = [sender.encrypt_with_ad(b"", bytes([number])) for number in range(3)]
    with pytest.raises(NoiseError):
        receiver.decrypt_with_ad(b"", boxes[1])
    assert [receiver.decrypt_with_ad(b"", box) for box in boxes] == [b"\0", b"\1", b"\2"]
    assert (sender.n, receiver.n) == (3, 3)


def test_the_last_number_is_never_used() -> None:
    cipher = CipherState(seed("k"))
    cipher._n = 2**64 - 1
    with pytest.raises(NoiseError):
        cipher.encrypt_with_ad(b"", b"")
    with pytest.raises(NoiseError):
        cipher.decrypt_at(-1, b"", bytes(16))


@pytest.mark.parametrize("point", sorted(small_order_agreements()), ids=lambda point: point.hex()[:12])
def test_a_key_of_small_order_agrees_with_nobody(point: bytes) -> None:
    with pytest.raises(NoiseError):
        agreed(key("alice"), point)
    begun = begin_handshake(Pattern.KK, initiator=True, prologue=b"", s=key("alice"), rs=point)
    with pytest.raises(NoiseError):
        begun.write_message(b"hello")


def test_a_message_with_an_ephemeral_key_of_small_order_opens_nowhere() -> None:
    writer, reader = handshakes(Pattern.KK)
    _, message = writer.write_message(b"hello")
    for point in small_order_agreements():
        with pytest.raises(NoiseError):
            reader.read_message(point + message[32:])


def test_each_end_writes_and_reads_in_its_turn_only() -> None:
    writer, reader = handshakes(Pattern.KK)
    with pytest.raises(RuntimeError):
        reader.write_message(b"")
    with pytest.raises(RuntimeError):
        writer.read_message(bytes(48))
    with pytest.raises(RuntimeError):
        writer.transport()
    after, message = writer.write_message(b"")
    with pytest.raises(RuntimeError):
        after.write_message(b"")
    answered, message = reader.read_message(message)[0].write_message(b"")
    with pytest.raises(RuntimeError):
        answered.read_message(message)
    assert after.read_message(message)[0].complete


def test_each_message_is_made_with_an_ephemeral_key_of_its_own() -> None:
    begun = begin_handshake(Pattern.KK, initiator=True, prologue=b"", s=key("alice"), rs=public(key("bob")))
    assert len({begun.write_message(b"same")[1][:32] for _ in range(8)}) == 8


@pytest.mark.parametrize(
    ("pattern", "keys"),
    [
        (Pattern.KK, {}),
        (Pattern.KK, {"s": key("alice")}),
        (Pattern.K, {"rs": public(key("bob"))}),
        (Pattern.KK, {"s": key("alice"), "rs": public(key("bob")), "psk": bytes(32)}),
        (Pattern.NNPSK0, {}),
        (Pattern.NNPSK0, {"psk": bytes(16)}),
        (Pattern.NNPSK0, {"psk": bytes(32), "s": key("alice")}),
    ],
)
def test_a_pattern_begins_with_its_own_keys_only(pattern: Pattern, keys: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        begin_handshake(pattern, initiator=True, prologue=b"", **keys)


def test_nothing_of_a_handshake_prints() -> None:
    writer, _ = handshakes(Pattern.NNPSK0)
    assert isinstance(writer, HandshakeState)
    printed = repr(writer) + repr(writer.symmetric) + repr(CipherState(seed("k")))
    assert seed("psk").hex() not in printed
    assert repr(seed("psk")) not in printed
    assert repr(writer.symmetric.h) not in printed


@given(st.lists(st.text(max_size=6), max_size=5), st.lists(st.text(max_size=6), max_size=5))
def test_fields_behind_their_lengths_read_one_way_only(fields: list[str], others: list[str]) -> None:
    assert (length_prefixed(*fields) == length_prefixed(*others)) is (fields == others)


def test_fields_are_written_as_signatures_write_them() -> None:
    assert length_prefixed("å", "") == b"\0\0\0\2\xc3\xa5\0\0\0\0"


def test_an_ephemeral_key_can_be_chosen_by_tests() -> None:
    begun = begin_handshake(
        Pattern.NNPSK0, initiator=True, prologue=b"", psk=bytes(32), generate=always(key("ephemeral"))
    )
    assert begun.write_message(b"")[1][:32] == public(key("ephemeral"))
