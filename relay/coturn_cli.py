"""coturn's command line interface, on loopback: the one way in which coturn ends an allocation that its client keeps.

It can do much more than that (stop the server, change its settings), so it is never reached over a network, and only
names of the form that we mint are ever written to it. What it prints holds addresses and is dropped at once.
"""

import asyncio
import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

from relay.errors import Fault, RelayError

PORT: Final = 5766
TIMEOUT_SECONDS: Final = 2.0
LOOKS: Final = 10
LOOK_SECONDS: Final = 0.05
_NAME: Final = re.compile(r"[0-9]{1,12}:[A-Za-z0-9_-]{8,64}", re.ASCII)
_SESSION: Final = re.compile(rb"\bid=([0-9]{1,20}), user <([^>]*)>")
_PROMPT: Final = b"> "
_PASSWORD: Final = b"Enter password: "
_LARGEST_ANSWER_BYTES: Final = 1_048_576


class CliError(Exception):
    """The interface did not answer, did not let us in, or says too much."""


class CoturnCli:
    """One coturn's interface. Every use opens a connection of its own; one at a time, as coturn has one line."""

    def __init__(self, address: str, password: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._host, self._port = _loopback(address)
        if not 16 <= len(password) <= 128 or not all("!" <= letter <= "~" for letter in password):
            raise RelayError(Fault.TURN_CLI_PASSWORD)
        self._password = password
        self._timeout_seconds = timeout_seconds
        self._one_at_a_time = asyncio.Lock()

    async def end(self, names: Iterable[str]) -> int:
        """Delete every allocation under these user names, and see that they are gone; how many there were.

        Raises CliError if that could not be done within the limit.
        """
        wanted = [name for name in dict.fromkeys(names) if _NAME.fullmatch(name)]
        try:
            async with self._one_at_a_time, asyncio.timeout(self._timeout_seconds):
                return await self._end(wanted)
        except (OSError, asyncio.IncompleteReadError, CliError):  # a timeout is an OSError too
            pass
        raise CliError

    async def _end(self, names: list[str]) -> int:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            line = _Line(reader, writer)
            await line.log_in(self._password)
            ended: set[bytes] = set()
            for name in names:
                for look in range(LOOKS):
                    sessions = await line.sessions_of(name)
                    if not sessions:
                        break
                    for session in sessions - ended:
                        await line.ask(b"cs " + session)
                    ended |= sessions
                    await asyncio.sleep(LOOK_SECONDS if look else 0)
                else:
                    raise CliError
            return len(ended)
        finally:
            writer.transport.abort()

    def __repr__(self) -> str:
        return "CoturnCli(…)"


class _Line:
    """A conversation: a command, and everything up to the next prompt."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def log_in(self, password: str) -> None:
        """coturn 4.6.1 greets only when it hears something, so the password goes first. Asked again: refused."""
        self._writer.write(password.encode("ascii") + b"\r\n")
        heard = b""
        while not heard.endswith(_PROMPT):
            heard += await self._part()
            if heard.count(_PASSWORD) > 1:
                raise CliError

    async def sessions_of(self, name: str) -> set[bytes]:
        """The numbers of the sessions under exactly that name."""
        answer = await self.ask(b"ps " + name.encode("ascii"))
        return {number for number, user in _SESSION.findall(answer) if user == name.encode("ascii")}

    async def ask(self, command: bytes) -> bytes:
        """A command's answer, up to the next prompt."""
        self._writer.write(command + b"\r\n")
        heard = b""
        while not heard.endswith(_PROMPT):
            heard += await self._part()
            if len(heard) > _LARGEST_ANSWER_BYTES:
                raise CliError
        return heard

    async def _part(self) -> bytes:
        part = await self._reader.read(65_536)
        if not part:
            raise CliError
        return part


def _loopback(address: str) -> tuple[str, int]:
    host, colon, port = address.rpartition(":")
    if not colon:
        host, port = address, str(PORT)
    try:
        is_loopback = ip_address(host.strip("[]")).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback or not port.isascii() or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise RelayError(Fault.TURN_CLI_ADDRESS)
    return host.strip("[]"), int(port)
