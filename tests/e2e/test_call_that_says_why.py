"""Two pages whose relay takes no call: each says why on its own screen, and what to do about it, and names nobody."""

import secrets
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Page, WebSocket, expect

from client_sim.link import fragment
from tests.coturn import running_coturn
from tests.e2e.kiosk import idles
from tests.e2e.test_family_call import press_call
from tests.e2e.test_relayed_family_call import ONLY_RELAYED
from tests.e2e.test_two_pages import another_browser
from tests.integration.client_sim.neighbourhood import KOMP, neighbourhood

pytestmark = [
    pytest.mark.browser,
    pytest.mark.coturn,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]
GIVEN_UP_MS: Final = 8_500
"""After the accept; six seconds are hoped."""
AT: Final = "(item) => Number(item.dataset.atMs)"


async def given_up_after_ms(page: Page, steps: str) -> float:
    """From the accept to the end, as that screen lists them."""
    accepted, ended = [await page.locator(f"{steps} .{step}").evaluate(AT) for step in ("accepted", "ended")]
    return float(ended - accepted)


async def test_pages_say_that_the_relay_refused_the_call_and_whom_to_tell(tmp_path: Path, browser: Browser) -> None:
    with running_coturn(tmp_path) as coturn:
        (tmp_path / "another").write_text(secrets.token_hex(32))
        async with (
            another_browser(browser, ONLY_RELAYED) as komp,
            another_browser(browser, ONLY_RELAYED) as family,
            neighbourhood(
                TURN_URLS=coturn.url(), TURN_SECRET_FILE=str(tmp_path / "another"), RELAY_PROBE_SECONDS="0"
            ) as street,
        ):
            links = street.household.links
            frames: list[str] = []

            def note(socket: WebSocket) -> None:
                socket.on("framesent", lambda frame: frames.append(str(frame)))

            komp.on("websocket", note)
            family.on("websocket", note)
            await komp.goto(f"{street.coordinator.origin}/komp?lang=nb&countdown=0.5#link={fragment(links[KOMP])}")
            await idles(komp, "Familien kan ringe deg her")
            await komp.keyboard.press("t")
            await family.goto(f"{street.coordinator.origin}/family#link={fragment(links['Grandchild'])}")
            await press_call(family)
            heading = family.locator("#after-heading")
            await expect(heading).to_have_text(
                "No way was found for sound and picture: the relay refused this call’s credentials.", timeout=15_000
            )
            await expect(family.locator("#after-todo")).to_contain_text("Tell whoever runs this service")
            ended = komp.locator("#happens-steps .ended")
            await expect(ended).to_contain_text("reléserveren avviste samtalens adgangsnøkkel")
            await expect(ended).to_contain_text("Si fra til den som driver tjenesten")
            for page, steps in ((family, "#after-marks"), (komp, "#happens-steps")):
                assert await given_up_after_ms(page, steps) < GIVEN_UP_MS
                said = await page.locator("body").inner_text()
                assert coturn.address not in said
                assert "turn:" not in said
            assert any("ice_failed" in frame for frame in frames)
            assert [frame for frame in frames if "turn_auth_failed" in frame] == [], "it stays on the screen"
