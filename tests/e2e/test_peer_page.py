"""Two peers in one page: what they say to each other, in which order, and that no media go before the accept."""

import re

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PAIR = """async () => {
  const { Peer } = await import("/sdk/peer.js");
  const { Certificates } = await import("/sdk/certificates.js");
  const certificates = new Certificates();
  const { encodeContent, decodeContent } = await import("/sdk/contents.js");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 160, height: 120 } });
  const said = { caller: [], callee: [] };
  const peers = {};
  const connected = { caller: 0, callee: 0 };
  const byes = [];
  const unverified = { caller: 0, callee: 0 };
  const failed = { caller: 0, callee: 0 };
  const twist = { sdp: (sdp) => sdp };
  const make = async (role, other) => {
    const iceServers = [];
    const say = (content) => {
      said[role].push(content);
      const heard = decodeContent(encodeContent(content));
      if (heard.sdp) heard.sdp = twist.sdp(heard.sdp);
      void peers[other].take(heard);
    };
    const events = {
      say, connected: () => connected[role]++, lost() {}, failed: () => failed[role]++,
      unverified: () => unverified[role]++, bye: (reason) => byes.push(reason), step() {},
    };
    peers[role] = new Peer({ role, media: "video", certificate: await certificates.take(), iceServers, events });
  };
  await make("caller", "callee");
  await make("callee", "caller");
  const until = async (what) => {
    for (let tries = 0; tries < 200 && !(await what()); tries++) await new Promise((done) => setTimeout(done, 25));
    if (!(await what())) throw new Error(`never: ${what}`);
  };
  const picture = (peer) => {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = peer.remote;
    void video.play();
    return video;
  };
  Object.assign(window, { said, peers, connected, byes, unverified, failed, twist, until, picture, stream });
}"""


async def pair(page: Page, origin: str) -> None:
    await page.goto(origin)
    await page.evaluate(PAIR)


async def test_the_connection_stands_before_the_accept_and_media_begin_with_it(page: Page, origin: str) -> None:
    await pair(page, origin)
    told = await page.evaluate("""async () => {
      peers.caller.start();
      await until(() => connected.caller && connected.callee);
      const video = picture(peers.callee);
      await new Promise((done) => setTimeout(done, 400));
      const before = video.videoWidth;
      await Promise.all([peers.caller.attach(stream), peers.callee.attach(stream)]);
      await until(() => video.videoWidth > 0);
      return { before, after: video.videoWidth, path: await peers.caller.path(), types: said.caller.map(({ t }) => t) };
    }""")
    assert told["before"] == 0
    assert told["after"] > 0
    assert told["path"] == {"local": "host", "remote": "host"}
    assert told["types"][0] == "offer"
    assert told["types"][-1] == "end_of_candidates"


async def test_everything_said_carries_its_generation_and_candidates_travel_together(page: Page, origin: str) -> None:
    await pair(page, origin)
    said = await page.evaluate("""async () => {
      peers.caller.start();
      await until(() => said.caller.at(-1)?.t === "end_of_candidates" && said.callee.at(-1)?.t === "end_of_candidates");
      return said;
    }""")
    for contents in said.values():
        assert {content["generation"] for content in contents} == {0}
        batches = [content for content in contents if content["t"] == "candidates"]
        assert 1 <= len(batches) <= 2
        assert all(one["candidate"] for batch in batches for one in batch["candidates"])
    described = {role: [one for one in contents if "sdp" in one] for role, contents in said.items()}
    assert [(role, one["t"]) for role in described for one in described[role]] == [
        ("caller", "offer"),
        ("callee", "answer"),
    ]
    for (description,) in described.values():
        assert re.findall(r"^m=(\w+)", description["sdp"], re.MULTILINE) == ["audio", "video", "application"]
        assert len(description["sdp"]) < 12 * 1024


async def test_of_two_crossing_offers_the_callers_wins(page: Page, origin: str) -> None:
    await pair(page, origin)
    told = await page.evaluate("""async () => {
      const other = new RTCPeerConnection();
      other.addTransceiver("audio");
      const { sdp } = await other.createOffer();
      const callee = peers.callee;
      let crossed = null;
      peers.callee = { take: (content) => {
        crossed ??= peers.caller.take({ t: "offer", generation: 0, sdp });
        return crossed.then(() => callee.take(content));
      } };
      peers.caller.start();
      await until(() => connected.caller && connected.callee);
      return said.caller.map(({ t }) => t);
    }""")
    assert "answer" not in told
    assert told.count("offer") == 1


async def test_a_goodbye_on_the_data_channel_needs_no_server(page: Page, origin: str) -> None:
    await pair(page, origin)
    byes = await page.evaluate("""async () => {
      peers.caller.start();
      await until(() => connected.caller && connected.callee);
      await until(() => { peers.caller.sayBye("hangup"); return byes.length > 0; });
      peers.caller.close();
      return byes;
    }""")
    assert set(byes) == {"hangup"}


OTHER_PRINT = r"sdp.replace(/(a=fingerprint:sha-256 )(..)/g, (_, head, byte) => head + (byte === 'AB' ? 'CD' : 'AB'))"


async def test_who_shows_another_certificate_than_the_described_one_is_not_connected_to(
    page: Page, origin: str
) -> None:
    await pair(page, origin)
    told = await page.evaluate(
        f"""async () => {{
          twist.sdp = (sdp) => sdp.includes("a=setup:active") ? {OTHER_PRINT} : sdp;
          peers.caller.start();
          void peers.caller.attach(stream);
          await until(() => unverified.caller > 0);
          return {{ connected: connected.caller, failed: failed.caller, unverified: unverified.caller }};
        }}"""
    )
    assert told == {"connected": 0, "failed": 0, "unverified": 1}


@pytest.mark.parametrize("seen", ["[]", "[new Uint8Array([1, 2, 3]).buffer]"])
async def test_what_the_transport_saw_is_compared_and_nothing_is_sent_where_it_is_another(
    page: Page, origin: str, seen: str
) -> None:
    """Whatever the browser itself made of the fingerprint."""
    await pair(page, origin)
    told = await page.evaluate(
        f"""async () => {{
          RTCDtlsTransport.prototype.getRemoteCertificates = () => {seen};
          peers.caller.start();
          void peers.caller.attach(stream);
          await until(() => unverified.caller > 0 && unverified.callee > 0);
          const video = picture(peers.callee);
          await new Promise((done) => setTimeout(done, 300));
          return {{ connected: [connected.caller, connected.callee], width: video.videoWidth }};
        }}"""
    )
    assert told == {"connected": [0, 0], "width": 0}


async def test_a_transport_that_is_later_than_its_connection_is_waited_for(page: Page, origin: str) -> None:
    await pair(page, origin)
    told = await page.evaluate("""async () => {
      const { get } = Object.getOwnPropertyDescriptor(RTCDtlsTransport.prototype, "state");
      const transports = new Set();
      let isLate = true;
      Object.defineProperty(RTCDtlsTransport.prototype, "state", {
        get() { transports.add(this); return isLate ? "connecting" : get.call(this); },
      });
      peers.caller.start();
      await until(() => transports.size === 2);
      await new Promise((done) => setTimeout(done, 200));
      const before = [connected.caller, connected.callee, unverified.caller, unverified.callee];
      isLate = false;
      for (const one of transports) one.dispatchEvent(new Event("statechange"));
      await until(() => connected.caller && connected.callee);
      return { before, after: [unverified.caller, unverified.callee] };
    }""")
    assert told == {"before": [0, 0, 0, 0], "after": [0, 0]}


async def test_nothing_of_the_other_end_is_shown_before_its_certificate_was_compared(page: Page, origin: str) -> None:
    await pair(page, origin)
    told = await page.evaluate("""async () => {
      const { CallMedia } = await import("/sdk/callmedia.js");
      const { Certificates } = await import("/sdk/certificates.js");
      const { Sending } = await import("/sdk/sending.js");
      const { Timeline } = await import("/sdk/timeline.js");
      const { get } = Object.getOwnPropertyDescriptor(RTCDtlsTransport.prototype, "state");
      const transports = new Set();
      let isLate = true;
      Object.defineProperty(RTCDtlsTransport.prototype, "state", {
        get() { transports.add(this); return isLate ? "connecting" : get.call(this); },
      });
      const events = {
        say: (content) => void peers.callee.take(content),
        connected() {}, lost() {}, failed() {}, unverified() {}, bye() {}, told: () => (words += 1),
      };
      let words = 0;
      const media = new CallMedia({
        call: "c", role: "caller", media: "video", verified: true, events, socket: { send() {} },
        sending: new Sending(),
        local: Promise.resolve(stream), timeline: new Timeline(), certificates: new Certificates(),
      });
      peers.caller = { take: (content) => media.take(content) };
      media.useIceServers([]);
      media.accept();
      await until(() => transports.size === 2);
      const word = { t: "sends", camera: false, microphone: true };
      await until(() => peers.callee.say("control", word));
      await until(() => words > 0);
      const before = [media.path, media.remote, media.theirs.camera];
      isLate = false;
      for (const one of transports) one.dispatchEvent(new Event("statechange"));
      await until(() => media.path === "connected");
      const after = [media.remote instanceof MediaStream, media.theirs.camera];
      media.close();
      return { before, after };
    }""")
    assert told == {"before": ["waiting", None, True], "after": [True, False]}


async def test_a_description_that_breaks_the_rules_is_not_applied(page: Page, origin: str) -> None:
    await pair(page, origin)
    told = await page.evaluate("""async () => {
      let applied = 0;
      const real = RTCPeerConnection.prototype.setRemoteDescription;
      RTCPeerConnection.prototype.setRemoteDescription = function (told) { applied++; return real.call(this, told); };
      twist.sdp = (sdp) => `${sdp}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n`;
      peers.caller.start();
      await until(() => unverified.callee > 0);
      return { applied, said: said.callee.length };
    }""")
    assert told == {"applied": 0, "said": 0}


async def test_no_two_connections_have_one_certificate(page: Page, origin: str) -> None:
    await pair(page, origin)
    prints = await page.evaluate("""async () => {
      peers.caller.start();
      await until(() => connected.caller && connected.callee);
      const print = (role) => said[role].find(({ sdp }) => sdp).sdp.match(/a=fingerprint:(.*)/)[1];
      return [print("caller"), print("callee")];
    }""")
    assert len(set(prints)) == 2
    assert all(one.startswith("sha-256 ") for one in prints)


async def test_of_an_end_that_is_not_verified_at_most_64_contents_are_kept_until_the_accept(
    page: Page, origin: str
) -> None:
    await page.goto(origin)
    told = await page.evaluate("""async () => {
      const { CallMedia } = await import("/sdk/callmedia.js");
      const { Certificates } = await import("/sdk/certificates.js");
      const { Sending } = await import("/sdk/sending.js");
      const { Timeline } = await import("/sdk/timeline.js");
      const applied = [];
      RTCPeerConnection.prototype.setRemoteDescription = async ({ sdp }) => { applied.push(sdp); throw new Error(); };
      const events = { say() {}, connected() {}, lost() {}, failed() {}, unverified() {}, bye() {} };
      const media = new CallMedia({
        call: "c", role: "callee", media: "video", verified: false, events, sending: new Sending(),
        local: Promise.resolve(new MediaStream()), timeline: new Timeline(), certificates: new Certificates(),
      });
      media.useIceServers([]);
      const print = Array(32).fill("AB").join(":");
      const sdp = `v=0\r\na=fingerprint:sha-256 ${print}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n`;
      for (let n = 0; n < 70; n++) media.take({ t: "offer", generation: n, sdp });
      await new Promise((done) => setTimeout(done, 200));
      const before = applied.length;
      media.accept();
      await new Promise((done) => setTimeout(done, 500));
      media.close();
      return { before, after: applied.length };
    }""")
    assert told == {"before": 0, "after": 64}


async def test_candidates_that_come_before_their_description_are_kept_and_old_ones_dropped(
    page: Page, origin: str
) -> None:
    await page.goto(origin)
    told = await page.evaluate("""async () => {
      const { HeldCandidates } = await import("/sdk/candidates.js");
      const held = new HeldCandidates();
      const batch = (generation, count) => ({
        t: "candidates", generation, candidates: Array.from({ length: count }, (_, n) => ({ candidate: `c${n}` })),
      });
      const early = held.due(batch(1, 2), 0).length;
      const end = held.due({ t: "end_of_candidates", generation: 1 }, 0).length;
      const applied = held.of(1).length;
      const again = held.of(1).length;
      const old = held.due(batch(0, 3), 1).length;
      const most = held.due(batch(1, 39), 1).length;
      return { early, end, applied, again, old, most };
    }""")
    assert told == {"early": 0, "end": 0, "applied": 3, "again": 0, "old": 0, "most": 38}


BROKEN = [
    "[]",
    "null",
    '{"t":1}',
    '{"t":"offer","generation":0}',
    '{"t":"offer","generation":-1,"sdp":"v=0"}',
    '{"t":"offer","generation":0,"sdp":"' + "m=audio\\n" * 4 + '"}',
    '{"t":"offer","generation":0,"sdp":"' + "a" * 12_289 + '"}',
    '{"t":"candidates","generation":0,"candidates":[]}',
    '{"t":"candidates","generation":0,"candidates":[' + ",".join(['{"candidate":""}'] * 41) + "]}",
    '{"t":"candidates","generation":0,"candidates":[{"candidate":1}]}',
    '{"t":"bye"}',
    "not json",
]
LATER = ['{"t":"hologram","generation":0}', '{"t":"toString"}']


async def test_contents_that_break_their_rules_are_refused_and_later_ones_passed_over(page: Page, origin: str) -> None:
    await page.goto(origin)
    said = await page.evaluate(
        """async (texts) => {
          const { decodeContent } = await import("/sdk/contents.js");
          return texts.map((text) => {
            try {
              return decodeContent(new TextEncoder().encode(text));
            } catch (problem) {
              return problem.constructor.name;
            }
          });
        }""",
        [*BROKEN, *LATER],
    )
    assert said == ["ContentRefused"] * len(BROKEN) + [None] * len(LATER)
