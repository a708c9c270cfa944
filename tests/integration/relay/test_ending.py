"""The end of a call ends its relays at coturn, at once, and nobody else's."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from aioice import turn

from client_sim.netns import Namespace
from relay.coturn_cli import CliError, CoturnCli
from relay.credentials import turn_credential
from relay.errors import Fault, RelayError
from relay.ice import Transport
from signalling.observe.figures import Figures
from tests.coturn import Coturn, running_coturn
from tests.integration.relay.test_a_coordinator_with_relays import in_a_call, told
from tests.integration.relay.turn_client import MISMATCH, OK, End, connected, relayed
from tests.protocol.house import OTHER_KOMP, UNCLE, running, until

pytestmark = [pytest.mark.coturn, pytest.mark.root, pytest.mark.slow]
ADDRESS: Final = "203.0.113.10"
ONE_SECOND: Final = 1.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Namespace, Coturn]]:
    """A relay with its command line, and everybody on the same host, which is enough here."""
    with Namespace("ending") as host:
        host.address(f"{ADDRESS}/32")
        with running_coturn(
            tmp_path_factory.mktemp("ending"), namespace=host, address=ADDRESS, command_line=True
        ) as coturn:
            yield host, coturn


async def test_a_relay_stops_in_the_middle_of_a_conversation(place: tuple[Namespace, Coturn]) -> None:
    host, coturn = place
    provider = coturn.provider()
    servers = [(await provider.ice_servers(now=time.time())).servers[-1] for _ in range(3)]
    async with relayed(host, servers[0]) as one, relayed(host, servers[1]) as two, relayed(host, servers[2]) as other:
        await _talk(one, two)
        await _talk(one, other)
        two.send(b"still there", one)
        await _heard(one, b"still there")

        began = time.monotonic()
        with host.entered():
            assert await provider.end([str(servers[0].username)])
        took = time.monotonic() - began

        two.send(b"into the void", one)
        with pytest.raises(TimeoutError):
            await _heard(one, b"into the void", seconds=0.3)
        await _talk(other, two)
        other.send(b"others go on", two)
        await _heard(two, b"others go on")
    assert took < ONE_SECOND, f"{took:.3f} s"


async def test_an_allocation_that_was_ended_can_not_be_refreshed(place: tuple[Namespace, Coturn]) -> None:
    host, coturn = place
    provider = coturn.provider()
    server = (await provider.ice_servers(now=time.time())).servers[-1]
    async with connected(host, server) as client:
        assert await client.allocate(4) == OK
        with host.entered():
            assert await coturn.cli().end([str(server.username)]) == 1

        assert await client.refresh(600) == MISMATCH
        client.lifetime_seconds = 0


async def test_many_allocations_under_many_names_end_at_once(place: tuple[Namespace, Coturn]) -> None:
    host, coturn = place
    servers = [(await coturn.provider().ice_servers(now=time.time())).servers[-1] for _ in range(20)]
    names = [str(server.username) for server in servers]
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connected(host, server)) for server in servers for _ in range(2)]
        assert [await client.allocate(4) for client in clients] == [OK] * 40

        began = time.monotonic()
        with host.entered():
            assert await coturn.cli().end(names[:19]) == 38
        took = time.monotonic() - began
        with host.entered():
            assert await coturn.cli().end(names) == 2, "the last one was left alone"
        for client in clients:
            client.lifetime_seconds = 0
    assert took < ONE_SECOND, f"{took:.3f} s"


async def test_names_that_hold_nothing_are_soon_done_with(place: tuple[Namespace, Coturn]) -> None:
    host, coturn = place
    with host.entered():
        assert await coturn.cli().end([f"{int(time.time())}:nobody-{number:04}" for number in range(100)]) == 0


async def test_only_names_of_ours_are_ever_written_to_it(place: tuple[Namespace, Coturn]) -> None:
    host, coturn = place
    with host.entered():
        for name in ("stop", "1:x\r\nstop\r\n", "1795384331:tag with space", "é:12345678"):
            assert await coturn.cli().end([name]) == 0

    assert coturn.process.poll() is None


async def test_what_could_not_be_done_is_said(place: tuple[Namespace, Coturn]) -> None:
    host, coturn = place
    assert coturn.cli_port is not None
    with host.entered():
        for cli in (
            CoturnCli(f"127.0.0.1:{coturn.cli_port}", "wrong-password-of-32-letters-000"),
            CoturnCli("127.0.0.1:9", coturn.cli_password),
        ):
            with pytest.raises(CliError):
                await cli.end(["1795384331:q8Zt0vXk3hY1mB2c"])


async def test_the_command_line_is_off_unless_it_is_asked_for_and_on_loopback_alone(
    place: tuple[Namespace, Coturn], tmp_path: Path
) -> None:
    host, _ = place
    with Namespace("silent") as silent:
        silent.address(f"{ADDRESS}/32")
        with running_coturn(tmp_path, namespace=silent, address=ADDRESS):
            assert ":5766" not in silent.run(["ss", "-ltn"]).stdout
    listening = [line.split()[3] for line in host.run(["ss", "-ltn"]).stdout.splitlines() if ":5766" in line]
    assert listening == ["127.0.0.1:5766"]


@pytest.mark.parametrize("address", ["203.0.113.10:5766", "localhost:5766", "0.0.0.0:5766", "127.0.0.1:0", "", "::1"])
def test_a_command_line_across_a_network_is_refused(address: str) -> None:
    with pytest.raises(RelayError) as refused:
        CoturnCli(address, "0123456789abcdef")

    assert refused.value.code is Fault.TURN_CLI_ADDRESS


@pytest.mark.parametrize("password", ["", "short", "with a space in it"])
def test_a_command_line_without_a_password_is_refused(password: str) -> None:
    with pytest.raises(RelayError) as refused:
        CoturnCli("127.0.0.1:5766", password)

    assert refused.value.code is Fault.TURN_CLI_PASSWORD
    assert "sesame" not in repr(CoturnCli("127.0.0.1:5766", "sesame-sesame-sesame"))


async def test_hanging_up_ends_the_relays_of_both_ends_within_a_second(tmp_path: Path) -> None:
    with running_coturn(tmp_path, loopback_peers=False, command_line=True) as coturn:
        (tmp_path / "turn-secret").write_text(coturn.secret)
        (tmp_path / "cli-password").write_text(coturn.cli_password)
        settings: dict[str, Any] = {
            "turn_urls": (coturn.url(Transport.UDP),),
            "turn_secret_file": tmp_path / "turn-secret",
            "turn_clis": (f"127.0.0.1:{coturn.cli_port}",),
            "turn_cli_password_file": tmp_path / "cli-password",
            "relay_probe_seconds": 0,
        }
        async with running(tmp_path, **settings) as house:
            caller, callee = await house.come_in(UNCLE), await house.come_in(OTHER_KOMP)
            call = await in_a_call(caller, callee)
            names = [name for names in house.coordinator.hub.ice._names.values() for name in names]
            assert len(names) == 2
            opened = [await _open(coturn, name) for name in names]

            began = time.monotonic()
            caller.say({"t": "call.hangup", "call": call, "reason": "hangup"})
            await callee.hear("call.ended")
            await until(lambda: _count(house.coordinator.figures) == 1)
            took = time.monotonic() - began

            assert await coturn.cli().end(names) == 0, "nothing was left to end"
            assert not told(house, "relay.not_ended")
            for transport in opened:
                transport.close()
            for socket in (caller, callee):
                await socket.drop()
    assert took < ONE_SECOND, f"{took:.3f} s"


async def test_a_relay_that_could_not_be_ended_is_logged_and_counted(tmp_path: Path) -> None:
    (tmp_path / "turn-secret").write_text(secrets.token_hex(32))
    settings: dict[str, Any] = {
        "turn_urls": ("turn:127.0.0.1:9",),
        "turn_secret_file": tmp_path / "turn-secret",
        "turn_clis": ("127.0.0.1:9",),
        "turn_cli_password_file": tmp_path / "turn-secret",
        "relay_probe_seconds": 0,
    }
    async with running(tmp_path, **settings) as house:
        caller, callee = await house.come_in(UNCLE), await house.come_in(OTHER_KOMP)
        call = await in_a_call(caller, callee)
        caller.say({"t": "call.hangup", "call": call, "reason": "hangup"})
        await until(lambda: bool(told(house, "relay.not_ended")))
        assert "narvaro_relay_not_ended_total 1.0" in house.coordinator.figures.text().decode()
        for socket in (caller, callee):
            await socket.drop()


def _count(figures: Figures) -> float:
    (line,) = [
        one for one in figures.text().decode().splitlines() if one.startswith("narvaro_relay_ended_seconds_count")
    ]
    return float(line.split()[1])


async def _open(coturn: Coturn, name: str) -> asyncio.DatagramTransport:
    """An allocation under that name, as the endpoint that was given it would open it."""
    transport = turn.TurnClientUdpProtocol(
        (coturn.address, coturn.port), name, turn_credential(coturn.secret, name), 600, 500
    )
    loop = asyncio.get_running_loop()
    socket, client = await loop.create_datagram_endpoint(lambda: transport, remote_addr=(coturn.address, coturn.port))
    await client.connect()
    assert client.refresh_task is not None
    client.refresh_task.cancel()
    return socket


async def _talk(one: End, other: End) -> None:
    """Each hears the other: what comes while an end still binds its channel is dropped."""
    for sender, receiver, said in ((one, other, b"let in"), (other, one, b"let in too")):
        async with asyncio.timeout(3):
            while True:
                receiver.send(b"", sender)
                sender.send(said, receiver)
                with contextlib.suppress(TimeoutError):
                    await _heard(receiver, said, seconds=0.05)
                    break


async def _heard(end: Any, packet: bytes, *, seconds: float = 3) -> None:
    async with asyncio.timeout(seconds):
        while await end.received.get() != packet:
            pass
