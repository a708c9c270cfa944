"""Writes docs/reference/vectors.json: one worked example of everything that a client must get right to the byte.

`make docs` runs `python -m tests.golden.vectors.make`. All keys and random bytes are known. Deflate may be written in
several ways, so contents stand here in a stored block: nobody's compressor decides whether the bytes agree.
"""

import hashlib
import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from client_sim.post_box import octets
from client_sim.sealed import contents, device_list, greetings, vouching
from client_sim.sealed.call_seal import box_data, call_prologue
from client_sim.sealed.device_list import make_list
from client_sim.sealed.noise import HandshakeState, Pattern, begin_handshake, length_prefixed
from client_sim.sealed.padding import RANDOM_BYTES, SIZES
from client_sim.sealed.pairing import Introduction, rendezvous_name
from client_sim.sealed.pairing_code import PairingCode, pairing_link
from client_sim.sealed.post import PostBinding, PostPurpose, Reader, seal_post
from client_sim.sealed.profile import profile_digest
from client_sim.sealed.safety_number import SafetyBinding, commitment, digits
from client_sim.sealed.seal import Binding
from client_sim.sealed.statements import LIFETIME_SECONDS, KeyStatement, make_statement, statement_bytes
from signalling.privacy import receipts, tree
from signalling.protocol import CallId, EndReason, Media, PartyKind, Role, api
from signalling.protocol.proof import base64url, digest_text
from tests.golden.vectors.descriptions import description
from tests.golden.vectors.ends import APP, KOMP, ORIGIN, End, agreement, key_128, public, run

PAGE: Final = Path(__file__).parents[3] / "docs" / "reference" / "vectors.json"
MADE_AT: Final = 1_800_000_000
CALL: Final = CallId(key_128(0xC0))
BINDING: Final = Binding(
    call=CALL,
    caller=APP.endpoint,
    callee=KOMP.endpoint,
    caller_key=APP.serial,
    callee_key=KOMP.serial,
    handshake=0,
)


def stored(content: bytes, first: int = 0x10) -> bytes:
    """A content padded as in sealing.md §3, its deflate one stored block (RFC 1951 §3.2.4), its random bytes a run."""
    length = len(content)
    deflated = b"\1" + length.to_bytes(2, "little") + (0xFFFF - length).to_bytes(2, "little") + content
    head = b"\1" + len(deflated).to_bytes(2, "big")
    size = next(size for size in SIZES if size >= len(head) + len(deflated) + RANDOM_BYTES)
    return head + deflated + run(first, size - len(head) - len(deflated))


def statement(of: End) -> KeyStatement:
    """An end's own word for its agreement key, made at `MADE_AT`."""
    return make_statement(of.identity, public(of.agreement), serial=of.serial, not_after=MADE_AT + LIFETIME_SECONDS)


def signatures() -> dict[str, Any]:
    """Everything that an identity key signs, and the list that a person's key does."""
    asked, welcomed, chosen, token_id = (base64url(run(at)) for at in (0x81, 0x82, 0x83, 0x84))
    body = '{"name":"Astrid"}'
    person = Ed25519PrivateKey.from_private_bytes(run(0x50))
    ours = statement(APP)
    listed = make_list(person, [public(APP.identity)], version=1, not_after=MADE_AT + device_list.LIFETIME_SECONDS)
    request = ("PATCH", "/v1/me", token_id, "1800000000000", key_128(0x85), digest_text(body.encode()))
    own = base64url(public(APP.identity))
    return {
        "token-request": APP.signed("token-request", ORIGIN, APP.endpoint, asked),
        "hello": APP.signed("hello", ORIGIN, APP.endpoint, token_id, welcomed, chosen),
        "register": APP.signed("register", ORIGIN, "code", digest_text(b"424242"), own, asked),
        "request": {"body": body} | APP.signed("request", ORIGIN, *request),
        "agreement-key": {
            "signed": statement_bytes(ours.endpoint, ours.key, ours.serial, ours.not_after).hex(),
            "statement": msgspec.to_builtins(ours),
        },
        "device-list": {
            "person_seed": person.private_bytes_raw().hex(),
            "signed": device_list.list_bytes(listed).hex(),
            "list": msgspec.to_builtins(listed),
        },
    }


def said(content: bytes, handshake: HandshakeState, message: bytes, ephemeral: int) -> dict[str, Any]:
    """One message of a handshake, and how both ends stand behind it."""
    return {
        "content": content.decode(),
        "padded": stored(content).hex(),
        "ephemeral_private": run(ephemeral).hex(),
        "box": base64url(message),
        "h_after": handshake.symmetric.h.hex(),
        "ck_after": handshake.symmetric.ck.hex(),
    }


def call(binding: Binding, initiator: Role) -> dict[str, Any]:
    """Ring, join and the first boxes of each end; or, with a higher handshake, of a resume."""
    who = {Role.CALLER: APP, Role.CALLEE: KOMP}
    prologue = call_prologue(binding, initiator)
    states = {
        role: begin_handshake(
            Pattern.KK,
            initiator=role is initiator,
            prologue=prologue,
            s=who[role].agreement,
            rs=public(who[role.other].agreement),
            generate=partial(agreement, first),
        )
        for role, first in ((initiator, 0x90), (initiator.other, 0xA0))
    }
    profile = profile_digest("Astrid", None) if binding.handshake == 0 else None
    first = contents.encode(contents.Ring(1_800_000_000_000, Media.VIDEO, 1, profile))
    second = contents.encode(contents.Join())
    asking, ring = states[initiator].write_message(stored(first))
    asked, _ = states[initiator.other].read_message(ring)
    answering, join = asked.write_message(stored(second))
    done, _ = asking.read_message(join)
    keys = {initiator: done.transport()[0], initiator.other: answering.transport()[0]}
    words: dict[Role, list[contents.Content]] = {
        Role.CALLER: [
            contents.Here(),
            contents.Offer(0, description("actpass")),
            contents.Candidates(0, [contents.Candidate("candidate:1 1 udp 2130706431 192.0.2.1 9 typ host", "0", 0)]),
            contents.EndOfCandidates(0),
            contents.Bye(EndReason.HANGUP),
        ],
        Role.CALLEE: [contents.Answer(0, description("active")), contents.Accepted()],
    }
    if binding.handshake:
        words = {initiator: [contents.Here()], initiator.other: []}
    boxes = []
    for author, theirs in words.items():
        for seq, word in enumerate(theirs):
            content, data = contents.encode(word), box_data(binding, author, seq)
            sealed = keys[author].encrypt_with_ad(data, stored(content))
            boxes.append(
                {
                    "author": author,
                    "seq": seq,
                    "content": content.decode(),
                    "padded": stored(content).hex(),
                    "nonce": seq.to_bytes(12, "big").hex(),
                    "data": data.hex(),
                    "box": base64url(sealed),
                }
            )
    return {
        "call": binding.call,
        "caller": {"endpoint": binding.caller, "serial": binding.caller_key},
        "callee": {"endpoint": binding.callee, "serial": binding.callee_key},
        "initiator": initiator,
        "handshake": binding.handshake,
        "prologue": prologue.hex(),
        "first": said(first, asking, ring, 0x90),
        "second": said(second, answering, join, 0xA0),
        "keys": {
            role: derived.hex()
            for role, derived in zip((initiator, initiator.other), _split(done.symmetric.ck), strict=True)
        },
        "boxes": boxes,
    }


def _split(ck: bytes) -> tuple[bytes, bytes]:
    """Noise §5.2 Split: RFC 5869 of nothing, with the chaining key as salt."""
    both = HKDF(SHA256(), 64, salt=ck, info=b"").derive(b"")
    return both[:32], both[32:]


def pairing() -> dict[str, Any]:
    """A code on the Komp's screen, and both messages; the app read it."""
    secret = run(0xB0, 16)
    name = rendezvous_name(secret)
    psk = HKDF(SHA256(), 32, salt=None, info=b"psk").derive(secret)
    prologue = length_prefixed("narvaro.v1", "pairing", name)
    reader, shower = (
        begin_handshake(Pattern.NNPSK0, initiator=reads, prologue=prologue, psk=psk, generate=partial(agreement, at))
        for reads, at in ((True, 0x90), (False, 0xA0))
    )
    ours, theirs = (
        msgspec.json.encode(Introduction(base64url(public(one.identity)), statement(one))) for one in (APP, KOMP)
    )
    asking, one = reader.write_message(stored(ours))
    heard, _ = shower.read_message(one)
    answering, two = heard.write_message(stored(theirs))
    shown = PairingCode(
        base64url(secret), base64url(public(KOMP.identity)), KOMP.party, PartyKind.KOMP, "Grandma’s Komp"
    )
    return {
        "link": pairing_link(ORIGIN, shown),
        "code": msgspec.to_builtins(shown),
        "psk": psk.hex(),
        "name": name,
        "prologue": prologue.hex(),
        "first": said(ours, asking, one, 0x90),
        "second": said(theirs, answering, two, 0xA0),
    }


def post() -> dict[str, Any]:
    """A message for the Komp's screen, as it is sealed and as `POST /v1/posts` takes it."""
    binding = PostBinding(PostPurpose.MESSAGE, key_128(0xD0), APP.endpoint, APP.serial)
    content = greetings.encode(greetings.Message(10, MADE_AT + 86_400, "Hej, mormor!"))
    sealed = seal_post(
        content,
        binding,
        own=APP.agreement,
        readers=[Reader(KOMP.endpoint, public(KOMP.agreement), KOMP.serial)],
        generate=partial(agreement, 0x90),
        random=partial(run, 0xA0),
    )
    (wrap,) = sealed.wraps
    head = api.PostHead(
        binding.post, "message", APP.serial, [api.PostReader(str(KOMP.endpoint), KOMP.serial, base64url(wrap))]
    )
    fields = ("narvaro.v1", "post", "message", APP.endpoint)
    prologue = (*fields, KOMP.endpoint, str(APP.serial), str(KOMP.serial), binding.post)
    return {
        "post": binding.post,
        "purpose": "message",
        "content": content.hex(),
        "content_key": run(0xA0).hex(),
        "data": length_prefixed(*fields, str(APP.serial), binding.post).hex(),
        "box": sealed.box.hex(),
        "box_sha256": hashlib.sha256(sealed.box).hexdigest(),
        "prologue": length_prefixed(*prologue).hex(),
        "ephemeral_private": run(0x90).hex(),
        "wrap": base64url(wrap),
        "head": msgspec.to_builtins(head),
        "body": octets(head, sealed.box).hex(),
    }


def letters() -> dict[str, Any]:
    """What stands in posts of the purpose `vouching`."""
    keys = Introduction(base64url(public(APP.identity)), statement(APP))
    return {
        "expect": vouching.encode(vouching.Expect(key_128(0xB0), "Astrid", MADE_AT + 604_800)).decode(),
        "vouch": vouching.encode(vouching.Vouch(APP.party, "Astrid", keys)).decode(),
    }


def safety_number() -> dict[str, Any]:
    """The digits of two nonces."""
    binding = SafetyBinding(CALL, public(APP.identity), public(KOMP.identity))
    callers, callees = base64url(run(0x90)), base64url(run(0xA0))
    return {
        "call": CALL,
        "callers_nonce": callers,
        "callees_nonce": callees,
        "commitment": commitment(binding, callers),
        "number": digits(binding, callers, callees),
    }


def receipt() -> dict[str, Any]:
    """A receipt, the fifth of seven leaves, and a head that covers them."""
    key = Ed25519PrivateKey.from_private_bytes(run(0x70))
    said = receipts.Statement(receipts.Outcome.FINISHED, MADE_AT // 60, "node-1", receipts.Relay.EXPIRING, 120)
    issued = [receipts.issue(key, CALL if at == 4 else key_128(at), said, run(at)) for at in range(7)]
    nodes = tree.append(0, {}, [tree.leaf_hash(one.leaf) for one in issued])
    head = receipts.sign_head(key, size=7, root=tree.root(7, nodes), minute=MADE_AT // 60 + 10)
    root = base64url(head.root)
    one = issued[4]
    return {
        "key": base64url(public(key)),
        "call": CALL,
        "receipt": one.text(),
        "salt": one.salt.hex(),
        "leaf": one.leaf.decode(),
        "commitment": base64url(receipts.commitment(one.salt, CALL)),
        "signed": (b"narvaro/v1/receipt\0" + one.leaf).hex(),
        "leaf_hash": base64url(tree.leaf_hash(one.leaf)),
        "index": 4,
        "path": [base64url(step) for step in tree.inclusion(4, 7, nodes)],
        "head": {"size": 7, "root": root, "minute": head.minute, "signature": base64url(head.signature)},
        "head_signed": f"narvaro/v1/receipt-head\0narvaro-head-1 7 {root} {head.minute}".encode().hex(),
    }


def vectors() -> dict[str, Any]:
    """The whole file."""
    mixed = ("å", "7")
    return {
        "read_with": "docs/reference/vectors.md",
        "origin": ORIGIN,
        "app": APP.told(),
        "komp": KOMP.told(),
        "length_prefixed": {"fields": list(mixed), "bytes": length_prefixed(*mixed).hex()},
        "signatures": signatures(),
        "profile": {"name": "Astrid", "picture": None, "digest": profile_digest("Astrid", None)},
        "call": call(BINDING, Role.CALLER),
        "resumed_by_the_callee": call(replace(BINDING, handshake=1), Role.CALLEE),
        "pairing": pairing(),
        "post": post(),
        "vouching": letters(),
        "safety_number": safety_number(),
        "receipt": receipt(),
    }


def written() -> str:
    """The file as it stands in the reference."""
    return json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
