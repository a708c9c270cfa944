"""`relay check` says what is so: what works passes, and each thing that can be wrong has its own word."""

import json
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from client_sim.authority import certify
from relay.credentials import turn_credential
from relay.ice import IceServer, Transport
from relay.probe import Cause, best_carrying, probe_servers
from tests.coturn import Coturn, running_coturn
from tests.integration.relay.conftest import Neighbourhood

pytestmark = [pytest.mark.coturn, pytest.mark.slow]
ADDRESS = "127.83.77.11"


@pytest.fixture(scope="module")
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    directory = tmp_path_factory.mktemp("probe")
    with running_coturn(directory, address=ADDRESS, certificate=certify(directory, ADDRESS)) as server:
        yield server


@pytest.fixture
def trusted(coturn: Coturn) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=coturn.log.parent.parent / "ca.pem")


async def test_a_healthy_server_passes_on_every_transport(coturn: Coturn, trusted: ssl.SSLContext) -> None:
    minted = await coturn.provider(*Transport).ice_servers(now=time.time())

    results = await probe_servers(minted.servers, tls=trusted)

    assert [result.url.partition(":")[0] for result in results] == ["stun", "turn", "turn", "turns"]
    assert all(result.ok and result.cause is None for result in results)
    assert all(result.round_trip_ms is not None and result.round_trip_ms < 1000 for result in results)


async def test_a_wrong_secret_is_told_from_a_server_that_is_away(coturn: Coturn) -> None:
    username = f"{int(time.time() + 60)}:tag12345"
    wrong = IceServer((coturn.url(),), username, turn_credential("0" * 32, username))

    assert await _only(wrong) == Cause.TURN_AUTH_FAILED


async def test_an_expired_credential_is_an_authentication_failure(coturn: Coturn) -> None:
    minted = await coturn.provider(lifetime_seconds=60).ice_servers(now=time.time() - 120)

    assert await _only(minted.servers[-1]) == Cause.TURN_AUTH_FAILED


async def test_a_certificate_that_nobody_vouches_for_is_untrusted(coturn: Coturn) -> None:
    minted = await coturn.provider(Transport.TLS).ice_servers(now=time.time())

    assert await _only(minted.servers[-1]) == Cause.TLS_UNTRUSTED


async def test_nobody_at_the_address_is_unreachable_on_every_transport(coturn: Coturn) -> None:
    minted = await coturn.provider().ice_servers(now=time.time())
    nobody = "127.83.77.12"
    urls = (f"turn:{nobody}:9?transport=udp", f"turn:{nobody}:9?transport=tcp", f"turns:{nobody}:9?transport=tcp")
    away = IceServer(urls, minted.servers[-1].username, minted.servers[-1].credential)

    results = await probe_servers([IceServer((f"stun:{nobody}:9",)), away], timeout_seconds=0.3)

    assert {result.cause for result in results} == {Cause.TURN_UNREACHABLE}


async def test_a_quota_that_is_used_up_is_a_refusal_and_no_authentication_failure(tmp_path: Path) -> None:
    with running_coturn(tmp_path, arguments=["--user-quota=1"]) as small:
        minted = await small.provider(Transport.UDP, Transport.TCP).ice_servers(now=time.time())

        results = await probe_servers(minted.servers[-1:])

    assert sorted(result.ok for result in results) == [False, True]
    assert {result.cause for result in results} == {None, Cause.TURN_REFUSED}


async def test_a_relay_that_gives_an_address_but_relays_nothing_is_dead(tmp_path: Path) -> None:
    with running_coturn(tmp_path, loopback_peers=False) as deaf:
        minted = await deaf.provider().ice_servers(now=time.time())

        assert await _only(minted.servers[-1]) == Cause.RELAY_DEAD


@pytest.mark.root
async def test_blocked_udp_is_told_from_a_dead_server_by_tcp_that_works(neighbourhood: Neighbourhood) -> None:
    neighbourhood.school.filter(
        "table inet school { chain out { type filter hook output priority 0; meta l4proto udp drop; }; }"
    )
    hosts = f"{neighbourhood.coturn.url(Transport.UDP)},{neighbourhood.coturn.url(Transport.TCP)}"
    command = [sys.executable, "-m", "relay", "check", "--json", "--timeout-seconds", "0.5", "--urls", hosts]
    secret = str(neighbourhood.coturn.log.parent / "secret")
    try:
        blocked = neighbourhood.school.run([*command, "--secret-file", secret])
    finally:
        neighbourhood.school.filter("delete table inet school")

    assert blocked.returncode == 1, blocked.stderr
    causes = {row["url"]: row["cause"] for row in json.loads(blocked.stdout)}
    assert causes == {
        "stun:203.0.113.10:3478": "udp_blocked",
        "turn:203.0.113.10:3478?transport=udp": "udp_blocked",
        "turn:203.0.113.10:3478?transport=tcp": None,
    }


def test_relay_check_ends_with_zero_only_if_everything_works(coturn: Coturn) -> None:
    good = _relay_check(coturn, coturn.url(Transport.TCP))
    bad = _relay_check(coturn, f"{coturn.url(Transport.TCP)},turn:{ADDRESS}:9?transport=tcp")

    assert good.returncode == 0, good.stderr
    assert "pass" in good.stdout
    assert bad.returncode == 1, bad.stderr
    assert "turn_unreachable" in bad.stdout
    for said in (good.stdout, good.stderr, bad.stdout, bad.stderr):
        assert coturn.secret not in said


def _relay_check(coturn: Coturn, hosts: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "relay", "check", "--urls", hosts, "--secret-file", "-"]
    return subprocess.run(command, input=coturn.secret, capture_output=True, text=True, timeout=30, check=False)


async def _only(server: IceServer) -> Cause | None:
    (result,) = await probe_servers([server])
    assert not result.ok
    return result.cause


async def test_an_endpoint_finds_the_best_relay_that_carries_and_never_waits_for_a_dead_one(
    coturn: Coturn, trusted: ssl.SSLContext
) -> None:
    alive = (await coturn.provider(*Transport).ice_servers(now=time.time())).servers[-1]
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # it takes everything and says nothing
    silent.bind(("127.83.77.13", 0))
    dead = IceServer((f"turn:127.83.77.13:{silent.getsockname()[1]}?transport=udp",), alive.username, alive.credential)
    streams = IceServer(alive.urls[1:], alive.username, alive.credential)

    began = time.monotonic()
    assert str(await best_carrying([dead, alive], tls=trusted)) == coturn.url(Transport.UDP)
    assert str(await best_carrying([dead, streams], tls=trusted)) == coturn.url(Transport.TCP)
    assert time.monotonic() - began < 2.5
    assert await best_carrying([dead], timeout_seconds=0.3) is None
    assert await best_carrying([]) is None
    silent.close()


async def test_of_two_that_carry_the_earlier_one_is_best(coturn: Coturn) -> None:
    first, second = [(await coturn.provider().ice_servers(now=time.time())).servers[-1] for _ in range(2)]
    elsewhere = IceServer((coturn.url(Transport.TCP),), second.username, second.credential)

    for _ in range(5):
        assert str(await best_carrying([elsewhere, first])) == coturn.url(Transport.UDP)
        assert str(await best_carrying([first, elsewhere])) == coturn.url(Transport.UDP)
