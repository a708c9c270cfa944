"""Tries one ICE server as a call would: a STUN binding, or a TURN allocation through which a packet comes back.

The packet is sent to the allocation's own relayed address, so it leaves the relay and returns by it, as between two
ends behind relays. A result names the URL and a cause; never an address that was learnt on the way, nor a credential.
"""

import asyncio
import contextlib
import secrets
import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Final, cast

import msgspec
from aioice import stun, turn

from relay import network
from relay.cause import Cause
from relay.ice import UDP_FIRST, IceServer, IceUrl, Transport, ordered

__all__ = ["Cause", "ProbeResult", "best_carrying", "passing", "probe", "probe_servers"]

TIMEOUT_SECONDS: Final = 3.0
"""For each step; with the questions to the network, everything is told within ten seconds."""
GRACE_SECONDS: Final = 0.2
RESEND_SECONDS: Final = 0.25
CLOSE_SECONDS: Final = 1.0
PACKET_BYTES: Final = 64
_UNAUTHORISED: Final = frozenset({400, 401, 441})
_NOTHING_THROUGH: Final = frozenset({Cause.TURN_UNREACHABLE, Cause.TLS_UNTRUSTED})


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
    proxy: str | None = None,
    fingerprints: frozenset[str] = frozenset(),
) -> tuple[ProbeResult, ...]:
    """Try every URL at once; results in the order given. Never raises for what a server or a network does.

    Where nothing gets through the network is asked why (`relay.network`). `proxy` is the HTTP proxy that this network
    names, if any; `fingerprints` are the SHA-256 (hexadecimal) of the only certificates that may be shown, if known.
    """
    pairs = [(server, url) for server in servers for url in server.parsed()]
    results = await asyncio.gather(
        *(probe(url, server, timeout_seconds=timeout_seconds, tls=tls) for server, url in pairs)
    )
    urls = [url for _, url in pairs]
    whole, told = await asyncio.gather(
        _whole_network(urls, results, proxy),
        asyncio.gather(*(_opened_on_the_way(url, one, fingerprints) for url, one in zip(urls, results, strict=True))),
    )
    if whole is not None:
        return tuple(_because(result, whole) for result in results)
    return _udp_told_apart(urls, told)


def passing(results: Iterable[ProbeResult]) -> tuple[Transport, ...]:
    """The transports on which a relay carried a packet, best first: what an endpoint remembers of its network.

    `relay.ice.ordered` takes it. Empty means that no relay can be reached.
    """
    passed = {url.transport for result in results if result.ok and (url := IceUrl.parse(result.url)).is_turn}
    return tuple(transport for transport in UDP_FIRST if transport in passed)


async def best_carrying(
    servers: Iterable[IceServer],
    *,
    grace_seconds: float = GRACE_SECONDS,
    timeout_seconds: float = TIMEOUT_SECONDS,
    tls: ssl.SSLContext | None = None,
) -> IceUrl | None:
    """The relay URL to use from here: the best that carries a packet, found as fast as the network is.

    Better is the transport with less delay, then the server named earlier. Once one carries, better ones have
    `grace_seconds` more; a dead one is never waited for. None: no relay can be reached. For `relay.ice.preferring`.
    """
    candidates = [(server, url) for server in ordered(servers) for url in server.parsed() if url.is_turn]
    candidates.sort(key=lambda pair: UDP_FIRST.index(pair[1].transport))
    attempts = [
        asyncio.create_task(probe(url, server, timeout_seconds=timeout_seconds, tls=tls)) for server, url in candidates
    ]
    try:
        return await _best_of([url for _, url in candidates], attempts, grace_seconds)
    finally:
        for attempt in attempts:
            attempt.cancel()
        await asyncio.gather(*attempts, return_exceptions=True)


async def _best_of(
    urls: Sequence[IceUrl], attempts: Sequence[asyncio.Task[ProbeResult]], grace_seconds: float
) -> IceUrl | None:
    loop = asyncio.get_running_loop()
    until: float | None = None
    pending = set(attempts)
    while pending:
        patience = None if until is None else until - loop.time()
        if patience is not None and patience <= 0:
            break
        _, pending = await asyncio.wait(pending, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        carrying = [number for number, attempt in enumerate(attempts) if attempt.done() and attempt.result().ok]
        if carrying and all(attempt.done() for attempt in attempts[: carrying[0]]):
            return urls[carrying[0]]
        if carrying and until is None:
            until = loop.time() + grace_seconds
    return next(
        (url for url, attempt in zip(urls, attempts, strict=True) if attempt.done() and attempt.result().ok), None
    )


def _udp_told_apart(urls: Sequence[IceUrl], results: Sequence[ProbeResult]) -> tuple[ProbeResult, ...]:
    """UDP without an answer is blocked, not dead, where the same host answered over TCP or TLS, if only to refuse."""
    alive = {
        url.host
        for url, result in zip(urls, results, strict=True)
        if url.transport is not Transport.UDP and result.cause is not Cause.TURN_UNREACHABLE
    }
    return tuple(
        _because(result, Cause.UDP_BLOCKED)
        if result.cause is Cause.TURN_UNREACHABLE and url.transport is Transport.UDP and url.host in alive
        else result
        for url, result in zip(urls, results, strict=True)
    )


async def _whole_network(urls: Sequence[IceUrl], results: Sequence[ProbeResult], proxy: str | None) -> Cause | None:
    """The one cause of everything, where nothing got through."""
    if not results or not all(result.cause in _NOTHING_THROUGH for result in results):
        return None
    streams = [(url.host, url.port) for url in urls if url.transport is not Transport.UDP]
    is_silent = all(result.cause is Cause.TURN_UNREACHABLE for result in results)
    captive, proxied = await asyncio.gather(
        network.is_captive(url.host for url in urls),
        network.is_proxy(proxy if is_silent else None, streams),
    )
    if captive:
        return Cause.CAPTIVE_PORTAL
    return Cause.PROXY_ONLY if proxied else None


async def _opened_on_the_way(url: IceUrl, result: ProbeResult, fingerprints: frozenset[str]) -> ProbeResult:
    """TLS that fails, or that leads to something else than a relay, is looked at again."""
    is_suspect = result.cause in _NOTHING_THROUGH or bool(fingerprints)
    if url.transport is Transport.TLS and is_suspect and await network.is_intercepted(url.host, url.port, fingerprints):
        return _because(result, Cause.TLS_INTERCEPTED)
    return result


def _because(result: ProbeResult, cause: Cause) -> ProbeResult:
    return ProbeResult(result.url, ok=False, cause=cause)


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
