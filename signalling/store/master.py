"""The master key: what wraps every subject's key. In a file that its owner alone can read, or in a KMS by a command.

The file holds several versions, one a line, and the last one wraps. A key management service keeps its key to itself:
it is asked to wrap and unwrap. No key is ever printed, logged or given to a command as an argument.
"""

import asyncio
import os
import secrets
import shlex
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signalling.store.envelope import KEY_BYTES, NONCE_BYTES, Master
from signalling.store.faults import StoreError

COMMAND: Final = "command"
COMMAND_SECONDS: Final = 10.0
HEADER: Final = "# Närvaro's master keys: the last one wraps. Keep a copy, apart from the database's copies.\n"


class MemoryMaster:
    """A master key that dies with the process: for a database that does so too."""

    def __init__(self, keys: Mapping[str, bytes] | None = None) -> None:
        self._keys = dict(keys or {"memory": secrets.token_bytes(KEY_BYTES)})

    async def wrap(self, key: bytes, subject: str) -> tuple[str, bytes]:
        version = await self.current()
        nonce = secrets.token_bytes(NONCE_BYTES)
        return version, nonce + AESGCM(self._keys[version]).encrypt(nonce, key, _bound(version, subject))

    async def unwrap(self, version: str, wrapped: bytes, subject: str) -> bytes:
        master = self._keys.get(version)
        if master is None:
            raise StoreError("a key is wrapped under a version of the master key that isn't there")
        try:
            return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound(version, subject))
        except InvalidTag:
            pass
        raise StoreError("a key doesn't unwrap under this master key")

    async def current(self) -> str:
        return list(self._keys)[-1]


class FileMaster:
    """Master keys in a file, read again when it has changed: a rotation needs no restart, and a dropped key is gone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _stamp(path)
        self._keys = MemoryMaster(read_master_file(path))

    async def wrap(self, key: bytes, subject: str) -> tuple[str, bytes]:
        return await self._fresh().wrap(key, subject)

    async def unwrap(self, version: str, wrapped: bytes, subject: str) -> bytes:
        return await self._fresh().unwrap(version, wrapped, subject)

    async def current(self) -> str:
        return await self._fresh().current()

    def _fresh(self) -> MemoryMaster:
        stamp = _stamp(self._path)
        if stamp != self._seen:
            self._keys = MemoryMaster(read_master_file(self._path))
            self._seen = stamp
        return self._keys


class CommandMaster:
    """A key management service behind a command: `<command> wrap` and `<command> unwrap`.

    On stdin come two lines, the subject and the bytes in base64url; on stdout it gives one line, the result in
    base64url, and exits with 0. What it says on stderr is dropped: it may quote what it was given.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    @classmethod
    def parse(cls, line: str) -> "CommandMaster":
        """From a line as a shell would split it. Raises StoreError."""
        try:
            command = shlex.split(line)
        except ValueError:
            command = []
        if not command:
            raise StoreError("a KMS command is a program and its arguments")
        return cls(command)

    async def wrap(self, key: bytes, subject: str) -> tuple[str, bytes]:
        return COMMAND, await self._asked("wrap", subject, key)

    async def unwrap(self, version: str, wrapped: bytes, subject: str) -> bytes:
        if version != COMMAND:
            raise StoreError("a key is wrapped under a master key from a file that isn't there")
        key = await self._asked("unwrap", subject, wrapped)
        if len(key) != KEY_BYTES:
            raise StoreError("the KMS command gave no key")
        return key

    async def current(self) -> str:
        return COMMAND

    async def _asked(self, what: str, subject: str, content: bytes) -> bytes:
        question = f"{subject}\n{_text(content)}\n".encode()
        answer = b""
        is_good = False
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                what,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                answer, _ = await asyncio.wait_for(process.communicate(question), COMMAND_SECONDS)
                is_good = process.returncode == 0
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        except (OSError, TimeoutError):
            is_good = False
        result = _bytes(answer.decode("ascii", "replace").strip()) if is_good else b""
        if not result:
            raise StoreError("the KMS command failed, or took too long")
        return result


class SucceedingMaster:
    """One master that wraps, and an older one for what is still wrapped by that: on the way from a file to a KMS."""

    def __init__(self, master: Master, older: Master) -> None:
        self._master = master
        self._older = older

    async def wrap(self, key: bytes, subject: str) -> tuple[str, bytes]:
        return await self._master.wrap(key, subject)

    async def unwrap(self, version: str, wrapped: bytes, subject: str) -> bytes:
        chosen = self._master if version == await self._master.current() else self._older
        return await chosen.unwrap(version, wrapped, subject)

    async def current(self) -> str:
        return await self._master.current()


def read_master_file(path: Path) -> dict[str, bytes]:
    """The versions in the file, the wrapping one last. Raises StoreError, never with what stands there."""
    try:
        if path.stat().st_mode & 0o077:
            raise StoreError("others than its owner can read the master key file; chmod 600")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    keys: dict[str, bytes] = {}
    for line in lines:
        if line.strip() and not line.startswith("#"):
            version, _, text = line.partition(" ")
            keys[version] = _bytes(text.strip())
    if not keys or any(len(key) != KEY_BYTES or not version.isdecimal() for version, key in keys.items()):
        raise StoreError("the master key file can't be read, or its lines aren't a number and 32 bytes in base64url")
    return keys


def add_master(path: Path) -> int:
    """Make the file, or add a version to it that wraps from now on; its number. Raises StoreError or OSError."""
    keys = read_master_file(path) if path.exists() else {}
    version = max((int(one) for one in keys), default=0) + 1
    _write(path, {**keys, str(version): secrets.token_bytes(KEY_BYTES)})
    return version


def drop_masters(path: Path, *, kept: set[str]) -> int:
    """Take the versions out of the file that wrap nothing any more; how many. The wrapping one always stays."""
    keys = read_master_file(path)
    current = list(keys)[-1]
    staying = {version: key for version, key in keys.items() if version in kept or version == current}
    if len(staying) < len(keys):
        _write(path, staying)
    return len(keys) - len(staying)


def _write(path: Path, keys: Mapping[str, bytes]) -> None:
    """Whole or not at all, and for its owner's eyes only."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(HEADER + "".join(f"{version} {_text(key)}\n" for version, key in keys.items()))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _stamp(path: Path) -> tuple[int, int, int]:
    """Changes with the file. Raises StoreError."""
    try:
        found = path.stat()
    except OSError:
        found = None
    if found is None:
        raise StoreError("the master key file can't be read")
    return found.st_ino, found.st_mtime_ns, found.st_size


def _bound(version: str, subject: str) -> bytes:
    return f"narvaro subject key\0{version}\0{subject}".encode()


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.encode("ascii"))
    except (ValueError, NotBase64):
        return b""
