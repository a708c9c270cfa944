"""Two ends that can't reach each other meet at coturn, by its own address, with credentials of the real provider."""

import asyncio
import ssl
import time
from pathlib import Path
from typing import Final

import pytest

from client_sim.netns import Namespace
from relay.ice import IceServer, Transport
from tests.coturn import Usage, running_coturn
from tests.integration.relay.conftest import Neighbourhood
from tests.integration.relay.turn_client import End, relayed

pytestmark = [pytest.mark.coturn, pytest.mark.root, pytest.mark.slow]
PACKETS: Final = 50
PACKET_BYTES: Final = 1000


def test_the_two_ends_have_no_other_way_to_each_other(neighbourhood: Neighbourhood) -> None:
    forwarding = neighbourhood.relay.run(["cat", "/proc/sys/net/ipv4/ip_forward"])

    assert forwarding.stdout.strip() == "0"


@pytest.mark.parametrize("home_goes_by", list(Transport))
@pytest.mark.parametrize("school_goes_by", list(Transport))
async def test_two_ends_that_cannot_reach_each_other_meet_at_the_relay(
    neighbourhood: Neighbourhood, home_goes_by: Transport, school_goes_by: Transport
) -> None:
    tls = ssl.create_default_context(cafile=neighbourhood.certificate.ca)
    servers = [await _minted(neighbourhood, transport) for transport in (home_goes_by, school_goes_by)]

    async with (
        relayed(neighbourhood.home, servers[0], tls) as home,
        relayed(neighbourhood.school, servers[1], tls) as school,
    ):
        await _let_each_other_in(home, school)
        for number in range(PACKETS):
            home.send(number.to_bytes(PACKET_BYTES, "big"), school)
        heard = [await _heard(school) for _ in range(PACKETS)]

    assert [int.from_bytes(packet, "big") for packet in heard] == list(range(PACKETS))
    assert home.relayed_address[0] == school.relayed_address[0] == "203.0.113.10"


async def test_what_is_relayed_is_counted_and_nobody_is_named(neighbourhood: Neighbourhood) -> None:
    before = neighbourhood.coturn.usage()
    home_server, school_server = [await _minted(neighbourhood, Transport.UDP) for _ in range(2)]

    async with relayed(neighbourhood.home, home_server) as home, relayed(neighbourhood.school, school_server) as school:
        await _let_each_other_in(home, school)
        for _ in range(PACKETS):
            home.send(bytes(PACKET_BYTES), school)
            await _heard(school)

    await _usage_above(neighbourhood, before, PACKETS * PACKET_BYTES)
    told = neighbourhood.coturn.log.read_text()
    for server in (home_server, school_server):
        assert server.username is not None
        assert server.username.partition(":")[2] not in told
    assert "198.51.100." not in told


async def test_an_end_that_lets_nobody_in_hears_nothing(neighbourhood: Neighbourhood) -> None:
    server = await _minted(neighbourhood, Transport.UDP)

    async with relayed(neighbourhood.home, server) as home, relayed(neighbourhood.school, server) as school:
        home.send(b"knock", school)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(school.received.get(), 0.5)


async def _let_each_other_in(home: End, school: End) -> None:
    """Both send until both have heard: the first packet of one is dropped while the other still binds its channel."""
    while home.received.empty() or school.received.empty():
        home.send(b"", school)
        school.send(b"", home)
        await asyncio.sleep(0.02)


async def _heard(end: End) -> bytes:
    """The next packet that says something."""
    async with asyncio.timeout(5):
        while not (packet := await end.received.get()):
            pass
    return packet


async def _minted(neighbourhood: Neighbourhood, transport: Transport) -> IceServer:
    minted = await neighbourhood.coturn.provider(transport).ice_servers(now=time.time())
    return minted.servers[-1]


async def _usage_above(neighbourhood: Neighbourhood, before: Usage, more_bytes: int) -> None:
    """Wait until so much more was received, and sent. Reports of earlier allocations may come in between."""
    async with asyncio.timeout(10):
        while True:
            usage = neighbourhood.coturn.usage()
            if min(usage.received_bytes - before.received_bytes, usage.sent_bytes - before.sent_bytes) > more_bytes:
                return
            await asyncio.sleep(0.05)


async def test_two_ends_meet_at_a_relay_that_stands_behind_one_to_one_nat(tmp_path: Path) -> None:
    public = {"TURN_PUBLIC_ADDRESS": "203.0.113.10"}
    with Namespace("cloud") as cloud:
        cloud.address("10.0.0.5/32")
        with running_coturn(tmp_path, namespace=cloud, address="10.0.0.5", environment=public) as coturn:
            minted = await coturn.provider().ice_servers(now=time.time())
            server = minted.servers[-1]

            async with relayed(cloud, server) as home, relayed(cloud, server) as school:
                await _let_each_other_in(home, school)
                assert home.relayed_address[0] == school.relayed_address[0] == "203.0.113.10"
