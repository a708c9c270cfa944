"""The tree of receipts for anyone: its newest head, and proofs. What is told is the same for all, and of nobody."""

from typing import Annotated, Final

import msgspec
from aiohttp import web
from msgspec import Meta

from signalling.access.admission import Door
from signalling.privacy.receipts import Head, from_text, to_text
from signalling.privacy.tree import HASH_BYTES
from signalling.protocol.errors import ErrorCode, ProtocolError
from signalling.web.answers import json_answer
from signalling.web.front import Front

_DIGITS_AT_MOST: Final = 15
Hash = Annotated[str, Meta(description="hashes: 32 bytes, base64url")]


class ReceiptHead(msgspec.Struct, frozen=True):
    """The tree of receipts as it stood when it was last published, signed."""

    size: Annotated[int, Meta(description="how many leaves")]
    root: Annotated[str, Meta(description="32 bytes, base64url: RFC 9162 §2.1.1")]
    minute: Annotated[int, Meta(description="Unix time divided by 60")]
    signature: Annotated[str, Meta(description="Ed25519, base64url")]
    key: Annotated[
        str, Meta(description="Ed25519 public key, base64url; compare it with the one you were told elsewhere")
    ]
    every_seconds: Annotated[
        int, Meta(description="a receipt is under a head so long after it was given, at the latest")
    ]
    lasts: Annotated[bool, Meta(description="whether the tree outlives the process; without a database it does not")]


class ReceiptPlace(msgspec.Struct, frozen=True):
    """Where a leaf stands, and the proof (RFC 9162 §2.1.3)."""

    index: Annotated[int, Meta(description="from 0")]
    path: list[Hash]
    head: ReceiptHead


class ReceiptProof(msgspec.Struct, frozen=True):
    """A proof (RFC 9162 §2.1.3, §2.1.4)."""

    path: list[Hash]


async def head(front: Front, request: web.Request) -> web.StreamResponse:
    """The newest signed head of the tree of receipts."""
    _knock(front, request)
    return json_answer(_head(front, await front.receipts.head()))


async def place(front: Front, request: web.Request) -> web.StreamResponse:
    """Where the leaf of this hash stands, with the proof; 404 until a head covers it."""
    _knock(front, request)
    found = await front.receipts.found(_hash(request.match_info["leaf"]))
    if found is None:
        raise ProtocolError(ErrorCode.NOT_FOUND)
    index, newest, path = found
    return json_answer(ReceiptPlace(index, _texts(path), _head(front, newest)))


async def inclusion(front: Front, request: web.Request) -> web.StreamResponse:
    """The proof that this leaf is in the tree of this size."""
    _knock(front, request)
    return _proof(await front.receipts.inclusion(_number(request, "index"), _number(request, "size")))


async def growth(front: Front, request: web.Request) -> web.StreamResponse:
    """The proof that the tree of the second size grew from that of the first."""
    _knock(front, request)
    return _proof(await front.receipts.consistency(_number(request, "old"), _number(request, "new")))


def _knock(front: Front, request: web.Request) -> None:
    front.knock(request, Door.RECEIPT, now=front.clock.now())


def _head(front: Front, newest: Head) -> ReceiptHead:
    return ReceiptHead(
        size=newest.size,
        root=to_text(newest.root),
        minute=newest.minute,
        signature=to_text(newest.signature),
        key=front.receipts.public_key,
        every_seconds=front.receipts.head_seconds,
        lasts=front.receipts.lasts,
    )


def _proof(path: list[bytes] | None) -> web.Response:
    if path is None:
        raise ProtocolError(ErrorCode.NOT_FOUND)
    return json_answer(ReceiptProof(_texts(path)))


def _texts(path: list[bytes]) -> list[str]:
    return [to_text(one) for one in path]


def _hash(text: str) -> bytes:
    try:
        hashed = from_text(text)
    except ValueError:
        hashed = b""
    if len(hashed) != HASH_BYTES:
        raise ProtocolError(ErrorCode.BAD_MESSAGE, "A leaf's hash is 43 characters of base64url.")
    return hashed


def _number(request: web.Request, name: str) -> int:
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_AT_MOST):
        raise ProtocolError(ErrorCode.BAD_MESSAGE, "Sizes and indexes are whole numbers.")
    return int(text)
