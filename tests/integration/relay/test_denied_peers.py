"""The shipped profile opens no way into a private network: a real coturn refuses every special-purpose address."""

import ipaddress
import re
import time
from pathlib import Path
from typing import Final

import pytest

from tests.coturn import START
from tests.integration.relay.conftest import Neighbourhood
from tests.integration.relay.turn_client import OK, allocated

pytestmark = [pytest.mark.coturn, pytest.mark.root, pytest.mark.slow]
FORBIDDEN: Final = 403
OTHER_FAMILY: Final = 443
PROFILE: Final = Path(START).with_name("turnserver.conf")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

WELL_KNOWN: Final = [
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",  # where clouds tell a machine its secrets
    "172.16.0.1",
    "192.168.1.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "198.51.100.2",  # the home in this very test: documentation addresses are special-purpose too
    "::",
    "::1",
    "::10.1.2.3",
    "::ffff:10.1.2.3",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:224.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::a01:203",
    "100::1",
    "2001:0:a01:203::1",
    "2002:a9fe:a9fe::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


def denied_ranges() -> list[tuple[Address, Address]]:
    pairs = re.findall(r"^denied-peer-ip=([0-9a-f.:]+)-([0-9a-f.:]+)$", PROFILE.read_text(), re.MULTILINE)
    return [(ipaddress.ip_address(first), ipaddress.ip_address(last)) for first, last in pairs]


def just_outside() -> list[Address]:
    """Addresses next to a denied range that anybody may own."""
    ranges = denied_ranges()
    edges = [first - 1 for first, _ in ranges if int(first) > 0]
    edges += [last + 1 for _, last in ranges if int(last) < 2**last.max_prefixlen - 1]
    denied = [(first, last) for first, last in ranges]
    return [
        edge
        for edge in edges
        if int(edge) > 0 and not any(a.version == edge.version and int(a) <= int(edge) <= int(b) for a, b in denied)
    ]


@pytest.mark.parametrize("peer", WELL_KNOWN)
async def test_no_private_or_special_address_can_be_reached_through_the_relay(
    neighbourhood: Neighbourhood, peer: str
) -> None:
    answers = await _permissions(neighbourhood, [peer])

    family = ipaddress.ip_address(peer).version
    assert answers[4, peer] == (FORBIDDEN if family == 4 else OTHER_FAMILY)
    assert answers[6, peer] == (FORBIDDEN if family == 6 else OTHER_FAMILY)


async def test_both_ends_of_every_denied_range_are_denied(neighbourhood: Neighbourhood) -> None:
    edges = [str(edge) for pair in denied_ranges() for edge in pair]

    answers = await _permissions(neighbourhood, edges)

    allowed = {peer for (_, peer), answer in answers.items() if answer not in {FORBIDDEN, OTHER_FAMILY}}
    assert edges
    assert not allowed


async def test_ordinary_addresses_next_to_denied_ranges_are_allowed(neighbourhood: Neighbourhood) -> None:
    neighbours = [str(address) for address in just_outside()]

    answers = await _permissions(neighbourhood, neighbours)

    refused = [peer for peer in neighbours if OK not in {answers[4, peer], answers[6, peer]}]
    assert {ipaddress.ip_address(peer).version for peer in neighbours} == {4, 6}
    assert not refused


async def test_the_relays_own_addresses_are_allowed(neighbourhood: Neighbourhood) -> None:
    answers = await _permissions(
        neighbourhood, ["203.0.113.10", "2001:db8:113::10", "203.0.113.11", "2001:db8:113::11"]
    )

    assert answers[4, "203.0.113.10"] == OK
    assert answers[6, "2001:db8:113::10"] == OK
    assert answers[4, "203.0.113.11"] == FORBIDDEN
    assert answers[6, "2001:db8:113::11"] == FORBIDDEN


async def _permissions(neighbourhood: Neighbourhood, peers: list[str]) -> dict[tuple[int, str], int]:
    """What an IPv4 and an IPv6 allocation say to each peer. A permission is asked for; no packet is sent."""
    answers: dict[tuple[int, str], int] = {}
    for family in (4, 6):
        minted = await neighbourhood.coturn.provider().ice_servers(now=time.time())
        async with allocated(neighbourhood.home, minted.servers[-1], family) as client:
            for peer in peers:
                answers[family, peer] = await client.permit(peer)
    return answers
