"""A robot's connection in a page: it takes no picture, and can be shut and opened again in an accepted call."""

import pytest
from playwright.async_api import Page

from tests.e2e.test_peer_page import PAIR

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

VISIT = PAIR.replace('media: "video"', 'media: "telepresence"').replace(
    "step() {},", "step() {}, unwanted: () => unwanted++,"
)


async def visit(page: Page, origin: str) -> None:
    await page.goto(origin)
    await page.evaluate("globalThis.unwanted = 0")
    await page.evaluate(VISIT)


async def test_an_app_that_offers_a_picture_is_not_answered(page: Page, origin: str) -> None:
    await visit(page, origin)
    told = await page.evaluate("""async () => {
      const prototype = RTCPeerConnection.prototype, add = prototype.addTransceiver;
      prototype.addTransceiver = function (kind) { return add.call(this, kind, { direction: "sendrecv" }); };
      peers.caller.start();
      await until(() => unwanted > 0);
      await new Promise((done) => setTimeout(done, 200));
      return { said: said.callee, connected };
    }""")
    assert told == {"said": [], "connected": {"caller": 0, "callee": 0}}


async def test_a_robot_that_is_shut_sends_and_plays_nothing_until_it_is_opened_again(page: Page, origin: str) -> None:
    await visit(page, origin)
    told = await page.evaluate("""async () => {
      peers.caller.start();
      await until(() => connected.caller && connected.callee);
      const video = picture(peers.caller);
      await Promise.all([peers.caller.attach(new MediaStream(stream.getAudioTracks())), peers.callee.attach(stream)]);
      await until(() => video.videoWidth > 0);
      const pause = (ms) => new Promise((done) => setTimeout(done, ms));
      const arrived = async () => (await peers.caller.heard()).media;
      peers.callee.shut();
      await pause(300);
      const before = await arrived();
      await pause(600);
      const shut = (await arrived()) - before;
      const frames = video.getVideoPlaybackQuality().totalVideoFrames;
      await peers.callee.attach(stream);
      await until(() => video.getVideoPlaybackQuality().totalVideoFrames > frames + 5);
      return { shut, unwanted };
    }""")
    assert told["shut"] < 2_000  # feedback of RTCP, and checks of ICE
    assert told["unwanted"] == 0
