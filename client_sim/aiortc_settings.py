"""Everything that this program changes in aiortc 1.16 and aioice 0.13 behind their public names. All of it is here.

Both libraries are good and have no settings for what follows; each change is process-wide, names its reason, and is
checked by `tests/unit/client_sim/test_aiortc_settings.py` against the installed versions. (What is decoded is the one
exception: `client_sim.media.undecoded` owns it.)
"""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

import aioice.ice
import aioice.stun
from aiortc import RTCCertificate, RTCPeerConnection, RTCRtpSender, RTCRtpTransceiver
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsTransport, certificate_digest

LOOPBACK: Final = "127.0.0.1"

STUN_RETRY_SECONDS: Final = 0.15
"""aioice never re-triggers a check that is under way: a first check lost at a NAT or before a TURN permission costs a
whole retransmission timeout, 0.5 s by default. RFC 8489 §6.2.1 lets an end that knows its networks go lower."""

GRACE_SECONDS: Final = 2 * STUN_RETRY_SECONDS
"""So long after the first check a relayed pair waits for a direct one. One whose first packet the other end's NAT
swallowed comes back after a retry; aioice gives all others up for the first that comes back, often the relay's."""

GATHER_SECONDS: Final = 1.0
"""A dead STUN or TURN server holds gathering up for five seconds by default, and so the description's candidates."""

CONSENT_SECONDS: Final = 1.0
CONSENT_FAILURES: Final = 24
"""RFC 7675 §5.1 ends consent after 30 s; 24 × 1 s (± 20 %) closes a dead connection's sockets within the 30 s that a
call waits for its media. What a person sees is decided much sooner, by silence: with a check each second a connection
that works is never silent, though nothing be said and nothing shown."""

Addresses = Callable[[bool, bool], list[str]]

_found_addresses: Final[Addresses] = aioice.ice.get_host_addresses
_received: Final = aioice.ice.StunProtocol.datagram_received
_completed: Final = aioice.ice.Connection.check_complete
_checked: Final = aioice.ice.Connection.check_start
_heard: Final[WeakKeyDictionary[aioice.ice.Connection, int]] = WeakKeyDictionary()
_began: Final[WeakKeyDictionary[aioice.ice.Connection, float]] = WeakKeyDictionary()
_held: Final[WeakKeyDictionary[aioice.ice.Connection, dict[int, aioice.ice.CandidatePair]]] = WeakKeyDictionary()


def apply(*, loopback_only: bool = False) -> None:
    """Change the libraries for this process. `loopback_only` gathers on 127.0.0.1 and nowhere else.

    Call it before the first connection is made. Calling it again only changes where addresses come from.
    """
    aioice.stun.RETRY_RTO = STUN_RETRY_SECONDS
    aioice.ice.CONSENT_INTERVAL = CONSENT_SECONDS  # type: ignore[assignment]
    aioice.ice.CONSENT_FAILURES = CONSENT_FAILURES
    aioice.ice.Connection.get_component_candidates.__defaults__ = (GATHER_SECONDS,)
    aioice.ice.get_host_addresses = _only_loopback if loopback_only else _or_loopback
    aioice.ice.StunProtocol.datagram_received = _count_and_receive  # type: ignore[method-assign, assignment]
    aioice.ice.Connection.check_complete = _take_the_best  # type: ignore[method-assign, assignment]
    aioice.ice.Connection.check_start = _check  # type: ignore[method-assign, assignment]


def _only_loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:  # noqa: ARG001 - aioice's own signature
    return [LOOPBACK]


def _or_loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """aioice leaves 127.0.0.1 out: on a machine with nothing else a connection would wait for ever, without a word."""
    found = [text for text in _found_addresses(use_ipv4, use_ipv6) if not _is_loopback(text)]
    return found or [LOOPBACK]


def _count_and_receive(protocol: aioice.ice.StunProtocol, data: bytes | str, addr: tuple[Any, ...]) -> None:
    """aioice keeps no count of what comes, and aiortc counts no checks."""
    _heard[protocol.receiver] = _heard.get(protocol.receiver, 0) + 1
    _received(protocol, data, addr)


async def _check(connection: aioice.ice.Connection, pair: aioice.ice.CandidatePair) -> None:
    _began.setdefault(connection, asyncio.get_running_loop().time())
    await _checked(connection, pair)


def _take_the_best(connection: aioice.ice.Connection, pair: aioice.ice.CandidatePair) -> None:
    """The first relayed pair to come back waits for the direct ones that are still checked, and not for long.

    RFC 8445 §8.1.1 leaves it to an agent when it has checked enough to choose.
    """
    loop, due = asyncio.get_running_loop(), _began.get(connection, 0.0) + GRACE_SECONDS
    if loop.time() < due and _is_relayed(pair) and _is_taken(pair) and any(map(_may_be_direct, connection._check_list)):
        pair.task = None
        if _held.setdefault(connection, {}).setdefault(pair.component, pair) is pair:
            loop.call_at(due, _do_without, connection, pair)
    else:
        _keep_the_best(connection, pair)


def _do_without(connection: aioice.ice.Connection, pair: aioice.ice.CandidatePair) -> None:
    """No direct pair has come back in time."""
    if pair.component not in connection._nominated:
        _completed(connection, pair)


def _keep_the_best(connection: aioice.ice.Connection, pair: aioice.ice.CandidatePair) -> None:
    """Of several nominated pairs the one of the highest priority is sent by (RFC 5245 §8.1.1.2), as browsers do.

    aioice takes the one whose check came back last, be it a relayed one after a direct one.
    """
    before = connection._nominated.get(pair.component)
    _completed(connection, pair)
    if before is not None and _priority(connection, before) > _priority(connection, pair):
        connection._nominated[pair.component] = before


def _is_taken(pair: aioice.ice.CandidatePair) -> bool:
    return pair.nominated and pair.state is aioice.ice.CandidatePair.State.SUCCEEDED


def _may_be_direct(pair: aioice.ice.CandidatePair) -> bool:
    done = (aioice.ice.CandidatePair.State.SUCCEEDED, aioice.ice.CandidatePair.State.FAILED)
    return pair.state not in done and not _is_relayed(pair)


def _is_relayed(pair: aioice.ice.CandidatePair) -> bool:
    return "relay" in (pair.local_candidate.type, pair.remote_candidate.type)


def _priority(connection: aioice.ice.Connection, pair: aioice.ice.CandidatePair) -> int:
    controls = connection.ice_controlling
    return aioice.ice.candidate_pair_priority(pair.local_candidate, pair.remote_candidate, controls)


def _is_loopback(text: str) -> bool:
    return ipaddress.ip_address(text.partition("%")[0]).is_loopback


class CallCertificate(RTCCertificate):
    """Describes itself by its SHA-256 fingerprint alone: aiortc writes three, and a peer compares one."""

    def getFingerprints(self) -> list[RTCDtlsFingerprint]:  # noqa: N802 - W3C's name
        """The one fingerprint (RFC 8122 §5)."""
        return [one for one in super().getFingerprints() if one.algorithm == "sha-256"]


def use_certificate(connection: RTCPeerConnection, certificate: RTCCertificate) -> None:
    """Give a connection its certificate: RTCConfiguration has no field for one. Before the first transceiver."""
    connection._RTCPeerConnection__certificates = [certificate]  # type: ignore[attr-defined]


def let_through(transceivers: Sequence[RTCRtpTransceiver], *, sends: bool, receives: bool) -> None:
    """Send and receive as was agreed, or not: closed ends drop packets undecoded and frames unencoded.

    aiortc opens them itself whenever a direction is agreed, so this comes after each description, in the same breath.
    """
    for one in transceivers:
        direction = one.currentDirection or one.direction
        one.sender._enabled = sends and direction in ("sendrecv", "sendonly")
        one.receiver._enabled = receives and direction in ("sendrecv", "recvonly")


def has_track(sender: RTCRtpSender) -> bool:
    """Whether it was given one; its type says that it always has."""
    track: MediaStreamTrack | None = sender.track
    return track is not None


def dtls_transport(connection: RTCPeerConnection) -> RTCDtlsTransport | None:
    """The one transport that all m-lines share, once there is one."""
    transceivers = connection.getTransceivers()
    if transceivers:
        return transceivers[0].receiver.transport
    return connection.sctp.transport if connection.sctp is not None else None


def certificate_seen(transport: RTCDtlsTransport) -> str | None:
    """SHA-256 fingerprint of the certificate that the other end really showed in DTLS; None before it showed one."""
    certificate = transport._ssl.get_peer_certificate(as_cryptography=True) if transport._ssl is not None else None
    return certificate_digest(certificate, "sha-256") if certificate is not None else None


def datagrams_heard(transport: RTCDtlsTransport) -> int:
    """How many datagrams of any kind have come, connectivity and consent checks among them."""
    return _heard.get(transport.transport._connection, 0)


def nominated_types(transport: RTCDtlsTransport) -> tuple[str, str] | None:
    """RFC 8445 candidate types of the selected pair, ours and theirs; getStats knows no candidate pair."""
    pair = transport.transport._connection._nominated.get(1)
    return (pair.local_candidate.type, pair.remote_candidate.type) if pair is not None else None


def bytes_carried(transport: RTCDtlsTransport) -> tuple[int, int]:
    """Bytes of media and data received and sent; `getStats` has them behind an await and a walk of all tracks."""
    stats = next(iter(transport._get_stats().values()))
    return stats.bytesReceived, stats.bytesSent
