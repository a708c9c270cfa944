"""A phone that goes from one network to another in mid-call: run inside a world of its own, it prints what came of it.

The world is a network namespace, with the coordinator and the Komp; the phone, with its Chromium, is another one behind
two wires of which one is up at a time. `python -m tests.e2e.roaming PHONE page|headless`, for `test_changed_network`.
"""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
from playwright.async_api import BrowserType, Page, async_playwright, expect

from client_sim import aiortc_settings
from client_sim.coordinator import Coordinator, running_coordinator
from client_sim.ends import live_ends
from client_sim.house import BROWSER, KOMP
from client_sim.household import FAMILY, Household, make_household
from client_sim.komp import Komp
from client_sim.link import fragment
from client_sim.manner import Surroundings
from client_sim.netns import ip
from tests.e2e.conftest import CHROMIUM, FLAGS

HERE: Final = "10.77.0.1"
PORT: Final = 8431
ORIGIN: Final = f"http://{HERE}:{PORT}"
WIRES: Final = {"wifi": ("10.78.1.1", "10.78.1.2"), "mobile": ("10.78.2.1", "10.78.2.2")}
"""Of each: the world's address, and the phone's."""
SECURE: Final = (*FLAGS, f"--unsafely-treat-insecure-origin-as-secure={ORIGIN}")
PATIENCE_MS: Final = 20_000
FRAMES: Final = """() => {
  const video = document.getElementById("remote");
  window.seen = [];
  const note = () => (window.seen.push(performance.now()), video.requestVideoFrameCallback(note));
  video.requestVideoFrameCallback(note);
}"""
BACK: Final = "(cut) => window.seen.filter((at) => at > cut + 1000).length >= 10"
GAP: Final = "(cut) => Math.round(window.seen.find((at) => at > cut + 1000) - cut)"


def changes_network(phone: str) -> None:
    """The mobile network comes, the wireless one goes with its address."""
    ip("-n", phone, "link", "set", "mobile", "up")
    ip("-n", phone, "addr", "flush", "dev", "wifi")
    ip("-n", phone, "link", "set", "wifi", "down")
    ip("-n", phone, "route", "replace", "default", "via", WIRES["mobile"][0])


@asynccontextmanager
async def komp_online(
    kind: str, chromium: BrowserType, coordinator: Coordinator, household: Household
) -> AsyncIterator[None]:
    """The other end, in the world: a Komp's page, or a headless one."""
    keeping = household.links[KOMP]
    if kind == "page":
        browser = await chromium.launch(executable_path=CHROMIUM, headless=True, args=SECURE)
        await (await browser.new_page()).goto(f"{ORIGIN}/komp?lang=en#link={fragment(keeping)}")
        yield
        await browser.close()
    else:
        async with aiohttp.ClientSession() as http:
            komp = Komp(keeping, Surroundings(coordinator.origin, http), live_ends("KOMP"), countdown_seconds=1.0)
            await komp.endpoint.start()
            yield
            await komp.endpoint.stop()


async def calls_and_roams(page: Page, phone: str) -> dict[str, object]:
    """What the phone's user saw."""
    await expect(page.locator("#contacts .presence")).to_have_text("Can be reached now", timeout=PATIENCE_MS)
    await page.get_by_role("button", name=f"Call {KOMP}").click()
    await expect(page.locator("#call")).to_have_class(re.compile("has-picture"), timeout=PATIENCE_MS)
    await page.evaluate(FRAMES)
    await page.wait_for_function("() => window.seen.length >= 10")
    changes_network(phone)
    cut = await page.evaluate("performance.now()")
    await page.wait_for_function(BACK, arg=cut, timeout=PATIENCE_MS)
    steps = await page.evaluate("[...document.querySelectorAll('#marks li')].map((one) => one.className)")
    await expect(page.locator("#banner")).to_be_hidden()
    gap_ms = await page.evaluate(GAP, cut)
    await page.get_by_role("button", name="Hang up").click()
    await expect(page.get_by_role("heading", name="The call is over.")).to_be_visible()
    return {"gap_ms": gap_ms, "steps": steps}


async def main(phone: str, kind: str) -> None:
    """Run it, and print the report."""
    aiortc_settings.apply()
    household = make_household(FAMILY)
    with tempfile.TemporaryDirectory() as directory:
        inside = Path(directory) / "chromium"
        inside.write_text(f'#!/bin/sh\nexec ip netns exec {phone} {CHROMIUM} "$@"\n')
        inside.chmod(0o700)
        told = {"HOST": "0.0.0.0", "ORIGIN": ORIGIN}
        async with (
            running_coordinator(household.seed, port=PORT, settings=told) as coordinator,
            async_playwright() as playwright,
            komp_online(kind, playwright.chromium, coordinator, household),
        ):
            browser = await playwright.chromium.launch(executable_path=inside, headless=True, args=SECURE)
            page = await (await browser.new_context(locale="en-GB")).new_page()
            await page.goto(f"{ORIGIN}/family#link={fragment(household.links[BROWSER])}")
            report = await calls_and_roams(page, phone)
            await browser.close()
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
