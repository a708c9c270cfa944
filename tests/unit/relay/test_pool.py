"""ICE servers fetched ahead: calls never wait, names never repeat, and a provider that fails is left in peace."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from relay.errors import MintCause, ProviderError
from relay.events import Duty, Fell, RelayEvent, Rose, Stumbled
from relay.pool import AT_ONCE, LARGEST, LEFT_SECONDS, Pool
from relay.provider import ProviderName
from tests.clock import ManualClock
from tests.providers import HandProvider, at_once, until


class Ward:
    """A pool with its provider, its clock, and what it told."""

    def __init__(self, size: int = 8) -> None:
        self.clock = ManualClock()
        self.provider = HandProvider()
        self.told: list[RelayEvent] = []
        self.pool = Pool(self.provider, clock=self.clock.now, tell=self.told.append, size=size)

    def take(self) -> str:
        """The user name of what a call gets; it never waits."""
        return str(at_once(self.pool.ice_servers(now=self.clock.now())).servers[0].username)

    def take_all(self) -> list[str]:
        names = []
        while len(self.pool):
            names.append(self.take())
        return names


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    one = Ward()
    yield one
    one.provider.gate.set()
    await one.pool.close()


async def test_a_call_takes_what_was_fetched_before_it(ward: Ward) -> None:
    await ward.pool.refill()

    assert ward.provider.asked == 8
    assert ward.take() == "twilio00001"
    assert ward.provider.asked == 8


async def test_an_empty_pool_says_so_at_once(ward: Ward) -> None:
    with pytest.raises(ProviderError) as failure:
        ward.take()

    assert failure.value.cause is MintCause.POOL_EMPTY


async def test_a_pool_never_holds_more_than_64() -> None:
    greedy = Ward(size=1000)
    await greedy.pool.refill()

    assert len(greedy.pool) == LARGEST == greedy.provider.asked


async def test_a_thousand_calls_at_once_do_not_wait_for_a_provider_that_answers_in_five_seconds() -> None:
    ward = Ward(size=LARGEST)
    await ward.pool.refill()
    ward.provider.gate.clear()  # from now on it is slow
    names: list[str] = []
    misses = 0
    began = time.perf_counter()
    for _ in range(1000):
        try:
            names.append(ward.take())
        except ProviderError:
            misses += 1
    took = time.perf_counter() - began
    refilling = asyncio.create_task(ward.pool.refill())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert len(set(names)) == LARGEST
    assert misses == 1000 - LARGEST
    assert took < 1
    assert ward.provider.at_once == AT_ONCE, "however many calls came, a few requests are on their way"
    ward.clock.advance(5)
    ward.provider.gate.set()
    await refilling
    assert len(ward.pool) == LARGEST


async def test_two_refills_at_once_are_one(ward: Ward) -> None:
    await asyncio.gather(*(ward.pool.refill() for _ in range(20)))

    assert ward.provider.asked == 8
    assert ward.provider.most_at_once <= AT_ONCE


async def test_no_two_calls_get_the_same_name(ward: Ward) -> None:
    names: list[str] = []
    for _ in range(10):
        await ward.pool.refill()
        names += [ward.take() for _ in range(5)]

    assert len(set(names)) == 50


async def test_a_name_that_comes_twice_is_not_handed_out_twice(ward: Ward) -> None:
    ward.provider.repeats = True
    for _ in range(4):
        await ward.pool.refill()
        ward.clock.advance(5)

    assert ward.take_all() == ["twilio00000"]
    await ward.pool.refill()
    assert len(ward.pool) == 0, "it is remembered after it was handed out"
    assert ward.told == [Fell(ProviderName.TWILIO, Duty.MINTING, MintCause.REPEATED)]


async def test_what_is_past_its_half_life_is_replaced(ward: Ward) -> None:
    await ward.pool.refill()
    ward.clock.advance(299)
    await ward.pool.refill()
    assert ward.provider.asked == 8

    ward.clock.advance(2)
    await ward.pool.refill()

    assert (ward.provider.asked, len(ward.pool)) == (16, 8)
    assert ward.take() == "twilio00009"


async def test_while_the_provider_fails_what_is_old_still_serves_until_it_is_too_old(ward: Ward) -> None:
    await ward.pool.refill()
    ward.provider.fails(MintCause.SERVER_FAULT)
    ward.clock.advance(600 - LEFT_SECONDS)
    await ward.pool.refill()

    assert ward.take().startswith("twilio0000")

    ward.clock.advance(1)
    with pytest.raises(ProviderError):
        ward.take()


async def test_a_provider_that_fails_is_told_of_once_and_when_it_is_back(ward: Ward) -> None:
    ward.provider.fails(MintCause.TIMEOUT)
    for _ in range(40):
        await ward.pool.refill()
        ward.clock.advance(10)
    assert ward.told == [Fell(ProviderName.TWILIO, Duty.MINTING, MintCause.TIMEOUT)]
    asked = ward.provider.asked
    assert asked < 12, "it is left in peace"

    ward.provider.fails(None)
    ward.clock.advance(300)
    await ward.pool.refill()

    assert ward.told[1:] == [Rose(ProviderName.TWILIO, Duty.MINTING)]
    assert len(ward.pool) == 8


async def test_a_provider_that_is_back_is_tried_by_one_request_first(ward: Ward) -> None:
    ward.provider.fails(MintCause.UNREACHABLE)
    await ward.pool.refill()
    asked = ward.provider.asked
    ward.clock.advance(300)

    await ward.pool.refill()

    assert ward.provider.asked == asked + 1


async def test_a_key_that_is_refused_is_told_of_at_once(ward: Ward) -> None:
    ward.provider.fails(MintCause.REFUSED)

    await ward.pool.refill()

    assert ward.told == [Fell(ProviderName.TWILIO, Duty.MINTING, MintCause.REFUSED)]


async def test_a_provider_that_asks_for_a_pause_gets_it(ward: Ward) -> None:
    ward.provider.fails(MintCause.RATE_LIMITED, retry_after_seconds=120)
    await ward.pool.refill()
    asked = ward.provider.asked

    ward.clock.advance(119)
    await ward.pool.refill()
    assert ward.provider.asked == asked

    ward.clock.advance(1)
    await ward.pool.refill()
    assert ward.provider.asked > asked


async def test_the_pool_fills_by_itself_and_again_when_calls_take_from_it(ward: Ward) -> None:
    await ward.pool.start()
    assert ward.provider.is_started
    await until(lambda: len(ward.pool) == 8)
    for _ in range(3):
        ward.take()
    await until(lambda: ward.provider.asked == 11)


async def test_a_fault_of_ours_does_not_end_the_fetching(ward: Ward) -> None:
    ward.provider.failure = KeyError("ours")
    await ward.pool.start()
    await until(lambda: bool(ward.told))
    assert isinstance(ward.told[0], Stumbled)

    ward.provider.failure = None
    ward.clock.advance(10)
    ward.pool._wanted.set()

    await until(lambda: len(ward.pool) == 8)


async def test_at_the_end_nothing_is_left(ward: Ward) -> None:
    await ward.pool.start()
    await until(lambda: len(ward.pool) == 8)
    ward.take()
    ward.provider.gate.clear()

    await ward.pool.close()

    assert len(ward.pool) == 0
    assert not ward.pool._names._until
    assert ward.provider.is_closed
    ward.provider.gate.set()
    await asyncio.sleep(0)
    assert len(ward.pool) == 0, "an answer that was on its way is not kept"
