"""Both ends of a call in one page: ICE is restarted where the other end can, and the connection replaced elsewhere."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from client_sim.netns import stop
from relay.ice import IceServer
from tests.coturn import Coturn, running_coturn
from tests.e2e.hours import NOON, zone_at
from tests.e2e.test_relayed_family_call import ONLY_RELAYED
from tests.e2e.test_repaired_family_call import PRINTS, WITHIN_SECONDS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.coturn,
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
]

ENDS: Final = """async () => {
  const { CallMedia } = await import("/sdk/callmedia.js");
  const { Certificates } = await import("/sdk/certificates.js");
  const { Sending } = await import("/sdk/sending.js");
  const { Timeline } = await import("/sdk/timeline.js");
  const { encodeContent, decodeContent } = await import("/sdk/contents.js");
  const certificates = new Certificates();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 160, height: 120 } });
  const said = { caller: [], callee: [] };
  const ends = {};
  const unverified = [];
  const twist = { sdp: (sdp) => sdp };
  const make = (role, other) => {
    const say = (content) => {
      const heard = decodeContent(encodeContent(content));
      if (heard.sdp) heard.sdp = twist.sdp(heard.sdp);
      said[role].push(heard);
      ends[other].take(heard);
    };
    const events = { say, connected() {}, lost() {}, failed() {}, unverified: () => unverified.push(role), bye() {} };
    ends[role] = new CallMedia({
      call: "c", role, media: "video", verified: true, events, socket: { send() {}, prove() {} },
      sending: new Sending(),
      local: Promise.resolve(stream), timeline: new Timeline(), certificates,
    });
  };
  make("callee", "caller");
  make("caller", "callee");
  const until = async (what, seconds = 20) => {
    const by = performance.now() + seconds * 1000;
    while (!(await what())) {
      if (performance.now() > by) throw new Error(`never: ${what}`);
      await new Promise((done) => setTimeout(done, 25));
    }
  };
  const frames = { caller: 0, callee: 0 };
  const watch = (role) => {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = ends[role].remote;
    void video.play();
    const count = () => { frames[role]++; video.requestVideoFrameCallback(count); };
    video.requestVideoFrameCallback(count);
  };
  const moves = (role) => {
    watch(role);
    const before = frames[role];
    return until(() => frames[role] > before + 3);
  };
  const begin = async (iceServers) => {
    for (const end of Object.values(ends)) end.useIceServers(iceServers), end.accept();
    await until(() => ends.caller.path === "connected" && ends.callee.path === "connected");
    await Promise.all([moves("caller"), moves("callee")]);
  };
  const back = async (iceServers) => {
    const began = performance.now();
    for (const end of Object.values(ends)) end.useIceServers(iceServers);
    await until(() => ends.caller.path === "lost");
    await until(() => ends.caller.path === "connected" && said.callee.at(-1).generation > 0);
    await until(() => ends.callee.path === "connected");
    const path = (performance.now() - began) / 1000;
    await Promise.all([moves("caller"), moves("callee")]);
    return { path, picture: (performance.now() - began) / 1000 };
  };
  const field = (name) => ({ sdp }) => sdp.match(new RegExp(`a=${name}:(.*)`))[1].trim();
  const descriptions = (role) => said[role].filter(({ sdp }) => sdp).map((one) => ({
    t: one.t, generation: one.generation, ufrag: field("ice-ufrag")(one), print: field("fingerprint")(one),
  }));
  const dtls = () => connections.map((one) => one.sctp?.transport.state);
  Object.assign(window, { ends, said, unverified, twist, begin, back, descriptions, dtls, until, moves });
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def relayed_page(browser: Browser) -> AsyncIterator[Page]:
    """A page whose connections may go through a relay and not otherwise."""
    context = await browser.new_context(locale="en-GB", timezone_id=zone_at(NOON))
    page = await context.new_page()
    await page.add_init_script(ONLY_RELAYED)
    await page.add_init_script(PRINTS)
    yield page
    await context.close()


@pytest.fixture
def relays(tmp_path: Path) -> Iterator[tuple[Coturn, Coturn]]:
    """Two providers."""
    with running_coturn(tmp_path) as first, running_coturn(tmp_path) as second:
        yield first, second


async def servers_of(relay: Coturn) -> list[dict[str, Any]]:
    """What the coordinator would hand out for it."""
    minted = await relay.provider().ice_servers(now=time.time())
    return [_plain(server) for server in minted.servers]


def _plain(server: IceServer) -> dict[str, Any]:
    named = {"username": server.username, "credential": server.credential} if server.username else {}
    return {"urls": list(server.urls)} | named


async def called(page: Page, origin: str, relay: Coturn) -> None:
    """A call through this relay, with moving pictures at both ends."""
    await page.goto(origin)
    await page.evaluate(ENDS)
    await page.evaluate("(servers) => begin(servers)", await servers_of(relay))


async def test_between_browsers_ice_is_restarted_on_the_connection_that_there_is(
    relayed_page: Page, origin: str, relays: tuple[Coturn, Coturn]
) -> None:
    first, second = relays
    await called(relayed_page, origin, first)
    stop(first.process)
    took = await relayed_page.evaluate("(servers) => back(servers)", await servers_of(second))
    told = await relayed_page.evaluate("""() => ({
      caller: descriptions("caller"), callee: descriptions("callee"), made: connections.length,
      dtls: dtls(), unverified,
    })""")
    print(f"path {took['path']:.2f} s, picture {took['picture']:.2f} s after the kill")
    assert told["made"] == 2
    assert told["dtls"] == ["connected", "connected"]
    assert told["unverified"] == []
    for role, kind in (("caller", "offer"), ("callee", "answer")):
        before, after = told[role]
        assert [(one["t"], one["generation"]) for one in (before, after)] == [(kind, 0), (kind, 1)]
        assert before["ufrag"] != after["ufrag"]
        assert before["print"] == after["print"]
    assert took["picture"] < WITHIN_SECONDS
    assert took["picture"] - took["path"] < 1.5, "what came late held back what followed, or no key frame was asked for"


async def test_an_end_that_does_not_say_it_trickles_is_offered_another_connection(
    relayed_page: Page, origin: str, relays: tuple[Coturn, Coturn]
) -> None:
    first, second = relays
    await relayed_page.goto(origin)
    await relayed_page.evaluate(ENDS)
    await relayed_page.evaluate("() => { twist.sdp = (sdp) => sdp.replace(/a=ice-options:.*\\r\\n/g, ''); }")
    await relayed_page.evaluate("(servers) => begin(servers)", await servers_of(first))
    stop(first.process)
    took = await relayed_page.evaluate("(servers) => back(servers)", await servers_of(second))
    told = await relayed_page.evaluate("""() => ({
      caller: descriptions("caller"), callee: descriptions("callee"), made: connections.length, unverified,
    })""")
    print(f"path {took['path']:.2f} s, picture {took['picture']:.2f} s after the kill")
    assert told["made"] == 4
    assert told["unverified"] == []
    for role in ("caller", "callee"):
        before, after = told[role]
        assert after["generation"] == 1
        assert before["print"] != after["print"]
    assert took["picture"] < WITHIN_SECONDS


async def test_a_restart_that_is_answered_from_another_connection_is_followed_by_a_new_one(
    relayed_page: Page, origin: str, relays: tuple[Coturn, Coturn]
) -> None:
    first, second = relays
    await called(relayed_page, origin, first)
    await relayed_page.evaluate("""() => {
      const other = Array(32).fill("AB").join(":");
      const callee = ends.callee;
      const caller = ends.caller;
      ends.caller = new Proxy(caller, { get: (end, name) => name === "take" ? (content) => {
        const isRestart = content.t === "answer" && content.generation === 1;
        const sdp = isRestart ? content.sdp.replace(/(a=fingerprint:sha-256 ).*/g, `$1${other}`) : content.sdp;
        end.take({ ...content, ...(sdp ? { sdp } : {}) });
      } : typeof end[name] === "function" ? end[name].bind(end) : Reflect.get(end, name, end) });
    }""")
    stop(first.process)
    took = await relayed_page.evaluate("(servers) => back(servers)", await servers_of(second))
    told = await relayed_page.evaluate("""() => ({
      generations: descriptions("caller").map(({ generation }) => generation), made: connections.length, unverified,
    })""")
    assert told == {"generations": [0, 1, 2], "made": 4, "unverified": []}
    assert took["path"] < 9, "it would have been tried again eight seconds after the loss anyway"


async def test_what_a_new_connection_brings_is_not_shown_before_its_certificate_was_compared(
    relayed_page: Page, origin: str, relays: tuple[Coturn, Coturn]
) -> None:
    """The description of the new generation names its certificate, and another one ends the call."""
    first, second = relays
    await relayed_page.goto(origin)
    await relayed_page.evaluate(ENDS)
    await relayed_page.evaluate("() => { twist.sdp = (sdp) => sdp.replace(/a=ice-options:.*\\r\\n/g, ''); }")
    await relayed_page.evaluate("(servers) => begin(servers)", await servers_of(first))
    stop(first.process)
    told = await relayed_page.evaluate(
        """async (servers) => {
          const shown = ends.caller.remote;
          RTCDtlsTransport.prototype.getRemoteCertificates = () => [new Uint8Array([1, 2, 3]).buffer];
          for (const end of Object.values(ends)) end.useIceServers(servers);
          await until(() => unverified.includes("caller") && unverified.includes("callee"));
          return { isOld: ends.caller.remote === shown, path: ends.caller.path };
        }""",
        await servers_of(second),
    )
    assert told == {"isOld": True, "path": "lost"}


async def test_fresh_servers_begin_nothing_while_media_go_and_are_tried_at_once_while_they_don_t(
    relayed_page: Page, origin: str, relays: tuple[Coturn, Coturn]
) -> None:
    first, second = relays
    await called(relayed_page, origin, first)
    await relayed_page.evaluate(
        "(servers) => { for (const end of Object.values(ends)) end.useIceServers(servers); }", await servers_of(first)
    )
    await relayed_page.evaluate("() => Promise.all([moves('caller'), moves('callee')])")
    before = await relayed_page.evaluate("() => descriptions('caller').map(({ generation }) => generation)")
    stop(first.process)
    waited = await relayed_page.evaluate(
        """async (servers) => {
          await until(() => said.callee.at(-1).generation === 1);
          const refreshed = performance.now();
          for (const end of [ends.callee, ends.caller]) end.useIceServers(servers);
          await until(() => ends.caller.path === "connected");
          return (performance.now() - refreshed) / 1000;
        }""",
        await servers_of(second),
    )
    generations = await relayed_page.evaluate("() => descriptions('caller').map(({ generation }) => generation)")
    print(f"path {waited:.2f} s after the fresh servers")
    assert before == [0]
    assert generations == [0, 1, 2]
    assert waited < 6, "it would have been tried again after eight seconds anyway"
