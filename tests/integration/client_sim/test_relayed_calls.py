"""Calls that may only go through a relay: coturn's real one, with the credentials that came with invite and ring."""

from dataclasses import replace
from pathlib import Path

import pytest

from client_sim.authority import certify
from client_sim.timeline import Step
from relay.ice import Transport
from tests.coturn import running_coturn
from tests.integration.client_sim.neighbourhood import neighbourhood, reaches, until

pytestmark = [pytest.mark.slow, pytest.mark.coturn]


@pytest.mark.parametrize("transport", list(Transport))
async def test_an_end_that_always_relays_is_reached_through_coturn_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: Transport
) -> None:
    address = "127.83.78.31"
    certificate = certify(tmp_path, address)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.ca))  # aiortc trusts what the system does, and nothing else
    with running_coturn(tmp_path, address=address, certificate=certificate) as coturn:
        secret = tmp_path / "secret"
        secret.write_text(coturn.secret)
        async with neighbourhood(TURN_URLS=coturn.url(transport), TURN_SECRET_FILE=str(secret)) as street:
            street.around = replace(street.around, always_relay=True)
            await street.komp(countdown_seconds=1.0)
            app = await street.family()
            call = app.call(app.endpoint.book.links[0])
            connected = await reaches(call, Step.DTLS)
            assert connected.path is not None
            assert (connected.path.local, connected.path.relay) == ("relay", transport.value)
            await reaches(call, Step.FIRST_FRAME)
            relayed = call.ends.figures().video
            assert relayed is not None
            assert relayed.frames > 0
            call.stop()
            await reaches(call, Step.ERASED)
            await call.gone.wait()
        await until(lambda: coturn.usage().received_bytes > 10_000, seconds=10)
