"""Processors and relays (P-42, P-44): what Twilio is told, and where media may be relayed."""

from collections.abc import AsyncIterator
from typing import Final

import pytest

from relay.errors import Fault, MintCause, ProviderError, RelayError
from relay.providers import RelaySettings, TwilioSettings, from_settings
from relay.region import Region
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
