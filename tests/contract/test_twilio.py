"""Tokens from Twilio: what is sent, what is made of the answer, and that each way to fail has its own word."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator

import pytest

from relay.errors import Fault, MintCause, ProviderError, RelayError
from relay.ice import Transport
from relay.providers.twilio import TwilioAccount, TwilioProvider
from relay.region import Region, RegionPin
from tests.twilio import SECRET, SID, FakeTwilio, breaks_off, fake_twilio, hangs_up, resolver, says

NOW = 1_800_000_000.0


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as fake:
        yield fake


async def failure(provider: TwilioProvider) -> ProviderError:
    try:
        with pytest.raises(ProviderError) as raised:
            await provider.ice_servers(now=NOW)
    finally:
        await provider.close()
    return raised.value


async def test_a_token_becomes_relays_of_the_region_on_every_transport(twilio: FakeTwilio) -> None:
    provider = twilio.provider()

    minted = await provider.ice_servers(now=NOW)
    await provider.close()

    stun, turn = minted.servers
    assert stun.urls == ("stun:ie1.stun.twilio.com:3478",)
    assert turn.urls == (
        "turn:ie1.turn.twilio.com:3478?transport=udp",
        "turn:ie1.turn.twilio.com:3478?transport=tcp",
        "turn:ie1.turn.twilio.com:443?transport=tcp",
        "turns:ie1.turn.twilio.com:443?transport=tcp",
    )
    assert minted.expires_at == NOW + 600


async def test_tls_on_443_is_added_because_twilio_does_not_list_it(twilio: FakeTwilio) -> None:
    provider = twilio.provider(region=Region.GLOBAL)

    minted = await provider.ice_servers(now=NOW)
    await provider.close()

    urls = [url for server in minted.servers for url in server.parsed()]
    assert [(url.host, url.port) for url in urls if url.transport is Transport.TLS] == [("global.turn.twilio.com", 443)]


async def test_a_token_lives_as_long_as_twilio_says_and_no_longer_than_was_asked(twilio: FakeTwilio) -> None:
    provider = twilio.provider(lifetime_seconds=300)
    lives = []
    for twilio.ttl in ("86400", "120", None):
        lives.append((await provider.ice_servers(now=NOW)).expires_at - NOW)
    await provider.close()

    assert lives == [300, 120, 300]


async def test_an_api_key_can_ask_instead_of_the_accounts_own_token(twilio: FakeTwilio) -> None:
    provider = twilio.provider(key_sid="SK" + "0" * 32)

    await provider.ice_servers(now=NOW)
    await provider.close()

    assert twilio.asked[0].authorised


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (400, MintCause.REFUSED),
        (401, MintCause.REFUSED),
        (403, MintCause.REFUSED),
        (404, MintCause.REFUSED),
        (429, MintCause.RATE_LIMITED),
        (500, MintCause.SERVER_FAULT),
        (503, MintCause.SERVER_FAULT),
        (302, MintCause.SERVER_FAULT),
    ],
)
async def test_a_refusal_is_told_by_its_status(twilio: FakeTwilio, status: int, cause: MintCause) -> None:
    twilio.fault = says(status, '{"code": 20003, "message": "secret.place"}', Location="http://127.0.0.1:9/")

    raised = await failure(twilio.provider())

    assert raised.cause is cause
    assert "secret.place" not in str(raised)
    assert raised.__context__ is None or "secret.place" not in str(raised.__context__)
    assert len(twilio.asked) == 1


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("99999", 3600), ("Fri, 01 May 2020", None), ("-1", None)])
async def test_how_long_to_leave_it_alone_is_heard(twilio: FakeTwilio, header: str, seconds: float | None) -> None:
    twilio.fault = says(429, Retry_After=header)

    assert (await failure(twilio.provider())).retry_after_seconds == seconds


@pytest.mark.parametrize(
    "text", ["", "<html>", "[]", "null", "7", '"token"', "[" * 40_000, "\udcff", '{"username": "012', "x" * 70_000]
)
async def test_an_answer_that_is_no_token_is_garbage(twilio: FakeTwilio, text: str) -> None:
    twilio.fault = says(201, text.encode(errors="surrogateescape"))

    assert (await failure(twilio.provider())).cause is MintCause.GARBAGE


@pytest.mark.parametrize(
    "changes",
    [
        {"username": None},
        {"ttl": None},
        {"ice_servers": "turn:global.turn.twilio.com"},
        {"ice_servers": []},
        {"ice_servers": [{"urls": "stun:global.stun.twilio.com:3478"}]},
        {"ice_servers": [{"urls": "turn:global.turn.twilio.com"}]},
        {"ice_servers": [{"urls": "turn:global.turn.twilio.com", "username": "", "credential": "b"}]},
    ],
)
async def test_half_an_answer_is_incomplete(twilio: FakeTwilio, changes: dict[str, object]) -> None:
    twilio.changes = changes

    assert (await failure(twilio.provider())).cause is MintCause.INCOMPLETE


@pytest.mark.parametrize(
    "changes",
    [
        {"ttl": "soon"},
        {"ttl": "-5"},
        {"ttl": "0"},
        {"ice_servers": [{"urls": "http://global.turn.twilio.com", "username": "a", "credential": "b"}]},
        {"ice_servers": [{"urls": 7}]},
        {"ice_servers": ["turn:global.turn.twilio.com"]},
        {"ice_servers": [{"urls": "turn:global.turn.twilio.com", "username": "a" * 600, "credential": "b"}]},
    ],
)
async def test_an_answer_with_nonsense_in_it_is_garbage(twilio: FakeTwilio, changes: dict[str, object]) -> None:
    twilio.changes = changes

    assert (await failure(twilio.provider())).cause is MintCause.GARBAGE


async def test_an_answer_that_breaks_off_is_incomplete(twilio: FakeTwilio) -> None:
    twilio.fault = breaks_off

    assert (await failure(twilio.provider())).cause is MintCause.INCOMPLETE


async def test_a_line_that_goes_dead_is_unreachable(twilio: FakeTwilio) -> None:
    twilio.fault = hangs_up
    assert (await failure(twilio.provider())).cause is MintCause.UNREACHABLE

    twilio.url = "http://127.0.0.1:9"
    assert (await failure(twilio.provider())).cause is MintCause.UNREACHABLE


async def test_a_slow_answer_is_not_waited_for_beyond_the_limit(twilio: FakeTwilio) -> None:
    twilio.gate.clear()

    async with asyncio.timeout(4):
        assert (await failure(twilio.provider(timeout_seconds=0.1))).cause is MintCause.TIMEOUT


async def test_a_token_for_elsewhere_is_not_used(twilio: FakeTwilio) -> None:
    twilio.hosts = ("global.stun.twilio.com", "turn.example.org")

    assert (await failure(twilio.provider())).cause is MintCause.OUTSIDE_REGION


async def test_each_mint_looks_where_the_hosts_are_now(twilio: FakeTwilio) -> None:
    addresses = {"ie1.turn.twilio.com": ["52.215.127.8"], "ie1.stun.twilio.com": ["52.215.127.8"]}
    provider = twilio.provider(addresses=addresses)
    await provider.start()
    await provider.ice_servers(now=NOW)

    addresses["ie1.turn.twilio.com"] = ["34.203.254.1"]

    assert (await failure(provider)).cause is MintCause.OUTSIDE_REGION


async def test_a_start_outside_the_region_is_refused_with_the_rule(twilio: FakeTwilio) -> None:
    astray = twilio.provider(addresses={"ie1.turn.twilio.com": ["34.203.254.1"]})

    with pytest.raises(RelayError) as refused:
        await astray.start()

    assert refused.value.code is Fault.REGION_ADDRESS
    assert "34.203" not in str(refused.value)


async def test_a_start_without_a_resolver_goes_on_and_hands_out_nothing(twilio: FakeTwilio) -> None:
    unresolved = twilio.provider(addresses={})

    await unresolved.start()

    assert (await failure(unresolved)).cause is MintCause.UNREACHABLE


async def test_nothing_of_a_request_is_kept_or_logged(twilio: FakeTwilio, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("twilio", "twilio.http_client", "twilio.async_http_client"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    provider = twilio.provider()

    minted = await provider.ice_servers(now=NOW)

    http = provider._http
    assert http is not None
    assert (http._test_only_last_request, http._test_only_last_response) == (None, None)
    assert not [record for record in caplog.records if record.name.startswith("twilio")]
    assert logging.getLogger("twilio.http_client").level == logging.WARNING
    username = minted.servers[-1].username
    del minted
    gc.collect()
    assert not [held for held in gc.get_objects() if isinstance(held, dict) and held.get("username") == username]
    await provider.close()


def test_the_process_environment_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_REGION", "us1")
    monkeypatch.setenv("TWILIO_EDGE", "ashburn")
    provider = TwilioProvider(TwilioAccount(SID, SECRET), RegionPin(Region.DE1, resolver({})))

    async def hostname() -> str:
        client = provider._asked()
        await provider.close()
        return str(client.get_hostname(client.api.base_url))

    assert asyncio.run(hostname()) == "https://api.twilio.com"


@pytest.mark.parametrize(
    ("sid", "secret", "key_sid"),
    [("", SECRET, None), ("AC0", SECRET, None), (SID, "short", None), (SID, SECRET, "SK0"), (SID + "\n", SECRET, None)],
)
def test_an_account_that_can_not_be_is_refused_and_not_repeated(sid: str, secret: str, key_sid: str | None) -> None:
    with pytest.raises(RelayError) as refused:
        TwilioAccount(sid, secret, key_sid)

    assert refused.value.code is Fault.TWILIO_ACCOUNT


def test_an_account_and_its_provider_print_no_secret() -> None:
    account = TwilioAccount(SID, SECRET)
    provider = TwilioProvider(account, RegionPin(Region.IE1, resolver({})))

    assert not any(word in repr(account) + repr(provider) for word in (SID, SECRET))


@pytest.mark.parametrize("url", ["http://api.twilio.com", "ftp://127.0.0.1", "https://", "https://a:b@c.example", ""])
def test_a_token_is_never_sent_in_the_clear(url: str) -> None:
    with pytest.raises(RelayError) as refused:
        TwilioProvider(TwilioAccount(SID, SECRET), RegionPin(Region.IE1, resolver({})), base_url=url)

    assert refused.value.code is Fault.TWILIO_BASE_URL


@pytest.mark.parametrize("seconds", [0, 119, 86_401, float("nan")])
def test_a_lifetime_that_twilio_would_not_give_is_refused(seconds: float) -> None:
    with pytest.raises(RelayError) as refused:
        TwilioProvider(TwilioAccount(SID, SECRET), RegionPin(Region.IE1, resolver({})), lifetime_seconds=seconds)

    assert refused.value.code is Fault.TWILIO_LIFETIME
