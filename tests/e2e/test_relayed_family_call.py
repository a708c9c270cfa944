"""A browser and a simulated Komp that may only meet at coturn: the first picture, over UDP, TCP and TLS."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from client_sim import aiortc_settings
from client_sim.authority import certify
from client_sim.link import fragment
from client_sim.timeline import Step
from relay.ice import Transport
from tests.coturn import running_coturn
from tests.e2e.conftest import CHROMIUM, FLAGS, INSTALLED
from tests.e2e.hours import NOON, zone_at
from tests.e2e.test_family_call import PICTURE_MS, press_call, see_the_picture_move
from tests.integration.client_sim.neighbourhood import call_of, neighbourhood, reaches, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.coturn,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]
ONLY_RELAYED = """
const Plain = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Plain {
  constructor(configuration) { super({ ...configuration, iceTransportPolicy: "relay" }); }
};
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def trusting_browser() -> AsyncIterator[Browser]:
    """A Chromium that takes the test's own authority for a public one, for TURN over TLS as well."""
    if not INSTALLED:
        pytest.skip("Debian's Chromium isn't installed")
    async with async_playwright() as playwright:
        flags = [*FLAGS, "--ignore-certificate-errors"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=flags)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def relayed_page(trusting_browser: Browser) -> AsyncIterator[Page]:
    """A page whose connections may go through a relay and not otherwise."""
    context = await trusting_browser.new_context(locale="en-GB", timezone_id=zone_at(NOON))
    page = await context.new_page()
    await page.add_init_script(ONLY_RELAYED)
    yield page
    await context.close()


@pytest.mark.parametrize("transport", list(Transport))
async def test_a_browser_and_a_komp_meet_at_the_relay_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relayed_page: Page, transport: Transport
) -> None:
    address = "127.83.78.41"
    certificate = certify(tmp_path, address)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.ca))
    aiortc_settings.apply(loopback_only=True)
    (tmp_path / "secret").write_text("0123456789abcdef0123456789abcdef")
    with running_coturn(
        tmp_path, address=address, certificate=certificate, secret=(tmp_path / "secret").read_text()
    ) as coturn:
        try:
            async with neighbourhood(
                TURN_URLS=coturn.url(transport), TURN_SECRET_FILE=str(tmp_path / "secret")
            ) as street:
                street.around = replace(street.around, always_relay=True)
                komp = await street.komp(countdown_seconds=1.0)
                link = fragment(street.household.links["Grandchild"])
                await relayed_page.goto(f"{street.coordinator.origin}/family?stamps#link={link}")
                await press_call(relayed_page)
                call = await call_of(komp.endpoint)
                connected = await reaches(call, Step.DTLS)
                await see_the_picture_move(relayed_page, 5)
                await until(lambda: (video := call.ends.figures().video) is not None and video.frames > 5)
                await expect(relayed_page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PICTURE_MS)
                call.stop()
                await reaches(call, Step.ERASED)
        finally:
            aiortc_settings.apply()
        await until(lambda: coturn.usage().received_bytes > 10_000, seconds=10)
    assert connected.path is not None
    assert (connected.path.local, connected.path.remote, connected.path.relay) == ("relay", "relay", transport.value)
