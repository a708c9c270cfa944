"""Processors and relays (P-02, P-42, P-44): what Twilio is told, where media may be relayed, and until when."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from aioice import turn

from relay.errors import Fault, MintCause, ProviderError, RelayError
from relay.providers import RelaySettings, TwilioSettings, from_settings
from relay.region import Region
from tests.coturn import running_coturn
from tests.twilio import SECRET, SID, FakeTwilio, fake_twilio, resolver

NOW: Final = 1_800_000_000.0
HEADERS: Final = {
    "Host",
    "Authorization",
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Content-Type",
    "Content-Length",
    "User-Agent",
    "X-Twilio-Client",
}


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as fake:
        yield fake


async def test_p_42_twilio_is_told_a_lifetime_and_nothing_else(twilio: FakeTwilio) -> None:
    provider = twilio.provider(lifetime_seconds=300)

    for _ in range(2):
        await provider.ice_servers(now=NOW)
    await provider.close()

    first, second = twilio.asked
    assert first.body == second.body == "Ttl=300"
    assert first.headers == second.headers, "two calls look the same from outside"
    assert set(first.headers) <= HEADERS
    assert first.authorised


async def test_p_44_every_relay_that_is_named_is_in_the_eu(twilio: FakeTwilio) -> None:
    provider = twilio.provider(region=Region.IE1)

    minted = await provider.ice_servers(now=NOW)
    await provider.close()

    hosts = {url.host for server in minted.servers for url in server.parsed()}
    assert hosts == {"ie1.turn.twilio.com", "ie1.stun.twilio.com"}


async def test_p_44_a_relay_that_moves_out_of_the_eu_is_never_handed_out(twilio: FakeTwilio) -> None:
    us1 = {"ie1.turn.twilio.com": ["34.203.254.1"], "ie1.stun.twilio.com": ["52.215.127.8"]}
    provider = twilio.provider(addresses=us1)

    with pytest.raises(ProviderError) as failure:
        await provider.ice_servers(now=NOW)
    await provider.close()

    assert failure.value.cause is MintCause.OUTSIDE_REGION


async def test_p_42_a_start_outside_the_eu_is_refused() -> None:
    twilio = TwilioSettings(SID, SECRET, region=Region.GLOBAL)
    with pytest.raises(RelayError) as refused:
        from_settings(RelaySettings(twilio=twilio), bytes, resolve=resolver({}))
    assert refused.value.code is Fault.REGION_GLOBAL

    us1 = resolver({"de1.turn.twilio.com": ["34.203.254.1"]})
    (provider,) = from_settings(
        RelaySettings(twilio=TwilioSettings(SID, SECRET, region=Region.DE1)), bytes, resolve=us1
    )
    with pytest.raises(RelayError) as refused:
        await provider.start()
    assert refused.value.code is Fault.REGION_ADDRESS


@pytest.mark.coturn
@pytest.mark.slow
async def test_p_02_an_allocation_is_deleted_with_its_call_where_the_provider_can(tmp_path: Path) -> None:
    with running_coturn(tmp_path, loopback_peers=False, command_line=True) as coturn:
        provider = coturn.provider()
        server = (await provider.ice_servers(now=time.time())).servers[-1]
        transport, client = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: turn.TurnClientUdpProtocol(
                (coturn.address, coturn.port), server.username, server.credential, 600, 500
            ),
            remote_addr=(coturn.address, coturn.port),
        )
        await client.connect()
        assert client.refresh_task is not None
        client.refresh_task.cancel()

        assert provider.ends_allocations
        assert await provider.end([str(server.username)])

        assert await coturn.cli().end([str(server.username)]) == 0
        transport.close()


async def test_p_02_a_credential_ends_within_120_seconds_at_coturn_and_says_so_elsewhere(twilio: FakeTwilio) -> None:
    (coturn,) = from_settings(RelaySettings(turn_hosts=["turn:a.example.org"], turn_secret="0" * 32), bytes)
    assert (await coturn.ice_servers(now=NOW)).expires_at <= NOW + 120

    provider = twilio.provider()
    assert not provider.ends_allocations
    assert not await provider.end(["anybody"])
    await provider.close()
