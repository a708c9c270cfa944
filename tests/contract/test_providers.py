"""What every relay provider promises. A new one joins by a line in `PROVIDERS`."""

import math
import secrets
from collections.abc import AsyncIterator, Callable

import pytest

from relay.credentials import turn_credential
from relay.errors import Fault, RelayError
from relay.events import RelayEvent
from relay.failover import Failover
from relay.ice import IceServer, IceUrl
from relay.pool import Pool
from relay.provider import Provider
from relay.providers import RelaySettings, from_settings
from relay.providers.coturn import CoturnProvider
from relay.providers.static import StaticProvider
from relay.region import Region
from tests.twilio import SECRET as TWILIO_SECRET
from tests.twilio import fake_twilio

NOW = 1_700_000_000.5
SECRET = "0123456789abcdef0123456789abcdef"
HOSTS = (
    "turns:a.example.org:443",
    "turn:a.example.org?transport=tcp",
    "turn:a.example.org",
    "turn:b.example.org:3479",
    "turn:a.example.org:3478",
)
FIXED = (IceServer(("turn:c.example.org", "stun:c.example.org"), "name", "word"), IceServer(("stun:d.example.org",)))

PROVIDERS: dict[str, Callable[[], Provider]] = {
    "coturn": lambda: CoturnProvider(HOSTS, SECRET, secrets.token_bytes),
    "coturn, one host": lambda: CoturnProvider(HOSTS[:1], SECRET, secrets.token_bytes, lifetime_seconds=600),
    "static": lambda: StaticProvider(FIXED),
    "static, none": StaticProvider,
}
REMOTE = ("twilio", "twilio, fetched ahead", "twilio, with coturn in reserve")


def _quietly(event: RelayEvent) -> None:
    raise AssertionError(event)


@pytest.fixture(params=[*PROVIDERS, *REMOTE])
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    if request.param in REMOTE:
        async with fake_twilio() as fake:
            fake.hosts = ("stun.example.org", "turn.example.org")
            provider: Provider = fake.provider(region=Region.GLOBAL)
            if request.param != "twilio":
                pool = Pool(provider, clock=lambda: NOW, tell=_quietly, size=64)
                await pool.refill()
                provider = pool
            if "reserve" in request.param:
                provider = Failover([provider, PROVIDERS["coturn"]()], clock=lambda: NOW, tell=_quietly)
            yield provider
            await provider.close()
        return
    provider = PROVIDERS[request.param]()
    await provider.start()
    yield provider
    await provider.close()


async def test_what_is_minted_allocates_until_it_expires_and_no_longer_than_promised(provider: Provider) -> None:
    minted = await provider.ice_servers(now=NOW)

    assert NOW < minted.expires_at <= NOW + provider.lifetime_seconds


async def test_no_two_mintings_share_a_name_unless_it_never_expires(provider: Provider) -> None:
    minted = [await provider.ice_servers(now=NOW) for _ in range(50)]

    names = [server.username for one in minted for server in one.servers if server.username]
    assert len(set(names)) == len(names) or math.isinf(provider.lifetime_seconds)


async def test_the_first_relay_that_aiortc_would_take_is_the_one_with_least_delay(provider: Provider) -> None:
    minted = await provider.ice_servers(now=NOW)

    ranks = [url.transport for server in minted.servers for url in server.parsed() if url.is_turn]
    assert not ranks or ranks[0] == min(ranks, key=["udp", "tcp", "tls"].index)


async def test_no_server_of_anybody_else_is_ever_named(provider: Provider) -> None:
    minted = await provider.ice_servers(now=NOW)

    hosts = {url.host for server in minted.servers for url in server.parsed()}
    assert all(host.endswith(".example.org") for host in hosts)


async def test_a_provider_says_what_it_is_and_prints_no_secret(provider: Provider) -> None:
    minted = await provider.ice_servers(now=NOW)

    assert provider.name.isidentifier()
    assert provider.ends_allocations in {True, False}
    hidden = {SECRET, TWILIO_SECRET} | {
        part for server in minted.servers for part in (server.username, server.credential) if part
    }
    assert not any(word in repr(provider) + str(provider) + repr(minted) for word in hidden)


async def test_ending_what_was_never_allocated_is_no_mistake(provider: Provider) -> None:
    await provider.end(["1700000120:AAAAAAAAAAAAAAAA"])


async def test_coturn_is_given_every_host_with_one_dated_credential() -> None:
    minted = await CoturnProvider(HOSTS, SECRET, bytes).ice_servers(now=NOW)

    stun, turn = minted.servers
    assert stun.urls == ("stun:a.example.org:3478", "stun:b.example.org:3479")
    assert {IceUrl.parse(url) for url in turn.urls} == {IceUrl.parse(host) for host in HOSTS}
    assert turn.username == "1700000120:AAAAAAAAAAAAAAAA"
    assert turn.credential == turn_credential(SECRET, "1700000120:AAAAAAAAAAAAAAAA")
    assert minted.expires_at == 1_700_000_120


async def test_a_stun_server_that_is_named_goes_before_those_that_coturn_implies() -> None:
    hosts = ("turn:a.example.org", "stun:b.example.org", "stun:a.example.org:3478")

    minted = await CoturnProvider(hosts, SECRET, bytes).ice_servers(now=NOW)

    assert minted.servers[0].urls == ("stun:b.example.org:3478", "stun:a.example.org:3478")
    assert minted.servers[1].urls == ("turn:a.example.org:3478?transport=udp",)


async def test_stun_alone_needs_no_secret() -> None:
    (provider,) = from_settings(RelaySettings(turn_hosts=("stun:a.example.org",)), secrets.token_bytes)

    assert [server.urls for server in (await provider.ice_servers(now=NOW)).servers] == [("stun:a.example.org",)]


async def test_fixed_servers_come_as_they_were_given() -> None:
    minted = await StaticProvider(FIXED).ice_servers(now=NOW)

    assert set(minted.servers) == set(FIXED)
    assert (await StaticProvider().ice_servers(now=NOW)).servers == ()


@pytest.mark.parametrize("hosts", [(), ("stun:a.example.org",)])
def test_coturn_without_a_relay_is_a_mistake(hosts: tuple[str, ...]) -> None:
    with pytest.raises(RelayError) as refusal:
        CoturnProvider(hosts, SECRET, secrets.token_bytes)

    assert refusal.value.code is Fault.TURN_HOSTS


def test_the_settings_choose_the_provider() -> None:
    settings = RelaySettings(turn_hosts=HOSTS, turn_secret=SECRET, lifetime_seconds=60)
    (coturn,) = from_settings(settings, secrets.token_bytes)

    assert (coturn.name, coturn.lifetime_seconds) == ("coturn", 60)
    assert [one.name for one in from_settings(RelaySettings(fixed=FIXED), secrets.token_bytes)] == ["static"]
    assert [one.name for one in from_settings(RelaySettings(), secrets.token_bytes)] == ["static"]
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (RelaySettings(turn_hosts=HOSTS), Fault.TURN_SECRET),
        (RelaySettings(turn_hosts=HOSTS, turn_secret="short"), Fault.TURN_SECRET),
        (RelaySettings(turn_hosts=HOSTS, turn_secret=SECRET, lifetime_seconds=1), Fault.TURN_LIFETIME),
        (RelaySettings(turn_hosts=HOSTS, turn_secret=SECRET, fixed=FIXED), Fault.PROVIDER_AMBIGUOUS),
    ],
)
def test_settings_that_mean_nothing_or_two_things_are_refused(settings: RelaySettings, fault: Fault) -> None:
    with pytest.raises(RelayError) as refusal:
        from_settings(settings, secrets.token_bytes)

    assert refusal.value.code is fault
