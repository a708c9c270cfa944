"""Tries one ICE server as a call would: a STUN binding, or a TURN allocation through which a packet comes back.

The packet is sent to the allocation's own relayed address, so it leaves the relay and returns by it, as between two
ends behind relays. A result names the URL and a cause; never an address that was learnt on the way, nor a credential.
"""

import asyncio
import contextlib
import secrets
import ssl
import time
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, cast

import msgspec
from aioice import stun, turn

from relay.ice import IceServer, IceUrl, Transport

TIMEOUT_SECONDS: Final = 5.0
RESEND_SECONDS: Final = 0.25
CLOSE_SECONDS: Final = 1.0
PACKET_BYTES: Final = 64
_UNAUTHORISED: Final = frozenset({400, 401, 441})


class Cause(StrEnum):
    """Why a server can't be used from here, as far as can be told honestly from one end."""

    TURN_UNREACHABLE = "turn_unreachable"
    """No such name, refused, no answer, or an answer that is not STUN."""
    UDP_BLOCKED = "udp_blocked"
    """UDP had no answer while TCP or TLS to the same host worked."""
    TLS_UNTRUSTED = "tls_untrusted"
    """The certificate is not trusted here: wrong name, expired, or an unknown issuer."""
    TURN_AUTH_FAILED = "turn_auth_failed"
    """The server refused the credential: wrong secret, or already dead (compare the clocks)."""
    TURN_REFUSED = "turn_refused"
    """The credential is good, but the server gave no allocation: quota, capacity, policy."""
    RELAY_DEAD = "relay_dead"
    """There is an allocation, but no packet came back: the server denies its own relay address, or a firewall does."""


class ProbeResult(msgspec.Struct, frozen=True):
    """What one URL did. `round_trip_ms` is the looped packet's, or the binding's; absent where nothing came back."""

    url: str
    ok: bool
    round_trip_ms: float | None = None
    cause: Cause | None = None


class ProbeError(Exception):
    """Carries the cause out of an attempt, and nothing of what the server said."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause: Final = cause


async def probe_servers(
    servers: Iterable[IceServer],
    *,
    timeout_seconds: float = TIMEOUT_SECONDS,
    tls: ssl.SSLContext | None = None,
) -> tuple[ProbeResult, ...]:
    """Try every URL at once; results in the order given. Never raises for what a server or a network does."""
    pairs = [(server, url) for server in servers for url in server.parsed()]
    results = await asyncio.gather(
        *(probe(url, server, timeout_seconds=timeout_seconds, tls=tls) for server, url in pairs)
    )
    passed_by_stream = {
        url.host
        for (_, url), result in zip(pairs, results, strict=True)
        if result.ok and url.transport is not Transport.UDP
    }

    def told_apart(url: IceUrl, result: ProbeResult) -> ProbeResult:
        silent_udp = result.cause is Cause.TURN_UNREACHABLE and url.transport is Transport.UDP
        if silent_udp and url.host in passed_by_stream:
            return msgspec.structs.replace(result, cause=Cause.UDP_BLOCKED)
        return result

    return tuple(told_apart(url, result) for (_, url), result in zip(pairs, results, strict=True))


async def probe(
    url: IceUrl,
    server: IceServer,
    *,
    timeout_seconds: float = TIMEOUT_SECONDS,
    tls: ssl.SSLContext | None = None,
) -> ProbeResult:
    """Try one URL of `server`; allocating and looping get `timeout_seconds` each. `tls` says what to trust."""
    attempt = _relayed(url, server, timeout_seconds, tls) if url.is_turn else _binding(url, timeout_seconds)
    try:
        round_trip_seconds = await attempt
    except ProbeError as failure:
        return ProbeResult(str(url), ok=False, cause=failure.cause)
    return ProbeResult(str(url), ok=True, round_trip_ms=round(round_trip_seconds * 1000, 1))


async def _binding(url: IceUrl, timeout_seconds: float) -> float:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_seconds):
            transport, client = await loop.create_datagram_endpoint(_StunClient, remote_addr=(url.host, url.port))
            try:
                return await client.bind()
            finally:
                transport.close()
    except (stun.TransactionError, OSError):  # a timeout is an OSError too
        raise ProbeError(Cause.TURN_UNREACHABLE) from None


async def _relayed(url: IceUrl, server: IceServer, timeout_seconds: float, tls: ssl.SSLContext | None) -> float:
    allocation, loop = await _allocate(url, server, timeout_seconds, tls)
    try:
        async with asyncio.timeout(timeout_seconds):
            return await loop.round_trip(allocation)
    except TimeoutError:
        raise ProbeError(Cause.RELAY_DEAD) from None
    finally:
        allocation.close()
        await loop.closed_within(CLOSE_SECONDS)


async def _allocate(
    url: IceUrl, server: IceServer, timeout_seconds: float, tls: ssl.SSLContext | None
) -> tuple[turn.TurnTransport, "_Loop"]:
    is_tls = url.transport is Transport.TLS
    try:
        async with asyncio.timeout(timeout_seconds):
            return await turn.create_turn_endpoint(
                _Loop,
                (url.host, url.port),
                server.username,
                server.credential,
                ssl=(tls or ssl.create_default_context()) if is_tls else None,
                transport="udp" if url.transport is Transport.UDP else "tcp",
            )
    except stun.TransactionFailed as refused:
        code = refused.response.error_code
        cause = Cause.TURN_AUTH_FAILED if code in _UNAUTHORISED else Cause.TURN_REFUSED
    except ssl.SSLCertVerificationError:
        cause = Cause.TLS_UNTRUSTED
    except (stun.TransactionError, OSError):  # a timeout is an OSError too
        cause = Cause.TURN_UNREACHABLE
    raise ProbeError(cause)


class _StunClient(asyncio.DatagramProtocol):
    """One STUN binding over UDP. The mapped address in the answer is not looked at."""

    def __init__(self) -> None:
        self._transaction: stun.Transaction | None = None
        self._request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    async def bind(self) -> float:
        address = self._transport.get_extra_info("peername")
        self._transaction = stun.Transaction(self._request, address, self)
        started = time.monotonic()
        await self._transaction.run()
        return time.monotonic() - started

    def send_stun(self, message: stun.Message, addr: tuple[str, int]) -> None:  # noqa: ARG002 - aioice's signature
        self._transport.sendto(bytes(message))

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            message = stun.parse_message(data)
        except ValueError:
            return
        is_answer = message.message_class in {stun.Class.RESPONSE, stun.Class.ERROR}
        if self._transaction and is_answer and message.transaction_id == self._request.transaction_id:
            self._transaction.response_received(message, addr)


class _Loop(asyncio.DatagramProtocol):
    """Sends packets to the allocation's own relayed address until one of them comes back."""

    def __init__(self) -> None:
        self._sent_at: dict[bytes, float] = {}
        self._returned: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._closed = asyncio.Event()

    async def round_trip(self, allocation: turn.TurnTransport) -> float:
        """Seconds from sending to return. A first packet, which binds the channel, is not timed."""
        await self._exchange(allocation)
        self._returned = asyncio.get_running_loop().create_future()
        return await self._exchange(allocation)

    async def _exchange(self, allocation: turn.TurnTransport) -> float:
        while not self._returned.done():
            packet = secrets.token_bytes(PACKET_BYTES)
            self._sent_at[packet] = time.monotonic()
            allocation.sendto(packet, allocation.get_extra_info("sockname"))
            await asyncio.wait({self._returned}, timeout=RESEND_SECONDS)
        return self._returned.result()

    async def closed_within(self, seconds: float) -> None:
        """Wait until the server has been told that the allocation is over; one that is silent is not waited for."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), seconds)

    def datagram_received(self, data: bytes, _addr: tuple[str, int]) -> None:
        sent_at = self._sent_at.pop(data, None)
        if sent_at is not None and not self._returned.done():
            self._returned.set_result(time.monotonic() - sent_at)

    def error_received(self, _exc: Exception) -> None:
        self._fail()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._closed.set()
        self._fail()

    def _fail(self) -> None:
        if not self._returned.done():
            self._returned.set_exception(ProbeError(Cause.RELAY_DEAD))
            self._returned.exception()  # seen: nobody may be waiting any more
