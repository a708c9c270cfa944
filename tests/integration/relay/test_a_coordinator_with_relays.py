"""The real coordinator between two providers: calls get what is at hand; a provider that is down costs them nothing."""

import asyncio
import json
import secrets
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from client_sim.netns import stop
from signalling.app import Coordinator
from signalling.observe.log import Log
from signalling.protocol.proof import base64url
from signalling.settings import Settings
from tests.clock import ManualClock
from tests.coturn import running_coturn
from tests.protocol.house import OTHER_KOMP, UNCLE, House, running, until
from tests.protocol.raw import RawSocket
from tests.twilio import SECRET, SID, FakeTwilio, Fault, breaks_off, fake_twilio, hangs_up, says

COTURN: Final = "turn:coturn.example.org:3478?transport=udp"
TWILIO: Final = "turn:global.turn.twilio.com:3478?transport=udp"
EXTRA_SECONDS: Final = 0.2


@asynccontextmanager
async def coordinator(folder: Path, twilio: FakeTwilio, **settings: Any) -> AsyncIterator[House]:
    """Twilio first, coturn next."""
    (folder / "turn-secret").write_text(secrets.token_hex(32))
    (folder / "twilio-secret").write_text(SECRET)
    chosen = {
        "turn_urls": ("turn:coturn.example.org",),
        "turn_secret_file": folder / "turn-secret",
        "twilio_account_sid": SID,
        "twilio_secret_file": folder / "twilio-secret",
        "twilio_region": "global",
        "twilio_allow_global": True,
        "twilio_base_url": twilio.url,
        "relay_pool_size": 8,
    }
    async with running(folder, **{**chosen, **settings}) as house:
        yield house


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as fake:
        yield fake


async def set_up(caller: RawSocket, callee: RawSocket) -> tuple[float, list[str], list[str]]:
    """One call, until the ring and the reply are there: seconds, and the relays that each end was given."""
    call = base64url(secrets.token_bytes(16))
    began = time.perf_counter()
    caller.say(
        {"t": "call.invite", "id": "1", "call": call, "to": OTHER_KOMP.party, "from_key": 1, "media": "video"}
        | {"rings": [{"endpoint": OTHER_KOMP.endpoint, "key": 1, "box": "cmluZw"}], "lifetime_ms": 30_000}
    )
    ring, reply = await callee.hear("call.ring"), await caller.hear("ok")
    seconds = time.perf_counter() - began
    caller.say({"t": "call.cancel", "call": call})
    await callee.hear("call.ended")
    return seconds, relays(reply), relays(ring)


def relays(message: dict[str, Any]) -> list[str]:
    """The first URL of each relay in a message."""
    return [server["urls"][0] for server in message["ice_servers"] if "username" in server]


async def calls(house: House, count: int) -> tuple[float, list[list[str]]]:
    """So many calls, one after the other: the median of their set-up times, and the relays of their callers."""
    caller, callee = await house.come_in(UNCLE), await house.come_in(OTHER_KOMP)
    done = [await set_up(caller, callee) for _ in range(count)]
    for socket in (caller, callee):
        await socket.drop()
    return statistics.median(seconds for seconds, *_ in done), [given for _, given, _ in done]


def told(house: House, event: str) -> list[dict[str, Any]]:
    """The log lines of one event."""
    lines = [json.loads(line) for line in house.log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == event]


async def test_each_end_gets_twilio_first_and_coturn_in_reserve_with_names_of_its_own(
    tmp_path: Path, twilio: FakeTwilio
) -> None:
    async with coordinator(tmp_path, twilio) as house:
        await until(lambda: len(twilio.asked) == 8)
        caller, callee = await house.come_in(UNCLE), await house.come_in(OTHER_KOMP)

        _, caller_relays, callee_relays = await set_up(caller, callee)

    assert caller_relays == callee_relays == [TWILIO, COTURN]


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (says(401, "secret.place"), "refused"),
        (says(429, Retry_After="60"), "rate_limited"),
        (says(500, "<html>"), "server_fault"),
        (says(201, "secret.place"), "garbage"),
        (says(201, '{"username": "half"}'), "incomplete"),
        (breaks_off, "incomplete"),
        (hangs_up, "unreachable"),
    ],
)
async def test_whatever_twilio_does_calls_are_set_up_by_the_next_provider_and_one_alarm_says_why(
    tmp_path: Path, twilio: FakeTwilio, fault: Fault, cause: str
) -> None:
    twilio.fault = fault
    async with coordinator(tmp_path, twilio) as house:
        pool = house.coordinator._relays._failover.providers[0]
        for times in range(1, 4):
            await until(lambda times=times: len(twilio.asked) >= times)  # type: ignore[misc]
            house.clock.advance(90)
            pool._wanted.set()  # type: ignore[attr-defined]
        await until(lambda: bool(told(house, "relay.fell")))

        _, given = await calls(house, 3)
        figures = house.coordinator.figures.text().decode()

    assert given == [[COTURN]] * 3
    (alarm,) = told(house, "relay.fell")
    assert {key: alarm[key] for key in ("provider", "duty", "cause")} == {
        "provider": "twilio",
        "duty": "minting",
        "cause": cause,
    }
    assert 'narvaro_relay_up{duty="minting",provider="twilio"} 0.0' in figures
    assert 'narvaro_relay_up{duty="relaying",provider="coturn"} 1.0' in figures
    assert "secret.place" not in house.log.getvalue()


async def test_a_call_is_set_up_as_fast_with_twilio_down_as_with_twilio_up(tmp_path: Path, twilio: FakeTwilio) -> None:
    async with coordinator(tmp_path, twilio) as house:
        await until(lambda: len(twilio.asked) == 8)
        up, _ = await calls(house, 20)
    twilio.gate.clear()  # it takes requests and never answers, which is the worst that it can do
    async with coordinator(tmp_path, twilio) as house:
        down, given = await calls(house, 20)

    assert given == [[COTURN]] * 20
    assert down - up < EXTRA_SECONDS, f"{up * 1000:.1f} ms up, {down * 1000:.1f} ms down"


async def test_a_start_outside_the_region_is_refused_by_rule(tmp_path: Path, twilio: FakeTwilio) -> None:
    (tmp_path / "twilio-secret").write_text(SECRET)
    settings = Settings(
        port=0,
        metrics_port=0,
        twilio_account_sid=SID,
        twilio_secret_file=tmp_path / "twilio-secret",
        twilio_base_url=twilio.url,
    )
    clock = ManualClock()
    stopped = Coordinator(settings, log=Log(clock), clock=clock)

    async def in_the_us(_host: str) -> list[str]:
        return ["34.203.254.1"]

    stopped._relays._failover.providers[0]._provider._pin._resolve = in_the_us  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="published ranges"):
        await stopped.start()
    await stopped.stop()


async def test_nothing_is_asked_and_nothing_is_held_after_the_stop(tmp_path: Path, twilio: FakeTwilio) -> None:
    async with coordinator(tmp_path, twilio) as house:
        await until(lambda: len(twilio.asked) == 8)
        pool = house.coordinator._relays._failover.providers[0]
    asked = len(twilio.asked)
    await asyncio.sleep(0)

    assert len(pool) == 0  # type: ignore[arg-type]
    assert len(twilio.asked) == asked


@pytest.mark.coturn
async def test_a_relay_that_dies_is_noticed_and_calls_get_fresh_servers_at_once(tmp_path: Path) -> None:
    with running_coturn(tmp_path) as coturn:
        (tmp_path / "turn-secret").write_text(coturn.secret)
        settings = {"turn_urls": (coturn.url(),), "turn_secret_file": tmp_path / "turn-secret"}
        async with running(tmp_path, **settings, relay_probe_seconds=0.1) as house:
            await until(lambda: "narvaro_relay_round_trip_seconds{" in house.coordinator.figures.text().decode())
            assert await ready(house) == {"ready": True, "relays": "up"}
            caller, callee = await house.come_in(UNCLE), await house.come_in(OTHER_KOMP)
            await in_a_call(caller, callee)

            stop(coturn.process)
            await until(lambda: bool(told(house, "relay.fell")), seconds=20)
            house.clock.advance(1)
            refreshed = [await end.hear("ice.refresh") for end in (caller, callee)]

            assert await ready(house) == {"ready": True, "relays": "down"}
            figures = house.coordinator.figures.text().decode()
            (alarm,) = told(house, "relay.fell")
            for socket in (caller, callee):
                await socket.drop()
    assert len({one["ice_servers"][1]["username"] for one in refreshed}) == 2
    assert (alarm["provider"], alarm["duty"], alarm["cause"]) == ("coturn", "relaying", "turn_unreachable")
    assert 'narvaro_relay_carries{provider="coturn",transport="udp"} 0.0' in figures
    assert coturn.address not in figures + house.log.getvalue()


async def in_a_call(caller: RawSocket, callee: RawSocket) -> str:
    """A call that the callee has joined."""
    call = base64url(secrets.token_bytes(16))
    caller.say(
        {"t": "call.invite", "id": "1", "call": call, "to": OTHER_KOMP.party, "from_key": 1, "media": "video"}
        | {"rings": [{"endpoint": OTHER_KOMP.endpoint, "key": 1, "box": "cmluZw"}], "lifetime_ms": 30_000}
    )
    await callee.hear("call.ring")
    callee.say({"t": "call.join", "call": call, "box": "am9pbg"})
    await caller.hear("call.joined")
    return call


async def ready(house: House) -> Any:
    """What `/readyz` says."""
    async with house.http.get(f"{house.url}/readyz") as answer:
        return await answer.json()
