"""A camera that is not ours, Chromium's own fake one, is seen to move; a picture that stands still is not."""

import asyncio
from dataclasses import replace
from pathlib import Path

import aioice.ice
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from playwright.async_api import async_playwright

from client_sim.media.video_tally import VideoFigures
from client_sim.media.watch import VideoWatch

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
]
ORIGIN = "http://localhost/"
OFFER = """async (moving) => {
  const camera = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240, frameRate: 15 } });
  const connection = (globalThis.connection = new RTCPeerConnection());
  if (moving) {
    connection.addTrack(camera.getVideoTracks()[0], camera);
  } else {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
    const context = canvas.getContext("2d");
    const video = Object.assign(document.createElement("video"), { srcObject: camera, muted: true });
    await video.play();
    const still = await createImageBitmap(video);
    const stream = canvas.captureStream(15);
    setInterval(() => context.drawImage(still, 0, 0, 320, 240), 60);
    connection.addTrack(stream.getVideoTracks()[0], stream);
  }
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== "complete") await new Promise((next) => setTimeout(next, 10));
  return connection.localDescription.sdp;
}"""

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def watch_chromium(*, moving: bool, frames: int, sharpens: int = 0) -> VideoFigures:
    """What so many frames showed, after the first ones, in which an encoder sharpens a picture step by step."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    watches: list[VideoWatch] = []

    @connection.on("track")
    def on_track(track: MediaStreamTrack) -> None:
        watches.append(VideoWatch(track))

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page()
        await page.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        await page.goto(ORIGIN)
        offer = await page.evaluate(OFFER, moving)
        await connection.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        answer = connection.localDescription.sdp
        await page.evaluate("(sdp) => connection.setRemoteDescription({ type: 'answer', sdp })", answer)
        [watch] = watches
        watch.start()
        async with asyncio.timeout(20):
            while (seen := watch.figures()).frames < sharpens:  # noqa: ASYNC110 - as below
                await asyncio.sleep(0.05)
            early = seen.distinct_frames if sharpens else 0
            while watch.figures().frames < sharpens + frames:  # noqa: ASYNC110 - figures are read; nothing announces them
                await asyncio.sleep(0.05)
        figures = watch.figures()
        await browser.close()
    await connection.close()
    await watch.stop()
    return replace(figures, distinct_frames=figures.distinct_frames - early)


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium isn't installed")
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda *_args, **_kwargs: ["127.0.0.1"])


async def test_the_fake_camera_of_a_browser_moves() -> None:
    seen = await watch_chromium(moving=True, frames=30)
    assert seen.unstamped_frames == seen.frames
    assert seen.distinct_frames >= 25


async def test_a_still_picture_of_a_browser_does_not_move() -> None:
    seen = await watch_chromium(moving=False, frames=60, sharpens=15)
    assert seen.distinct_frames <= 3
