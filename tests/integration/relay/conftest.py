"""A relay between two hosts that can reach it and not each other, on addresses that look public."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from client_sim.authority import Certificate, certify
from client_sim.netns import Namespace
from tests.coturn import Coturn, running_coturn


@dataclass(frozen=True)
class Neighbourhood:
    """A relay with an IPv4 and an IPv6 address, a home and a school, and who vouches for the relay's certificate."""

    relay: Namespace
    home: Namespace
    school: Namespace
    coturn: Coturn
    certificate: Certificate


@pytest.fixture(scope="package")
def neighbourhood(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbourhood]:
    directory = tmp_path_factory.mktemp("relay")
    certificate = certify(directory, "203.0.113.10")
    with Namespace("relay") as relay, Namespace("home") as home, Namespace("school") as school:
        relay.address("203.0.113.10/32")
        relay.address("2001:db8:113::10/128")
        for host, network in ((home, "198.51.100.0"), (school, "198.51.100.4")):
            here, there = (f"198.51.100.{int(network.rpartition('.')[2]) + offset}" for offset in (1, 2))
            relay.link(host, f"{here}/30", f"{there}/30")
            host.route("default", here)
        addresses = "203.0.113.10,2001:db8:113::10"
        with running_coturn(directory, namespace=relay, address=addresses, certificate=certificate) as coturn:
            yield Neighbourhood(relay, home, school, coturn, certificate)
