"""What this program changes in aiortc and aioice still is what it changes: names, signatures, and the effect."""

import asyncio
import inspect

import aioice.ice
import aioice.stun
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection

from client_sim import aiortc_settings
from client_sim.aiortc_settings import CallCertificate, use_certificate


@pytest.fixture(autouse=True)
def _applied() -> None:
    aiortc_settings.apply()


def test_lost_checks_are_repeated_early() -> None:
    assert aioice.stun.RETRY_RTO == aiortc_settings.STUN_RETRY_SECONDS
    assert "RETRY_RTO" in inspect.getsource(aioice.stun.Transaction)


def test_a_dead_stun_server_holds_nothing_up_for_more_than_a_second() -> None:
    timeout = inspect.signature(aioice.ice.Connection.get_component_candidates).parameters["timeout"]
    assert timeout.default == 1.0


def test_dead_connections_are_closed_within_thirty_seconds() -> None:
    longest = aioice.ice.CONSENT_INTERVAL * 1.2 * aioice.ice.CONSENT_FAILURES
    assert 20 < longest < 30
    source = inspect.getsource(aioice.ice.Connection.query_consent)
    assert "CONSENT_INTERVAL" in source
    assert "CONSENT_FAILURES" in source


def test_every_datagram_counts_as_a_sign_of_life() -> None:
    assert aioice.ice.StunProtocol.datagram_received is aiortc_settings._count_and_receive
    given = list(inspect.signature(aiortc_settings._received).parameters)
    assert given == ["self", "data", "addr"]


def test_loopback_is_gathered_where_there_is_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiortc_settings, "_found_addresses", lambda use_ipv4, use_ipv6: [])
    assert aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=True) == ["127.0.0.1"]
    monkeypatch.setattr(aiortc_settings, "_found_addresses", lambda use_ipv4, use_ipv6: ["192.0.2.7", "127.0.0.2"])
    assert aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=True) == ["192.0.2.7"]


def test_loopback_alone_is_gathered_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiortc_settings, "_found_addresses", lambda use_ipv4, use_ipv6: ["192.0.2.7"])
    aiortc_settings.apply(loopback_only=True)
    assert aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=True) == ["127.0.0.1"]


async def test_a_connection_uses_the_certificate_that_it_was_given_and_names_it_once() -> None:
    certificate = CallCertificate.generateCertificate()
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    use_certificate(connection, certificate)
    connection.addTransceiver("audio")
    connection.addTransceiver("video")
    offer = await connection.createOffer()
    named = {line for line in offer.sdp.splitlines() if line.startswith("a=fingerprint:")}
    (fingerprint,) = certificate.getFingerprints()
    assert named == {f"a=fingerprint:sha-256 {fingerprint.value}"}
    await connection.close()


@pytest.mark.parametrize("relayed_comes", ["last", "first"])
async def test_a_relayed_pair_that_comes_late_takes_nothing_from_a_direct_one(relayed_comes: str) -> None:
    connection = aioice.ice.Connection(ice_controlling=True)
    direct, relayed = nominated("host", 2_000), nominated("relay", 1_000)
    for pair in (direct, relayed) if relayed_comes == "last" else (relayed, direct):
        connection.check_complete(pair)
    assert connection._nominated == {1: direct}


async def test_a_relayed_pair_waits_for_a_direct_one_that_is_still_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiortc_settings, "GRACE_SECONDS", 0.05)
    direct, relayed = nominated("host", 2_000), nominated("relay", 1_000)
    direct.state = aioice.ice.CandidatePair.State.IN_PROGRESS
    connection = await checking([direct, relayed], monkeypatch)
    connection.check_complete(relayed)
    assert connection._nominated == {}, "its retry may still come back"
    direct.state = aioice.ice.CandidatePair.State.SUCCEEDED
    connection.check_complete(direct)
    assert connection._nominated == {1: direct}
    await asyncio.sleep(0.1)
    assert connection._nominated == {1: direct}


async def test_a_relayed_pair_waits_no_longer_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiortc_settings, "GRACE_SECONDS", 0.05)
    direct, relayed = nominated("host", 2_000), nominated("relay", 1_000)
    direct.state = aioice.ice.CandidatePair.State.IN_PROGRESS
    connection = await checking([direct, relayed], monkeypatch)
    connection.check_complete(relayed)
    connection.check_complete(nominated("relay", 1_001))
    await asyncio.sleep(0.1)
    assert connection._nominated == {1: relayed}, "the first one that came back"


async def test_a_relayed_pair_waits_for_nothing_where_no_direct_one_can_come(monkeypatch: pytest.MonkeyPatch) -> None:
    direct, relayed = nominated("host", 2_000), nominated("relay", 1_000)
    direct.state = aioice.ice.CandidatePair.State.FAILED
    connection = await checking([direct, relayed], monkeypatch)
    connection.check_complete(relayed)
    assert connection._nominated == {1: relayed}


async def checking(pairs: list[aioice.ice.CandidatePair], monkeypatch: pytest.MonkeyPatch) -> aioice.ice.Connection:
    """A connection that has begun to check these."""

    async def check(_: aioice.ice.Connection, pair: aioice.ice.CandidatePair) -> None:
        """It comes back by the test's hand."""

    monkeypatch.setattr(aiortc_settings, "_checked", check)
    connection = aioice.ice.Connection(ice_controlling=True)
    connection._check_list = pairs
    await connection.check_start(pairs[0])
    return connection


def nominated(kind: str, priority: int) -> aioice.ice.CandidatePair:
    """A pair whose check came back, with this end's candidate of that kind."""
    local, remote = (aioice.Candidate("one", 1, "udp", priority, "192.0.2.7", 9, which) for which in (kind, "host"))
    protocol = aioice.ice.StunProtocol(aioice.ice.Connection(ice_controlling=True))
    protocol.local_candidate = local
    pair = aioice.ice.CandidatePair(protocol, remote)
    pair.state, pair.nominated = aioice.ice.CandidatePair.State.SUCCEEDED, True
    return pair
