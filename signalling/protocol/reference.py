"""Fills the tables of docs/reference/protocol.md from the types: the reference cannot say what the code doesn't.

Used by a command and by a test, never while serving.
"""

import re
from enum import Enum
from types import ModuleType, NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from signalling.protocol import call_messages, device_messages, link_messages, session_messages
from signalling.protocol.fields import Message, Part
from signalling.protocol.messages import ClientMessage, ServerMessage, members
from signalling.protocol.proof import token_request_bytes

_BLOCK = re.compile(r"(<!-- made from the types: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_SENT_BY_CLIENT = frozenset(members(ClientMessage))
_SENT_BY_SERVER = frozenset(members(ServerMessage))
_ENUM_MEMBERS_SHOWN = 7
EXAMPLE_ENDPOINT = "Vkdap1RjR0wChd9dvyvKtw"
EXAMPLE_KEY = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"
EXAMPLE_SIGNATURE = "QGWpRuQF9swhvSd8N2aYceu1HhKEN5w5lPx-2ZpGoZCW6MNn3dt3a1Pw9prZbrg0sem_mt0oNOrmbq0iLszBBA"
EXAMPLE = {"origin": "https://calls.example", "endpoint": EXAMPLE_ENDPOINT, "nonce": "bm9uY2U"}


def filled(markdown: str) -> str:
    """The page with its marked blocks written anew."""
    blocks = {
        "signature": _signature(),
        "session": _tables(session_messages),
        "call": _tables(call_messages),
        "link": _tables(link_messages),
        "device": _tables(device_messages),
    }
    return _BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]}\n\n{found[3]}", markdown)


def _signature() -> str:
    covered = token_request_bytes(**EXAMPLE)
    rows = [f"public key     {EXAMPLE_KEY}", f"endpoint id    {EXAMPLE_ENDPOINT}"]
    rows += [f"signed bytes   {covered[at : at + 32].hex(' ')}" for at in range(0, len(covered), 32)]
    return "\n".join(["```", *rows, f"signature      {EXAMPLE_SIGNATURE}", "```"])


def _tables(module: ModuleType) -> str:
    own = [one for one in vars(module).values() if _is_own(one, module)]
    rows = ["| message | goes | what it says, and its fields |", "|---|---|---|"]
    rows += [_message_row(one) for one in own if issubclass(one, Message) and one.__struct_config__.tag]
    parts = [_part_row(one) for one in own if not issubclass(one, Message)]
    return "\n".join(rows) + ("\n\nObjects inside them:\n\n" + "\n".join(parts) if parts else "")


def _is_own(one: Any, module: ModuleType) -> bool:
    if not (isinstance(one, type) and issubclass(one, Part) and one.__module__ == module.__name__):
        return False
    return not one.__name__.startswith("Forwarded")


def _message_row(one: type[Message]) -> str:
    tag = one.__struct_config__.tag
    twin = any(issubclass(other, one) and other is not one for other in _SENT_BY_SERVER)
    goes = "C→S→peer" if twin else "C→S" if one in _SENT_BY_CLIENT else "S→C"
    return f"| **`{tag}`** | {goes} | {_meaning(one)} {_fields(one)} |"


def _part_row(one: type[Part]) -> str:
    return f"- **{one.__name__}**: {_meaning(one)} {_fields(one)}"


def _meaning(one: type[Part]) -> str:
    return " ".join((one.__doc__ or "").split())


def _fields(one: type[Part]) -> str:
    told = []
    for info in msgspec.structs.fields(one):
        if info.encode_name == "id":
            continue
        optional = "?" if not info.required else ""
        told.append(f"`{info.encode_name}`{optional} {_kind(info.type)}")
    return "<br>" + "; ".join(told) if told else ""


def _kind(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        inner, *metas = get_args(kind)
        limits = [text for meta in metas if isinstance(meta, msgspec.Meta) for text in _limits(meta, inner)]
        return ", ".join(limits) if limits else _kind(inner)
    if isinstance(kind, UnionType) or get_origin(kind) is Union:
        return " or ".join(_kind(part) for part in get_args(kind) if part is not NoneType)
    if get_origin(kind) is list:
        return f"list of {_kind(get_args(kind)[0])}"
    if isinstance(kind, type) and issubclass(kind, Enum) and len(kind) <= _ENUM_MEMBERS_SHOWN:
        return " ".join(f"`{member.value}`" for member in kind)
    names = {str: "text", int: "integer", float: "number", bool: "true or false", msgspec.Raw: "box"}
    return str(names.get(kind, f"*{kind.__name__}*"))


def _limits(meta: msgspec.Meta, inner: Any) -> list[str]:
    told = []
    if meta.title or meta.description:
        told.append(str(meta.title or meta.description))
    elif meta.pattern:
        told.append("`" + meta.pattern.strip("^$").strip("()").replace("|", "` `") + "`")
    if get_origin(inner) is list:
        told.append(_kind(inner))
    if meta.title is None and meta.ge is not None and meta.le is not None:
        told.append(f"{meta.ge:,} to {meta.le:,}")
    if meta.max_length is not None:
        told.append(f"at most {meta.max_length}")
    return told
