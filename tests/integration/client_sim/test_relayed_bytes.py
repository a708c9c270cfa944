"""What ends say that they carried over a relay is what the operator's sums have, and near what coturn itself counts."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client_sim.ends import Figures
from client_sim.timeline import Step
from relay.usage import GIGABYTE, CoturnUsage, coturn_usage, from_metrics
from signalling.protocol import messages as wire
from tests.coturn import Coturn, running_coturn
from tests.integration.client_sim.neighbourhood import Neighbourhood, call_of, neighbourhood, reaches, until


@pytest.mark.slow
@pytest.mark.coturn
async def test_relay_usage_has_what_the_ends_carried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client_sim.live_call.QUALITY_SECONDS", 0.5)
    log = tmp_path / "log.jsonl"
    with running_coturn(tmp_path) as coturn:
        (tmp_path / "secret").write_text(coturn.secret)
        secret = str(tmp_path / "secret")
        async with neighbourhood(log=log, TURN_URLS=coturn.url(), TURN_SECRET_FILE=secret) as street:
            street.around = replace(street.around, always_relay=True)
            await street.komp()
            app = await street.family()
            call = app.call(app.endpoint.book.links[0])
            await reaches(call, Step.FIRST_FRAME)
            await until(lambda: _frames(call.ends.figures()) > 30, seconds=15)
            call.stop()
            await reaches(call, Step.ERASED)
            await call.gone.wait()
            (row,) = from_metrics(await _metrics(street, log.read_text()), {})
        await until(lambda: counted(coturn).reports >= 2, seconds=10)
        both_ends = counted(coturn)

    assert (row.provider, row.transport) == ("coturn", "udp")
    carried, relayed = row.gigabytes * GIGABYTE, both_ends.received_bytes + both_ends.sent_bytes
    print(f"ends {carried:.0f}, coturn {relayed}")
    assert 0.5 * relayed < carried < 1.2 * relayed, f"ends {carried:.0f}, coturn {relayed}"


async def test_a_robot_tells_how_fast_its_media_go_though_it_sees_nothing_and_its_app_tells_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("client_sim.live_call.QUALITY_SECONDS", 0.3)
    async with neighbourhood() as street:
        av1 = await street.av1()
        app = await street.student()
        told = {end: _overheard(end, monkeypatch) for end in (av1, app)}
        call = app.call(app.endpoint.book.links[0])
        answered = await call_of(av1.endpoint)
        await reaches(answered, Step.ACCEPTED)
        await until(lambda: len(told[av1]) >= 4)
        call.stop()
        await reaches(call, Step.ERASED)

    last = told[av1][-1]
    assert last.sent_kbps is not None
    assert last.sent_kbps > 10
    assert last.received_kbps is not None
    assert last.frames_per_second is None
    assert told[app] == []


def counted(coturn: Coturn) -> CoturnUsage:
    return coturn_usage(coturn.log.read_text().splitlines())


def _overheard(end: Any, monkeypatch: pytest.MonkeyPatch) -> list[wire.CallQuality]:
    told: list[wire.CallQuality] = []
    send = end.endpoint.socket.send

    def overhear(message: wire.Request) -> bool:
        if isinstance(message, wire.CallQuality):
            told.append(message)
        return bool(send(message))

    monkeypatch.setattr(end.endpoint.socket, "send", overhear)
    return told


async def _metrics(street: Neighbourhood, log: str) -> str:
    lines = (json.loads(line) for line in log.splitlines())
    port = next(line["port"] for line in lines if line["event"] == "metrics.serving")
    async with street.around.http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        return await answer.text()


def _frames(figures: Figures) -> int:
    return 0 if figures.video is None else figures.video.frames
