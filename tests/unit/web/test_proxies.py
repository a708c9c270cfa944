"""Whose address counts: a header is believed only from the operator's own proxies."""

from ipaddress import ip_network
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from signalling.web.proxies import Proxies

TRUSTED = Proxies([ip_network("10.0.0.0/8"), ip_network("fd00::/8")])


def address(proxies: Proxies, peer: Any, *forwarded: str) -> str | None:
    transport = Mock()
    transport.get_extra_info = lambda name, default=None: peer if name == "peername" else default
    headers = CIMultiDict([("X-Forwarded-For", value) for value in forwarded])
    return proxies.client_address(make_mocked_request("GET", "/", headers=headers, transport=transport))


def test_without_trusted_proxies_the_header_is_not_believed() -> None:
    assert address(Proxies(), ("192.0.2.1", 1), "203.0.113.9") == "192.0.2.1"


def test_a_client_that_reaches_us_itself_cannot_pretend_to_be_another() -> None:
    assert address(TRUSTED, ("192.0.2.1", 1), "203.0.113.9", "10.0.0.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, 10.0.0.7"], "203.0.113.9"),
        (["198.51.100.66, 203.0.113.9"], "203.0.113.9"),
        (["198.51.100.66", "203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, 10.1.1.1,10.0.0.7"], "203.0.113.9"),
        (["198.51.100.66, nonsense"], "nonsense"),
        ([], "10.0.0.2"),
        ([""], "10.0.0.2"),
        (["10.0.0.9"], "10.0.0.9"),
    ],
)
def test_behind_our_proxy_the_nearest_foreign_hop_counts(forwarded: list[str], counted: str) -> None:
    """What stands further left was written by whoever wanted to: 198.51.100.66 is a pretence."""
    assert address(TRUSTED, ("10.0.0.2", 1), *forwarded) == counted


def test_a_proxy_is_known_in_ipv6_too() -> None:
    assert address(TRUSTED, ("fd00::2", 1, 0, 0), "2001:db8::1") == "2001:db8::1"
    assert address(TRUSTED, ("::ffff:10.0.0.2", 1, 0, 0), "2001:db8::1") == "2001:db8::1"


def test_a_request_without_an_address_has_none() -> None:
    assert address(TRUSTED, None, "203.0.113.9") is None
