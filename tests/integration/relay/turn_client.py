"""A TURN client for tests, on aioice's: it can ask for an IPv6 relay, and says by number how it was refused."""

import asyncio
import contextlib
import itertools
import ssl
from collections.abc import AsyncIterator
from typing import Final, cast

from aioice import stun, turn

from client_sim.netns import Namespace
from relay.ice import IceServer, Transport

_FAMILY: Final = "REQUESTED-ADDRESS-FAMILY"  # RFC 8656 §18.6, which aioice does not know
if _FAMILY not in stun.ATTRIBUTES_BY_NAME:
    _entry: Final = (0x0017, _FAMILY, stun.pack_unsigned, stun.unpack_unsigned)
    stun.ATTRIBUTES_BY_TYPE[_entry[0]] = stun.ATTRIBUTES_BY_NAME[_FAMILY] = _entry

OK: Final = 0
MISMATCH: Final = 437
ATTEMPTS: Final = 3
_PORTS: Final = itertools.count(20_000)
"""Below those that Linux gives by itself. No client has a port that another had: to coturn it would be the same one
(RFC 8656 §7.3), and where that one was refused, aioice drops what the next is answered."""


class Allocation:
    """A relayed address on a server, opened over UDP."""

    def __init__(self, client: turn.TurnClientUdpProtocol) -> None:
        self._client = client
        self.lifetime_seconds = 0

    async def allocate(self, family: int) -> int:
        """Open it for `family` (4 or 6). `OK`, or the STUN error code."""
        attributes = {"LIFETIME": 600, "REQUESTED-TRANSPORT": turn.UDP_TRANSPORT, _FAMILY: {4: 1, 6: 2}[family] << 24}
        request = stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST, attributes=attributes)
        try:
            response, _ = await self._client.request_with_retry(request)
        except stun.TransactionFailed as refused:
            return cast("int", refused.response.error_code)
        self.lifetime_seconds = response.attributes["LIFETIME"]
        return OK

    async def allocate_in(self, realm: str) -> int:
        """Ask for an allocation as if the server had named another realm. `OK`, or the STUN error code."""
        client = self._client
        attributes = {"LIFETIME": 600, "REQUESTED-TRANSPORT": turn.UDP_TRANSPORT}
        try:
            await client.request(stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST, attributes=dict(attributes)))
        except stun.TransactionFailed as asked:
            client.nonce = asked.response.attributes["NONCE"]
        request = stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST, attributes=dict(attributes))
        request.attributes |= {"USERNAME": client.username, "NONCE": client.nonce, "REALM": realm}
        request.add_message_integrity(turn.make_integrity_key(str(client.username), realm, str(client.password)))
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        def take(data: bytes | str, _address: tuple[str, int]) -> None:
            """aioice drops an answer that it can't verify, be it a success; here the answer itself is looked at."""
            if not answer.done():
                answer.set_result(cast("bytes", data))

        client.datagram_received = take  # type: ignore[method-assign, assignment]
        client.transport.sendto(bytes(request))
        message = stun.parse_message(await asyncio.wait_for(answer, 5))
        return cast("int", message.error_code) if message.message_class is stun.Class.ERROR else OK

    async def permit(self, peer: str) -> int:
        """Ask leave to exchange packets with `peer`, sending none. `OK`, or the STUN error code."""
        return await self._ask(stun.Method.CREATE_PERMISSION, {"XOR-PEER-ADDRESS": (peer, 9)})

    async def refresh(self, lifetime_seconds: int) -> int:
        """Ask for a longer life; 0 ends it. `OK`, or the STUN error code."""
        return await self._ask(stun.Method.REFRESH, {"LIFETIME": lifetime_seconds})

    async def _ask(self, method: stun.Method, attributes: dict[str, object]) -> int:
        try:
            await self._client.request_with_retry(stun.Message(method, stun.Class.REQUEST, attributes=attributes))
        except stun.TransactionFailed as refused:
            return cast("int", refused.response.error_code)
        return OK


@contextlib.asynccontextmanager
async def connected(host: Namespace, server: IceServer) -> AsyncIterator[Allocation]:
    """A client on `host` of the server's first URL, not yet allocated; what it opened is ended with it."""
    url = server.parsed()[0]
    address = (url.host, url.port)
    with host.entered():
        transport, client = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: turn.TurnClientUdpProtocol(address, server.username, server.credential, 600, 500),
            remote_addr=address,
            local_addr=("::" if ":" in url.host else "0.0.0.0", next(_PORTS)),
        )
    allocation = Allocation(client)
    try:
        yield allocation
    finally:
        if allocation.lifetime_seconds:
            await allocation.refresh(0)
        transport.close()


@contextlib.asynccontextmanager
async def allocated(host: Namespace, server: IceServer, family: int) -> AsyncIterator[Allocation]:
    """An allocation that is open. A port whose earlier allocation the server still holds is left (RFC 8656 §7.3)."""
    for _ in range(ATTEMPTS):
        async with connected(host, server) as client:
            answer = await client.allocate(family)
            if answer == OK:
                yield client
                return
            assert answer == MISMATCH
    raise AssertionError("every port was taken")


class End(asyncio.DatagramProtocol):
    """One end of a conversation: an allocation, and what the relay delivers to it."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes] = asyncio.Queue()
        self._closed = asyncio.Event()

    @property
    def relayed_address(self) -> tuple[str, int]:
        """Where others reach this end."""
        address: tuple[str, int] = self._allocation.get_extra_info("sockname")
        return address

    def send(self, data: bytes, other: "End") -> None:
        """Send by way of the relay, letting `other` in as well."""
        self._allocation.sendto(data, other.relayed_address)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._allocation = cast("turn.TurnTransport", transport)

    def datagram_received(self, data: bytes, _address: tuple[str, int]) -> None:
        self.received.put_nowait(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self._closed.set()

    async def close(self) -> None:
        """End the allocation, and wait until the server has heard of it."""
        self._allocation.close()
        await self._closed.wait()


@contextlib.asynccontextmanager
async def relayed(host: Namespace, server: IceServer, tls: ssl.SSLContext | None = None) -> AsyncIterator[End]:
    """Allocate from `host` at the server's first URL, whichever transport it names."""
    url = server.parsed()[0]
    with host.entered():
        _, end = await turn.create_turn_endpoint(
            End,
            (url.host, url.port),
            server.username,
            server.credential,
            ssl=tls if url.transport is Transport.TLS else None,
            transport="udp" if url.transport is Transport.UDP else "tcp",
        )
    try:
        yield end
    finally:
        await end.close()
