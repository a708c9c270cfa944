"""Envelope encryption: a key for each person, customer, invitation, list entry and thread, wrapped by the master key.

A sealed value opens only under its subject's key and in its own place (table, column, row). Erasing a subject deletes
its wrapped key; what is left of its rows, in a backup or an old page, is noise from then on. No clear key is written.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signalling.store.faults import StoreError
from signalling.store.tables import subject_keys

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TEXT_BYTES: Final = 32
"""Sealed text is padded to a multiple of this, so that a name's length doesn't show."""
REMEMBERED: Final = 4096
"""Unwrapped keys that are kept in memory: a key management service isn't asked for each name."""
ASKED_AT_ONCE: Final = 500
"""Subjects that one statement asks for."""
PERSON: Final = "person"
CUSTOMER: Final = "customer"
REQUEST: Final = "request"
LISTED: Final = "listed"
THREAD: Final = "thread"
INDEX: Final = "index"
PEPPER: Final = "pepper"


class Master(Protocol):
    """Wraps the keys of subjects. A file by default, a key management service by a command."""

    async def wrap(self, key: bytes, subject: str) -> tuple[str, bytes]:
        """The version that wrapped it, and the wrapped key. Raises StoreError."""

    async def unwrap(self, version: str, wrapped: bytes, subject: str) -> bytes:
        """The key again. Raises StoreError."""

    async def current(self) -> str:
        """The version that wraps now."""


def person(party: str) -> str:
    """The subject of a person."""
    return f"{PERSON}:{party}"


def customer(name: str) -> str:
    """The subject of a customer."""
    return f"{CUSTOMER}:{name}"


def invitation(name: str) -> str:
    """The subject of an invitation: somebody's number, who has no profile yet."""
    return f"invitation:{name}"


def request(name: str) -> str:
    """The subject of a subject request: who asks may be known by nothing but an e-mail address."""
    return f"{REQUEST}:{name}"


def books(name: str) -> str:
    """The subject of a customer's bookkeeping: it outlives the customer's own key."""
    return f"books:{name}"


def listed(name: str) -> str:
    """The subject of an entry of the waiting list or the newsletter."""
    return f"{LISTED}:{name}"


def thread(name: str) -> str:
    """The subject of a support thread."""
    return f"{THREAD}:{name}"


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """Where a sealed value stands: it opens nowhere else."""

    table: str
    column: str
    row: str

    def associated(self) -> bytes:
        """The associated data: each part behind its length."""
        parts = [part.encode() for part in (self.table, self.column, self.row)]
        return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


class SubjectKey:
    """The key of one subject, unwrapped."""

    def __init__(self, key: bytes) -> None:
        self._sealer: Final = AESGCM(key)

    def seal(self, place: Place, content: bytes) -> bytes:
        """AES-256-GCM under a fresh nonce."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._sealer.encrypt(nonce, content, place.associated())

    def open(self, place: Place, sealed: bytes) -> bytes:
        """The content. Raises StoreError."""
        try:
            return self._sealer.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.associated())
        except InvalidTag:
            pass
        raise StoreError("a sealed column doesn't open under its subject's key")

    def seal_text(self, place: Place, text: str) -> bytes:
        """Text without NUL, padded."""
        content = text.encode()
        return self.seal(place, content.ljust(-(-max(len(content), 1) // TEXT_BYTES) * TEXT_BYTES, b"\0"))

    def open_text(self, place: Place, sealed: bytes) -> str:
        """The text. Raises StoreError."""
        return self.open(place, sealed).rstrip(b"\0").decode()


class Envelope:
    """Makes, finds and erases subjects' keys; hashes what is looked up but never read back."""

    def __init__(self, master: Master) -> None:
        self._master = master
        self._remembered: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()
        self._index_key = b""
        self._pepper = b""

    async def begin(self, connection: AsyncConnection) -> None:
        """Unwrap the keys of the index and the pepper, made if they aren't there. Raises StoreError."""
        for subject in (INDEX, PEPPER):
            if await self._find(connection, subject) is None:
                await self._make(connection, subject)
        await self.open(connection)

    async def open(self, connection: AsyncConnection) -> None:
        """Unwrap the keys of the index and the pepper, if they are there. Raises StoreError."""
        for subject in (INDEX, PEPPER):
            if await self._find(connection, subject) is None:
                return
        self._index_key = self._remembered[INDEX][1]
        self._pepper = self._remembered[PEPPER][1]

    def phone_index(self, number: str) -> bytes:
        """Under what a number (E.164) is found. It tells nothing without the index key."""
        return hmac.digest(self._index_key, b"phone\0" + number.encode(), hashlib.sha256)

    def picture_index(self, picture: str) -> bytes:
        """Under what a picture is found by its hash: the hash itself would tell who has a known picture."""
        return hmac.digest(self._index_key, b"picture\0" + picture.encode(), hashlib.sha256)

    def address_index(self, kind: str, address: str) -> bytes:
        """Under what an e-mail address is found on a list: each list has an index of its own."""
        return hmac.digest(self._index_key, f"address\0{kind}\0{address}".encode(), hashlib.sha256)

    def hashed(self, purpose: str, secret: str) -> bytes:
        """A code, keyword or token as it is kept: an HMAC under the pepper, of one purpose."""
        return hmac.digest(self._pepper, purpose.encode() + b"\0" + secret.encode(), hashlib.sha256)

    async def new(self, connection: AsyncConnection, subject: str) -> SubjectKey:
        """A fresh key for a subject that has none."""
        return SubjectKey(await self._make(connection, subject))

    async def renew(self, connection: AsyncConnection, subject: str) -> SubjectKey:
        """A fresh key in place of the one that a subject has. Whoever calls seals anew what the old one opened."""
        key = secrets.token_bytes(KEY_BYTES)
        version, wrapped = await self._master.wrap(key, subject)
        mine = update(subject_keys).where(subject_keys.c.subject == subject)
        await connection.execute(mine.values(master=version, wrapped=wrapped))
        self._remember(subject, wrapped, key)
        return SubjectKey(key)

    async def key(self, connection: AsyncConnection, subject: str) -> SubjectKey | None:
        """The key of that subject."""
        key = await self._find(connection, subject)
        return SubjectKey(key) if key is not None else None

    async def keys(self, connection: AsyncConnection, subjects: Iterable[str]) -> dict[str, SubjectKey]:
        """The keys of those subjects that have one."""
        rows = await connection.execute(select(subject_keys).where(subject_keys.c.subject.in_(list(subjects))))
        return {row.subject: SubjectKey(await self._unwrapped(row.subject, row.master, row.wrapped)) for row in rows}

    async def erase(self, connection: AsyncConnection, subjects: Iterable[str]) -> None:
        """Delete their wrapped keys. Done before their rows are deleted."""
        gone = list(subjects)
        for subject in gone:
            self.forget(subject)
        await connection.execute(delete(subject_keys).where(subject_keys.c.subject.in_(gone)))

    def forget(self, subject: str) -> None:
        """Drop the unwrapped key from memory."""
        self._remembered.pop(subject, None)

    async def forget_gone(self, connection: AsyncConnection) -> None:
        """Drop the unwrapped keys of subjects that have none any more, or another one."""
        kept = [subject for subject in self._remembered if subject not in {INDEX, PEPPER}]
        for start in range(0, len(kept), ASKED_AT_ONCE):
            some = kept[start : start + ASKED_AT_ONCE]
            rows = await connection.execute(select(subject_keys).where(subject_keys.c.subject.in_(some)))
            there = {row.subject: row.wrapped for row in rows}
            for subject in some:
                known = self._remembered.get(subject)
                if known is not None and there.get(subject) != known[0]:
                    self.forget(subject)

    async def rewrap(self, connection: AsyncConnection) -> int:
        """Wrap every key that isn't under the current master version anew; how many. Contents stay as they are.

        A key that is being erased meanwhile is passed over.
        """
        current = await self._master.current()
        old = select(subject_keys).where(subject_keys.c.master != current)
        rows = (await connection.execute(old.with_for_update(skip_locked=True))).all()
        for row in rows:
            key = await self._master.unwrap(row.master, row.wrapped, row.subject)
            version, wrapped = await self._master.wrap(key, row.subject)
            await connection.execute(
                update(subject_keys)
                .where(subject_keys.c.subject == row.subject)
                .values(master=version, wrapped=wrapped)
            )
        return len(rows)

    async def versions(self, connection: AsyncConnection) -> set[str]:
        """The master versions under which some key is wrapped."""
        return set((await connection.execute(select(subject_keys.c.master).distinct())).scalars())

    async def _make(self, connection: AsyncConnection, subject: str) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        version, wrapped = await self._master.wrap(key, subject)
        await connection.execute(insert(subject_keys).values(subject=subject, master=version, wrapped=wrapped))
        self._remember(subject, wrapped, key)
        return key

    async def _find(self, connection: AsyncConnection, subject: str) -> bytes | None:
        found = await connection.execute(select(subject_keys).where(subject_keys.c.subject == subject))
        row = found.one_or_none()
        return await self._unwrapped(row.subject, row.master, row.wrapped) if row is not None else None

    async def _unwrapped(self, subject: str, version: str, wrapped: bytes) -> bytes:
        known = self._remembered.get(subject)
        if known is not None and known[0] == wrapped:
            self._remembered.move_to_end(subject)
            return known[1]
        key = await self._master.unwrap(version, wrapped, subject)
        self._remember(subject, wrapped, key)
        return key

    def _remember(self, subject: str, wrapped: bytes, key: bytes) -> None:
        self._remembered[subject] = (wrapped, key)
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
