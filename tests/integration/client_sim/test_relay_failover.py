"""A relay that dies in mid-call: both ends go on through the next provider by themselves, within five seconds."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from client_sim.netns import stop
from client_sim.timeline import Step
from tests.coturn import running_coturn
from tests.integration.client_sim.neighbourhood import neighbourhood, reaches, until
from tests.twilio import SECRET, SID, fake_twilio

pytestmark = [pytest.mark.slow, pytest.mark.coturn]
FIVE_SECONDS: Final = 5.0


async def test_when_a_provider_is_killed_media_are_back_within_five_seconds_by_the_next_one(tmp_path: Path) -> None:
    with running_coturn(tmp_path) as first, running_coturn(tmp_path) as second:
        for name, text in (("turn", second.secret), ("twilio", SECRET)):
            (tmp_path / name).write_text(text)
        async with fake_twilio() as twilio:
            twilio.relay = first
            async with neighbourhood(
                TURN_URLS=second.url(),
                TURN_SECRET_FILE=str(tmp_path / "turn"),
                TWILIO_ACCOUNT_SID=SID,
                TWILIO_SECRET_FILE=str(tmp_path / "twilio"),
                TWILIO_REGION="global",
                TWILIO_ALLOW_GLOBAL="1",
                TWILIO_BASE_URL=twilio.url,
                RELAY_PROBE_SECONDS="0",  # the ends alone find out
            ) as street:
                await until(lambda: len(twilio.asked) >= 32)
                street.around = replace(street.around, always_relay=True)
                await street.komp(countdown_seconds=0.3)
                app = await street.family()
                call = app.call(app.endpoint.book.links[0])
                await reaches(call, Step.FIRST_FRAME)
                await until(lambda: _frames(call) > 5)

                stop(first.process)
                killed_at = time.monotonic()
                returned = await reaches(call, Step.RETURNED)
                seen = _frames(call)
                await until(lambda: _frames(call) > seen)
                took = time.monotonic() - killed_at

                assert returned.path is not None
                assert returned.path.local == "relay"
                call.stop()
                await reaches(call, Step.ERASED)
                await call.gone.wait()
        await until(lambda: second.usage().received_bytes > 1000, seconds=10)
    assert took < FIVE_SECONDS, f"{took:.2f} s"


def _frames(call: object) -> int:
    video = call.ends.figures().video  # type: ignore[attr-defined]
    return 0 if video is None else int(video.frames)
