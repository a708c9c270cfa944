"""A link file: an endpoint's own key, and the people and devices it may call.

The web page reads the same JSON from its address's fragment, which no browser sends to a server.

It holds a private key: it is written for its owner alone, and its text must never reach a server or a log.
"""

import os
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from client_sim.identity import Identity
from client_sim.sealed.statements import identity_key
from signalling.protocol import PartyKind
from signalling.protocol.fields import Bytes256, Key128
from signalling.protocol.proof import base64url, endpoint_id, from_base64url

Name = Annotated[str, Meta(min_length=1, max_length=80)]
LINK_BYTES: Final = 64 * 1024


class LinkError(ValueError):
    """A link file can't be used; the message names the rule, never what stands in the file."""


class Part(msgspec.Struct, frozen=True):
    """An object of a link file; it never prints its content."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class Contact(Part, frozen=True):
    """Somebody that may be called: party, endpoint, and the identity key that the link was made with."""

    party: Key128
    endpoint: Key128
    name: Name
    kind: PartyKind
    identity: Bytes256


class Link(Part, frozen=True):
    """This endpoint, and whom it knows."""

    key: Bytes256
    """The Ed25519 seed."""
    party: Key128
    name: Name
    contacts: Annotated[list[Contact], Meta(max_length=256)]

    def identity(self) -> Identity:
        """The endpoint that this file makes of its reader."""
        return Identity(from_base64url(self.key))

    def contact(self, word: str) -> Contact:
        """The contact whose kind, name or party is `word`; raises LinkError unless it is one."""
        named = word.casefold()
        found = [one for one in self.contacts if named in (one.kind.value, one.name.casefold())]
        found = found or [one for one in self.contacts if one.party == word]
        if len(found) != 1:
            known = ", ".join(f"{one.name} ({one.kind.value})" for one in self.contacts) or "nobody"
            raise LinkError(f"that names {len(found)} contacts; this link file knows {known}")
        return found[0]

    def fragment(self) -> str:
        """What stands behind `#link=` in a page's address: base64url of the JSON."""
        return base64url(msgspec.json.encode(self))


def parse_link(text: bytes) -> Link:
    """The link in `text`. Raises LinkError."""
    if len(text) > LINK_BYTES:
        raise LinkError("a link file holds at most 64 KiB")
    try:
        link = msgspec.json.decode(text, type=Link)
        consistent = all(
            endpoint_id(identity_key(from_base64url(one.identity))) == one.endpoint for one in link.contacts
        )
    except (msgspec.MsgspecError, ValueError, RecursionError):
        consistent = False
    else:
        if consistent:
            return link
    raise LinkError("a link file is JSON with key, party, name and contacts, each contact under its own key's name")


def read_link(path: Path) -> Link:
    """The link file at `path`. Raises LinkError."""
    try:
        text = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror
    else:
        return parse_link(text)
    raise LinkError(f"the link file can't be read: {reason}")


def write_link(path: Path, link: Link) -> None:
    """Write it for its owner alone (0600)."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(link)))
