"""Writes the golden transcripts anew: `python -m tests.golden.noise.make`. Needed only when a layout changes.

Bytes are hex, boxes base64url. Every key and every random byte is known, so another implementation can make the same
bytes. Deflate may be written in several ways: whoever compares takes `padded` from here, and deflates nothing itself.
"""

import hashlib
import json
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from client_sim.sealed import call_seal
from client_sim.sealed.call_seal import CallKeys, NoiseSeal, box_data, call_prologue
from client_sim.sealed.contents import CONTENT_BYTES
from client_sim.sealed.noise import Pattern
from client_sim.sealed.padding import SIZES, pad
from client_sim.sealed.pairing import Introduction, Pairing, rendezvous_name
from client_sim.sealed.post import PostBinding, PostPurpose, Reader, seal_post
from client_sim.sealed.seal import Binding
from client_sim.sealed.statements import make_statement, statement_bytes
from signalling.protocol import EndpointId, Role
from signalling.protocol.proof import base64url
from tests.golden.noise.stories import device_list_story, links_story, safety_number_story
from tests.unit.sealed.peers import Ours
from tests.unit.sealed.scene import BINDING, always, counted_bytes, identity, key, public, seed

HERE = Path(__file__).parent
CALLERS_WORDS = [
    {"t": "here"},
    {"t": "offer", "generation": 0, "sdp": "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n" + "a=candidate: Närvaro\r\n" * 120},
    {"t": "end_of_candidates", "generation": 0},
    {"t": "bye", "reason": "hangup"},
]
CALLEES_WORDS = [{"t": "answer", "generation": 0, "sdp": "v=0\r\n"}, {"t": "accepted"}]


def text(value: Any) -> bytes:
    """A content as it is sealed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def pattern_transcript(pattern: Pattern) -> dict[str, Any]:
    """One handshake and three transport messages each way."""
    prologue, psk = b"narvaro.v1 golden", seed("psk")
    sides = {"initiator": "alice", "responder": "bob"}
    initiator, responder = (
        Ours(
            pattern,
            initiator=side == "initiator",
            prologue=prologue,
            s=key(who),
            rs=public(key("bob" if who == "alice" else "alice")),
            e=key(f"{who}'s ephemeral"),
            psk=psk,
        )
        for side, who in sides.items()
    )
    messages = []
    for number in range(len(pattern.messages)):
        writer, reader = (initiator, responder) if number % 2 == 0 else (responder, initiator)
        payload = f"payload of message {number + 1}".encode()
        message = writer.write(payload)
        reader.read(message)
        messages.append({"payload": payload.hex(), "message": message.hex()})
    transport = []
    for number in range(3):
        for author, end in [("initiator", initiator), ("responder", responder)][: 1 if pattern is Pattern.K else 2]:
            ad, plaintext = f"data {number}".encode(), b"box " * number
            transport.append(
                {
                    "from": author,
                    "n": number,
                    "ad": ad.hex(),
                    "plaintext": plaintext.hex(),
                    "ciphertext": end.encrypt(ad, plaintext).hex(),
                }
            )
    return {
        "pattern": pattern.name,
        "protocol_name": pattern.protocol_name.decode(),
        "prologue": prologue.hex(),
        "psk": psk.hex() if pattern.psk else "",
        **{
            side: {"s": seed(who).hex() if pattern.statics else "", "e": seed(f"{who}'s ephemeral").hex()}
            for side, who in sides.items()
        },
        "messages": messages,
        "handshake_hash": initiator.handshake.symmetric.h.hex(),
        "transport": transport,
    }


def call_transcript(binding: Binding, initiator: Role) -> dict[str, Any]:
    """One handshake of a call and its first boxes, each content with the padded bytes that were sealed."""
    padded: list[str] = []
    random = counted_bytes(f"call {binding.handshake}")

    def recorded_pad(content: bytes, **_: Any) -> bytes:
        made = pad(content, random=random)
        padded.append(made.hex())
        return made

    who = {Role.CALLER: "alice", Role.CALLEE: "bob"}
    seals = {
        role: NoiseSeal(
            binding,
            role,
            CallKeys(key(who[role]), public(key(who[role.other]))),
            initiator=initiator,
            generate=always(key(f"{who[role]}'s ephemeral {binding.handshake}")),
        )
        for role in Role
    }
    with patch.object(call_seal, "pad", recorded_pad):
        first, second = text({"t": "ring", "sent_at": 1, "media": "video", "rung": 1}), text({"t": "join"})
        ring = seals[initiator].write_first(first)
        seals[initiator.other].read_first(ring)
        join = seals[initiator.other].write_second(second)
        seals[initiator].read_second(join)
        boxes = [
            {
                "author": role,
                "seq": seq,
                "data": box_data(binding, role, seq).hex(),
                "content": text(word).decode(),
                "box": seals[role].seal(seq, text(word)),
            }
            for role, words in ((Role.CALLER, CALLERS_WORDS), (Role.CALLEE, CALLEES_WORDS))
            for seq, word in enumerate(words)
        ]
    whole: list[dict[str, Any]] = [
        {"content": first.decode(), "box": ring},
        {"content": second.decode(), "box": join},
        *boxes,
    ]
    whole = [one | {"padded": made} for one, made in zip(whole, padded, strict=True)]
    return {
        "binding": asdict(binding),
        "initiator": initiator,
        "prologue": call_prologue(binding, initiator).hex(),
        "keys": {
            role: {"s": seed(name).hex(), "e": seed(f"{name}'s ephemeral {binding.handshake}").hex()}
            for role, name in who.items()
        },
        "first": whole[0],
        "second": whole[1],
        "boxes": whole[2:],
    }


def paddings() -> dict[str, Any]:
    """What opens, and what must be refused, each with its reason."""

    def deflated(content: bytes) -> bytes:
        squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return squeezer.compress(content) + squeezer.flush()

    def framed(part: bytes, *, kind: int = 1, length: int | None = None, size: int = 128) -> str:
        head = bytes([kind]) + (len(part) if length is None else length).to_bytes(2, "big")
        return (head + part + bytes(size - len(head) - len(part))).hex()

    def stored(content: bytes) -> bytes:
        """RFC 1951 §3.2.4: one block as it is."""
        return b"\1" + len(content).to_bytes(2, "little") + (0xFFFF - len(content)).to_bytes(2, "little") + content

    opens = {
        "an empty content": framed(deflated(b"")),
        "a short content": framed(deflated(b"{}")),
        "a content that was stored and not squeezed": framed(stored(b"{}")),
        "four random bytes and no more": framed(stored(b" " * 116)),
        "more padding than is needed": framed(deflated(b"{}"), size=1024),
        "sixteen kibibytes": framed(deflated(bytes(CONTENT_BYTES))),
    }
    refused = {
        "nothing": "",
        "a size of its own": framed(deflated(b"{}"))[:-2],
        "a byte too many": framed(deflated(b"{}")) + "00",
        "half the smallest size": framed(deflated(b"{}"), size=SIZES[0] // 2),
        "type 0": framed(deflated(b"{}"), kind=0),
        "type 2": framed(deflated(b"{}"), kind=2),
        "three random bytes": framed(stored(b" " * 117)),
        "padding that is counted as deflate": framed(deflated(b"{}"), length=121),
        "a length beyond the end": framed(deflated(b"{}"), length=0xFFFF),
        "no deflate at all": framed(b""),
        "deflate cut short": framed(deflated(b"{}")[:-1]),
        "a byte behind the deflate": framed(deflated(b"{}") + b"\0"),
        "two deflates": framed(deflated(b"{}") * 2),
        "a block of a type that is none": framed(b"\7" * 8),
        "zlib's head and checksum": framed(zlib.compress(b"{}")),
        "one byte more than sixteen kibibytes": framed(deflated(bytes(CONTENT_BYTES + 1))),
        "a bomb": framed(deflated(bytes(1024 * 1024)), size=2048),
    }
    contents = [b"", b"{}", b"{}", b" " * 116, b"{}", bytes(CONTENT_BYTES)]
    return {
        "opens": [
            {"name": name, "padded": padded, "content_sha256": hashlib.sha256(content).hexdigest()}
            for (name, padded), content in zip(opens.items(), contents, strict=True)
        ],
        "refused": [{"name": name, "padded": padded} for name, padded in refused.items()],
    }


def statement_transcript() -> dict[str, Any]:
    """A key statement and what its signature covers."""
    statement = make_statement(identity("alice"), public(key("alice")), serial=3, not_after=1_800_000_000)
    covered = statement_bytes(statement.endpoint, statement.key, statement.serial, statement.not_after)
    return {
        "identity_seed": seed("alice").hex(),
        "agreement_seed": seed("alice").hex(),
        "signed": covered.hex(),
        "statement": msgspec.to_builtins(statement),
    }


def pairing_transcript() -> dict[str, Any]:
    """Both messages of a pairing."""
    secret = seed("secret")[:16]
    said = {}
    ends = {
        who: Pairing(
            secret, reads=who == "phone", generate=always(key(f"{who}'s ephemeral")), random=counted_bytes(who)
        )
        for who in ("phone", "komp")
    }
    for who in ends:
        statement = make_statement(identity(who), public(key(who)), serial=1, not_after=1_800_000_000)
        said[who] = Introduction(base64url(public(identity(who))), statement)
    padded = {who: pad(msgspec.json.encode(said[who]), random=counted_bytes(who)) for who in ends}
    first = ends["phone"].write_first(said["phone"])
    ends["komp"].read_first(first)
    second = ends["komp"].write_second(said["komp"])
    return {
        "secret": secret.hex(),
        "name": rendezvous_name(secret),
        "ephemerals": {who: seed(f"{who}'s ephemeral").hex() for who in ends},
        "first": {"introduction": msgspec.to_builtins(said["phone"]), "padded": padded["phone"].hex(), "box": first},
        "second": {"introduction": msgspec.to_builtins(said["komp"]), "padded": padded["komp"].hex(), "box": second},
    }


def post_transcript() -> dict[str, Any]:
    """A post for two readers."""
    author = EndpointId(base64url(bytes(range(48, 64))))
    binding = PostBinding(PostPurpose.MESSAGE, base64url(bytes(range(64, 80))), author, 2)
    readers = {"bob": (BINDING.callee, 7), "alice": (BINDING.caller, 4)}
    content = "Ha det gött, mormor!"
    sealed = seal_post(
        content.encode(),
        binding,
        own=key("author"),
        readers=[Reader(endpoint, public(key(who)), serial) for who, (endpoint, serial) in readers.items()],
        generate=always(key("author's ephemeral")),
        random=counted_bytes("post"),
    )
    return {
        "binding": asdict(binding),
        "author_seed": seed("author").hex(),
        "ephemeral": seed("author's ephemeral").hex(),
        "content": content,
        "content_key": counted_bytes("post")(32).hex(),
        "box": sealed.box.hex(),
        "readers": [
            {"endpoint": endpoint, "serial": serial, "seed": seed(who).hex(), "wrap": wrap.hex()}
            for (who, (endpoint, serial)), wrap in zip(readers.items(), sealed.wraps, strict=True)
        ],
    }


def transcripts() -> dict[str, Any]:
    """Every golden file and what stands in it."""
    return {
        "patterns.json": [pattern_transcript(pattern) for pattern in Pattern],
        "calls.json": [
            call_transcript(BINDING, Role.CALLER),
            call_transcript(replace(BINDING, handshake=3), Role.CALLEE),
        ],
        "paddings.json": paddings(),
        "statement.json": statement_transcript(),
        "pairing.json": pairing_transcript(),
        "post.json": post_transcript(),
        "links.json": links_story(),
        "safety_number.json": safety_number_story(),
        "device_list.json": device_list_story(),
    }


if __name__ == "__main__":
    for name, transcript in transcripts().items():
        (HERE / name).write_text(json.dumps(transcript, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
