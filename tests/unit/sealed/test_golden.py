"""The golden transcripts hold: in our Noise, in other people's, and in every layer above it."""

from hashlib import sha256
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client_sim.sealed import call_seal
from client_sim.sealed.call_seal import CallKeys, NoiseSeal, box_data, call_prologue
from client_sim.sealed.noise import Pattern
from client_sim.sealed.padding import PaddingError, unpad
from client_sim.sealed.pairing import Introduction, Pairing
from client_sim.sealed.post import PostBinding, PostPurpose, open_post
from client_sim.sealed.seal import Binding
from client_sim.sealed.statements import KeyStatement, make_statement, statement_bytes, verify_statement
from signalling.protocol import CallId, EndpointId, Role
from tests.unit.sealed.golden import CALLS, PADDINGS, PAIRING, PATTERNS, POST, STATEMENT
from tests.unit.sealed.peers import Dissononce, End, NoiseProtocol, Ours
from tests.unit.sealed.scene import always, public


def private(seed: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(seed) or bytes(32))


def ends_of(transcript: dict[str, Any], kind: type[End]) -> dict[str, End]:
    return {
        side: kind(
            Pattern[transcript["pattern"]],
            initiator=side == "initiator",
            prologue=bytes.fromhex(transcript["prologue"]),
            s=private(transcript[side]["s"]),
            rs=public(private(transcript[other]["s"])),
            e=private(transcript[side]["e"]),
            psk=bytes.fromhex(transcript["psk"]),
        )
        for side, other in (("initiator", "responder"), ("responder", "initiator"))
    }


@pytest.mark.parametrize("transcript", PATTERNS, ids=lambda transcript: transcript["protocol_name"])
@pytest.mark.parametrize("kind", [Ours, NoiseProtocol, Dissononce])
def test_every_implementation_says_the_written_handshake(transcript: dict[str, Any], kind: type[End]) -> None:
    ends = ends_of(transcript, kind)
    for number, one in enumerate(transcript["messages"]):
        writer, reader = ("initiator", "responder") if number % 2 == 0 else ("responder", "initiator")
        assert ends[writer].write(bytes.fromhex(one["payload"])).hex() == one["message"]
        assert ends[reader].read(bytes.fromhex(one["message"])).hex() == one["payload"]
    for one in transcript["transport"]:
        other = "responder" if one["from"] == "initiator" else "initiator"
        ad, plaintext = bytes.fromhex(one["ad"]), bytes.fromhex(one["plaintext"])
        assert ends[one["from"]].encrypt(ad, plaintext).hex() == one["ciphertext"]
        assert ends[other].decrypt(ad, bytes.fromhex(one["ciphertext"])) == plaintext
    if isinstance(ends["responder"], Ours):
        assert ends["responder"].handshake.symmetric.h.hex() == transcript["handshake_hash"]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call["initiator"])
def test_a_call_is_sealed_to_the_written_boxes(call: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    written = [call["first"], call["second"], *call["boxes"]]
    padded = {one["content"].encode(): bytes.fromhex(one["padded"]) for one in written}
    monkeypatch.setattr(call_seal, "pad", lambda content, **_: padded[content])
    told = call["binding"]
    binding = Binding(
        CallId(told["call"]),
        EndpointId(told["caller"]),
        EndpointId(told["callee"]),
        told["caller_key"],
        told["callee_key"],
        told["handshake"],
    )
    initiator = Role(call["initiator"])
    assert call_prologue(binding, initiator).hex() == call["prologue"]
    seals = {
        role: NoiseSeal(
            binding,
            role,
            CallKeys(private(call["keys"][role]["s"]), public(private(call["keys"][role.other]["s"]))),
            initiator=initiator,
            generate=always(private(call["keys"][role]["e"])),
        )
        for role in Role
    }
    first, second = seals[initiator], seals[initiator.other]
    assert first.write_first(call["first"]["content"].encode()) == call["first"]["box"]
    assert second.read_first(call["first"]["box"]).decode() == call["first"]["content"]
    assert second.write_second(call["second"]["content"].encode()) == call["second"]["box"]
    assert first.read_second(call["second"]["box"]).decode() == call["second"]["content"]
    for one in call["boxes"]:
        author = Role(one["author"])
        assert box_data(binding, author, one["seq"]).hex() == one["data"]
        assert seals[author].seal(one["seq"], one["content"].encode()) == one["box"]
        assert seals[author.other].open(one["seq"], one["box"]).decode() == one["content"]


@pytest.mark.parametrize("one", PADDINGS["opens"], ids=lambda one: one["name"])
def test_a_written_padding_opens(one: dict[str, str]) -> None:
    assert sha256(unpad(bytes.fromhex(one["padded"]))).hexdigest() == one["content_sha256"]


@pytest.mark.parametrize("one", PADDINGS["refused"], ids=lambda one: one["name"])
def test_a_written_bad_padding_is_refused(one: dict[str, str]) -> None:
    with pytest.raises(PaddingError):
        unpad(bytes.fromhex(one["padded"]))


def test_a_statement_is_the_written_one() -> None:
    identity = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(STATEMENT["identity_seed"]))
    written = msgspec.convert(STATEMENT["statement"], KeyStatement)
    agreement = public(private(STATEMENT["agreement_seed"]))
    assert make_statement(identity, agreement, serial=written.serial, not_after=written.not_after) == written
    covered = statement_bytes(written.endpoint, written.key, written.serial, written.not_after)
    assert covered.hex() == STATEMENT["signed"]
    assert verify_statement(written, public(identity)) == agreement


def test_a_pairing_is_the_written_one() -> None:
    secret = bytes.fromhex(PAIRING["secret"])
    phone, komp = (
        Pairing(secret, reads=who == "phone", generate=always(private(PAIRING["ephemerals"][who])))
        for who in ("phone", "komp")
    )
    assert phone.name == PAIRING["name"]
    phone.write_first(msgspec.convert(PAIRING["first"]["introduction"], Introduction))
    said = komp.read_first(PAIRING["first"]["box"])
    assert msgspec.to_builtins(said) == PAIRING["first"]["introduction"]


def test_the_written_answer_to_a_pairing_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer hangs on the bytes of message 1, whose padding is taken from there: deflate has many spellings."""
    secret = bytes.fromhex(PAIRING["secret"])
    komp = Pairing(secret, reads=False)
    _, padded = komp._handshake.read_message(call_seal.box_bytes(PAIRING["first"]["box"]))
    monkeypatch.setattr("client_sim.sealed.pairing.pad", lambda content, **_: padded)
    phone = Pairing(secret, reads=True, generate=always(private(PAIRING["ephemerals"]["phone"])))
    said = msgspec.convert(PAIRING["first"]["introduction"], Introduction)
    assert phone.write_first(said) == PAIRING["first"]["box"]
    assert msgspec.to_builtins(phone.read_second(PAIRING["second"]["box"])) == PAIRING["second"]["introduction"]


def test_every_reader_reads_the_written_post() -> None:
    told = POST["binding"]
    binding = PostBinding(PostPurpose(told["purpose"]), told["post"], EndpointId(told["author"]), told["author_key"])
    for one in POST["readers"]:
        content = open_post(
            bytes.fromhex(POST["box"]),
            bytes.fromhex(one["wrap"]),
            binding,
            own=private(one["seed"]),
            reader=EndpointId(one["endpoint"]),
            serial=one["serial"],
            author=public(private(POST["author_seed"])),
        )
        assert content.decode() == POST["content"]
