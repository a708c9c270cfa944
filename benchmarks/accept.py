"""From the accept to the first moving picture, both ends in Chromium: `python -m benchmarks.accept`, about a minute.

A Komp's page takes calls of a family page on loopback, through the real coordinator, and each page notes when a frame
of the other's was handed to the screen (`presentationTime` of `requestVideoFrameCallback`). Beside each call, in the
same browser, stands the floor: two bare connections in one page, connected beforehand, one of which is given its track
at a signal. It fails when the slower direction's median is above `GOAL_MS`.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import click
from playwright.async_api import Browser, Page, async_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.figures import Spread, spread
from client_sim.coordinator import running_coordinator
from client_sim.house import BROWSER, KOMP
from client_sim.household import FAMILY, Household, make_household
from client_sim.link import fragment

GOAL_MS: Final = 150.0
CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--no-sandbox",
    "--disable-background-networking",
)
COUNTDOWN_SECONDS: Final = 1.0
PICTURE_SECONDS: Final = 15.0
FRAMES: Final = 2
"""A picture moves from its second frame on."""

MOMENTS: Final = """
const at = () => performance.timeOrigin + performance.now();
window.moments = { sent: null, frames: [] };
const given = RTCRtpSender.prototype.replaceTrack;
RTCRtpSender.prototype.replaceTrack = function (track) {
  if (track?.kind === "video") window.moments.sent ??= at();
  return given.call(this, track);
};
window.watchFrames = (video) => {
  const seen = (_, { presentationTime }) => {
    window.moments.frames.push(performance.timeOrigin + presentationTime);
    video.requestVideoFrameCallback(seen);
  };
  video.requestVideoFrameCallback(seen);
};
"""
WATCH: Final = "watchFrames(document.getElementById('remote'))"
FORGET: Final = "window.moments = { sent: null, frames: [] }"
BARE: Final = """async () => {
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
  one.onicecandidate = ({ candidate }) => candidate && other.addIceCandidate(candidate);
  other.onicecandidate = ({ candidate }) => candidate && one.addIceCandidate(candidate);
  const video = document.createElement("video");
  video.muted = true;
  other.ontrack = ({ streams, track }) => (video.srcObject = new MediaStream([track]), video.play());
  document.body.append(video);
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480, frameRate: 24 } });
  const { sender } = one.addTransceiver("video", { direction: "sendonly" });
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription);
  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  while (one.connectionState !== "connected" || other.connectionState !== "connected") await pause(10);
  await pause(500);
  const frames = [];
  const seen = new Promise((done) => {
    const look = (_, { presentationTime }) => {
      frames.push(presentationTime);
      if (frames.length < 2) video.requestVideoFrameCallback(look);
      else done();
    };
    video.requestVideoFrameCallback(look);
  });
  const began = performance.now();
  await sender.replaceTrack(stream.getVideoTracks()[0]);
  await seen;
  one.close(), other.close();
  video.remove();
  for (const track of stream.getTracks()) track.stop();
  return frames.map((at) => at - began);
}"""


@dataclass
class Found:
    """Milliseconds from the accept to each frame, call by call."""

    to_family: list[list[float]] = field(default_factory=list)
    to_komp: list[list[float]] = field(default_factory=list)
    bare: list[list[float]] = field(default_factory=list)

    def rows(self) -> list[tuple[str, Spread, Spread]]:
        """First picture and moving picture, of both directions and of the floor."""
        named = (
            ("the Komp's picture, at the family page", self.to_family),
            ("the family's picture, at the Komp", self.to_komp),
            ("floor: two bare connections, track given at a signal", self.bare),
        )
        return [(name, _spread(frames, 0), _spread(frames, FRAMES - 1)) for name, frames in named]


async def _moments(page: Page) -> dict[str, Any]:
    """What the page noted, once it has seen a picture move. Its policy allows no waiting in there."""
    async with asyncio.timeout(PICTURE_SECONDS):
        while True:
            noted: dict[str, Any] = await page.evaluate("moments")
            if len(noted["frames"]) >= FRAMES:
                return noted
            await asyncio.sleep(0.2)


def _spread(frames: list[list[float]], number: int) -> Spread:
    found = spread(one[number] for one in frames)
    assert found is not None
    return found


@dataclass(repr=False)
class Stage:
    """A Komp's page and a family page that know each other, and a page for the floor."""

    komp: Page
    family: Page
    bare: Page

    async def one_call(self, found: Found) -> None:
        """Ring, count down, both pictures, hang up; then the floor."""
        await self.family.get_by_role("button", name=f"Call {KOMP}").click()
        komp, family = [await _moments(page) for page in (self.komp, self.family)]
        accepted = komp["sent"]
        found.to_family.append([at - accepted for at in family["frames"][:FRAMES]])
        found.to_komp.append([at - accepted for at in komp["frames"][:FRAMES]])
        await self.family.get_by_role("button", name="Hang up").click()
        await self.family.get_by_role("button", name="Back").click()
        await self.komp.locator("#after").wait_for()
        for page in (self.komp, self.family):
            await page.evaluate(FORGET)
        found.bare.append(await self.bare.evaluate(BARE))


@asynccontextmanager
async def stage(browser: Browser, origin: str, household: Household) -> AsyncIterator[Stage]:
    """Both pages, linked and online."""
    pages = []
    for _ in range(3):
        context = await browser.new_context(locale="en-GB")
        await context.add_init_script(MOMENTS)
        pages.append(await context.new_page())
    komp, family, bare = pages
    link = fragment(household.links[KOMP])
    await komp.goto(f"{origin}/komp?lang=en&countdown={COUNTDOWN_SECONDS}#link={link}")
    await family.goto(f"{origin}/family#link={fragment(household.links[BROWSER])}")
    await bare.goto(origin)
    await family.get_by_text("Can be reached now").wait_for()
    for page in (komp, family):
        await page.evaluate(WATCH)
    yield Stage(komp, family, bare)


async def measure(calls: int, console: Console) -> Found:
    """So many calls, one after the other."""
    household = make_household(FAMILY)
    found = Found()
    async with running_coordinator(household.seed) as coordinator, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        async with stage(browser, coordinator.origin, household) as here:
            with console.status("calling"):
                for _ in range(calls):
                    await here.one_call(found)
        await browser.close()
    return found


@click.command(help="From the accept to the first moving picture, both ends in Chromium, beside two bare connections.")
@click.option("--calls", type=click.IntRange(1, 500), default=20, show_default=True)
def main(*, calls: int) -> None:
    """See the command's help."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    load = os.getloadavg()[0]
    found = asyncio.run(measure(calls, console))
    figures = Table(title=f"milliseconds from the accept, median (quartiles) of {calls}")
    for heading in ("", "first picture", "second frame"):
        figures.add_column(heading, justify="right" if heading else "left")
    for name, first, moving in found.rows():
        figures.add_row(name, *(f"{one.median:.0f} ({one.lower:.0f} to {one.upper:.0f})" for one in (first, moving)))
    console.print(figures)
    worst_ms = max(first.median for _, first, _ in found.rows()[:2])
    verdict = "within" if worst_ms <= GOAL_MS else "over"
    console.print(f"{worst_ms:.0f} ms, {verdict} {GOAL_MS:.0f} ms; load of the machine before: {load:.1f}")
    sys.exit(0 if worst_ms <= GOAL_MS else 1)


if __name__ == "__main__":
    main()
