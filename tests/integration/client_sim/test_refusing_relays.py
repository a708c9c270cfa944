"""A relay that lets a call down by a fault of its operator's: the call says so, before anybody would have answered."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from client_sim.authority import certify
from client_sim.timeline import Step
from relay.ice import Transport
from signalling.protocol import EndReason
from tests.coturn import running_coturn
from tests.integration.client_sim.neighbourhood import neighbourhood, reaches

pytestmark = [pytest.mark.slow, pytest.mark.coturn]
ADDRESS: Final = "127.83.78.43"
SOON_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Relay:
    """How one is offered, and what is wrong with it."""

    transports: Sequence[Transport]
    is_trusted: bool
    has_our_secret: bool


@pytest.mark.parametrize(
    ("relay", "cause"),
    [
        (Relay([Transport.UDP], is_trusted=True, has_our_secret=False), "turn_auth_failed"),
        (Relay([*Transport], is_trusted=True, has_our_secret=False), "turn_auth_failed"),
        (Relay([Transport.TLS], is_trusted=False, has_our_secret=True), "tls_untrusted"),
        (
            Relay([Transport.UDP, Transport.TLS], is_trusted=False, has_our_secret=False),
            "turn_auth_failed, tls_untrusted",
        ),
    ],
)
async def test_a_call_that_needs_a_relay_which_refuses_it_ends_at_once_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relay: Relay, cause: str
) -> None:
    certificate = certify(tmp_path, ADDRESS)
    if relay.is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.ca))
    with running_coturn(tmp_path, address=ADDRESS, certificate=certificate) as coturn:
        (tmp_path / "secret").write_text(coturn.secret if relay.has_our_secret else "0" * 64)
        urls = ",".join(coturn.url(one) for one in relay.transports)
        async with neighbourhood(
            TURN_URLS=urls, TURN_SECRET_FILE=str(tmp_path / "secret"), RELAY_PROBE_SECONDS="0"
        ) as street:
            await street.komp(countdown_seconds=30)
            street.around = replace(street.around, always_relay=True)  # the caller alone
            app = await street.family()
            began = time.monotonic()
            call = app.call(app.endpoint.book.links[0])
            ended = await reaches(call, Step.ENDED)
            took = time.monotonic() - began
    assert (ended.reason, ended.cause) == (EndReason.ICE_FAILED, cause)
    assert took < SOON_SECONDS, f"{took:.1f} s"
