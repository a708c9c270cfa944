"""Which provider serves a call: the first that can, with the next one in reserve; and whoever fails is told of once."""

import math
import secrets
from collections.abc import Sequence

import pytest

from relay.errors import Fault, MintCause, RelayError
from relay.events import Duty, Fell, NobodyLeft, RelayEvent, Rose, SomebodyBack
from relay.failover import NOTHING_SECONDS, Failover
from relay.ice import IceServer
from relay.pool import Pool
from relay.probe import Cause
from relay.provider import Minted, Provider, ProviderName
from relay.providers.coturn import CoturnProvider
from relay.providers.static import StaticProvider
from tests.clock import ManualClock
from tests.providers import HandProvider, at_once

SECRET = "0123456789abcdef0123456789abcdef"
COTURN_SECONDS = 120


class Ward:
    """Twilio first, coturn next, unless told otherwise."""

    def __init__(self, providers: Sequence[Provider] | None = None) -> None:
        self.clock = ManualClock()
        self.twilio = HandProvider()
        self.coturn = CoturnProvider(["turn:coturn.example.org"], SECRET, secrets.token_bytes)
        self.told: list[RelayEvent] = []
        self.relays = Failover(
            providers or [self.twilio, self.coturn], clock=self.clock.now, tell=self.told.append, pool_size=4
        )

    async def fill(self) -> None:
        """Let the pools fetch."""
        for provider in self.relays.providers:
            if isinstance(provider, Pool):
                await provider.refill()

    def mint(self) -> Minted:
        """What a call gets, without waiting."""
        return at_once(self.relays.ice_servers(now=self.clock.now()))

    def hosts(self) -> list[str]:
        """The relays that a call is given, in order."""
        return [url.host.partition(".")[0] for server in self.mint().servers for url in server.parsed() if url.is_turn]


async def test_a_call_gets_the_first_provider_and_the_next_one_in_reserve() -> None:
    ward = Ward()
    await ward.fill()

    minted = ward.mint()

    names = [server.username for server in minted.servers if server.username]
    assert names[0] == "twilio00001"
    assert [url.host for server in minted.servers for url in server.parsed()] == [
        "twilio.example.org",
        "coturn.example.org",
        "coturn.example.org",
    ]
    assert minted.expires_at == ward.clock.now() + COTURN_SECONDS, "it is good as long as all of it is"


async def test_the_rest_of_a_thousand_calls_is_served_by_the_next_provider_without_waiting() -> None:
    ward = Ward()
    await ward.fill()
    ward.twilio.gate.clear()  # it answers in five seconds, which nobody has

    first = [ward.hosts()[0] for _ in range(1000)]

    assert first[:4] == ["twilio"] * 4
    assert first[4:] == ["coturn"] * 996


@pytest.mark.parametrize("cause", [cause for cause in MintCause if cause is not MintCause.POOL_EMPTY])
async def test_whatever_is_wrong_with_one_provider_calls_go_on_by_the_other(cause: MintCause) -> None:
    ward = Ward()
    ward.twilio.fails(cause)
    for _ in range(5):
        await ward.fill()
        ward.clock.advance(10)

    assert ward.hosts() == ["coturn"]
    assert ward.told == [Fell(ProviderName.TWILIO, Duty.MINTING, cause)]


async def test_a_provider_whose_relays_are_dead_is_passed_over_until_they_carry_again() -> None:
    ward = Ward()
    await ward.fill()

    ward.relays.judge(ProviderName.TWILIO, Cause.TURN_UNREACHABLE)
    ward.relays.judge(ProviderName.TWILIO, Cause.TURN_UNREACHABLE)
    assert ward.hosts() == ["coturn"]
    ward.relays.judge(ProviderName.TWILIO, None)
    assert ward.hosts() == ["twilio", "coturn"]

    assert ward.told == [
        Fell(ProviderName.TWILIO, Duty.RELAYING, Cause.TURN_UNREACHABLE),
        Rose(ProviderName.TWILIO, Duty.RELAYING),
    ]


async def test_relays_that_seem_dead_are_better_than_none() -> None:
    ward = Ward()
    await ward.fill()
    for name in (ProviderName.TWILIO, ProviderName.COTURN):
        ward.relays.judge(name, Cause.RELAY_DEAD)

    assert ward.hosts() == ["twilio"]


async def test_nobody_left_is_told_once_and_lasts_a_moment() -> None:
    ward = Ward([HandProvider()])

    minted = [ward.mint() for _ in range(3)][-1]
    assert (minted.servers, minted.expires_at) == ((), ward.clock.now() + NOTHING_SECONDS)
    await ward.fill()
    assert ward.hosts() == ["twilio"]

    assert ward.told == [NobodyLeft(), SomebodyBack()]


async def test_an_operator_without_relays_is_nobodys_alarm() -> None:
    ward = Ward([StaticProvider()])

    assert ward.mint() == Minted((), math.inf)
    assert ward.told == []


async def test_no_more_than_one_reserve_goes_along() -> None:
    third = StaticProvider([IceServer(("turn:third.example.org",), "name", "word")])
    ward = Ward([CoturnProvider(["turn:a.example.org"], SECRET, bytes), HandProvider(), third])
    await ward.fill()

    assert ward.hosts() == ["a", "twilio"]


async def test_a_provider_that_may_not_start_stops_the_start_and_leaves_nothing_running() -> None:
    class Astray(HandProvider):
        async def start(self) -> None:
            raise RelayError(Fault.REGION_ADDRESS)

    first, astray = HandProvider(), Astray(ProviderName.COTURN)
    ward = Ward([first, astray])

    with pytest.raises(RelayError):
        await ward.relays.start()

    assert first.is_closed
    assert astray.is_closed


async def test_ending_goes_to_those_that_can() -> None:
    class Ending(HandProvider):
        ends_allocations = True  # type: ignore[misc]

    able, unable = Ending(ProviderName.COTURN), HandProvider()
    ward = Ward([unable, able])

    await ward.relays.end(["a", "b"])

    assert (able.ended, unable.ended) == (["a", "b"], [])
    assert ward.relays.ends_allocations
