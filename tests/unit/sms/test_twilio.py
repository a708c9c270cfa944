"""SMS through Twilio: what is sent, how long it may take, and that nothing of it stays behind."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from twilio.http.request import Request
from twilio.http.response import Response
from twilio.rest import Client

from signalling.sms import twilio
from signalling.sms.port import SmsError, Text
from signalling.sms.twilio import KeyFileError, TwilioSms, read_key_file
from tests.clock import ManualClock
from tests.unit.sms.carrier import ACCOUNT, Carrier, carrying

NUMBER = "+4740612345"
TEXT = Text(NUMBER, "424242")


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    async with carrying() as one:
        yield one


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def pauses() -> list[float]:
    """How long the sender has waited; no time passes."""
    return []


@pytest.fixture
async def sms(carrier: Carrier, clock: ManualClock, pauses: list[float]) -> AsyncIterator[TwilioSms]:
    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    one = TwilioSms(ACCOUNT, clock=clock, address=carrier.address, pause=pause)
    yield one
    await one.close()


async def test_a_text_goes_to_its_number_with_its_body_and_nothing_else(carrier: Carrier, sms: TwilioSms) -> None:
    await sms.send(TEXT)
    assert carrier.taken == [{"To": NUMBER, "Body": "424242", "From": ACCOUNT.sender, "ValidityPeriod": "600"}]


async def test_a_messaging_service_can_be_the_sender(carrier: Carrier, clock: ManualClock) -> None:
    service = "MG" + "2" * 32
    one = TwilioSms(replace(ACCOUNT, sender=service), clock=clock, address=carrier.address)
    await one.send(TEXT)
    await one.close()
    assert carrier.taken[0]["MessagingServiceSid"] == service
    assert "From" not in carrier.taken[0]


async def test_a_text_is_deleted_at_twilio_once_it_was_delivered(carrier: Carrier, sms: TwilioSms) -> None:
    await sms.send(TEXT)
    await sms.tidy()
    assert (len(carrier.messages), sms.undeleted) == (1, 1), "one that is on its way can't be deleted"
    carrier.status = "delivered"
    await sms.tidy()
    assert (carrier.messages, sms.undeleted) == ({}, 0)


@pytest.mark.parametrize("status", ["undelivered", "failed", "canceled"])
async def test_one_that_never_will_be_is_deleted_too(carrier: Carrier, sms: TwilioSms, status: str) -> None:
    await sms.send(TEXT)
    carrier.status = status
    await sms.tidy()
    assert (carrier.messages, sms.undeleted) == ({}, 0)


async def test_one_without_a_receipt_is_deleted_after_an_hour(
    carrier: Carrier, sms: TwilioSms, clock: ManualClock
) -> None:
    await sms.send(TEXT)
    carrier.status = "sent"
    clock.advance(twilio.WITHOUT_RECEIPT_SECONDS - 1)
    await sms.tidy()
    assert sms.undeleted == 1
    clock.advance(1)
    await sms.tidy()
    assert (carrier.messages, sms.undeleted) == ({}, 0)


async def test_one_that_somebody_deleted_is_not_asked_for_again(carrier: Carrier, sms: TwilioSms) -> None:
    await sms.send(TEXT)
    carrier.messages.clear()
    await sms.tidy()
    assert sms.undeleted == 0


async def test_asked_for_patience_it_tries_again_twice(carrier: Carrier, sms: TwilioSms, pauses: list[float]) -> None:
    carrier.refusals = [(429, 20429), (429, 20429)]
    await sms.send(TEXT)
    assert pauses == list(twilio.PAUSES_SECONDS)
    carrier.refusals = [(429, 20429)] * 3
    with pytest.raises(SmsError):
        await sms.send(TEXT)
    assert len(carrier.taken) == 1


async def test_a_refusal_is_final_and_its_words_are_dropped(
    carrier: Carrier, sms: TwilioSms, pauses: list[float]
) -> None:
    carrier.refusals = [(400, 21211)]
    with pytest.raises(SmsError) as refused:
        await sms.send(TEXT)
    problem: BaseException | None = refused.value
    while problem is not None:
        assert NUMBER not in str(problem)
        problem = problem.__cause__ or problem.__context__
    assert pauses == []


async def test_a_carrier_that_hangs_is_left_in_time(
    carrier: Carrier, sms: TwilioSms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio, "SEND_SECONDS", 0.1)
    carrier.hangs = True
    async with asyncio.timeout(3):
        with pytest.raises(SmsError):
            await sms.send(TEXT)


async def test_a_carrier_that_is_away_is_an_error_of_ours(clock: ManualClock) -> None:
    one = TwilioSms(ACCOUNT, clock=clock, address="http://127.0.0.1:9")
    with pytest.raises(SmsError):
        await one.send(TEXT)
    await one.close()


async def test_the_sdk_logs_nothing_and_keeps_no_request(
    carrier: Carrier, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "twilio"):
        sms = TwilioSms(ACCOUNT, clock=clock, address=carrier.address)
        await sms.send(TEXT)
        await sms.close()
    assert [record for record in caplog.records if record.name.startswith("twilio")] == []
    assert NUMBER not in caplog.text
    assert sms._client is not None
    client = sms._client.http_client
    assert (client._test_only_last_request, client._test_only_last_response) == (None, None)
    gc.collect()
    kept = [one for one in gc.get_objects() if isinstance(one, Request | Response)]
    assert [one for one in kept if NUMBER in repr(vars(one))] == []


def test_without_a_test_it_speaks_to_ireland() -> None:
    one = TwilioSms(ACCOUNT, clock=ManualClock())
    client = Client(
        "SK", "s", "AC", region=twilio._REGION, edge=twilio._EDGE, http_client=object(), environment={"": ""}
    )
    assert client.get_hostname("https://api.twilio.com/2010-04-01") == "https://api.dublin.ie1.twilio.com/2010-04-01"
    assert one.undeleted == 0


def test_a_key_file_has_two_lines(tmp_path: Path) -> None:
    file = tmp_path / "twilio"
    file.write_text(f"{ACCOUNT.key}\n{ACCOUNT.secret}\n")
    assert read_key_file(file) == (ACCOUNT.key, ACCOUNT.secret)
    for wrong in ("", "secret-words", f"{ACCOUNT.account}\nsecret-words", "a\nb\nc"):
        file.write_text(wrong)
        with pytest.raises(KeyFileError) as refused:
            read_key_file(file)
        assert "secret-words" not in str(refused.value)
