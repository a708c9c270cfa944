"""What a headless endpoint keeps of its own: identity, key ring and link records, in one file for its owner alone.

The browser keeps the same in IndexedDB (`keeping.js`). The file holds private keys: mode 0600, written whole or not at
all, since a ring that is lost after its statement went out leaves calls that nobody can open.
"""

import os
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from client_sim.sealed.device_list import KnownPerson
from client_sim.sealed.keyring import KeyRing
from client_sim.sealed.links import LinkRecord, LinkRecordError, Name, check_record
from client_sim.sealed.statements import StatementError
from signalling.protocol.api import PictureHash
from signalling.protocol.fields import Bytes256, Key128

KEEPING_BYTES: Final = 1024 * 1024
LINKS: Final = 256
POSTS_READ: Final = 1024


class KeepingError(ValueError):
    """What was kept can't be used; the message names the rule, never what stands in the file."""


class PersonKey(msgspec.Struct, frozen=True):
    """What signs the list of one's own endpoints, on the one that made it, and the version that it signed last."""

    key: Bytes256
    """The Ed25519 seed."""
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]

    def __repr__(self) -> str:
        return "PersonKey(…)"


class PersonOf(msgspec.Struct, frozen=True):
    """Another person who has told of several endpoints."""

    party: Key128
    known: KnownPerson

    def __repr__(self) -> str:
        return "PersonOf(…)"


class Keeping(msgspec.Struct, frozen=True, omit_defaults=True):
    """This endpoint, its agreement keys, and whom it knows. It never prints."""

    key: Bytes256
    """The Ed25519 seed."""
    party: Key128
    name: Name
    ring: KeyRing
    links: Annotated[tuple[LinkRecord, ...], Meta(max_length=LINKS)] = ()
    person: PersonKey | None = None
    persons: Annotated[tuple[PersonOf, ...], Meta(max_length=LINKS)] = ()
    read: Annotated[tuple[Key128, ...], Meta(max_length=POSTS_READ)] = ()
    """The posts that were read last, newest last: a post counts once, whoever brings it again."""
    picture: PictureHash | None = None
    """Of the picture in its owner's profile: what rings say whose face they come with."""

    def __repr__(self) -> str:
        return "Keeping(…)"

    def link(self, endpoint: str) -> LinkRecord | None:
        """The record of that endpoint."""
        return next((one for one in self.links if one.endpoint == endpoint), None)

    def with_read(self, post: str) -> "Keeping":
        """The same after that post was read."""
        return msgspec.structs.replace(self, read=(*self.read, post)[-POSTS_READ:])

    def with_link(self, record: LinkRecord) -> "Keeping":
        """The same with `record`, in place of an earlier one of its endpoint. Raises KeepingError beyond 256."""
        known = any(one.endpoint == record.endpoint for one in self.links)
        links = tuple(record if one.endpoint == record.endpoint else one for one in self.links)
        links = links if known else (*links, record)
        if len(links) > LINKS:
            raise KeepingError("an endpoint keeps at most 256 links")
        return msgspec.structs.replace(self, links=links)


def parse_keeping(text: bytes) -> Keeping:
    """What stands in `text`, every key and statement looked at anew. Raises KeepingError."""
    if len(text) > KEEPING_BYTES:
        raise KeepingError("the file holds at most 1 MiB")
    try:
        keeping = msgspec.json.decode(text, type=Keeping)
        for record in keeping.links:
            check_record(record)
        sound = len({one.endpoint for one in keeping.links}) == len(keeping.links) and _in_order(keeping.ring)
    except (msgspec.MsgspecError, LinkRecordError, StatementError, ValueError, RecursionError):
        sound = False
    else:
        if sound:
            return keeping
    raise KeepingError(
        "the file is JSON with key, party, name, ring and links, one link for each endpoint, each proven"
    )


def read_keeping(path: Path) -> Keeping:
    """The file at `path`. Raises KeepingError."""
    try:
        text = path.read_bytes()
    except OSError as problem:
        reason = problem.strerror
    else:
        return parse_keeping(text)
    raise KeepingError(f"the file can't be read: {reason}")


def write_keeping(path: Path, keeping: Keeping) -> None:
    """Write it for its owner alone (0600), in place of the earlier one and whole: a crash leaves one of the two."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(keeping)))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _in_order(ring: KeyRing) -> bool:
    return ring.previous is None or ring.previous.serial < ring.current.serial
