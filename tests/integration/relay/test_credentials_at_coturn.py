"""What coturn makes of credentials: good until they die, bounded while they live, and refused in every other case."""

import contextlib
import secrets
import time
from typing import Final

import pytest

from relay.credentials import turn_credential, turn_tag, turn_username
from relay.ice import IceServer, Transport
from tests.integration.relay.conftest import Neighbourhood
from tests.integration.relay.turn_client import MISMATCH, OK, connected

pytestmark = [pytest.mark.coturn, pytest.mark.root, pytest.mark.slow]
UNAUTHORISED: Final = 401
QUOTA_REACHED: Final = 486
USER_QUOTA: Final = 12
ALLOCATION_SECONDS: Final = 120


async def test_a_minted_credential_opens_an_allocation_of_two_minutes(neighbourhood: Neighbourhood) -> None:
    minted = await neighbourhood.coturn.provider().ice_servers(now=time.time())

    async with connected(neighbourhood.home, minted.servers[-1]) as client:
        assert await client.allocate(4) == OK
        assert client.lifetime_seconds == ALLOCATION_SECONDS


async def test_an_expired_credential_is_refused(neighbourhood: Neighbourhood) -> None:
    minted = await neighbourhood.coturn.provider(lifetime_seconds=60).ice_servers(now=time.time() - 61)

    assert await _allocated(neighbourhood, minted.servers[-1]) == UNAUTHORISED


async def test_a_credential_made_with_another_secret_is_refused(neighbourhood: Neighbourhood) -> None:
    username = turn_username(turn_tag(secrets.token_bytes), now=time.time(), lifetime_seconds=60)
    forged = _server(neighbourhood, username, turn_credential(secrets.token_hex(32), username))

    assert await _allocated(neighbourhood, forged) == UNAUTHORISED


@pytest.mark.parametrize("username", ["notadate", "tag12345:9999999999", "0:tag12345", ":tag12345"])
async def test_a_credential_without_a_date_to_come_is_refused(neighbourhood: Neighbourhood, username: str) -> None:
    undated = _server(neighbourhood, username, turn_credential(neighbourhood.coturn.secret, username))

    assert await _allocated(neighbourhood, undated) == UNAUTHORISED


async def test_a_credential_with_its_date_moved_on_is_refused(neighbourhood: Neighbourhood) -> None:
    minted = await neighbourhood.coturn.provider().ice_servers(now=time.time())
    dated, _, tag = str(minted.servers[-1].username).partition(":")
    moved = _server(neighbourhood, f"{int(dated) + 3600}:{tag}", str(minted.servers[-1].credential))

    assert await _allocated(neighbourhood, moved) == UNAUTHORISED


async def test_a_credential_that_is_passed_around_is_bounded_by_its_tag(neighbourhood: Neighbourhood) -> None:
    tag = turn_tag(secrets.token_bytes)
    dates = [time.time() + offset for offset in range(USER_QUOTA + 1)]  # a later date does not begin a new count
    async with contextlib.AsyncExitStack() as stack:
        answers = []
        for now in dates:
            username = turn_username(tag, now=now, lifetime_seconds=60)
            server = _server(neighbourhood, username, turn_credential(neighbourhood.coturn.secret, username))
            client = await stack.enter_async_context(connected(neighbourhood.home, server))
            answers.append(await client.allocate(4))

        assert answers == [OK] * USER_QUOTA + [QUOTA_REACHED]
        fresh = await neighbourhood.coturn.provider().ice_servers(now=time.time())
        assert await _allocated(neighbourhood, fresh.servers[-1]) == OK


async def _allocated(neighbourhood: Neighbourhood, server: IceServer) -> int:
    async with connected(neighbourhood.home, server) as client:
        return await client.allocate(4)


def _server(neighbourhood: Neighbourhood, username: str, credential: str) -> IceServer:
    return IceServer((neighbourhood.coturn.url(Transport.UDP),), username, credential)


async def test_a_credential_for_another_realm_is_refused(neighbourhood: Neighbourhood) -> None:
    minted = await neighbourhood.coturn.provider().ice_servers(now=time.time())

    async with connected(neighbourhood.home, minted.servers[-1]) as client:
        assert await client.allocate_in("turn.example.org") == OK, "by hand it is the same request"
    async with connected(neighbourhood.home, minted.servers[-1]) as client:
        assert await client.allocate_in("other.example.org") == MISMATCH
