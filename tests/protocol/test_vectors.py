"""The test vectors of the reference: they are what this code makes, and what its ends take."""

import json
from typing import Any

import msgspec
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from client_sim.descriptions import read_description
from client_sim.sealed import contents, greetings, vouching
from client_sim.sealed.call_seal import CallKeys, NoiseSeal
from client_sim.sealed.device_list import DeviceList, verify_list
from client_sim.sealed.padding import unpad
from client_sim.sealed.pairing import Introduction, Pairing
from client_sim.sealed.pairing_code import read_pairing_link
from client_sim.sealed.post import PostBinding, PostPurpose, open_post
from client_sim.sealed.seal import Binding
from client_sim.sealed.statements import KeyStatement, verify_statement
from signalling.access.identity import signature_holds
from signalling.privacy import tree
from signalling.privacy.receipts import Head, from_text, read_receipt
from signalling.protocol import CallId, EndpointId, Role
from signalling.protocol.proof import base64url, from_base64url
from signalling.service.posts import read_post
from tests.golden.vectors.ends import APP, KOMP, public
from tests.golden.vectors.make import PAGE, written

VECTORS: dict[str, Any] = json.loads(PAGE.read_text(encoding="utf-8"))


def test_the_written_vectors_are_what_the_code_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "write them anew: make docs"


@pytest.mark.parametrize("purpose", ["token-request", "hello", "register", "request"])
def test_the_coordinator_takes_the_signatures(purpose: str) -> None:
    one = VECTORS["signatures"][purpose]
    assert signature_holds(public(APP.identity), one["signature"], bytes.fromhex(one["signed"]))
    assert not signature_holds(public(KOMP.identity), one["signature"], bytes.fromhex(one["signed"]))


def test_the_statement_and_the_list_of_phones_prove_themselves() -> None:
    signed = VECTORS["signatures"]
    statement = msgspec.convert(signed["agreement-key"]["statement"], KeyStatement)
    assert verify_statement(statement, public(APP.identity)) == public(APP.agreement)
    verify_list(msgspec.convert(signed["device-list"]["list"], DeviceList))


@pytest.mark.parametrize("name", ["call", "resumed_by_the_callee"])
def test_whoever_is_asked_opens_the_first_message(name: str) -> None:
    told = VECTORS[name]
    binding = Binding(
        CallId(told["call"]),
        EndpointId(told["caller"]["endpoint"]),
        EndpointId(told["callee"]["endpoint"]),
        told["caller"]["serial"],
        told["callee"]["serial"],
        told["handshake"],
    )
    initiator = Role(told["initiator"])
    own, other = (KOMP, APP) if initiator is Role.CALLER else (APP, KOMP)
    asked = NoiseSeal(binding, initiator.other, CallKeys(own.agreement, public(other.agreement)), initiator=initiator)
    assert asked.read_first(told["first"]["box"]).decode() == told["first"]["content"]


@pytest.mark.parametrize("name", ["call", "resumed_by_the_callee"])
def test_every_padded_content_is_one_of_the_documented_ones(name: str) -> None:
    told = VECTORS[name]
    for one in (told["first"], told["second"], *told["boxes"]):
        content = unpad(bytes.fromhex(one["padded"]))
        assert content.decode() == one["content"]
        assert contents.decode(content) is not None


async def test_a_description_written_by_hand_is_answered() -> None:
    offer = json.loads(VECTORS["call"]["boxes"][1]["content"])
    assert [one.kind for one in read_description(offer["sdp"])] == ["audio", "video", "application"]
    connection = RTCPeerConnection()
    try:
        await connection.setRemoteDescription(RTCSessionDescription(offer["sdp"], offer["t"]))
        answer = await connection.createAnswer()
    finally:
        await connection.close()
    assert [line.split(" ")[0] for line in answer.sdp.splitlines() if line.startswith("m=")] == [
        "m=audio",
        "m=video",
        "m=application",
    ]


def test_the_komp_takes_the_introduction_of_whoever_read_its_code() -> None:
    told = VECTORS["pairing"]
    code = read_pairing_link(told["link"])
    assert code.identity_bytes == public(KOMP.identity)
    met = Pairing(code.secret_bytes, reads=False)
    assert met.name == told["name"]
    assert met.read_first(told["first"]["box"]) == msgspec.json.decode(told["first"]["content"], type=Introduction)


def test_the_coordinator_takes_the_post_and_the_komp_opens_it() -> None:
    told = VECTORS["post"]
    taken = read_post(bytes.fromhex(told["body"]))
    (wrap,) = taken.readers
    assert (taken.post, wrap.endpoint, taken.box.hex()) == (told["post"], KOMP.endpoint, told["box"])
    binding = PostBinding(PostPurpose(taken.purpose), taken.post, APP.endpoint, taken.author_key)
    content = open_post(
        taken.box,
        from_base64url(wrap.wrap),
        binding,
        own=KOMP.agreement,
        reader=KOMP.endpoint,
        serial=wrap.key,
        author=public(APP.agreement),
    )
    assert content.hex() == told["content"]
    assert greetings.decode(content, PostPurpose.MESSAGE) == greetings.Message(10, 1_800_086_400, "Hej, mormor!")


def test_the_letters_of_an_administrator_say_whom_to_expect_and_whose_keys_these_are() -> None:
    expect, vouch = (vouching.decode(VECTORS["vouching"][kind].encode()) for kind in ("expect", "vouch"))
    assert isinstance(expect, vouching.Expect)
    assert expect.secret == VECTORS["pairing"]["code"]["secret"]
    assert isinstance(vouch, vouching.Vouch)
    assert vouch.keys.identity == base64url(public(APP.identity))


def test_the_receipt_holds_for_its_call_under_its_key_and_in_the_tree() -> None:
    told = VECTORS["receipt"]
    key = Ed25519PublicKey.from_public_bytes(from_text(told["key"]))
    receipt, shown = read_receipt(told["receipt"]), told["head"]
    head = Head(shown["size"], from_text(shown["root"]), shown["minute"], from_text(shown["signature"]))
    assert receipt.is_about(told["call"])
    assert receipt.is_signed_by(key)
    assert head.is_signed_by(key)
    path = [from_text(step) for step in told["path"]]
    assert tree.includes(from_text(told["leaf_hash"]), told["index"], head.size, path, head.root)
