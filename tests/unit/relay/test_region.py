"""Relays are held to the EU: by name, by address, and by saying no to what can't be told."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import Fault, MintCause, ProviderError, RelayError
from relay.ice import IceUrl
from relay.region import RANGES, Region, RegionPin
from tests.twilio import resolver

HOST = "ie1.turn.twilio.com"


def pin(*addresses: str, region: Region = Region.IE1) -> RegionPin:
    return RegionPin(region, resolver({HOST: list(addresses)}))


async def refusal(pinned: RegionPin, *hosts: str) -> MintCause:
    with pytest.raises(ProviderError) as failure:
        await pinned.check(hosts or [HOST])
    return failure.value.cause


@pytest.mark.parametrize("host", ["global.turn.twilio.com", "us1.turn.twilio.com", "ie1.turn.twilio.com"])
def test_every_twilio_name_becomes_the_regions_own(host: str) -> None:
    assert str(pin().rewritten(IceUrl.parse(f"turns:{host}:443"))) == "turns:ie1.turn.twilio.com:443?transport=tcp"


@pytest.mark.parametrize(
    "host", ["turn.twilio.com", "turn.example.org", "a.turn.twilio.com.example.org", "203.0.113.1"]
)
def test_a_host_of_no_known_region_is_not_used(host: str) -> None:
    with pytest.raises(ProviderError) as failure:
        pin().rewritten(IceUrl.parse(f"turn:{host}"))

    assert failure.value.cause is MintCause.OUTSIDE_REGION


@given(st.sampled_from([Region.IE1, Region.DE1]), st.data())
async def test_every_published_address_is_inside_and_its_neighbours_are_not(
    region: Region, data: st.DataObject
) -> None:
    network = data.draw(st.sampled_from(RANGES[region]))
    inside = network[data.draw(st.integers(0, network.num_addresses - 1))]
    await pin(str(inside), region=region).check([HOST])

    outside = data.draw(st.sampled_from([network[0] - 1, network[-1] + 1]))
    if not any(outside in other for other in RANGES[region]):
        assert await refusal(pin(str(inside), str(outside), region=region)) is MintCause.OUTSIDE_REGION


@pytest.mark.parametrize("address", ["34.203.254.1", "10.0.0.1", "2a05:d018::1", "::ffff:52.215.253.1", "nowhere"])
async def test_one_address_elsewhere_is_enough_to_refuse(address: str) -> None:
    assert await refusal(pin("52.215.253.1", address)) is MintCause.OUTSIDE_REGION


async def test_germany_is_not_ireland() -> None:
    assert await refusal(pin("52.59.186.1")) is MintCause.OUTSIDE_REGION


async def test_a_name_without_addresses_or_without_an_answer_is_refused() -> None:
    assert await refusal(pin()) is MintCause.OUTSIDE_REGION
    assert await refusal(pin("52.215.253.1"), "ie1.stun.twilio.com") is MintCause.UNREACHABLE


async def test_the_whole_world_is_refused_unless_it_is_allowed_by_name() -> None:
    with pytest.raises(RelayError) as broken:
        RegionPin(Region.GLOBAL, resolver({}))
    assert broken.value.code is Fault.REGION_GLOBAL

    anywhere = RegionPin(Region.GLOBAL, resolver({}), allow_global=True)
    url = IceUrl.parse("turn:global.turn.twilio.com")
    assert anywhere.rewritten(url) == url
    await anywhere.check([url.host])


def test_the_ranges_are_those_that_are_published() -> None:
    assert {str(network) for network in RANGES[Region.IE1]} == {
        "52.215.253.0/26",
        "54.171.127.192/26",
        "52.215.127.0/24",
        "3.249.63.128/25",
    }
    assert {str(network) for network in RANGES[Region.DE1]} == {
        "52.59.186.0/27",
        "18.195.48.224/27",
        "18.156.18.128/25",
    }
    assert all(ip_network(network).is_global for networks in RANGES.values() for network in networks)
