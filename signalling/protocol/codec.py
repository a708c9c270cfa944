"""Text frames to messages and back. The answer is a message or a stable code, never a frame's content."""

from binascii import a2b_base64
from typing import Final

import msgspec

from signalling.protocol.errors import CloseCode, ErrorCode, ProtocolError
from signalling.protocol.messages import (
    BOX_CHARACTERS,
    FRAME_BYTES,
    CallInvite,
    CallJoin,
    CallResume,
    CallResumed,
    ClientMessage,
    Message,
    PairBox,
    SealedBox,
    ServerMessage,
    members,
)
from signalling.vocabulary import Identifier

_BASE64URL: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TEXT: Final = bytes([9, 10, 13, *range(32, 127)])
_TO_BASE64: Final = bytes.maketrans(b"-_", b"+/")
_client_decoder: Final[msgspec.json.Decoder[ClientMessage]] = msgspec.json.Decoder(ClientMessage)
_server_decoder: Final[msgspec.json.Decoder[ServerMessage]] = msgspec.json.Decoder(ServerMessage)


def _plain(value: object) -> str:
    """An identifier as its text: the types that don't print are written by this and nothing else."""
    if isinstance(value, Identifier):
        return str(value)
    raise TypeError("a message holds plain JSON values and identifiers")


_encoder: Final = msgspec.json.Encoder(enc_hook=_plain)


def _tags(*classes: type[Message]) -> frozenset[str]:
    return frozenset(str(one.__struct_config__.tag) for one in classes)


CLIENT_TYPES: Final = _tags(*members(ClientMessage))
SERVER_TYPES: Final = _tags(*members(ServerMessage))


class _Head(msgspec.Struct):
    """As much of a refused message as its answer needs."""

    t: str = ""
    id: str = ""


_head_decoder: Final = msgspec.json.Decoder(_Head)


def encode(message: Message) -> bytes:
    """A message as the bytes of one text frame."""
    return _encoder.encode(message)


def decode_client(frame: bytes) -> ClientMessage:
    """What a client sent.

    Raises ProtocolError: `too_large`, `unsupported` (type or field unknown) or `bad_message`, with the request's `ref`
    where it could be read; a frame that isn't UTF-8 closes the socket with 1007, one that is too large with 1009.
    """
    if len(frame) > FRAME_BYTES:
        raise ProtocolError(ErrorCode.TOO_LARGE, close=CloseCode.MESSAGE_TOO_BIG)
    try:
        message = _client_decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        unknown_field = isinstance(problem, msgspec.ValidationError) and "unknown field" in str(problem)
    else:
        _check(message)
        return message
    raise _refusal(frame, unknown_field=unknown_field)


def decode_server(frame: bytes) -> ServerMessage | None:
    """What the server sent, or None for a type that this version doesn't know. Raises ProtocolError `bad_message`."""
    try:
        return _server_decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        head = _head(frame)
    if head.t and head.t not in SERVER_TYPES:
        return None
    raise ProtocolError(ErrorCode.BAD_MESSAGE)


def box_text(box: msgspec.Raw) -> str:
    """The text of a box that was copied as it came."""
    return bytes(box)[1:-1].decode("ascii")


def raw_box(text: str) -> msgspec.Raw:
    """A box, ready to be copied into a message. `text` is base64url, so it needs no escaping."""
    return msgspec.Raw(b'"' + text.encode("ascii") + b'"')


def _check(message: ClientMessage) -> None:
    """The rules that the types can't say."""
    if isinstance(message, SealedBox):
        if (message.seq is None) != (not message.box):
            raise ProtocolError(ErrorCode.BAD_MESSAGE, "`seq` and `box` come together or not at all.")
        if not message.box:
            return
        raw = bytes(message.box)
        if not _is_box(raw):
            raise ProtocolError(ErrorCode.BAD_MESSAGE, "A box is base64url text within its limit.")
        _check_sealed(raw[1:-1], None)
    elif isinstance(message, CallInvite):
        if len({ring.endpoint for ring in message.rings}) < len(message.rings):
            raise ProtocolError(ErrorCode.BAD_MESSAGE, "Each endpoint is rung once.", ref=message.id)
        for ring in message.rings:
            _check_sealed(ring.box.encode(), message.id)
    elif isinstance(message, CallJoin | CallResume | CallResumed | PairBox):
        _check_sealed(message.box.encode(), message.id)


def _check_sealed(box: bytes, ref: str | None) -> None:
    """A tripwire, no proof: whoever sends a session description in clear has no seal.

    Six bytes decide for nearly all boxes, for what is sealed hardly ever begins like text.
    """
    if not _in_clear(box[:8]).translate(None, _TEXT):
        text = _in_clear(box)
        if b"v=0" in text and b"m=" in text:
            raise ProtocolError(ErrorCode.BAD_MESSAGE, "A box is sealed: it holds no description in clear.", ref=ref)


def _in_clear(box: bytes) -> bytes:
    """The bytes of base64url text, but for those of a last group that is cut short."""
    return a2b_base64(box[: len(box) // 4 * 4].translate(_TO_BASE64))


def _is_box(raw: bytes) -> bool:
    return 3 <= len(raw) <= BOX_CHARACTERS + 2 and raw[0] == 0x22 and raw.translate(None, _BASE64URL) == b'""'


def _refusal(frame: bytes, *, unknown_field: bool) -> ProtocolError:
    try:
        frame.decode()
    except UnicodeDecodeError:
        return ProtocolError(ErrorCode.BAD_MESSAGE, "A text frame is UTF-8.", close=CloseCode.INVALID_TEXT)
    head = _head(frame)
    ref = head.id if 0 < len(head.id) <= 32 and head.id.isascii() and head.id.isprintable() else None
    if unknown_field or (head.t and head.t not in CLIENT_TYPES):
        return ProtocolError(ErrorCode.UNSUPPORTED, ref=ref)
    return ProtocolError(ErrorCode.BAD_MESSAGE, ref=ref)


def _head(frame: bytes) -> _Head:
    try:
        return _head_decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Head()
